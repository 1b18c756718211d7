"""Who answers an instrument, who sees whose answers, who writes, sends and receives a feedback
report. That neither side of a rubric sees the other's before both are in is the source's «por
separado»; the rest is criterio de Mejora."""

from __future__ import annotations

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed, covers
from mejora.network.models import School
from mejora.participation.enums import Side
from mejora.support import rules
from mejora.support.enums import SupportStatus
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import SupportPlan

# What the source says that a report considers; each must say something before it is sent.
ASPECTS = {
    "achievements": "cumplimiento de logros",
    "participation": "participación de la comunidad",
    "emerging": "situaciones emergentes",
}
_OF_SIDE = {Side.SUPPORT: Deed.WRITE_SUPPORT, Side.SCHOOL: Deed.ANSWER_SUPPORT}


def stands_on(actor: Actor, side: Side, school: School) -> bool:
    """Whether the person speaks for this side at this school."""
    return any(covers(m, school) for m, _ in actor.with_reach(_OF_SIDE[side]))


def can_fill(actor: Actor, application: Application, side: Side) -> Decision:
    """Each side its own, until it is handed in and while the plan runs."""
    if application.is_in(side):
        return refused("Ya se entregó y no se puede cambiar.")
    if side == Side.SUPPORT:
        return rules.can_write(actor, application.plan)
    if not stands_on(actor, side, application.school):
        return refused("La responde el equipo de la escuela.")
    if application.plan.removed_at or application.plan.status == SupportStatus.CLOSED:
        return refused("El plan de apoyo está cerrado.")
    return ALLOWED


def sees(actor: Actor, application: Application, side: Side) -> bool:
    """One's own side always; the other's once every side is in."""
    return application.is_whole or stands_on(actor, side, application.school)


def can_draft(actor: Actor, plan: SupportPlan) -> Decision:
    return rules.can_write(actor, plan)


def can_edit(actor: Actor, report: FeedbackReport) -> Decision:
    if report.sent_at:
        return refused("El informe ya se envió: lo que dice queda como está.")
    return rules.can_write(actor, report.plan)


def can_receive(actor: Actor, report: FeedbackReport) -> Decision:
    """The source sends it to the school's leadership: the director reads and answers."""
    if not report.sent_at:
        return refused("El informe todavía no se ha enviado.")
    if not actor.may(Deed.RECEIVE_FEEDBACK, report.school):
        return refused("Lo recibe y responde la dirección de la escuela.")
    return ALLOWED


def can_answer(actor: Actor, report: FeedbackReport) -> Decision:
    if report.answered_at:
        return refused("La escuela ya respondió este informe.")
    return can_receive(actor, report)


def missing_to_send(report: FeedbackReport) -> list[str]:
    """The aspects that the source names, as far as they say nothing yet."""
    return [text for name, text in ASPECTS.items() if not getattr(report, name).strip()]
