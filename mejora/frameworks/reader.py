"""Reads a framework's file (TOML) and checks the whole of it before anything is stored.

Shape: `[edition]`, `[sources]` (key = text), then a table of items per kind: `[[area]]`,
`[[subarea]]`, `[[standard]]` and one per `TermKind`. Every item has code, source, certainty and
dated labels. Nothing here touches the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mejora.frameworks.models import Certainty, TermKind

AREA_TABLES = ("area", "subarea", "standard")  # in order of depth
TABLES = (*AREA_TABLES, *TermKind.values)
_EDITION_KEYS = {
    "country": str,
    "code": str,
    "name": str,
    "valid_from": dt.date,
    "source": str,
    "certainty": str,
}
_EDITION_OPTIONS = {
    "has_strategies": bool,
    "has_critical_factors": bool,
    "cycle_years": int,
    "cycle_years_max": int,
    "year_starts": str,
    "year_ends": str,
}
_ITEM_OPTIONS = {"min": int, "max": int, "column": str, "note": str, "for_actions": bool}
_LABEL_KEYS = {"from", "text", "plural", "source", "certainty"}
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


class FrameworkError(Exception):
    """The file was not accepted and nothing changed; `problems` says where and why."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class LabelSpec:
    from_year: int
    text: str
    plural: str
    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class ItemSpec:
    table: str
    code: str
    order: int
    parent: str
    source: str
    certainty: str
    labels: tuple[LabelSpec, ...]
    options: Mapping[str, Any]

    @property
    def depth(self) -> int:
        return AREA_TABLES.index(self.table) + 1


@dataclass(frozen=True, slots=True)
class FrameworkSpec:
    edition: Mapping[str, Any]
    areas: tuple[ItemSpec, ...]
    terms: tuple[ItemSpec, ...]
    sha256: str


@dataclass
class _Reading:
    """One pass over a file, gathering every problem instead of stopping at the first."""

    file_name: str
    data: Mapping[str, Any]
    problems: list[str] = field(default_factory=list)

    def complain(self, where: str, what: str) -> None:
        self.problems.append(f"{self.file_name}, {where}: {what}")

    def source(self, where: str, item: Mapping[str, Any]) -> str:
        """The text of the source that the item names by its key."""
        sources = self.data.get("sources")
        key = item.get("source")
        if not key:
            self.complain(where, "falta la fuente (source)")
        elif not isinstance(sources, dict) or key not in sources:
            self.complain(where, f"la fuente «{key}» no está en [sources]")
        elif not isinstance(sources[key], str) or not sources[key].strip():
            self.complain(where, f"la fuente «{key}» no dice cuál es")
        else:
            return str(sources[key])
        return ""

    def certainty(self, where: str, item: Mapping[str, Any]) -> str:
        value = item.get("certainty")
        if value not in Certainty.values:
            expected = ", ".join(Certainty.values)
            self.complain(where, f"certainty dice «{value}»; se esperaba {expected}")
        return str(value)

    def options(
        self, where: str, item: Mapping[str, Any], known: Mapping[str, type]
    ) -> dict[str, Any]:
        """The optional fields that are there, each of its type."""
        found = {}
        for key, kind in known.items():
            if key not in item:
                continue
            if type(item[key]) is not kind:
                self.complain(where, f"{key} dice «{item[key]}»; se esperaba {kind.__name__}")
            found[key] = item[key]
        return found

    def unknown_keys(self, where: str, item: Mapping[str, Any], known: set[str]) -> None:
        for key in sorted(set(item) - known):
            self.complain(where, f"no se conoce el campo «{key}»")


def read(path: Path) -> FrameworkSpec:
    """The framework in `path`, whole and checked, or `FrameworkError` with every problem."""
    content = path.read_bytes()
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FrameworkError([f"{path.name}: no se puede leer como TOML: {error}"]) from None
    reading = _Reading(path.name, data)
    edition = _edition(reading)
    for table in sorted(set(data) - {"edition", "sources", *TABLES}):
        reading.complain(f"tabla {table}", "no se conoce esta tabla")
    areas = tuple(spec for table in AREA_TABLES for spec in _items(reading, table))
    terms = tuple(spec for kind in TermKind.values for spec in _items(reading, kind))
    _check_codes(reading, areas, "un área")
    for kind in TermKind.values:
        _check_codes(reading, tuple(t for t in terms if t.table == kind), kind)
    _check_parents(reading, areas)
    _check_levels(reading, [t for t in terms if t.table == TermKind.LEVEL])
    if reading.problems:
        raise FrameworkError(reading.problems)
    return FrameworkSpec(edition, areas, terms, hashlib.sha256(content).hexdigest())


def _edition(reading: _Reading) -> dict[str, Any]:
    where = "[edition]"
    data = reading.data.get("edition")
    if not isinstance(data, dict):
        reading.complain(where, "falta la tabla")
        return {}
    for key, kind in _EDITION_KEYS.items():
        if type(data.get(key)) is not kind or not data[key]:
            reading.complain(where, f"falta {key} ({kind.__name__})")
    reading.unknown_keys(where, data, {*_EDITION_KEYS, *_EDITION_OPTIONS})
    options = reading.options(where, data, _EDITION_OPTIONS)
    for key in ("year_starts", "year_ends"):
        if key in options and not _MONTH_DAY.fullmatch(str(options[key])):
            reading.complain(where, f"{key} dice «{options[key]}»; se esperaba MM-DD")
    return {
        "country_code": data.get("country"),
        "code": data.get("code"),
        "name": data.get("name"),
        "valid_from": data.get("valid_from"),
        "source": reading.source(where, data),
        "certainty": reading.certainty(where, data),
        **options,
    }


def _items(reading: _Reading, table: str) -> Iterator[ItemSpec]:
    rows = reading.data.get(table, [])
    if not isinstance(rows, list):
        reading.complain(f"tabla {table}", f"se esperaba una lista [[{table}]]")
        return
    for order, row in enumerate(rows, start=1):
        code = row.get("code")
        if not isinstance(code, str) or not code.strip():
            reading.complain(f"tabla {table}, elemento {order}", "falta el código (code)")
            continue
        yield _item(reading, table, order, row)


def _item(reading: _Reading, table: str, order: int, row: Mapping[str, Any]) -> ItemSpec:
    where = f"tabla {table}, «{row['code']}»"
    known = {"code", "parent", "source", "certainty", "labels", *_ITEM_OPTIONS}
    reading.unknown_keys(where, row, known)
    source, certainty = reading.source(where, row), reading.certainty(where, row)
    return ItemSpec(
        table=table,
        code=row["code"],
        order=order,
        parent=str(row.get("parent", "")),
        source=source,
        certainty=certainty,
        labels=tuple(_labels(reading, where, row, source, certainty)),
        options=reading.options(where, row, _ITEM_OPTIONS),
    )


def _labels(
    reading: _Reading, where: str, row: Mapping[str, Any], source: str, certainty: str
) -> Iterator[LabelSpec]:
    """The dated words of an item; a label without a source of its own has the item's."""
    labels = row.get("labels")
    if not isinstance(labels, list) or not labels:
        reading.complain(where, "falta la etiqueta (labels)")
        return
    years = [label.get("from") for label in labels]
    if years != sorted(set(years), key=years.index) or any(type(y) is not int for y in years):
        reading.complain(where, f"los años de las etiquetas son {years}; cada uno va una vez")
        return
    for label in labels:
        place = f"{where}, etiqueta de {label['from']}"
        reading.unknown_keys(place, label, _LABEL_KEYS)
        if not isinstance(label.get("text"), str) or not label["text"].strip():
            reading.complain(place, "falta el texto (text)")
            continue
        own = "source" in label or "certainty" in label
        yield LabelSpec(
            from_year=label["from"],
            text=label["text"],
            plural=label.get("plural", ""),
            source=reading.source(place, label) if own else source,
            certainty=reading.certainty(place, label) if own else certainty,
        )


def _check_codes(reading: _Reading, items: tuple[ItemSpec, ...], what: str) -> None:
    seen: dict[str, ItemSpec] = {}
    for item in items:
        if item.code in seen:
            reading.complain(
                f"tabla {item.table}, «{item.code}»",
                f"el código está repetido: ya lo tiene {what} (tabla {seen[item.code].table})",
            )
        seen.setdefault(item.code, item)


def _check_parents(reading: _Reading, areas: tuple[ItemSpec, ...]) -> None:
    by_depth = {(area.depth, area.code) for area in areas}
    for area in areas:
        where = f"tabla {area.table}, «{area.code}»"
        if area.depth == 1 and area.parent:
            reading.complain(where, "un área de primer nivel no depende de otra (parent)")
        if area.depth > 1 and (area.depth - 1, area.parent) not in by_depth:
            above = AREA_TABLES[area.depth - 2]
            reading.complain(where, f"depende de «{area.parent}», que no está en [[{above}]]")


def _check_levels(reading: _Reading, levels: list[ItemSpec]) -> None:
    """The ranges follow each other from 0 to 100, so that every percentage has one level."""
    expected = 0
    for level in levels:
        where = f"tabla level, «{level.code}»"
        low, high = level.options.get("min"), level.options.get("max")
        if low != expected or not isinstance(high, int) or high < low:
            reading.complain(where, f"va de {low} a {high}; se esperaba que empezara en {expected}")
            return
        expected = high + 1
    if levels and expected != 101:
        reading.complain("tabla level", f"los niveles llegan hasta {expected - 1}, no hasta 100")
