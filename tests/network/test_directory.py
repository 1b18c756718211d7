"""The official directory with everything that is odd in it, in made-up files."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.network.enums import BatchKind, BatchState, OwnerKind
from mejora.network.importers import coordinates
from mejora.network.models import ImportBatch, ImportRow, Owner, School, SchoolCode, SchoolYear
from mejora.network.reports import arrivals
from tests.factories.files import HEADERS, directory, slep_list

pytestmark = pytest.mark.django_db


def issues(batch):
    return {(i.line, i.column, i.code, i.is_error) for i in batch.issues.all()}


def counts(batch):
    return (batch.rows_new, batch.rows_changed, batch.rows_same, batch.rows_refused)


def facts(code="91001"):
    school = School.objects.select_related("commune", "owner").get(code=code)
    owner = school.owner.key if school.owner else None
    return school.name, school.commune.code, owner, school.current_year


def test_a_school_comes_in_with_its_code_its_year_and_its_owner(bring):
    batch = bring(directory({"DGV_RBD": "9"}))

    school = School.objects.get(code="91001")
    year = school.years.get()
    assert counts(batch) == (1, 0, 0, 0)
    assert batch.state == BatchState.APPLIED
    assert SchoolCode.objects.get(school=school).code == "91001"
    assert (year.year, year.enrolment, year.is_rural, year.operating) == (2025, 210, False, "1")
    assert year.batch == batch
    assert year.in_roster is False
    assert school.owner.key == "muni:13101"
    assert school.owner.name == "Municipalidad de Santiago"
    assert school.office.code == "131"
    assert str(school.latitude) == "-33.456940"


def test_the_same_file_twice_changes_nothing(bring):
    text = directory({}, {"COD_DEPE": "3"}, {"ESTADO_ESTAB": "3"})
    bring(text)
    before = list(SchoolYear.objects.order_by("pk").values())

    again = bring(text, land=False)

    assert counts(again) == (0, 0, 3, 0)
    assert not ImportRow.objects.filter(batch=again).exists()
    assert list(SchoolYear.objects.order_by("pk").values()) == before


def test_an_older_file_adds_its_year_and_changes_no_present_fact(bring):
    bring(directory({"NOM_RBD": "NOMBRE DE HOY", "COD_DEPE": "1"}))
    present = facts()

    batch = bring(directory({"NOM_RBD": "NOMBRE DE ANTES", "ESTADO_ESTAB": "2"}, year=2017))

    assert counts(batch) == (0, 1, 0, 0)
    assert facts() == present
    old = SchoolYear.objects.get(year=2017)
    assert (old.name, old.operating, old.enrolment) == ("NOMBRE DE ANTES", "2", None)
    assert old.owner.key == "muni:13101"
    assert School.objects.get().owner.key == "corp:13101"


def test_a_newer_file_wins_and_says_who_closed_moved_and_changed_name(bring):
    bring(slep_list(("1301", "Prueba", "13101", 2024, 2026)), BatchKind.SLEPS)
    bring(directory({}, {}, {}, {"ESTADO_ESTAB": "2"}))

    batch = bring(
        directory(
            {"ESTADO_ESTAB": "3"},
            {"COD_DEPE": "6"},
            {"NOM_RBD": "OTRO NOMBRE"},
            {"ESTADO_ESTAB": "1"},
            {"RBD": "91099"},
            year=2025,
        ).replace("\n2025;", "\n2026;")
    )

    assert batch.year == 2026
    assert counts(batch) == (1, 4, 0, 0)
    news = {cut.slug: cut.count for cut in arrivals.news(batch)}
    assert news == {
        "cierran": 1,
        "reabren": 1,
        "cambian-de-sostenedor": 1,
        "cambian-de-nombre": 1,
    }
    assert facts("91002")[2:] == ("slep:1301", 2026)
    assert facts("91003")[0] == "OTRO NOMBRE"
    assert SchoolYear.objects.filter(school__code="91001").count() == 2


def test_what_the_file_lacks_is_told_and_kept(bring):
    bring(directory({}, {"NOM_RBD": "ESCUELA QUE FALTA"}))

    batch = bring(directory({}))

    assert School.objects.count() == 2
    absent = batch.issues.get(code="absent")
    assert (absent.line, absent.value, absent.is_error) == (0, "91002", False)
    assert "ESCUELA QUE FALTA" in absent.message


def test_an_older_file_says_nothing_of_schools_that_are_younger(bring):
    bring(directory({}, {}))

    assert not bring(directory({}, year=2017)).issues.filter(code="absent").exists()


def test_codes_from_before_nuble_lead_to_the_commune_of_today(bring):
    row = {"COD_COM_RBD": "8401", "NOM_COM_RBD": "CHILLAN", "COD_REG_RBD": "8"}
    batch = bring(directory({**row, "COD_DEPROV_RBD": "81"}, year=2017))

    school = School.objects.select_related("commune__region", "office").get()
    assert school.commune.code == "16101"
    assert school.commune.region.abbr == "NUB"
    assert school.office.name == "Ñuble"
    assert issues(batch) == {(2, "COD_COM_RBD", "commune-old", False)}


def test_a_lost_leading_zero_is_put_back(bring):
    bring(directory({"COD_COM_RBD": "1101", "NOM_COM_RBD": "IQUIQUE"}))

    assert School.objects.get().commune.code == "01101"


@pytest.mark.parametrize("name", ["MARIA ELENA", "MARÍA ELENA", "María  Elena"])
def test_the_name_of_a_commune_may_be_written_any_way(bring, name):
    batch = bring(directory({"COD_COM_RBD": "2302", "NOM_COM_RBD": name}))

    assert issues(batch) == set()


ODD = [
    ({"NOM_RBD": "NULL"}, "NOM_RBD", "name-missing", "Sin nombre (RBD 91001)"),
    ({"NOM_RBD": " "}, "NOM_RBD", "name-missing", "Sin nombre (RBD 91001)"),
    ({"NOM_RBD": "LICEO BORGOÐO"}, "NOM_RBD", "name-damaged", "LICEO BORGOÐO"),
    ({"NOM_RBD": "ESC. O¦HIGGINS"}, "NOM_RBD", "name-damaged", "ESC. O¦HIGGINS"),
    ({"NOM_RBD": "LICEO B NÕ 58"}, "NOM_RBD", "name-damaged", "LICEO B NÕ 58"),
    ({"NOM_RBD": "JosÃ© Miguel"}, "NOM_RBD", "name-tangled", "José Miguel"),
    ({"DGV_RBD": "K"}, "DGV_RBD", "rbd-digit", "ESCUELA LOS ALERCES"),
    ({"NOM_COM_RBD": "TEMUCO"}, "NOM_COM_RBD", "commune-name", "ESCUELA LOS ALERCES"),
    (
        {"COD_COM_RBD": "99999", "NOM_COM_RBD": "PUTRE"},
        "COD_COM_RBD",
        "commune-by-name",
        "ESCUELA LOS ALERCES",
    ),
    ({"COD_DEPROV_RBD": "999"}, "COD_DEPROV_RBD", "office-unknown", "ESCUELA LOS ALERCES"),
    ({"RURAL_RBD": "SI"}, "RURAL_RBD", "flag-unknown", "ESCUELA LOS ALERCES"),
    ({"MAT_TOTAL": "-3"}, "MAT_TOTAL", "number-unknown", "ESCUELA LOS ALERCES"),
    ({"COD_DEPE": "6"}, "COD_DEPE", "slep-unknown", "ESCUELA LOS ALERCES"),
    ({"LATITUD": "0", "LONGITUD": "0"}, "LATITUD", "coordinates", "ESCUELA LOS ALERCES"),
]


@pytest.mark.parametrize(("row", "column", "code", "name"), ODD)
def test_what_is_odd_is_warned_about_and_accepted(bring, row, column, code, name):
    batch = bring(directory(row))

    assert issues(batch) == {(2, column, code, False)}
    assert batch.rows_warned == 1
    assert School.objects.get().name == name


def test_a_damaged_name_is_found_by_its_right_spelling(bring):
    bring(directory({"NOM_RBD": "LICEO BORGOÐO"}, {"NOM_RBD": "  ESC.  JUAN ´EL BUENO´ "}))

    assert School.objects.search("liceo borgoño").get().code == "91001"
    assert School.objects.search("JUÁN el bueno").get().code == "91002"
    assert School.objects.get(code="91002").name == "ESC. JUAN ´EL BUENO´"


WRONG = [
    ({"RBD": "ABC"}, "RBD", "rbd-unknown"),
    ({"RBD": "9-E+04"}, "RBD", "rbd-unknown"),
    ({"RBD": " "}, "RBD", "rbd-unknown"),
    ({"AGNO": "2024"}, "AGNO", "year-other"),
    ({"AGNO": "dos mil"}, "AGNO", "year-unknown"),
    ({"COD_COM_RBD": "99999", "NOM_COM_RBD": "ATLANTIDA"}, "COD_COM_RBD", "commune-unknown"),
    ({"COD_DEPE": "9"}, "COD_DEPE", "code-unknown"),
    ({"COD_DEPE": " "}, "COD_DEPE", "code-unknown"),
    ({"ESTADO_ESTAB": "abierto"}, "ESTADO_ESTAB", "code-unknown"),
    ({"RBD": "91001"}, "RBD", "rbd-repeated"),
    ({"NOM_RBD": "UNA;DE MÁS"}, "", "too-wide"),
]


@pytest.mark.parametrize(("row", "column", "code"), WRONG)
def test_what_is_wrong_names_its_row_and_column_and_stays_out(bring, row, column, code):
    batch = bring(directory({}, row), land=False)

    assert (3, column, code, True) in issues(batch)
    assert counts(batch) == (1, 0, 0, 1)
    issue = batch.issues.get(code=code)
    assert issue.message.endswith(".")
    assert not School.objects.exists()


def test_good_rows_land_though_others_are_wrong(bring):
    bring(directory({}, {"COD_DEPE": "9"}, {}))

    assert list(School.objects.order_by("code").values_list("code", flat=True)) == [
        "91001",
        "91003",
    ]


def test_a_cut_row_is_refused(bring):
    batch = bring(directory({}, {})[:-20], land=False)

    assert (3, "", "too-narrow", True) in issues(batch)


REFUSED = [
    ("RBD;NOM_RBD\n1;A\n", "Faltan las columnas COD_COM_RBD, COD_DEPE, ESTADO_ESTAB"),
    (directory({}).replace("ESTADO_ESTAB", "ESTADO"), "Falta la columna ESTADO_ESTAB"),
    (directory(), "solo tiene encabezado"),
    ("", "vacío"),
]


@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_a_file_that_is_no_directory_is_refused_whole(bring, text, told):
    batch = bring(text)

    assert batch.state == BatchState.REFUSED
    assert told in batch.message
    assert not batch.rows.exists()


def test_without_a_column_of_years_the_year_must_be_said(bring):
    header = HEADERS[2017].removeprefix("AGNO;")

    assert "Indique el año" in bring(directory({}, header=header)).message
    assert bring(directory({}, header=header), year=2018).year == 2018
    assert School.objects.get().current_year == 2018


def test_a_layout_between_with_other_case_delimiter_and_marks_is_read(bring):
    header = HEADERS[2025].replace("MAT_ENS_1;", "").lower()
    row = {"LATITUD": '"-33,45"', "LONGITUD": '"-70,65"'}
    named = directory({**row}, header=HEADERS[2025].replace("MAT_ENS_1;", ""), delimiter=",")
    text = named.replace(named.splitlines()[0], "\ufeffï" + header.replace(";", ","))

    batch = bring(text)

    assert batch.dialect == "CSV con coma, UTF-8 con BOM"
    assert SchoolYear.objects.get().enrolment == 210


def test_matricula_is_a_flag_and_no_number_of_pupils(bring):
    bring(directory({"MATRICULA": "1"}, year=2017))

    assert SchoolYear.objects.get().enrolment is None


def test_owners_follow_from_commune_and_dependency(bring):
    bring(slep_list(("1301", "Prueba", "13101", 2024, 2026)), BatchKind.SLEPS)
    bring(directory(*({"COD_DEPE": str(n)} for n in range(1, 7))))

    found = list(School.objects.order_by("code").values_list("owner__key", flat=True))
    assert found == ["corp:13101", "muni:13101", None, None, None, "slep:1301"]
    assert Owner.objects.get(key="corp:13101").kind == OwnerKind.CORPORATION


def test_a_newer_file_that_does_not_know_the_place_keeps_it(bring):
    bring(directory({}))

    bring(directory({"LATITUD": " ", "LONGITUD": " "}).replace("\n2025;", "\n2026;"))

    assert str(School.objects.get().latitude) == "-33.456940"


def test_the_roster_survives_a_new_directory(bring):
    bring(directory({}))
    bring("RBD;AÑO;MOTIVO\n91001;2025;Convenio\n", BatchKind.ROSTER)

    bring(directory({"NOM_RBD": "OTRO"}))

    year = SchoolYear.objects.get()
    assert (year.name, year.in_roster, year.roster_reason) == ("OTRO", True, "Convenio")


PLACES = [
    ("-33,45694", "-70,64827", "-33.456940", "-70.648270", False),
    ("", "", None, None, False),
    ("-70,64827", "-33,45694", "-33.456940", "-70.648270", True),
    ("-033,42961", "-70,6", "-33.429610", "-70.600000", False),
    ("-33,2863756", "-70,8711003,17", "-33.286376", "-70.871100", True),
    ("-33,45 -70,64", "-33,45 -70,64", "-33.450000", "-70.640000", True),
    ("-39,30433830647499, 72217207", "-39,30433830647499, 72217207", None, None, True),
    ("& 65279;-27,11944", "-109,35472", "-27.119440", "-109.354720", True),
    ("-33.45694", "-70.64827", "-33.456940", "-70.648270", False),
    ("-72,4800746", "-51,728334", "-51.728334", "-72.480075", True),
    ("-62,200997", "-58,964631", "-62.200997", "-58.964631", False),
    ("0", "0", None, None, True),
    ("s/i", "-70", None, None, True),
]


@pytest.mark.parametrize(("lat", "lon", "latitude", "longitude", "odd"), PLACES)
def test_coordinates_are_mended_or_left_unknown(lat, lon, latitude, longitude, odd):
    point = coordinates.read(lat, lon)

    assert (point.latitude, point.longitude) == (latitude, longitude)
    assert bool(point.oddity) is odd


CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "NULL", "0", "-1", "9" * 40, "1,5", "=1+1", "2025", "13101", "6", "Ñ"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"'), max_size=12),
)
NAMES = st.sampled_from(HEADERS[2025].split(";"))


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(rows=st.lists(st.dictionaries(NAMES, CELLS, max_size=4), min_size=1, max_size=4))
def test_whatever_stands_in_the_cells_each_row_lands_or_is_named(bring, rows):
    batch = bring(directory(*rows))
    stored = ImportBatch.objects.get(pk=batch.pk)

    if stored.state == BatchState.REFUSED:
        assert stored.message.endswith(".")
        return
    assert sum(counts(stored)) == stored.rows_read
    named = {i.line for i in stored.issues.filter(is_error=True)}
    assert len(named) == stored.rows_refused
    assert bring(directory(*rows), land=False).rows_new == 0
