"""Who may let whom in, end and restore; asked of the rules as a table and of the operations."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.utils import timezone

from mejora.core.decisions import Refused
from mejora.network import access, memberships
from mejora.network import memberships_operations as operations
from mejora.network.enums import PlaceKind, Role
from mejora.network.invitations import Invitation, MembershipEvent, token_hash
from mejora.network.models import ROLE_PLACES, Membership, Region, SupervisionOffice
from mejora.people.models import User
from tests.factories import MembershipFactory, OwnerFactory, SchoolFactory, UserFactory
from tests.factories.network import chile

pytestmark = pytest.mark.django_db

ACCOUNT = {"name": "Ana Rojas", "position": "", "phone": "", "password": "una frase larga 7"}
TEAM = {Role.PLANNER, Role.RESPONSIBLE, Role.ADVISER}
OF_OWNERS = {Role.OWNER, Role.ADVISER, Role.DISTRICT_LEAD}  # Chile has no others
# Who may give which roles at the own school, its owner, its office, its region, its country.
EXPECTED = {
    (Role.DIRECTOR, PlaceKind.SCHOOL): {"school": TEAM},
    (Role.OWNER, PlaceKind.OWNER): {
        "school": TEAM | {Role.DIRECTOR},
        "owner": OF_OWNERS,
    },
    (Role.DISTRICT_LEAD, PlaceKind.OWNER): {"school": {Role.ADVISER}, "owner": {Role.ADVISER}},
    (Role.QUALITY_LEAD, PlaceKind.OWNER): {
        "school": TEAM - {Role.ADVISER} | {Role.DIRECTOR},
    },
    (Role.ADMINISTRATOR, PlaceKind.COUNTRY): {
        "school": TEAM | {Role.DIRECTOR},
        "owner": OF_OWNERS,
        "office": {Role.SUPERVISOR, Role.ADVISER},
        "region": {Role.SUPERVISOR, Role.ANALYST},
        "country": {Role.ANALYST, Role.ADMINISTRATOR},
    },
}
ROLE_AT = [(role, kind) for role, kinds in ROLE_PLACES.items() for kind in kinds]


def places(school):
    return {
        "school": school,
        "owner": school.owner,
        "office": school.office,
        "region": school.commune.region,
        "country": school.country,
    }


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def director(actor, school):
    return actor(Role.DIRECTOR, school)


@pytest.fixture
def owner(actor, school):
    return actor(Role.OWNER, school.owner)


def link_of(sent):
    return re.search(r"/invitacion/([^/]+)/", sent.link).group(1)


# Rules -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "kind"), ROLE_AT)
def test_each_role_gives_these_roles_at_these_places(actor, school, role, kind):
    someone = actor(role, places(school)[kind.value])
    expected = EXPECTED.get((role, kind), {})

    for name, place in places(school).items():
        given = set(memberships.invitable_roles(someone, place))

        assert given == expected.get(name, set()), name
        for other in Role:
            assert bool(memberships.can_invite(someone, other, place)) is (other in given)


@pytest.mark.parametrize(("role", "kind"), [k for k in EXPECTED if k[1] != PlaceKind.COUNTRY])
def test_nobody_invites_to_a_place_that_is_not_theirs(actor, school, role, kind):
    someone = actor(role, places(school)[kind.value])

    for place in (SchoolFactory(), OwnerFactory()):
        assert memberships.invitable_roles(someone, place) == []
        assert not memberships.can_see_members(someone, place)


def test_a_region_does_not_lie_within_another(actor):
    supervisor = actor(Role.SUPERVISOR, Region.objects.get(country__code="CL", code="15"))
    office = SupervisionOffice.objects.exclude(region__code="15").first()

    assert not any(memberships.covers(m, office) for m in supervisor.memberships)


def test_colleagues_see_each_other_and_strangers_do_not(actor, school):
    teacher, foreigner = actor(Role.RESPONSIBLE, school), actor(Role.RESPONSIBLE, SchoolFactory())

    assert memberships.can_see_members(teacher, school)
    assert "quienes trabajan en él" in memberships.can_see_members(foreigner, school).reason


def test_nobody_ends_their_own_participation(director, school, owner):
    own = director.memberships[0]

    assert "otra persona" in memberships.can_end(director, own).reason
    assert memberships.can_end(owner, own)


def test_a_director_does_not_end_another_director(director, school):
    other = MembershipFactory(role=Role.DIRECTOR, place=school)

    assert not memberships.can_end(director, other)


# The life of an invitation ---------------------------------------------------------------------


def test_an_invitation_is_mailed_and_its_link_is_not_stored(
    director, school, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        sent = operations.invite(" Ana@Escuela.CL ", Role.PLANNER, school, by=director)

    letter = mail.outbox[0]
    assert letter.to == ["ana@escuela.cl"]
    assert sent.link in letter.body
    assert sent.link.startswith("http://127.0.0.1:8000/invitacion/")
    assert school.name in letter.subject
    stored = Invitation.objects.filter(pk=sent.invitation.pk).values().get()
    assert link_of(sent) not in str(stored)
    assert stored["token_hash"] == token_hash(link_of(sent))
    assert sent.invitation.expires_at - sent.invitation.at == dt.timedelta(days=14)


def test_accepting_makes_the_account_and_the_membership(director, school):
    sent = operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)

    user = operations.accept_as_new(sent.invitation, **ACCOUNT)

    assert user.check_password(ACCOUNT["password"])
    membership = Membership.objects.get(user=user)
    assert (membership.role, membership.school) == (Role.PLANNER, school)
    assert membership.invited_by == director.user
    assert access.actor_for(user).memberships == (membership,)
    sent.invitation.refresh_from_db()
    assert sent.invitation.membership == membership
    assert [e.what for e in membership.events.all()] == [MembershipEvent.What.ACCEPTED]


def test_a_used_link_opens_no_more(director, school):
    sent = operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)
    user = operations.accept_as_new(sent.invitation, **ACCOUNT)

    with pytest.raises(Refused, match="ya se usó"):
        operations.accept_as_new(sent.invitation, **ACCOUNT)
    with pytest.raises(Refused, match="ya se usó"):
        operations.accept(sent.invitation, as_user=user)

    assert Membership.objects.filter(user=user).count() == 1


def test_an_expired_link_opens_no_more(director, school):
    sent = operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)
    long_ago = timezone.now() - dt.timedelta(days=15)
    Invitation.objects.update(at=long_ago, expires_at=long_ago + dt.timedelta(days=14))

    with pytest.raises(Refused, match="venció"):
        operations.accept_as_new(sent.invitation, **ACCOUNT)

    assert not User.objects.filter(email="ana@escuela.cl").exists()


def test_a_link_withdrawn_opens_no_more(director, school):
    sent = operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)
    operations.revoke(sent.invitation, by=director)

    with pytest.raises(Refused, match="retirada"):
        operations.accept_as_new(sent.invitation, **ACCOUNT)
    with pytest.raises(Refused, match="ya fue retirada"):
        operations.send_again(sent.invitation, by=director)


def test_a_link_of_somebody_who_left_opens_no_more(director, owner, school):
    sent = operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)
    operations.end(director.memberships[0], by=owner)

    with pytest.raises(Refused, match="ya no puede invitar"):
        operations.accept_as_new(sent.invitation, **ACCOUNT)


def test_the_installation_itself_invites_without_a_person(school):
    sent = operations.invite("ana@escuela.cl", Role.DIRECTOR, school, by=None)

    assert operations.accept_as_new(sent.invitation, **ACCOUNT).memberships.get().role == "director"


def test_another_account_does_not_accept(director, school):
    sent = operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)
    other = UserFactory(email="otra@escuela.cl")

    with pytest.raises(Refused, match=r"es para ana@escuela\.cl"):
        operations.accept(sent.invitation, as_user=other)

    assert not other.memberships.exists()


@pytest.mark.parametrize("closed", [{"is_active": False}, {"is_sample": True}])
def test_a_closed_or_sample_account_does_not_accept(director, school, closed):
    known = UserFactory(email="ana@escuela.cl", **closed)
    sent = operations.invite(known.email, Role.PLANNER, school, by=director)

    with pytest.raises(Refused, match="cerrada"):
        operations.accept(sent.invitation, as_user=known)


def test_a_known_person_only_gains_the_place(director, school):
    known = UserFactory(email="ana@escuela.cl")
    sent = operations.invite("ANA@escuela.cl", Role.PLANNER, school, by=director)
    password = known.password

    membership = operations.accept(sent.invitation, as_user=known)

    known.refresh_from_db()
    assert membership.user == known
    assert known.password == password
    assert User.objects.filter(email="ana@escuela.cl").count() == 1


def test_who_already_participates_is_not_invited_again(director, school):
    there = MembershipFactory(role=Role.PLANNER, place=school)

    with pytest.raises(Refused, match="ya participa aquí"):
        operations.invite(there.user.email, Role.PLANNER, school, by=director)


def test_inviting_again_replaces_the_open_link(director, school):
    first = operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)
    second = operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)

    with pytest.raises(Refused, match="reemplazada"):
        operations.accept_as_new(first.invitation, **ACCOUNT)
    assert operations.accept_as_new(second.invitation, **ACCOUNT)


def test_sending_again_changes_the_link(director, school):
    first = operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)
    second = operations.send_again(first.invitation, by=director)

    assert first.link != second.link
    assert not Invitation.objects.filter(token_hash=token_hash(link_of(first))).exists()
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OWNER, Role.ADMINISTRATOR])
def test_nobody_gives_what_is_not_theirs_to_give(director, school, role):
    with pytest.raises(Refused):
        operations.invite("ana@escuela.cl", role, school, by=director)

    assert not Invitation.objects.exists()


# Ending and undoing ----------------------------------------------------------------------------


def test_an_end_holds_at_once_and_can_be_undone(director, school):
    there = MembershipFactory(role=Role.PLANNER, place=school)

    operations.end(there, by=director)
    assert access.actor_for(there.user).memberships == ()
    there.refresh_from_db()
    assert there.ended_by == director.user

    operations.restore(there, by=director)
    assert access.actor_for(there.user).memberships == (there,)
    assert [e.what for e in there.events.all()] == ["restored", "ended"]


def test_a_last_day_that_was_agreed_counts_whole(school, today):
    MembershipFactory(role=Role.PLANNER, place=school, to_on=today)

    assert Membership.objects.in_force(today).count() == 1
    assert not Membership.objects.in_force(today + dt.timedelta(days=1)).exists()
    assert not Membership.objects.over(today).exists()
    assert Membership.objects.over(today + dt.timedelta(days=1)).count() == 1


def test_what_is_over_is_not_ended_again(director, school):
    there = MembershipFactory(role=Role.PLANNER, place=school)
    operations.end(there, by=director)

    with pytest.raises(Refused, match="ya terminó"):
        operations.end(there, by=director)


def test_an_end_is_not_undone_for_who_came_back(director, school):
    there = MembershipFactory(role=Role.PLANNER, place=school)
    operations.end(there, by=director)
    sent = operations.invite(there.user.email, Role.PLANNER, school, by=director)
    operations.accept(sent.invitation, as_user=there.user)

    with pytest.raises(Refused, match="ya volvió"):
        operations.restore(there, by=director)


def test_an_end_that_nobody_decided_is_not_undone(director, school):
    gone = MembershipFactory(role=Role.PLANNER, place=school, to_on=dt.date(2025, 12, 31))

    with pytest.raises(Refused, match="no fue terminada"):
        operations.restore(gone, by=director)


def test_every_kind_of_place_is_found_by_the_code_in_its_address(school):
    for place in (*places(school).values(), chile()):
        word, code = memberships.address_of(place)

        assert memberships.find_place(memberships.KIND_WORDS[word], code) == place


def test_places_are_found_only_where_one_may_invite(owner, school, actor):
    foreign = SchoolFactory(name="Escuela Ñandú")
    school.__class__.objects.filter(pk=school.pk).update(search_text="escuela del nandu 90001")

    assert memberships.search_places(owner, "ÑANDÚ") == [school]
    assert memberships.search_places(owner, "  ") == []
    administrator = actor(Role.ADMINISTRATOR, chile())
    assert set(memberships.search_places(administrator, "ñandu")) == {school, foreign}
    assert Region.objects.get(country=chile(), code="13") in memberships.search_places(
        administrator, "metropolitana"
    )
