"""Kinds, stages and states of the support that a school receives.

The five stages and the three strategies: DEP, Modelo de Apoyo y Acompañamiento Técnico-Pedagógico,
«Etapas de Ejecución y Evaluación», and so the four effects of force majeure on an action. The
states of plans, sessions, actions and commitments are words of Mejora.
"""

from django.db import models


class SupportKind(models.TextChoices):
    DEP = "dep", "Apoyo técnico-pedagógico"
    ATE = "ate", "Asesoría técnica educativa (ATE)"
    AT = "at", "Asistencia técnica"


class Approach(models.TextChoices):
    """By which way support is given."""

    DIRECT = "direct", "Directa"
    COLLABORATIVE = "collaborative", "Colaborativa"
    NETWORK = "network", "Trabajo en red"


class SupportStage(models.TextChoices):
    INVOLVEMENT = "involvement", "Involucramiento"
    DIAGNOSIS = "diagnosis", "Diagnóstico"
    PLANNING = "planning", "Planificación"
    EXECUTION = "execution", "Ejecución"
    EVALUATION = "evaluation", "Evaluación"


class SupportStatus(models.TextChoices):
    RUNNING = "running", "En curso"
    CLOSED = "closed", "Cerrado"


class Coverage(models.TextChoices):
    """How a school is served (Colombia, procedure D02.03)."""

    INTEGRAL = "integral", "Integral"
    PUNTUAL = "puntual", "Puntual"


class OwnTermKind(models.TextChoices):
    EJE = "eje", "Eje de trabajo"
    CAUSE = "cause", "Razón de fuerza mayor"


class ActionStatus(models.TextChoices):
    TO_DO = "todo", "Por hacer"
    DONE = "done", "Hecha"
    REPLACED = "replaced", "Reemplazada"
    ELIMINATED = "eliminated", "Eliminada"


class Effect(models.TextChoices):
    """What force majeure did to an action."""

    POSTPONED = "postponed", "Se posterga"
    MODIFIED = "modified", "Se modifica"
    REPLACED = "replaced", "Se reemplaza"
    ELIMINATED = "eliminated", "Se elimina"


class SessionStatus(models.TextChoices):
    PLANNED = "planned", "Agendada"
    HELD = "held", "Realizada"
    CANCELLED = "cancelled", "Suspendida"


class CommitmentStatus(models.TextChoices):
    OPEN = "open", "Pendiente"
    KEPT = "kept", "Cumplido"
    PARTLY = "partly", "En parte"
    NOT = "not", "No cumplido"


class DeliverableStatus(models.TextChoices):
    PENDING = "pending", "Por entregar"
    DELIVERED = "delivered", "Entregado"
    ACCEPTED = "accepted", "Aceptado"
    RETURNED = "returned", "Devuelto"


class SupportEntity(models.TextChoices):
    """What a SupportChange is about."""

    PLAN = "plan", "Plan de apoyo"
    OBJECTIVE = "objective", "Objetivo de apoyo"
    INDICATOR = "indicator", "Indicador de apoyo"
    READING = "reading", "Medición"
    ACTION = "action", "Acción de apoyo"
    ADJUSTMENT = "adjustment", "Fuerza mayor"
    SESSION = "session", "Sesión"
    COMMITMENT = "commitment", "Compromiso"
    OWN_TERM = "own_term", "Catálogo del Servicio"
    DELIVERABLE = "deliverable", "Producto"
    DELIVERABLE_FILE = "deliverable_file", "Archivo del producto"
    APPLICATION = "application", "Instrumento aplicado"
    FEEDBACK = "feedback", "Informe de retroalimentación"
