"""Who writes and issues a Service's report, and what it still lacks."""

from __future__ import annotations

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed
from mejora.network.models import Owner
from mejora.territory.service import MOST_ACTIONS, ServiceObjective, ServiceReport
from mejora.territory.works_rules import may_at

NOT_YOURS = "El informe de gestión lo escriben quienes dirigen el Servicio y su jefatura técnica."


def can_write(actor: Actor, owner: Owner) -> Decision:
    if not may_at(actor, Deed.WRITE_ACCOUNT, owner):
        return refused(NOT_YOURS)
    return ALLOWED


def can_issue(actor: Actor, report: ServiceReport) -> Decision:
    """Issuing is the owner's: it signs what the Service answers for. Criterio de Mejora."""
    if not may_at(actor, Deed.ISSUE_ACCOUNT, report.owner):
        return refused("El informe lo emite quien dirige el Servicio.")
    return ALLOWED


def can_add_action(objective: ServiceObjective, living: int) -> Decision:
    if living >= MOST_ACTIONS:
        return refused(
            f"Un objetivo lleva hasta {MOST_ACTIONS} acciones priorizadas. Quite una para agregar "
            "otra."
        )
    return ALLOWED


def missing_to_issue(objectives: list[ServiceObjective]) -> list[str]:
    """What the report yet lacks, in the order of the page; `objectives` come with their living
    actions."""
    if not objectives:
        return ["al menos un objetivo estratégico"]
    lacking = []
    for number, objective in enumerate(objectives, 1):
        actions = list(objective.actions.all())
        if not actions:
            lacking.append(f"al menos una acción en el objetivo {number}")
        if any(not action.text.strip() for action in actions):
            lacking.append(f"qué se hizo en cada acción del objetivo {number}")
        if not objective.justification.strip():
            lacking.append(f"la justificación del objetivo {number}")
    return lacking
