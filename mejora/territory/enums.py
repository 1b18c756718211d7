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
