"""A second country: its files, and the border between the two."""

import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from mejora.core import here
from mejora.core.here import Here
from mejora.network import listing, memberships, operations, rules
from mejora.network.access import actor_for
from mejora.network.colombia import SaberResult, Site
from mejora.network.enums import BatchKind, BatchState, Dependency, PlaceKind, Role
from mejora.network.models import Country, ImportBatch, Owner, School, SchoolYear
from tests import factories as make

pytestmark = pytest.mark.django_db
HEADER = (
    *("PERIODO", "COLE_COD_DANE", "COLE_INST_NOMBRE", "COLE_CODMPIO_COLEGIO"),
    *("COLE_NATURALEZA", "COLE_GRADO", "MATRICULADOS_ULTIMOS_3", "EVALUADOS_ULTIMOS_3"),
    *("INDICE_TOTAL", "COLE_CATEGORIA"),
)
ROWS = (
    ("20211", "168001009991", "I.E. El Ejemplo", "68001", "OFICIAL", "11", "90", "88", "{}", "C"),
    ("20211", "305045009991", "Colegio Inventado", "05045", "NO OFICIAL", "11", "30", "30", "{}",
     "A+"),
)  # fmt: skip


def text_of(mark, indexes=("0.6372", "0.8120"), rows=ROWS):
    lines = [
        HEADER,
        *(tuple(c.format(i) for c in row) for row, i in zip(rows, indexes, strict=True)),
    ]
    return "\r\n".join(mark.join(line) for line in lines) + "\r\n"


def bring(text, kind=BatchKind.SABER, encoding="utf-8", *, land=True):
    upload = ContentFile(text.encode(encoding), name="archivo.txt")
    batch = operations.receive(upload, kind=kind, year=None, by=None)
    operations.check(batch)
    if land:
        operations.land(batch)
    return batch


@pytest.mark.parametrize(
    ("mark", "encoding", "indexes"),
    [
        ("¬", "utf-8", ("0,6372", "0,812")),
        ("\t|\t", "latin-1", ("0.6372", "0.8120")),
        (",", "utf-8", ("0.6372", "0.8120")),
    ],
    ids=["2021", "2018", "2017"],
)
def test_each_dialect_of_the_saber_file_says_the_same(mark, encoding, indexes):
    batch = bring(text_of(mark, indexes), encoding=encoding)

    assert batch.state == BatchState.APPLIED
    assert batch.country.code == "CO"
    found = SaberResult.objects.order_by("school__code")
    assert [(r.school.code, r.year, r.category, str(r.index)) for r in found] == [
        ("168001009991", 2021, "C", "0.6372"),
        ("305045009991", 2021, "A+", "0.8120"),
    ]
    official = School.objects.get(code="168001009991")
    assert official.owner.key == "etc:3809"  # Bucaramanga's own Secretaría
    assert official.years.get().dependency == Dependency.OFFICIAL
    assert official.code_label == "DANE 168001009991"


def test_destroyed_dane_codes_are_refused_with_what_to_do():
    rows = (("20171", "3.76001E+11", *ROWS[0][2:]), ROWS[1])

    batch = bring(text_of(",", rows=rows), land=False)

    assert batch.state == BatchState.REFUSED
    assert "perdió sus cifras" in batch.message
    assert "marque la columna como Texto" in batch.message
    assert not School.objects.filter(country__code="CO").exists()


def test_the_same_file_twice_changes_nothing_and_a_better_category_changes_one():
    bring(text_of("¬"))

    again = bring(text_of("¬"), land=False)
    better = bring(text_of("¬").replace("0.6372¬C", "0.6902¬B"), land=False)

    assert (again.rows_same, again.rows_new, again.rows_changed) == (2, 0, 0)
    assert (better.rows_same, better.rows_changed) == (1, 1)


def test_taking_saber_back_takes_the_schools_it_brought_but_not_those_in_use():
    batch = bring(text_of("¬"))
    make.PlanFactory(school=School.objects.get(code="168001009991"))

    operations.undo(batch, by=None)
    batch.refresh_from_db()
    operations.take_back(batch)

    assert batch.state == BatchState.UNDONE
    assert not SaberResult.objects.exists()
    left = School.objects.filter(country__code="CO").values_list("code", flat=True)
    assert list(left) == ["168001009991"]


SCHOOLS = """DANE;AÑO;NOMBRE;MUNICIPIO;SECTOR;ESTADO;ZONA;MATRICULA;REGIMEN;DANE_SEDE;NOMBRE_SEDE
168001009991;2026;I.E. El Ejemplo;68001;OFICIAL;Funcionando;URBANA;410;;168001009991;Principal
168001009991;2026;I.E. El Ejemplo;68001;OFICIAL;Funcionando;URBANA;410;;268001009992;La Loma
305045009991;2026;Colegio Inventado;5045;NO OFICIAL;;RURAL;90;Régimen Controlado;;
168001009993;2026;I.E. Con Régimen;68001;OFICIAL;;;;Libertad Vigilada;;
"""


def test_the_template_brings_schools_sedes_sector_and_regime():
    batch = bring(SCHOOLS, BatchKind.SCHOOLS, land=False)
    assert batch.rows_refused == 1
    assert batch.issues.get(is_error=True).code == "regime-official"
    operations.land(batch)

    school = School.objects.get(code="168001009991")
    assert [(s.code, s.name, s.is_main) for s in school.sites.all()] == [
        ("168001009991", "Principal", True),
        ("268001009992", "La Loma", False),
    ]
    private = SchoolYear.objects.get(school__code="305045009991", year=2026)
    assert (private.regime, private.in_roster, private.is_rural) == ("RC", True, True)
    assert private.commune.name == "Apartadó"  # its leading zero given back
    assert bring(SCHOOLS, BatchKind.SCHOOLS, land=False).rows_same == 3


def test_an_older_year_never_changes_the_present():
    bring(SCHOOLS, BatchKind.SCHOOLS)

    bring(
        SCHOOLS.replace(";2026;", ";2024;").replace("I.E. El Ejemplo", "Escuela Vieja"),
        BatchKind.SCHOOLS,
    )

    school = School.objects.get(code="168001009991")
    assert (school.name, school.current_year) == ("I.E. El Ejemplo", 2026)
    assert school.years.get(year=2024).name == "Escuela Vieja"
    assert Site.objects.count() == 2


# --- The border ---


@pytest.fixture
def sides():
    """An administrator of each country, a school and an import on each side."""
    bring(text_of("¬"))
    chile, colombia = Country.objects.get(code="CL"), Country.objects.get(code="CO")
    there = School.objects.get(code="168001009991")
    here = make.SchoolFactory()
    listed = ImportBatch.objects.create(
        kind=BatchKind.DIRECTORY,
        country=chile,
        state=BatchState.CHECKED,
        at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
    )

    def people(country):
        return actor_for(make.MembershipFactory(role=Role.ADMINISTRATOR, place=country).user)

    return {
        "CL": (people(chile), here, listed),
        "CO": (people(colombia), there, ImportBatch.objects.get(kind=BatchKind.SABER)),
    }


@pytest.mark.parametrize(("own", "other"), [("CL", "CO"), ("CO", "CL")])
def test_nothing_is_seen_beyond_the_border(sides, own, other):
    actor, school, batch = sides[own]
    _, beyond, their_batch = sides[other]
    seen = School.objects.visible_to(actor)

    assert school in seen
    assert beyond not in seen
    assert set(seen.values_list("country__code", flat=True)) == {own}
    assert list(ImportBatch.objects.visible_to(actor)) == [batch]
    assert not rules.can_act_on(actor, their_batch)


KINDS_OF = [
    ("CL", BatchKind.DIRECTORY, True),
    ("CL", BatchKind.SABER, False),
    ("CL", BatchKind.SCHOOLS, False),
    ("CO", BatchKind.DIRECTORY, False),
    ("CO", BatchKind.SLEPS, False),
    ("CO", BatchKind.PME, False),
    ("CO", BatchKind.SABER, True),
    ("CO", BatchKind.SCHOOLS, True),
]


@pytest.mark.parametrize(("country", "kind", "may"), KINDS_OF)
def test_each_country_brings_its_own_files(sides, country, kind, may):
    assert bool(rules.can_bring(sides[country][0], kind)) is may


def test_the_entities_are_owners_of_colombia_alone():
    entities = Owner.objects.filter(kind="etc")

    assert entities.count() == 96
    assert set(entities.values_list("country__code", flat=True)) == {"CO"}


def test_a_template_is_a_file_that_comes_back():
    from mejora.core import sheets_out
    from mejora.network.importers import templates

    content = io.BytesIO()
    sheets_out.write_csv(content, templates.table(BatchKind.SCHOOLS))
    upload = ContentFile(content.getvalue(), name="plantilla.csv")
    batch = operations.receive(upload, kind=BatchKind.SCHOOLS, year=None, by=None)
    operations.check(batch)

    # The example's municipality is made up: only that is told.
    assert {i.code for i in batch.issues.all()} == {"commune-unknown"}


def test_a_place_beyond_the_border_is_not_known_to_exist(sides):
    for own, other in (("CL", "CO"), ("CO", "CL")):
        actor, school, _ = sides[own]
        _, beyond, _ = sides[other]
        assert memberships.is_visible(actor, school.owner)
        assert not memberships.is_visible(actor, beyond.owner)
        assert not memberships.is_visible(actor, beyond.commune.region)


ROLES_OF = [
    ("CL", {Role.OWNER, Role.ADVISER, Role.DISTRICT_LEAD}),
    ("CO", {Role.ADVISER, Role.QUALITY_LEAD, Role.PROFESSIONAL, Role.OPERATIVE}),
]


@pytest.mark.parametrize(("country", "offered"), ROLES_OF)
def test_each_country_offers_its_own_roles_at_an_owner(sides, country, offered):
    actor, school, _ = sides[country]

    assert set(memberships.invitable_roles(actor, school.owner)) == offered


@pytest.mark.parametrize(("country", "number"), [("CL", 16), ("CO", 33)])
def test_the_choices_of_a_list_are_those_of_the_country(sides, country, number):
    place = sides[country][0].current.within

    with here.at(Here(place.code, place.tz, place.currency)):
        assert listing.regions().count() == number
        assert memberships.find_place(PlaceKind.REGION, "05").country == place


@pytest.mark.parametrize(("country", "other"), [("cl", "co"), ("co", "cl")])
def test_the_guides_of_the_other_country_are_not_there(client, sides, country, other):
    codes = {"cl": "pme-2020", "co": "guia34-2026"}
    client.force_login(sides[country.upper()][0].user)

    own = client.get(reverse("frameworks:catalogue", args=(country, codes[country])))
    beyond = client.get(reverse("frameworks:catalogue", args=(other, codes[other])))

    assert (own.status_code, beyond.status_code) == (200, 404)
