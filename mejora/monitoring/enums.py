from django.db import models


class Frequency(models.TextChoices):
    """How often the actions are reported. Monthly is what MINEDUC suggests (webinar of 2025)."""

    WEEK = "week", "Semanal"
    MONTH = "month", "Mensual"
    QUARTER = "quarter", "Trimestral"
    HALF = "half", "Semestral"


class Resources(models.TextChoices):
    OK = "ok", "Sí"
    PARTLY = "partly", "En parte"
    NO = "no", "No"
