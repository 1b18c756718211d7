"""A record beside what stands here: what would be new, what would change, what is the same.

A plan that was taken along and brought back goes on only where its history here is the beginning
of the record's: where something was written here that the record does not know, nothing of it
comes in, and what it is gets told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from mejora.core import here as reader
from mejora.core import wording
from mejora.monitoring.importers import package_values
from mejora.monitoring.importers.package_values import Keyed
from mejora.monitoring.package import content
from mejora.monitoring.package.archive import About, Record
from mejora.monitoring.package.kinds import BY_NAME, KINDS, Kind, Row
from mejora.network.importers.records import Checked, Issue, Outcome
from mejora.network.models import Commune, Owner, School, SupervisionOffice
from mejora.plans.enums import Entity
from mejora.plans.models import Plan, PlanYear

# What nobody rewrites: where these are the same, nothing was written since.
HISTORY = ("cambios", "movimientos", "versiones")
MOST_TOLD = 20
Known = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """A row of the record, and what it is here."""

    kind: Kind
    line: int
    key: str
    row: Row
    outcome: Outcome
    before: Row | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def name(self) -> str:
        """What stands in the staging rows: the key alone is of one kind."""
        return f"{self.kind.name}/{self.key}"[:120]


@dataclass(slots=True)
class Comparison:
    """`here` are the rows of the school as they stand, `pks` their keys."""

    about: About
    rows: Keyed
    school: School | None
    here: Keyed
    pks: Known
    found: list[Found] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def compare(record: Record) -> Comparison:
    rows = package_values.read(record)
    school = School.objects.filter(code=record.about.school).first()
    here, pks = stands(school, rows)
    made = Comparison(record.about, rows, school, here, pks)
    made.conflicts = list(_conflicts(made))
    made.found = [_found(made, *each) for each in _each(rows)]
    return made


def _each(rows: Keyed) -> Iterator[tuple[Kind, int, str, Row]]:
    for kind in KINDS:
        for line, (key, row) in enumerate(rows[kind.name].items(), start=1):
            yield kind, line, key, row


def stands(school: School | None, rows: Keyed) -> tuple[Keyed, Known]:
    """The same years of the same plans, as they are here."""
    if school:
        years = PlanYear.objects.filter(school=school, uid__in=list(rows["anios_pme"]))
        plans = Plan.objects.filter(school=school, uid__in=list(rows["planes"]))
        taken = content.take(school, years, plans)
        here, pks = package_values.keyed(taken.rows), taken.pks
    else:
        here, pks = {kind.name: {} for kind in KINDS}, {kind.name: {} for kind in KINDS}
    for owner in Owner.objects.select_related("country"):
        _add(here, pks, "sostenedores", f"{owner.country.code}/{owner.key}", owner.pk)
    of_country = Commune.objects.of(reader.now().country)
    for commune in of_country.filter(code__in=list(rows["comunas"])):
        _add(here, pks, "comunas", commune.code, commune.pk)
    for office in SupervisionOffice.objects.select_related("region"):
        _add(here, pks, "deprov", f"{office.region.code}/{office.code}", office.pk)
    return here, pks


def _add(here: Keyed, pks: Known, name: str, key: str, pk: int) -> None:
    here[name].setdefault(key, {})
    pks[name].setdefault(key, pk)


def _conflicts(made: Comparison) -> Iterator[str]:
    """Why nothing of the plans can come in; nothing when they can."""
    yield from _newer_here(made)
    yield from _of_others(made)
    if any(_differs(made, kind, key, row) for kind, _, key, row in _each(made.rows)):
        known = all(set(made.rows[name]) == set(made.here[name]) for name in HISTORY)
        if known and made.here["planes"] and not _is_short(made):
            yield "Hay diferencias que ningún cambio del historial explica."


def _is_short(made: Comparison) -> bool:
    """Whether the record has rows that are missing here, all others being the same."""
    return not any(
        key in made.here[kind.name] and _differs(made, kind, key, row)
        for kind, _, key, row in _each(made.rows)
    )


def _newer_here(made: Comparison) -> Iterator[str]:
    told = []
    for key, row in made.here["cambios"].items():
        other = made.rows["cambios"].get(key)
        if other is None:
            told.append(
                f"{Entity(row['entity']).label} «{row['label'][:80]}», que aquí cambió "
                f"{row['by'] or 'una carga de datos'} el {_day(row['at'])}"
            )
        elif other != row:
            told.append(f"«{row['label'][:80]}»: su historial aquí dice otra cosa")
    for name in ("movimientos", "versiones", "periodos", "evidencias"):
        only_here = len(set(made.here[name]) - set(made.rows[name]))
        if only_here:
            told.append(f"{BY_NAME[name].title}: {only_here} que el expediente no tiene")
    yield from told[:MOST_TOLD]
    if len(told) > MOST_TOLD:
        yield f"y {len(told) - MOST_TOLD} más"


def _day(moment: str) -> str:
    return wording.number_date(dt.datetime.fromisoformat(moment))


def _of_others(made: Comparison) -> Iterator[str]:
    """Things that stand here in another place under the same name, or years that are taken."""
    for kind in KINDS:
        if kind.key == ("uid",):
            missing = [key for key in made.rows[kind.name] if key not in made.pks[kind.name]]
            if kind.model._base_manager.filter(uid__in=missing).exists():
                yield f"{kind.title}: hay filas que aquí son de otra escuela o de otro año"
    if made.school is None:
        return
    years = [row["year"] for row in made.rows["anios_pme"].values()]
    taken = PlanYear.objects.filter(school=made.school, year__in=years)
    for year in taken.exclude(uid__in=list(made.rows["anios_pme"])):
        yield f"La escuela ya tiene aquí otro {year}"
    for row in made.rows["planes"].values():
        span = Q(start_year__lte=row["end_year"], end_year__gte=row["start_year"])
        others = Plan.objects.filter(span, school=made.school).exclude(uid=row["uid"])
        for plan in others:
            yield f"La escuela ya tiene aquí otro {plan}"


def _differs(made: Comparison, kind: Kind, key: str, row: Row) -> bool:
    return not kind.known and made.here[kind.name].get(key) != row


def _found(made: Comparison, kind: Kind, line: int, key: str, row: Row) -> Found:
    before = made.here[kind.name].get(key)
    if kind.known:
        return _known(made, Found(kind, line, key, row, Outcome.SAME, before))
    if before == row:
        return Found(kind, line, key, row, Outcome.SAME)
    if made.conflicts:
        return Found(kind, line, key, row, Outcome.REFUSED)
    outcome = Outcome.NEW if before is None else Outcome.CHANGED
    return Found(kind, line, key, row, outcome, before)


def _known(made: Comparison, found: Found) -> Found:
    """What the installation knows by itself stays; what it lacks is made."""
    kind, row, before = found.kind, found.row, found.before
    words: tuple[str, str] | None = None
    if before is None:
        if kind.name == "anios" and made.school and row["year"] > made.school.current_year:
            words = "newer-year", "Es más nuevo que lo que hay aquí: cárguelo con el directorio."
        elif made.conflicts:
            return Found(kind, found.line, found.key, row, Outcome.REFUSED)
        else:
            return Found(kind, found.line, found.key, row, Outcome.NEW)
    elif before and before != row:
        columns = ", ".join(sorted(name for name in row if row[name] != before.get(name)))
        words = "kept-here", f"Aquí dice otra cosa ({columns}) y se conserva."
    if words is None:
        return found
    issue = Issue(found.line, "", found.key[:200], words[0], words[1][:400], False, sheet_of(kind))
    return Found(kind, found.line, found.key, row, Outcome.SAME, issues=(issue,))


def sheet_of(kind: Kind) -> str:
    return kind.title[:60]


class Reader:
    """The comparison as an import shows it."""

    year = None

    def __init__(self, made: Comparison) -> None:
        self.made = made

    def __iter__(self) -> Iterator[Checked]:
        told = iter(self.made.conflicts)
        for found in self.made.found:
            issues = found.issues
            if found.outcome is Outcome.REFUSED:
                issues = tuple(self._refusal(found, text) for text in [next(told, "")] if text)
            payload = {"name": _label(found)}
            yield Checked(
                found.line, found.name, found.outcome, payload, found.before, issues,
                sheet=sheet_of(found.kind),
            )  # fmt: skip

    def _refusal(self, found: Found, text: str) -> Issue:
        message = f"Aquí hay algo más nuevo: {text}. No se importa nada del plan."
        sheet = sheet_of(found.kind)
        return Issue(
            found.line, "", _said(found.row)[:200], "newer-here", message[:400], True, sheet
        )

    def absent(self) -> Iterator[Issue]:
        """What only this installation has stays, and is told where it stops the rest."""
        refused = sum(found.outcome is Outcome.REFUSED for found in self.made.found)
        for text in self.made.conflicts[refused:]:
            message = f"Aquí hay algo más nuevo: {text}."
            yield Issue(0, "", "", "newer-here", message[:400], refused > 0)


def _label(found: Found) -> str:
    return f"{found.kind.title}: {_said(found.row) or found.key}"[:200]


def _said(row: Row) -> str:
    """What people call it; empty where it has no words of its own."""
    return str(
        row.get("name") or row.get("text") or row.get("label") or row.get("original_name") or ""
    )
