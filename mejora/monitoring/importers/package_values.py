"""The rows of a record as it comes in: each value of its type, each name of something there is.

What does not fit refuses the whole record, with its place and what was expected: its checksums
agreed, so somebody wrote it so.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NoReturn, cast

from django.core.exceptions import ValidationError
from django.db import models

from mejora.files import checking
from mejora.files.checking import NotAccepted
from mejora.frameworks.models import Edition
from mejora.monitoring.package import content, people
from mejora.monitoring.package.archive import FILES, MB, DamagedError, Record
from mejora.monitoring.package.kinds import BY_MODEL, BY_NAME, KINDS, Field, Kind, Row
from mejora.network.enums import Role
from mejora.network.models import Country, ImportBatch, Membership, Region
from mejora.people.models import User

Keyed = dict[str, dict[str, Row]]
Codes = dict[type[models.Model], dict[str, int]]


def keyed(rows: content.Rows) -> Keyed:
    """Each row under what names it, in the order given."""
    found: Keyed = {}
    for kind in KINDS:
        seen = Counter[str]()
        found[kind.name] = {content.key_of(kind, row, seen): row for row in rows[kind.name]}
    return found


def read(record: Record) -> Keyed:
    """The rows of a record, every one of which could stand here. Raises DamagedError."""
    data = record.data()
    if unknown := sorted(set(data) - set(BY_NAME)):
        raise DamagedError(f"datos.json tiene la tabla «{unknown[0][:40]}», que no se conoce.")
    rows: content.Rows = {}
    for kind in KINDS:
        rows[kind.name] = [_row(kind, n, row) for n, row in enumerate(_list(data, kind), start=1)]
    found = keyed(rows)
    _refuse_twice(found)
    if list(found["escuela"]) != [record.about.school]:
        raise DamagedError("datos.json no es de la escuela que dice el expediente.")
    codes = catalogue(rows)
    for kind, number, row in _all(found):
        _refer(kind, number, row, found, codes)
    _versions_whole(found)
    _files_whole(record, found)
    return found


# Two of these can be of the same moment; of anything else there is one.
_MAY_REPEAT = frozenset({"cambios", "movimientos"})


def _refuse_twice(found: Keyed) -> None:
    for name in found.keys() - _MAY_REPEAT:
        for number, key in enumerate(found[name], start=1):
            if key.endswith("#2") and key.removesuffix("#2") in found[name]:
                _wrong(BY_NAME[name], number, "clave", key.removesuffix("#2"), "está dos veces")


def _all(found: Keyed) -> Iterator[tuple[Kind, int, Row]]:
    for kind in KINDS:
        for number, row in enumerate(found[kind.name].values(), start=1):
            yield kind, number, row


def _list(data: dict[str, Any], kind: Kind) -> list[Any]:
    found = data.get(kind.name)
    if not isinstance(found, list):
        raise DamagedError(f"A datos.json le falta la tabla {kind.name}.")
    return found


def _wrong(kind: Kind, number: int, column: str, value: Any, expected: str) -> NoReturn:
    said = json.dumps(value, ensure_ascii=False)[:80]
    raise DamagedError(f"{kind.name}, fila {number}, {column}: dice {said}; {expected}.")


def _row(kind: Kind, number: int, row: Any) -> Row:
    """The columns that this version knows: what an older one lacks stands as if never written."""
    if not isinstance(row, dict):
        _wrong(kind, number, "fila", row, "se esperaba una fila con sus columnas")
    fields, links = list(kind.fields()), [link.name for link in kind.links()]
    if unknown := sorted(set(row) - {f.name for f in fields} - set(links)):
        _wrong(kind, number, unknown[0][:40], row[unknown[0]], "esa columna no se conoce")
    found = {f.name: _value(kind, number, f, row) for f in fields}
    for name in links:
        found[name] = row.get(name, [])
        if not isinstance(found[name], list) or not all(isinstance(v, str) for v in found[name]):
            _wrong(kind, number, name, found[name], "se esperaba una lista de claves")
    return found


def _value(kind: Kind, number: int, field: Field, row: Row) -> Any:
    """As `content.plain` writes it."""
    value = row[field.name] if field.name in row else content.plain(field.get_default())
    if field.is_relation:
        wanted = bool if field.related_model is ImportBatch else str
        if not isinstance(value, wanted) and not (value is None and field.null):
            _wrong(kind, number, field.name, value, "se esperaba una clave")
        return value
    try:
        parsed = field.to_python(value) if value is not None else None
        if not _is_empty_text(field, value):
            parsed = field.clean(value, None)
    except (ValidationError, TypeError, ValueError, OverflowError) as error:
        said = " ".join(error.messages) if isinstance(error, ValidationError) else "no es válido"
        _wrong(kind, number, field.name, value, said.rstrip("."))
    if content.plain(parsed) != value and field.name in row:
        _wrong(kind, number, field.name, value, f"se escribe {content.plain(parsed)!r:.60}")
    return content.plain(parsed)


def _is_empty_text(field: Field, value: Any) -> bool:
    """Forms ask for a text where a table may well be empty."""
    if value is None:
        return field.null
    return isinstance(field, models.JSONField) or (
        value == "" and isinstance(field, models.CharField | models.TextField)
    )


def catalogue(rows: content.Rows) -> Codes:
    """The rows here behind the codes of the catalogues: of the frameworks that the plans name."""
    names = [row["edition"] for row in rows["planes"]]
    editions = Edition.objects.filter(country_code="CL", code__in=names)
    words = content.of_editions(editions.values("pk"))
    if missing := sorted(set(names) - set(words[Edition].values())):
        raise DamagedError(f"Esta instalación no conoce el marco «{missing[0][:40]}».")
    found = {model: {code: pk for pk, code in known.items()} for model, known in words.items()}
    for model in (Country, Region):
        found[model] = {code: pk for pk, code in model.objects.values_list("pk", "code")}
    return found


def _refer(kind: Kind, number: int, row: Row, found: Keyed, codes: Codes) -> None:
    """Every name of another thing is of one that is there."""
    pairs = [(f.name, f.related_model, [row[f.name]]) for f in kind.fields() if f.is_relation]
    pairs += [(link.name, link.related_model, row[link.name]) for link in kind.links()]
    for name, model, values in pairs:
        for value in values:
            if value is not None and not _is_there(cast(Any, model), value, found, codes):
                _wrong(kind, number, name, value, "no está en el expediente ni en los catálogos")


def _is_there(model: type[models.Model], value: Any, found: Keyed, codes: Codes) -> bool:
    if model is ImportBatch or model is User:
        return True
    if model is Membership:
        return _is_person(value)
    if model in BY_MODEL:
        return value in found[BY_MODEL[model].name]
    return value in codes[model]


def _is_person(value: str) -> bool:
    try:
        name, role = people.read(value)
    except ValueError:
        return False
    return len(name) <= 120 and role in Role.values


def _versions_whole(found: Keyed) -> None:
    for number, row in enumerate(found["versiones"].values(), start=1):
        if hashlib.sha256(row["content"].encode()).hexdigest() != row["sha256"]:
            _wrong(BY_NAME["versiones"], number, "content", row["number"], "no es lo que se guardó")


def _files_whole(record: Record, found: Keyed) -> None:
    """Each file is there, is what the row says, and is of a kind that is kept."""
    for number, row in enumerate(found["archivos"].values(), start=1):
        name = FILES + row["stored_sha256"]
        with SpooledTemporaryFile(max_size=8 * MB) as copy:
            size = sum(copy.write(data) for data in record.chunks(name))
            try:
                kind = checking.recognised(cast("IO[bytes]", copy))
            except NotAccepted as refusal:
                raise DamagedError(f"{row['original_name']}: {refusal.reason}") from refusal
        if size != row["size"] or kind.mime != row["mime"]:
            _wrong(BY_NAME["archivos"], number, "mime", row["mime"], f"el archivo es {kind.mime}")
