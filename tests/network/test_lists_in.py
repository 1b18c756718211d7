"""The list of SLEP and the roster, by file and by choice."""

import pytest

from mejora.network import operations
from mejora.network.enums import BatchKind, BatchState, Dependency, Role
from mejora.network.importers.owned import Selection
from mejora.network.models import Country, Owner, Region, School, SchoolYear, SlepTerritory
from tests.factories.files import directory, slep_list, workbook

pytestmark = pytest.mark.django_db
ROSTER = BatchKind.ROSTER


def counts(batch):
    return (batch.rows_new, batch.rows_changed, batch.rows_same, batch.rows_refused)


def test_the_list_makes_owners_and_their_communes(bring):
    batch = bring(
        slep_list(("1301", "Prueba", "13101", 2024, 2026), ("101", "Norte", "1101", 2022, 2024)),
        BatchKind.SLEPS,
    )

    assert counts(batch) == (2, 0, 0, 0)
    assert Owner.objects.get(key="slep:101").name == "SLEP Norte"
    territory = SlepTerritory.objects.get(commune__code="01101")
    assert (territory.starts_year, territory.transfer_year) == (2022, 2024)


def test_the_list_completes_the_owner_of_schools_that_came_before_it(bring):
    bring(directory({"COD_DEPE": "6"}, {"COD_DEPE": "2"}))
    assert School.objects.get(code="91001").owner is None

    bring(slep_list(("1301", "Del Mapocho", "13101", 2024, 2026)), BatchKind.SLEPS)

    assert School.objects.get(code="91001").owner.key == "slep:1301"
    assert SchoolYear.objects.get(school__code="91001").owner.key == "slep:1301"
    assert School.objects.search("mapocho").get().code == "91001"
    assert School.objects.get(code="91002").owner.key == "muni:13101"


def test_the_same_list_twice_changes_nothing_and_a_new_one_moves_communes(bring):
    bring(directory({"COD_DEPE": "6"}))
    first = slep_list(("1301", "Uno", "13101", 2024, 2026), ("1302", "Dos", "13102", 2024, 2026))
    bring(first, BatchKind.SLEPS)

    assert counts(bring(first, BatchKind.SLEPS)) == (0, 0, 2, 0)
    moved = bring(slep_list(("1302", "Dos", "13101", 2024, 2026)), BatchKind.SLEPS)

    assert counts(moved) == (0, 1, 0, 0)
    assert School.objects.get().owner.key == "slep:1302"
    assert SlepTerritory.objects.count() == 2
    assert moved.issues.filter(code="absent").count() == 1


def test_a_slep_that_changes_its_name_is_found_by_the_new_one(bring):
    bring(slep_list(("1301", "Uno", "13101", 2024, 2026)), BatchKind.SLEPS)
    bring(directory({"COD_DEPE": "6"}))

    bring(slep_list(("1301", "Quillay", "13101", 2024, 2026)), BatchKind.SLEPS)

    assert School.objects.search("quillay").exists()
    assert Owner.objects.filter(kind="slep").count() == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("1301", "Uno", "99999", 2024, 2026), "commune-unknown"),
        (("x", "Prueba", "13102", 2024, 2026), "slep-unknown"),
        (("1301", "", "13102", 2024, 2026), "name-missing"),
        (("1301", "Otro nombre", "13102", 2024, 2026), "slep-two-names"),
        (("1301", "Uno", "13101", 2024, 2026), "commune-repeated"),
        (("1301", "Uno", "13102", "pronto", 2026), "year-unknown"),
    ],
)
def test_a_wrong_row_of_the_list_is_named(bring, row, code):
    batch = bring(slep_list(("1301", "Uno", "13101", 2024, 2026), row), BatchKind.SLEPS, land=False)

    issue = batch.issues.get(is_error=True)
    assert (issue.line, issue.code) == (3, code)


def test_the_roster_marks_the_year_with_its_reason(bring):
    bring(directory({}, {}))

    batch = bring("\ufeffRBD;AÑO;MOTIVO\n91.001;2025;Convenio SEP\n", ROSTER)

    assert counts(batch) == (1, 0, 0, 0)
    year = SchoolYear.objects.get(school__code="91001")
    assert (year.in_roster, year.roster_reason) == (True, "Convenio SEP")
    assert not SchoolYear.objects.get(school__code="91002").in_roster


def test_a_roster_of_a_year_without_a_directory_carries_the_newest_facts(bring):
    bring(directory({"NOM_RBD": "DE 2025"}))

    bring("RBD;AÑO;MOTIVO\n91001;2026;x\n", ROSTER)

    carried = SchoolYear.objects.get(year=2026)
    assert (carried.name, carried.enrolment, carried.in_roster) == ("DE 2025", 210, True)
    assert School.objects.get().current_year == 2025
    bring(directory({"NOM_RBD": "DE 2026"}).replace("\n2025;", "\n2026;"))
    carried.refresh_from_db()
    assert (carried.name, carried.in_roster) == ("DE 2026", True)


def test_a_new_reason_changes_a_row_and_the_same_one_does_not(bring):
    bring(directory({}))
    bring("RBD;AÑO;MOTIVO\n91001;2025;uno\n", ROSTER)

    assert counts(bring("RBD;AÑO;MOTIVO\n91001;2025;uno\n", ROSTER)) == (0, 0, 1, 0)
    assert counts(bring("RBD;AÑO;MOTIVO\n91001;2025;dos\n", ROSTER)) == (0, 1, 0, 0)
    assert SchoolYear.objects.get().roster_reason == "dos"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("99999;2025;x", "school-unknown"),
        ("nueve;2025;x", "rbd-unknown"),
        ("91002;2024;x", "year-other"),
        ("91002;pronto;x", "year-unknown"),
        ("91001;2025;x", "rbd-repeated"),
    ],
)
def test_a_wrong_row_of_the_roster_is_named(bring, row, code):
    bring(directory({}, {}))

    batch = bring(f"RBD;AÑO;MOTIVO\n91001;2025;x\n{row}\n", ROSTER, land=False)

    assert {(i.line, i.code) for i in batch.issues.filter(is_error=True)} == {(3, code)}


def test_a_roster_without_years_needs_one(bring):
    bring(directory({}))

    assert "Indique el año" in bring("RBD\n91001\n", ROSTER).message
    assert bring("RBD\n91001\n", ROSTER, year=2025).state == BatchState.APPLIED


@pytest.fixture
def analyst(actor):
    return actor(Role.ANALYST, Country.objects.get(code="CL"))


def test_all_functioning_schools_of_an_owner_make_a_roster(bring, analyst):
    bring(
        directory(
            {},
            {"COD_DEPE": "3"},
            {"ESTADO_ESTAB": "3"},
            {"MAT_TOTAL": "0"},
            {"COD_COM_RBD": "1101", "NOM_COM_RBD": "IQUIQUE"},
        )
    )
    selection = Selection(
        year=2026,
        dependencies=(Dependency.DAEM,),
        owner=Owner.objects.get(key="muni:13101"),
        reason="Todas las municipales",
    )

    batch = operations.choose_roster(selection, by=analyst)
    assert not SchoolYear.objects.filter(in_roster=True).exists()
    operations.approve(batch, by=analyst)
    operations.land(batch)

    found = SchoolYear.objects.filter(in_roster=True).values_list("school__code", "year")
    assert list(found) == [("91001", 2026)]


def test_a_choice_by_region_and_with_schools_without_pupils(bring, analyst):
    bring(directory({"MAT_TOTAL": "0"}, {"COD_COM_RBD": "1101", "NOM_COM_RBD": "IQUIQUE"}))
    selection = Selection(
        year=2025,
        dependencies=tuple(Dependency),
        region=Region.objects.get(country__code="CL", code="13"),
        with_pupils=False,
        reason="x",
    )

    batch = operations.choose_roster(selection, by=analyst)

    assert list(batch.rows.values_list("key", flat=True)) == ["91001"]


def test_a_choice_that_fits_no_school_says_so(analyst):
    selection = Selection(year=2026, dependencies=(Dependency.PAID,), reason="x")

    batch = operations.choose_roster(selection, by=analyst)

    assert batch.state == BatchState.REFUSED
    assert batch.message == "Ningún establecimiento en funcionamiento cumple lo elegido."


def test_what_the_second_sheet_says_in_words_is_told_by_slep(bring):
    content = workbook(
        {
            "Listado SLEP": [
                [
                    "INICIO_FUNCIONES",
                    "AGNO_TRASPASO_EDUC",
                    "COD_SLEP",
                    "NOMBRE_SLEP",
                    "COD_COM_RBD",
                ],
                [2024, 2026, 1301, "MAPOCHO", 13101],
            ],
            "Consideraciones": [
                ["Consideraciones generales"],
                ["Las fechas son referenciales."],
                ["NOMBRE_SLEP", "Consideraciones"],
                ["MAPOCHO", "La comuna Santiago no traspasará el 2026."],
            ],
        }
    )

    batch = bring(content, BatchKind.SLEPS)

    assert counts(batch) == (1, 0, 0, 0)
    issue = batch.issues.get(code="slep-exception")
    assert (issue.sheet, issue.line, issue.value) == ("Consideraciones", 4, "MAPOCHO")
    assert "no traspasará el 2026" in issue.message
