"""Where a prepared file stands."""

from django.db import models


class ExportState(models.TextChoices):
    WAITING = "waiting", "En espera"
    RUNNING = "running", "En preparación"
    READY = "ready", "Listo"
    FAILED = "failed", "No se completó"
    CANCELLED = "cancelled", "Cancelado"
    EXPIRED = "expired", "Venció"
    DELETED = "deleted", "Eliminado"
