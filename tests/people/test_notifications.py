"""Avisos: told once, counted beside the bell, read by opening, nobody else's."""

import pytest

from mejora.people import operations
from mejora.people.models import Notification, User
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make.UserFactory(name="Ana")


@pytest.fixture
def ana_at(ana, client):
    client.force_login(ana)
    return client


def unread(user):
    return User.objects.get(pk=user.pk).unread


def test_telling_counts_once_per_person_and_leaves_out_names_without_account(ana):
    ghost = make.UserFactory(has_account=False, is_active=False)

    operations.tell([ana.pk, ana.pk, ghost.pk], "Su plan fue aprobado", href="/plan/")

    assert [n.user for n in Notification.objects.all()] == [ana]
    assert (unread(ana), unread(ghost)) == (1, 0)


def test_a_title_too_long_is_cut_and_an_address_elsewhere_refused(ana):
    operations.tell([ana.pk], "a" * 500, href="/", detail="b" * 500)
    kept = Notification.objects.get()
    assert (len(kept.title), len(kept.detail)) == (160, 300)
    with pytest.raises(ValueError, match="within the installation"):
        operations.tell([ana.pk], "Fuera", href="//otro.example/")


def test_opening_one_leads_there_and_it_is_read(ana, ana_at):
    operations.tell([ana.pk], "Uno", href="/ayuda/")
    operations.tell([ana.pk], "Dos", href="/privacidad/")
    first = Notification.objects.get(title="Uno")

    page = ana_at.get("/avisos/").content.decode()
    answer = ana_at.post(f"/avisos/{first.pk}/")

    assert page.index("Dos") < page.index("Uno")
    assert answer["Location"] == "/ayuda/"
    assert unread(ana) == 1
    assert ana_at.get("/avisos/").content.decode().count("Sin leer: ") == 1


def test_reading_the_page_writes_nothing_and_all_are_read_at_once(ana, ana_at):
    for title in ("Uno", "Dos"):
        operations.tell([ana.pk], title, href="/ayuda/")
    ana_at.get("/avisos/")
    assert unread(ana) == 2

    ana_at.post("/avisos/leidos/")

    assert unread(ana) == 0
    assert "Sin leer" not in ana_at.get("/avisos/").content.decode()


def test_another_persons_aviso_is_not_found(ana, ana_at):
    other = make.UserFactory()
    operations.tell([other.pk], "De otra persona", href="/ayuda/")

    assert ana_at.post(f"/avisos/{Notification.objects.get().pk}/").status_code == 404
    assert "De otra persona" not in ana_at.get("/avisos/").content.decode()
    ana_at.post("/avisos/leidos/")
    assert unread(other) == 1
