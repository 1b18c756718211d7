"""What the yearly files say of a school beyond its directory, and the registry of advisers.

Each row knows the file that said it, so that a page can show its source and an import be undone.
"""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from mejora.core.folding import fold
from mejora.core.identifiers import parse_rut, rut_label
from mejora.network.batches import ImportBatch
from mejora.network.enums import Category, SchoolLevel
from mejora.network.models import School

# ENS_1 to ENS_8 of the official enrolment summary, source: its codebook.
LEVELS = (
    "Educación parvularia",
    "Básica de niños y niñas",
    "Básica de adultos",
    "Especial",
    "Media humanístico-científica",
    "Media humanístico-científica de adultos",
    "Media técnico-profesional y artística",
    "Media técnico-profesional y artística de adultos",
)


class Enrolment(models.Model):
    """Pupils of a school in a year, by level and sex: a row of the official summary.

    NULL is unknown. The total stands in `SchoolYear.enrolment` too, which lists and sums read.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="enrolments")
    year = models.PositiveSmallIntegerField("año")
    total = models.PositiveIntegerField("total")
    men = models.PositiveIntegerField("hombres", null=True)
    women = models.PositiveIntegerField("mujeres", null=True)
    level_1 = models.PositiveIntegerField(LEVELS[0], null=True)
    level_2 = models.PositiveIntegerField(LEVELS[1], null=True)
    level_3 = models.PositiveIntegerField(LEVELS[2], null=True)
    level_4 = models.PositiveIntegerField(LEVELS[3], null=True)
    level_5 = models.PositiveIntegerField(LEVELS[4], null=True)
    level_6 = models.PositiveIntegerField(LEVELS[5], null=True)
    level_7 = models.PositiveIntegerField(LEVELS[6], null=True)
    level_8 = models.PositiveIntegerField(LEVELS[7], null=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["school", "year"], name="enrolment_school_year_unique")
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.year}: {self.total}"

    @property
    def levels(self) -> list[tuple[str, int]]:
        """The levels that the school had that year, with their pupils."""
        counts = (getattr(self, f"level_{number}") for number in range(1, len(LEVELS) + 1))
        return [(label, count) for label, count in zip(LEVELS, counts, strict=True) if count]


class Performance(models.Model):
    """The category that the Agencia de Calidad gave a school in a year, for one of its levels."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="performances")
    year = models.PositiveSmallIntegerField("año")
    level = models.CharField("nivel", max_length=9, choices=SchoolLevel)
    category = models.CharField("categoría", max_length=10, choices=Category)
    # The file writes "MEDIO-BAJO (NUEVO)"; what it means is the Agencia's to say.
    is_new = models.BooleanField("(nuevo)", default=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "year", "level"], name="performance_school_year_level_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.year}: {self.get_category_display()}"


class AteServiceQuerySet(models.QuerySet["AteService"]):
    def in_force(self, on: dt.date) -> AteServiceQuerySet:
        """From its first day to its last, both included; without a day, open on that side."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
        lasts = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        return self.filter(begun & lasts)

    def search(self, text: str) -> AteServiceQuerySet:
        """Every word of `text` in the name, the service or the RUT."""
        if rut := parse_rut(text.strip()):
            return self.filter(rut=rut)
        found = self
        for word in fold(text).split():
            found = found.filter(search_text__contains=word)
        return found


class AteService(models.Model):
    """A service of technical advice in the public registry (ATE).

    The service has to be registered and in force, not only who gives it: a row is a service.
    """

    rut = models.CharField("RUT", max_length=12)
    name = models.CharField("nombre", max_length=160)
    service = models.CharField("servicio", max_length=200)
    service_folded = models.CharField(max_length=200, editable=False)
    search_text = models.TextField("texto de búsqueda", editable=False)
    valid_from = models.DateField("vigente desde", null=True)
    valid_to = models.DateField("vigente hasta", null=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")

    objects = AteServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "service", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rut", "service_folded"], name="ate_service_unique"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="ate_service_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.service}"

    @property
    def rut_label(self) -> str:
        return rut_label(self.rut)
