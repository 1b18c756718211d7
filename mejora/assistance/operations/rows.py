"""Rows that a person adds, changes and takes away on one form: sources, needs, classifications,
actions of the PAM, requirements, tasks, schools to report, how records are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max

from mejora.assistance import guards, rules
from mejora.assistance.enums import Activity, NeedState, Origin, Outcome
from mejora.assistance.models import (
    Cycle,
    CycleInput,
    CycleRow,
    Improvement,
    Inclusion,
    Need,
    PamAction,
    Task,
)
from mejora.assistance.reading import Whole
from mejora.assistance.recording import added, brought_back, changed, locked, put_away
from mejora.assistance.reporting import (
    Irregularity,
    RecordPolicy,
    Report,
)
from mejora.assistance.verifying import Requirement
from mejora.core import clock
from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.network.models import School

# What the generic operations write; assistances, cases and the like have verbs of their own.
PLAIN = (
    CycleInput,
    Need,
    Inclusion,
    PamAction,
    Requirement,
    Task,
    Improvement,
    Report,
    RecordPolicy,
)
Row = TypeVar("Row", bound=CycleRow)
Fields = Mapping[str, Any]


def _whole(cycle: Cycle, kind: type[CycleRow], by: Actor) -> Whole:
    whole = Whole(locked(cycle))
    require(rules.can_write(by, whole, kind))
    return whole


@transaction.atomic
def add(thing: Row, *, by: Actor) -> Row:
    """A new row of a plain kind, of the cycle that it names."""
    _whole(thing.cycle, type(thing), by)
    if isinstance(thing, PamAction | Requirement):
        _number(thing)
    _of_the_cycle(thing)
    return added(thing, by=by)


def _number(thing: PamAction | Requirement) -> None:
    name = "number" if isinstance(thing, PamAction) else "order"
    rows = type(thing).objects.filter(cycle=thing.cycle)
    setattr(thing, name, (rows.aggregate(last=Max(name))["last"] or 0) + 1)


def _of_the_cycle(thing: CycleRow) -> None:
    """A row names only schools of its own Secretaría."""
    school = getattr(thing, "school", None)
    if school and not Inclusion.objects.filter(cycle=thing.cycle, school=school).exists():
        raise Refused(f"{school} no es de esta Secretaría.")


@transaction.atomic
def change(thing: Row, revision: int, fields: Fields, *, by: Actor) -> Row:
    _whole(thing.cycle, type(thing), by)
    if isinstance(thing, Need) and thing.origin == Origin.SCHOOL and "text" in fields:
        raise Refused("La solicitud es del establecimiento: aquí se responde, no se cambia.")
    thing = changed(thing, revision, fields, by=by)
    _of_the_cycle(thing)
    return thing


@transaction.atomic
def remove(thing: Row, *, reason: str = "", by: Actor) -> Row:
    _whole(thing.cycle, type(thing), by)
    if isinstance(thing, PamAction) and thing.assistances.exists():
        raise Refused("Hay asistencias alineadas con esta acción del PAM.")
    return put_away(thing, reason=reason, by=by)


@transaction.atomic
def restore(thing: Row, *, by: Actor) -> Row:
    _whole(thing.cycle, type(thing), by)
    return brought_back(thing, by=by)


@transaction.atomic
def classify(inclusion: Inclusion, revision: int, fields: Fields, *, by: Actor) -> Inclusion:
    """Class and facts of a school. Once the strategy is closed the classification must go on
    holding G3."""
    whole = _whole(inclusion.cycle, Inclusion, by)
    row = changed(inclusion, revision, fields, by=by)
    if Activity.STRATEGY in whole.closings and guards.lacks_class(whole.cycle, row):
        raise Refused("G3: este establecimiento debe quedar incluido en la asistencia.")
    return row


@transaction.atomic
def judge(inclusion: Inclusion, revision: int, fields: Fields, *, by: Actor) -> Inclusion:
    """How the school's PMI stands after the support; what it is based on is asked."""
    _whole(inclusion.cycle, Inclusion, by)
    if fields.get("outcome") == Outcome.FAILS and not fields.get("outcome_note"):
        raise Refused("Escriba en qué se basa.")
    return changed(inclusion, revision, fields, by=by)


@transaction.atomic
def ask(school: School, cycle: Cycle, fields: Fields, *, by: Actor) -> Need:
    """A school asks for support: it becomes a need of the cycle, with its origin."""
    whole = Whole(locked(cycle))
    require(rules.can_ask(by, school, whole))
    if school.owner_id != cycle.owner_id:
        raise Refused(f"{school} no es de esta Secretaría.")
    asked_on = clock.today()
    need = Need(cycle=cycle, school=school, origin=Origin.SCHOOL, asked_on=asked_on, **fields)
    return added(need, by=by)


@transaction.atomic
def answer_need(need: Need, revision: int, *, declined: bool, answer: str, by: Actor) -> Need:
    """Say that a need is not served, and why; or open it again."""
    _whole(need.cycle, Need, by)
    if need.state == NeedState.INCLUDED:
        raise Refused("Esta necesidad ya está en una asistencia.")
    if declined and not answer.strip():
        raise Refused("Escriba por qué no se atiende.")
    state = NeedState.DECLINED if declined else NeedState.OPEN
    return changed(need, revision, {"state": state, "answer": answer.strip()}, by=by)


@transaction.atomic
def report_school(inclusion: Inclusion, fields: Fields, *, by: Actor) -> Irregularity:
    """Add a school to the report F01.03.F02: refused unless the three conditions of G10 hold."""
    whole = Whole(locked(inclusion.cycle))
    require(rules.can_report(by, whole))
    if lacking := list(guards.may_be_reported(whole, inclusion)):
        raise Refused(" ".join(lacking))
    standing = Irregularity.objects.filter(cycle=inclusion.cycle, school=inclusion.school).first()
    if standing and standing.removed_at:
        standing = brought_back(standing, by=by)
        return changed(standing, standing.revision, fields, by=by)
    return added(Irregularity(cycle=inclusion.cycle, school=inclusion.school, **fields), by=by)


@transaction.atomic
def take_off_report(thing: Irregularity, *, by: Actor) -> Irregularity:
    whole = Whole(locked(thing.cycle))
    require(rules.can_report(by, whole))
    return put_away(thing, by=by)
