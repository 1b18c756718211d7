"""Taking an import of the network back: exactly what was there, except what others touched."""

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from mejora.core.decisions import Refused
from mejora.network import operations, tasks
from mejora.network.enums import BatchKind, BatchState, Role
from mejora.network.facts import AteService, Enrolment, Performance
from mejora.network.importers.kinds import KINDS
from mejora.network.models import (
    Country,
    ImportBatch,
    Owner,
    School,
    SchoolCode,
    SchoolYear,
    SlepTerritory,
)
from tests.factories import PlanFactory
from tests.factories.files import directory, slep_list, summary

pytestmark = pytest.mark.django_db
MODELS = (
    *(Owner, School, SchoolCode, SchoolYear, SlepTerritory),
    *(Enrolment, Performance, AteService),
)
ROSTER = "RBD;AÑO;MOTIVO\n91001;{};Convenio\n"


def everything():
    """Every row that an import of the network may write, with its keys."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


def undone(batch):
    """Undo asked and done; the sentences about what stayed."""
    operations.undo(batch, by=None)
    operations.take_back(batch)
    return [issue.message for issue in batch.issues.filter(code="kept")]


# Made-up files about three schools in two communes, so that they meet.
RBDS = st.sampled_from(["91001", "91002", "91003"])
COMMUNES = st.sampled_from(["13101", "13102"])
YEARS = st.sampled_from([2023, 2024, 2025])
NAMES = st.sampled_from(["ESCUELA UNO", "ESCUELA DOS", "NULL"])


def _table(header, rows):
    return "\n".join([header, *(";".join(row) for row in rows)]) + "\n"


@st.composite
def directories(draw, make=directory):
    fields = {
        "NOM_RBD": NAMES,
        "COD_COM_RBD": COMMUNES,
        "NOM_COM_RBD": st.just(""),
        "COD_DEPE": st.sampled_from("1236"),
        "ESTADO_ESTAB": st.sampled_from("13"),
        "MAT_TOTAL": st.sampled_from(["0", "210", "300"]),
        "LATITUD": st.sampled_from(["-33,45694", " "]),
    }
    codes = draw(st.lists(RBDS, unique=True, min_size=1))
    rows = [{"RBD": code, **draw(st.fixed_dictionaries(fields))} for code in codes]
    return make(*rows, year=draw(YEARS))


@st.composite
def slep_lists(draw):
    name = st.sampled_from(["Norte", "Sur"])
    communes = draw(st.lists(COMMUNES, unique=True, min_size=1))
    rows = [(draw(st.sampled_from("12")), c, draw(YEARS)) for c in communes]
    names = {"1": draw(name), "2": draw(name)}
    return slep_list(*((slep, names[slep], c, year, year) for slep, c, year in rows))


@st.composite
def by_year(draw, header, said):
    year = str(draw(YEARS))
    codes = draw(st.lists(RBDS, unique=True, min_size=1))
    return _table(header, [(code, year, *draw(said)) for code in codes])


def only(*words):
    return st.tuples(st.sampled_from(words))


CATEGORIES = st.tuples(
    st.sampled_from(["Básica", "Media"]), st.sampled_from(["Alto", "Medio-Bajo (nuevo)"])
)
SERVICES = st.lists(
    st.tuples(
        st.sampled_from(["76.123.456-0", "1-9"]),
        st.sampled_from(["Alerce", "Boldo"]),
        st.sampled_from(["Liderazgo", "Convivencia"]),
        st.sampled_from(["", "01-03-2024"]),
        st.sampled_from(["", "01-03-2028"]),
    ),
    min_size=1,
    max_size=3,
)
FILES = {
    BatchKind.DIRECTORY: directories(),
    BatchKind.SLEPS: slep_lists(),
    BatchKind.ROSTER: by_year("RBD;AÑO;MOTIVO", only("", "Convenio")),
    BatchKind.ENROLMENT: directories(make=summary),
    BatchKind.PERFORMANCE: by_year("RBD;AÑO;NIVEL;CATEGORIA_DESEMPENO", CATEGORIES),
    BatchKind.SEP: by_year("RBD;AÑO;CLASIFICACION_SEP", only("Autónomo", "Sin convenio")),
    BatchKind.ATE: SERVICES.map(
        lambda rows: _table("RUT;NOMBRE;SERVICIO;VIGENTE_DESDE;VIGENTE_HASTA", rows)
    ),
}
IMPORTS = st.sampled_from(sorted(FILES)).flatmap(lambda k: st.tuples(st.just(k), FILES[k]))


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_of_the_network_can_be_undone_and_is_tried_here(kind):
    assert KINDS[kind].undo is not None


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(IMPORTS, max_size=4), last=IMPORTS)
def test_after_undoing_the_last_import_everything_is_as_before_it(bring, history, last):
    with transaction.atomic():
        for kind, content in history:
            bring(content, kind)
        before = everything()
        batch = bring(last[1], last[0])
        note(f"{batch.kind}: {batch.state}, {batch.message}")
        if batch.state == BatchState.APPLIED:
            assert undone(batch) == []
            assert (batch.state, batch.message) == (BatchState.UNDONE, "")
        assert everything() == before
        transaction.set_rollback(True)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(IMPORTS, min_size=2, max_size=6))
def test_undoing_all_from_the_last_to_the_first_leaves_nothing(bring, history):
    with transaction.atomic():
        start = everything()
        batches = [bring(content, kind) for kind, content in history]
        for batch in reversed([b for b in batches if b.state == BatchState.APPLIED]):
            assert undone(batch) == []
        assert everything() == start
        transaction.set_rollback(True)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(IMPORTS, min_size=2, max_size=6), data=st.data())
def test_undoing_any_import_never_breaks_and_leaves_the_network_sound(bring, history, data):
    """What later ones need stays; every school's present still is one of its years."""
    with transaction.atomic():
        batches = [bring(content, kind) for kind, content in history]
        applied = [b for b in batches if b.state == BatchState.APPLIED]
        for batch in data.draw(st.permutations(applied)):
            undone(batch)
            assert batch.state in {BatchState.UNDONE, BatchState.APPLIED}
            assert bool(batch.message) is (batch.state == BatchState.APPLIED)
            years = set(SchoolYear.objects.values_list("school_id", "year"))
            assert set(School.objects.values_list("pk", "current_year")) <= years
            assert SchoolCode.objects.count() == School.objects.count()
        transaction.set_rollback(True)


def test_what_somebody_changed_since_stays_and_is_told(bring):
    bring(directory({"NOM_RBD": "ANTES", "MAT_TOTAL": "100"}, year=2025))
    batch = bring(directory({"NOM_RBD": "DESPUÉS", "MAT_TOTAL": "200"}, year=2025))
    bring(summary({"MAT_TOTAL": "210"}, year=2025), BatchKind.ENROLMENT)

    told = undone(batch)

    year = SchoolYear.objects.get()
    assert (year.name, year.enrolment) == ("ANTES", 210)
    assert School.objects.get().name == "ANTES"
    assert School.objects.search("antes").exists()
    (sentence,) = told
    assert "RBD 91001" in sentence
    assert "se conserva la matrícula, porque cambió después" in sentence


def test_a_school_with_a_plan_stays_and_the_others_go(bring):
    batch = bring(directory({}, {}))
    PlanFactory(school=School.objects.get(code="91001"))

    (sentence,) = undone(batch)

    assert School.objects.get().code == "91001"
    assert SchoolYear.objects.get().school.code == "91001"
    assert "RBD 91001" in sentence
    assert "otros datos dependen" in sentence


def test_where_everything_was_used_nothing_is_undone_and_the_batch_says_so(bring):
    batch = bring(directory({}))
    PlanFactory(school=School.objects.get())
    before = everything()

    undone(batch)

    assert batch.state == BatchState.APPLIED
    assert "No se puede deshacer" in batch.message
    assert everything() == before


def test_a_year_on_the_roster_is_not_taken_away_under_it(bring):
    bring(directory({}, year=2024))
    batch = bring(directory({"NOM_RBD": "NUEVO"}, year=2025))
    bring(ROSTER.format(2025), BatchKind.ROSTER)

    undone(batch)

    assert batch.state == BatchState.APPLIED
    assert (School.objects.get().current_year, School.objects.get().name) == (2025, "NUEVO")


def test_leaving_the_roster_again_takes_a_year_that_was_made_for_it(bring):
    bring(directory({}, year=2025))
    of_directory = bring(ROSTER.format(2025), BatchKind.ROSTER)
    made = bring(ROSTER.format(2026), BatchKind.ROSTER)

    assert undone(made) == undone(of_directory) == []

    assert [y.year for y in SchoolYear.objects.all()] == [2025]
    assert not SchoolYear.objects.filter(in_roster=True).exists()


def test_an_undone_batch_is_not_undone_again(bring):
    batch = bring(directory({}))
    undone(batch)

    with pytest.raises(Refused, match="ya se deshizo"):
        operations.undo(batch, by=None)
    operations.take_back(batch)

    assert batch.state == BatchState.UNDONE
    assert not School.objects.exists()


def test_the_same_file_can_come_in_again_after_it_was_undone(bring):
    undone(bring(directory({})))

    again = bring(directory({}))

    assert (again.state, again.rows_new) == (BatchState.APPLIED, 1)


def test_an_import_checked_before_an_undo_is_checked_again(bring):
    first = bring(directory({"NOM_RBD": "UNO"}))
    second = bring(directory({"NOM_RBD": "DOS"}), land=False)
    undone(first)

    operations.land(second)

    assert second.state == BatchState.WAITING
    operations.check(second)
    assert (second.rows_new, second.rows_changed) == (1, 0)


def test_the_owner_of_a_year_that_no_list_gave_comes_back(bring):
    """A school's package may say an owner that this installation's list does not."""
    bring(directory({"COD_DEPE": "6"}))
    country = Country.objects.get(code="CL")
    other = Owner.objects.create(
        country=country, kind="slep", key="slep:77", name="SLEP Lejano", name_folded="slep lejano"
    )
    SchoolYear.objects.update(owner=other)
    School.objects.update(owner=other, search_text="91001 escuela los alerces santiago slep lejano")
    before = everything()
    batch = bring(slep_list(("1301", "Aquí", "13101", 2024, 2026)), BatchKind.SLEPS)
    assert School.objects.get().owner.key == "slep:1301"

    assert undone(batch) == []

    assert everything() == before


def test_undoing_is_a_job_that_the_analyst_asks_for(bring, actor):
    analyst = actor(Role.ANALYST, Country.objects.get(code="CL"))
    batch = bring(directory({}))

    operations.undo(batch, by=analyst)
    job = DBTaskResult.objects.get()
    assert job.task_path == "mejora.network.tasks.undo_batch"
    tasks.undo_batch.call(batch.pk)

    batch = ImportBatch.objects.get(pk=batch.pk)
    assert (batch.state, batch.undone_by) == (BatchState.UNDONE, analyst.user)
    assert not School.objects.exists()


def test_a_batch_that_kept_nothing_of_before_says_so(bring):
    """Staged by an older Mejora."""
    bring(directory({"NOM_RBD": "UNO"}))
    batch = bring(directory({"NOM_RBD": "DOS"}))
    batch.rows.update(before={"name": "UNO"})

    undone(batch)

    assert batch.state == BatchState.APPLIED
    assert "versión" in batch.message or "anterior" in batch.message


def test_a_file_by_upload_keeps_its_name(bring):
    batch = operations.receive(
        ContentFile(directory({}).encode(), name="d.csv"),
        kind=BatchKind.DIRECTORY,
        year=None,
        by=None,
    )
    assert batch.file_name == "d.csv"
