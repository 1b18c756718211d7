"""Stages, states and kinds of a plan, with the official words where a source shows them.

Stages and the states up to SENT: MINEDUC's progress report of 28-07-2025. RETURNED and APPROVED
are words of Mejora: the official ones are not confirmed.
"""

from django.db import models

from mejora.core.choices import SpokenChoices
from mejora.core.speech import say


class StageKind(SpokenChoices):
    STRATEGIC = "strategic", "Fase Estratégica"
    PLANNING = "planning", "Planificación Anual"
    IMPLEMENTATION = "implementation", "Implementación"
    EVALUATION = "evaluation", "Evaluación"


class StageStatus(SpokenChoices):
    NOT_STARTED = "not_started", "No iniciado"
    PARTIAL = "partial", "Registro parcial"
    SENT = "sent", "Enviado al sostenedor"
    RETURNED = "returned", "Devuelto"
    APPROVED = "approved", "Aprobado"

    @property
    def of_stage(self) -> str:
        """The state where it is said of a stage ("la etapa, aprobada"). The labels are the words
        of the official report, said of the plan."""
        return say(_OF_STAGE[self])


_OF_STAGE = {
    StageStatus.NOT_STARTED: "No iniciada",
    StageStatus.PARTIAL: "Registro parcial",
    StageStatus.SENT: "Enviada al sostenedor",
    StageStatus.RETURNED: "Devuelta",
    StageStatus.APPROVED: "Aprobada",
}


class Direction(models.TextChoices):
    UP = "up", "subir"
    DOWN = "down", "bajar"


class Entity(SpokenChoices):
    """What a Change is about."""

    PLAN = "plan", "Plan"
    PLAN_YEAR = "plan_year", "Año del plan"
    SEAL = "seal", "Sello"
    OBJECTIVE = "objective", "Objetivo estratégico"
    GOAL = "goal", "Meta estratégica"
    STRATEGY = "strategy", "Estrategia"
    INDICATOR = "indicator", "Indicador"
    READING = "reading", "Medición"
    ACTION = "action", "Acción"
    MILESTONE_DONE = "milestone_done", "Hito cumplido"
    MONITORING_PLAN = "monitoring_plan", "Plan de monitoreo"
    REPORT = "report", "Informe de avance"
    EVIDENCE = "evidence", "Evidencia"
    SELF_ASSESSMENT = "self_assessment", "Autoevaluación"
    JUDGEMENT = "judgement", "Valoración"
    CRITICAL_FACTOR = "critical_factor", "Factor crítico"
