"""A row of the workbook beside what Mejora has: new, changed, the same, or why it cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mejora.network.importers.records import Checked, Issue, Outcome
from mejora.plans.importers import workbook_shape as shape
from mejora.plans.importers.standing import Said, fingerprint, revision_of
from mejora.plans.importers.workbook_cells import Filled, Page, text
from mejora.plans.importers.workbook_shape import Part

MAX_LISTED = 3


@dataclass(slots=True)
class Entry:
    """One row on its way. `token` names it for other rows: the uid of the thing it is about, or
    "new:…" until it has one."""

    page: Page
    row: Filled
    token: str
    base: str = ""
    thing: Any = None
    said: Said = field(default_factory=dict)
    now: Said | None = None
    outcome: Outcome = Outcome.SAME
    removes: bool = False
    issues: list[Issue] = field(default_factory=list)

    @property
    def part(self) -> Part:
        return self.page.sheet.part

    @property
    def is_new(self) -> bool:
        return self.thing is None

    @property
    def is_refused(self) -> bool:
        return any(issue.is_error for issue in self.issues)

    @property
    def writes(self) -> bool:
        return self.outcome in {Outcome.NEW, Outcome.CHANGED} and not self.is_refused

    def fail(self, name: str, code: str, message: str) -> None:
        self._note(name, code, message, is_error=True)

    def warn(self, name: str, code: str, message: str) -> None:
        self._note(name, code, message, is_error=False)

    def _note(self, name: str, code: str, message: str, *, is_error: bool) -> None:
        """Told by its cell: "Acciones!F12: se esperaba …"."""
        where = self.page.cell(name, self.row.line)
        titles = {c.field: c.title for c in self.page.sheet.columns}
        column = titles.get(name) or _OWN_TITLES.get(name, "")
        value = text(self.row.values.get(name)) or _own(self.row, name)
        self.issues.append(
            Issue(self.row.line, column[:60], value[:200], code, f"{where}: {message}"[:400],
                  is_error, self.page.sheet.name)
        )  # fmt: skip

    @property
    def first_changed(self) -> str:
        """The first column that says something else than Mejora; of what is new its words, and
        where it removes, that one."""
        if self.removes:
            return "remove"
        now, columns = self.now or {}, self.page.sheet.columns
        if self.is_new:
            return next(c.field for c in columns if c.field in {"name", "text"})
        return next(
            (c.field for c in columns if _differs(now, self.said, c.field)), columns[0].field
        )

    def settle(self) -> None:
        """Compare what the row says with what the workbook said when it went out, and with what
        Mejora says now: three texts, so that nobody's change is lost."""
        if self.removes:
            self.outcome = Outcome.CHANGED
        elif self.now is None:
            self.outcome = Outcome.NEW
        elif fingerprint(self.said) in {self.base, fingerprint(self.now)}:
            self.outcome = Outcome.SAME
        else:
            self.outcome = Outcome.CHANGED
        is_known = self.outcome is Outcome.CHANGED and self.base and not self.is_refused
        if is_known and self.now is not None and self.base != fingerprint(self.now):
            self._conflict(self.now)

    def _conflict(self, now: Said) -> None:
        """Somebody changed the thing after the workbook went out: both texts, and none wins."""
        name = self.first_changed
        here, there = _short(self.said.get(name)), _short(now.get(name))
        what = f"En Mejora dice «{there}» y en la planilla «{here}». " if here != there else ""
        self.fail(
            name,
            "changed-meanwhile",
            f"cambió en Mejora después de descargar esta planilla. {what}No se toca: descargue "
            "otra planilla y repita el cambio.",
        )

    def checked(self, words: Words) -> Checked:
        """As staging keeps it. `shown` is what changes, in words."""
        outcome = Outcome.REFUSED if self.is_refused else self.outcome
        key = words.title(self)[:120]
        if outcome in {Outcome.REFUSED, Outcome.SAME}:
            # Of a row that stays as it is nothing needs saying, whatever its cells hold.
            issues = tuple(self.issues) if outcome is Outcome.REFUSED else ()
            return Checked(self.row.line, key, outcome, issues=issues, sheet=self.page.sheet.name)
        payload = {
            "part": self.part.value,
            "token": self.token,
            "said": self.said,
            "removes": self.removes,
            "reason": self.row.reason[:200],
            "revision": revision_of(self.thing),
            "name": key,
            "shown": words.differences(self),
        }
        return Checked(
            self.row.line, key, outcome, payload, self.now, tuple(self.issues),
            self.page.sheet.name,
        )  # fmt: skip


_OWN_TITLES = {
    "key": shape.KEY,
    "code": shape.CODE,
    "remove": shape.REMOVE,
    "reason": shape.REASON,
}


def _own(row: Filled, name: str) -> str:
    return str(getattr(row, name)) if name in _OWN_TITLES else ""


def _differs(one: Said, other: Said, name: str) -> bool:
    return fingerprint({name: one.get(name)}) != fingerprint({name: other.get(name)})


def _short(value: Any) -> str:
    words = " ".join(str("" if value is None else value).split())
    return words if len(words) <= 70 else words[:69] + "…"


class Words:
    """What rows say, for people: names for uids and codes, days and money as they are written."""

    def __init__(self, say: Mapping[str, str], named: Mapping[str, str]) -> None:
        self._codes, self._named = say, named

    def title(self, entry: Entry) -> str:
        code = entry.row.code or f"fila {entry.row.line}"
        said = {**(entry.now or {}), **entry.said}
        name = " ".join(str(said.get("name") or said.get("text") or "").split())
        return f"{code} · {name}" if name else f"{entry.page.sheet.noun[0]} {code}"

    def differences(self, entry: Entry) -> list[list[str]]:
        """[heading, before, now] for each cell that changes."""
        if entry.removes:
            return [[shape.REMOVE, "en el plan", "a la papelera"]]
        now = entry.now or {}
        return [
            [column.title, self.say(now.get(column.field)), self.say(entry.said.get(column.field))]
            for column in entry.page.sheet.columns
            if _differs(now, entry.said, column.field)
        ]

    def say(self, value: Any) -> str:
        if value in (None, "", [], False):
            return "(vacío)"
        if value is True:
            return "sí"
        if isinstance(value, list):
            return "; ".join(self.say(item) for item in value)
        if isinstance(value, int):
            return f"{value:,}".replace(",", ".") if value >= 10_000 else str(value)
        word = self._named.get(value) or self._codes.get(value) or _day(value)
        return _cut(word)


def _day(value: str) -> str:
    parts = value.split("-")
    is_day = len(value) == 10 and [len(p) for p in parts] == [4, 2, 2]
    return "-".join(reversed(parts)) if is_day and "".join(parts).isdigit() else value


def _cut(words: str, limit: int = 300) -> str:
    return words if len(words) <= limit else words[: limit - 1] + "…"


def listed(names: Iterable[str]) -> str:
    """The first few, and how many more."""
    found = list(names)
    shown = ", ".join(f"«{_short(name)}»" for name in found[:MAX_LISTED])
    return shown + (f" y {len(found) - MAX_LISTED} más" if len(found) > MAX_LISTED else "")
