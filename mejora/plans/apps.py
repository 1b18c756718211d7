from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "mejora.plans"
    label = "plans"
    verbose_name = "planes"

    def ready(self) -> None:
        """Tell the header which years a school's plan has."""
        from mejora.network import navigation
        from mejora.plans import years

        navigation.YEARS.append(years.of_school)
