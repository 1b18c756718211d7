"""Who may see the territory's figures and who attends to its alerts."""

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed
from mejora.support import rules as support_rules
from mejora.territory.models import Alert


def can_see_figures(actor: Actor) -> Decision:
    """The page of many schools: for those whose place has many."""
    if any(m.school_id is None for m, _ in actor.with_reach(Deed.READ_FIGURES)):
        return ALLOWED
    return refused(
        "Las cifras de muchas escuelas las ven sostenedores, jefaturas, supervisión, asesoría y "
        "quienes analizan el territorio. Las de su escuela están en «Nuestra escuela»."
    )


def can_attend(actor: Actor, alert: Alert) -> Decision:
    """Say what was done: whoever writes the figures of the school, supports it, or its team."""
    if alert.closed_at is not None:
        return refused("La alerta está cerrada.")
    if any(actor.may(deed, alert.school) for deed in (Deed.WRITE_FIGURES, Deed.WRITE_PLAN)):
        return ALLOWED
    if support_rules.can_promise(actor, alert.school, None):
        return ALLOWED
    return refused(
        "Atienden la alerta la escuela, quien la sostiene, su jefatura y quienes la asesoran."
    )


def can_decide(actor: Actor, alert: Alert) -> Decision:
    """Let it wait or close it: whoever writes the figures of the school."""
    if not actor.may(Deed.WRITE_FIGURES, alert.school):
        return refused("Deciden sobre la alerta quien sostiene la escuela y su jefatura.")
    if alert.closed_at is not None:
        return refused("La alerta está cerrada.")
    return ALLOWED


def can_reopen(actor: Actor, alert: Alert) -> Decision:
    """Take the waiting or the closing back."""
    if not actor.may(Deed.WRITE_FIGURES, alert.school):
        return refused("Deciden sobre la alerta quien sostiene la escuela y su jefatura.")
    if alert.closed_at is None and alert.set_aside_until is None:
        return refused("La alerta ya está abierta.")
    return ALLOWED
