"""What the team answers to a report: accepted, or changes asked for; and what follows from it."""

import pytest
from django.urls import reverse

from mejora.core.decisions import Conflict, Refused
from mejora.monitoring import rules, snapshots
from mejora.monitoring.models import ProgressReport
from mejora.monitoring.operations import reports, reviews, undo
from mejora.network.enums import Role
from mejora.plans.enums import Entity
from mejora.plans.models import Change
from tests.factories import ActionFactory
from tests.factories.monitoring import level, month

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WHY = "Diga cuántos cursos faltan"


@pytest.fixture
def teacher(year, actor):
    return actor(Role.RESPONSIBLE, year.school)


@pytest.fixture
def action(year, teacher):
    return ActionFactory(
        plan_year=year, responsible=teacher.memberships[0], name="Taller de lectura"
    )


@pytest.fixture
def report(action, august, teacher):
    """What the teacher reported, waiting for the team."""
    return reports.save_report(
        action, august, by=teacher, revision=None, level=level("parcial"), note="Vamos bien"
    )


@pytest.fixture
def asked(report, director):
    return reviews.ask_changes(report, WHY, by=director)


def again(asked, teacher, **said):
    return reports.save_report(
        asked.action, asked.period, by=teacher, revision=asked.revision, **said
    )


def changes():
    return list(Change.objects.filter(entity=Entity.REPORT).order_by("pk"))


def test_asking_keeps_the_report_and_records_who_asked_what(asked, director, teacher):
    asked.refresh_from_db()

    assert (asked.is_asked, asked.is_accepted) == (True, False)
    assert asked.changes_asked == WHY
    assert (asked.reported_by, asked.reviewed_by) == (teacher.user, director.user)
    assert asked.note == "Vamos bien"
    last = changes()[-1]
    assert (last.by, last.after["changes_asked"]) == (director.user, WHY)
    assert snapshots.is_review(last.before, last.after)


@pytest.mark.parametrize("text", ["", "  \n "])
def test_asking_without_a_reason_is_refused_and_changes_nothing(report, director, text):
    with pytest.raises(Refused, match="Escriba qué hay que cambiar"):
        reviews.ask_changes(report, text, by=director)

    report.refresh_from_db()
    assert report.reviewed_at is None
    assert len(changes()) == 1


def test_a_reason_that_is_too_long_is_refused(report, director):
    with pytest.raises(Refused, match="no más de 300"):
        reviews.ask_changes(report, "x" * 301, by=director)


def test_only_the_team_asks_and_only_once(asked, teacher, director, actor, year):
    with pytest.raises(Refused, match="corresponde a la dirección"):
        reviews.ask_changes(asked, WHY, by=teacher)
    with pytest.raises(Refused, match="ya están pedidos"):
        reviews.ask_changes(asked, WHY, by=actor(Role.PLANNER, year.school))


def test_an_accepted_report_is_not_answered_again(report, director, actor, year):
    accepted = reviews.accept_report(report, by=director)
    planner = actor(Role.PLANNER, year.school)

    for answer in (reviews.accept_report, lambda r, **k: reviews.ask_changes(r, WHY, **k)):
        with pytest.raises(Refused, match="ya está aceptado"):
            answer(accepted, by=planner)


def test_a_report_that_changed_meanwhile_is_read_again_first(report, director, teacher):
    again(report, teacher, note="Otra cosa")

    for answer in (reviews.accept_report, lambda r, **k: reviews.ask_changes(r, WHY, **k)):
        with pytest.raises(Conflict, match="Léalo de nuevo"):
            answer(report, by=director, revision=report.revision)

    report.refresh_from_db()
    assert report.reviewed_at is None


def test_reporting_again_waits_for_the_team_with_what_was_asked(asked, teacher, director):
    answered = again(asked, teacher, level=level("adecuada"), note="Faltan dos cursos")

    assert (answered.is_asked, answered.reviewed_at) == (False, None)
    assert answered.changes_asked == WHY
    accepted = reviews.accept_report(answered, by=director)
    assert accepted.is_accepted
    assert accepted.changes_asked == ""


def test_reporting_the_same_again_is_recorded_too(asked, teacher):
    answered = again(asked, teacher)

    assert answered.reviewed_at is None
    assert changes()[-1].by == teacher.user
    assert changes()[-1].after["is_answered"] is True


def test_a_report_by_the_team_leaves_nothing_asked(asked, actor, year):
    planner = actor(Role.PLANNER, year.school)

    answered = again(asked, planner, note="Lo completé yo")

    assert answered.is_accepted
    assert answered.changes_asked == ""


def test_who_takes_back_a_request_has_not_reported_anything(asked, director, teacher, august):
    back = undo.undo_report(asked.action, august, by=director)

    assert (back.reported_by, back.reviewed_by, back.changes_asked) == (teacher.user, None, "")
    assert back.note == "Vamos bien"


def test_taking_back_an_acceptance_leaves_the_report_to_its_author(
    report, director, teacher, august
):
    said_at = ProgressReport.objects.get(pk=report.pk).at
    reviews.accept_report(report, by=director)

    back = undo.undo_report(report.action, august, by=director)

    assert (back.reported_by, back.at, back.reviewed_at) == (teacher.user, said_at, None)


def test_taking_back_the_answer_leaves_the_request_as_it_was(asked, teacher, director, august):
    asked.refresh_from_db()
    again(asked, teacher, note="Faltan dos cursos")

    back = undo.undo_report(asked.action, august, by=teacher)

    assert (back.note, back.changes_asked) == ("Vamos bien", WHY)
    assert back.is_asked
    assert (back.reviewed_by, back.reviewed_at) == (director.user, asked.reviewed_at)


def test_every_report_says_what_its_last_change_says(asked, teacher, director, august):
    again(asked, teacher, note="Faltan dos cursos")
    undo.undo_report(asked.action, august, by=teacher)

    found = snapshots.reports_with_parts(ProgressReport.objects.all()).get()

    assert snapshots.report(found) == changes()[-1].after


# The pages -------------------------------------------------------------------------------------


def grid(period):
    year = period.plan_year
    return reverse("monitoring:grid", args=(year.school.code, year.year, period))


def post_to(report, name, period):
    year = period.plan_year
    args = (year.school.code, year.year, period, report.action.uid)
    return reverse(f"monitoring:{name}", args=args)


def test_the_teacher_sees_the_request_first_and_answers_it(asked, teacher, signed_in, year):
    ActionFactory(plan_year=year, responsible=teacher.memberships[0], name="Sin informar")
    client = signed_in(teacher)

    page = client.get("/mis-acciones/").content.decode()

    assert "le piden cambios en 1 informe y falta 1 informe de agosto" in page
    assert page.index(WHY) < page.index("Sin informar")
    address = reverse("monitoring:report", args=(asked.action.uid, asked.period))
    assert f'href="{address}"' in page
    assert WHY in client.get(address).content.decode()
    prefix = f"a{asked.action.pk}"
    said = {f"{prefix}-level": level("adecuada").pk, f"{prefix}-note": "Faltan dos",
            f"{prefix}-revision": asked.revision}  # fmt: skip
    client.post(address, said)
    assert "le piden cambios" not in client.get("/mis-acciones/").content.decode()


def test_a_request_of_an_earlier_month_is_on_the_phone_too(
    year, action, teacher, director, signed_in
):
    june = month(year, 6)
    old = reports.save_report(action, june, by=teacher, revision=None, level=level("parcial"))
    reviews.ask_changes(old, WHY, by=director)

    page = signed_in(teacher).get("/mis-acciones/").content.decode()

    assert WHY in page
    assert "Informe de junio" in page


def test_the_reviewer_sees_what_was_asked_before_and_now(
    asked, teacher, director, signed_in, august
):
    again(asked, teacher, level=level("adecuada"), note="Faltan dos cursos")

    page = signed_in(director).get(f"{grid(august)}?abierta={asked.action.pk}").content.decode()

    assert "Usted pidió cambios" in page
    assert all(words in page for words in (WHY, "Vamos bien", "Faltan dos cursos"))
    assert "Por revisar" in page


def test_asking_from_the_open_row_answers_with_its_parts(report, director, signed_in, august):
    said = {"changes_asked": WHY, "revision": report.revision, "open": "1"}

    answer = signed_in(director).post(
        post_to(report, "ask_changes", august), said, headers=HTMX
    ).content.decode()  # fmt: skip

    assert "Cambios pedidos" in answer
    assert f'id="revision-{report.action.pk}"' in answer
    report.refresh_from_db()
    assert report.changes_asked == WHY


def test_without_a_reason_the_row_says_so(report, director, signed_in, august):
    client, url = signed_in(director), post_to(report, "ask_changes", august)

    by_htmx = client.post(url, {"changes_asked": " ", "open": "1"}, headers=HTMX)
    whole = client.post(url, {"changes_asked": " "}, follow=True)

    assert "Escriba qué hay que cambiar." in by_htmx.content.decode()
    assert "Escriba qué hay que cambiar." in whole.content.decode()
    assert "¿Qué hay que cambiar en el informe?" in whole.content.decode()


def test_a_supervisor_sees_the_state_and_not_the_words(asked, year, actor, signed_in, august):
    supervisor = actor(Role.SUPERVISOR, year.school.office)

    page = signed_in(supervisor).get(f"{grid(august)}?abierta={asked.action.pk}").content.decode()

    assert "Cambios pedidos" in page
    assert 'class="revision__asked"' not in page


def test_closing_the_year_tells_of_requests_without_an_answer(asked, year):
    texts = [missing.text for missing in rules.missing_in_implementation(year)]

    assert any("1 informe con cambios pedidos" in text for text in texts)


def test_whoever_reported_learns_of_the_answer(asked, director, teacher):
    aviso = teacher.user.notifications.get()

    assert aviso.title == f"{director.user} pidió cambios en su informe de «Taller de lectura»"
    assert aviso.detail == WHY
    assert aviso.href == f"/mis-acciones/{asked.action.uid}/agosto/"
    assert not director.user.notifications.exists()
