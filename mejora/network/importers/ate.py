"""The registry of technical advisers (ATE), from a template of Mejora's own.

The public registry (registroate.mineduc.cl) has no file to download; what matters of it is which
service of whom is in force, and until when. A row is a service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from mejora.core.folding import fold
from mejora.core.identifiers import check_digit, parse_rut
from mejora.core.spreadsheets import Row, Table
from mejora.network.facts import AteService
from mejora.network.importers import bulk
from mejora.network.importers.records import (
    Cells,
    Checked,
    Issue,
    Outcome,
    Payload,
    columns_of,
    day,
)
from mejora.network.models import ImportBatch

WANTED = ("RUT", "NOMBRE", "SERVICIO", "VIGENTE_DESDE", "VIGENTE_HASTA")
NEEDED = {"RUT": ("RUT",), "NOMBRE": ("NOMBRE",), "SERVICIO": ("SERVICIO",)}
OPTIONAL = {
    "VIGENTE_DESDE": ("VIGENTE_DESDE", "VIGENTE DESDE"),
    "VIGENTE_HASTA": ("VIGENTE_HASTA", "VIGENTE HASTA"),
}
TEMPLATE = (
    WANTED,
    (
        (
            "76.123.456-0",
            "Asesorías Ejemplo Ltda.",
            "Liderazgo directivo",
            "01-03-2026",
            "28-02-2028",
        ),
    ),
)
_FIELDS = ("name", "valid_from", "valid_to")


class Reader:
    def __init__(self, table: Table, year: int | None) -> None:
        self.table, self.year = table, year
        self.columns = columns_of(table, NEEDED, OPTIONAL)
        self.stored = _stored()
        self.seen: dict[str, int] = {}

    def __iter__(self) -> Iterator[Checked]:
        for row in self.table.rows:
            yield self._check(Cells(row, self.columns, len(self.table.header)), row)

    def _check(self, cells: Cells, row: Row) -> Checked:
        cells.check_width()
        rut, name, service = _rut(cells), _text(cells, "NOMBRE", 160), _text(cells, "SERVICIO", 200)
        starts, ends = _day(cells, "VIGENTE_DESDE"), _day(cells, "VIGENTE_HASTA")
        if starts and ends and ends < starts:
            message = f"Termina antes de empezar, que es el {starts:%d-%m-%Y}."
            cells.fail("VIGENTE_HASTA", "ends-first", message)
        key = f"{rut} {folded(service)}"
        if first := self.seen.get(key):
            cells.fail("SERVICIO", "service-repeated", f"Ya está en la fila {first}.")
        if cells.failed:
            return cells.refused(cells.get("RUT"))
        self.seen[key] = row.line
        said = {"name": name, "valid_from": _iso(starts), "valid_to": _iso(ends)}
        return self._compare(row.line, key, {"rut": rut, "service": service, **said}, cells)

    def _compare(self, line: int, key: str, payload: Payload, cells: Cells) -> Checked:
        before, issues = self.stored.get(key), tuple(cells.issues)
        if before and all(before[name] == payload[name] for name in _FIELDS):
            return Checked(line, key[:120], Outcome.SAME, issues=issues)
        outcome = Outcome.CHANGED if before else Outcome.NEW
        return Checked(line, key[:120], outcome, payload, before, issues)

    def absent(self) -> Iterator[Issue]:
        for key, before in self.stored.items():
            if key not in self.seen:
                message = f"«{before['service']}» de {before['name']} no está en este archivo."
                text = f"{message} Se conserva."[:400]
                yield Issue(0, "RUT", before["rut"], "absent", text, is_error=False)


def _rut(cells: Cells) -> str:
    text = cells.get("RUT")
    if rut := parse_rut(text):
        return rut
    bare = text.replace(".", "").rpartition("-")[0]
    if bare.isdigit() and len(bare) <= 9:
        message = f"El dígito verificador no coincide: para {bare} es {check_digit(int(bare))}."
        cells.fail("RUT", "rut-digit", message)
    else:
        cells.fail("RUT", "rut-unknown", "No es un RUT. Se espera uno como 76.123.456-0.")
    return ""


def _text(cells: Cells, column: str, limit: int) -> str:
    text = " ".join(cells.get(column).split())
    if not text:
        cells.fail(column, "text-missing", "Falta. Sin esto no se sabe de qué asesoría se trata.")
    if len(text) > limit:
        cells.warn(column, "text-long", f"Pasa de {limit} letras. Se guarda lo que cabe.")
    return text[:limit]


def _day(cells: Cells, column: str) -> dt.date | None:
    text = cells.get(column)
    found = day(text)
    if text and found is None:
        message = "No es una fecha. Se espera dd-mm-aaaa, como 28-02-2028."
        cells.fail(column, "date-unknown", message)
    return found


def folded(service: str) -> str:
    """By which a service is told from another one of the same adviser."""
    return fold(service)[:200]


def _iso(date: dt.date | None) -> str | None:
    return date.isoformat() if date else None


def _stored() -> dict[str, Payload]:
    """Every service as stored, with the batch that said it, by RUT and folded service."""
    found = AteService.objects.values_list(
        "rut", "service_folded", "service", "name", "valid_from", "valid_to", "batch_id"
    )
    return {
        f"{rut} {folded}": {
            "rut": rut,
            "service": service,
            "name": name,
            "valid_from": _iso(starts),
            "valid_to": _iso(ends),
            "batch": batch,
        }
        for rut, folded, service, name, starts, ends, batch in found
    }


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    stored = {
        (rut, folded): pk
        for rut, folded, pk in AteService.objects.values_list("rut", "service_folded", "pk")
    }
    added, corrected = [], []
    for _, _, payload in rows:
        key = (payload["rut"], folded(payload["service"]))
        values = (*written(payload), batch.pk)
        if key in stored:
            corrected.append((*values, stored[key]))
        else:
            added.append((*values, *key, payload["service"]))
    names = ("name", "search_text", "valid_from", "valid_to", "batch")
    bulk.insert(AteService, (*names, "rut", "service_folded", "service"), added)
    bulk.update(AteService, names, corrected)


def written(payload: Payload) -> tuple[Any, ...]:
    """Name, search text and dates, as the database takes them."""
    days = (
        dt.date.fromisoformat(d) if d else None
        for d in (payload["valid_from"], payload["valid_to"])
    )
    words = fold(f"{payload['name']} {payload['service']} {payload['rut']}")
    return (payload["name"], words, *days)
