"""What waits between schools and their owner: since when, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django_stubs_ext import WithAnnotations

from mejora.core import clock, wording
from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network import navigation
from mejora.network.access import Actor, Deed
from mejora.plans import workflow
from mejora.plans.enums import StageStatus
from mejora.plans.models import PlanYear, Stage, StageEvent
from mejora.reports.roster import at_current_place


class Dated(TypedDict):
    """What `pending` adds to a stage: since when it waits, and why it was returned."""

    since: dt.datetime
    reason: str | None


PENDING = (StageStatus.SENT, StageStatus.RETURNED)
LONG_WAIT = 14  # days from which a wait is told in brick (criterio de Mejora)


@dataclass(frozen=True, slots=True)
class Pending:
    """A stage that somebody must answer."""

    stage: Stage
    since: dt.date
    days: int
    reason: str

    @property
    def is_owners_turn(self) -> bool:
        return self.stage.status == StageStatus.SENT

    @property
    def is_long(self) -> bool:
        return self.days >= LONG_WAIT


def can_see(actor: Actor) -> Decision:
    if actor.may_somewhere(Deed.DECIDE_STAGE):
        return ALLOWED
    return refused("Las aprobaciones las ve el sostenedor, que aprueba o devuelve cada etapa.")


def pending(actor: Actor) -> QuerySet[WithAnnotations[Stage, Dated]]:
    """Sent or returned stages of the schools that the person decides on, the oldest first."""
    there = at_current_place(actor, Deed.DECIDE_STAGE)
    years = PlanYear.objects.visible_to(there, Deed.DECIDE_STAGE)
    reason = StageEvent.objects.filter(
        stage=OuterRef("pk"), transition=workflow.RETURN.name
    ).order_by("-at", "-pk")
    return (
        Stage.objects.filter(status__in=PENDING, plan_year__in=years.values("pk"))
        .annotate(
            since=Coalesce(F("decided_at"), F("sent_at")),
            reason=Subquery(reason.values("comment")[:1]),
        )
        .select_related("plan_year__school__commune", "sent_by", "decided_by")
        .order_by("since", "pk")
    )


def told(stage: WithAnnotations[Stage, Dated], today: dt.date) -> Pending:
    """A row of `pending` as the page says it."""
    since = wording.day(stage.since)
    reason = stage.reason or "" if stage.status == StageStatus.RETURNED else ""
    return Pending(stage, since, (today - since).days, reason)


@navigation.counter("reports:approvals")
def waiting_count(actor: Actor, year: int) -> int:
    """How many wait for the owner's decision: the figure beside the section."""
    return pending(actor).filter(status=StageStatus.SENT).count()


def waiting_for_owner(actor: Actor, limit: int) -> list[Pending]:
    found = pending(actor).filter(status=StageStatus.SENT)[:limit]
    return [told(stage, clock.today()) for stage in found]
