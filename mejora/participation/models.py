"""One engine for whatever asks and is answered: guide questions, rubrics, ratings.

An instrument is a file in `participation/data/`, loaded as frameworks are. What an answer is about
(a support plan, an assistance) is told by the app that asks, in a table of its own.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from mejora.frameworks.models import Certainty
from mejora.network.models import Owner, School
from mejora.participation.enums import InstrumentKind, ParticipationEntity, QuestionKind, Side
from mejora.people.models import User
from mejora.plans.models import ChangeRecord


class Instrument(models.Model):
    """A guide, rubric or rating, with its source. Its code and its questions' codes never change
    once loaded; words may, and what was answered keeps pointing at the question."""

    code = models.SlugField("código", max_length=60, unique=True)
    kind = models.CharField("tipo", max_length=8, choices=InstrumentKind)
    country_code = models.CharField("país", max_length=2)
    title = models.CharField("título", max_length=200)
    description = models.TextField("descripción", blank=True)
    order = models.PositiveSmallIntegerField("orden", default=0)
    source = models.CharField("fuente", max_length=500)
    certainty = models.CharField("certeza", max_length=12, choices=Certainty)
    sha256 = models.CharField("huella del archivo", max_length=64)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.title


class Component(models.Model):
    """A part of an instrument: what its questions are about and who answers for it first."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="components")
    code = models.SlugField("código", max_length=60)
    order = models.PositiveSmallIntegerField("orden")
    title = models.CharField("título", max_length=200)
    description = models.TextField("descripción", blank=True)
    responsible = models.CharField("responsable principal", max_length=200, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="component_code_unique")
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """`lead` is the phrase that several questions share; `asked_as` is the closed question that
    Mejora puts under an open one, so that it too can be answered yes, partly or no. `advice` is
    what Mejora suggests when the answer is no; a Service may write its own (`Advice`)."""

    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="questions")
    code = models.SlugField("código", max_length=60)
    order = models.PositiveSmallIntegerField("orden")
    kind = models.CharField("cómo se responde", max_length=13, choices=QuestionKind)
    lead = models.CharField("encabezado", max_length=200, blank=True)
    text = models.TextField("pregunta")
    asked_as = models.CharField("pregunta cerrada", max_length=200, blank=True)
    advice = models.TextField("sugerencia si la respuesta es no", blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["component", "code"], name="question_code_unique")
        ]

    def __str__(self) -> str:
        return self.text


class Choice(models.Model):
    """What may be answered: a value (higher is better), its name and, in a rubric, the words of
    that level for that criterion."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="choices")
    value = models.PositiveSmallIntegerField("valor")
    label = models.CharField("nombre", max_length=80)
    text = models.TextField("descripción", blank=True)

    class Meta:
        ordering = ["value"]
        constraints = [
            models.UniqueConstraint(fields=["question", "value"], name="choice_value_unique")
        ]

    def __str__(self) -> str:
        return self.label


class Advice(models.Model):
    """What a Service suggests instead of Mejora when a question is answered no."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="own_advice")
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="advice")
    text = models.TextField("sugerencia")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "owner"], name="advice_one_per_owner")
        ]

    def __str__(self) -> str:
        return self.text


class Response(models.Model):
    """An instrument answered by one side about one school on a day. It is written until it is
    closed; after that it stays as it is."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="responses")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="responses")
    side = models.CharField("lado", max_length=8, choices=Side)
    on = models.DateField("día")
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField("iniciada")
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField("entregada", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="response_closing_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("begun_at")),
                name="response_closes_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["school", "instrument", "-on"], name="response_of_school")]

    def __str__(self) -> str:
        return f"{self.instrument} {self.on:%d-%m-%Y}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class Answer(models.Model):
    """What one response says to one question: a value of its choices, a text, or both. A question
    without an answer has no row."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    value = models.PositiveSmallIntegerField("valor", null=True, blank=True)
    text = models.TextField("nota", blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"], name="answer_one_per_question"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(text=""),
                name="answer_says_something",
                violation_error_message="Elija una respuesta o escriba una nota.",
            ),
        ]

    def __str__(self) -> str:
        return self.text or str(self.value)


class ParticipationChange(ChangeRecord):
    """A change of a response or of a Service's own advice."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="changes")
    entity = models.CharField("qué", max_length=8, choices=ParticipationEntity)

    class Meta(ChangeRecord.Meta):
        indexes = [models.Index(fields=["entity_uid", "-id"], name="participation_change_of_thing")]

    def __str__(self) -> str:
        return f"{self.get_entity_display()} {self.label}"
