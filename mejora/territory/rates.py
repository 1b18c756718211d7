"""How the territory's figures are counted, in one place: shares as whole numbers divided once.

All of it is "criterio de Mejora": no official formula of a Service's monthly figures is published.
"""

from __future__ import annotations

from decimal import Decimal

# In percent: a month's attendance below it asks for somebody. Criterio de Mejora.
BAND = Decimal("85.0")
HUNDRED = Decimal(100)


def rate(part: int | None, whole: int | None) -> Decimal | None:
    """In percent, not rounded; None where either is unknown or there is nothing to divide by."""
    if part is None or not whole:
        return None
    return HUNDRED * part / whole


def is_under(part: int | None, whole: int | None, band: Decimal = BAND) -> bool:
    """Whether the share is known and below the band; 85.0 itself is not below."""
    found = rate(part, whole)
    return found is not None and found < band
