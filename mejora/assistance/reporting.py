"""What a cycle reports: the consolidated report, its deliveries, the irregularities, its records.

These models stand apart from `models.py`, which imports this module so that Django finds them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mejora.assistance.enums import Target
from mejora.assistance.models import CycleRow, CycleRowQuerySet
from mejora.network.models import School
from mejora.people.models import User
from mejora.plans.models import Removable


class Report(CycleRow):
    """The consolidated report of activity 9: written, then issued. What it says when it is issued
    stays in `content`, sealed by its sum."""

    results = models.TextField("resultados del acompañamiento")
    analysis = models.TextField("análisis")
    proposals = models.TextField("propuestas de mejora", blank=True)
    issued_at = models.DateTimeField("emitido", null=True, blank=True)
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    content = models.JSONField("contenido", null=True, blank=True)
    sha256 = models.CharField("huella", max_length=64, blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle"], name="report_one_per_cycle"),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True, issued_by__isnull=True, sha256="")
                | Q(Q(issued_at__isnull=False, issued_by__isnull=False), ~Q(sha256="")),
                name="report_issue_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return "Informe consolidado"


class Delivery(CycleRow):
    """That the results were handed to a subprocess or to the ministry, and when."""

    target = models.CharField("a quién", max_length=6, choices=Target)
    on = models.DateField("fecha")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.CharField("por qué medio", max_length=200, blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        ordering = ["target"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "target"], name="delivery_once_per_target")
        ]

    def __str__(self) -> str:
        return self.get_target_display()


class Irregularity(CycleRow, Removable):
    """A school of the report F01.03.F02: it was helped, still does not meet the norms on its PMI,
    and goes on so."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="irregularities")
    norm = models.TextField("norma u orientación que no cumple")
    evidence = models.TextField("evidencia de que es sistemática")
    proposal = models.TextField("qué se propone a Inspección y Vigilancia", blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["school__name", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.UniqueConstraint(
                fields=["cycle", "school"],
                name="irregularity_once_per_school",
                violation_error_message="Ese EE ya está en el reporte.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.school)


class Filing(CycleRow):
    """The report F01.03.F02 of the year, filed once; `content` is what it said."""

    at = models.DateTimeField("presentado")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField("recibido por Inspección y Vigilancia", null=True, blank=True)
    content = models.JSONField("contenido")
    sha256 = models.CharField("huella", max_length=64)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cycle"],
                name="filing_once_per_year",
                violation_error_message="El reporte de este año ya se presentó.",
            )
        ]

    def __str__(self) -> str:
        return "F01.03.F02 Reporte de indicios de irregularidades"


class RecordPolicy(CycleRow):
    """What a Secretaría decided about one of the records of section 6 of D02.03, which leaves the
    time of conservation to the administrator of SIGCE."""

    code = models.CharField("registro", max_length=20)
    responsible = models.CharField("responsable", max_length=120)
    place = models.CharField("dónde se conserva", max_length=160)
    retention = models.CharField("tiempo de conservación", max_length=160)
    afterwards = models.CharField("qué se hace después", max_length=160)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "code"], name="policy_once_per_record")
        ]

    def __str__(self) -> str:
        return self.code
