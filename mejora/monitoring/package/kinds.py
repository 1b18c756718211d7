"""What belongs to a school's record: one line per table, those that others name first.

Every column of a table goes along but those left out here, each for a reason; a column that
somebody adds later goes along by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db import models

from mejora.files.models import StoredFile
from mejora.monitoring.models import EvidenceUse, MonitoringPlan, Period, ProgressReport
from mejora.network.facts import Enrolment, Performance
from mejora.network.models import (
    Commune,
    Owner,
    School,
    SchoolCode,
    SchoolYear,
    SupervisionOffice,
)
from mejora.plans.models import (
    Action,
    Change,
    EvidenceRequirement,
    Funding,
    Goal,
    Indicator,
    Milestone,
    Objective,
    Plan,
    PlanYear,
    Reading,
    Seal,
    Stage,
    StageEvent,
    Strategy,
    Version,
)

Field = models.Field[Any, Any]
Row = dict[str, Any]


class Scope(Enum):
    """Of what a row is a part, and so whether it goes along when not all years do."""

    SCHOOL = "school"
    PLAN = "plan"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` stands in the file; `paths` lead from a row to its school, plan or year; `key` names
    a row everywhere. What is `known` an installation may know better by itself: it is made where
    it is missing and never changed."""

    name: str
    model: type[models.Model]
    title: str
    paths: tuple[tuple[Scope, str], ...]
    key: tuple[str, ...] = ("uid",)
    known: bool = False
    left_out: frozenset[str] = field(default_factory=frozenset)

    def fields(self) -> Iterator[Field]:
        """The columns that go along, in the order of the model."""
        for each in self.model._meta.concrete_fields:
            if not (each.primary_key or each.name in self.left_out or each.name in EVERYWHERE):
                yield each

    def links(self) -> Iterator[models.ManyToManyField[Any, Any]]:
        for each in self.model._meta.many_to_many:
            if each.name not in self.left_out:
                yield each


# The school is the record's own; `batch` columns say only whether a file brought the row.
EVERYWHERE = frozenset({"school"})
_SCHOOL = ((Scope.SCHOOL, "school"),)
_PLAN = ((Scope.PLAN, "plan"),)
_YEAR = ((Scope.YEAR, "plan_year"),)
_ACTION = ((Scope.YEAR, "action__plan_year"),)


def _kind(*words: Any, **more: Any) -> Kind:
    if "left_out" in more:
        more["left_out"] = frozenset(more["left_out"])
    return Kind(*words, **more)


KINDS: tuple[Kind, ...] = (
    _kind("comunas", Commune, "Comunas que nombra el expediente", (), key=("code",), known=True),
    _kind(
        "deprov",
        SupervisionOffice,
        "Departamentos provinciales que nombra el expediente",
        (),
        key=("region", "code"),
        known=True,
    ),
    _kind(
        "sostenedores",
        Owner,
        "Sostenedores que nombra el expediente",
        (),
        key=("country", "key"),
        known=True,
    ),
    _kind(
        "escuela",
        School,
        "El establecimiento, como está en su último año",
        ((Scope.SCHOOL, "pk"),),
        key=("code",),
        known=True,
        left_out={"uid"},  # every installation has its own; the RBD says which school it is
    ),
    _kind("codigos", SchoolCode, "Sus códigos", _SCHOOL, key=("scheme", "code"), known=True),
    _kind(
        "anios", SchoolYear, "El establecimiento en cada año", _SCHOOL, key=("year",), known=True
    ),
    _kind("matricula", Enrolment, "Matrícula por nivel", _SCHOOL, key=("year",), known=True),
    _kind(
        "desempeno",
        Performance,
        "Categoría de desempeño",
        _SCHOOL,
        key=("year", "level"),
        known=True,
    ),
    _kind("planes", Plan, "Planes (PME)", ((Scope.PLAN, "pk"),)),
    _kind("anios_pme", PlanYear, "Años de los planes", ((Scope.YEAR, "pk"),)),
    _kind("etapas", Stage, "Etapas de cada año", _YEAR, key=("plan_year", "kind")),
    _kind(
        "movimientos",
        StageEvent,
        "Movimientos de las etapas",
        ((Scope.YEAR, "stage__plan_year"),),
        key=("stage", "at", "transition"),
    ),
    _kind("versiones", Version, "Versiones guardadas", _YEAR, key=("plan_year", "number")),
    _kind("sellos", Seal, "Sellos", _PLAN),
    # Critical factors are of frameworks whose schools have no record to take along yet.
    _kind("objetivos", Objective, "Objetivos estratégicos", _PLAN, left_out={"factors"}),
    _kind("metas", Goal, "Metas estratégicas", ((Scope.PLAN, "objective__plan"),)),
    _kind("estrategias", Strategy, "Estrategias", _YEAR),
    _kind(
        "indicadores",
        Indicator,
        "Indicadores de seguimiento",
        ((Scope.YEAR, "strategy__plan_year"), (Scope.PLAN, "goal__objective__plan")),
    ),
    _kind(
        "mediciones",
        Reading,
        "Mediciones de los indicadores",
        (
            (Scope.YEAR, "indicator__strategy__plan_year"),
            (Scope.PLAN, "indicator__goal__objective__plan"),
        ),
    ),
    _kind("acciones", Action, "Acciones", _YEAR),
    _kind("financiamiento", Funding, "Financiamiento", _ACTION, key=("action", "source")),
    _kind("hitos", Milestone, "Hitos de progreso", _ACTION),
    _kind("medios", EvidenceRequirement, "Medios de verificación", _ACTION),
    _kind("monitoreo", MonitoringPlan, "Plan de monitoreo de cada año", _YEAR),
    _kind("periodos", Period, "Períodos del monitoreo", _YEAR, key=("plan_year", "starts_on")),
    _kind("informes", ProgressReport, "Informes de avance", _ACTION),
    _kind(
        "archivos",
        StoredFile,
        "Archivos de evidencia",
        ((Scope.YEAR, "uses__action__plan_year"),),
        left_out={"space"},  # the school's own, made anew
    ),
    _kind("evidencias", EvidenceUse, "Evidencias: qué prueba cada archivo", _ACTION),
    _kind(
        "cambios",
        Change,
        "Historial de cambios",
        ((Scope.PLAN, "plan"),),
        key=("entity", "entity_uid", "at"),
        left_out={"request_id"},  # of use only in the logs of one machine
    ),
)
BY_MODEL = {kind.model: kind for kind in KINDS}
BY_NAME = {kind.name: kind for kind in KINDS}
