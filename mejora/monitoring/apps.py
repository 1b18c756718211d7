from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "mejora.monitoring"
    label = "monitoring"
    verbose_name = "monitoreo"

    def ready(self) -> None:
        """Tell the plan who sends the two stages whose content lives here, and which files come."""
        from mejora.monitoring import due, rules  # noqa: F401 - due counts beside "Monitoreo"
        from mejora.monitoring.operations import stages
        from mejora.plans.enums import StageKind
        from mejora.plans.sending import SENDERS, Sender

        SENDERS[StageKind.IMPLEMENTATION] = Sender(
            rules.missing_in_implementation, stages.send_implementation
        )
        SENDERS[StageKind.EVALUATION] = Sender(rules.missing_in_evaluation, stages.send_evaluation)
        _register_files()


def _register_files() -> None:
    """Tell the imports which files bring years with their levels."""
    from mejora.monitoring.importers import (
        package,
        pme,
        pme_columns,
        pme_landing,
        pme_undoing,
    )
    from mejora.network.access import Deed
    from mejora.network.enums import BatchKind, PlaceKind
    from mejora.network.importers.kinds import KINDS, Kind, tables
    from mejora.network.importers.parts import Parts

    KINDS[BatchKind.PME] = Kind(
        read=tables(pme.Reader, pme_columns.WANTED),
        land=Parts(pme_landing.prepare, pme_undoing.undo, ("escuela", "escuelas")),
        deed=Deed.IMPORT_PLANS,
        noun=("acción", "acciones"),
        wanted=pme_columns.WANTED,
        place=PlaceKind.OWNER,
    )
    package.register()
