"""Changes told in words: what it was, what it said before, what it says now.

A Change keeps uids and codes; here they get their names. What a later app records (reports,
evidence) is told by the same table of words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from mejora.core import wording
from mejora.frameworks import catalogue
from mejora.frameworks.models import TermKind
from mejora.network.access import Actor
from mejora.network.models import Membership
from mejora.plans.enums import Direction, Entity
from mejora.plans.models import (
    Change,
    ChangeRecord,
    EvidenceRequirement,
    Goal,
    Indicator,
    Milestone,
    Objective,
    Plan,
    PlanYear,
    Seal,
    Strategy,
)
from mejora.plans.rules import sees_evidence

WORDS = {
    "name": "Nombre",
    "text": "Texto",
    "description": "Descripción",
    "order": "Orden",
    "vision": "Visión",
    "mission": "Misión",
    "start_year": "Primer año",
    "end_year": "Último año",
    "edition": "Marco",
    "year": "Año",
    "evaluation_summary": "Síntesis de la evaluación",
    "area": "Dimensión",
    "subareas": "Subdimensiones",
    "normative_plans": "Planes por normativa",
    "seals": "Sellos",
    "objective": "Objetivo",
    "goal": "Meta",
    "strategy": "Estrategia",
    "indicator": "Indicador",
    "baseline": "Línea base",
    "target": "Valor esperado",
    "unit": "Unidad",
    "due_year": "Año en que se espera",
    "direction": "Se espera",
    "on": "Fecha",
    "value": "Valor",
    "note": "Nota",
    "number": "Número",
    "starts_on": "Inicio",
    "ends_on": "Término",
    "responsible_text": "Responsable",
    "responsible": "Persona que informa",
    "resources_needed": "Recursos necesarios",
    "program_text": "Programa asociado",
    "ate_provider": "ATE",
    "ate_service": "Servicio de la ATE",
    "is_disabled": "Desactivada",
    "imported_total": "Total según el archivo",
    "due_on": "Fecha",
    "weight": "Peso",
    "people": "Personas",
    "milestone": "Hito",
    "removed": "En la papelera",
    "done_on": "Cumplido",
    "level": "Nivel",
    "pct": "Avance",
    "justification": "Justificación",
    "real_start": "Inicio real",
    "real_end": "Término real",
    "resources": "Recursos disponibles",
    "frequency": "Frecuencia",
    "is_reviewed": "Aceptado",
    "changes_asked": "Cambios pedidos",
    "is_answered": "Informado de nuevo",
    "requirement": "Medio de verificación",
    "period": "Período",
    "action": "Acción",
}
# What tells a reader nothing: keys that never change, places in a list.
SILENT = frozenset({"uid", "school", "order", "action", "file", "indicator"})
# Codes of the monitoring, an app above this one, in its words.
CODED = {
    "ok": "sí",
    "partly": "en parte",
    "no": "no",
    "week": "semanal",
    "month": "mensual",
    "quarter": "trimestral",
    "half": "semestral",
}
_PARTS = {"milestones": "Hito", "requirements": "Medio de verificación"}


@dataclass(frozen=True, slots=True)
class Line:
    """One field; `before` or `after` is None where there was or is nothing."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    change: Any  # a ChangeRecord of any aggregate, which names its own entities
    verb: str
    who: str
    lines: tuple[Line, ...]

    @property
    def at(self) -> dt.datetime:
        at: dt.datetime = self.change.at
        return at


class Names:
    """The names behind the uids, codes and keys of a plan; each kind is read when first asked."""

    def __init__(self, plan: Plan, year: int) -> None:
        self.plan, self.year = plan, year
        self.book = catalogue.of_edition(plan.edition_id)

    @cached_property
    def by_uid(self) -> dict[str, str]:
        plan = self.plan
        rows = (
            Seal.objects.filter(plan=plan).values_list("uid", "name"),
            Objective.objects.filter(plan=plan).values_list("uid", "text"),
            Goal.objects.filter(objective__plan=plan).values_list("uid", "text"),
            Strategy.objects.filter(plan_year__plan=plan).values_list("uid", "text"),
            Indicator.objects.filter(strategy__plan_year__plan=plan).values_list("uid", "name"),
            Milestone.objects.filter(action__plan_year__plan=plan).values_list("uid", "name"),
            EvidenceRequirement.objects.filter(action__plan_year__plan=plan).values_list(
                "uid", "text"
            ),
        )
        return {str(uid): text for found in rows for uid, text in found}

    @cached_property
    def people(self) -> dict[int, str]:
        found = Membership.objects.filter(school=self.plan.school_id)
        return dict(found.values_list("pk", "user__name"))

    @cached_property
    def _areas(self) -> dict[str, str]:
        found = list(self.book.areas)
        for area in found:
            found.extend(area.children)
        return {area.code: area.label(self.year) for area in found}

    def area(self, code: str) -> str:
        """Its words; the code itself where the edition has none, because history never fails."""
        return self._areas.get(code, code)

    def term(self, kind: TermKind, code: str) -> str:
        found = next((t for t in self.book.of(kind) if t.code == code), None)
        return found.label(self.year) if found else code


def of_year(actor: Actor, plan_year: PlanYear) -> QuerySet[Change]:
    """The changes of a year and of its whole plan, newest first, as far as the person may read
    them: those of files only where the files may be seen."""
    found = Change.objects.filter(plan=plan_year.plan_id).select_related("by")
    found = found.filter(plan_year=plan_year) | found.filter(plan_year=None)
    if not sees_evidence(actor, plan_year.school):
        found = found.exclude(entity=Entity.EVIDENCE)
    return found


def told(changes: Iterable[Change], plan: Plan, year: int) -> list[Entry]:
    """The changes as entries to read, in the order given."""
    names = Names(plan, year)
    return [_entry(change, names) for change in changes]


Say = Callable[[Any], str]


def told_of(
    changes: Iterable[ChangeRecord], words: Mapping[str, str], sayers: Mapping[str, Say]
) -> list[Entry]:
    """The changes of another aggregate, in the order given: `words` name its fields (WORDS those
    that they leave out), `sayers` turn codes, days and amounts into what people read."""
    return [
        Entry(
            change,
            _verb(None, change.before, change.after),
            change.by.name if change.by else "Carga de datos",
            tuple(_plain_lines(change.before or {}, change.after or {}, words, sayers)),
        )
        for change in changes
    ]


def _plain_lines(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    words: Mapping[str, str],
    sayers: Mapping[str, Say],
) -> Iterator[Line]:
    def said(key: str, value: Any) -> str | None:
        if key in sayers and not _is_empty(value):
            return sayers[key](value)
        return _say_plainly(value)

    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if key not in SILENT and old != new and not (_is_empty(old) and _is_empty(new)):
            label = words.get(key) or WORDS.get(key, key)
            yield Line(label, said(key, old), said(key, new))


def _entry(change: Change, names: Names) -> Entry:
    before, after = change.before, change.after
    who = change.by.name if change.by else "Carga de datos"
    lines = tuple(_lines(before or {}, after or {}, names))
    return Entry(change, _verb(Entity(change.entity), before, after), who, lines)


def _verb(entity: Entity | None, before: Any, after: Any) -> str:
    if before is None:
        return "agregó"
    if after is None:
        return "quitó"
    if after.get("removed") and not before.get("removed"):
        return "envió a la papelera"
    if before.get("removed") and not after.get("removed"):
        return "recuperó de la papelera"
    return "marcó" if entity == Entity.MILESTONE_DONE else "cambió"


def _lines(before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> Iterator[Line]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if key in SILENT or old == new or (_is_empty(old) and _is_empty(new)):
            continue
        if key == "funding":
            yield from _money_lines(old or {}, new or {}, names)
        elif key in _PARTS:
            yield from _part_lines(_PARTS[key], old or [], new or [], names)
        else:
            yield Line(WORDS.get(key, key), _say(key, old, names), _say(key, new, names))


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {}, False)


def _money_lines(
    before: Mapping[str, int], after: Mapping[str, int], names: Names
) -> Iterator[Line]:
    for code in dict.fromkeys((*before, *after)):
        old, new = before.get(code), after.get(code)
        if old != new:
            yield Line(
                names.term(TermKind.FUNDING, code),
                None if old is None else wording.money(old),
                None if new is None else wording.money(new),
            )


def _part_lines(
    noun: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], names: Names
) -> Iterator[Line]:
    old = {part["uid"]: part for part in before if not part.get("removed")}
    new = {part["uid"]: part for part in after if not part.get("removed")}
    for uid in dict.fromkeys((*old, *new)):
        was, now = old.get(uid), new.get(uid)
        if _plain(was) != _plain(now):
            yield Line(noun, _say_part(was, names), _say_part(now, names))


def _plain(part: Mapping[str, Any] | None) -> dict[str, Any]:
    return {k: v for k, v in (part or {}).items() if k != "order"}


def _say_part(part: Mapping[str, Any] | None, names: Names) -> str | None:
    if part is None:
        return None
    words = [part.get("name") or part.get("text") or ""]
    if part.get("due_on"):
        words.append(wording.number_date(dt.date.fromisoformat(part["due_on"])))
    if part.get("weight") is not None:
        words.append(f"{part['weight']}\N{NARROW NO-BREAK SPACE}%")
    words += [names.people.get(pk, "") for pk in part.get("people", [])]
    return " · ".join(word for word in words if word)


def _say(key: str, value: Any, names: Names) -> str | None:
    """One value as people read it; None where there is none."""
    if key in _SAYERS and not _is_empty(value) and value is not True:
        return _SAYERS[key](value, names)
    return _say_plainly(value)


def _say_plainly(value: Any) -> str | None:
    if value is True:
        return "sí"
    if _is_empty(value):
        return "no" if value is False else None
    return wording.sentence(value) if isinstance(value, list) else str(value)


def _day(value: str, names: Names) -> str:
    return wording.number_date(dt.date.fromisoformat(value))


def _figure(value: Any, names: Names) -> str:
    return str(value).replace(".", ",")


def _percent(value: int, names: Names) -> str:
    return wording.percent(value)


def _linked(value: str, names: Names) -> str:
    return names.by_uid.get(value, value)


_SAYERS: dict[str, Callable[[Any, Names], str]] = {
    **dict.fromkeys(
        ("starts_on", "ends_on", "due_on", "on", "done_on", "real_start", "real_end", "period"),
        _day,
    ),
    **dict.fromkeys(("baseline", "target", "value"), _figure),
    **dict.fromkeys(("pct", "weight"), _percent),
    **dict.fromkeys(("objective", "goal", "strategy", "milestone", "requirement"), _linked),
    **dict.fromkeys(("resources", "frequency"), lambda value, names: CODED.get(value, value)),
    "area": lambda value, names: names.area(value),
    "subareas": lambda value, names: wording.sentence([names.area(code) for code in value]),
    "normative_plans": lambda value, names: wording.sentence(
        [names.term(TermKind.NORMATIVE_PLAN, code) for code in value]
    ),
    "seals": lambda value, names: wording.sentence([_linked(uid, names) for uid in value]),
    "responsible": lambda value, names: names.people.get(value, "una persona que ya no está"),
    "direction": lambda value, names: str(Direction(value).label),
    "level": lambda value, names: names.term(TermKind.LEVEL, value),
    "justification": lambda value, names: names.term(TermKind.JUSTIFICATION, value),
    "imported_total": lambda value, names: wording.money(value),
}
