"""What only Colombia's schools have: sedes, SABER results, and the Secretaría of a municipality."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mejora.network.batches import ImportBatch
from mejora.network.models import Commune, Owner, School


class Jurisdiction(models.Model):
    """The certified entity (ETC) that administers the schools of a municipality, as the MEN's
    statistics of 2022 give it."""

    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="jurisdiction")
    commune = models.OneToOneField(Commune, on_delete=models.PROTECT, related_name="jurisdiction")

    def __str__(self) -> str:
        return f"{self.owner} · {self.commune}"


class Site(models.Model):
    """Sede: one of the places where an establishment teaches, with a DANE code of its own."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="sites")
    code = models.CharField("código DANE de la sede", max_length=12, blank=True)
    name = models.CharField("nombre", max_length=160)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    is_main = models.BooleanField("sede principal", default=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["school", "-is_main", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="site_code_unique"
            ),
            models.UniqueConstraint(
                fields=["school"], condition=Q(is_main=True), name="site_one_main"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SaberCategory(models.TextChoices):
    """COLE_CATEGORIA of the SABER 11 classification, best first."""

    A_PLUS = "A+", "A+"
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"


class SaberResult(models.Model):
    """What the ICFES said of a school in a period: its category and the index behind it.

    `period` is the file's own: 20211 is the first of 2021. `grade` 26 is the cycle of adults.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="saber_results")
    period = models.PositiveIntegerField("período")
    year = models.PositiveSmallIntegerField("año")
    grade = models.PositiveSmallIntegerField("grado")
    category = models.CharField("categoría", max_length=2, choices=SaberCategory)
    index = models.DecimalField("índice total", max_digits=5, decimal_places=4, null=True)
    enrolled = models.PositiveIntegerField("matriculados, últimos tres años", null=True)
    evaluated = models.PositiveIntegerField("evaluados, últimos tres años", null=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["school", "-period", "grade"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "period", "grade"], name="saber_result_unique"
            )
        ]

    def __str__(self) -> str:
        return f"SABER {self.grade} {self.period}: {self.category}"
