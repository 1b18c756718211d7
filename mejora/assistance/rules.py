"""Who may do what in a cycle now. Only reads; the reason is for people.

D02.03 gives each activity its actors: analysis, needs and strategy to the professional of
improvement, support and follow-up to the whole team, alignment (4), verification (8) and the
report of irregularities (10) to the leader alone.
"""

from __future__ import annotations

from mejora.assistance import guards
from mejora.assistance.enums import Activity, CaseState
from mejora.assistance.models import (
    Assistance,
    Cycle,
    CycleInput,
    CycleRow,
    Improvement,
    Inclusion,
    Need,
    PamAction,
    Task,
)
from mejora.assistance.reading import OVER, Whole
from mejora.assistance.reporting import (
    Irregularity,
    RecordPolicy,
    Report,
)
from mejora.assistance.verifying import (
    Case,
    Requirement,
)
from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed
from mejora.network.models import Owner, School

NOT_LEADER = "Solo la líder o el líder de calidad educativa puede hacerlo (D02.03)."
NOT_YOURS = "Lo hace el equipo de calidad educativa de la Secretaría."
IS_OVER = "El ciclo terminó: su reporte de irregularidades ya se presentó."
# Who writes which rows; the rest is written by operations with a rule of their own.
WRITES: dict[type[CycleRow], Deed] = {
    CycleInput: Deed.PREPARE_CYCLE,
    Need: Deed.PREPARE_CYCLE,
    Inclusion: Deed.PREPARE_CYCLE,
    PamAction: Deed.PREPARE_CYCLE,
    Assistance: Deed.PREPARE_CYCLE,
    Task: Deed.CARRY_CYCLE,
    Improvement: Deed.PREPARE_CYCLE,
    Requirement: Deed.PREPARE_CYCLE,
    Case: Deed.CARRY_CYCLE,
    Report: Deed.PREPARE_CYCLE,
    Irregularity: Deed.LEAD_CYCLE,
    RecordPolicy: Deed.LEAD_CYCLE,
}
# Whose deed closes which activity.
CLOSES: dict[int, Deed] = {
    Activity.ANALYSE: Deed.PREPARE_CYCLE,
    Activity.NEEDS: Deed.PREPARE_CYCLE,
    Activity.STRATEGY: Deed.PREPARE_CYCLE,
    Activity.RATING: Deed.LEAD_CYCLE,
    Activity.VERIFICATION: Deed.LEAD_CYCLE,
    Activity.REPORT: Deed.PREPARE_CYCLE,
}


def at_owner(actor: Actor, deed: Deed, owner: Owner) -> bool:
    return any(m.owner_id == owner.pk for m, _ in actor.with_reach(deed))


def can_do(actor: Actor, deed: Deed, cycle: Cycle) -> Decision:
    if at_owner(actor, deed, cycle.owner):
        return ALLOWED
    return refused(NOT_LEADER if deed == Deed.LEAD_CYCLE else NOT_YOURS)


def can_start(actor: Actor, owner: Owner) -> Decision:
    if not at_owner(actor, Deed.PREPARE_CYCLE, owner):
        return refused(NOT_YOURS)
    return ALLOWED


def can_write(actor: Actor, whole: Whole, kind: type[CycleRow]) -> Decision:
    """Write rows of a kind: while the cycle lasts, and the strategy until it is aligned; after
    that only the leader adds to it."""
    if whole.activity == OVER:
        return refused(IS_OVER)
    deed = WRITES[kind]
    aligned = Activity.ALIGNMENT in whole.closings
    if kind is Assistance and aligned and not at_owner(actor, Deed.LEAD_CYCLE, whole.cycle.owner):
        return refused(
            "La estrategia ya está alineada con el PAM: solo la líder o el líder de calidad "
            "educativa la cambia."
        )
    if kind is Report and whole.report and whole.report.issued_at:
        return refused("El informe ya se emitió.")
    return can_do(actor, deed, whole.cycle)


def can_close(actor: Actor, whole: Whole, activity: int) -> Decision:
    """The person's turn, the cycle's turn, and what the guard asks."""
    if activity not in CLOSES:
        return refused("Esta actividad no se cierra sola.")
    if not (may := can_do(actor, CLOSES[activity], whole.cycle)):
        return may
    if activity in whole.closings:
        return refused("Esta actividad ya se cerró.")
    if whole.activity != activity:
        return refused(f"El ciclo está en la actividad {whole.activity}.")
    return _nothing(guards.lacking(whole, activity))


def can_review_alignment(actor: Actor, whole: Whole) -> Decision:
    if not (may := can_do(actor, Deed.LEAD_CYCLE, whole.cycle)):
        return may
    if whole.activity != Activity.ALIGNMENT:
        return refused(f"El ciclo está en la actividad {whole.activity}.")
    improvement = getattr(whole.review, "improvement", None)
    if improvement and improvement.done_on is None:
        return refused("La acción de mejoramiento sigue abierta: ciérrela y revise de nuevo.")
    return ALLOWED


def can_follow_up(actor: Actor, whole: Whole) -> Decision:
    if not (may := can_do(actor, Deed.CARRY_CYCLE, whole.cycle)):
        return may
    if whole.activity not in (Activity.SUPPORT, Activity.FOLLOW_UP):
        return refused("El seguimiento se registra mientras se ejecutan las asistencias.")
    return ALLOWED


def can_carry(actor: Actor, whole: Whole, assistance: Assistance) -> Decision:
    """Start it, hold its sessions, end it."""
    if not (may := can_do(actor, Deed.CARRY_CYCLE, whole.cycle)):
        return may
    if Activity.ALIGNMENT not in whole.closings:
        return refused("La estrategia todavía no está alineada con el PAM (G4).")
    if assistance.is_over:
        return refused("Esta asistencia ya terminó.")
    return ALLOWED


def can_ask(actor: Actor, school: School, whole: Whole | None) -> Decision:
    if not actor.may(Deed.ASK_ASSISTANCE, school):
        return refused("La asistencia la pide el equipo directivo del establecimiento.")
    if whole is None or whole.activity == OVER:
        return refused("La Secretaría no tiene un ciclo de asistencia técnica abierto.")
    return ALLOWED


def can_rate(actor: Actor, school: School, whole: Whole, assistance: Assistance) -> Decision:
    """Until the deadline, its day included; afterwards no evaluation is taken."""
    if not actor.may(Deed.ASK_ASSISTANCE, school):
        return refused("La evalúa el equipo directivo del establecimiento.")
    if assistance.cycle_id != whole.cycle.pk:
        return refused("El plazo para evaluar ya terminó.")
    if not assistance.is_over or assistance not in whole.in_force:
        return refused("Se evalúa una asistencia que ya se ejecutó.")
    if not whole.ratings_open:
        return refused("El plazo para evaluar ya terminó.")
    return ALLOWED


def can_consolidate(actor: Actor, whole: Whole) -> Decision:
    if not (may := can_do(actor, Deed.CARRY_CYCLE, whole.cycle)):
        return may
    if whole.activity != Activity.RATING or whole.ratings:
        return refused("Se consolida una vez, en la actividad 7.")
    return _nothing(list(guards.consolidation(whole)))


def can_review_ratings(actor: Actor, whole: Whole) -> Decision:
    if not (may := can_do(actor, Deed.LEAD_CYCLE, whole.cycle)):
        return may
    if whole.ratings is None:
        return refused("Falta consolidar las evaluaciones.")
    if Activity.RATING in whole.closings:
        return refused("Esta actividad ya se cerró.")
    return ALLOWED


def can_verify(actor: Actor, whole: Whole, assistance: Assistance) -> Decision:
    """An assistance that ended, or whose period did; anew only once its deviations were treated."""
    if not (may := can_do(actor, Deed.LEAD_CYCLE, whole.cycle)):
        return may
    if Activity.VERIFICATION in whole.closings:
        return refused("La verificación ya se cerró.")
    if assistance not in whole.in_force or not (assistance.is_over or whole.period_is_over):
        return refused("Se verifica una asistencia que terminó, o cuyo período terminó.")
    untreated = Case.objects.filter(assistance=assistance).exclude(
        state__in=[CaseState.CLOSED, CaseState.EXECUTED]
    )
    if untreated.exists():
        return refused("Hay desviaciones por tratar: se verifica de nuevo cuando se ejecuten.")
    return ALLOWED


def can_issue(actor: Actor, whole: Whole) -> Decision:
    if not (may := can_write(actor, whole, Report)):
        return may
    if whole.activity != Activity.REPORT:
        return refused(f"El ciclo está en la actividad {whole.activity}.")
    return ALLOWED if whole.report else refused("Primero escriba el informe.")


def can_deliver(actor: Actor, whole: Whole) -> Decision:
    if not (may := can_do(actor, Deed.PREPARE_CYCLE, whole.cycle)):
        return may
    if whole.report is None or whole.report.issued_at is None:
        return refused("Primero emita el informe consolidado.")
    return ALLOWED


def can_report(actor: Actor, whole: Whole) -> Decision:
    """Add schools to the report of irregularities, and file it."""
    if not (may := can_do(actor, Deed.LEAD_CYCLE, whole.cycle)):
        return may
    if whole.filing:
        return refused("El reporte de este año ya se presentó: hay uno por Secretaría y año.")
    return ALLOWED


def can_file(actor: Actor, whole: Whole) -> Decision:
    if not (may := can_report(actor, whole)):
        return may
    if whole.activity != Activity.IRREGULARITIES:
        return refused("Antes hay que cerrar la actividad 9: informe emitido y entregado.")
    return ALLOWED


def _nothing(lacking: list[str]) -> Decision:
    return refused(" ".join(lacking)) if lacking else ALLOWED
