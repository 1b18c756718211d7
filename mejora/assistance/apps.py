from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "mejora.assistance"
    label = "assistance"
    verbose_name = "asistencia técnica"
