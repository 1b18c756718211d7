"""The school's workbook comes back: what each row would change, and what cannot be.

A row is known by its protected key; without one, by its words, so that the same file twice adds
nothing twice. Nothing goes because the file lacks it: only what says "sí" under "Quitar".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mejora.core.decisions import Decision
from mejora.core.folding import fold
from mejora.core.spreadsheets import Unreadable
from mejora.frameworks import catalogue
from mejora.network.importers.kinds import Opened
from mejora.network.importers.records import Checked, Issue
from mejora.network.models import ImportBatch, School
from mejora.plans import rules
from mejora.plans.importers import workbook_shape as shape
from mejora.plans.importers import workbook_together as together
from mejora.plans.importers.standing import Said, Standing
from mejora.plans.importers.workbook_cells import Book, Facts, Filled, Page, text
from mejora.plans.importers.workbook_cells import read as read_cells
from mejora.plans.importers.workbook_rows import Entry, Words
from mejora.plans.importers.workbook_shape import PARTS_OF_ACTION, Column, Part, Sheet
from mejora.plans.importers.workbook_values import Meanings, Wrong
from mejora.plans.models import PlanYear
from mejora.plans.recording import Importing, importing


@contextmanager
def read(path: Path, batch: ImportBatch) -> Iterator[Opened]:
    """Open the workbook of the batch's school. Refuses one of another school, year or format."""
    found: dict[str, Any] = {}

    def sheets_for(facts: Facts) -> tuple[Sheet, ...]:
        plan_year = _year_of(batch, facts)
        found["year"] = plan_year
        return shape.sheets(catalogue.of_edition(plan_year.plan.edition_id), plan_year.year)

    book = read_cells(path, sheets_for)
    plan_year = found["year"]
    reader = Reader(book, plan_year, importing(batch, batch.by))
    total = sum(len(page.rows) for page in book.pages)
    dialect = f"Planilla de Mejora, {len(book.pages)} hojas"
    yield Opened(reader, dialect, total, plan_year.school)


def _year_of(batch: ImportBatch, facts: Facts) -> PlanYear:
    """The year that the file says, which must be of the batch's school where it has one."""
    if facts.form != shape.FORMAT:
        raise Unreadable(
            "La planilla es de otra versión de Mejora. Descargue una nueva y copie en ella sus "
            "cambios."
        )
    if batch.school is not None and facts.code != batch.school.code:
        raise Unreadable(
            f"La planilla es del RBD {facts.code or '(vacío)'} y usted la sube en {batch.school}, "
            f"RBD {batch.school.code}. Suba la de esta escuela."
        )
    if batch.year is not None and facts.year != batch.year:
        raise Unreadable(f"La planilla es del año {facts.year or '(vacío)'}, no de {batch.year}.")
    school = batch.school or School.objects.filter(code=facts.code).first()
    if school is None:
        raise Unreadable(f"No hay una escuela con el RBD {facts.code or '(vacío)'} en Mejora.")
    found = PlanYear.objects.with_place().filter(school=school, year=facts.year or 0).first()
    if found is None:
        raise Unreadable(
            f"{school} no tiene un PME {facts.year or ''} en Mejora. Ábralo antes de subir la "
            "planilla."
        )
    return found


class Reader:
    """All rows, compared; a school's workbook is small enough to be seen whole."""

    def __init__(self, book: Book, plan_year: PlanYear, by: Importing) -> None:
        self.book, self.plan_year, self.by = book, plan_year, by
        self.year: int | None = plan_year.year
        self.standing = Standing(plan_year)
        self.catalogue = catalogue.of_edition(plan_year.plan.edition_id)
        self.meanings = Meanings(self.catalogue, plan_year.year)
        self.entries: list[Entry] = []
        self._known: set[str] = set()
        pages = {page.sheet.part: page for page in book.pages}
        for sheet in shape.sheets(self.catalogue, plan_year.year):
            self.meanings.targets[sheet.part].noun = sheet.name
            if sheet.part in pages:
                self._read_page(pages[sheet.part])
            self._name_the_rest(sheet.part)
        together.check(self.entries, self.standing)
        self._ask_rules()
        together.hold_together(self.entries, self.standing)

    def __iter__(self) -> Iterator[Checked]:
        words = self._words()
        for entry in self.entries:
            yield entry.checked(words)

    def absent(self) -> Iterator[Issue]:
        """What the file lacks, and what was odd in it as a whole."""
        for note in self.book.notes:
            yield Issue(0, "", "", "sheet", note[:400], is_error=False)
        for page in self.book.pages:
            if page.missing:
                titles = [page.sheet.column(name).title for name in page.missing]
                yield Issue(
                    1, "", "", "column",
                    f"La hoja «{page.title}» no trae {', '.join(f'«{t}»' for t in titles)}: eso "
                    "queda como está."[:400], is_error=False, sheet=page.sheet.name,
                )  # fmt: skip
            for uid, said in self.standing.said[page.sheet.part].items():
                if uid not in self._known:
                    name = " ".join(str(said.get("name") or said.get("text")).split())[:200]
                    message = (
                        f"{page.sheet.name}: está en Mejora y no en la planilla. Se conserva; para "
                        "quitarlo, escriba «sí» en «Quitar»."
                    )
                    yield Issue(0, "", name, "absent", message, is_error=False,
                                sheet=page.sheet.name)  # fmt: skip

    # Reading the rows of a sheet ------------------------------------------------------------

    def _read_page(self, page: Page) -> None:
        part = page.sheet.part
        entries = [self._entry(page, row, place) for place, row in enumerate(page.rows)]
        for entry in entries:
            self._read_cells(entry)
        self._match(part, [entry for entry in entries if entry.is_new and not entry.row.key])
        for entry in entries:
            if entry.row.is_blank and not entry.removes:
                self._blanked(entry)
                continue
            entry.settle()
            if entry.writes:
                _check_needed(entry)
            self.entries.append(entry)
        self._name(page, [entry for entry in entries if not entry.row.is_blank or entry.thing])

    def _entry(self, page: Page, row: Filled, place: int) -> Entry:
        uid, _, base = row.key.partition("/")
        entry = Entry(page, row, f"new:{page.sheet.part}:{place}")
        if not row.key:
            return entry
        thing = self.standing.thing(page.sheet.part, uid)
        if thing is None:
            entry.fail(
                "key",
                "unknown-key",
                "esa clave no es de este plan, o está en la papelera. No se cambia la clave; en "
                "una fila nueva va vacía.",
            )
        elif uid in self._known:
            entry.fail("key", "repeated-key", "esa clave está en otra fila. Deje vacía la copia.")
        else:
            self._take(entry, uid, base)
        return entry

    def _take(self, entry: Entry, uid: str, base: str) -> None:
        self._known.add(uid)
        entry.thing, entry.token, entry.base = self.standing.thing(entry.part, uid), uid, base
        entry.now = self.standing.said[entry.part][uid]

    def _read_cells(self, entry: Entry) -> None:
        """What the row says; what it has no cell for stays as it is."""
        entry.removes = fold(entry.row.remove) in {"si", "s", "x", "1"}
        if entry.row.remove and not entry.removes and fold(entry.row.remove) not in {"no", "n"}:
            entry.fail("remove", "not-yes", "se esperaba sí o nada.")
        if entry.row.is_merged:
            entry.fail("code", "merged", "la fila tiene celdas combinadas. Sepárelas.")
        columns = sorted(entry.page.sheet.columns, key=lambda column: column.field != "area")
        filled = entry.row.values
        said: Said = {name: v for name, v in (entry.now or {}).items() if name not in filled}
        for column in columns:
            if column.field not in filled:
                continue
            raw = filled[column.field]
            try:
                said[column.field] = self.meanings.value(entry.part, column, raw, said.get("area"))
            except Wrong as wrong:
                if self._names_the_same(entry, column, raw):
                    said[column.field] = (entry.now or {})[column.field]
                elif not entry.removes:
                    entry.fail(column.field, f"not-{column.holds}", str(wrong))
        entry.said = {name: value for name, value in said.items() if _says_money(name, value)}

    def _names_the_same(self, entry: Entry, column: Column, raw: Any) -> bool:
        """Whether a reference that the file cannot resolve, because that row or its sheet is not
        in it, still says what it said."""
        now = (entry.now or {}).get(column.field)
        if column.to is None or not now:
            return False
        if isinstance(now, list):
            return all(page.sheet.part is not column.to for page in self.book.pages)
        said = self.standing.said[column.to].get(now, {})
        words = fold(str(said.get("name") or said.get("text") or ""))
        named = fold(text(raw).partition(" · ")[2].removesuffix("…"))
        return now not in self._known and bool(named) and words.startswith(named)

    def _match(self, part: Part, entries: list[Entry]) -> None:
        """Rows without a key that say what something living says, in its own words."""
        living: dict[tuple[Any, ...], list[str]] = {}
        for uid, said in self.standing.said[part].items():
            if uid not in self._known:
                living.setdefault(_words_of(part, said), []).append(uid)
        seen: dict[tuple[Any, ...], int] = {}
        for entry in entries:
            key = _words_of(part, entry.said)
            if key in seen and any(key):
                entry.warn("code", "twice", f"dice lo mismo que la fila {seen[key]}.")
            seen.setdefault(key, entry.row.line)
            if found := living.get(key):
                self._take(entry, found.pop(0), "")
                rest = {k: v for k, v in (entry.now or {}).items() if k not in entry.row.values}
                entry.said = rest | entry.said

    def _blanked(self, entry: Entry) -> None:
        if entry.thing is not None:
            entry.issues.clear()
            entry.warn("key", "blanked", "la fila quedó vacía y no se toca; para quitarlo, escriba "
                       "«sí» en «Quitar».")  # fmt: skip
            self.book.notes.append(entry.issues[0].message)

    def _name(self, page: Page, entries: list[Entry]) -> None:
        """Let later sheets name these rows."""
        targets = self.meanings.targets[page.sheet.part]
        for entry in entries:
            code = fold(entry.row.code)
            if code and code in targets.by_code:
                entry.fail("code", "repeated-code", f"el código {entry.row.code} está en otra fila "
                           "de esta hoja. Ponga uno que no se repita.")  # fmt: skip
            elif code:
                targets.by_code[code] = entry.token
            words = fold(str(entry.said.get("name") or entry.said.get("text") or ""))
            if words:
                targets.by_text.setdefault(words, []).append(entry.token)

    def _name_the_rest(self, part: Part) -> None:
        """What lives in Mejora and the file lacks can be named by its words."""
        targets = self.meanings.targets[part]
        for uid, said in self.standing.said[part].items():
            if uid not in self._known:
                words = fold(str(said.get("name") or said.get("text")))
                targets.by_text.setdefault(words, []).append(uid)

    # The rules ------------------------------------------------------------------------------

    def _ask_rules(self) -> None:
        """The same that the screens ask. A change of an approved planning needs its reason."""
        at = rules.stages_of(self.plan_year)
        asks_reason = rules.is_changing_approved(at)
        answers: dict[Callable[..., Decision], Decision] = {}
        for entry in self.entries:
            if not entry.writes:
                continue
            rule = _RULES.get(entry.part, rules.can_write_action)
            answer = answers.setdefault(rule, rule(self.by, at))
            if not answer:
                entry.fail(entry.first_changed, "closed", f"{_cannot(entry)} {answer.reason}")
            elif entry.removes and self.by.is_machine:
                entry.fail("remove", "nobody", "quitar pide saber quién lo hace: suba la planilla "
                           "desde la pantalla.")  # fmt: skip
            elif asks_reason and entry.part in PARTS_OF_ACTION and not entry.row.reason:
                entry.fail("reason", "no-reason", "la planificación ya está aprobada: escriba por "
                           "qué cambia la acción.")  # fmt: skip

    def _words(self) -> Words:
        named = {}
        for part, found in self.standing.said.items():
            for uid, said in found.items():
                named[uid] = str(said.get("name") or said.get("text") or part)
        for entry in self.entries:
            named[entry.token] = str(entry.said.get("name") or entry.said.get("text") or "")
        areas = [item for area in self.catalogue.areas for item in (area, *area.children)]
        say = {item.code: item.label(self.plan_year.year) for item in areas}
        say |= {t.code: t.label(self.plan_year.year) for t in self.catalogue.normative_plans}
        return Words({**say, "up": "subir", "down": "bajar"}, named)


_RULES: dict[Part, Callable[..., Decision]] = {
    Part.SEAL: rules.can_write_strategy,
    Part.OBJECTIVE: rules.can_write_strategy,
    Part.GOAL: rules.can_write_strategy,
    Part.STRATEGY: rules.can_write_planning,
    Part.INDICATOR: rules.can_write_planning,
}


def _cannot(entry: Entry) -> str:
    """What was wanted and cannot be, before the reason of the rule."""
    noun, name = entry.page.sheet.noun[0], entry.said.get("name") or entry.said.get("text") or ""
    if entry.is_new:
        return (
            f"«{' '.join(str(name).split())[:70]}» ({noun}) no está en el plan y ya no se agrega."
        )
    return f"no se puede {'quitar' if entry.removes else 'cambiar'} ({noun})."


def _says_money(name: str, value: Any) -> bool:
    """No amount is not said at all, as where the source has no row."""
    return value is not None or not name.startswith(shape.MONEY)


def _words_of(part: Part, said: Said) -> tuple[Any, ...]:
    """By what a thing is known when it has no key: its words, and what it belongs to."""
    words = fold(str(said.get("name") or said.get("text") or ""))
    match part:
        case Part.ACTION:
            return words, said.get("area"), said.get("starts_on"), said.get("ends_on")
        case Part.GOAL | Part.STRATEGY:
            return words, said.get("objective")
        case Part.INDICATOR:
            return words, said.get("strategy")
        case Part.MILESTONE | Part.REQUIREMENT:
            return words, said.get("action")
    return (words,)


def _check_needed(entry: Entry) -> None:
    if entry.removes:
        return
    for column in entry.page.sheet.columns:
        empty = entry.said.get(column.field) in (None, "", [])
        if column.is_needed and empty and text(entry.row.values.get(column.field)) == "":
            entry.fail(column.field, "needed", f"falta {column.title.lower()}.")
    starts, ends = entry.said.get("starts_on"), entry.said.get("ends_on")
    if starts and ends and ends < starts:
        day = "-".join(reversed(starts.split("-")))
        entry.fail("ends_on", "order", f"se esperaba una fecha igual o posterior al {day}.")
