"""Evidence: filing, who sees the files, taking away and bringing back."""

import pytest
from django.urls import reverse

from mejora.core.decisions import Refused
from mejora.files.models import StoredFile
from mejora.monitoring.models import EvidenceUse
from mejora.monitoring.operations import evidence
from mejora.network.enums import Role
from mejora.plans.enums import Entity
from mejora.plans.models import Change, EvidenceRequirement, PlanYear
from tests.factories import ActionFactory, SchoolFactory
from tests.factories.monitoring import action_with_milestones
from tests.files import making
from tests.files.making import upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(year):
    return action_with_milestones(year)


@pytest.fixture
def filed(action, director):
    use, _ = evidence.add_evidence(
        action, upload(making.photo(), "Sala.jpg"), by=director, shows_people=False
    )
    return use


def address(action):
    year = action.plan_year
    return reverse("monitoring:evidence", args=(year.school.code, year.year, action.uid))


def file_address(use):
    return reverse("monitoring:file", args=(use.uid, use.file.original_name))


def test_filing_is_recorded_and_says_what_it_proves(action, director):
    milestone = action.milestones.first()
    asked = EvidenceRequirement.objects.create(action=action, milestone=milestone, text="Acta")

    use, is_again = evidence.add_evidence(
        action, upload(making.pdf(), "a.pdf"), by=director, shows_people=True, requirement=asked
    )

    assert not is_again
    assert (use.milestone, use.requirement) == (milestone, asked)
    assert use.file.may_hold_personal_data
    assert use.file.space == f"school:{action.plan_year.school.uid}"
    change = Change.objects.get(entity=Entity.EVIDENCE)
    assert change.after["requirement"] == str(asked.uid)


def test_the_same_file_twice_is_one_evidence(action, director, filed):
    again, is_again = evidence.add_evidence(
        action, upload(making.photo(), "Otra.jpg"), by=director, shows_people=False
    )

    assert (again, is_again) == (filed, True)
    assert Change.objects.filter(entity=Entity.EVIDENCE).count() == 1


def test_one_file_may_prove_two_actions(year, director, filed):
    other, _ = evidence.add_evidence(
        ActionFactory(plan_year=year), upload(making.photo()), by=director, shows_people=False
    )

    assert other.file == filed.file
    assert StoredFile.objects.count() == 1


def test_a_part_of_another_action_is_refused_and_no_file_stays(year, director, action):
    stranger = action_with_milestones(year).milestones.first()

    with pytest.raises(Refused, match="otra acción"):
        evidence.add_evidence(
            action, upload(making.pdf()), by=director, shows_people=False, milestone=stranger
        )

    assert not StoredFile.objects.exists()


def test_taken_away_it_comes_back_and_both_are_recorded(filed, director):
    evidence.remove_evidence(filed, by=director, reason="Se ve una ficha")
    assert not EvidenceUse.objects.live().exists()

    evidence.restore_evidence(filed, by=director)

    assert EvidenceUse.objects.live().get() == filed
    assert Change.objects.filter(entity=Entity.EVIDENCE).count() == 3


def test_a_responsible_takes_away_only_what_they_filed(year, filed, actor):
    teacher = actor(Role.RESPONSIBLE, year.school)
    filed.action.responsible = teacher.memberships[0]
    filed.action.save()

    with pytest.raises(Refused, match="otra persona"):
        evidence.remove_evidence(filed, by=teacher)


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.DIRECTOR, "own", 200),
        (Role.PLANNER, "own", 200),
        (Role.RESPONSIBLE, "own", 200),
        (Role.OWNER, "owner", 200),
        (Role.DIRECTOR, "foreign", 404),
        (Role.RESPONSIBLE, "foreign", 404),
        (Role.OWNER, "foreign owner", 404),
        (Role.SUPERVISOR, "office", 404),
        (Role.ADVISER, "own", 404),
        (Role.ANALYST, "country", 404),
        (Role.ADMINISTRATOR, "country", 404),
    ],
)
def test_the_file_reaches_only_who_sees_the_school_s_evidence(
    role, place, status, year, filed, actor, signed_in
):
    school, foreign = year.school, SchoolFactory()
    places = {
        "own": school,
        "owner": school.owner,
        "office": school.office,
        "country": school.country,
        "foreign": foreign,
        "foreign owner": foreign.owner,
    }

    answer = signed_in(actor(role, places[place])).get(file_address(filed))

    assert answer.status_code == status
    answer.close()


def test_nobody_unknown_reaches_a_file(filed, client):
    answer = client.get(file_address(filed))

    assert answer.status_code == 302
    assert "/cuenta/" in answer["Location"]


def test_a_picture_opens_and_everything_else_is_downloaded(action, filed, director, signed_in):
    document, _ = evidence.add_evidence(
        action, upload(making.pdf(), "Acta nº1.pdf"), by=director, shows_people=False
    )
    client = signed_in(director)

    picture, paper = client.get(file_address(filed)), client.get(file_address(document))

    assert picture["Content-Disposition"].startswith("inline")
    assert paper["Content-Disposition"].startswith("attachment")
    for answer in (picture, paper):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "script-src" not in answer["Content-Security-Policy"]
        answer.close()


def test_in_the_bin_the_file_is_not_served(filed, director, signed_in):
    evidence.remove_evidence(filed, by=director)

    assert signed_in(director).get(file_address(filed)).status_code == 404


def test_several_files_are_kept_or_refused_each_on_its_own(action, director, signed_in):
    sent = {
        "uploads": [
            upload(making.pdf(), "a.pdf"),
            upload(b"MZ\x90\0", "b.pdf"),
            upload(making.photo()),
        ],
        "shows_people": "no",
        "proves": "",
    }

    page = signed_in(director).post(address(action), sent, follow=True).content.decode()

    assert EvidenceUse.objects.count() == 2
    assert "No se guardó «b.pdf»" in page


def test_whoever_files_is_asked_whether_it_shows_people(action, director, signed_in):
    answer = signed_in(director).post(address(action), {"uploads": [upload(making.pdf())]})

    assert answer.status_code == 422
    assert "Diga si muestra personas o nombres" in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_a_file_sent_alone_is_answered_with_its_row(action, director, signed_in):
    sent = {"uploads": [upload(making.pdf(), "a.pdf")], "shows_people": "si", "proves": ""}

    kept = signed_in(director).post(address(action), sent, headers={"HX-Request": "true"})
    refused = signed_in(director).post(
        address(action),
        {**sent, "uploads": [upload(b"x", "a.pdf")]},
        headers={"HX-Request": "true"},
    )

    assert "Muestra personas o nombres" in kept.content.decode()
    assert (refused.status_code, refused["Content-Type"]) == (422, "text/plain")


def test_taking_away_through_the_page_offers_to_undo(filed, director, signed_in):
    client = signed_in(director)

    page = client.post(reverse("monitoring:evidence_remove", args=(filed.uid,)), follow=True)
    undo = reverse("monitoring:evidence_restore", args=(filed.uid,))
    assert undo in page.content.decode()
    client.post(undo)

    assert EvidenceUse.objects.live().count() == 1


def test_the_list_costs_the_same_with_many(
    year, action, director, signed_in, django_assert_max_num_queries
):
    for number in range(12):
        evidence.add_evidence(
            action, upload(making.pdf(str(number).encode())), by=director, shows_people=False
        )
    client = signed_in(director)

    with django_assert_max_num_queries(14):
        client.get(address(action))


def test_evidence_begins_the_implementation(action, director):
    from mejora.plans.models import Stage

    evidence.add_evidence(action, upload(making.pdf()), by=director, shows_people=False)

    assert Stage.objects.get(plan_year=action.plan_year, kind="implementation").status == "partial"


@pytest.mark.parametrize(
    ("role", "place", "sees"),
    [
        (Role.OWNER, "owner", True),
        (Role.RESPONSIBLE, None, True),
        (Role.SUPERVISOR, "office", False),
        (Role.ADVISER, "owner", False),
    ],
)
def test_names_of_files_are_for_those_who_may_see_them(
    role, place, sees, year, director, august, actor, signed_in
):
    """A name may tell of a pupil: neither the month, nor the history, nor its file shows it."""
    PlanYear.objects.filter(pk=year.pk).update(version_no=1, is_begun=True)
    action = ActionFactory(plan_year=year)
    photo = upload(making.photo(), "Acta de Juan Pérez.jpg")
    evidence.add_evidence(action, photo, by=director, shows_people=True)
    someone = actor(role, getattr(year.school, place) if place else year.school)
    client = signed_in(someone)
    month_of = reverse("monitoring:grid", args=(year.school.code, year.year, august))
    plan = f"/escuelas/{year.school.code}/plan/{year.year}"

    pages = {
        f"{month_of}?abierta={action.pk}": client.get(f"{month_of}?abierta={action.pk}"),
        "row": client.get(f"{month_of}{action.uid}/", headers={"HX-Request": "true"}),
        "history": client.get(f"{plan}/historial/"),
        "file": client.get(f"{plan}/descargar/historial/csv/"),
    }

    for where, answer in pages.items():
        whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, where
        assert ("Juan" in whole.decode("utf-8-sig")) is sees, where
    way = f"/monitoreo/{year.year}/evidencias/{action.uid}/"
    assert (way in pages[f"{month_of}?abierta={action.pk}"].content.decode()) is sees
