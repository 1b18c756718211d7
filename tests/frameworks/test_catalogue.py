"""What pages ask of a catalogue: words of a year, levels of a percentage, no query."""

import datetime as dt

import pytest

from mejora.frameworks import catalogue
from mejora.frameworks.models import Area, Term, TermKind
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chile():
    return catalogue.in_force("CL", dt.date(2026, 9, 8))


def test_each_year_has_its_words(chile):
    area, level = chile.area_by_code("CE"), chile.term_by_code(TermKind.LEVEL, "adecuada")

    assert [area.label(y) for y in (2019, 2023, 2025, 2026)] == [
        "Formación y Convivencia",
        "Formación y Convivencia",
        "Convivencia Escolar",
        "Convivencia Educativa",
    ]
    assert level.level_text(2025) == "50–74\u202f% Adecuada"
    assert level.level_text(2026) == "50–74\u202f% Intermedia"


@pytest.mark.parametrize(
    ("pct", "code"),
    [
        (0, "no_efectuada"), (1, "inicial"), (24, "inicial"), (25, "parcial"), (49, "parcial"),
        (50, "adecuada"), (74, "adecuada"), (75, "avanzada"), (99, "avanzada"), (100, "completa"),
    ],
)  # fmt: skip
def test_every_percentage_has_its_level(chile, pct, code):
    assert chile.level_for_pct(pct).code == code


@pytest.mark.parametrize("pct", [-1, 101])
def test_what_is_no_percentage_has_no_level(chile, pct):
    with pytest.raises(ValueError, match="Ningún nivel"):
        chile.level_for_pct(pct)


def test_what_was_not_seen_says_so_in_its_year(chile):
    level = chile.term_by_code(TermKind.LEVEL, "completa")

    assert level.word_is_confirmed(2025)
    assert not level.word_is_confirmed(2026)
    assert not chile.term_by_code(TermKind.STATE, "approved").is_confirmed


def test_actions_go_to_four_areas_and_results_to_none(chile):
    assert [a.code for a in chile.areas_for_actions] == ["GP", "LI", "CE", "GR"]
    assert [a.code for a in chile.areas if not a.for_actions] == ["AR"]


def test_words_come_in_both_numbers(chile):
    assert chile.word("action", 2026) == "acción"
    assert chile.word("action", 2026, plural=True) == "acciones"
    assert chile.words(2026)["milestone_plural"] == "hitos de progreso"
    assert all(chile.words(2026).values())


def test_once_read_it_asks_the_database_nothing(chile, django_assert_num_queries):
    area = Area.objects.get(code="GP1")
    term = Term.objects.get(edition=area.edition, kind="level", code="parcial")

    with django_assert_num_queries(0):
        again = catalogue.in_force("CL", dt.date(2026, 1, 1))
        assert again.label(area, 2026) == "Gestión curricular"
        assert again.label(term, 2026) == again.term(term.pk).label(2026)
        assert again.area(area.pk).parent_id == again.area_by_code("GP").pk


def test_a_day_before_any_edition_has_no_catalogue():
    with pytest.raises(LookupError, match="No hay un marco de CL vigente"):
        catalogue.in_force("CL", dt.date(2019, 1, 1))


def test_the_page_shows_every_item_its_source_and_what_is_unsure(
    signed_in, actor, chile, django_assert_max_num_queries
):
    client = signed_in(actor("director", SchoolFactory()))
    listed = client.get("/catalogos/").content.decode()
    assert "/catalogos/cl/pme-2020/" in listed

    with django_assert_max_num_queries(6):
        page = client.get("/catalogos/cl/pme-2020/").content.decode()

    for area in Area.objects.filter(edition=chile.edition):
        assert chile.area(area).label(2026) in page
    for term in chile.terms:
        assert term.code in page
        assert term.label(2026).replace("'", "&#x27;") in page
    assert "transcrito por terceros" in page
    assert "ESTIM_SEP" in page


def test_an_unknown_catalogue_is_not_found(signed_in, actor):
    client = signed_in(actor("director", SchoolFactory()))

    assert client.get("/catalogos/co/nada/").status_code == 404
