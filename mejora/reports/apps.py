from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "mejora.reports"
    label = "reports"
    verbose_name = "informes"
