from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "mejora.frameworks"
    label = "frameworks"
    verbose_name = "marcos"

    def ready(self) -> None:
        """Sentences take the words of a country from its framework."""
        from mejora.core import speech as core_speech
        from mejora.frameworks import speech

        core_speech.provide(speech.pairs)
