"""Instruments applied at a school within its support plan: opened, answered, handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from mejora.core import clock
from mejora.core.decisions import Conflict, Refused, require
from mejora.network.access import Actor
from mejora.network.models import Owner, School
from mejora.participation import operations as participation
from mejora.participation.enums import Side
from mejora.participation.models import Advice, Instrument, Question, Response
from mejora.participation.operations import Said
from mejora.support import feedback_rules, rules, snapshots
from mejora.support.feedback import Application
from mejora.support.models import SupportPlan
from mejora.support.operations import writing
from mejora.support.recording import recorded


@transaction.atomic
def open_application(
    plan: SupportPlan,
    school: School,
    instrument: Instrument,
    *,
    on: dt.date,
    by: Actor,
    at: dt.datetime | None = None,
) -> Application:
    """From then on each side may answer. The same instrument on the same day is the same
    application: opened twice, the first one is given back."""
    plan = writing.opened(plan, by)
    if not plan.places.filter(school=school).exists():
        raise Refused(f"{school} no es de este plan de apoyo.")
    if on > clock.today():
        raise Refused("La fecha de una aplicación no puede ser posterior a hoy.")
    application, is_new = Application.objects.get_or_create(
        plan=plan, school=school, instrument=instrument, on=on
    )
    if is_new:
        recorded(application, None, by=by, at=at)
    return application


@transaction.atomic
def answer(
    application: Application,
    side: Side,
    said: Mapping[int, Said],
    *,
    revision: int | None,
    by: Actor,
    is_last: bool = False,
    at: dt.datetime | None = None,
) -> Response:
    """Write one side's answers; `is_last` hands them in. `revision` is that of the side's
    response, None as long as it has none."""
    application = _locked(application)
    require(feedback_rules.can_fill(by, application, side))
    response = application.response(side)
    if (response.revision if response else None) != revision:
        raise Conflict("Otra persona guardó respuestas mientras usted escribía.")
    if response is None:
        response = _begin(application, side, by=by, at=at)
    response = participation.answer(response, said, revision=response.revision, by=by, at=at)
    if is_last:
        response = participation.close(response, revision=response.revision, by=by, at=at)
    return response


def _begin(application: Application, side: Side, *, by: Actor, at: dt.datetime | None) -> Response:
    before = snapshots.application(application)
    response = participation.begin(
        application.instrument, application.school, side=side, on=application.on, by=by, at=at
    )
    if side == Side.SUPPORT:
        application.support_response = response
    else:
        application.school_response = response
    application.full_clean(exclude=["uid"])
    application.save()
    recorded(application, before, by=by, at=at)
    return response


@transaction.atomic
def set_advice(
    question: Question, owner: Owner, text: str, *, revision: int | None, by: Actor
) -> Advice | None:
    """The Service's own suggestion on a "no"; empty goes back to Mejora's."""
    require(rules.can_lead(by, owner))
    return participation.set_advice(question, owner, text, revision=revision, by=by)


def _locked(application: Application) -> Application:
    """Locked, so that two people of one side never begin two responses."""
    found = Application.objects.select_for_update(of=("self",))
    return found.select_related(
        "plan__lead",
        "school__commune",
        "instrument",
        "support_response",
        "school_response",
    ).get(pk=application.pk)
