"""The official table of actions: every oddity told, every school whole, twice is once, and back."""

import codecs
import datetime as dt
import random

import pytest
from django.core.files.base import ContentFile

from mejora.core.decisions import Refused
from mejora.frameworks.models import Term
from mejora.keeping.checks import history, rows, stages
from mejora.monitoring import snapshots as monitoring_snapshots
from mejora.monitoring.importers import pme_building
from mejora.monitoring.models import Period, ProgressReport
from mejora.monitoring.operations import stages as closing
from mejora.network import operations
from mejora.network.enums import BatchKind, BatchState, Role
from mejora.network.importers import parts
from mejora.network.importers.kinds import KINDS
from mejora.network.models import ImportBatch, SchoolYear
from mejora.network.reports import arrivals
from mejora.plans import snapshots
from mejora.plans.enums import Entity, StageKind
from mejora.plans.models import (
    Action,
    Change,
    Funding,
    Objective,
    Plan,
    PlanYear,
    Stage,
    StageEvent,
    Strategy,
    Version,
)
from tests.factories import MembershipFactory, OwnerFactory, SchoolFactory
from tests.factories.network import chile
from tests.factories.pme import HEADER, table
from tests.keeping.conftest import carried_school

pytestmark = pytest.mark.django_db

WRITTEN = (
    *(Plan, PlanYear, Objective, Strategy, Action, Funding, Action.subareas.through),
    *(Action.normative_plans.through, Period, ProgressReport, Stage, StageEvent, Version, Change),
)


@pytest.fixture
def bring(settings, tmp_path):
    """`bring(text)`: received, checked and, unless told otherwise, landed."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }

    def bring(content, *, year=None, land=True, by=None, owner=None):
        raw = content.encode() if isinstance(content, str) else content
        file = ContentFile(raw, name="pme.csv")
        batch = operations.receive(file, kind=BatchKind.PME, year=year, by=by, owner=owner)
        operations.check(batch)
        if land and batch.state == BatchState.CHECKED:
            operations.land(batch)
        return batch

    return bring


@pytest.fixture
def school():
    return SchoolFactory()


def everything():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in WRITTEN}


def count():
    return {model.__name__: model.objects.count() for model in WRITTEN}


def is_sound():
    """As `check` judges it: rows against their record, stages against their events."""
    for check in (*history.CHECKS, *stages.CHECKS, *rows.CHECKS):
        assert list(check()) == []


def told(batch, *, is_error=None):
    found = batch.issues.all() if is_error is None else batch.issues.filter(is_error=is_error)
    return [(i.line, i.column, i.code) for i in found]


def undone(batch, *, by=None):
    batch.refresh_from_db()
    operations.undo(batch, by=by)
    operations.take_back(batch)
    return batch


# --- What comes in ---


def test_a_row_becomes_an_action_with_its_chain_its_money_and_its_level(bring, school):
    row = {
        "RBD": school.code,
        "JUST_NIV_IMPLEM": "1",
        "PLAN_CONVIV": "Sí",
        "PLAN_INCLUS": "X",
        "ATE": "Sí",
        "ESTIM_PIE": "500000",
        "ESTIM_TOTAL": "8500000",
    }
    batch = bring(table(row))

    assert (batch.state, batch.rows_new, told(batch)) == ("applied", 1, [])
    action = Action.objects.get()
    assert (action.name, action.number) == ("Taller de lectura 1", 1)
    assert (action.objective.text, action.strategy.text) == (
        "Fortalecer la comprensión lectora",
        "Acompañamiento al aula",
    )
    assert action.area.code == "GP"
    assert [a.code for a in action.subareas.all()] == ["GP1"]
    assert sorted(t.code for t in action.normative_plans.all()) == ["CONVIV", "INCLUS"]
    assert (action.starts_on, action.ends_on) == (dt.date(2024, 3, 4), dt.date(2024, 12, 13))
    assert {f.source.code: f.planned for f in action.fundings.all()} == {
        "SEP": 8_000_000,
        "PIE": 500_000,
    }
    assert action.imported_total is None
    assert action.ate_provider == "ATE (el archivo no dice cuál)"
    assert action.level_now.code == "completa"
    report = ProgressReport.objects.get()
    assert (report.level.code, report.justification.code) == ("completa", "1")
    assert (report.is_accepted, report.reviewed_by) == (True, None)
    assert (report.period.starts_on, report.period.ends_on) == (
        dt.date(2024, 3, 1),
        dt.date(2024, 12, 31),
    )
    is_sound()


def test_the_imported_stages_are_approved_by_the_import_in_one_version(bring, school):
    batch = bring(table({"RBD": school.code}, {"RBD": school.code}))

    year = PlanYear.objects.get()
    assert (year.stage_now, year.status_now) == ("evaluation", "not_started")
    found = {s.kind: (s.status, s.decided_in_id) for s in year.stages.all()}
    assert found.pop(StageKind.EVALUATION) == ("not_started", None)
    assert set(found.values()) == {("approved", batch.pk)}
    assert len(found) == 3
    assert set(Change.objects.values_list("batch", "by")) == {(batch.pk, None)}
    version = Version.objects.get()
    assert version.event.stage.kind == StageKind.IMPLEMENTATION
    tree = snapshots.year_tree(year, monitoring_snapshots.year_extra(year))
    assert (version.content, version.sha256) == snapshots.canonical(tree)
    assert (version.number, year.version_no) == (1, 1)
    is_sound()


def test_without_levels_the_version_is_of_the_planning(bring, school):
    bring(table({"RBD": school.code, "NIV_IMPLEM": " "}))

    version = Version.objects.get()
    assert version.event.stage.kind == StageKind.PLANNING
    tree = snapshots.year_tree(PlanYear.objects.get())
    assert (version.content, version.sha256) == snapshots.canonical(tree)


def test_check_tells_an_imported_stage_whose_version_is_missing(bring, school):
    bring(table({"RBD": school.code}))
    Version.objects.all().delete()

    said = list(stages.versions_complete())

    assert len(said) == 1 + 3  # the year's count, and each of its approved stages


def test_actions_share_objectives_and_strategies_whose_folded_texts_are_one(bring, school):
    bring(
        table(
            {"RBD": school.code},
            {"RBD": school.code, "OBJETIVO": "FORTALECER  LA COMPRENSION LECTORA"},
            {"RBD": school.code, "ESTRATEGIA": "Otra"},
            {"RBD": school.code, "OBJETIVO": "Otro"},
        )
    )

    assert Objective.objects.count() == 2
    assert Strategy.objects.count() == 3
    is_sound()


@pytest.mark.parametrize(
    ("levels", "standing"),
    [
        ((" ", " "), ("implementation", "not_started")),
        (("Implementada", " "), ("implementation", "partial")),
        (("Implementada", "75–99 %"), ("evaluation", "not_started")),
    ],
)
def test_the_implementation_is_approved_when_every_action_has_its_level(
    bring, school, levels, standing
):
    bring(table(*({"RBD": school.code, "NIV_IMPLEM": level} for level in levels)))

    year = PlanYear.objects.get()
    assert (year.stage_now, year.status_now) == standing
    is_sound()


# --- The oddities ---


def shuffled():
    names = list(HEADER)
    random.Random(49).shuffle(names)
    return names


@pytest.mark.parametrize(
    ("header", "delimiter", "encode"),
    [
        (shuffled(), ",", str.encode),
        ([name.lower() for name in HEADER], ";", lambda t: codecs.BOM_UTF8 + t.encode()),
        ([name.replace("ESTRATEGIA", "Estratégia") for name in HEADER], "\t", str.encode),
        (HEADER, ";", lambda t: t.encode("cp1252")),
        (HEADER, "|", lambda t: t.encode("utf-16")),
        (["ï»¿AGNO", *HEADER[1:]], ",", str.encode),
        ([n for n in HEADER if n not in {"ATE", "PLAN_OTRO", "ESTIM_TOTAL"}], ",", str.encode),
    ],
)
def test_columns_go_by_name_in_any_order_case_and_encoding(
    bring, school, header, delimiter, encode
):
    known = {n.lower().replace("é", "e").lstrip("ï»¿"): n for n in header}
    row = {known[n.lower()]: v for n, v in _defaults(school).items() if n.lower() in known}

    batch = bring(encode(table(row, header=header, delimiter=delimiter)))

    assert (batch.state, batch.rows_new) == ("applied", 1), batch.message
    action = Action.objects.get()
    assert action.objective.text == "Fortalecer la comprensión lectora"
    assert action.strategy.text == "Acompañamiento al aula"


def _defaults(school):
    from tests.factories.pme import DEFAULTS

    return {**DEFAULTS, "RBD": school.code, "NOM_ACTIVIDAD": "Taller"}


@pytest.mark.parametrize("name", ["RBD", "DIMENSION", "OBJETIVO", "NOM_ACTIVIDAD", "FECHA_INICIO"])
def test_a_table_without_what_a_row_needs_is_refused_by_name(bring, school, name):
    batch = bring(table({"RBD": school.code}, header=[n for n in HEADER if n != name]))

    assert batch.state == BatchState.REFUSED
    assert f"Falta la columna {name}" in batch.message


def test_without_a_year_in_the_file_it_must_be_told(bring, school):
    header = [n for n in HEADER if n != "AGNO"]

    assert "Indique el año" in bring(table({"RBD": school.code}, header=header)).message
    assert bring(table({"RBD": school.code}, header=header), year=2023).rows_new == 1
    assert PlanYear.objects.get().year == 2023


@pytest.mark.parametrize(
    ("cell", "code", "says"),
    [
        ({"DIMENSION": "Convivencia Escolr"}, "area-unknown", "¿Quiso decir «Convivencia Escolar»"),
        ({"DIMENSION": " "}, "area-unknown", "Se espera"),
        ({"DIMENSION": "Área de Resultados"}, "area-unknown", ""),
        ({"NIV_IMPLEM": "Implementación avansada"}, "level-unknown", "«Implementación avanzada»"),
        ({"OBJETIVO": " "}, "objective-missing", "Falta el objetivo"),
        ({"FECHA_INICIO": "45352"}, "day-unknown", "01-03-2024"),
        ({"FECHA_TERMINO": " "}, "day-unknown", "01-03-2024"),
        ({"FECHA_INICIO": "2024-12-31"}, "days-crossed", "anterior al inicio"),
        ({"ESTIM_SEP": "mucho"}, "amount-unknown", "8000000"),
        ({"ESTIM_PIE": "-1"}, "amount-negative", "negativo"),
        ({"AGNO": "2023"}, "year-other", "2024"),
        ({"AGNO": "dos mil"}, "year-unknown", "2024"),
        ({"RBD": "1"}, "school-unknown", "no está en Mejora"),
        ({"RBD": "2.0579E+11"}, "", ""),
    ],
)
def test_what_cannot_be_understood_is_refused_by_row_with_what_was_expected(
    bring, school, cell, code, says
):
    batch = bring(table({"RBD": school.code}, {"RBD": school.code, **cell}))

    if not code:  # codes that Excel destroyed: the file as a whole
        assert batch.state == BatchState.REFUSED
        return
    issue = batch.issues.get(is_error=True)
    assert (issue.line, issue.code) == (3, code)
    assert says in issue.message
    assert (batch.rows_new, batch.rows_refused) == (1, 1)
    assert Action.objects.count() == 1


@pytest.mark.parametrize(
    ("cell", "code", "kept"),
    [
        ({"NOM_ACTIVIDAD": " "}, "name-missing", {"name": "Acción sin nombre en el archivo"}),
        ({"NOM_ACTIVIDAD": "x" * 250}, "text-long", {"name": "x" * 200}),
        ({"ESTRATEGIA": " "}, "strategy-missing", {"strategy": None}),
        ({"SUBDIMENSION": "Gestión curiosa"}, "subarea-unknown", {}),
        ({"FECHA_INICIO": "2014-03-04"}, "days-far", {"starts_on": dt.date(2014, 3, 4)}),
        ({"ESTIM_SEP": " "}, "amount-missing", {"imported_total": 8_000_000}),
        ({"ESTIM_TOTAL": "9000000"}, "total-differs", {"imported_total": 9_000_000}),
        ({"ESTIM_TOTAL": "¿?"}, "total-unknown", {"imported_total": None}),
        ({"PLAN_PISE": "Tal vez"}, "plan-unknown", {}),
        ({"ATE": "Fundación Leer"}, "ate-named", {"ate_provider": "Fundación Leer"}),
        ({"DGV_RBD": "X"}, "rbd-digit", {}),
        ({"JUST_NIV_IMPLEM": "Hubo paro"}, "why-unknown", {}),
    ],
)
def test_what_is_odd_comes_in_and_is_told(bring, school, cell, code, kept):
    batch = bring(table({"RBD": school.code, **cell}))

    assert code in {code for _, _, code in told(batch, is_error=False)}
    assert batch.rows_warned == 1
    action = Action.objects.get()
    assert {name: getattr(action, name) for name in kept} == kept
    if code == "why-unknown":
        assert ProgressReport.objects.get().note == "Hubo paro"
    is_sound()


def test_a_description_of_any_length_is_kept_whole(bring, school):
    bring(table({"RBD": school.code, "DESC_ACTIVIDAD": "a" * 5000}))

    assert len(Action.objects.get().description) == 5000


def test_exact_duplicates_are_kept_and_told_and_alike_rows_are_named(bring, school):
    same = {"RBD": school.code, "NOM_ACTIVIDAD": "Mural"}
    batch = bring(table(same, same, {**same, "NOM_ACTIVIDAD": "MURAL", "RESPONSABLE": "Otra"}))

    assert told(batch) == [
        (3, "NOM_ACTIVIDAD", "row-repeated"),
        (4, "NOM_ACTIVIDAD", "row-alike"),
    ]
    assert "fila 2" in batch.issues.first().message
    assert Action.objects.count() == 3
    is_sound()


def test_amounts_out_of_proportion_are_told_as_on_the_page_of_money(bring, school):
    SchoolYear.objects.filter(school=school).update(year=2024, enrolment=100)
    rows = [{"RBD": school.code} for _ in range(4)]
    rows += [{"RBD": school.code, "ESTIM_SEP": "49600000000", "ESTIM_TOTAL": "49600000000"}]
    batch = bring(table(*rows))

    assert told(batch) == [(6, "ESTIM_TOTAL", "amount-odd")]
    assert "$49.600.000.000 es más de 20 veces" in batch.issues.get().message
    assert batch.rows_warned == 1


def test_rows_of_a_school_may_stand_anywhere_in_the_file(bring):
    first, second = SchoolFactory(), SchoolFactory()
    bring(table(*({"RBD": s.code} for s in (first, second, first, second))))

    assert [y.actions.count() for y in PlanYear.objects.all()] == [2, 2]
    is_sound()


def test_a_year_before_any_known_framework_is_refused(bring, school):
    batch = bring(table({"RBD": school.code, "AGNO": "2015"}))

    assert batch.state == BatchState.REFUSED
    assert "el marco que regía en 2015" in batch.message


# --- Again, later, beside what people wrote ---


def test_the_same_file_twice_changes_nothing(bring):
    schools = [SchoolFactory() for _ in range(3)]
    row = {"NOM_ACTIVIDAD": "Mural", "JUST_NIV_IMPLEM": "Hubo paro", "ESTIM_TOTAL": "9"}
    text = table(*({"RBD": s.code, **row} for s in schools for _ in range(2)))
    bring(text)
    before = everything()

    again = bring(text)

    assert (again.rows_same, again.rows_new, again.rows_changed) == (6, 0, 0)
    assert everything() == before


def test_a_second_year_goes_into_the_same_plan_and_uses_its_objectives(bring, school):
    bring(table({"RBD": school.code}))
    bring(table({"RBD": school.code, "AGNO": "2025"}, {"RBD": school.code, "AGNO": "2025",
                "OBJETIVO": "Nuevo"}))  # fmt: skip

    plan = Plan.objects.get()
    assert (plan.start_year, plan.end_year) == (2024, 2027)
    assert [y.year for y in plan.years.all()] == [2025, 2024]
    assert plan.objectives.count() == 2
    later = plan.years.first()
    newest = later.versions.first()
    tree = snapshots.year_tree(later, monitoring_snapshots.year_extra(later))
    assert newest.content == snapshots.canonical(tree)[0]
    is_sound()


def test_an_earlier_year_leaves_room_for_the_plan_that_is_there(bring):
    year = carried_school()  # a plan of 2026
    bring(table({"RBD": year.school.code}))

    earlier = Plan.objects.exclude(pk=year.plan_id).get()
    assert (earlier.start_year, earlier.end_year) == (2024, 2025)
    is_sound()


def test_a_year_that_people_wrote_is_never_changed(bring):
    year = carried_school()
    before = everything()
    row = {"RBD": year.school.code, "AGNO": "2026"}
    same = {
        **row,
        "NOM_ACTIVIDAD": "Sin hitos", "OBJETIVO": "Leer mejor", "ESTRATEGIA": "Acompañar",
        "SUBDIMENSION": " ", "DESC_ACTIVIDAD": " ", "PROG_ASOCIADO": " ",
        "FECHA_INICIO": "09/03/2026", "FECHA_TERMINO": "27/11/2026", "RESPONSABLE": "UTP",
        "NIV_IMPLEM": "25–49 %", "ESTIM_SEP": "0", "ESTIM_SUBV_GRAL": "1.000.000",
        "ESTIM_TOTAL": "1000000",
    }  # fmt: skip

    batch = bring(table(same, row, {**same, "RESPONSABLE": "Otra"}))

    assert (batch.rows_same, batch.rows_refused, batch.rows_new) == (1, 2, 0)
    assert {code for _, _, code in told(batch, is_error=True)} == {"year-written"}
    assert everything() == before


def test_a_later_table_corrects_an_earlier_one_that_nobody_touched(bring, school):
    row = {"RBD": school.code}
    bring(table(row, {**row, "NOM_ACTIVIDAD": "Sin nivel", "NIV_IMPLEM": " "}))
    changed = {**row, "RESPONSABLE": "Dirección", "NIV_IMPLEM": "Implementación inicial",
               "ESTIM_PIE": "7", "ESTIM_TOTAL": "8000007", "OBJETIVO": "Otro"}  # fmt: skip
    batch = bring(
        table(changed, {**row, "NOM_ACTIVIDAD": "Sin nivel"}, {**row, "RESPONSABLE": "X"})
    )

    assert (batch.rows_changed, batch.rows_new, batch.rows_refused) == (2, 1, 0)
    changed_rows = list(arrivals.rows(batch, "cambios"))
    shown = arrivals.arrivals(batch, changed_rows)[0]
    assert shown.name == f"Taller de lectura 1 · {school.name}"
    assert [(d.label, d.before, d.after) for d in shown.differences] == [
        ("Objetivo", "Fortalecer la comprensión lectora", "Otro"),
        ("Responsable", "Jefatura UTP", "Dirección"),
        (
            "Montos",
            "Subvención Escolar Preferencial (SEP) $8.000.000",
            "Subvención Escolar Preferencial (SEP) $8.000.000, "
            "Programa de Integración Escolar (PIE) $7",
        ),
        ("Nivel", "Implementación completa", "Implementación inicial"),
    ]
    first, second, third = Action.objects.order_by("number")
    assert (first.responsible_text, first.level_now.code) == ("Dirección", "inicial")
    assert first.objective.text == "Otro"
    assert {f.source.code: f.planned for f in first.fundings.all()} == {"SEP": 8000000, "PIE": 7}
    assert (second.level_now.code, third.name) == ("completa", "Taller de lectura 3")
    year = PlanYear.objects.get()
    assert (year.stage_now, year.version_no) == ("evaluation", 2)
    assert Change.objects.filter(entity_uid=first.uid).count() == 2
    is_sound()


def test_what_the_table_lacks_stays_and_is_told(bring, school):
    row = {"RBD": school.code}
    bring(table(row, row))
    batch = bring(table({**row, "RESPONSABLE": "Otra"}))

    assert Action.objects.count() == 2
    assert told(batch) == [(0, "RBD", "absent")]
    assert "Mejora tiene 1 acción más" in batch.issues.get().message


def test_a_school_that_changed_after_the_review_is_left_out_whole(bring):
    year = carried_school()
    other = SchoolFactory()
    batch = bring(table({"RBD": year.school.code}, {"RBD": other.code}), land=False)
    Plan.objects.filter(pk=year.plan_id).update(start_year=2024)  # covers the year of the table
    Change.objects.create(
        plan=year.plan, entity=Entity.PLAN, entity_uid=year.plan.uid, label="x", after={},
        by=MembershipFactory(role=Role.DIRECTOR, place=year.school).user, at=batch.at,
    )  # fmt: skip
    prepare = KINDS[BatchKind.PME].land.prepare
    write = prepare(batch, _staged(batch))
    PlanYear.objects.filter(pk=year.pk).update(year=2024)
    Change.objects.create(
        plan=year.plan, entity=Entity.PLAN, entity_uid=year.plan.uid, label="y", after={},
        by=MembershipFactory(role=Role.PLANNER, place=year.school).user, at=batch.at,
    )  # fmt: skip

    issues = write()

    assert [(i.line, i.code) for i in issues] == [(2, "year-moved")]
    assert list(Action.objects.filter(plan_year__school=other).values_list("number", flat=True)) \
        == [1]  # fmt: skip
    assert Action.objects.filter(plan_year__school=year.school).count() == 2


def _staged(batch):
    from mejora.network.importers import parts

    return parts._next(batch, 100)


def test_a_second_process_that_lands_the_same_batch_steps_back(bring, school):
    batch = bring(table({"RBD": school.code}), land=False)
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.APPLYING, progress=0)
    late = ImportBatch.objects.get(pk=batch.pk)
    how = KINDS[BatchKind.PME].land
    assert parts.land(ImportBatch.objects.get(pk=batch.pk), how)

    assert not parts.land(late, how)  # as it stood before the first one wrote

    batch.refresh_from_db()
    assert (batch.rows_refused, batch.progress) == (0, 1)
    assert told(batch) == []


def test_two_batches_checked_at_once_do_not_double_a_school(bring, school):
    text = table({"RBD": school.code})
    first, second = bring(text, land=False), bring(text, land=False)
    operations.land(first)

    operations.land(second)

    assert second.state == BatchState.WAITING  # to be checked again
    operations.check(second)
    assert (second.rows_same, second.rows_new) == (1, 0)
    assert Action.objects.count() == 1


# --- Part by part ---


@pytest.fixture
def parts_of_one(monkeypatch):
    """Every school is a part of its own."""
    from dataclasses import replace

    kind = KINDS[BatchKind.PME]
    monkeypatch.setitem(KINDS, BatchKind.PME, replace(kind, land=replace(kind.land, rows=1)))


@pytest.fixture
def six_schools():
    return [SchoolFactory() for _ in range(6)]


def cut_after(monkeypatch, schools):
    """The process ends while the next school is being made."""
    build, made = pme_building.build, []

    def cut(*args):
        made.append(1)
        if len(made) > schools:
            raise KeyboardInterrupt
        return build(*args)

    monkeypatch.setattr(pme_building, "build", cut)


def test_a_cut_between_parts_leaves_whole_schools_and_goes_on_behind_them(
    bring, six_schools, parts_of_one, monkeypatch
):
    text = table(*({"RBD": s.code} for s in six_schools for _ in range(2)))
    batch = bring(text, land=False)
    with monkeypatch.context() as patch:
        cut_after(patch, 3)
        with pytest.raises(KeyboardInterrupt):
            operations.land(batch)

    batch = ImportBatch.objects.get(pk=batch.pk)
    assert batch.state == BatchState.APPLYING
    saved = [y.actions.count() for y in PlanYear.objects.all()]
    assert 1 <= len(saved) <= 3
    assert set(saved) == {2}
    assert batch.progress == len(saved)
    is_sound()

    operations.land(batch)

    assert (batch.state, batch.progress) == (BatchState.APPLIED, 6)
    assert [y.actions.count() for y in PlanYear.objects.all()] == [2] * 6
    is_sound()


def test_what_stands_half_saved_can_be_stopped_and_taken_back(
    bring, six_schools, parts_of_one, monkeypatch
):
    nothing = count()
    batch = bring(table(*({"RBD": s.code} for s in six_schools)), land=False)
    with monkeypatch.context() as patch:
        cut_after(patch, 3)
        with pytest.raises(KeyboardInterrupt):
            operations.land(batch)

    undone(batch)

    assert batch.state == BatchState.UNDONE
    assert count() == nothing
    operations.land(batch)  # a job that comes late does nothing any more
    assert count() == nothing


# --- Taking it back ---


def test_undoing_leaves_everything_as_it_was_but_the_batch(bring, six_schools):
    carried_school()
    before = everything()
    batch = bring(table(*({"RBD": s.code} for s in six_schools for _ in range(3))))

    undone(batch)

    assert batch.state == BatchState.UNDONE
    assert everything() == before
    assert batch.rows.count() == 18
    is_sound()


def test_a_year_that_somebody_used_stays_and_is_named(bring, actor):
    used, unused = SchoolFactory(), SchoolFactory()
    batch = bring(table({"RBD": used.code}, {"RBD": unused.code}))
    director = actor(Role.DIRECTOR, used)
    year = PlanYear.objects.with_place().get(school=used)
    closing.write_evaluation(year, "Se leyó más.", by=director, revision=0)

    undone(batch)

    assert batch.state == BatchState.UNDONE
    assert [y.school for y in PlanYear.objects.all()] == [used]
    kept = batch.issues.get(code="kept")
    assert str(used) in kept.message
    assert "alguien escribió" in kept.message
    is_sound()


def test_where_everything_was_used_the_batch_stays_imported(bring, school, actor):
    batch = bring(table({"RBD": school.code}))
    year = PlanYear.objects.with_place().get()
    closing.write_evaluation(year, "Bien.", by=actor(Role.DIRECTOR, school), revision=0)

    undone(batch)

    assert batch.state == BatchState.APPLIED
    assert "No se pudo devolver nada" in batch.message
    assert PlanYear.objects.exists()


def test_the_first_year_of_a_plan_waits_for_the_later_ones(bring, school):
    first = bring(table({"RBD": school.code}))
    before = everything()
    second = bring(table({"RBD": school.code, "AGNO": "2025", "OBJETIVO": "Nuevo"}))

    undone(first)
    assert first.state == BatchState.APPLIED
    assert "otro año además de 2024" in first.issues.get(code="kept").message
    undone(second)
    assert everything() == before
    undone(first)
    assert (first.state, Plan.objects.exists()) == (BatchState.UNDONE, False)


def test_a_correction_is_not_taken_back_and_says_why(bring, school):
    bring(table({"RBD": school.code}))
    batch = bring(table({"RBD": school.code, "RESPONSABLE": "Otra"}))

    undone(batch)

    assert batch.state == BatchState.APPLIED
    assert "importe el archivo anterior" in batch.issues.get(code="kept").message


# --- Who may ---


def test_an_owner_brings_its_own_schools_of_that_year_and_no_other(bring, actor):
    ours, gone, come, foreign = (SchoolFactory() for _ in range(4))
    owner = ours.owner
    SchoolYear.objects.filter(school=ours).update(year=2024)
    SchoolYear.objects.filter(school=gone).update(year=2024, owner=owner)  # ours in that year
    SchoolYear.objects.filter(school=come).update(year=2024)  # another's in that year
    come.owner = owner
    come.save()

    batch = bring(
        table(*({"RBD": s.code} for s in (ours, gone, come, foreign))),
        by=actor(Role.OWNER, owner), owner=owner,
    )  # fmt: skip

    assert told(batch, is_error=True) == [
        (4, "RBD", "school-foreign"),
        (5, "RBD", "school-foreign"),
    ]
    assert str(owner) in batch.issues.first().message
    assert {y.school for y in PlanYear.objects.all()} == {ours, gone}


@pytest.mark.parametrize("role", [Role.ADVISER, Role.DIRECTOR, Role.SUPERVISOR, Role.RESPONSIBLE])
def test_nobody_else_brings_such_a_table(bring, school, actor, role):
    places = {Role.ADVISER: school.owner, Role.SUPERVISOR: school.office}
    someone = actor(role, places.get(role, school))

    for owner in (None, school.owner):
        with pytest.raises(Refused, match="no le corresponde"):
            bring(table({"RBD": school.code}), by=someone, owner=owner)

    assert not ImportBatch.objects.exists()


def test_an_owner_brings_no_table_for_another_or_for_the_country(bring, school, actor):
    someone = actor(Role.OWNER, OwnerFactory())

    for owner in (None, school.owner):
        with pytest.raises(Refused, match="no le corresponde"):
            bring(table({"RBD": school.code}), by=someone, owner=owner)


def test_the_country_brings_any(bring, school, actor):
    batch = bring(table({"RBD": school.code}), by=actor(Role.ANALYST, chile()))

    assert batch.state == BatchState.APPLIED


def test_terms_of_the_table_are_all_in_the_catalogue(bring, school):
    """Each of its columns of money and plans has its term."""
    columns = {n for n in HEADER if n.startswith(("ESTIM_", "PLAN_"))} - {"ESTIM_TOTAL"}

    assert set(Term.objects.exclude(column="").values_list("column", flat=True)) == columns
    row = {"RBD": school.code, "ESTIM_TOTAL": "45"}
    amounts = [n for n in HEADER if n.startswith("ESTIM_") and n != "ESTIM_TOTAL"]
    row |= {name: str(place) for place, name in enumerate(amounts, 1)}
    bring(table(row))
    assert sum(f.planned for f in Funding.objects.all()) == 45
    assert Funding.objects.count() == 9


def test_the_page_counts_schools_and_offers_to_stop(
    bring, six_schools, parts_of_one, monkeypatch, actor, signed_in
):
    batch = bring(table(*({"RBD": s.code} for s in six_schools)), land=False)
    with monkeypatch.context() as patch:
        cut_after(patch, 2)
        with pytest.raises(KeyboardInterrupt):
            operations.land(batch)
    client = signed_in(actor(Role.ANALYST, chile()))

    page = client.get(f"/importar/{batch.pk}/").content.decode()

    assert "cada una entra completa o no entra" in page
    assert f"{ImportBatch.objects.get().progress} de 6 escuelas" in page
    assert "Detener y deshacer" in page
    assert client.post(f"/importar/{batch.pk}/deshacer/").status_code == 302
    assert ImportBatch.objects.get().state == BatchState.UNDOING
