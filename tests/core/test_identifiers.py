import pytest

from mejora.core import identifiers


@pytest.mark.parametrize(
    ("code", "digit"), [("1", "9"), ("2", "7"), ("10", "8"), ("12345678", "5"), ("6", "K")]
)
def test_the_check_digit_is_modulo_eleven(code, digit):
    assert identifiers.check_digit(int(code)) == digit


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("90072", ("90072", "")),
        ("90.072-5", ("90072", "5")),
        (" RBD 90072-k ", ("90072", "K")),
        ("0012", ("12", "")),
        ("0", None),
        ("9007 2", None),
        ("90.72", None),
        ("escuela 12", None),
        ("-12", None),
        ("1234567", None),
        ("", None),
    ],
)
def test_an_rbd_is_read_as_people_write_it(text, found):
    assert identifiers.parse_rbd(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12.345.678-5", "12345678-5"),
        ("123456785", "12345678-5"),
        ("12.345.678-4", None),
        ("hola", None),
    ],
)
def test_a_rut_needs_its_digit(text, found):
    assert identifiers.parse_rut(text) == found


def test_a_rut_is_written_with_points():
    assert identifiers.rut_label("12345678-5") == "12.345.678-5"
