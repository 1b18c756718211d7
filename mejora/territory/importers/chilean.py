"""What our templates of figures have in common: rows of Chile's schools, of an owner's alone when
the batch is an owner's, and as many years as the file says."""

from __future__ import annotations

from mejora.core.spreadsheets import Table
from mejora.network.importers.of_schools import SchoolReader
from mejora.network.importers.records import Cells, whole_number
from mejora.network.models import ImportBatch
from mejora.territory.importers.months import Schools


class RowReader(SchoolReader):
    def __init__(self, table: Table, batch: ImportBatch) -> None:
        super().__init__(table, batch.year)
        self.said_year = batch.year
        self.batch, self.chile = batch, Schools.of(batch)
        self.schools = self.chile.names

    def _code(self, cells: Cells) -> str | None:
        code = super()._code(cells)
        if code is not None and code in self.schools and self.chile.is_foreign(code):
            cells.fail("RBD", "school-foreign", f"El RBD {code} no es de {self.batch.owner}.")
        return code

    def _check_year(self, cells: Cells) -> None:
        """Each row says its own; whoever brings the file may say one for all."""
        if "AÑO" not in self.columns:
            return
        year = whole_number(cells.get("AÑO"))
        if year is None or not 1990 <= year <= 2100:
            cells.fail("AÑO", "year-unknown", "No es un año. Se espera uno como 2026.")
        elif self.said_year is not None and year != self.said_year:
            cells.fail("AÑO", "year-other", f"Es otro año. Esta carga es de {self.said_year}.")
        else:
            self.year = year
