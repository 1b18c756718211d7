"""What an alert is about and where it stands, in the words that people read."""

from django.db import models


class AlertRule(models.TextChoices):
    ATTENDANCE = "attendance", "Asistencia bajo la franja dos meses seguidos"


class Step(models.TextChoices):
    """What somebody did about an alert."""

    ACTION = "action", "Acción del PME"
    COMMITMENT = "commitment", "Compromiso"
    SESSION = "session", "Sesión de apoyo"
    OTHER = "other", "Otra gestión"


class WorkKind(models.TextChoices):
    """What sort of work; the seed names the first, the rest is criterio de Mejora."""

    CONSERVATION = "conservation", "Conservación"
    EXPANSION = "expansion", "Ampliación o reposición"
    EQUIPMENT = "equipment", "Equipamiento"
    UPKEEP = "upkeep", "Mantención"
    OTHER = "other", "Otra"


class WorkState(models.TextChoices):
    """How far a work is; criterio de Mejora."""

    DRAFT = "draft", "En preparación"
    TENDER = "tender", "En licitación"
    RUNNING = "running", "En ejecución"
    STOPPED = "stopped", "Detenida"
    DONE = "done", "Terminada"


class FigureKind(models.TextChoices):
    """A figure of the Service that its report may show beside an action."""

    ATTENDANCE = "attendance", "Asistencia del año, y su mes más alto y más bajo"
    OCCUPANCY = "occupancy", "Ocupación: matrícula sobre cupos, por comuna"
    ENROLMENT = "enrolment", "Matrícula: máximo del año y último mes"
    DROPOUT = "dropout", "Retiros y tasa de deserción, por comuna"
    LEVELS = "levels", "Acciones de los PME por nivel de implementación"
    SUPPORT = "support", "Planes de apoyo y sesiones realizadas"
    WORKS = "works", "Obras e inversiones: cuántas, planificado y gastado"
