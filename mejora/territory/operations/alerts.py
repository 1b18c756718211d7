"""What people do about an alert: a step, waiting, closing, and taking these back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.plans.models import Action
from mejora.plans.operations.writing import claim
from mejora.support.models import SupportPlan
from mejora.support.operations import commitments, sessions
from mejora.territory import rules
from mejora.territory.enums import Step
from mejora.territory.models import Alert, AlertStep
from mejora.territory.operations import recording


@transaction.atomic
def note(alert: Alert, *, uid: UUID, text: str, by: Actor) -> AlertStep:
    """Something that was done and leaves no other trace in Mejora, as a visit to a family."""
    return _step(alert, uid, Step.OTHER, text, by=by)


@transaction.atomic
def answer_by_action(alert: Alert, action: Action, *, uid: UUID, by: Actor) -> AlertStep:
    """An action of the school's plan that sets out to mend it."""
    if action.plan_year.school_id != alert.school_id:
        raise Refused("Esa acción es de otra escuela.")
    return _step(alert, uid, Step.ACTION, action.name, by=by, action=action)


@transaction.atomic
def ask_commitment(
    alert: Alert, *, uid: UUID, text: str, responsible_text: str, due_on: dt.date, by: Actor
) -> AlertStep:
    """What the school promises about it, written down as any commitment."""
    if found := AlertStep.objects.filter(uid=uid).first():
        return found
    require(rules.can_attend(by, alert))
    promised = commitments.promise(
        alert.school, text=text, responsible_text=responsible_text, due_on=due_on, by=by
    )
    return _step(alert, uid, Step.COMMITMENT, text, by=by, commitment=promised)


@transaction.atomic
def call_session(
    alert: Alert, plan: SupportPlan, *, uid: UUID, on: dt.date, agenda: str, by: Actor
) -> AlertStep:
    """A session of a support plan that serves the school, with the alert on its agenda."""
    if found := AlertStep.objects.filter(uid=uid).first():
        return found
    require(rules.can_attend(by, alert))
    if not plan.places.filter(school=alert.school_id).exists():
        raise Refused("Ese plan de apoyo no es de esta escuela.")
    fields = {"on": on, "agenda": agenda, "stage": plan.stage}
    session = sessions.schedule(plan, fields, by=by)
    return _step(alert, uid, Step.SESSION, agenda, by=by, session=session)


def _step(alert: Alert, uid: UUID, kind: Step, text: str, *, by: Actor, **led_to: Any) -> AlertStep:
    """A form sent twice is one step."""
    if found := AlertStep.objects.filter(uid=uid).first():
        return found
    require(rules.can_attend(by, alert))
    step = AlertStep(
        uid=uid,
        alert=alert,
        kind=kind,
        text=" ".join(text.split())[:400],
        by=by.user,
        at=timezone.now(),
        **led_to,
    )
    step.full_clean(exclude=["uid"])
    step.save()
    recording.of_step(step, by=by).save()
    return step


@transaction.atomic
def set_aside(alert: Alert, *, until: dt.date, reason: str, revision: int, by: Actor) -> Alert:
    """Let it wait until a day, and say why."""
    require(rules.can_decide(by, alert))
    return _change(alert, revision, by=by, set_aside_until=until, set_aside_reason=reason.strip())


@transaction.atomic
def close(alert: Alert, *, note: str, revision: int, by: Actor) -> Alert:
    """Nothing more is to be done about it, and what came of it."""
    require(rules.can_decide(by, alert))
    closed = {"closed_at": timezone.now(), "closed_by": by.user, "closing_note": note.strip()}
    return _change(alert, revision, by=by, set_aside_until=None, set_aside_reason="", **closed)


@transaction.atomic
def reopen(alert: Alert, *, revision: int, by: Actor) -> Alert:
    """It waits for somebody again."""
    require(rules.can_reopen(by, alert))
    others = Alert.objects.filter(school=alert.school_id, rule=alert.rule, closed_at=None)
    if others.exclude(pk=alert.pk).exists():
        raise Refused("Esta escuela ya tiene otra alerta abierta por lo mismo.")
    return _change(
        alert,
        revision,
        by=by,
        set_aside_until=None,
        set_aside_reason="",
        closed_at=None,
        closed_by=None,
        closing_note="",
    )


def _change(alert: Alert, revision: int, *, by: Actor, **fields: Any) -> Alert:
    alert = claim(alert, revision)
    before = recording.alert(alert)
    for name, value in fields.items():
        setattr(alert, name, value)
    alert.full_clean(exclude=["uid", "batch"])
    alert.save()
    if change := recording.of_alert(alert, before=before, by=by):
        change.save()
    return alert
