"""Who may let whom into a place: the rules of invitations and memberships. Criterio de Mejora."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Case, QuerySet, When
from django.http import Http404

from mejora.core import clock, here
from mejora.core.decisions import ALLOWED, Decision, Refused, refused
from mejora.core.folding import fold
from mejora.network import access
from mejora.network.access import Actor, Deed
from mejora.network.enums import CHILE, COLOMBIA, PlaceKind, Role
from mejora.network.invitations import Invitation
from mejora.network.models import (
    ROLE_PLACES,
    Country,
    Membership,
    MembershipQuerySet,
    Owner,
    Region,
    School,
    SupervisionOffice,
    country_id_of,
)

Place = School | Owner | SupervisionOffice | Region | Country
KINDS: Mapping[type[Place], PlaceKind] = {
    School: PlaceKind.SCHOOL,
    Owner: PlaceKind.OWNER,
    SupervisionOffice: PlaceKind.OFFICE,
    Region: PlaceKind.REGION,
    Country: PlaceKind.COUNTRY,
}

# Which roles each may give, within the places of its membership: nobody gives more than they
# have, and a school's director is named by its sostenedor.
INVITABLE: Mapping[Role, frozenset[Role]] = {
    Role.DIRECTOR: frozenset({Role.PLANNER, Role.RESPONSIBLE, Role.ADVISER}),
    Role.OWNER: frozenset(
        {
            *(Role.DIRECTOR, Role.PLANNER, Role.RESPONSIBLE, Role.ADVISER, Role.OWNER),
            *(Role.DISTRICT_LEAD, Role.QUALITY_LEAD, Role.PROFESSIONAL, Role.OPERATIVE),
        }
    ),
    Role.DISTRICT_LEAD: frozenset({Role.ADVISER}),
    Role.QUALITY_LEAD: frozenset(
        {Role.DIRECTOR, Role.PLANNER, Role.RESPONSIBLE, Role.PROFESSIONAL, Role.OPERATIVE}
    ),
    Role.ADMINISTRATOR: frozenset(Role),
}


# The roles that only some countries have; the others are everywhere.
COUNTRIES: Mapping[Role, tuple[str, ...]] = {
    Role.DISTRICT_LEAD: (CHILE,),
    Role.SUPERVISOR: (CHILE,),
    Role.OWNER: (CHILE,),  # in Colombia whoever decides for the Secretaría is its quality leader
    Role.QUALITY_LEAD: (COLOMBIA,),
    Role.PROFESSIONAL: (COLOMBIA,),
    Role.OPERATIVE: (COLOMBIA,),
}


def kind_of(place: Place) -> PlaceKind:
    return KINDS[type(place)]


def covers(membership: Membership, place: Place) -> bool:
    """Whether the place is the membership's own or within it."""
    match place:
        case School():
            return access.covers(membership, place)
        case Owner():
            return place.pk == membership.owner_id or place.country_id == membership.country_id
        case SupervisionOffice():
            return place.pk == membership.office_id or covers(membership, place.region)
        case Region():
            return place.pk == membership.region_id or place.country_id == membership.country_id
        case Country():
            return place.pk == membership.country_id


def invitable_roles(actor: Actor, place: Place) -> list[Role]:
    """The roles that the person may give at a place, in the order of `Role`."""
    kind = kind_of(place)
    given: set[Role] = set()
    for membership, _ in actor.with_reach(Deed.INVITE):
        if covers(membership, place):
            given |= INVITABLE.get(Role(membership.role), frozenset())
    codes = {m.within.pk: m.within.code for m in actor.memberships}
    theirs = codes.get(country_id_of(place), "")
    return [
        role
        for role in Role
        if role in given and kind in ROLE_PLACES[role] and theirs in COUNTRIES.get(role, (theirs,))
    ]


def can_see_members(actor: Actor, place: Place) -> Decision:
    """Those who work at a place see who else does; so do those who may invite there."""
    kind = kind_of(place)
    at_home = any(
        m.place_kind is kind and getattr(m, f"{kind.value}_id") == place.pk
        for m in actor.memberships
    )
    if at_home or invitable_roles(actor, place):
        return ALLOWED
    return refused("Solo ven a las personas de un lugar quienes trabajan en él o invitan en él.")


def is_visible(actor: Actor, place: Place) -> bool:
    """Whether the person may know that the place exists: schools within reach, all the rest of
    their own country."""
    if not isinstance(place, School):
        return country_id_of(place) in actor.countries
    return School.objects.visible_to(actor).filter(pk=place.pk).exists()


def can_invite(actor: Actor, role: Role | str, place: Place) -> Decision:
    roles = invitable_roles(actor, place)
    if not roles:
        return refused("Usted no puede invitar personas a este lugar.")
    if role not in roles:
        words = ", ".join(r.label for r in roles)
        return refused(f"En este lugar usted puede invitar como: {words}.")
    return ALLOWED


def can_change_invitation(actor: Actor, invitation: Invitation) -> Decision:
    """Send again or withdraw: whoever could have sent it, while nobody has answered."""
    if invitation.accepted_at:
        return refused("La invitación ya fue aceptada.")
    if invitation.revoked_at:
        return refused("La invitación ya fue retirada.")
    return can_invite(actor, invitation.role, invitation.place)


def can_end(actor: Actor, membership: Membership) -> Decision:
    """Whoever could give the role may end it, but nobody their own: a place is not left without
    its last person by mistake."""
    if membership.to_on is not None and membership.to_on <= clock.today():
        return refused("Esta participación ya terminó.")
    if membership.user_id == actor.user.pk:
        return refused("Su propia participación la termina otra persona que pueda invitar aquí.")
    if not (decision := can_invite(actor, membership.role, membership.place)):
        return refused(decision.reason.replace("invitar", "terminar la participación de"))
    return ALLOWED


def can_restore(actor: Actor, membership: Membership) -> Decision:
    """Undo an end that somebody decided; an end that was agreed from the start needs a new
    invitation."""
    if membership.ended_by_id is None:
        return refused("Esta participación no fue terminada por una persona.")
    return can_invite(actor, membership.role, membership.place)


def members_at(place: Place) -> MembershipQuerySet:
    """The memberships of a place itself, past ones included, in order of role and name."""
    ranks = [When(role=role, then=rank) for rank, role in enumerate(Role)]
    found = Membership.objects.filter(**{kind_of(place).value: place}).with_places()
    return found.select_related("ended_by").order_by(Case(*ranks), "user__name", "pk")


def invitations_at(place: Place) -> QuerySet[Invitation]:
    """The invitations to a place that nobody has answered, expired ones included."""
    return Invitation.objects.open().filter(**{kind_of(place).value: place}).with_places()


# The kinds of place as they stand in addresses.
KIND_WORDS: Mapping[str, PlaceKind] = {
    "escuela": PlaceKind.SCHOOL,
    "sostenedor": PlaceKind.OWNER,
    "departamento": PlaceKind.OFFICE,
    "region": PlaceKind.REGION,
    "pais": PlaceKind.COUNTRY,
}


def find_place(kind: PlaceKind, code: str) -> Place | None:
    """A place by its official code; an owner by its key, such as `slep:1201`."""
    match kind:
        case PlaceKind.SCHOOL:
            return School.objects.select_related("commune", "country").filter(code=code).first()
        case PlaceKind.OWNER:
            return Owner.objects.select_related("country").filter(key=code).first()
        case PlaceKind.OFFICE:
            offices = SupervisionOffice.objects.select_related("region__country")
            return offices.filter(code=code).order_by("pk").first()
        case PlaceKind.REGION:
            # Both countries number theirs from 01: the reader's own is meant.
            regions = Region.objects.select_related("country").filter(code=code)
            return regions.filter(country__code=here.now().country).first()
        case PlaceKind.COUNTRY:
            return Country.objects.filter(code=code.upper()).first()


def address_of(place: Place) -> tuple[str, str]:
    """The two pieces by which an address names a place: `("sostenedor", "slep:1201")`."""
    kind = kind_of(place)
    word = next(w for w, k in KIND_WORDS.items() if k is kind)
    return word, place.key if isinstance(place, Owner) else place.code


def search_places(actor: Actor, text: str, *, limit: int = 10) -> list[Place]:
    """Places by name or code where the person may invite, for the page of people."""
    if not fold(text):
        return []
    schools = School.objects.visible_to(actor, Deed.INVITE).search(text)
    found: list[Place] = [*schools.select_related("commune").order_by("name", "pk")[:limit]]
    countries = [m.country_id for m, _ in actor.with_reach(Deed.INVITE) if m.country_id]
    if countries:
        owners = Owner.objects.filter(country__in=countries, name_folded__contains=fold(text))
        found += owners[:limit]
        regions = Region.objects.filter(country__in=countries)
        found += [r for r in regions if fold(text) in fold(r.name)]
        offices = SupervisionOffice.objects.filter(region__country__in=countries)
        found += [o for o in offices.select_related("region") if fold(text) in fold(o.name)]
    return found


def named_place(actor: Actor, kind: str, code: str) -> Place:
    """The place that an address names, or the current one. Raises `Http404` where there is none
    such that the person sees, `Refused` for whoever takes part in none."""
    if not kind:
        if actor.current is None:
            raise Refused("Hoy usted no participa en ningún lugar. Pida una invitación.")
        return actor.current.place
    if kind not in KIND_WORDS:
        raise Http404
    found = find_place(KIND_WORDS[kind], code)
    if found is None or not is_visible(actor, found):
        raise Http404
    return found


def people_at(place: School | Owner, roles: Iterable[Role]) -> list[int]:
    """The keys of those who have one of these roles there today. One query."""
    kind = kind_of(place)
    found = Membership.objects.in_force(clock.today()).filter(
        role__in=list(roles), **{kind.value: place.pk}
    )
    return list(found.order_by("user").values_list("user", flat=True).distinct())
