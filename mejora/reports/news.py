"""What others did lately, in words: changes to the plan and moves of its stages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby, islice
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from mejora.core import speech, wording
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import TermItem
from mejora.monitoring.snapshots import is_review
from mejora.network.models import School
from mejora.people.models import User
from mejora.plans import workflow
from mejora.plans.enums import Entity
from mejora.plans.models import Change, PlanYear, StageEvent
from mejora.plans.snapshots import Snapshot
from mejora.plans.templatetags.plans import cut
from mejora.reports.changed import Places, year_of

SHOWN = 6
GIST = 70  # letters of a text that are told
ASKED = "pidió cambios en el informe de"
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


# What the others of a run are called: "y 17 acciones más".
_OTHERS = {
    Entity.SEAL: "sello más,sellos más",
    Entity.OBJECTIVE: "objetivo más,objetivos más",
    Entity.GOAL: "meta más,metas más",
    Entity.STRATEGY: "estrategia más,estrategias más",
    Entity.INDICATOR: "indicador más,indicadores más",
    Entity.READING: "medición más,mediciones más",
    Entity.ACTION: "acción más,acciones más",
    Entity.REPORT: "acción más,acciones más",
    Entity.MILESTONE_DONE: "hito más,hitos más",
    Entity.EVIDENCE: "evidencia más,evidencias más",
}


@dataclass(frozen=True, slots=True)
class News:
    """`who` did (`verb`) something to `what`, and the same to `others` ("17 acciones más"), which
    stand at `others_href`; `detail` is the gist of it, `where` the school, when there are many."""

    at: dt.datetime
    who: str
    verb: str
    what: str
    href: str = ""
    where: str = ""
    detail: str = ""
    others: str = ""
    others_href: str = ""
    about: Change | None = None


def of_school(school: School, *, besides: User) -> list[News]:
    """The newest changes and moves of a school by other people, each with the way to the thing
    itself. Four queries."""
    changes = (
        Change.objects.filter(plan__school=school)
        .exclude(by=besides)
        .exclude(entity=Entity.PLAN_YEAR)
        .select_related("by", "plan_year", "plan")
    )
    found: dict[tuple[object, object], News] = {}
    for change in changes[:READ]:
        found.setdefault((change.by_id, change.entity_uid), _of_change(change))
    moves = _moves(StageEvent.objects.filter(stage__plan_year__school=school).exclude(by=besides))
    together = sorted([*found.values(), *moves], key=lambda news: news.at, reverse=True)
    shown = _at_once(together, school)[:SHOWN]
    places = Places(school, [news.about for news in shown if news.about])
    return [replace(n, href=places.of(n.about)) if n.about else n for n in shown]


def _at_once(found: list[News], school: School) -> list[News]:
    """What one person did in a row to several things of a kind is told by the newest, with how
    many others and where they stand."""
    runs = (list(run) for _, run in groupby(found, key=_run))
    return [_with_others(run[0], len(run) - 1, school) for run in runs]


def _run(news: News) -> tuple[str, str, str]:
    return news.who, news.verb, news.about.entity if news.about else ""


def _with_others(news: News, count: int, school: School) -> News:
    if not count:
        return news
    if news.about is None:
        stages = wording.counted(count, "etapa más,etapas más")
        return replace(news, others=stages, others_href=news.href)
    entity = Entity(news.about.entity)
    words = _OTHERS.get(entity, "cambio más,cambios más")
    history = reverse("plans:history", args=[school.code, year_of(news.about)])
    return replace(
        news,
        others=wording.counted(count, words),
        others_href=f"{history}?{urlencode({'que': entity.value})}",
    )


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
            verb=speech.say(MOVES[event.transition]),
            what=f"{event.stage.get_kind_display()} {event.stage.plan_year.year}",
            href=_stage_url(event),
            where=event.stage.plan_year.school.name if with_school else "",
            # Why it came back is told by the school's own task.
            detail="" if event.transition == workflow.RETURN.name else cut(event.comment, GIST),
        )
        for event in islice(told, SHOWN)
    ]


def _stage_url(event: StageEvent) -> str:
    year = event.stage.plan_year
    return reverse("plans:stage", args=[year.school.code, year.year, event.stage.kind])


def _of_change(change: Change) -> News:
    return News(
        at=change.at,
        who=_who(change.by),
        verb=verb_of(change),
        what=change.label,
        detail=_detail(change),
        about=change,
    )


def _detail(change: Change) -> str:
    """ "De 50 % a 60 %", what was asked, the beginning of a new note: of a report only."""
    before, after = change.before or {}, change.after or {}
    if change.entity != Entity.REPORT or not after:
        return ""
    if verb_of(change) == ASKED:
        return cut(after["changes_asked"], GIST)
    levels = catalogue.of_edition(change.plan.edition_id).levels
    was, now = _reach(before, levels), _reach(after, levels)
    said = []
    if now and was != now:
        said.append(f"De {was} a {now}" if was else now)
    if after["note"] and after["note"] != before.get("note"):
        said.append(f"«{cut(after['note'], GIST)}»")
    return " · ".join(said)


def _reach(said: Snapshot, levels: Iterable[TermItem]) -> str:
    if said.get("pct") is not None:
        return wording.percent(said["pct"])
    level = next((level for level in levels if level.code == said.get("level")), None)
    return level.range_text if level else ""


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
    return ASKED if is_asked else ""


def _who(person: User | None) -> str:
    return str(person) if person else "Una carga de datos"
