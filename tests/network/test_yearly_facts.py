"""What comes in of each school and year beside the directory, and the registry of advisers."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.text import slugify

from mejora.network.enums import BatchKind, BatchState, Category, Role, SchoolLevel
from mejora.network.facts import AteService, Enrolment, Performance
from mejora.network.models import Country, School, SchoolYear
from tests.factories import SchoolFactory
from tests.factories.files import directory, summary, workbook

pytestmark = pytest.mark.django_db
AGENCY = ["RBD", "Nombre Establecimiento", "Región", "Comuna", "Dependencia"]


def counts(batch):
    return (batch.rows_new, batch.rows_changed, batch.rows_same, batch.rows_refused)


def codes(batch):
    return {issue.code for issue in batch.issues.all()}


def errors(batch):
    return [(i.line, i.column, i.code, i.fix) for i in batch.issues.filter(is_error=True)]


# Enrolment


def test_the_summary_says_the_pupils_of_a_year_by_level_and_sex(bring):
    bring(directory({}, year=2025))
    batch = bring(summary({"MAT_TOTAL": "210"}), BatchKind.ENROLMENT)

    assert (batch.state, batch.year, counts(batch)) == (BatchState.APPLIED, 2022, (1, 0, 0, 0))
    enrolment = Enrolment.objects.get()
    assert (enrolment.total, enrolment.men, enrolment.women) == (210, 100, 110)
    assert enrolment.levels == [
        ("Educación parvularia", 30),
        ("Básica de niños y niñas", 180),
    ]
    assert enrolment.batch == batch


def test_a_year_that_is_not_there_is_made_from_the_summary_and_the_present_stays(bring):
    bring(directory({"NOM_RBD": "HOY", "COD_DEPE": "2"}, year=2025))
    bring(summary({"NOM_RBD": "ANTES", "COD_DEPE": "1"}), BatchKind.ENROLMENT)

    year = SchoolYear.objects.get(year=2022)
    assert (year.name, year.owner.key, year.enrolment) == ("ANTES", "corp:13101", 210)
    school = School.objects.get()
    assert (school.name, school.current_year, school.owner.key) == ("HOY", 2025, "muni:13101")


def test_of_a_year_that_is_there_only_the_enrolment_changes(bring):
    told = bring(directory({"NOM_RBD": "DICE EL DIRECTORIO", "MAT_TOTAL": "5"}, year=2025))
    bring(summary({"NOM_RBD": "OTRO", "MAT_TOTAL": "210"}, year=2025), BatchKind.ENROLMENT)

    year = SchoolYear.objects.get()
    assert (year.name, year.enrolment, year.batch) == ("DICE EL DIRECTORIO", 210, told)


def test_the_layout_of_2016_is_read_with_its_broken_names(bring):
    bring(directory({}, {}, year=2025))
    broken = "JOSÉ".encode().decode("latin-1").encode().decode("latin-1")
    text = summary({"NOM_RBD": broken}, {"MAT_ENS_2": " "}, year=2016)

    batch = bring(("\ufeff" + text).encode(), BatchKind.ENROLMENT)

    assert counts(batch) == (2, 0, 0, 0)
    assert SchoolYear.objects.get(year=2016, school__code="91001").name == "JOSÉ"
    assert Enrolment.objects.get(school__code="91002").level_2 is None


def test_the_same_summary_twice_changes_nothing_and_with_commas_too(bring):
    bring(directory({}, year=2025))
    bring(summary({}), BatchKind.ENROLMENT)

    assert counts(bring(summary({}, delimiter=","), BatchKind.ENROLMENT)) == (0, 0, 1, 0)
    again = bring(summary({"MAT_TOTAL": "211"}), BatchKind.ENROLMENT)

    assert counts(again) == (0, 1, 0, 0)
    assert Enrolment.objects.get().total == SchoolYear.objects.get(year=2022).enrolment == 211


def test_what_is_wrong_in_a_summary_is_told_by_cell(bring):
    bring(directory({}, {}, {}, year=2025))
    rows = ({"RBD": "99999"}, {"RBD": "91001", "MAT_TOTAL": "x"}, {"RBD": "91002"})

    batch = bring(summary(*rows, {"MAT_TOTAL": "9", "RBD": "91003"}), BatchKind.ENROLMENT)

    assert [e[:3] for e in errors(batch)] == [
        (2, "RBD", "school-unknown"),
        (3, "MAT_TOTAL", "number-unknown"),
    ]
    warned = batch.issues.get(code="total-other")
    assert (warned.line, "suman 210" in warned.message) == (5, True)
    assert Enrolment.objects.get(school__code="91003").total == 9


def test_schools_that_a_newer_summary_lacks_keep_theirs(bring):
    bring(directory({}, {}, year=2025))
    bring(summary({}, {}), BatchKind.ENROLMENT)

    batch = bring(summary({"MAT_TOTAL": "1"}), BatchKind.ENROLMENT)

    assert batch.issues.get(code="absent").value == "91002"
    assert Enrolment.objects.get(school__code="91002").total == 210


# Performance


def agency(*rows, year=2018, sheet="cdb_2018"):
    header = [*AGENCY, "Matrícula Media 2017", f"Categoría Desempeño {year}"]
    place = ["ESCUELA", "de Los Lagos", "ANCUD", "Municipal", 245]
    return workbook({sheet: [header, *([rbd, *place, said] for rbd, said in rows)]})


def test_the_agency_s_file_gives_year_level_and_category(bring):
    bring(directory({}, {}, {}, year=2025))
    said = (
        (91001, "MEDIO"),
        (91002, "SIN CATEGORIA: BAJA MATRICULA"),
        (91003, "MEDIO-BAJO (NUEVO)"),
    )

    batch = bring(agency(*said), BatchKind.PERFORMANCE)

    assert (batch.year, counts(batch)) == (2018, (3, 0, 0, 0))
    found = Performance.objects.order_by("school__code")
    assert [(p.category, p.is_new, p.level) for p in found] == [
        (Category.MEDIUM, False, SchoolLevel.BASIC),
        (Category.FEW_PUPILS, False, SchoolLevel.BASIC),
        (Category.MEDIUM_LOW, True, SchoolLevel.BASIC),
    ]
    assert not SchoolYear.objects.filter(year=2018).exists()
    assert counts(bring(agency(*said), BatchKind.PERFORMANCE)) == (0, 0, 3, 0)


def test_the_mislabelled_column_is_named_and_not_read(bring):
    bring(directory({}, year=2025))

    batch = bring(agency((91001, "ALTO")), BatchKind.PERFORMANCE)

    issue = batch.issues.get(code="column-mislabelled")
    assert (issue.column, issue.is_error) == ("Matrícula Media 2017", False)


def test_a_category_of_each_level_stands_apart(bring):
    bring(directory({}, year=2025))
    text = "RBD;AÑO;NIVEL;CATEGORIA_DESEMPENO\n91001;2019;Básica;Alto\n91001;2019;Media;Bajo\n"

    batch = bring(text + "91001;2019;media;Insuficiente\n", BatchKind.PERFORMANCE)

    assert errors(batch) == [(3, "CATEGORIA", "category-unknown", "")]
    assert counts(batch) == (2, 0, 0, 1)


def test_a_category_file_without_its_level_says_how_to_tell_it(bring):
    bring(directory({}, year=2025))

    batch = bring("RBD;Categoría Desempeño 2018\n91001;ALTO\n", BatchKind.PERFORMANCE)

    assert batch.state == BatchState.REFUSED
    assert "columna NIVEL" in batch.message


def test_the_nearest_category_is_offered(bring):
    bring(directory({}, year=2025))

    batch = bring(agency((91001, "INSUFICIENT")), BatchKind.PERFORMANCE)

    assert errors(batch) == [(2, "CATEGORIA", "category-unknown", "Insuficiente")]


# SEP


def sep(*rows):
    return "\n".join(["RBD;AÑO;CLASIFICACION_SEP", *(";".join(row) for row in rows)]) + "\n"


def test_the_sep_class_goes_to_the_school_s_year_with_its_source(bring):
    told = bring(directory({}, {}, year=2026))
    rows = (("91001", "2026", "autonomo"), ("91002", "2026", "Sin convenio"))

    batch = bring(sep(*rows), BatchKind.SEP)

    first, second = SchoolYear.objects.order_by("school__code")
    assert (first.has_sep, first.sep_class, first.sep_batch) == (True, "Autónomo", batch)
    assert (second.has_sep, second.sep_class) == (False, "")
    assert {first.batch, second.batch} == {told}
    assert counts(bring(sep(*rows), BatchKind.SEP)) == (0, 0, 2, 0)
    changed = bring(sep(("91001", "2026", "En recuperación")), BatchKind.SEP)
    assert counts(changed) == (0, 1, 0, 0)
    assert changed.issues.get(code="absent").value == "91002"


def test_a_newer_year_takes_the_rest_from_the_newest_and_an_older_one_is_not_made_up(bring):
    bring(directory({"NOM_RBD": "HOY"}, year=2025))

    bring(sep(("91001", "2026", "Emergente")), BatchKind.SEP)
    older = bring(sep(("91001", "2020", "Emergente")), BatchKind.SEP)

    year = SchoolYear.objects.get(year=2026)
    assert (year.name, year.sep_class, year.in_roster) == ("HOY", "Emergente", False)
    assert errors(older) == [(2, "RBD", "year-missing", "")]
    assert not SchoolYear.objects.filter(year=2020).exists()


def test_a_class_with_a_typing_error_is_offered_right(bring):
    bring(directory({}, {}, year=2026))

    batch = bring(sep(("91001", "2026", "Emerjente"), ("91002", "2026", "")), BatchKind.SEP)

    assert errors(batch) == [
        (2, "CLASIFICACION_SEP", "class-unknown", "Emergente"),
        (3, "CLASIFICACION_SEP", "class-unknown", ""),
    ]


# Advisers


ATE = "RUT;NOMBRE;SERVICIO;VIGENTE_DESDE;VIGENTE_HASTA\n"


def test_the_registry_holds_services_with_their_days(bring):
    text = ATE + "76.123.456-0;Asesorías  Ñuble;Liderazgo;01-03-2026;2028-02-28\n"
    batch = bring(text + "76123456-0;Asesorías Ñuble;Convivencia;;\n", BatchKind.ATE)

    assert counts(batch) == (2, 0, 0, 0)
    service = AteService.objects.get(service="Liderazgo")
    assert (service.rut, service.name) == ("76123456-0", "Asesorías Ñuble")
    assert (service.valid_from, service.valid_to) == (dt.date(2026, 3, 1), dt.date(2028, 2, 28))
    assert AteService.objects.search("nuble CONV").get().service == "Convivencia"
    longer = bring(text.replace("2028-02-28", "31/12/2029"), BatchKind.ATE)
    assert counts(longer) == (0, 1, 0, 0)
    assert AteService.objects.get(service="Liderazgo").valid_to == dt.date(2029, 12, 31)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("76.123.456-1;A;S;;", ("RUT", "rut-digit")),
        ("hola;A;S;;", ("RUT", "rut-unknown")),
        ("76.123.456-0;;S;;", ("NOMBRE", "text-missing")),
        ("76.123.456-0;A;;;", ("SERVICIO", "text-missing")),
        ("76.123.456-0;A;S;31-11-2026;", ("VIGENTE_DESDE", "date-unknown")),
        ("76.123.456-0;A;S;01-03-2026;01-02-2026", ("VIGENTE_HASTA", "ends-first")),
    ],
)
def test_a_bad_cell_of_the_registry_is_named(bring, row, found):
    batch = bring(f"{ATE}{row}\n", BatchKind.ATE)

    assert [(i.column, i.code) for i in batch.issues.all()] == [found]
    assert not AteService.objects.exists()


def test_the_same_service_twice_in_a_file_is_told(bring):
    row = "76.123.456-0;A;Liderazgo;;\n"

    batch = bring(ATE + row + row.replace("Lid", "LID"), BatchKind.ATE)

    assert counts(batch) == (1, 0, 0, 1)


def test_anybody_signed_in_finds_what_is_in_force(bring, actor, signed_in, today):
    client = signed_in(actor(Role.DIRECTOR, SchoolFactory()))
    assert "Todavía no se ha cargado" in client.get(reverse("network:ate_list")).content.decode()
    rows = f"76.123.456-0;Alerce;Vigente;;{today.year + 1}-01-01\n"
    bring(f"{ATE}{rows}76.123.456-0;Alerce;Terminado;;{today.year - 1}-12-31\n", BatchKind.ATE)

    page = client.get(reverse("network:ate_list")).content.decode()
    every = client.get(reverse("network:ate_list") + "?vigencia=todas").content.decode()
    by_rut = client.get(reverse("network:ate_list") + "?q=76.123.456-0").content.decode()

    assert "Vigente" in page
    assert "Terminado" not in page
    assert "Terminado" in every
    assert "Vencido" in every
    assert "76.123.456-0" in by_rut


# Where they are seen, and the templates


def test_the_school_s_page_shows_each_fact_with_its_year_and_source(bring, actor, signed_in):
    bring(directory({}, year=2026))
    bring(summary({}), BatchKind.ENROLMENT)
    bring(agency((91001, "ALTO")), BatchKind.PERFORMANCE)
    bring(sep(("91001", "2026", "Autónomo")), BatchKind.SEP)
    url = reverse("network:school", args=["91001"])

    analyst = signed_in(actor(Role.ANALYST, Country.objects.get(code="CL")))
    page = analyst.get(url).content.decode()

    for words in ("Educación parvularia: 30", "Alto", "Autónomo", "Matrícula por nivel"):
        assert words in page
    for batch in (Enrolment.objects.get().batch, Performance.objects.get().batch):
        assert reverse("network:batch", args=[batch.pk]) in page
    director = signed_in(actor(Role.DIRECTOR, School.objects.get()))
    own = director.get(url).content.decode()
    assert "Categoría de desempeño" in own
    assert "/importar/" not in own


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["roster", "sep", "performance", "ate"])
def test_a_template_comes_back_without_an_error(bring, actor, signed_in, kind, ending):
    bring(directory({"RBD": "90012"}, {"RBD": "90013"}, year=2026))
    client = signed_in(actor(Role.ANALYST, Country.objects.get(code="CL")))

    response = client.get(reverse("network:import_template", args=[kind, ending]))
    batch = bring(response.content, BatchKind(kind))

    name = f"plantilla-{slugify(BatchKind(kind).label)}.{ending}"
    assert name in response.headers["Content-Disposition"]
    assert (batch.state, batch.rows_refused) == (BatchState.APPLIED, 0)
    assert batch.rows_new > 0


def test_a_template_that_is_not_offered_is_not_found(actor, signed_in):
    client = signed_in(actor(Role.ANALYST, Country.objects.get(code="CL")))

    for kind, ending in (("directory", "csv"), ("sep", "pdf"), ("x", "csv")):
        url = reverse("network:import_template", args=[kind, ending])
        assert client.get(url).status_code == 404


# What a file is


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (directory({}, year=2017), BatchKind.DIRECTORY),
        (directory({}, year=2025), BatchKind.DIRECTORY),
        (summary({}, year=2016), BatchKind.ENROLMENT),
        (summary({}, year=2022), BatchKind.ENROLMENT),
        (agency((1, "ALTO")), BatchKind.PERFORMANCE),
        (sep(("1", "2026", "Emergente")), BatchKind.SEP),
        (ATE + "1;2;3;4;5\n", BatchKind.ATE),
        ("RBD;AÑO;MOTIVO\n1;2026;x\n", BatchKind.ROSTER),
    ],
)
def test_a_file_taken_for_another_is_recognised_and_named(bring, content, kind):
    wrong = BatchKind.SLEPS if kind != BatchKind.SLEPS else BatchKind.ROSTER

    for said in {wrong, BatchKind.ROSTER, BatchKind.DIRECTORY} - {kind}:
        batch = bring(content, said)
        assert (batch.state, batch.looks_like) == (BatchState.REFUSED, kind)
        assert f"parece «{kind.label}»" in batch.message


@pytest.mark.parametrize("code", ["9,00E+04", "9.1001E+04"])
def test_codes_that_excel_destroyed_refuse_the_whole_file_with_the_remedy(bring, code):
    bring(directory({}, year=2026))

    for content, kind in (
        (directory({}, {"RBD": code}), BatchKind.DIRECTORY),
        (summary({"RBD": code}), BatchKind.ENROLMENT),
        (sep((code, "2026", "Emergente")), BatchKind.SEP),
    ):
        batch = bring(content, kind)
        assert batch.state == BatchState.REFUSED
        assert f"dice «{code}»" in batch.message
        assert "Desde texto/CSV" in batch.message


def test_a_foreign_file_with_destroyed_codes_is_told_that_first(bring):
    """As the DANE codes of a real classification of Colombia."""
    batch = bring("COLE_COD_DANE,GRUPO\n2.0579E+11,A\n", BatchKind.DIRECTORY)

    assert batch.state == BatchState.REFUSED
    assert "la columna COLE_COD_DANE dice «2.0579E+11»" in batch.message
