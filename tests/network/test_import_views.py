"""The screens of an import, from choosing the file to what it left."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from python_calamine import CalamineWorkbook

from mejora.network import operations
from mejora.network.enums import BatchKind, BatchState, Role
from mejora.network.models import Country, ImportBatch, School, SchoolYear
from mejora.network.reports import issues
from mejora.network.views import imports
from tests.factories import OwnerFactory, PlanFactory, SchoolFactory
from tests.factories.files import directory

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(actor, signed_in):
    return signed_in(actor(Role.ANALYST, Country.objects.get(code="CL")))


def url(batch, name="batch", *args):
    return reverse(f"network:{name}", args=[batch.pk, *args])


def body(response):
    assert response.status_code == 200
    return response.content.decode()


def upload(client, text, kind=BatchKind.DIRECTORY, **fields):
    file = SimpleUploadedFile("directorio.csv", text.encode())
    data = {"kind": kind.value, "file": file, **fields}
    return client.post(reverse("network:import_new"), data)


def test_a_file_goes_from_upload_to_review_to_schools(bring, analyst):
    """`bring` keeps the files in a folder of the test."""
    response = upload(analyst, directory({}, {}))
    batch = ImportBatch.objects.get()
    assert response.headers["Location"] == url(batch)
    assert batch.state == BatchState.WAITING
    assert DBTaskResult.objects.get().args_kwargs["args"] == [batch.pk]
    assert "Revisando directorio.csv" in body(analyst.get(url(batch)))

    operations.check(batch)
    review = body(analyst.get(url(batch)))
    assert "Todavía no se ha guardado nada" in review
    assert "Importar 2 establecimientos" in review
    assert not School.objects.exists()

    analyst.post(url(batch, "batch_land"))
    batch.refresh_from_db()
    assert batch.state == BatchState.APPLYING
    assert "Guardando" in body(analyst.get(url(batch)))

    operations.land(batch)
    assert "Importado: 2 establecimientos" in body(analyst.get(url(batch)))
    assert batch.applied_by.name in body(analyst.get(url(batch)))
    assert School.objects.count() == 2


def test_errors_and_warnings_stand_by_cause_with_their_totals(bring, analyst):
    batch = bring(
        directory({"NOM_RBD": "NULL"}, {"COD_DEPE": "9"}, {"COD_DEPE": "8"}, {"NOM_RBD": "NULL"}),
        land=False,
    )

    page = body(analyst.get(url(batch)))
    assert "2 filas no se pueden importar" in page
    assert page.count("1 más") == 2
    assert "Importar 2 establecimientos" in page

    listed = analyst.get(
        url(batch, "batch_issues", "errores") + "?causa=code-unknown&columna=COD_DEPE"
    )
    assert [issue.line for issue in listed.context["page"]] == [3, 4]
    assert [i.line for i in analyst.get(url(batch, "batch_issues", "avisos")).context["page"]] == [
        2,
        5,
    ]


def test_errors_are_handed_over_as_a_safe_spreadsheet(bring, analyst):
    batch = bring(directory({"COD_DEPE": "=1+1"}), land=False)

    response = analyst.get(url(batch, "batch_issues_csv"))

    rows = list(csv.reader(io.StringIO(body(response).removeprefix("\ufeff")), delimiter=";"))
    assert rows[1][:3] == ["2", "COD_DEPE", "'=1+1"]
    assert "attachment" in response.headers["Content-Disposition"]


def test_errors_come_as_a_workbook_too_while_they_are_few(bring, analyst, monkeypatch):
    batch = bring(directory({"COD_DEPE": "=1+1"}, {}), land=False)

    response = analyst.get(url(batch, "batch_issues_xlsx"))

    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    lines = book.get_sheet_by_index(0).to_python()
    assert tuple(lines[0]) == issues.HEADER
    assert lines[1][:3] == [2, "COD_DEPE", "=1+1"]
    monkeypatch.setattr(imports, "MOST_IN_A_BOOK", 0)
    assert analyst.get(url(batch, "batch_issues_xlsx")).url == url(batch, "batch_issues_csv")


def test_rows_behind_a_figure_say_what_changes_in_words(bring, analyst):
    bring(directory({}))
    batch = bring(directory({"COD_DEPE": "1", "MAT_TOTAL": "0"}), land=False)

    response = analyst.get(url(batch, "batch_rows", "cambian-de-sostenedor"))

    (row,) = response.context["rows"]
    assert [(d.label, d.before, d.after) for d in row.differences] == [
        ("Sostenedor", "Municipalidad de Santiago", "corp:13101"),
        ("Dependencia", "Municipal DAEM", "Corporación Municipal"),
        ("Matrícula", "210", "0"),
    ]
    assert analyst.get(url(batch, "batch_rows", "inventado")).status_code == 404


def test_an_older_year_says_that_the_present_stays(bring, analyst):
    bring(directory({}))
    batch = bring(directory({"NOM_RBD": "ANTES"}, year=2017), land=False)

    assert "el presente no cambia" in body(analyst.get(url(batch)))


def test_a_file_that_cannot_be_read_says_why_and_offers_another(bring, analyst):
    batch = bring("a;b\n1;2\n")

    page = body(analyst.get(url(batch)))

    assert "No se puede importar este archivo" in page
    assert "Faltan las columnas" in page
    assert "Subir archivo corregido" in page
    assert not analyst.get(url(batch)).context["may_land"]


def test_discarding_leaves_a_line_in_the_history(bring, analyst):
    batch = bring(directory({}), land=False)

    page = body(analyst.post(url(batch, "batch_discard"), follow=True))

    assert "Carga descartada." in page
    assert "Descartado" in page
    assert not School.objects.exists()


def test_a_landed_batch_is_not_discarded_and_says_why(bring, analyst):
    batch = bring(directory({}))

    page = body(analyst.post(url(batch, "batch_discard"), follow=True))

    assert "Esta carga ya está cerrada." in page


def test_a_cut_job_is_named_and_taken_up(bring, analyst):
    batch = bring(directory({}), land=False)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=BatchState.CHECKING, heartbeat_at="2026-01-01T00:00Z"
    )

    assert "El trabajo se cortó" in body(analyst.get(url(batch)))
    assert "Se cortó" in body(analyst.get(reverse("network:import_list")))
    analyst.post(url(batch, "batch_resume"))

    batch.refresh_from_db()
    assert batch.state == BatchState.WAITING


def test_the_job_polls_a_fragment_and_reloads_when_it_is_over(bring, analyst):
    batch = bring(directory({}), land=False)
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.WAITING)
    htmx = {"HX-Request": "true"}

    fragment = body(analyst.get(url(batch), headers=htmx))
    assert fragment.startswith('<div class="job')
    assert f'hx-get="{url(batch)}"' in fragment

    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.CHECKED)
    assert analyst.get(url(batch), headers=htmx).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": ""}, "Elija qué contiene el archivo."),
        ({"file": ""}, "Elija el archivo."),
        ({"year": "pronto"}, "Escriba un año con cuatro cifras"),
        ({"year": "1800"}, "Escriba un año desde 1990."),
    ],
)
def test_what_is_missing_is_asked_for(analyst, fields, told):
    data = {"kind": "directory", "file": SimpleUploadedFile("a.csv", b"x"), **fields}

    response = analyst.post(reverse("network:import_new"), data)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_file_too_big_is_refused_before_it_is_read(analyst, monkeypatch):
    monkeypatch.setattr("mejora.network.forms.MAX_FILE", 5)

    assert "el máximo es" in upload(analyst, "123456").content.decode()


def test_a_roster_by_choice_is_reviewed_first(bring, analyst):
    bring(directory({}, {"COD_DEPE": "3"}))
    data = {"year": "2026", "dependencies": ["2"], "with_pupils": "on", "reason": "Municipales"}

    page = body(analyst.post(reverse("network:import_roster"), data, follow=True))

    assert "Importar 1 establecimiento" in page
    assert not SchoolYear.objects.filter(in_roster=True).exists()
    empty = analyst.post(reverse("network:import_roster"), {})
    assert empty.status_code == 422
    assert "Elija al menos una dependencia." in empty.content.decode()


def test_the_template_of_the_roster_can_be_imported_again(bring, analyst):
    bring(directory({"RBD": "90012"}, year=2025))
    text = body(analyst.get(reverse("network:import_template", args=["roster", "csv"])))

    batch = bring(text, BatchKind.ROSTER)

    assert (batch.state, batch.rows_new, batch.rows_refused) == (BatchState.APPLIED, 1, 0)


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OWNER])
def test_nobody_else_sees_or_moves_an_import(bring, actor, signed_in, role):
    batch = bring(directory({}), land=False)
    place = SchoolFactory() if role == Role.DIRECTOR else OwnerFactory()
    client = signed_in(actor(role, place))
    ways_in = [
        reverse("network:import_roster"),
        reverse("network:import_template", args=["roster", "csv"]),
    ]
    of_batch = [
        url(batch),
        url(batch, "batch_rows", "nuevas"),
        url(batch, "batch_issues", "avisos"),
        url(batch, "batch_issues_csv"),
        url(batch, "batch_issues_xlsx"),
    ]

    assert {client.get(page).status_code for page in ways_in} == {403}
    assert {client.get(page).status_code for page in of_batch} == {404}
    for name in ("batch_land", "batch_discard", "batch_resume", "batch_undo"):
        assert client.post(url(batch, name)).status_code == 404
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED


SEP = "RBD;AÑO;CLASIFICACION_SEP\n91001;2025;Emerjente\n91002;2025;Emerjente\n91003;2025;Nada\n"


def test_each_person_is_offered_what_is_theirs_to_bring(actor, signed_in):
    def offered(role, place):
        page = body(signed_in(actor(role, place)).get(reverse("network:import_list")))
        return {kind for kind in BatchKind if f"?tipo={kind}" in page}, page

    everything, _ = offered(Role.ANALYST, Country.objects.get(code="CL"))
    of_owner, owner_page = offered(Role.OWNER, OwnerFactory())
    school = SchoolFactory()
    of_director, director_page = offered(Role.DIRECTOR, school)

    assert {BatchKind.DIRECTORY, BatchKind.ATE, BatchKind.PME} <= everything
    monthly = {BatchKind.ATTENDANCE, BatchKind.FIGURES, BatchKind.CAPACITY}
    assert monthly <= everything
    assert of_owner == {BatchKind.PME, *monthly}
    assert "Tabla oficial de acciones" in owner_page
    assert of_director == set()
    assert f"/escuelas/{school.code}/importar/" in director_page


def test_an_owner_s_table_is_received_as_its_own(bring, actor, signed_in):
    owner = OwnerFactory()
    client = signed_in(actor(Role.OWNER, owner))
    page = body(client.get(reverse("network:import_new")))
    assert owner.name in page

    upload(client, "AGNO;RBD\n", kind=BatchKind.PME)
    assert ImportBatch.objects.get().owner == owner
    refused = upload(client, directory({}))

    assert refused.status_code == 422
    assert ImportBatch.objects.count() == 1


def test_a_file_taken_for_another_goes_on_with_the_same_upload(bring, analyst):
    bring(directory({}))
    wrong = bring("RBD;AÑO;MOTIVO\n91001;2026;Convenio\n", land=False)
    page = body(analyst.get(url(wrong)))
    assert "Seguir con «Establecimientos que deben tener PME»" in page

    response = analyst.post(url(wrong, "batch_as"))

    batch = ImportBatch.objects.first()
    assert response.headers["Location"] == url(batch)
    assert (batch.kind, batch.file) == (BatchKind.ROSTER, wrong.file)
    operations.check(batch)
    assert (batch.state, batch.rows_new) == (BatchState.CHECKED, 1)


def test_a_file_that_was_not_recognised_offers_nothing(bring, analyst):
    batch = bring("a;b\n1;2\n")

    assert "Seguir con" not in body(analyst.get(url(batch)))
    page = body(analyst.post(url(batch, "batch_as"), follow=True))
    assert "no se reconoció" in page
    assert ImportBatch.objects.count() == 1


def test_a_cell_with_one_sure_answer_is_mended_on_the_page(bring, analyst):
    bring(directory({}, {}, {}))
    batch = bring(SEP, BatchKind.SEP, land=False)
    assert batch.rows_refused == 3
    page = body(analyst.get(url(batch)))
    assert "Usar «Emergente» en las 2" in page
    assert "Corregir en el archivo" in page

    fields = {"column": "CLASIFICACION_SEP", "value": "Emerjente", "fix": "Emergente"}
    analyst.post(url(batch, "batch_fix"), fields)
    batch.refresh_from_db()
    assert batch.state == BatchState.WAITING
    operations.check(batch)

    assert (batch.rows_new, batch.rows_refused) == (2, 1)
    assert "Lo que se lee de otra manera" in body(analyst.get(url(batch)))
    operations.land(batch)
    classes = SchoolYear.objects.order_by("school__code").values_list("sep_class", flat=True)
    assert list(classes) == ["Emergente", "Emergente", ""]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"column": "CLASIFICACION_SEP", "value": "Nada", "fix": ""},
        {"column": "CLASIFICACION_SEP", "value": "Emerjente", "fix": "Autónomo"},
    ],
)
def test_only_what_was_offered_is_mended(bring, analyst, fields):
    bring(directory({}, {}, {}))
    batch = bring(SEP, BatchKind.SEP, land=False)

    page = body(analyst.post(url(batch, "batch_fix"), fields, follow=True))

    assert "ya no corresponde" in page
    batch.refresh_from_db()
    assert (batch.state, batch.corrections) == (BatchState.CHECKED, [])


def test_what_landed_is_not_mended(bring, analyst):
    batch = bring(directory({}))

    page = body(analyst.post(url(batch, "batch_fix"), {"column": "RBD"}, follow=True))

    assert "está en revisión" in page


def test_undoing_is_offered_and_its_page_tells_what_stayed(bring, analyst):
    batch = bring(directory({}, {}))
    PlanFactory(school=School.objects.get(code="91001"))
    assert "Deshacer esta carga" in body(analyst.get(url(batch)))

    analyst.post(url(batch, "batch_undo"))
    assert "Deshaciendo" in body(analyst.get(url(batch)))
    batch.refresh_from_db()
    operations.take_back(batch)

    page = body(analyst.get(url(batch)))
    assert "Carga deshecha en parte" in page
    assert "Lo que no volvió atrás: 1" in page
    assert "RBD 91001" in page
    assert "Deshacer esta carga" not in page
