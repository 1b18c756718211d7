"""A support plan's rows without their Changes, for rules and pages; operations make real ones."""

import datetime as dt
from typing import Any

from django.utils import timezone

from mejora.files.models import StoredFile
from mejora.network.models import School
from mejora.people.models import User
from mejora.support.deliverables import Deliverable, DeliverableFile
from mejora.support.enums import Approach, Effect, OwnTermKind
from mejora.support.models import (
    Adjustment,
    Commitment,
    OwnTerm,
    Session,
    SessionSchool,
    SupportAction,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportPlanSchool,
    SupportReading,
)
from tests.factories.network import YEAR


def support_plan(*schools: School, **fields: Any) -> SupportPlan:
    """Of the first school's owner, running the whole year."""
    usual = {
        "owner": schools[0].owner,
        "name": f"Apoyo {YEAR} a {schools[0]}",
        "year": YEAR,
        "approach": Approach.DIRECT,
        "starts_on": dt.date(YEAR, 3, 2),
        "ends_on": dt.date(YEAR, 12, 31),
    }
    plan = SupportPlan.objects.create(**{**usual, **fields})
    for school in schools:
        SupportPlanSchool.objects.create(plan=plan, school=school)
    return plan


def support_session(plan: SupportPlan, on: dt.date, **fields: Any) -> Session:
    usual = {"stage": "execution", "agenda": "Revisar lo acordado."}
    session = Session.objects.create(plan=plan, on=on, **{**usual, **fields})
    for place in plan.places.all():
        SessionSchool.objects.create(session=session, school_id=place.school_id)
    return session


def commitment_of(session: Session, school: School, **fields: Any) -> Commitment:
    usual = {
        "text": "Enviar la pauta de observación",
        "responsible_text": "Jefatura UTP",
        "due_on": session.on + dt.timedelta(days=14),
    }
    return Commitment.objects.create(school=school, session=session, **{**usual, **fields})


def deliverable_of(plan: SupportPlan, **fields: Any) -> Deliverable:
    usual = {
        "code": "diagnostico",
        "title": "Informe Diagnóstico Participativo",
        "month": 1,
        "due_on": dt.date(YEAR, 4, 1),
    }
    return Deliverable.objects.create(plan=plan, **{**usual, **fields})


def support_things(school: School, author: User, stored: StoredFile) -> dict[str, Any]:
    """One of everything that an address of the support can name, by its key in `World`."""
    plan = support_plan(school)
    cause = OwnTerm.objects.create(owner=school.owner, kind=OwnTermKind.CAUSE, text="Paro")
    eje = OwnTerm.objects.create(owner=school.owner, kind=OwnTermKind.EJE, text="Liderazgo")
    objective = SupportObjective.objects.create(plan=plan, text="Acompañar la enseñanza", eje=eje)
    indicator = SupportIndicator.objects.create(objective=objective, name="Clases observadas")
    action = SupportAction.objects.create(
        objective=objective,
        name="Observar clases en pareja",
        starts_on=dt.date(YEAR, 5, 4),
        ends_on=dt.date(YEAR, 10, 30),
    )
    session = support_session(plan, dt.date(YEAR, 9, 1))
    product = deliverable_of(plan)
    return {
        "support_plan": plan,
        "deliverable": product,
        "deliverable_file": DeliverableFile.objects.create(
            deliverable=product, file=stored, by=author, at=timezone.now()
        ),
        "own_term": eje,
        "support_objective": objective,
        "support_indicator": indicator,
        "support_reading": SupportReading.objects.create(
            indicator=indicator, on=dt.date(YEAR, 6, 1), value=3
        ),
        "support_action": action,
        "adjustment": Adjustment.objects.create(
            action=action,
            cause=cause,
            effect=Effect.POSTPONED,
            text="Paro de tres días.",
            document=stored,
            name_before=action.name,
            starts_before=action.starts_on,
            ends_before=dt.date(YEAR, 10, 16),
            by=author,
            at=timezone.now(),
        ),
        "session": session,
        "commitment": commitment_of(session, school),
    }
