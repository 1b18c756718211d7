from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "mejora.participation"
    label = "participation"
    verbose_name = "pautas y respuestas"
