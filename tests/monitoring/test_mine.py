"""The responsible's pages: what is missing, three taps, the receipt and the way back."""

import pytest
from django.urls import reverse

from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.monitoring.operations import reports
from mejora.network.enums import Role
from tests.factories import SchoolFactory
from tests.factories.monitoring import action_with_milestones, level
from tests.files import making
from tests.files.making import upload

pytestmark = pytest.mark.django_db
LIST = "/mis-acciones/"


@pytest.fixture
def teacher(year, actor):
    return actor(Role.RESPONSIBLE, year.school)


@pytest.fixture
def action(year, teacher):
    return action_with_milestones(
        year, name="Taller de lenguaje", number=90, responsible=teacher.memberships[0]
    )


def address(action):
    return reverse("monitoring:report", args=(action.uid,))


def test_the_list_says_how_many_reports_are_missing(action, teacher, fill, signed_in):
    fill(3)

    page = signed_in(teacher).get(LIST).content.decode()

    assert "falta 1 informe de agosto" in page
    assert "Taller de lenguaje" in page
    assert "Taller número 1" not in page  # the school's other actions are not theirs


@pytest.mark.parametrize("is_late", [True, False])
def test_a_reported_action_says_who_has_it_now(is_late, action, teacher, august, signed_in):
    if not is_late:
        action.milestones.update(due_on=None)
    reports.save_report(action, august, by=teacher, revision=None, milestones=[])

    page = signed_in(teacher).get(LIST).content.decode()

    assert ("sus informes están al día" in page) is not is_late
    assert ("atrasado" in page) is is_late
    assert "lo está revisando" in page


def test_whoever_has_no_actions_is_told_whom_to_ask(year, teacher, signed_in):
    page = signed_in(teacher).get(LIST).content.decode()

    assert "no tiene acciones a cargo" in page
    assert "pregunte a la dirección" in page


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_with_one_action_or_twelve(
    count, year, teacher, signed_in, django_assert_max_num_queries
):
    for number in range(count):
        action_with_milestones(year, responsible=teacher.memberships[0], name=f"Taller {number}")
    client = signed_in(teacher)
    client.get(LIST)

    with django_assert_max_num_queries(13):
        client.get(LIST)


def test_report_tick_and_photo_arrive_together(action, teacher, signed_in):
    box = action.milestones.first()
    prefix = f"a{action.pk}"
    sent = {
        f"{prefix}-boxes": "1",
        f"{prefix}-milestones": [box.pk],
        f"{prefix}-note": "Bien",
        f"{prefix}-revision": "",
        "camera": upload(making.photo(), "IMG.jpg"),
        "shows_people": "no",
    }

    receipt = signed_in(teacher).post(address(action), sent, follow=True).content.decode()

    assert "Informe de agosto enviado" in receipt
    assert box.name in receipt
    assert "IMG.jpg" in receipt
    assert ProgressReport.objects.get().pct == 25
    assert not EvidenceUse.objects.get().file.may_hold_personal_data


def test_a_photo_without_an_answer_counts_as_showing_people(action, teacher, signed_in):
    sent = {f"a{action.pk}-boxes": "1", "uploads": upload(making.photo())}

    signed_in(teacher).post(address(action), sent)

    assert EvidenceUse.objects.get().file.may_hold_personal_data


def test_a_refused_file_does_not_hold_back_the_report(action, teacher, signed_in):
    sent = {f"a{action.pk}-boxes": "1", "uploads": upload(b"MZ\x90\0", "a.jpg")}

    receipt = signed_in(teacher).post(address(action), sent, follow=True).content.decode()

    assert "No se guardó «a.jpg»" in receipt
    assert ProgressReport.objects.count() == 1


def test_the_report_can_be_taken_back_from_its_receipt(action, teacher, august, signed_in):
    client = signed_in(teacher)
    client.post(address(action), {f"a{action.pk}-boxes": "1"})

    undo = reverse("monitoring:undo_mine", args=(action.uid, august))
    page = client.post(undo, follow=True).content.decode()

    assert "Informe deshecho" in page
    assert not ProgressReport.objects.exists()


def test_somebody_else_s_report_meanwhile_is_shown_not_overwritten(
    action, teacher, director, august, signed_in
):
    reports.save_report(action, august, by=director, revision=None, note="Desde dirección")
    sent = {f"a{action.pk}-note": "La mía", f"a{action.pk}-revision": ""}

    answer = signed_in(teacher).post(address(action), sent)
    html = answer.content.decode()

    assert answer.status_code == 409
    assert all(text in html for text in ("Desde dirección", "La mía"))
    assert ProgressReport.objects.get().note == "Desde dirección"


def test_without_milestones_there_are_six_levels_to_choose(year, teacher, fill, signed_in):
    (action,) = fill(1, responsible=teacher.memberships[0])

    page = signed_in(teacher).get(address(action)).content.decode()
    signed_in(teacher).post(address(action), {f"a{action.pk}-level": level("avanzada").pk})

    assert page.count('type="radio" id="nivel-') == 6
    assert ProgressReport.objects.get().level.code == "avanzada"


def test_a_teacher_of_another_school_finds_nothing(action, actor, signed_in):
    stranger = signed_in(actor(Role.RESPONSIBLE, SchoolFactory()))

    assert stranger.get(address(action)).status_code == 404
    assert stranger.post(address(action), {}).status_code == 404


def test_a_colleague_reads_why_they_may_not_report(action, year, actor, signed_in):
    colleague = signed_in(actor(Role.RESPONSIBLE, year.school))

    page = colleague.get(address(action)).content.decode()
    colleague.post(address(action), {f"a{action.pk}-boxes": "1"})

    assert "a cargo de otra persona" in page
    assert not ProgressReport.objects.exists()
