from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "mejora.monitoring"
    label = "monitoring"
    verbose_name = "monitoreo"
