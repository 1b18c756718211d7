"""National frameworks as data: an edition, its areas and its terms, each with its source.

A framework is a file in `frameworks/data/`; these rows are what it said when it was loaded. Codes
never change once a plan uses them; labels are dated: a new official word is a new row.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Certainty(models.TextChoices):
    """How sure a catalogue item is, from `docs/` of the framework's file."""

    SEEN = "seen", "confirmado en la fuente"
    SECOND_HAND = "second_hand", "no confirmado: transcrito por terceros"
    INFERRED = "inferred", "no confirmado: deducido"
    OWN = "own", "criterio de Mejora"


class TermKind(models.TextChoices):
    LEVEL = "level", "Nivel de implementación"
    JUSTIFICATION = "justification", "Justificación del nivel"
    FUNDING = "funding", "Fuente de financiamiento"
    NORMATIVE_PLAN = "normative_plan", "Plan por normativa"
    STAGE = "stage", "Etapa"
    STATE = "state", "Estado de una etapa"
    SCALE = "scale", "Escala de valoración"
    WORD = "word", "Palabra del marco"


class Edition(models.Model):
    """One edition of a country's framework, bound for ever to the plans that use it."""

    country_code = models.CharField("país", max_length=2)
    code = models.SlugField("código", max_length=40)
    name = models.CharField("nombre", max_length=200)
    valid_from = models.DateField("vigente desde")
    source = models.CharField("fuente", max_length=500)
    certainty = models.CharField("certeza", max_length=12, choices=Certainty)
    has_strategies = models.BooleanField("con estrategias", default=True)
    has_critical_factors = models.BooleanField("con factores críticos", default=False)
    # How long a plan lasts; where the school chooses, `cycle_years_max` is the most it may.
    cycle_years = models.PositiveSmallIntegerField("años del ciclo", default=4)
    cycle_years_max = models.PositiveSmallIntegerField("años del ciclo, a lo más", null=True)
    year_starts = models.CharField("inicio del año escolar (MM-DD)", max_length=5, default="03-01")
    year_ends = models.CharField("fin del año escolar (MM-DD)", max_length=5, default="12-31")
    sha256 = models.CharField("huella del archivo", max_length=64)

    class Meta:
        ordering = ["country_code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["country_code", "code"], name="edition_code_unique")
        ]

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """Dimensión, subdimensión or estándar (Chile); área, proceso or componente (Colombia)."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="areas")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    depth = models.PositiveSmallIntegerField("nivel")
    code = models.CharField("código", max_length=20)
    order = models.PositiveSmallIntegerField("orden")
    for_actions = models.BooleanField("admite acciones", default=True)
    source = models.CharField("fuente", max_length=500)
    certainty = models.CharField("certeza", max_length=12, choices=Certainty)

    class Meta:
        ordering = ["edition", "order"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="area_code_unique"),
            models.CheckConstraint(condition=Q(depth__range=(1, 3)), name="area_depth_1_to_3"),
            models.CheckConstraint(
                condition=Q(depth=1, parent__isnull=True) | Q(depth__gt=1, parent__isnull=False),
                name="area_parent_fits_depth",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Term(models.Model):
    """A coded word of the edition: a level, a funding source, a justification ..."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="terms")
    kind = models.CharField("tipo", max_length=20, choices=TermKind)
    code = models.CharField("código", max_length=40)
    order = models.PositiveSmallIntegerField("orden")
    min = models.PositiveSmallIntegerField("desde", null=True, blank=True, help_text="%")
    max = models.PositiveSmallIntegerField("hasta", null=True, blank=True, help_text="%")
    column = models.CharField("columna en datos abiertos", max_length=40, blank=True)
    note = models.CharField("nota", max_length=500, blank=True)
    source = models.CharField("fuente", max_length=500)
    certainty = models.CharField("certeza", max_length=12, choices=Certainty)

    class Meta:
        ordering = ["edition", "kind", "order"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "kind", "code"], name="term_code_unique"),
            models.CheckConstraint(
                condition=Q(min__isnull=True, max__isnull=True)
                | Q(min__isnull=False, max__isnull=False, min__lte=F("max"), max__lte=100),
                name="term_range_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Label(models.Model):
    """The words for an area or a term from a year on."""

    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="labels"
    )
    term = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="labels"
    )
    from_year = models.PositiveSmallIntegerField("desde el año")
    text = models.TextField("texto")
    plural = models.CharField("plural", max_length=80, blank=True)
    source = models.CharField("fuente", max_length=500, blank=True)
    certainty = models.CharField("certeza", max_length=12, choices=Certainty)

    class Meta:
        ordering = ["from_year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(area__isnull=True, term__isnull=False)
                | Q(area__isnull=False, term__isnull=True),
                name="label_of_one_thing",
            ),
            models.UniqueConstraint(fields=["area", "from_year"], name="label_area_year_unique"),
            models.UniqueConstraint(fields=["term", "from_year"], name="label_term_year_unique"),
        ]

    def __str__(self) -> str:
        return self.text
