from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "mejora.plans"
    label = "plans"
    verbose_name = "planes"

    def ready(self) -> None:
        """Tell the header which years a school's plan has, and imports which files bring plans."""
        from mejora.network import navigation
        from mejora.network.access import Deed
        from mejora.network.enums import CHILE, COLOMBIA, BatchKind, PlaceKind
        from mejora.network.importers.kinds import KINDS, Kind
        from mejora.plans import years
        from mejora.plans.importers import report, undo, workbook, workbook_landing

        navigation.YEARS.append(years.of_school)
        KINDS[BatchKind.WORKBOOK] = Kind(
            workbook.read,
            workbook_landing.land,
            Deed.WRITE_PLAN,
            ("fila", "filas"),
            place=PlaceKind.SCHOOL,
            undo=undo.undo,
            countries=(CHILE, COLOMBIA),
        )
        KINDS[BatchKind.SCHOOL_REPORT] = Kind(
            report.read,
            workbook_landing.land,
            Deed.WRITE_PLAN,
            ("fila", "filas"),
            report.WANTED,
            place=PlaceKind.SCHOOL,
            undo=undo.undo,
        )
