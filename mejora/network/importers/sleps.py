"""The list of Servicios Locales: which communes each has, and from when.

It also completes the owner of the schools that the directory calls "Servicio Local" without saying
which one. A commune belongs to one SLEP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mejora.core.folding import fold
from mejora.core.spreadsheets import Row, Table, open_book, open_sheet
from mejora.network import naming
from mejora.network.enums import CHILE, Dependency, OwnerKind
from mejora.network.importers import bulk
from mejora.network.importers.places import Places
from mejora.network.importers.records import (
    Cells,
    Checked,
    Issue,
    Outcome,
    Payload,
    columns_of,
    whole_number,
)
from mejora.network.models import (
    Commune,
    Country,
    ImportBatch,
    ImportRow,
    Owner,
    School,
    SchoolYear,
    SlepTerritory,
)

NEEDED = {
    "COD_SLEP": ("COD_SLEP",),
    "NOMBRE_SLEP": ("NOMBRE_SLEP_FORMATO", "NOMBRE_SLEP"),
    "COD_COM_RBD": ("COD_COM_RBD",),
}
OPTIONAL = {
    "INICIO_FUNCIONES": ("INICIO_FUNCIONES",),
    "AGNO_TRASPASO_EDUC": ("AGNO_TRASPASO_EDUC", "AÑO_TRASPASO_EDUC"),
    "NOM_COMUNA_RBD": ("NOM_COMUNA_FORMATO", "NOM_COMUNA_RBD"),
}
WANTED = (*NEEDED, *OPTIONAL)


@dataclass(frozen=True, slots=True)
class Consideration:
    """What the second sheet of the official list says of a SLEP, as free text."""

    sheet: str
    line: int
    slep: str
    text: str


def considerations(path: Path) -> list[Consideration]:
    """The considerations of the workbook, on whatever sheet has them: a name and a text beside it
    under the headings NOMBRE_SLEP and Consideraciones. A CSV has none."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return []
    book, found = open_book(path), list[Consideration]()
    for name in book.sheet_names:
        is_below = False
        for line, cells in enumerate(open_sheet(book, name).iter_rows(), start=1):
            said = [str(cell).strip() for cell in cells[:2]]
            if is_below and len(said) == 2 and all(said):
                found.append(Consideration(name, line, *said))
            is_below = is_below or [fold(text) for text in said] == _CONSIDERATIONS
    return found


_CONSIDERATIONS = [fold("NOMBRE_SLEP"), fold("Consideraciones")]


class Reader:
    """One row per commune."""

    def __init__(
        self, table: Table, year: int | None, considerations: Sequence[Consideration] = ()
    ) -> None:
        self.table, self.year, self.considerations = table, year, considerations
        self.columns = columns_of(table, NEEDED, OPTIONAL)
        self.places = Places.load()
        self.stored = _stored()
        self.owners = dict(Owner.objects.values_list("key", "name"))
        self.seen: dict[str, int] = {}
        self.names: dict[str, str] = {}

    def __iter__(self) -> Iterator[Checked]:
        for row in self.table.rows:
            yield self._check(Cells(row, self.columns, len(self.table.header)), row)

    def _check(self, cells: Cells, row: Row) -> Checked:
        cells.check_width()
        commune, slep = self._commune(cells), self._slep(cells)
        payload = {
            "slep": slep,
            "name": f"SLEP {self.names.get(slep, '')}",
            "starts": _year(cells, "INICIO_FUNCIONES"),
            "transfer": _year(cells, "AGNO_TRASPASO_EDUC"),
        }
        if commune is None or cells.failed:
            return cells.refused(cells.get("COD_COM_RBD"))
        self.seen[commune] = row.line
        before = self.stored.get(commune)
        issues = tuple(cells.issues)
        if before == payload:
            return Checked(row.line, commune, Outcome.SAME, issues=issues)
        outcome = Outcome.CHANGED if before else Outcome.NEW
        if before and before["slep"] != slep:
            payload["moved"] = True
        self._mark_owner(payload)
        return Checked(row.line, commune, outcome, payload, before, issues)

    def _mark_owner(self, payload: Payload) -> None:
        """On the first row that makes a SLEP or gives it another name, so that undoing knows."""
        key, name = payload["slep"], payload["name"]
        if key not in self.owners:
            payload["makes_owner"] = True
        elif self.owners[key] != name:
            payload["renames_owner"] = self.owners[key]
        self.owners[key] = name

    def _commune(self, cells: Cells) -> str | None:
        number = whole_number(cells.get("COD_COM_RBD"))
        code = f"{number:05d}" if number is not None else ""
        commune = self.places.communes.get(code) or self.places.old_codes.get(code)
        if commune is None:
            cells.fail(
                "COD_COM_RBD",
                "commune-unknown",
                "No hay comuna con ese código. Se espera uno de 5 cifras, como 13101.",
            )
            return None
        if commune.code in self.seen:
            cells.fail(
                "COD_COM_RBD",
                "commune-repeated",
                f"{commune.name} ya está en la fila {self.seen[commune.code]}. Una comuna es de "
                "un solo SLEP.",
            )
        name = fold(cells.get("NOM_COMUNA_RBD"))
        if name and name not in self.places.spellings[commune.code]:
            cells.warn(
                "NOM_COMUNA_RBD",
                "commune-name",
                f"El código {code} es {commune.name}. Se usa el código.",
            )
        return commune.code

    def _slep(self, cells: Cells) -> str:
        number = whole_number(cells.get("COD_SLEP"))
        name = " ".join(cells.get("NOMBRE_SLEP").split())[:150].removeprefix("SLEP ")
        if number is None:
            cells.fail("COD_SLEP", "slep-unknown", "Se espera el número del SLEP, como 1201.")
            return ""
        key = naming.slep_key(number)
        if not name:
            cells.fail("NOMBRE_SLEP", "name-missing", "Falta el nombre del SLEP.")
        elif fold(self.names.setdefault(key, name)) != fold(name):
            cells.fail(
                "NOMBRE_SLEP",
                "slep-two-names",
                f"El SLEP {number} se llama {self.names[key]} en una fila anterior.",
            )
        return key

    def absent(self) -> Iterator[Issue]:
        for said in self.considerations:
            message = f"No se aplica sola, porque viene como texto: {said.text}"[:400]
            yield Issue(
                said.line,
                "Consideraciones",
                said.slep[:200],
                "slep-exception",
                message,
                is_error=False,
                sheet=said.sheet[:60],
            )
        for code, before in self.stored.items():
            if code not in self.seen:
                commune = self.places.communes[code].name
                yield Issue(
                    0,
                    "COD_COM_RBD",
                    code,
                    "absent",
                    f"{commune} está en Mejora como parte de {before['name']} y no en este "
                    "archivo. Se conserva como está.",
                    is_error=False,
                )


def _year(cells: Cells, column: str) -> int | None:
    text = cells.get(column)
    year = whole_number(text)
    if year is not None and 2017 <= year <= 2100:
        return year
    if text:
        cells.fail(column, "year-unknown", "No es un año. Se espera uno como 2026.")
    return None


def _stored() -> dict[str, Payload]:
    rows = SlepTerritory.objects.values_list(
        "commune__code", "owner__key", "owner__name", "starts_year", "transfer_year"
    )
    names = ("slep", "name", "starts", "transfer")
    return {code: dict(zip(names, facts, strict=True)) for code, *facts in rows}


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    """Write owners and their communes, then give every "Servicio Local" school its owner."""
    country = Country.objects.get(code=CHILE)
    _write_owners(country, {payload["slep"]: payload["name"] for _, _, payload in rows})
    owners = dict(Owner.objects.filter(country=country).values_list("key", "pk"))
    communes = dict(Commune.objects.of(CHILE).values_list("code", "pk"))
    SlepTerritory.objects.bulk_create(
        [
            SlepTerritory(
                owner_id=owners[payload["slep"]],
                commune_id=communes[code],
                starts_year=payload["starts"],
                transfer_year=payload["transfer"],
            )
            for _, code, payload in rows
        ],
        update_conflicts=True,
        unique_fields=["commune"],
        update_fields=["owner", "starts_year", "transfer_year"],
    )
    _tell_strays(batch, complete_owners())


def _tell_strays(batch: ImportBatch, strays: Mapping[str, Mapping[int, int]]) -> None:
    """Keep, with the commune's row, the years whose owner was another one than its SLEP before:
    undoing gives it back to them. No official file makes such a year; a school's package may."""
    owners = dict(Owner.objects.values_list("key", "pk"))
    found = ImportRow.objects.filter(batch=batch, key__in=list(strays))
    for pk, commune, payload, before in found.values_list("pk", "key", "payload", "before"):
        usual = owners[before["slep"]] if before else None
        odd = {str(year): owner for year, owner in strays[commune].items() if owner != usual}
        if odd:
            ImportRow.objects.filter(pk=pk).update(payload={**payload, "strays": odd})


def _write_owners(country: Country, names: dict[str, str]) -> None:
    Owner.objects.bulk_create(
        [
            Owner(
                country=country,
                kind=OwnerKind.SLEP,
                key=key,
                name=name,
                name_folded=fold(name),
            )
            for key, name in names.items()
        ],
        update_conflicts=True,
        unique_fields=["country", "key"],
        update_fields=["name", "name_folded"],
    )


def complete_owners() -> dict[str, dict[int, int]]:
    """The owner of each year that the directory calls "Servicio Local", by its commune; and of
    the school itself where that year is its present. Two queries, whatever the size.

    Gives, by commune, the years that changed and had an owner, with its key.
    """
    sleps = {
        commune: (owner, name)
        for commune, owner, name in SlepTerritory.objects.values_list(
            "commune_id", "owner_id", "owner__name"
        )
    }
    years = SchoolYear.objects.filter(
        dependency=Dependency.SLEP, commune__in=sleps, school__is_sample=False
    ).select_related("school__commune", "commune")
    yearly, present = [], []
    had: dict[str, dict[int, int]] = {}
    for row in years.iterator():
        owner, owner_name = sleps[row.commune_id]
        if owner != row.owner_id:
            yearly.append((owner, row.pk))
            if row.owner_id is not None:
                had.setdefault(row.commune.code, {})[row.pk] = row.owner_id
        school = row.school
        if row.year == school.current_year:
            text = naming.search_text(school.code, school.name, school.commune.name, owner_name)
            if (owner, text) != (school.owner_id, school.search_text):
                present.append((owner, text, school.pk))
    bulk.update(SchoolYear, ("owner",), yearly)
    bulk.update(School, ("owner", "search_text"), present)
    return had
