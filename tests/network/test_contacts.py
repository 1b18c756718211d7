"""Calls to a school: who notes them, who reads them, how they are taken back."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from mejora.core.decisions import Refused
from mejora.network import contacts_operations as operations
from mejora.network.contacts import Contact
from mejora.network.enums import Role
from mejora.network.models import SupervisionOffice
from tests.factories import MembershipFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return SchoolFactory(name="Escuela Los Maitenes", phone="45 2 555 120")


@pytest.fixture
def owner(actor, school):
    return actor(Role.OWNER, school.owner)


def call(school, by, **said):
    said = {"uid": uuid.uuid4(), "on": dt.date(2026, 9, 7), "spoke_with": "", "note": ""} | said
    return operations.record(school, by=by, **said)


def test_a_call_is_noted_from_the_place_of_whoever_called(school, owner):
    contact = call(school, owner, spoke_with="Elena Vidal", note="Envía el informe el viernes.")

    assert contact.membership == owner.memberships[0]
    assert list(Contact.objects.visible_to(owner).in_force()) == [contact]


def test_each_place_reads_its_own_calls(school, owner, actor):
    office = SupervisionOffice.objects.get(pk=school.office_id)
    supervisor, adviser = actor(Role.SUPERVISOR, office), actor(Role.ADVISER, school.owner)
    contact = call(school, owner)

    assert list(Contact.objects.visible_to(adviser)) == [contact]
    assert not Contact.objects.visible_to(supervisor).exists()
    assert not Contact.objects.visible_to(actor(Role.DIRECTOR, school)).exists()


def test_calls_to_a_school_that_left_the_place_are_not_read_there_any_more(school, owner):
    call(school, owner)
    school.owner = SchoolFactory().owner
    school.save()

    assert not Contact.objects.visible_to(owner).exists()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.PLANNER, Role.RESPONSIBLE])
def test_the_school_itself_notes_no_calls(school, role, actor):
    with pytest.raises(Refused, match="sostienen, supervisan o asesoran"):
        call(school, actor(role, school))


def test_nobody_notes_calls_to_a_foreign_school(school, owner):
    with pytest.raises(Refused):
        call(SchoolFactory(), owner)


def test_a_form_sent_twice_is_one_call(school, owner):
    same = uuid.uuid4()

    assert call(school, owner, uid=same) == call(school, owner, uid=same)
    assert Contact.objects.count() == 1


def test_the_number_of_another_persons_form_is_refused(school, owner, actor):
    same = uuid.uuid4()
    call(school, owner, uid=same)

    with pytest.raises(Refused, match="ya estaba anotada"):
        call(school, actor(Role.OWNER, school.owner), uid=same)


def test_only_who_noted_it_takes_it_back_and_the_trace_stays(school, owner, actor):
    contact = call(school, owner)
    with pytest.raises(Refused, match="otra persona"):
        operations.remove(contact, by=actor(Role.ADVISER, school.owner))

    operations.remove(contact, by=owner)

    contact.refresh_from_db()
    assert contact.removed_by == owner.user
    assert not Contact.objects.in_force().exists()
    assert operations.restore(contact, by=owner).removed_at is None


def test_a_removal_is_whole(school, owner):
    contact = call(school, owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(removed_by=owner.user)


def test_the_page_notes_a_call_and_offers_to_undo_it(school, owner, signed_in, today):
    client = signed_in(owner)
    MembershipFactory(role=Role.DIRECTOR, place=school, user__name="Elena Vidal")
    url = reverse("network:contacts", args=[school.code])
    page = client.get(url)
    assert "Elena Vidal" in page.text
    assert 'href="tel:45 2 555 120"' in page.text
    sent = {"uid": page.context["form"]["uid"].initial, "on": "07-09-2026", "note": "Al día."}

    answer = client.post(url, sent, follow=True)

    contact = Contact.objects.get()
    assert contact.on == dt.date(2026, 9, 7)
    assert reverse("network:contact_remove", args=[contact.uid]) in answer.text
    assert "Al día." in client.get(url).text
    client.post(reverse("network:contact_remove", args=[contact.uid]))
    assert "Al día." not in client.get(url).text


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("09-09-2026", "no puede ser posterior a hoy"),
        ("01-01-2025", "igual o posterior al 07-09-2025"),
        ("", "Escriba la fecha de la llamada."),
    ],
)
def test_a_day_that_cannot_be_is_told(school, owner, signed_in, today, on, said):
    url = reverse("network:contacts", args=[school.code])

    answer = signed_in(owner).post(url, {"uid": str(uuid.uuid4()), "on": on, "note": "Esto queda"})

    assert said in answer.text
    assert "Esto queda" in answer.text
    assert not Contact.objects.exists()
