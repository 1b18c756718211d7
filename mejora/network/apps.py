from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "mejora.network"
    label = "network"
    verbose_name = "red"
