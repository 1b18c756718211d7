"""What others did lately, in words: changes to the plan and moves of its stages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from itertools import groupby, islice

from django.db.models import QuerySet
from django.urls import reverse

from mejora.monitoring.snapshots import is_review
from mejora.network.models import School
from mejora.people.models import User
from mejora.plans import workflow
from mejora.plans.enums import Entity
from mejora.plans.models import Change, PlanYear, StageEvent

SHOWN = 6
READ = 60  # changes looked at: many small ones of one thing are told once

MOVES = {
    workflow.SEND.name: "envió al sostenedor",
    workflow.WITHDRAW.name: "retiró el envío de",
    workflow.RETURN.name: "devolvió",
    workflow.APPROVE.name: "aprobó",
    workflow.IMPORT.name: "aprobó por carga",
}
_DONE = {
    Entity.REPORT: ("informó", "corrigió el informe de"),
    Entity.EVIDENCE: ("agregó la evidencia", "cambió la evidencia"),
    Entity.MILESTONE_DONE: ("marcó el hito", "marcó el hito"),
}


@dataclass(frozen=True, slots=True)
class News:
    """`who` did (`verb`) something to `what`, and the same to so many `others`; `where` is the
    school, when there are many."""

    at: dt.datetime
    who: str
    verb: str
    what: str
    href: str = ""
    where: str = ""
    others: int = 0


def of_school(school: School, *, besides: User) -> list[News]:
    """The newest changes and moves of a school by other people. Two queries."""
    changes = (
        Change.objects.filter(plan__school=school)
        .exclude(by=besides)
        .exclude(entity=Entity.PLAN_YEAR)
        .select_related("by", "plan_year", "plan")
    )
    found: dict[tuple[object, object], News] = {}
    for change in changes[:READ]:
        key = (change.by_id, change.entity_uid)
        found.setdefault(key, _of_change(change, school))
    moves = _moves(StageEvent.objects.filter(stage__plan_year__school=school).exclude(by=besides))
    together = sorted([*found.values(), *moves], key=lambda news: news.at, reverse=True)
    return _at_once(together)[:SHOWN]


def _at_once(found: list[News]) -> list[News]:
    """What one person did in a row to several things is told by the newest, with a count."""
    runs = (list(run) for _, run in groupby(found, key=lambda news: (news.who, news.verb)))
    return [replace(run[0], others=len(run) - 1) for run in runs]


def of_places(readable: QuerySet[PlanYear], *, besides: User) -> list[News]:
    """The newest moves of the stages of many schools. One query."""
    events = StageEvent.objects.filter(stage__plan_year__in=readable.values("pk"))
    return _moves(events.exclude(by=besides), with_school=True)


def _moves(events: QuerySet[StageEvent], *, with_school: bool = False) -> list[News]:
    told = events.filter(transition__in=MOVES).select_related(
        "by", "stage__plan_year__school__commune"
    )
    return [
        News(
            at=event.at,
            who=_who(event.by),
            verb=MOVES[event.transition],
            what=f"{event.stage.get_kind_display()} {event.stage.plan_year.year}",
            href=_stage_url(event),
            where=event.stage.plan_year.school.name if with_school else "",
        )
        for event in islice(told, SHOWN)
    ]


def _stage_url(event: StageEvent) -> str:
    year = event.stage.plan_year
    return reverse("plans:stage", args=[year.school.code, year.year, event.stage.kind])


def _of_change(change: Change, school: School) -> News:
    year = change.plan_year.year if change.plan_year else change.plan.start_year
    return News(
        at=change.at,
        who=_who(change.by),
        verb=verb_of(change),
        what=change.label,
        href=reverse("plans:history", args=[school.code, year]),
    )


def verb_of(change: Change) -> str:
    if change.after is None or "removed" in change.after:
        return "quitó"
    if answered := _answered(change):
        return answered
    first, again = _DONE.get(Entity(change.entity), ("agregó", "cambió"))
    return again if change.before else first


def _answered(change: Change) -> str:
    """What the team answered to a report; empty where the change says more than that."""
    after = change.after or {}
    if change.entity != Entity.REPORT or not is_review(change.before, change.after):
        return ""
    if after["is_reviewed"]:
        return "aceptó el informe de"
    is_asked = after.get("changes_asked") and not after["is_answered"]
    return "pidió cambios en el informe de" if is_asked else ""


def _who(person: User | None) -> str:
    return str(person) if person else "Una carga de datos"
