"""The catalogue's words, days and amounts as files write them."""

import datetime as dt

import pytest

from mejora.frameworks import catalogue
from mejora.plans.importers.labels import Labels, yes_or_no
from mejora.plans.importers.values import day, pesos


@pytest.fixture
def labels(db):
    return Labels(catalogue.in_force("CL", dt.date(2024, 12, 31)), 2024)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Convivencia Escolar", "CE"),
        ("FORMACION Y CONVIVENCIA", "CE"),
        ("convivencia educativa", "CE"),
        ("Gestión  Pedagógica", "GP"),
        ("gp", "GP"),
        ("Área de Resultados", None),
        ("Gestión Pedagogíca X", None),
    ],
)
def test_a_dimension_is_found_by_any_years_word(labels, text, code):
    found = labels.areas.find(text)

    assert (found.code if found else None) == code


def test_an_unknown_word_is_answered_with_the_nearest_one(labels):
    assert labels.areas.expected("Convivencia escola") == "¿Quiso decir «Convivencia Escolar»?"
    assert labels.areas.expected("???").startswith("Se espera Gestión Pedagógica, Liderazgo")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Implementación avanzada: 75% a 99%", "avanzada"),
        ("IMPLEMENTACION ADECUADA", "adecuada"),
        ("Implementación intermedia", "adecuada"),
        ("Implementada", "completa"),
        ("No corresponde", "no_efectuada"),
        ("Avanzada", "avanzada"),
        ("50–74 %", "adecuada"),
        ("100%", "completa"),
        # Words and range of different levels: the range is the one that never changed its meaning.
        ("Implementación adecuada: 75% a 99%", "avanzada"),
        ("60%", None),
        ("En desarrollo", None),
    ],
)
def test_a_level_is_found_by_its_range_or_by_the_words_of_2024_and_2026(labels, text, code):
    found = labels.level(text)

    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4", "4"),
        ("4. Los recursos llegaron tarde", "4"),
        ("los recursos comprometidos llegaron con retraso", "4"),
        ("11 - Otro", "11"),
        ("No se encontró una asesoría técnica pertinente", "7"),
        ("44", None),
        ("400 estudiantes", None),
    ],
)
def test_a_justification_is_found_by_its_words_or_its_number(labels, text, code):
    found = labels.justification(text)

    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        ("Formación; Convivencia", ["CE1", "CE2"], []),
        ("Formación, Convivencia", ["CE1", "CE2"], []),
        ("• Formación\n• Participación y vida democrática", ["CE1", "CE3"], []),
        ("Liderazgo del director", [], ["Liderazgo del director"]),
        ("Formación | Otra cosa", ["CE1"], ["Otra cosa"]),
        ("", [], []),
    ],
)
def test_a_cell_may_name_several_subdimensions_of_its_dimension(labels, text, codes, unknown):
    found, left = labels.subareas_of(text, labels.areas.find("CE"))

    assert ([item.code for item in found], left) == (codes, unknown)


@pytest.mark.parametrize(
    ("text", "said"),
    [("Sí", True), ("SI", True), ("x", True), ("1", True), ("", False), ("No", False),
     ("0", False), ("1,0", True), ("2", None), ("Tal vez", None)],
)  # fmt: skip
def test_yes_and_no_are_read_as_people_write_them(text, said):
    assert yes_or_no(text) is said


@pytest.mark.parametrize(
    ("text", "amount"),
    [("8000000", 8_000_000), ("8000000.0", 8_000_000), ("8.000.000", 8_000_000),
     ("$ 8.000.000", 8_000_000), ("49600000000", 49_600_000_000), ("12,5", 13), ("-3", -3),
     ("8.00.000", None), ("ocho", None), ("", None), ("9" * 17, None), ("8E+06", None)],
)  # fmt: skip
def test_amounts_are_read_whole(text, amount):
    assert pesos(text) == amount


@pytest.mark.parametrize(
    ("text", "found"),
    [("2024-03-01", (2024, 3, 1)), ("2024-03-01T00:00:00", (2024, 3, 1)),
     ("01-03-2024", (2024, 3, 1)), ("1/3/2024 0:00", (2024, 3, 1)), ("20240301", (2024, 3, 1)),
     ("31/02/2024", None), ("marzo", None), ("45352", None), ("", None)],
)  # fmt: skip
def test_days_are_read_in_the_forms_that_spreadsheets_write(text, found):
    assert day(text) == (dt.date(*found) if found else None)
