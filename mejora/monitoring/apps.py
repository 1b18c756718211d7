from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "mejora.monitoring"
    label = "monitoring"
    verbose_name = "monitoreo"

    def ready(self) -> None:
        """Tell the plan who sends the two stages whose content lives here."""
        from mejora.monitoring import rules
        from mejora.monitoring.operations import stages
        from mejora.plans.enums import StageKind
        from mejora.plans.sending import SENDERS, Sender

        SENDERS[StageKind.IMPLEMENTATION] = Sender(
            rules.missing_in_implementation, stages.send_implementation
        )
        SENDERS[StageKind.EVALUATION] = Sender(rules.missing_in_evaluation, stages.send_evaluation)
