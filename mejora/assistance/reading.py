"""A whole cycle as guards and pages read it: some ten queries, however many assistances it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mejora.assistance.enums import Activity, AssistanceState, CaseState
from mejora.assistance.models import (
    AlignmentReview,
    Assistance,
    Closing,
    Cycle,
    CycleInput,
    FollowUp,
    Inclusion,
    Need,
    Rating,
    RatingReview,
    Task,
)
from mejora.assistance.reporting import (
    Delivery,
    Filing,
    Report,
)
from mejora.assistance.verifying import (
    Case,
    Verification,
)
from mejora.core import clock
from mejora.support.enums import SessionStatus
from mejora.support.models import Session, SupportPlanSchool

OVER = 11  # after the last activity


def assistances(cycle: Cycle) -> Sequence[Assistance]:
    """The cycle's assistances with their counts: schools, tasks, sessions, ratings, verifications
    and open deviations."""
    mine = OuterRef("pk")
    held = Session.objects.filter(
        plan=OuterRef("plan"), removed_at__isnull=True, status=SessionStatus.HELD
    )
    tasks = Task.objects.filter(assistance=mine, removed_at__isnull=True)
    found = Assistance.objects.filter(cycle=cycle).select_related("plan", "pam_action")
    counts: dict[str, Any] = {
        "school_count": _count(SupportPlanSchool.objects.filter(plan=OuterRef("plan")), "plan"),
        "task_count": _count(tasks, "assistance"),
        "task_done": _count(tasks.filter(done_on__isnull=False), "assistance"),
        "session_count": _count(held, "plan"),
        "last_session": Subquery(held.order_by("-on").values("on")[:1]),
        "rating_count": _count(Rating.objects.filter(assistance=mine), "assistance"),
        "verified": Exists(Verification.objects.filter(assistance=mine)),
        "open_cases": _count(
            Case.objects.filter(assistance=mine).exclude(state=CaseState.CLOSED), "assistance"
        ),
    }
    return list(found.annotate(**counts).order_by("plan__starts_on", "pk"))


def _count(rows: QuerySet[Any], key: str) -> Coalesce:
    """How many of the rows, as a subquery; 0 where there is none."""
    counted = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@dataclass
class Whole:
    """The cycle with what its guards ask. Each part is read when first asked, and once."""

    cycle: Cycle
    note: str = ""  # what is written while an activity is being closed

    @cached_property
    def today(self) -> dt.date:
        return clock.today()

    @cached_property
    def closings(self) -> dict[int, Closing]:
        found = Closing.objects.filter(cycle=self.cycle).select_related("by")
        return {closing.activity: closing for closing in found}

    @cached_property
    def inputs(self) -> list[CycleInput]:
        return list(CycleInput.objects.live().filter(cycle=self.cycle).select_related("school"))

    @cached_property
    def needs(self) -> list[Need]:
        found = Need.objects.live().filter(cycle=self.cycle)
        return list(found.select_related("school", "assistance__plan"))

    @cached_property
    def inclusions(self) -> list[Inclusion]:
        found = Inclusion.objects.filter(cycle=self.cycle).select_related("school__commune")
        return list(found.order_by("school__name", "pk"))

    @cached_property
    def assistances(self) -> Sequence[Assistance]:
        return assistances(self.cycle)

    @property
    def in_force(self) -> list[Assistance]:
        return [a for a in self.assistances if a.state != AssistanceState.CANCELLED]

    @cached_property
    def review(self) -> AlignmentReview | None:
        """The newest review of the alignment, with its improvement."""
        found = AlignmentReview.objects.filter(cycle=self.cycle)
        return found.select_related("by", "improvement").order_by("-number").first()

    @cached_property
    def follow_up(self) -> FollowUp | None:
        return FollowUp.objects.filter(cycle=self.cycle).select_related("by").first()

    @cached_property
    def ratings(self) -> RatingReview | None:
        found = RatingReview.objects.filter(cycle=self.cycle)
        return found.select_related("consolidated_by", "reviewed_by").first()

    @cached_property
    def report(self) -> Report | None:
        return Report.objects.filter(cycle=self.cycle).select_related("issued_by").first()

    @cached_property
    def deliveries(self) -> dict[str, Delivery]:
        found = Delivery.objects.filter(cycle=self.cycle).select_related("by")
        return {delivery.target: delivery for delivery in found}

    @cached_property
    def filing(self) -> Filing | None:
        return Filing.objects.filter(cycle=self.cycle).select_related("by").first()

    # Derived -----------------------------------------------------------------------------------

    @property
    def period_is_over(self) -> bool:
        """P of guard G6: the day after the last one of the period of evaluation."""
        return self.today > self.cycle.ends_on

    @property
    def all_finished(self) -> bool:
        """F of guard G6: every assistance that was not cancelled has been carried out."""
        return bool(self.in_force) and all(a.is_over for a in self.in_force)

    @property
    def ratings_open(self) -> bool:
        """Until the deadline, that day included, and until they are put together."""
        return self.today <= self.cycle.ratings_due_on and self.ratings is None

    @property
    def expected_ratings(self) -> int:
        return sum(a.school_count for a in self.in_force if a.is_over)

    @property
    def received_ratings(self) -> int:
        return sum(a.rating_count for a in self.in_force if a.is_over)

    @cached_property
    def activity(self) -> int:
        """The activity in which the cycle stands, 1 to 10; OVER once the year's report is filed.
        Derived: the first activity that its guard does not let go."""
        for first in (1, 2, 3, 4):
            if first not in self.closings:
                return first
        if Activity.RATING not in self.closings:
            return self._while_supporting()
        for last in (Activity.VERIFICATION, Activity.REPORT, Activity.IRREGULARITIES):
            if last not in self.closings:
                return last
        return OVER

    def _while_supporting(self) -> int:
        """Activities 5 to 7: guard G6 decides at each follow-up, and a session held or an
        assistance ended since then asks for the next one."""
        last = self.follow_up
        if self.ratings or (last and last.leads_to == Activity.RATING):
            return Activity.RATING
        return Activity.FOLLOW_UP if self._news_since(last) else Activity.SUPPORT

    def _news_since(self, last: FollowUp | None) -> bool:
        days = [day for a in self.assistances for day in (a.finished_on, a.last_session) if day]
        return any(last is None or day > last.on for day in days)

    def activity_of(self, assistance: Assistance) -> int | None:
        """Where one assistance stands; None once it is cancelled or the cycle is over."""
        if assistance.state == AssistanceState.CANCELLED or self.activity == OVER:
            return None
        if self.activity <= Activity.ALIGNMENT:
            return self.activity if self.activity > Activity.NEEDS else Activity.STRATEGY
        if not assistance.is_over and not self.ratings:
            return Activity.SUPPORT
        last = self.follow_up
        if last is None or (assistance.finished_on or last.on) > last.on:
            return Activity.FOLLOW_UP
        if Activity.RATING not in self.closings:
            return Activity.RATING
        if not assistance.verified or assistance.open_cases:
            return Activity.VERIFICATION
        return max(Activity.REPORT, min(self.activity, Activity.IRREGULARITIES))


def supported_schools(cycle: Cycle) -> Q:
    """Schools that received support in the cycle: an assistance carried out, or a session held."""
    done = Assistance.objects.filter(cycle=cycle, state=AssistanceState.DONE)
    held = Session.objects.filter(
        plan__assistance__cycle=cycle, status=SessionStatus.HELD, removed_at__isnull=True
    )
    return Q(support_places__plan__in=done.values("plan")) | Q(
        support_places__plan__in=held.values("plan")
    )
