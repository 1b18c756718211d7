"""A support plan of one school with what a feedback report tells of."""

import datetime as dt
import json
from dataclasses import dataclass

from django.utils import timezone

from mejora.network.access import Actor, actor_for
from mejora.network.enums import Role
from mejora.network.models import School
from mejora.participation.models import Instrument
from mejora.support.enums import Approach, CommitmentStatus, SessionStatus
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import (
    Commitment,
    Session,
    SessionSchool,
    SupportPlan,
    SupportPlanSchool,
)
from mejora.support.operations import applications
from tests.factories.network import YEAR, MembershipFactory, SchoolFactory
from tests.factories.participation import RUBRIC

# The least that a sent report can say.
CONTENT = {
    **dict.fromkeys(("school", "code", "commune", "owner", "plan", "approach"), "x"),
    **dict.fromkeys(("from_on", "to_on", "sent_by", "sent_on", "rubric_on"), ""),
    **dict.fromkeys(("sections", "figures", "attendance", "commitments"), ()),
    **dict.fromkeys(("refusals", "rubric", "adjustments"), ()),
    "schema": 1,
}
STARTS, ENDS = dt.date(YEAR, 3, 2), dt.date(YEAR, 12, 18)


@dataclass
class Supported:
    """The school and its plan, who supports and who directs."""

    school: School
    plan: SupportPlan
    adviser: Actor
    director: Actor
    district: Actor


def supported(*, schools=(), **fields) -> Supported:
    """More `schools` of the same owner make it a network."""
    school = SchoolFactory()
    people = {
        role: actor_for(MembershipFactory(role=role, place=place).user)
        for role, place in (
            (Role.ADVISER, school.owner),
            (Role.DISTRICT_LEAD, school.owner),
            (Role.DIRECTOR, school),
        )
    }
    kept = {
        "owner": school.owner,
        "name": f"Apoyo {YEAR}",
        "year": YEAR,
        "approach": Approach.DIRECT,
        "starts_on": STARTS,
        "ends_on": ENDS,
    }
    plan = SupportPlan.objects.create(**{**kept, **fields})
    for place in (school, *schools):
        School.objects.filter(pk=place.pk).update(owner=school.owner)
        SupportPlanSchool.objects.create(plan=plan, school=place)
    return Supported(
        school, plan, people[Role.ADVISER], people[Role.DIRECTOR], people[Role.DISTRICT_LEAD]
    )


def held(at: Supported, on: dt.date, **attendance) -> Session:
    session = Session.objects.create(
        plan=at.plan,
        on=on,
        stage="execution",
        agenda="Revisar acuerdos",
        minutes="Se revisaron.",
        status=SessionStatus.HELD,
    )
    SessionSchool.objects.create(session=session, school=at.school, **attendance)
    return session


def promised(session: Session, at: Supported, text: str, *, due_on, status="open", why=""):
    is_open = status == CommitmentStatus.OPEN
    return Commitment.objects.create(
        school=at.school,
        session=session,
        text=text,
        responsible_text="UTP",
        due_on=due_on,
        status=status,
        why=why,
        answered_by=None if is_open else at.director.user,
        answered_at=None if is_open else timezone.now(),
    )


def applied(at: Supported, *, code=RUBRIC, on=None):
    return applications.open_application(
        at.plan,
        at.school,
        Instrument.objects.get(code=code),
        on=on or dt.date(YEAR, 9, 1),
        by=at.adviser,
    )


def feedback_things(plan, school, author) -> dict[str, object]:
    """What an address of instruments and reports can name, by its key in `World`."""
    facts = {"plan": plan, "school": school, "from_on": STARTS, "to_on": dt.date(YEAR, 7, 3)}
    return {
        "application": Application.objects.create(
            plan=plan,
            school=school,
            instrument=Instrument.objects.get(code=RUBRIC),
            on=dt.date(YEAR, 6, 1),
        ),
        "feedback_draft": FeedbackReport.objects.create(**facts),
        "feedback": FeedbackReport.objects.create(
            **facts,
            achievements="Se cumplió.",
            content=json.dumps(CONTENT),
            sha256="0" * 64,
            sent_at=timezone.now(),
            sent_by=author,
        ),
    }


def judged(application, side, by, value, *, is_last=True):
    """One side gives every criterion the same level."""
    from mejora.participation.models import Question
    from mejora.participation.operations import Said

    asked = Question.objects.filter(
        component__instrument=application.instrument_id, choices__value=value
    )
    response = application.response(side)
    return applications.answer(
        application,
        side,
        {question.pk: Said(value) for question in asked},
        revision=response.revision if response else None,
        by=by,
        is_last=is_last,
    )
