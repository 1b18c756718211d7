from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "mejora.frameworks"
    label = "frameworks"
    verbose_name = "marcos"
