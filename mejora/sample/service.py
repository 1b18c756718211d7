"""The made-up Service's report: last year's as it was issued, this year's as a draft."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils import timezone

from mejora.network.access import Actor
from mejora.network.models import Owner
from mejora.people.models import User
from mejora.plans.models import Action
from mejora.sample.bank import DATA
from mejora.sample.chance import Chance
from mejora.territory import service_reading
from mejora.territory.service import (
    IssuedReport,
    ServiceAction,
    ServiceChange,
    ServiceFigure,
    ServiceObjective,
    ServiceReport,
)
from mejora.territory.service_history import change_of, issued
from mejora.territory.works import Work

OPENING = (
    "{name} sostiene sesenta establecimientos en cinco comunas. Este informe cuenta el año {year} "
    "por objetivo estratégico."
)


def write(owner: Owner, by: User, year: int, on: dt.date) -> None:
    """Once plans, works, support and figures are there: the report draws from them."""
    told: list[Mapping[str, Any]] = tomllib.loads((DATA / "gestion.toml").read_text("utf-8"))[
        "objective"
    ]
    # Of last year only what its own months tell: plans and works are counted as they stand today.
    former = _report(owner, year - 1, told[-1:], by, dt.date(year, 1, 8))
    edition = _issue(former, by, dt.date(year, 1, 16))
    issued(edition, by=Actor(by, ())).save()
    # In summer nothing of the year can be told yet.
    if on >= dt.date(year, 6, 1):
        _report(owner, year, told, by, on - dt.timedelta(days=9))


def _report(
    owner: Owner, year: int, told: Sequence[Mapping[str, Any]], by: User, on: dt.date
) -> ServiceReport:
    chance = Chance(f"service {owner.key} {year} {on}")
    report = ServiceReport.objects.create(
        uid=chance.uid(),
        owner=owner,
        year=year,
        context=OPENING.format(name=owner.name, year=year),
    )
    things: list[ServiceReport | ServiceObjective | ServiceAction] = [report]
    for order, each in enumerate(told, 1):
        objective = ServiceObjective.objects.create(
            uid=chance.uid(),
            report=report,
            text=each["text"],
            justification=each["justification"].strip(),
            order=order,
        )
        things.append(objective)
        actions = each["action"]
        things += [
            _action(objective, rank, action, chance) for rank, action in enumerate(actions, 1)
        ]
    at = chance.moment(on)
    minute = dt.timedelta(minutes=7)
    hand = Actor(by, ())
    ServiceChange.objects.bulk_create(
        change_of(thing, None, by=hand, at=at + number * minute)
        for number, thing in enumerate(things)
    )
    return report


def _action(
    objective: ServiceObjective, rank: int, told: Mapping[str, Any], chance: Chance
) -> ServiceAction:
    action = ServiceAction.objects.create(
        uid=chance.uid(),
        objective=objective,
        rank=rank,
        title=told["title"],
        text=told["text"].strip(),
        **_drawn(objective.report, told),
    )
    ServiceFigure.objects.bulk_create(
        ServiceFigure(action=action, kind=kind) for kind in told.get("figures", ())
    )
    return action


def _drawn(report: ServiceReport, told: Mapping[str, Any]) -> dict[str, Model | None]:
    if "work" in told:
        return {"work": Work.objects.filter(owner=report.owner, name=told["work"]).first()}
    if "plan" in told:
        actions = Action.objects.live().filter(
            plan_year__year=report.year,
            plan_year__school__name=told["plan"],
            name__startswith=told["action"],
        )
        return {"plan_action": actions.first()}
    return {}


def _issue(report: ServiceReport, by: User, on: dt.date) -> IssuedReport:
    content, sha256 = service_reading.frozen(service_reading.read(report))
    at = min(Chance(f"issue {on}").moment(on), timezone.now())
    return IssuedReport.objects.create(
        report=report,
        number=1,
        content=content,
        sha256=sha256,
        schema_no=service_reading.SCHEMA_NO,
        at=at,
        by=by,
    )
