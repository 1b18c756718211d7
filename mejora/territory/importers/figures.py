"""Mejora's own template of figures: a row per school and month, what is not known left empty."""

from __future__ import annotations

from collections.abc import Iterator

from mejora.core.spreadsheets import Table
from mejora.network.importers import of_schools
from mejora.network.importers.records import Cells, Checked, Issue, whole_number
from mejora.network.models import ImportBatch
from mejora.territory.importers import months
from mejora.territory.importers.chilean import RowReader
from mejora.territory.importers.months import Stored

COLUMNS = {
    "MATRICULA": "enrolled",
    "RETIROS": "withdrawals",
    "DIAS_ASISTIDOS": "attended_days",
    "DIAS_TRABAJADOS": "possible_days",
}
WANTED = ("RBD", "AÑO", "MES", "MATRICULA", "RETIROS")
TEMPLATE = (
    ("RBD", "AÑO", "MES", *COLUMNS),
    (
        ("90012", "2026", "5", "318", "2", "5740", "6360"),
        ("90013", "2026", "5", "145", "0", "", ""),
    ),
)
_DAYS = ("DIAS_ASISTIDOS", "DIAS_TRABAJADOS")


class Reader(RowReader):
    needed = {**of_schools.NEEDED, "MES": ("MES", "MES_ESCOLAR")}
    optional = {**of_schools.YEAR, **{name: (name,) for name in COLUMNS}}

    def __init__(self, table: Table, batch: ImportBatch) -> None:
        super().__init__(table, batch)
        self.stored, self.read_keys = Stored(), set[months.Key]()

    def once(self, cells: Cells, code: str) -> str:
        month = whole_number(cells.get("MES"))
        return f"{code} {cells.get('AÑO')} {month}"

    def facts(self, cells: Cells, code: str, year: int) -> Checked:
        month = whole_number(cells.get("MES"))
        if month is None or not 1 <= month <= 12:
            cells.fail("MES", "month-unknown", "Se espera el número del mes, de 1 a 12.")
        says = {field: _number(cells, name) for name, field in COLUMNS.items() if cells.get(name)}
        self._check_days(cells, says)
        if not says:
            cells.fail("", "nothing-said", "La fila no trae ninguna cifra.")
        if cells.failed or month is None:
            return cells.refused(code)
        key = (code, year, month)
        self.read_keys.add(key)
        row = (cells.row.line, "")
        return months.compare(row, key, says, self.chile, self.stored, cells.issues)

    def _check_days(self, cells: Cells, says: months.Values) -> None:
        came, could = (says.get(COLUMNS[name]) for name in _DAYS)
        one = sum(bool(cells.get(name)) for name in _DAYS)
        if one == 1:
            cells.fail(
                _DAYS[1] if cells.get(_DAYS[0]) else _DAYS[0],
                "days-alone",
                "Los días asistidos y los trabajados van juntos, o ninguno.",
            )
        elif came is not None and could is not None and came > could:
            cells.fail(_DAYS[0], "days-more", "Hay más días asistidos que días trabajados.")

    def absent(self) -> Iterator[Issue]:
        yield from self.stored.missing(self.read_keys, self.chile)


def _number(cells: Cells, name: str) -> int | None:
    number = whole_number(cells.get(name))
    if number is None:
        cells.fail(name, "number-unknown", "Se espera un número entero, como 210.")
    return number
