"""What an instrument is, how it asks, and who answers it."""

from django.db import models


class InstrumentKind(models.TextChoices):
    GUIDE = "guide", "Preguntas orientadoras"
    RUBRIC = "rubric", "Rúbrica"
    RATING = "rating", "Escala de apreciación"


class QuestionKind(models.TextChoices):
    YES_PARTLY_NO = "yes_partly_no", "sí, parcialmente o no"
    LEVEL = "level", "un nivel con su descripción"
    RATING = "rating", "un punto de una escala"
    TEXT = "text", "texto"


class Side(models.TextChoices):
    """From where an answer comes: two sides may judge the same thing, each on its own."""

    SUPPORT = "support", "Quien acompaña"
    SCHOOL = "school", "La escuela"


class ParticipationEntity(models.TextChoices):
    RESPONSE = "response", "Respuesta"
    ADVICE = "advice", "Sugerencia"
