"""The pages of the support: how much they ask of the database, what they say, what they refuse."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mejora.network.enums import Role
from mejora.support import snapshots
from mejora.support.enums import OwnTermKind
from mejora.support.models import OwnTerm, SupportAction, SupportObjective
from mejora.support.recording import ENTITY
from tests.factories import SchoolFactory
from tests.factories.network import YEAR
from tests.factories.support import commitment_of, support_plan, support_session

pytestmark = pytest.mark.django_db
# What a snapshot leaves out on purpose: keys, what its aggregate tells, who and when (the Change).
LEFT_OUT = {
    *("id", "uid", "revision", "plan", "removed_at", "removed_by", "removed_reason"),
    *("answered_by", "answered_at", "by", "at"),
}
OURS = [model for model in ENTITY if model.__module__ == "mejora.support.models"]


@pytest.fixture
def school(today):
    return SchoolFactory()


@pytest.fixture
def adviser(school, actor):
    return actor(Role.ADVISER, school.owner)


def charged(adviser, school, count):
    """So many schools in the adviser's charge, each with sessions and what waits."""
    lead = adviser.memberships[0]
    for _ in range(count):
        own = SchoolFactory(owner=school.owner)
        plan = support_plan(own, lead=lead)
        commitment_of(support_session(plan, dt.date(YEAR, 8, 4)), own)
        support_session(plan, dt.date(YEAR, 9, 10))


def asked(client, url):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(queries), answer


def test_the_advisers_home_asks_twelve_times_at_most_for_thirty_schools(school, adviser, signed_in):
    client = signed_in(adviser)
    charged(adviser, school, 1)
    few, _ = asked(client, "/")
    charged(adviser, school, 29)

    many, answer = asked(client, "/")

    assert many == few <= 12
    assert "Ver 30 escuelas" in answer.text
    assert "Sesión con" in answer.text


@pytest.mark.parametrize("name", ["support:home", "support:sessions", "support:plan"])
def test_a_page_asks_as_often_for_many_as_for_few(school, adviser, signed_in, name):
    client = signed_in(adviser)
    plan = support_plan(school, lead=adviser.memberships[0])
    url = reverse(name, args=[] if name.endswith("home") else [plan.uid])

    def more():
        commitment_of(support_session(plan, dt.date(YEAR, 8, 4)), school)
        for number in range(2):
            objective = SupportObjective.objects.create(plan=plan, text=f"Objetivo {number}")
            SupportAction.objects.create(
                objective=objective,
                name="Observar",
                responsible=adviser.memberships[0],
                starts_on=dt.date(YEAR, 5, 4),
                ends_on=dt.date(YEAR, 6, 4),
            )

    more()
    few, _ = asked(client, url)
    for _ in range(4):
        more()
        charged(adviser, school, 1)

    assert asked(client, url)[0] == few


def test_the_directors_home_asks_for_what_the_school_promised(school, actor, signed_in):
    session = support_session(support_plan(school), dt.date(YEAR, 8, 4))
    commitment_of(session, school, due_on=dt.date(YEAR, 9, 1))
    commitment_of(session, school, text="Más adelante", due_on=dt.date(YEAR, 10, 20))

    text = signed_in(actor(Role.DIRECTOR, school)).get("/").text

    assert "Responder 1 compromiso del apoyo" in text
    assert "Más adelante" not in text


def test_two_who_write_the_same_session_both_see_their_texts(school, adviser, signed_in):
    session = support_session(support_plan(school), dt.date(YEAR, 9, 1))
    url = reverse("support:session_hold", args=[session.uid])
    client = signed_in(adviser)
    client.post(url, {"revision": 0, "minutes": "Lo de ella."})

    answer = client.post(url, {"revision": 0, "minutes": "Lo de él."})

    assert answer.status_code == 409
    assert "Lo de ella." in answer.text
    assert "Lo de él." in answer.text


def test_force_majeure_with_its_document_is_read_by_the_school_and_not_by_the_supervisor(
    school, adviser, actor, signed_in
):
    plan = support_plan(school)
    cause = OwnTerm.objects.create(owner=school.owner, kind=OwnTermKind.CAUSE, text="Paro")
    action = SupportAction.objects.create(
        objective=SupportObjective.objects.create(plan=plan, text="Acompañar"),
        name="Observar clases",
        starts_on=dt.date(YEAR, 5, 4),
        ends_on=dt.date(YEAR, 9, 4),
    )
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    sent = {
        "revision": 0,
        "cause": cause.pk,
        "effect": "postponed",
        "text": "Paro de tres días.",
        "ends_on": "16-10-2026",
        "document": SimpleUploadedFile("aviso.pdf", pdf, "application/pdf"),
    }
    signed_in(adviser).post(reverse("support:adjust", args=[action.uid]), sent)

    director = signed_in(actor(Role.DIRECTOR, school))
    page = director.get(reverse("support:plan", args=[plan.uid])).text
    link = reverse("support:document", args=[action.adjustments.get().uid, "aviso.pdf"])
    assert link in page
    assert "Paro de tres días." in page
    assert b"".join(director.get(link).streaming_content) == pdf
    supervisor = signed_in(actor(Role.SUPERVISOR, school.office))
    assert supervisor.get(link).status_code == 403


def test_in_a_network_a_director_reads_no_commitment_of_another_school(school, actor, signed_in):
    other = SchoolFactory(owner=school.owner)
    plan = support_plan(school, other)
    session = support_session(plan, dt.date(YEAR, 9, 1))
    commitment_of(session, other, text="Lo de la otra escuela")
    director = signed_in(actor(Role.DIRECTOR, school))

    pages = [
        director.get(reverse(f"support:{name}", args=[thing.uid])).text
        for name, thing in (
            ("plan", plan),
            ("sessions", plan),
            ("history", plan),
            ("session", session),
        )
    ]

    assert not any("Lo de la otra escuela" in page for page in pages)


@pytest.mark.parametrize("model", OURS)
def test_every_field_is_in_its_snapshot_or_left_out_on_purpose(model, school):
    """A new column that is not in the snapshot would be lost from the history and from check."""
    written = Path(snapshots.__file__).read_text()
    body = written.split(f"def {snapshots.OF[ENTITY[model]].__name__}(", 1)[1].split("\ndef ", 1)[0]
    fields = {f.name for f in (*model._meta.fields, *model._meta.many_to_many)} - LEFT_OUT
    if model is OwnTerm:
        fields -= {"owner"}  # whose catalogue it is never changes: the Change hangs from it

    assert {name for name in fields if f'"{name}"' not in body} == set()


def test_technical_assistance_holds_its_sessions_here_without_the_stages_of_the_dep(
    school, actor, signed_in
):
    lead = actor(Role.DISTRICT_LEAD, school.owner)
    plan = support_plan(school, kind="at")
    client = signed_in(lead)

    page = client.get(reverse("support:plan", args=[plan.uid]), follow=True)
    client.post(
        reverse("support:session_new", args=[plan.uid]), {"on": "08-09-2026", "agenda": "Revisar."}
    )

    session = plan.sessions.get()
    told = client.get(reverse("support:session", args=[session.uid])).text
    assert page.redirect_chain[-1][0] == reverse("support:sessions", args=[plan.uid])
    assert "Carta Gantt" not in page.text
    assert session.get_stage_display() not in told
    assert plan.name not in client.get(reverse("support:home") + "?ver=todos").text
