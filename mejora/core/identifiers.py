"""Chile's check digits: RBD (schools) and RUT (persons and bodies), both modulo 11."""

import re

_RBD = re.compile(r"(?:rbd\s*)?(\d{1,3}(?:\.\d{3})+|\d{1,6})(?:\s*-\s*([\dk]))?", re.IGNORECASE)
_RUT = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,9})-?([\dk])", re.IGNORECASE)


def check_digit(number: int) -> str:
    """Weights 2 to 7 from the right; "K" stands for ten."""
    total, weight = 0, 2
    while number:
        number, digit = divmod(number, 10)
        total += digit * weight
        weight = 2 if weight == 7 else weight + 1
    return "0123456789K0"[11 - total % 11]


def parse_rbd(text: str) -> tuple[str, str] | None:
    """The number and the check digit ("" when not written) of "RBD 90.072-5"; None if it is none.

    The digit is not judged here: 50 rows of the official directory do not follow the rule.
    """
    found = _RBD.fullmatch(text.strip())
    if found is None or not (number := int(found[1].replace(".", ""))):
        return None
    return str(number), (found[2] or "").upper()


def rbd_digit_agrees(code: str, digit: str) -> bool:
    """Whether the digit is the one that the rule gives. The directory never publishes a K."""
    return check_digit(int(code)) == digit.upper()


def parse_rut(text: str) -> str | None:
    """ "76.543.210-3" as `76543210-3`; None when it is no RUT or its digit does not match."""
    found = _RUT.fullmatch(text.strip())
    if found is None or not (number := int(found[1].replace(".", ""))):
        return None
    digit = found[2].upper()
    return f"{number}-{digit}" if check_digit(number) == digit else None


def rut_label(rut: str) -> str:
    """`76543210-3` as people write it: 76.543.210-3."""
    number, _, digit = rut.partition("-")
    return f"{int(number):,}".replace(",", ".") + (f"-{digit}" if digit else "")
