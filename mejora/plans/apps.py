from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "mejora.plans"
    label = "plans"
    verbose_name = "planes"
