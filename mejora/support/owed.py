"""Which feedback reports are owed. The source asks for at least two a year and names no days: the
halves of the year and their last days are criterio de Mejora."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q

from mejora.network.access import Actor, Deed
from mejora.network.models import School
from mejora.support.enums import SupportKind, SupportStatus
from mejora.support.feedback import FeedbackReport, of_schools
from mejora.support.models import SupportPlan, SupportPlanSchool

DEADLINES = ((7, 15), (12, 15))
SOON = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Owed:
    """The `number`-th report of the year of a school's support plan. `covers` is what it tells
    of: since the last one sent, or since the plan began."""

    plan: SupportPlan
    school: School
    number: int
    due_on: dt.date
    from_on: dt.date

    def is_late(self, today: dt.date) -> bool:
        return self.due_on < today


def deadlines(plan: SupportPlan) -> list[dt.date]:
    """By when the plan's reports are sent: the last day of each half that it runs in, or its own
    last day where that comes first."""
    found, begins = [], dt.date(plan.year, 1, 1)
    for month, day in DEADLINES:
        ends = dt.date(plan.year, month, day)
        if plan.starts_on <= ends and plan.ends_on >= begins:
            found.append(min(ends, plan.ends_on))
        begins = ends + dt.timedelta(days=1)
    return found


def owed(actor: Actor, today: dt.date) -> list[Owed]:
    """The reports of the running plans that the person writes, due within thirty days or late;
    the oldest first. One query."""
    mine = Q(plan__in=SupportPlan.objects.live().visible_to(actor, Deed.WRITE_SUPPORT).values("pk"))
    sent = Q(
        plan__feedback_reports__school=F("school"),
        plan__feedback_reports__sent_at__isnull=False,
    )
    places = (
        SupportPlanSchool.objects.filter(
            mine, plan__kind=SupportKind.DEP, plan__status=SupportStatus.RUNNING
        )
        .annotate(
            sent_count=Count("plan__feedback_reports", filter=sent, distinct=True),
            told_to=Max("plan__feedback_reports__to_on", filter=sent),
        )
        .select_related("plan", "school")
    )
    found = [each for place in places if (each := _next(place, today))]
    return sorted(found, key=lambda each: (each.due_on, each.school.name))


def _next(place: SupportPlanSchool, today: dt.date) -> Owed | None:
    """The first deadline without its report, once it is near."""
    sent_count: int = getattr(place, "sent_count")  # noqa: B009 - annotated
    told_to: dt.date | None = getattr(place, "told_to")  # noqa: B009 - annotated
    left = deadlines(place.plan)[sent_count:]
    if not left or left[0] > today + SOON:
        return None
    from_on = told_to + dt.timedelta(days=1) if told_to else place.plan.starts_on
    return Owed(place.plan, place.school, sent_count + 1, left[0], from_on)


def waiting(actor: Actor, school: School) -> list[FeedbackReport]:
    """What was sent to a school and its director has not answered, oldest first. One query."""
    found = FeedbackReport.objects.sent().filter(
        of_schools(actor, Deed.RECEIVE_FEEDBACK), school=school, answered_at__isnull=True
    )
    return list(found.select_related("plan", "sent_by").order_by("sent_at"))
