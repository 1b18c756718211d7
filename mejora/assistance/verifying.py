"""What an assistance is verified against, what was found, and its deviations until they close.

These models stand apart from `models.py`, which imports this module so that Django finds them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mejora.assistance.enums import Branch, CaseState
from mejora.assistance.models import Assistance, CycleRow, CycleRowQuerySet
from mejora.people.models import User
from mejora.plans.models import Removable


class Requirement(CycleRow, Removable):
    """A line of N01.05.F01 Ficha técnica planificación producto/servicio. Its official columns
    are not known; these are Mejora's."""

    order = models.PositiveSmallIntegerField("orden", default=0)
    text = models.CharField("requisito", max_length=200)
    source = models.CharField("de dónde sale", max_length=120, blank=True)
    criterion = models.CharField("criterio de aceptación", max_length=200, blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class Verification(CycleRow):
    """One verification of an assistance by the leader; the newest one counts."""

    assistance = models.ForeignKey(
        Assistance, on_delete=models.PROTECT, related_name="verifications"
    )
    number = models.PositiveSmallIntegerField("verificación")
    on = models.DateField("fecha")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_fulfilled = models.BooleanField("se hizo como se programó")
    note = models.TextField("nota", blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["assistance", "number"], name="verification_number_unique"
            )
        ]

    def __str__(self) -> str:
        return f"Verificación {self.number}"


class Check(models.Model):
    """Whether the assistance conforms with one requirement, and what shows it."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="checks")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="checks")
    conforms = models.BooleanField("cumple")
    evidence = models.CharField("evidencia", max_length=200, blank=True)

    class Meta:
        ordering = ["requirement__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "requirement"], name="check_once_per_requirement"
            )
        ]

    def __str__(self) -> str:
        return str(self.requirement)


class Case(CycleRow):
    """A deviation on its branch: of a requirement (N01.04) or in the fulfilment (N01.02). It
    closes only by a later verification that conforms; one that does not sends it back to be
    treated anew."""

    assistance = models.ForeignKey(Assistance, on_delete=models.PROTECT, related_name="cases")
    branch = models.CharField("vía", max_length=6, choices=Branch)
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    opened_by = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="opened")
    closed_by = models.ForeignKey(
        Verification, on_delete=models.PROTECT, null=True, blank=True, related_name="closed"
    )
    state = models.CharField("estado", max_length=8, choices=CaseState, default=CaseState.OPEN)
    description = models.TextField("qué se desvió")
    cause = models.TextField("causa", blank=True)
    treatment = models.TextField("qué se hará", blank=True)
    responsible = models.CharField("responsable", max_length=120, blank=True)
    due_on = models.DateField("fecha", null=True, blank=True)
    done_on = models.DateField("ejecutado", null=True, blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(branch=Branch.REQUIREMENT, requirement__isnull=False)
                | Q(branch=Branch.FULFILMENT, requirement__isnull=True),
                name="case_branch_fits_what_deviated",
            ),
            models.CheckConstraint(
                condition=Q(state=CaseState.CLOSED, closed_by__isnull=False)
                | Q(~Q(state=CaseState.CLOSED), closed_by__isnull=True),
                name="case_closed_by_a_verification",
            ),
            models.UniqueConstraint(
                fields=["assistance", "requirement"],
                condition=~Q(state=CaseState.CLOSED),
                name="case_one_open_per_requirement",
            ),
            models.UniqueConstraint(
                fields=["assistance"],
                condition=Q(branch=Branch.FULFILMENT) & ~Q(state=CaseState.CLOSED),
                name="case_one_open_of_fulfilment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.assistance}"
