"""Coordinates as the directory has them: decimal commas, swapped, doubled, with strange marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Chile with its islands and the Antarctic bases that have a school.
LATITUDES = (-67.0, -17.0)
LONGITUDES = (-110.0, -53.0)
_CLEAN = re.compile(r"-?\d{1,3}(?:[.,]\d+)?")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_MARK = re.compile(r"&?\s*#?65279;|\ufeff")


@dataclass(frozen=True, slots=True)
class Point:
    """Both or neither; `oddity` says what had to be mended, or why it is unknown."""

    latitude: str | None = None
    longitude: str | None = None
    oddity: str = ""


def read(latitude: str, longitude: str) -> Point:
    if not latitude and not longitude:
        return Point()
    is_clean = all(_CLEAN.fullmatch(text) for text in (latitude, longitude))
    first, second = _numbers(latitude), _numbers(longitude)
    pair = _pair(first, second)
    if pair is None:
        return Point(oddity="No es un lugar de Chile. Se guarda sin ubicación.")
    lat, lon, is_swapped = pair
    if is_swapped:
        oddity = "Latitud y longitud están cambiadas. Se guardan en su orden."
    elif not is_clean:
        oddity = f"Trae signos de más. Se lee {_text(lat)}; {_text(lon)}."
    else:
        oddity = ""
    return Point(f"{lat:.6f}", f"{lon:.6f}", oddity)


def _numbers(text: str) -> list[float]:
    return [float(n.replace(",", ".")) for n in _NUMBER.findall(_MARK.sub("", text))]


def _pair(first: list[float], second: list[float]) -> tuple[float, float, bool] | None:
    """The first reading that falls in Chile: as labelled, swapped, or both in one field."""
    candidates = [(a, b) for a in first[:1] for b in second[:1]]
    candidates += [(f[0], f[1]) for f in (first, second) if len(f) > 1]
    for a, b in candidates:
        if _within(a, LATITUDES) and _within(b, LONGITUDES):
            return a, b, False
        if _within(b, LATITUDES) and _within(a, LONGITUDES):
            return b, a, True
    return None


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _text(value: float) -> str:
    return f"{value:.5f}".replace(".", ",")
