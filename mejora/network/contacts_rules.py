"""Who may note calls to a school, and take back what they noted."""

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed, covers
from mejora.network.contacts import Contact
from mejora.network.models import Membership, School

NOT_YOURS = "Las llamadas las anotan quienes sostienen, supervisan o asesoran a la escuela."


def place_for(actor: Actor, school: School) -> Membership | None:
    """The membership by which the person calls this school: the one chosen in the header where
    it reaches the school, else the first that does."""
    found = [m for m, _ in actor.with_reach(Deed.RECORD_CONTACT) if covers(m, school)]
    return next((m for m in found if m == actor.current), found[0] if found else None)


def can_record(actor: Actor, school: School) -> Decision:
    if place_for(actor, school) is None:
        return refused(NOT_YOURS)
    return ALLOWED


def can_remove(actor: Actor, contact: Contact) -> Decision:
    """Only one's own, as long as one still looks after the school."""
    if not (may := can_record(actor, contact.school)):
        return may
    if contact.membership.user_id != actor.user.pk:
        return refused("Esta llamada la anotó otra persona.")
    return ALLOWED
