from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "mejora.territory"
    label = "territory"
    verbose_name = "territorio"

    def ready(self) -> None:
        """Tell the imports which files bring figures, and which of them name pupils."""
        from mejora.network.access import Deed
        from mejora.network.enums import BatchKind, PlaceKind
        from mejora.network.importers.kinds import KINDS, Kind, tables
        from mejora.network.importers.parts import Parts
        from mejora.network.importers.templates import TEMPLATES
        from mejora.network.reports import ways as imports
        from mejora.territory.importers import attendance, capacity, figures, months

        of_months = Parts(months.prepare, months.undo, ("escuela", "escuelas"))
        of_schools = Parts(capacity.prepare, capacity.undo, ("escuela", "escuelas"))
        KINDS[BatchKind.ATTENDANCE] = Kind(
            attendance.read,
            of_months,
            Deed.WRITE_FIGURES,
            ("mes de una escuela", "meses de escuelas"),
            attendance.WANTED,
            place=PlaceKind.OWNER,
            names_people=True,
        )
        KINDS[BatchKind.FIGURES] = Kind(
            tables(figures.Reader, figures.WANTED),
            of_months,
            Deed.WRITE_FIGURES,
            ("mes de una escuela", "meses de escuelas"),
            figures.WANTED,
            place=PlaceKind.OWNER,
        )
        KINDS[BatchKind.CAPACITY] = Kind(
            tables(capacity.Reader, capacity.WANTED),
            of_schools,
            Deed.WRITE_FIGURES,
            ("establecimiento", "establecimientos"),
            capacity.WANTED,
            place=PlaceKind.OWNER,
        )
        for kind in (BatchKind.ATTENDANCE, BatchKind.FIGURES, BatchKind.CAPACITY):
            imports.RESULTS[kind] = ("territory:figures", "las cifras")
        TEMPLATES[BatchKind.FIGURES] = figures.TEMPLATE
        TEMPLATES[BatchKind.CAPACITY] = capacity.TEMPLATE
