"""Responses to the instruments that were loaded."""

import datetime as dt

from mejora.network.access import actor_for
from mejora.participation import operations, reading
from mejora.participation.enums import Side
from mejora.participation.models import Instrument, Question

GUIDE, RUBRIC = "cl-apoyo-ejecucion", "cl-apoyo-rubrica-4-5"


def begun(school, user, *, code=GUIDE, side=Side.SUPPORT, on=None):
    """A response without answers."""
    instrument = Instrument.objects.get(code=code)
    return operations.begin(
        instrument, school, side=side, on=on or dt.date(2026, 9, 1), by=actor_for(user)
    )


def answered(response, user, *, value):
    """The response with the same value for every question that is answered by choosing."""
    asked = Question.objects.filter(
        component__instrument=response.instrument_id, choices__value=value
    )
    said = {question.pk: operations.Said(value) for question in asked}
    return operations.answer(response, said, revision=response.revision, by=actor_for(user))


def handed_in(response, user, *, value):
    response = answered(response, user, value=value)
    return operations.close(response, revision=response.revision, by=actor_for(user))


def lines(response, **kwargs):
    parts = reading.sheet(response.instrument, response, **kwargs)
    return {line.question.code: line for part in parts for line in part.lines}
