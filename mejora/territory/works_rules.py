"""Who may register works and investments, and at which schools."""

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed
from mejora.network.models import Owner, School
from mejora.territory.works import Work

NOT_YOURS = (
    "Las obras e inversiones las registran quienes sostienen la escuela y su jefatura de apoyo "
    "técnico-pedagógico."
)


def owner_for(actor: Actor, deed: Deed) -> Owner | None:
    """The owner at which the person may do `deed`: that of the place chosen in the header where it
    is one, else the first."""
    found = [m for m, _ in actor.with_reach(deed) if m.owner_id]
    chosen = next((m for m in found if m == actor.current), found[0] if found else None)
    return chosen.owner if chosen else None


def may_at(actor: Actor, deed: Deed, owner: Owner) -> bool:
    return any(m.owner_id == owner.pk for m, _ in actor.with_reach(deed))


def can_see(actor: Actor) -> Decision:
    if not actor.may_somewhere(Deed.SEE_WORKS):
        return refused("Las obras las ven quienes sostienen la escuela y la escuela misma.")
    return ALLOWED


def can_register(actor: Actor, owner: Owner) -> Decision:
    if not may_at(actor, Deed.WRITE_WORKS, owner):
        return refused(NOT_YOURS)
    return ALLOWED


def can_write(actor: Actor, work: Work) -> Decision:
    """Only whose register it is; a school that passed to another owner keeps what was built."""
    return can_register(actor, work.owner)


def is_of(school: School, owner: Owner) -> Decision:
    """A work stands at a school that is the owner's today."""
    if school.owner_id != owner.pk:
        return refused(f"{school.name} no es hoy una escuela de {owner}.")
    return ALLOWED
