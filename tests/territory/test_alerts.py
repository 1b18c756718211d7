"""Two months running under the band: raised with the figures, followed, closed, told."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from mejora.core.decisions import Conflict, Refused
from mejora.keeping.checks import alerts as checks
from mejora.network import operations as imports
from mejora.network.enums import BatchKind, Role
from mejora.support.models import Commitment, Session
from mejora.territory import rules
from mejora.territory.enums import Step
from mejora.territory.models import Alert, AlertChange, AlertStep
from mejora.territory.operations import alerts
from mejora.territory.telling import entries
from tests import factories as make
from tests.factories.figures import AlertFactory, SchoolMonthFactory
from tests.factories.network import YEAR, chile
from tests.territory.conftest import figures

pytestmark = pytest.mark.django_db
UNDER, WELL = (80, 100), (90, 100)


@pytest.fixture
def school():
    return make.SchoolFactory(code="90012")


@pytest.fixture
def say(bring, school):
    """`say({4: UNDER, …})`: a file with the attendance of those months of the school."""

    def say(months, year=YEAR):
        rows = [(90012, year, month, "", "", *days) for month, days in months.items()]
        return bring(figures(*rows), BatchKind.FIGURES)

    return say


@pytest.mark.parametrize(
    ("months", "is_raised"),
    [
        ({4: UNDER, 5: UNDER}, True),
        ({4: WELL, 5: UNDER}, False),
        ({4: UNDER, 5: WELL}, False),
        ({4: (85, 100), 5: UNDER}, False),  # 85,0 % itself is in the band
        ({5: UNDER}, False),
        ({3: UNDER, 8: UNDER}, False),  # too far apart to be running
        ({4: UNDER, 5: UNDER, 6: (0, 0), 7: UNDER}, True),  # a month without classes
    ],
)
def test_two_months_running_under_the_band_raise_an_alert(say, months, is_raised):
    batch = say(months)

    raised = Alert.objects.filter(batch=batch)
    assert raised.exists() is is_raised
    if is_raised:
        (change,) = AlertChange.objects.all()
        assert (change.batch, change.by, change.before) == (batch, None, None)


def test_december_and_march_follow_one_another(say):
    say({12: UNDER}, YEAR - 1)
    say({3: UNDER})

    alert = Alert.objects.get()
    assert (alert.since_year, alert.since_month, alert.until_month) == (YEAR - 1, 12, 3)


def test_the_same_alert_goes_on_and_is_raised_once(say):
    say({4: UNDER, 5: UNDER})
    say({6: UNDER})
    say({6: (79, 100)})

    alert = Alert.objects.get()
    assert (alert.since_month, alert.until_month) == (4, 6)
    assert alert.changes.count() == 2


def test_months_that_somebody_judged_raise_nothing_again(say, school, actor):
    say({4: UNDER, 5: UNDER})
    lead = actor(Role.DISTRICT_LEAD, school.owner)
    alerts.close(Alert.objects.get(), note="Hubo una epidemia.", revision=0, by=lead)

    say({5: (81, 100)})
    assert Alert.objects.count() == 1
    say({6: UNDER})
    assert Alert.objects.filter(closed_at=None).count() == 1


def test_undoing_the_file_closes_what_it_raised_unless_somebody_acted(say, school, actor):
    batch = say({4: UNDER, 5: UNDER})
    imports.undo(batch, by=None)
    imports.take_back(batch)
    alert = Alert.objects.get()
    assert (alert.closed_by, bool(alert.closed_at)) == (None, True)
    assert "deshizo" in alert.closing_note

    again = say({7: UNDER, 8: UNDER})
    acted = Alert.objects.get(closed_at=None)
    lead = actor(Role.OWNER, school.owner)
    alerts.note(acted, uid=uuid.uuid4(), text="Visita a la escuela.", by=lead)
    imports.undo(again, by=None)
    imports.take_back(again)
    acted.refresh_from_db()
    assert acted.closed_at is None


WHO = {
    # role: (may attend, may decide)
    Role.DIRECTOR: (True, False),
    Role.PLANNER: (True, False),
    Role.RESPONSIBLE: (False, False),
    Role.OWNER: (True, True),
    Role.DISTRICT_LEAD: (True, True),
    Role.SUPERVISOR: (False, False),
    Role.ADVISER: (True, False),
    Role.ANALYST: (True, True),
}


@pytest.mark.parametrize("role", WHO)
def test_who_may_do_what_while_open_and_once_closed(role, school, actor):
    places = {Role.OWNER: school.owner, Role.DISTRICT_LEAD: school.owner, Role.ANALYST: chile()}
    places |= {Role.SUPERVISOR: school.office, Role.ADVISER: school.owner}
    person = actor(role, places.get(role, school))
    attends, decides = WHO[role]
    alert = AlertFactory(school=school)

    assert bool(rules.can_attend(person, alert)) is attends
    assert bool(rules.can_decide(person, alert)) is decides
    assert not rules.can_reopen(person, alert)
    alert.closed_at, alert.closing_note = alert.raised_at, "Pasó."
    assert not rules.can_attend(person, alert)
    assert not rules.can_decide(person, alert)
    assert bool(rules.can_reopen(person, alert)) is decides


def test_a_foreign_owner_decides_nothing(school, actor):
    foreign = actor(Role.OWNER, make.OwnerFactory())

    with pytest.raises(Refused):
        alerts.close(AlertFactory(school=school), note="x", revision=0, by=foreign)


def test_a_commitment_is_promised_once_and_its_step_points_at_it(school, actor):
    lead, alert, uid = (
        actor(Role.DISTRICT_LEAD, school.owner),
        AlertFactory(school=school),
        uuid.uuid4(),
    )
    said = {"text": "Llamar a las familias", "responsible_text": "Inspectoría"}
    for _ in range(2):
        step = alerts.ask_commitment(alert, uid=uid, due_on=dt.date(YEAR, 12, 1), by=lead, **said)

    assert Commitment.objects.get() == step.commitment
    assert AlertStep.objects.get().kind == Step.COMMITMENT
    assert [entry.verb for entry in entries(alert.changes.select_related("by"))] == ["agregó"]


def test_an_action_of_another_school_does_not_answer(school, actor):
    lead = actor(Role.OWNER, school.owner)

    with pytest.raises(Refused):
        alerts.answer_by_action(
            AlertFactory(school=school), make.ActionFactory(), uid=uuid.uuid4(), by=lead
        )


def test_two_who_decide_at_once_do_not_overwrite_each_other(school, actor):
    lead, alert = actor(Role.OWNER, school.owner), AlertFactory(school=school)
    alerts.set_aside(alert, until=dt.date(YEAR, 12, 1), reason="Fiestas", revision=0, by=lead)

    with pytest.raises(Conflict):
        alerts.close(alert, note="Se cierra", revision=0, by=lead)
    alert.refresh_from_db()
    assert alert.closed_at is None
    alerts.reopen(alert, revision=1, by=lead)
    alert.refresh_from_db()
    assert alert.set_aside_until is None
    assert alert.changes.count() == 2


def test_the_database_refuses_what_makes_no_sense(school):
    alert = AlertFactory(school=school)
    wrong = (
        lambda: AlertFactory(school=school),
        lambda: Alert.objects.filter(pk=alert.pk).update(closed_at=alert.raised_at),
        lambda: Alert.objects.filter(pk=alert.pk).update(set_aside_until=dt.date(YEAR, 12, 1)),
        lambda: AlertStep.objects.create(
            alert=alert, kind=Step.ACTION, text="x", at=alert.raised_at
        ),
        lambda: SchoolMonthFactory(attended_days=2, possible_days=1),
        lambda: SchoolMonthFactory(attended_days=1, possible_days=None),
        lambda: SchoolMonthFactory(month=13),
    )
    for each in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            each()


def test_what_was_written_past_the_operations_is_found(say, school, actor):
    say({4: UNDER, 5: UNDER})
    alert = Alert.objects.get()
    alerts.note(alert, uid=uuid.uuid4(), text="Visita", by=actor(Role.OWNER, school.owner))
    assert list(checks.alerts_match_their_changes()) == []

    Alert.objects.update(since_month=3)
    AlertStep.objects.update(text="Otra cosa")

    found = list(checks.alerts_match_their_changes())
    assert len(found) == 2
    assert "since" in found[0]


# On the screen ---------------------------------------------------------------------------------


def send(client, alert, what, **data):
    return client.post(f"/territorio/alertas/{alert.uid}/{what}/", data)


def test_a_session_is_put_on_the_agenda_from_the_alert(school, actor, signed_in, today):
    from mejora.support.operations import plans as support_plans

    lead, alert = actor(Role.DISTRICT_LEAD, school.owner), AlertFactory(school=school)
    plan = support_plans.create(
        school.owner,
        {
            "name": "Apoyo 2026",
            "year": YEAR,
            "approach": "direct",
            "starts_on": dt.date(YEAR, 3, 1),
            "ends_on": dt.date(YEAR, 12, 31),
        },
        [school],
        by=lead,
    )
    client = signed_in(lead)
    page = client.get(f"/territorio/alertas/{alert.uid}/").content.decode()
    assert "Agendar una sesión de apoyo" in page

    bad = send(client, alert, "sesion", uid=uuid.uuid4(), plan=plan.pk, on="01-01-2020", agenda="x")
    good = send(
        client,
        alert,
        "sesion",
        uid=uuid.uuid4(),
        plan=plan.pk,
        on=f"{today:%d-%m-%Y}",
        agenda="Revisar la asistencia",
    )

    assert (bad.status_code, good.status_code) == (422, 302)
    assert Session.objects.get().agenda == "Revisar la asistencia"
    assert AlertStep.objects.get().session == Session.objects.get()


def test_the_alert_waits_comes_back_and_closes(school, actor, signed_in, today):
    client, alert = signed_in(actor(Role.OWNER, school.owner)), AlertFactory(school=school)
    until = today + dt.timedelta(days=10)

    send(client, alert, "espera", revision=0, until=f"{until:%d-%m-%Y}", reason="Feriado")
    assert "En espera" in client.get("/territorio/alertas/?estado=espera").content.decode()
    assert school.name not in client.get("/territorio/alertas/").content.decode()
    send(client, alert, "reabrir")
    send(client, alert, "cerrar", revision=2, note="Volvió a 90 %.")

    alert.refresh_from_db()
    assert alert.closing_note == "Volvió a 90 %."
    assert "Volvió a 90 %." in client.get("/territorio/alertas/?estado=cerradas").content.decode()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OWNER, Role.DISTRICT_LEAD, Role.ADVISER])
def test_homes_tell_the_alert(role, school, actor, signed_in):
    AlertFactory(school=school)
    place = school if role == Role.DIRECTOR else school.owner

    page = signed_in(actor(role, place)).get("/", follow=True).content.decode()

    assert "alerta" in page


def test_the_school_sees_its_own_and_no_other(school, actor, signed_in):
    other = AlertFactory()
    mine = AlertFactory(school=school)
    client = signed_in(actor(Role.DIRECTOR, school))

    assert client.get(f"/escuelas/{school.code}/asistencia/").status_code == 200
    assert client.get(f"/territorio/alertas/{mine.uid}/").status_code == 200
    assert client.get(f"/escuelas/{other.school.code}/asistencia/").status_code == 404
    assert client.get(f"/territorio/alertas/{other.uid}/").status_code == 404
