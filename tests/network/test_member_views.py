"""The pages of people: who sees them, what they do, and that they say what the rules say."""

import re

import pytest
from django.core import mail
from django.test import Client

from mejora.network import memberships_operations as operations
from mejora.network.access import TABLE, Deed
from mejora.network.enums import Role
from mejora.network.invitations import Invitation
from mejora.network.models import Membership
from mejora.people.models import User
from tests.factories import MembershipFactory, OwnerFactory, SchoolFactory, UserFactory
from tests.factories.network import chile
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return SchoolFactory(name="Escuela Los Maitenes")


@pytest.fixture
def director(actor, school):
    return actor(Role.DIRECTOR, school)


@pytest.fixture
def client(signed_in, director):
    return signed_in(director)


def body(answer):
    return answer.content.decode()


# The page of a place ---------------------------------------------------------------------------

OWN_PAGE = [
    (Role.DIRECTOR, "school", True),
    (Role.PLANNER, "school", False),
    (Role.RESPONSIBLE, "school", False),
    (Role.ADVISER, "school", False),
    (Role.OWNER, "owner", True),
    (Role.SUPERVISOR, "office", False),
    (Role.ANALYST, "region", False),
    (Role.ADMINISTRATOR, "country", True),
]


@pytest.mark.parametrize(("role", "kind", "invites"), OWN_PAGE)
def test_everybody_sees_who_works_with_them_and_some_invite(
    signed_in, actor, school, role, kind, invites
):
    place = school.commune.region if kind == "region" else getattr(school, kind, school)
    someone = actor(role, school if kind == "school" else place)
    page = body(signed_in(someone).get("/personas/"))

    assert someone.user.name in page
    assert ("Enviar invitación" in page) is invites
    assert (someone.user.email in page.split("<main", 1)[1]) is invites


def test_a_foreign_place_is_not_there_or_says_why_not(client, signed_in, actor):
    foreign = SchoolFactory()

    assert client.get(f"/personas/escuela/{foreign.code}/").status_code == 404
    assert client.get("/personas/escuela/1/").status_code == 404
    assert client.get("/personas/comarca/1/").status_code == 404
    other = OwnerFactory()
    answer = client.get(f"/personas/sostenedor/{other.key}/")
    assert answer.status_code == 403
    assert "quienes trabajan en él" in body(answer)
    analyst = signed_in(actor(Role.ANALYST, chile()))
    assert analyst.get(f"/personas/escuela/{foreign.code}/").status_code == 403


def test_without_any_place_the_page_says_how_to_get_one(signed_in):
    client = Client()
    client.force_login(UserFactory())

    answer = client.get("/personas/")

    assert answer.status_code == 403
    assert "Pida una invitación" in body(answer)


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_the_same_however_many_there_are(
    client, school, director, count, django_assert_num_queries
):
    for n in range(count):
        MembershipFactory(role=Role.RESPONSIBLE, place=school)
        gone = MembershipFactory(role=Role.PLANNER, place=school)
        operations.end(gone, by=director)
        operations.invite(f"persona.{n}@nueva.example", Role.PLANNER, school, by=director)
    client.get("/personas/")

    # session, person, memberships; how many, the page, those of before, the invitations; and what
    # waits in the month, for the menu.
    with django_assert_num_queries(8):
        client.get("/personas/")


def test_inviting_from_the_page_sends_the_link(client, school, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/personas/", {"email": "ana@escuela.cl", "role": "planner"})

    assert answer["Location"] == f"/personas/escuela/{school.code}/"
    assert mail.outbox[0].to == ["ana@escuela.cl"]
    page = body(client.get(answer["Location"]))
    assert "Invitación para ana@escuela.cl lista." in page
    assert "http://127.0.0.1:8000/invitacion/" not in page


def test_without_a_mail_server_whoever_invites_receives_the_link(client, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path

    client.post("/personas/", {"email": "ana@escuela.cl", "role": "planner"})

    assert "http://127.0.0.1:8000/invitacion/" in body(client.get("/personas/"))


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_does_not_go_out_leaves_an_invitation_to_send_again(
    client, settings, monkeypatch
):
    def broken(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("mejora.network.emails.send_mail", broken)
    client.post("/personas/", {"email": "ana@escuela.cl", "role": "planner"})

    assert Invitation.objects.get().email == "ana@escuela.cl"
    page = body(client.get("/personas/"))
    assert "el correo no salió" in page
    assert "Enviar de nuevo" in page


REFUSED_FORMS = [
    ({"email": "", "role": "planner"}, "Escriba el correo de la persona."),
    ({"email": "ana", "role": "planner"}, "Escriba un correo completo"),
    ({"email": "ana@escuela.cl"}, "Elija un rol."),
    ({"email": "ana@escuela.cl", "role": "administrator"}, "uno de los roles"),
]


@pytest.mark.parametrize(("data", "said"), REFUSED_FORMS)
def test_what_was_typed_wrong_is_told_and_kept(client, data, said):
    answer = client.post("/personas/", data)

    assert answer.status_code == 200
    assert said in body(answer)
    assert data["email"] in body(answer)
    assert not Invitation.objects.exists()


def test_a_colleague_without_the_right_cannot_post(signed_in, actor, school):
    client = signed_in(actor(Role.PLANNER, school))

    answer = client.post("/personas/", {"email": "ana@escuela.cl", "role": "planner"})

    assert answer.status_code == 403
    assert not Invitation.objects.exists()


def test_ending_offers_to_undo(client, school):
    there = MembershipFactory(role=Role.PLANNER, place=school)

    page = body(client.post(f"/personas/{there.pk}/terminar/", follow=True))
    assert "ya no participa aquí" in page
    assert f"/personas/{there.pk}/deshacer/" in page

    page = body(client.post(f"/personas/{there.pk}/deshacer/", follow=True))
    assert "participa de nuevo" in page
    there.refresh_from_db()
    assert there.to_on is None


@pytest.mark.parametrize("deed", ["terminar", "deshacer"])
def test_a_foreign_participation_is_not_found(client, deed):
    foreign = MembershipFactory(role=Role.PLANNER, place=SchoolFactory())

    assert client.post(f"/personas/{foreign.pk}/{deed}/").status_code == 404
    assert client.get(f"/personas/{foreign.pk}/{deed}/").status_code == 405


@pytest.mark.parametrize("deed", ["enviar", "retirar"])
def test_a_foreign_invitation_is_not_found(client, deed, actor):
    elsewhere = SchoolFactory()
    by = actor(Role.DIRECTOR, elsewhere)
    sent = operations.invite("ana@escuela.cl", Role.PLANNER, elsewhere, by=by)

    assert client.post(f"/personas/invitacion/{sent.invitation.pk}/{deed}/").status_code == 404


def test_an_owner_finds_the_people_of_its_schools(signed_in, actor, school):
    client = signed_in(actor(Role.OWNER, school.owner))
    type(school).objects.filter(pk=school.pk).update(search_text="escuela los maitenes")

    page = body(client.get("/personas/?q=MAITÉNES"))

    assert f"/personas/escuela/{school.code}/" in page
    assert client.get(f"/personas/escuela/{school.code}/").status_code == 200


# The link --------------------------------------------------------------------------------------


@pytest.fixture
def sent(director, school):
    return operations.invite("ana@escuela.cl", Role.PLANNER, school, by=director)


def path_of(sent):
    return re.search(r"/invitacion/[^/]+/", sent.link).group(0)


ANA = {"name": "Ana Rojas", "position": "Jefa de UTP", "phone": "", "password": "una frase larga 7"}


def test_a_stranger_with_the_link_comes_in(sent, school):
    client = Client()
    page = body(client.get(path_of(sent)))
    assert school.name in page
    assert "ana@escuela.cl" in page

    answer = client.post(path_of(sent), ANA)

    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(email="ana@escuela.cl").pk)
    assert client.get(f"/personas/escuela/{school.code}/").status_code == 200
    assert client.get(path_of(sent)).status_code == 410


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Escriba su nombre y apellido."),
        ({"password": ""}, "Escriba una contraseña."),
        ({"password": "corta"}, "12 caracteres"),
        ({"password": "ana@escuela.cl"}, "correo"),
        ({"password": "Ana Rojas Ana Rojas"[:9] + " 12"}, "nombre"),
    ],
)
def test_an_account_needs_a_name_and_a_good_password(sent, wrong, said):
    answer = Client().post(path_of(sent), {**ANA, **wrong})

    assert answer.status_code == 200
    assert said in body(answer)
    assert not User.objects.filter(email="ana@escuela.cl").exists()


def test_nobody_chooses_address_role_or_place_by_the_form(sent):
    Client().post(
        path_of(sent), {**ANA, "email": "otra@x.cl", "role": "director", "is_sample": "1"}
    )

    ana = User.objects.get(email="ana@escuela.cl")
    assert not ana.is_sample
    assert ana.memberships.get().role == Role.PLANNER


def test_looking_at_the_link_changes_nothing(sent):
    Client().get(path_of(sent))

    sent.invitation.refresh_from_db()
    assert sent.invitation.accepted_at is None


def test_a_known_person_accepts_and_then_signs_in(sent):
    known = UserFactory(email="ana@escuela.cl")
    client = Client()
    assert "Ya tiene una cuenta" in body(client.get(path_of(sent)))

    client.post(path_of(sent))

    assert known.memberships.get().role == Role.PLANNER
    assert "_auth_user_id" not in client.session


def test_who_is_signed_in_as_another_does_not_take_it(client, sent, director):
    page = client.get(path_of(sent))
    assert "la invitación es para ana@escuela.cl" in body(page)

    client.post(path_of(sent), ANA)
    assert not User.objects.filter(email="ana@escuela.cl").exists()

    UserFactory(email="ana@escuela.cl")
    client.post(path_of(sent))
    sent.invitation.refresh_from_db()
    assert sent.invitation.accepted_at is None


def test_a_made_up_link_opens_nothing():
    answer = Client().get("/invitacion/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/")

    assert answer.status_code == 404
    assert "no corresponde a ninguna invitación" in body(answer)


def test_the_page_of_a_link_is_kept_by_no_cache(sent):
    answer = Client().get(path_of(sent))

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


# Places and the table --------------------------------------------------------------------------


def test_changing_place_stands_at_the_other(signed_in, director):
    other = MembershipFactory(user=director.user, role=Role.OWNER, place=OwnerFactory())
    client = signed_in(director)

    answer = client.post("/cambiar-de-lugar/", {"membership": other.pk, "next": "/personas/"})

    assert answer["Location"] == "/personas/"
    assert other.owner.name in body(client.get("/personas/"))


def test_nobody_stands_where_they_do_not_belong(client, director):
    foreign = MembershipFactory(role=Role.DIRECTOR, place=SchoolFactory())
    over = MembershipFactory(
        user=director.user, role=Role.OWNER, place=OwnerFactory(), to_on="2025-12-31"
    )

    for pk in (foreign.pk, over.pk, "x", ""):
        assert client.post("/cambiar-de-lugar/", {"membership": pk}).status_code == 403
    assert client.get("/cambiar-de-lugar/").status_code == 405


def test_the_page_of_who_sees_what_is_the_table_itself(client):
    page = body(client.get("/quien-ve-que/"))

    assert all(deed.label in page for deed in Deed)
    assert all(role.label in page for role in Role)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page, flags=re.S)
    words = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
    told = [words[n : n + len(Role)] for n in range(0, len(TABLE) * len(Role), len(Role))]
    assert told == [[str(TABLE[d].get(r, "no")) for r in Role] for d in TABLE]


def test_ones_own_data_are_ones_own_to_change(client, director):
    wanted = {"name": "Marta Fuentes", "position": "Directora", "phone": "+56 9 1111 2222"}

    client.post("/cuenta/", {**wanted, "email": "otra@x.cl", "is_active": "", "is_sample": "on"})

    director.user.refresh_from_db()
    assert {name: getattr(director.user, name) for name in wanted} == wanted
    assert director.user.email != "otra@x.cl"
    assert not director.user.is_sample
    assert director.user.check_password(PASSWORD)
    assert "Marta Fuentes" in body(client.get("/cuenta/"))


def test_a_name_that_was_refused_does_not_stand_in_the_header(client, director):
    answer = client.post("/cuenta/", {"name": "", "position": "x" * 90})

    assert "Escriba su nombre y apellido." in body(answer)
    assert director.user.name in body(answer).split("<main", 1)[0]
    assert Membership.objects.filter(user=director.user).count() == 1
