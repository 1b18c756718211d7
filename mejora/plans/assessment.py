"""The self-assessment of a year and what it leads to: judgements, critical factors.

Colombia's Guía 34: each component is judged on a scale of four levels with its evidence; what
should improve becomes a critical factor, put in order by urgency, tendency and impact; objectives
answer to factors. An edition without `has_critical_factors` has none of this.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from mejora.frameworks.models import Area, Term
from mejora.people.models import User
from mejora.plans.models import LiveQuerySet, Plan, Removable

SCORES = (1, 5)  # urgency, tendency and impact each (Guía 34 of 2026, p. 80, as transcribed)


class SelfAssessment(models.Model):
    """Autoevaluación institucional of one year of a plan, by the catalogue of its edition."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="self_assessments")
    year = models.PositiveSmallIntegerField("año")

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "year"], name="self_assessment_unique")
        ]

    def __str__(self) -> str:
        return f"Autoevaluación {self.year}"


class Judgement(models.Model):
    """What the school says of one component. Without a level it is pending: never the lowest."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(
        SelfAssessment, on_delete=models.PROTECT, related_name="judgements"
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    evidence = models.TextField("evidencias", blank=True)
    strengths = models.TextField("fortalezas", blank=True)
    opportunities = models.TextField("oportunidades de mejoramiento", blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("cuándo")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["area__order"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "area"], name="judgement_unique")
        ]

    def __str__(self) -> str:
        return f"Valoración de {self.area.code}"


class CriticalFactorQuerySet(LiveQuerySet["CriticalFactor"]):
    def in_order(self) -> CriticalFactorQuerySet:
        """The highest total first. No source gives a tie-break: by impact, then urgency, then the
        catalogue's order (criterio de Mejora)."""
        total = F("urgency") + F("tendency") + F("impact")
        return self.annotate(points=total).order_by(
            "-points", "-impact", "-urgency", "area__order", "pk"
        )


def _scored(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{name}__range": SCORES}),
        name=f"critical_factor_{name}_1_to_5",
        violation_error_message="Se valora de 1 a 5.",
    )


class CriticalFactor(Removable):
    """Factor crítico: what stands in the way of a component, and how much it presses."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(
        SelfAssessment, on_delete=models.PROTECT, related_name="critical_factors"
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("factor crítico")
    urgency = models.PositiveSmallIntegerField("urgencia")
    tendency = models.PositiveSmallIntegerField("tendencia")
    impact = models.PositiveSmallIntegerField("impacto")
    revision = models.PositiveIntegerField(default=0)

    objects = CriticalFactorQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["pk"]
        constraints = [
            *Removable.Meta.constraints,
            _scored("urgency"),
            _scored("tendency"),
            _scored("impact"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def total(self) -> int:
        """From 3 to 15."""
        return self.urgency + self.tendency + self.impact
