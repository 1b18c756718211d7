from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "mejora.support"
    label = "support"
    verbose_name = "apoyo"
