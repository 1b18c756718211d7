"""Writing a Service's report and issuing it.

Each write is atomic, locks the report, asks its rule, claims the row's revision where two people
may edit it, and records a ServiceChange.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from mejora.core import wording
from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.network.models import Owner
from mejora.plans.models import Action
from mejora.plans.operations.writing import claim, living, next_order
from mejora.support.models import SupportAction
from mejora.territory import service_reading
from mejora.territory import service_rules as rules
from mejora.territory.enums import FigureKind
from mejora.territory.service import (
    MOST_ACTIONS,
    IssuedReport,
    ServiceAction,
    ServiceFigure,
    ServiceObjective,
    ServiceReport,
)
from mejora.territory.service_history import issued, recorded, snapshot
from mejora.territory.works import Work


class Drawn(TypedDict, total=False):
    """What an action is drawn from: one of them, or none."""

    plan_action: Action
    support_action: SupportAction
    work: Work


def _locked(report: ServiceReport, by: Actor) -> ServiceReport:
    """The report for writing; whatever hangs from it is written under this lock."""
    found = ServiceReport.objects.select_for_update(of=("self",)).select_related("owner__country")
    report = found.get(pk=report.pk)
    require(rules.can_write(by, report.owner))
    return report


@transaction.atomic
def start(owner: Owner, year: int, *, by: Actor) -> ServiceReport:
    """Begin a year's report with the objectives of the year before, which a Service keeps for
    years; their actions and justifications are the year's own."""
    require(rules.can_write(by, owner))
    report = ServiceReport(owner=owner, year=year)
    report.full_clean(exclude=["uid"])
    report.save()
    recorded(report, None, by=by)
    former = ServiceObjective.objects.live().filter(report__owner=owner, report__year=year - 1)
    for number, objective in enumerate(former, 1):
        copied = ServiceObjective.objects.create(report=report, text=objective.text, order=number)
        recorded(copied, None, by=by)
    return report


@transaction.atomic
def change_context(
    report: ServiceReport, *, revision: int, context: str, by: Actor
) -> ServiceReport:
    report = claim(_locked(report, by), revision)
    before = snapshot(report)
    report.context = context.strip()
    report.save()
    recorded(report, before, by=by)
    return report


@transaction.atomic
def add_objective(
    report: ServiceReport, *, text: str, justification: str = "", by: Actor
) -> ServiceObjective:
    report = _locked(report, by)
    order = next_order(ServiceObjective.objects.filter(report=report))
    objective = ServiceObjective(report=report, text=text, justification=justification, order=order)
    objective.full_clean(exclude=["uid"])
    objective.save()
    recorded(objective, None, by=by)
    return objective


@transaction.atomic
def change_objective(
    objective: ServiceObjective, *, revision: int, text: str, justification: str, by: Actor
) -> ServiceObjective:
    _locked(objective.report, by)
    objective = living(claim(objective, revision))
    before = snapshot(objective)
    objective.text, objective.justification = text, justification
    objective.full_clean(exclude=["uid"])
    objective.save()
    recorded(objective, before, by=by)
    return objective


@transaction.atomic
def add_action(
    objective: ServiceObjective,
    *,
    title: str,
    text: str,
    figures: Iterable[FigureKind] = (),
    drawn: Drawn | None = None,
    by: Actor,
) -> ServiceAction:
    """At the next priority. Refuses a fourth, and what belongs to another owner."""
    report = _locked(objective.report, by)
    objective = living(ServiceObjective.objects.get(pk=objective.pk))
    taken = set(_living(objective).values_list("rank", flat=True))
    require(rules.can_add_action(objective, len(taken)))
    drawn = drawn or {}
    _of_owner(drawn, report.owner)
    rank = next(rank for rank in range(1, MOST_ACTIONS + 1) if rank not in taken)
    action = ServiceAction(objective=objective, rank=rank, title=title, text=text, **drawn)
    action.full_clean(exclude=["uid"])
    action.save()
    _set_figures(action, figures)
    recorded(action, None, by=by)
    return action


def _of_owner(drawn: Drawn, owner: Owner) -> None:
    owners = {
        *([drawn["plan_action"].plan_year.school.owner_id] if "plan_action" in drawn else []),
        *([drawn["support_action"].objective.plan.owner_id] if "support_action" in drawn else []),
        *([drawn["work"].owner_id] if "work" in drawn else []),
    }
    if owners - {owner.pk}:
        raise Refused("Lo elegido no es de este Servicio.")


@transaction.atomic
def change_action(
    action: ServiceAction,
    *,
    revision: int,
    title: str,
    text: str,
    figures: Iterable[FigureKind],
    by: Actor,
) -> ServiceAction:
    _locked(action.objective.report, by)
    action = living(claim(action, revision))
    before = snapshot(action)
    action.title, action.text = title, text
    action.full_clean(exclude=["uid"])
    action.save()
    _set_figures(action, figures)
    recorded(action, before, by=by)
    return action


def _set_figures(action: ServiceAction, figures: Iterable[FigureKind]) -> None:
    """The figures are part of the action: its Change says which it showed."""
    wanted = {FigureKind(kind) for kind in figures}
    ServiceFigure.objects.filter(action=action).exclude(kind__in=wanted).delete()
    known = set(ServiceFigure.objects.filter(action=action).values_list("kind", flat=True))
    new = [ServiceFigure(action=action, kind=kind) for kind in FigureKind if kind in wanted - known]
    ServiceFigure.objects.bulk_create(new)


@transaction.atomic
def raise_action(action: ServiceAction, *, by: Actor) -> ServiceAction:
    """Change places with the action above."""
    _locked(action.objective.report, by)
    action = living(ServiceAction.objects.get(pk=action.pk))
    above = _living(action.objective).filter(rank__lt=action.rank).order_by("-rank").first()
    if above is None:
        raise Refused("Ya es la primera.")
    said = {thing.pk: snapshot(thing) for thing in (action, above)}
    action.rank, above.rank = above.rank, action.rank
    # Two living actions never have one rank, not even for a moment: the one above steps aside.
    above.removed_at, above.removed_by = timezone.now(), by.user
    above.save()
    action.revision += 1
    action.save()
    above.removed_at, above.removed_by = None, None
    above.revision += 1
    above.save()
    for thing in (action, above):
        recorded(thing, said[thing.pk], by=by)
    return action


@transaction.atomic
def remove(
    thing: ServiceObjective | ServiceAction, *, by: Actor
) -> ServiceObjective | ServiceAction:
    """Into the bin. What hangs from an objective stays with it and comes back with it."""
    _locked(thing.report if isinstance(thing, ServiceObjective) else thing.objective.report, by)
    thing = living(claim(thing, thing.revision))
    before = snapshot(thing)
    thing.removed_at, thing.removed_by = timezone.now(), by.user
    thing.save()
    recorded(thing, before, by=by)
    return thing


@transaction.atomic
def restore(
    thing: ServiceObjective | ServiceAction, *, by: Actor
) -> ServiceObjective | ServiceAction:
    """Back from the bin; an action whose priority was given away takes the next one that is free.
    Refuses where three others took its place."""
    _locked(thing.report if isinstance(thing, ServiceObjective) else thing.objective.report, by)
    thing = claim(thing, thing.revision)
    if not thing.removed_at:
        raise Refused("No está en la papelera.")
    before = snapshot(thing)
    thing.removed_at, thing.removed_by = None, None
    if isinstance(thing, ServiceAction):
        taken = set(_living(thing.objective).values_list("rank", flat=True))
        require(rules.can_add_action(thing.objective, len(taken)))
        if thing.rank in taken:
            thing.rank = next(r for r in range(1, MOST_ACTIONS + 1) if r not in taken)
    thing.save()
    recorded(thing, before, by=by)
    return thing


@transaction.atomic
def issue(report: ServiceReport, *, by: Actor) -> IssuedReport:
    """Freeze every word and figure of now as the next edition. Refuses what is not whole, and an
    edition that says nothing else than the last one."""
    report = _locked(report, by)
    require(rules.can_issue(by, report))
    objectives = service_reading.objectives_of(report)
    if lacking := rules.missing_to_issue(objectives):
        raise Refused(f"Falta {wording.sentence(lacking)}.")
    content, sha256 = service_reading.frozen(service_reading.read(report, objectives))
    last = IssuedReport.objects.filter(report=report).first()
    if last and last.sha256 == sha256:
        raise Refused(f"No ha cambiado nada desde la edición {last.number}.")
    edition = IssuedReport.objects.create(
        report=report,
        number=(_last_number(report) or 0) + 1,
        content=content,
        sha256=sha256,
        schema_no=service_reading.SCHEMA_NO,
        at=timezone.now(),
        by=by.user,
    )
    issued(edition, by=by).save()
    return edition


def _last_number(report: ServiceReport) -> int | None:
    found: int | None = IssuedReport.objects.filter(report=report).aggregate(n=Max("number"))["n"]
    return found


def _living(objective: ServiceObjective) -> QuerySet[ServiceAction]:
    return ServiceAction.objects.live().filter(objective=objective)
