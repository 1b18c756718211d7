"""Activities 6 to 8: follow-ups, what schools rate, verifications and deviations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from mejora.assistance import guards, rules
from mejora.assistance.enums import Branch, CaseState, Met
from mejora.assistance.models import (
    Assistance,
    Cycle,
    FollowUp,
    PamAction,
    PamReading,
    Rating,
    RatingReview,
)
from mejora.assistance.reading import Whole, assistances
from mejora.assistance.recording import added, changed, locked, recorded
from mejora.assistance.verifying import (
    Case,
    Check,
    Requirement,
    Verification,
)
from mejora.core import clock
from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.network.models import School
from mejora.participation import operations as participation
from mejora.participation.enums import Side
from mejora.participation.models import Instrument
from mejora.participation.operations import Said

INSTRUMENT = "co-at-valoracion"


@transaction.atomic
def follow_up(
    cycle: Cycle,
    *,
    on: dt.date,
    strengths: str,
    opportunities: str,
    objectives_met: Met,
    values: Mapping[PamAction, Decimal],
    by: Actor,
) -> FollowUp:
    """Record a follow-up with the value of each indicator of the PAM; G6 says where it leads."""
    whole = Whole(locked(cycle))
    require(rules.can_follow_up(by, whole))
    leads_to = guards.after_follow_up(
        period_over=whole.period_is_over, all_finished=whole.all_finished
    )
    row = FollowUp(
        cycle=whole.cycle,
        on=on,
        by=by.user,
        strengths=strengths,
        opportunities=opportunities,
        objectives_met=objectives_met,
        leads_to=leads_to,
    )
    row.full_clean(exclude=["uid"])
    row.save()
    PamReading.objects.bulk_create(
        PamReading(follow_up=row, pam_action=action, value=value)
        for action, value in values.items()
    )
    recorded(row, None, by=by)
    return row


def counted(assistance: Assistance) -> Assistance:
    """The assistance as `reading` counts it."""
    return next(a for a in assistances(assistance.cycle) if a.pk == assistance.pk)


@transaction.atomic
def rate(assistance: Assistance, school: School, said: Mapping[int, Said], *, by: Actor) -> Rating:
    """The school's evaluation, handed in whole. Refused after the deadline."""
    whole = Whole(locked(assistance.cycle))
    require(rules.can_rate(by, school, whole, assistance))
    if not assistance.plan.places.filter(school=school).exists():
        raise Refused("Este establecimiento no recibió esta asistencia.")
    if Rating.objects.filter(assistance=assistance, school=school).exists():
        raise Refused("Esta asistencia ya se evaluó.")
    instrument = Instrument.objects.get(code=INSTRUMENT)
    response = participation.begin(instrument, school, side=Side.SCHOOL, on=clock.today(), by=by)
    response = participation.answer(response, said, revision=response.revision, by=by)
    response = participation.close(response, revision=response.revision, by=by)
    row = Rating(cycle=whole.cycle, assistance=assistance, school=school, response=response)
    return added(row, by=by)


@transaction.atomic
def consolidate(cycle: Cycle, *, by: Actor) -> RatingReview:
    """Put the evaluations together: G7, after the deadline or once every school answered. Who did
    not answer is counted as not evaluated."""
    whole = Whole(locked(cycle))
    require(rules.can_consolidate(by, whole))
    row = RatingReview(
        cycle=whole.cycle,
        expected=whole.expected_ratings,
        received=whole.received_ratings,
        consolidated_at=timezone.now(),
        consolidated_by=by.user,
    )
    return added(row, by=by)


@transaction.atomic
def review_ratings(
    review: RatingReview, revision: int, *, text: str, sent_on: dt.date | None, by: Actor
) -> RatingReview:
    """The leader's review of the consolidated result, and the day it went to E02.01."""
    whole = Whole(locked(review.cycle))
    require(rules.can_review_ratings(by, whole))
    said = {
        "review": text,
        "reviewed_at": timezone.now(),
        "reviewed_by": by.user,
        "sent_on": sent_on,
    }
    return changed(review, revision, said, by=by)


@transaction.atomic
def verify(
    assistance: Assistance,
    *,
    on: dt.date,
    is_fulfilled: bool,
    conforms: Mapping[Requirement, tuple[bool, str]],
    note: str = "",
    by: Actor,
) -> Verification:
    """Check the assistance against each requirement and its programme: G8. A deviation opens a
    case on its branch; where one stands already, conforming closes it and not conforming sends it
    back to be treated anew."""
    whole = Whole(locked(assistance.cycle))
    require(rules.can_verify(by, whole, assistance))
    asked = set(Requirement.objects.live().filter(cycle=whole.cycle))
    if asked != set(conforms):
        raise Refused("Diga de cada requisito si se cumple.")
    last = Verification.objects.filter(assistance=assistance).first()
    row = Verification(
        cycle=whole.cycle,
        assistance=assistance,
        number=(last.number if last else 0) + 1,
        on=on,
        by=by.user,
        is_fulfilled=is_fulfilled,
        note=note,
    )
    row.full_clean(exclude=["uid"])
    row.save()
    Check.objects.bulk_create(
        Check(verification=row, requirement=requirement, conforms=ok, evidence=evidence)
        for requirement, (ok, evidence) in conforms.items()
    )
    recorded(row, None, by=by)
    for requirement, (ok, evidence) in conforms.items():
        _settle(row, requirement, ok=ok, said=evidence or str(requirement), by=by)
    _settle(row, None, ok=is_fulfilled, said=note or "No se hizo como se programó.", by=by)
    return row


def _settle(
    verification: Verification, requirement: Requirement | None, *, ok: bool, said: str, by: Actor
) -> None:
    """Open, close or send back the case of one deviation."""
    branch = Branch.REQUIREMENT if requirement else Branch.FULFILMENT
    standing = Case.objects.filter(
        assistance=verification.assistance, branch=branch, requirement=requirement
    ).exclude(state=CaseState.CLOSED)
    case = standing.first()
    if case and ok:
        fields = {"state": CaseState.CLOSED, "closed_by": verification}
        changed(case, case.revision, fields, by=by)
    elif case:
        changed(case, case.revision, {"state": CaseState.OPEN, "done_on": None}, by=by)
    elif not ok:
        row = Case(
            cycle=verification.cycle,
            assistance=verification.assistance,
            branch=branch,
            requirement=requirement,
            opened_by=verification,
            description=said,
        )
        added(row, by=by)


@transaction.atomic
def treat(case: Case, revision: int, fields: Mapping[str, Any], *, by: Actor) -> Case:
    """Cause, what will be done, by whom and when; with `done_on` it is executed and waits for a
    new verification."""
    whole = Whole(locked(case.cycle))
    require(rules.can_write(by, whole, Case))
    if case.state == CaseState.CLOSED:
        raise Refused("Esta desviación ya se cerró.")
    state = CaseState.EXECUTED if fields.get("done_on") else CaseState.PLANNED
    return changed(case, revision, {**fields, "state": state}, by=by)
