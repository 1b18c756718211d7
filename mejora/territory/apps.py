from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "mejora.territory"
    label = "territory"
    verbose_name = "territorio"
