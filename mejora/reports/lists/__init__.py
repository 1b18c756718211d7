"""Every list as a file: by name, with the same filters and the same permissions as its page."""

from __future__ import annotations

from collections.abc import Mapping

from mejora.reports.lists import actions, figures, monitoring, network, plan, territory, works
from mejora.reports.lists.base import Listing

LISTS: Mapping[str, Listing] = {
    "escuelas": Listing(network.schools),
    "sostenedores": Listing(network.owners),
    "personas": Listing(network.members),
    "cargas": Listing(network.imports),
    "revision": Listing(network.issues),
    "asistencia": Listing(figures.months),
    "tablero": Listing(territory.schools_of_board),
    "aprobaciones": Listing(territory.waiting),
    "establecimientos": Listing(territory.schools_behind),
    "acciones": Listing(actions.of_place),
    "obras": Listing(works.register),
    "acciones-del-plan": Listing(plan.actions, of_year=True),
    "hitos": Listing(plan.milestones, of_year=True),
    "recursos": Listing(plan.funding, of_year=True),
    "indicadores": Listing(plan.indicators, of_year=True),
    "planes-normativos": Listing(plan.normative, of_year=True),
    "historial": Listing(plan.changes, of_year=True),
    "versiones": Listing(plan.stages, of_year=True),
    "monitoreo": Listing(monitoring.period, of_year=True),
    "evidencias": Listing(monitoring.evidence, of_year=True),
}
