from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mejora.core"
    label = "core"
