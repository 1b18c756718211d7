"""Chile's check digits: RBD (schools) and RUT (persons and bodies), both modulo 11. Colombia's
DANE codes. And the uids of rows that are written by the thousand."""

import os
import re
import time

_RBD = re.compile(r"(?:rbd\s*)?(\d{1,3}(?:\.\d{3})+|\d{1,6})(?:\s*-\s*([\dk]))?", re.IGNORECASE)
_RUT = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,9})-?([\dk])", re.IGNORECASE)

DANE_DIGITS = 12
_DANE = re.compile(r"\d{12}")


def parse_dane(text: str) -> str | None:
    """The 12 digits of a school's or a sede's code; None if it is none. The first digit does not
    reliably tell the sector and the last one, a check digit, has no known rule: neither is
    judged."""
    found = text.strip()
    return found if _DANE.fullmatch(found) else None


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


def ordered_uid() -> tuple[str, str]:
    """A UUID of version 7 (RFC 9562), as 32 digits and as it is written: the moment first, then
    chance. Rows that are written together lie together in the index of their uids; with those of
    version 4 each one lands on another page, and all these pages are written again with every
    part of an import."""
    moment = f"{time.time_ns() // 1_000_000:012x}"
    chance = os.urandom(10).hex()
    version, rest = "7" + chance[:3], _VARIANT[chance[3]] + chance[4:7]
    node = chance[7:19]
    dashed = f"{moment[:8]}-{moment[8:]}-{version}-{rest}-{node}"
    return moment + version + rest + node, dashed


# A digit by chance as one whose first two bits say "RFC 9562".
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
