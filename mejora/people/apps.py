from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "mejora.people"
    label = "people"
    verbose_name = "personas"
