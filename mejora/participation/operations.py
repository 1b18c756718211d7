"""Writing of responses and of a Service's own advice.

Whether a person may is asked by the app that put the questions: it knows what they are about
(`support`, `assistance`). Here stands what holds for every instrument.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from mejora.core.decisions import Conflict, Refused
from mejora.network.access import Actor
from mejora.network.models import Owner, School
from mejora.participation.enums import ParticipationEntity, QuestionKind, Side
from mejora.participation.models import (
    Advice,
    Answer,
    Instrument,
    ParticipationChange,
    Question,
    Response,
)
from mejora.plans.operations.writing import claim
from mejora.plans.recording import facts
from mejora.plans.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it was given; neither value nor text is no answer."""

    value: int | None = None
    text: str = ""

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.text


@transaction.atomic
def begin(
    instrument: Instrument,
    school: School,
    *,
    side: Side,
    on: dt.date,
    by: Actor,
    at: dt.datetime | None = None,
    uid: UUID | None = None,
) -> Response:
    response = Response.objects.create(
        uid=uid or uuid4(),
        instrument=instrument,
        school=school,
        side=side,
        on=on,
        begun_by=by.user,
        begun_at=at or timezone.now(),
    )
    _recorded(response, None, by=by, at=at)
    return response


@transaction.atomic
def answer(
    response: Response,
    said: Mapping[int, Said],
    *,
    revision: int,
    by: Actor,
    at: dt.datetime | None = None,
) -> Response:
    """Write what was said, by the key of each question; a question that `said` leaves out stays as
    it is. Refused once the response was handed in, `Conflict` when somebody else wrote since
    `revision`, ValueError when a value is none of the question's."""
    response = _open(claim(response, revision))
    before = snapshot(response)
    questions = {
        question.pk: question
        for question in Question.objects.filter(
            component__instrument=response.instrument_id, pk__in=list(said)
        ).prefetch_related("choices")
    }
    standing = {found.question_id: found for found in response.answers.all()}
    for key, one in said.items():
        _check(questions[key], one)
        _write(response, questions[key], one, standing.get(key))
    _recorded(response, before, by=by, at=at)
    return response


def _check(question: Question, said: Said) -> None:
    if said.value is not None and said.value not in {c.value for c in question.choices.all()}:
        raise ValueError(f"{said.value} is no answer to {question.code}.")


def _write(response: Response, question: Question, said: Said, standing: Answer | None) -> None:
    if said.is_empty:
        if standing:
            standing.delete()
        return
    found = standing or Answer(response=response, question=question)
    found.value, found.text = said.value, said.text
    found.full_clean()
    found.save()


@transaction.atomic
def close(
    response: Response, *, revision: int, by: Actor, at: dt.datetime | None = None
) -> Response:
    """Hand the response in: from now on it stays as it is. Refused while a question that is
    answered by choosing has no choice."""
    response = _open(claim(response, revision))
    if left := missing(response):
        many = (
            "Faltan {} preguntas por responder." if left > 1 else "Falta {} pregunta por responder."
        )
        raise Refused(many.format(left))
    before = snapshot(response)
    response.closed_by, response.closed_at = by.user, at or timezone.now()
    response.save()
    _recorded(response, before, by=by, at=at)
    return response


def missing(response: Response) -> int:
    """How many questions that are answered by choosing have no choice yet."""
    asked = Question.objects.filter(component__instrument=response.instrument_id)
    chosen = response.answers.filter(value__isnull=False).values("question")
    return asked.exclude(kind=QuestionKind.TEXT).exclude(pk__in=chosen).count()


def _open(response: Response) -> Response:
    if response.is_closed:
        raise Refused("Esta pauta ya se entregó y no se puede cambiar.")
    return response


@transaction.atomic
def set_advice(
    question: Question,
    owner: Owner,
    text: str,
    *,
    revision: int | None,
    by: Actor,
    at: dt.datetime | None = None,
) -> Advice | None:
    """What the Service suggests when this question is answered no; an empty text goes back to
    Mejora's. `revision` is that of the Service's text, None when it had none yet."""
    Owner.objects.select_for_update().get(pk=owner.pk)
    standing = Advice.objects.filter(question=question, owner=owner).first()
    if (standing.revision if standing else None) != revision:
        raise Conflict("Otra persona cambió esta sugerencia mientras usted escribía.")
    if standing is None and not text:
        return None
    before = _advice_snapshot(standing) if standing else None
    found = standing or Advice(question=question, owner=owner)
    found.text, found.revision = text, (revision or 0) + 1
    found.full_clean(exclude=["uid", "text"])
    found.save()
    _record(question.component.instrument, ParticipationEntity.ADVICE, found, before, by=by, at=at)
    return found


def snapshot(response: Response) -> Snapshot:
    answers = response.answers.select_related("question__component")
    return {
        "instrument": response.instrument.code,
        "school": response.school.code,
        "side": response.side,
        "on": response.on.isoformat(),
        "closed": response.is_closed,
        "answers": {
            f"{a.question.component.code}.{a.question.code}": [a.value, a.text] for a in answers
        },
    }


def _advice_snapshot(advice: Advice) -> Snapshot:
    return {
        "question": advice.question.code,
        "owner": advice.owner.key,
        "text": advice.text,
    }


def _recorded(
    response: Response, before: Snapshot | None, *, by: Actor, at: dt.datetime | None
) -> None:
    entity = ParticipationEntity.RESPONSE
    _record(response.instrument, entity, response, before, by=by, at=at)


def _record(
    instrument: Instrument,
    entity: ParticipationEntity,
    thing: Response | Advice,
    before: Snapshot | None,
    *,
    by: Actor,
    at: dt.datetime | None,
) -> None:
    after = snapshot(thing) if isinstance(thing, Response) else _advice_snapshot(thing)
    if before != after:
        told = facts(thing.uid, str(thing), before=before, after=after, by=by, at=at)
        ParticipationChange.objects.create(instrument=instrument, entity=entity, **told)
