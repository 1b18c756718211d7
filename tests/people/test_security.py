"""Signing in as strangers would try it."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from mejora.people.accounts import SAMPLE_PASSWORD
from mejora.people.models import User
from tests.factories import MembershipFactory, SchoolFactory, UserFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "/cuenta/entrar/"
MISMATCH = "El correo o la contraseña no coinciden."
NEW = "otra frase larga 8"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person():
    return MembershipFactory(role="director", place=SchoolFactory()).user


def sign_in(client, email, password=PASSWORD, query="", **extra):
    return client.post(f"{LOGIN}{query}", {"login": email, "password": password}, **extra)


def is_signed_in(client):
    return "_auth_user_id" in client.session and client.get("/cuenta/").status_code == 200


# Getting in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{}", " {}", "{} "])
def test_address_and_password_open_the_door_whatever_the_case(client, person, typed):
    sign_in(client, typed.format(person.email.upper()))

    assert is_signed_in(client)


def test_a_wrong_half_is_answered_with_the_same_words(client, person):
    wrong = sign_in(client, person.email, "no es esta frase")
    unknown = sign_in(Client(), "nadie@escuela.example", "no es esta frase")

    assert MISMATCH in wrong.content.decode()
    assert MISMATCH in unknown.content.decode()
    assert wrong.status_code == unknown.status_code
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "closed", [{"is_active": False}, {"is_sample": True}], ids=["closed", "sample"]
)
def test_a_closed_account_fails_like_a_wrong_password(client, person, settings, closed):
    settings.SAMPLE_SIGN_IN = False
    User.objects.filter(pk=person.pk).update(**closed)

    answer = sign_in(client, person.email)

    assert MISMATCH in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_sample_signs_in_where_nobody_else_can_reach(client, person, settings):
    settings.SAMPLE_SIGN_IN = True
    User.objects.filter(pk=person.pk).update(is_sample=True, name="Marcela Fuentealba")

    assert "Marcela Fuentealba" in client.get(LOGIN).content.decode()
    sign_in(client, person.email)
    assert is_signed_in(client)


def test_a_session_of_the_sample_ends_when_the_door_is_opened_to_others(client, person, settings):
    settings.SAMPLE_SIGN_IN = True
    User.objects.filter(pk=person.pk).update(is_sample=True, name="Marcela Fuentealba")
    sign_in(client, person.email)

    settings.SAMPLE_SIGN_IN = False

    assert client.get("/cuenta/").status_code == 302
    page = Client().get(LOGIN).content.decode()
    assert "Marcela Fuentealba" not in page
    assert SAMPLE_PASSWORD not in page


@pytest.mark.parametrize(
    ("host", "origin", "allowed"),
    [
        ("127.0.0.1", "", True),
        ("localhost", "", True),
        ("::1", "", True),
        ("0.0.0.0", "", False),
        ("::", "", False),
        ("192.168.1.20", "", False),
        ("mejora.example.cl", "", False),
        ("127.0.0.1", "https://mejora.example.cl", False),
    ],
)
def test_only_this_machine_alone_lets_the_sample_in(host, origin, allowed, tmp_path):
    import os
    import subprocess
    import sys

    environ = {**os.environ, "HOST": host, "MEJORA_ORIGIN": origin, "MEJORA_DATA": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", "from mejora import settings; print(settings.SAMPLE_SIGN_IN)"],
        env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert said.stdout.strip() == str(allowed)


# Limits ----------------------------------------------------------------------------------------


def test_after_five_wrong_passwords_even_the_right_one_waits(client, person):
    for _ in range(5):
        assert MISMATCH in sign_in(client, person.email, "no es esta frase").content.decode()

    answer = sign_in(client, person.email)

    assert "demasiados intentos" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_tries_left_are_told_only_when_they_are_few(client, person):
    said = [sign_in(client, person.email, "no es esta frase").content.decode() for _ in range(5)]

    assert not any("intento" in page for page in said[:2])
    assert "Le quedan 2 intentos antes de esperar 10 minutos." in said[2]
    assert "Le queda 1 intento antes de esperar 10 minutos." in said[3]
    assert "Era el último intento: habrá que esperar 10 minutos." in said[4]


def test_the_limit_does_not_forget_by_another_host_case_or_browser(person):
    hosts = ["localhost", "127.0.0.1", "localhost:1", "localhost:2", "127.0.0.1:3"]
    for host in hosts:
        sign_in(Client(), person.email.upper(), "no es esta frase", headers={"host": host})

    answer = sign_in(Client(), f" {person.email}", headers={"host": "localhost:99"})

    assert "demasiados intentos" in answer.content.decode()


def test_the_limit_is_of_one_account_and_not_of_its_neighbour(client, person):
    for _ in range(5):
        sign_in(Client(), person.email, "no es esta frase")

    sign_in(client, UserFactory().email)

    assert is_signed_in(client)


def test_good_sign_ins_do_not_use_up_the_limit(person):
    for _ in range(7):
        client = Client()
        sign_in(client, person.email)
        assert is_signed_in(client)


def test_many_accounts_from_one_address_are_limited_too(client):
    for n in range(60):
        sign_in(client, f"nadie{n}@escuela.example", "no es esta frase")

    assert sign_in(client, "nadie99@escuela.example", "x").status_code == 429


# Sessions and ways out -------------------------------------------------------------------------


def test_signing_in_changes_the_session_that_was_there(client, person):
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    sign_in(client, person.email)

    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_the_place_of_the_former_person_is_not_the_next_ones(client, person):
    sign_in(client, person.email)
    client.post("/cambiar-de-lugar/", {"membership": person.memberships.get().pk})
    client.post("/cuenta/salir/")

    sign_in(client, UserFactory().email)

    assert "membership" not in client.session


AWAY = [
    "https://otro.example/", "//otro.example/", "/\\otro.example", "javascript:alert(1)",
    "http:otro.example", "https:///otro.example", "\thttps://otro.example", "network:members",
]  # fmt: skip


@pytest.mark.parametrize("target", AWAY)
def test_no_address_of_ours_leads_away(client, person, target):
    from urllib.parse import urlencode

    signed = sign_in(client, person.email, query=f"?{urlencode({'next': target})}")
    moved = client.post(
        "/cambiar-de-lugar/", {"membership": person.memberships.get().pk, "next": target}
    )
    left = client.post("/cuenta/salir/", {"next": target})

    for answer in (signed, moved, left):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert "otro.example" not in answer["Location"]
        assert "alert" not in answer["Location"]


def test_signing_in_goes_on_to_the_page_that_was_asked_for(client, person):
    asked = client.get("/quien-ve-que/")
    assert asked["Location"] == f"{LOGIN}?next=/quien-ve-que/"

    assert (
        sign_in(client, person.email, query="?next=/quien-ve-que/")["Location"] == "/quien-ve-que/"
    )


def test_a_look_at_the_way_out_signs_nobody_out(client, person):
    sign_in(client, person.email)
    client.get("/cuenta/salir/")
    assert is_signed_in(client)

    client.post("/cuenta/salir/")
    assert not is_signed_in(client)


def test_a_form_without_its_token_is_refused(person):
    client = Client(enforce_csrf_checks=True)

    assert sign_in(client, person.email).status_code == 403


# Passwords -------------------------------------------------------------------------------------


def reset_link(email):
    return re.search(r"https?://\S+", mail.outbox[-1].body).group(0)


def test_asking_for_a_password_tells_nobody_who_has_an_account(client, person):
    known = client.post("/cuenta/recuperar/", {"email": person.email}, follow=True)
    unknown = Client().post("/cuenta/recuperar/", {"email": "nadie@escuela.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    words = [
        re.sub(r'value="[^"]{20,}"|nonce="[^"]+"', "", p.content.decode()) for p in (known, unknown)
    ]
    assert words[0] == words[1]
    assert [m.to for m in mail.outbox] == [[person.email], ["nadie@escuela.example"]]
    assert "no tiene cuenta" in mail.outbox[1].body


def test_the_link_to_a_password_never_follows_the_host_of_the_request(client, person, settings):
    settings.ALLOWED_HOSTS = ["*"]

    client.post("/cuenta/recuperar/", {"email": person.email}, headers={"host": "malo.example"})

    assert reset_link(person.email).startswith("http://127.0.0.1:8000/cuenta/recuperar/")
    assert "malo.example" not in mail.outbox[0].body


def test_a_new_password_opens_ends_other_sessions_and_is_told(client, person):
    elsewhere = Client()
    sign_in(elsewhere, person.email)
    client.post("/cuenta/recuperar/", {"email": person.email})
    link = reset_link(person.email).removeprefix("http://127.0.0.1:8000")

    page = client.get(link, follow=True)
    there = page.redirect_chain[-1][0]
    assert "key" not in there.split("?")[0].rsplit("-", 1)[0] or "set-password" in there
    done = client.post(there, {"password1": NEW, "password2": NEW}, follow=True)

    assert done.status_code == 200
    assert not is_signed_in(elsewhere)
    assert "se cambió" in mail.outbox[-1].body
    again = Client()
    sign_in(again, person.email, NEW)
    assert is_signed_in(again)
    used = Client().get(link, follow=True)
    assert 'name="password1"' not in used.content.decode()


def test_a_new_password_lifts_the_wait(client, person):
    for _ in range(5):
        sign_in(Client(), person.email, "no es esta frase")
    client.post("/cuenta/recuperar/", {"email": person.email})
    link = reset_link(person.email).removeprefix("http://127.0.0.1:8000")
    there = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(there, {"password1": NEW, "password2": NEW})

    sign_in(client, person.email, NEW)

    assert is_signed_in(client)


def test_changing_the_password_keeps_this_session_and_ends_the_others(client, person):
    elsewhere = Client()
    sign_in(elsewhere, person.email)
    sign_in(client, person.email)

    wrong = {"oldpassword": "no es esta", "password1": NEW, "password2": NEW}
    assert (
        "no es su contraseña actual" in client.post("/cuenta/contrasena/", wrong).content.decode()
    )
    client.post("/cuenta/contrasena/", {**wrong, "oldpassword": PASSWORD})

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert mail.outbox[-1].to == [person.email]


@pytest.mark.parametrize(
    "weak", ["corta", "123456789012", "password1234", "persona@escuela", "contraseña"]
)
def test_a_weak_password_is_refused(client, person, weak):
    User.objects.filter(pk=person.pk).update(name="Persona Escuela")
    sign_in(client, person.email)

    client.post(
        "/cuenta/contrasena/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )

    person.refresh_from_db()
    assert person.check_password(PASSWORD)


# What is not there -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "confirm-email/", "password/set/", "login/code/confirm/"]
)
def test_the_rest_of_allauth_is_out_of_reach(client, person, path):
    client.force_login(person)

    assert client.get(f"/cuenta/{path}").status_code == 404


def test_nobody_signs_up_by_themselves(client):
    with pytest.raises(NoReverseMatch):
        reverse("account_email")

    answer = client.get("/cuenta/por-invitacion/", follow=True)
    assert "por invitación" in answer.content.decode()
    assert client.post("/cuenta/por-invitacion/", {}).status_code == 405


def test_signing_in_is_never_kept_by_a_cache_and_says_nothing_to_frames(client):
    answer = client.get(LOGIN)

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
