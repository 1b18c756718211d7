"""May this person do this to a support plan now? Each answer carries the reason that the page
shows. Who supports whom is the table of `network.access`; the rest is criterio de Mejora."""

from __future__ import annotations

from mejora.core import clock
from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed, Reach, covers
from mejora.network.models import Owner, School
from mejora.support.enums import (
    ActionStatus,
    CommitmentStatus,
    SessionStatus,
    SupportStatus,
)
from mejora.support.models import Commitment, Session, SupportAction, SupportPlan

NOT_YOURS = "El plan de apoyo lo escriben el Servicio y quien está a cargo, mientras dura."
_GONE = frozenset({ActionStatus.REPLACED, ActionStatus.ELIMINATED})


def is_running(plan: SupportPlan) -> bool:
    return plan.status == SupportStatus.RUNNING and plan.ends_on >= clock.today()


def can_start(actor: Actor, owner: Owner) -> Decision:
    """A support plan is begun from the place that gives the support."""
    if owner.pk in starting_places(actor):
        return ALLOWED
    return refused("Los planes de apoyo los crean quienes trabajan en el Servicio o sostenedor.")


def starting_places(actor: Actor) -> list[int]:
    """The owners for whose schools the person may begin a support plan."""
    members = (m for m, _ in actor.with_reach(Deed.WRITE_SUPPORT))
    return sorted({m.owner_id for m in members if m.owner_id})


def can_write(actor: Actor, plan: SupportPlan) -> Decision:
    """Whoever works where the support comes from; an adviser while it runs, and one who stands
    elsewhere (an ATE at a school) only the plan that is in its charge."""
    if plan.removed_at:
        return refused("El plan de apoyo está en la papelera.")
    if plan.status == SupportStatus.CLOSED:
        return refused("El plan de apoyo está cerrado. Lo reabre la jefatura o el sostenedor.")
    for membership, reach in actor.with_reach(Deed.WRITE_SUPPORT):
        at_home = membership.owner_id == plan.owner_id
        in_charge = plan.lead is not None and plan.lead.user_id == actor.user.pk
        if reach is Reach.ALWAYS and at_home:
            return ALLOWED
        if reach is Reach.RUNNING and is_running(plan) and (at_home or in_charge):
            return ALLOWED
    return refused(NOT_YOURS)


def can_lead(actor: Actor, owner: Owner) -> Decision:
    """Close and open again its plans, keep its own catalogue."""
    if any(m.owner_id == owner.pk for m, _ in actor.with_reach(Deed.LEAD_SUPPORT)):
        return ALLOWED
    return refused("Le corresponde a la jefatura de apoyo o al sostenedor.")


def can_hold(actor: Actor, session: Session) -> Decision:
    """Minutes are written from the day of the session on."""
    if not (may := can_write(actor, session.plan)):
        return may
    if session.status == SessionStatus.CANCELLED:
        return refused("La sesión está suspendida: póngale antes una nueva fecha.")
    if session.on > clock.today():
        return refused("El acta se escribe desde el día de la sesión.")
    return ALLOWED


def can_change_agenda(actor: Actor, session: Session) -> Decision:
    if not (may := can_write(actor, session.plan)):
        return may
    if session.status == SessionStatus.HELD:
        return refused("La sesión ya se realizó: corrija el acta.")
    return ALLOWED


def can_adjust(actor: Actor, action: SupportAction) -> Decision:
    """Force majeure touches what is still to be done."""
    if not (may := can_write(actor, action.objective.plan)):
        return may
    if action.status in _GONE or action.status == ActionStatus.DONE:
        return refused(f"La acción ya está {action.get_status_display().lower()}.")
    return ALLOWED


def can_promise(actor: Actor, school: School, session: Session | None) -> Decision:
    """In a session, whoever writes its plan; elsewhere, whoever supports the school."""
    if session is not None:
        return can_write(actor, session.plan)
    if _supports(actor, school):
        return ALLOWED
    return refused("Los compromisos los anotan quienes apoyan a la escuela.")


def can_answer(actor: Actor, commitment: Commitment) -> Decision:
    """The school that promised, and whoever asks in the next session."""
    if commitment.removed_at:
        return refused("El compromiso está en la papelera.")
    if actor.may(Deed.ANSWER_SUPPORT, commitment.school):
        return ALLOWED
    if commitment.session is not None:
        return can_write(actor, commitment.session.plan)
    if _supports(actor, commitment.school):
        return ALLOWED
    return refused("Responden la dirección de la escuela y quienes la apoyan.")


def can_reopen(actor: Actor, commitment: Commitment) -> Decision:
    """An answer given by mistake is taken back by whoever may answer."""
    if commitment.status == CommitmentStatus.OPEN:
        return refused("El compromiso está pendiente.")
    return can_answer(actor, commitment)


def _supports(actor: Actor, school: School) -> bool:
    return any(covers(m, school) for m, _ in actor.with_reach(Deed.WRITE_SUPPORT))
