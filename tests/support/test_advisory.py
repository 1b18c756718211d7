"""An ATE's advisory: what it begins with, and the way of a product from one side to the other."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mejora.core.decisions import Refused
from mejora.network.enums import Role
from mejora.support import deliverable_rules as rules
from mejora.support.deliverables import Deliverable
from mejora.support.enums import DeliverableStatus as S
from mejora.support.enums import SupportKind
from mejora.support.models import SupportChange, SupportPlan
from mejora.support.operations import deliverables as operations
from mejora.support.producing import PRODUCERS
from mejora.support.program import month_of, program
from tests.factories import ActionFactory, MembershipFactory
from tests.factories.monitoring import implementing_year
from tests.factories.network import YEAR
from tests.world import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(today):
    return implementing_year()


@pytest.fixture
def people(year, actor):
    school = year.school
    return {
        "owner": actor(Role.OWNER, school.owner),
        "director": actor(Role.DIRECTOR, school),
        "consultant": actor(Role.ADVISER, school),
        "other_adviser": actor(Role.ADVISER, school),
        "supervisor": actor(Role.SUPERVISOR, school.office),
    }


@pytest.fixture
def advisory(year, people):
    fields = {
        "name": "Asesoría PME, Aula Abierta",
        "year": YEAR,
        "approach": "direct",
        "starts_on": dt.date(YEAR, 4, 1),
        "ends_on": dt.date(YEAR, 11, 30),
        "lead": people["consultant"].memberships[0],
        "hours": program().hours,
    }
    return operations.begin(year.school.owner, fields, year.school, by=people["owner"])


@pytest.fixture
def product(advisory):
    return advisory.deliverables.get(code="diagnostico")


def again(thing):
    return Deliverable.objects.get(pk=thing.pk)


def handed(product, by):
    operations.attach(product, photo(), by=by)
    return operations.deliver(again(product), revision=again(product).revision, by=by)


def test_it_begins_with_the_seven_products_at_the_end_of_their_months(advisory):
    assert advisory.kind == SupportKind.ATE
    assert [(d.code, d.month, d.due_on.isoformat()) for d in advisory.deliverables.all()] == [
        ("diagnostico", 1, f"{YEAR}-04-30"),
        ("borrador", 3, f"{YEAR}-06-30"),
        ("herramientas", 3, f"{YEAR}-06-30"),
        ("version-final", 5, f"{YEAR}-08-31"),
        ("monitoreo", 8, f"{YEAR}-11-30"),
        ("evaluacion", 8, f"{YEAR}-11-30"),
        ("verificacion", 8, f"{YEAR}-11-30"),
    ]


@pytest.mark.parametrize(
    ("starts", "number", "first", "last"),
    [
        ("2026-04-01", 1, "2026-04-01", "2026-04-30"),
        ("2026-01-31", 2, "2026-02-28", "2026-03-30"),
        ("2026-08-15", 8, "2027-03-15", "2027-04-14"),
    ],
)
def test_a_month_of_the_advisory_is_counted_from_its_first_day(starts, number, first, last):
    found = month_of(dt.date.fromisoformat(starts), number)

    assert [day.isoformat() for day in found] == [first, last]


WHO = {
    "prepare": {"owner", "consultant"},
    "deliver": {"owner", "consultant"},
    "withdraw": {"owner", "consultant"},
    "decide": {"director"},
    "undecide": {"director"},
}
WHEN = {
    "prepare": {S.PENDING, S.RETURNED},
    "deliver": {S.PENDING, S.RETURNED},
    "withdraw": {S.DELIVERED},
    "decide": {S.DELIVERED},
    "undecide": {S.ACCEPTED, S.RETURNED},
}


@pytest.mark.parametrize("deed", WHO)
def test_who_does_what_in_which_state(deed, product, people):
    rule = getattr(rules, f"can_{deed}")
    more = {"files": 1} if deed == "deliver" else {}
    for status in S:
        product.status = status
        may = {name for name, who in people.items() if rule(who, product, **more)}

        assert may == (WHO[deed] if status in WHEN[deed] else set()), status


def test_nothing_is_handed_over_without_a_file(product, people):
    with pytest.raises(Refused, match="al menos un archivo"):
        operations.deliver(product, revision=product.revision, by=people["consultant"])


def test_from_hand_to_hand_until_it_is_accepted(product, people):
    consultant, director = people["consultant"], people["director"]
    done = handed(product, consultant)
    assert director.user.notifications.get().title.endswith(f"entregó «{product.title}»")

    operations.return_(done, "Falta la voz de las familias", revision=done.revision, by=director)
    assert again(product).status == S.RETURNED
    assert consultant.user.notifications.get().detail == "Falta la voz de las familias"

    done = operations.deliver(again(product), revision=again(product).revision, by=consultant)
    assert (done.reason, done.decided_at) == ("", None)
    operations.accept(done, revision=done.revision, by=director)

    told = SupportChange.objects.filter(entity="deliverable", entity_uid=product.uid)
    assert [change.after["status"] for change in told.order_by("pk")] == [
        *("pending", "delivered", "returned", "delivered", "accepted")
    ]


def test_an_answer_is_taken_back_and_so_is_a_handing_over(product, people):
    done = operations.accept(
        handed(product, people["consultant"]), revision=1, by=people["director"]
    )
    done = operations.undecide(done, revision=done.revision, by=people["director"])
    done = operations.withdraw(done, revision=done.revision, by=people["consultant"])

    assert (done.status, done.delivered_at, done.decided_at) == (S.PENDING, None, None)


def test_the_same_file_twice_is_refused_and_one_taken_off_comes_back(product, people):
    by = people["consultant"]
    found = operations.attach(product, photo(), by=by)
    with pytest.raises(Refused, match="ya está"):
        operations.attach(product, photo(), by=by)

    operations.take_off(found, by=by)
    assert not product.files.live().exists()
    found.refresh_from_db()
    operations.put_back(found, by=by)
    assert product.files.live().get() == found


def test_mejora_attaches_what_it_can_make_as_it_stands_today(advisory, year, people):
    ActionFactory(plan_year=year)
    for code in ("borrador", "herramientas"):
        for kind in program().wanted(code).produced:
            thing = advisory.deliverables.get(code=code)
            operations.produce(thing, kind, year.school, by=people["consultant"])

    files = [f for d in advisory.deliverables.all() for f in d.files.all()]
    assert sorted(f.made_of for f in files) == [
        f"Ficha de monitoreo {YEAR}",
        f"Ficha de seguimiento {YEAR}",
        f"Lista de evidencias {YEAR}",
        f"PME {YEAR}",
    ]
    assert {f.file.mime for f in files} == {"application/pdf"}
    assert {kind for d in program().deliverables for kind in d.produced} == set(PRODUCERS)


def test_what_cannot_be_made_says_why(advisory, year, people):
    report = advisory.deliverables.get(code="monitoreo")
    with pytest.raises(Refused, match="no hay acciones informadas"):
        operations.produce(report, "informe-monitoreo", year.school, by=people["consultant"])
    with pytest.raises(Refused, match="no hace ese documento"):
        operations.produce(report, "plan", year.school, by=people["consultant"])


def test_an_unsent_plan_is_not_attached_by_whoever_may_not_read_it(advisory, year, people):
    type(year).objects.filter(pk=year.pk).update(version_no=0)
    draft = advisory.deliverables.get(code="borrador")

    with pytest.raises(Refused, match="desde que la escuela lo envía"):
        operations.produce(draft, "plan", year.school, by=people["consultant"])


def test_the_owner_begins_one_on_the_screen(signed_in, year, people):
    MembershipFactory(role=Role.ADVISER, place=year.school)
    sent = {
        "school": year.school.pk,
        "provider": "Aula Abierta",
        "lead": people["consultant"].memberships[0].pk,
        "starts_on_0": "1",
        "starts_on_1": "4",
        "starts_on_2": str(YEAR),
        "starts_on": f"{YEAR}-04-01",
        "hours": "80",
    }

    answer = signed_in(people["owner"]).post(reverse("support:advisory_new"), sent)

    plan = SupportPlan.objects.get()
    assert answer["Location"] == reverse("support:deliverables", args=[plan.uid])
    assert (plan.kind, plan.ends_on, plan.hours) == ("ate", dt.date(YEAR, 11, 30), 80)


def test_on_the_screen_the_consultant_hands_over_and_the_director_returns(
    signed_in, product, people
):
    here = reverse("support:deliverable", args=[product.uid])
    consultant = signed_in(people["consultant"])
    upload = SimpleUploadedFile("diagnostico.jpg", photo().read(), "image/jpeg")
    consultant.post(f"{here}archivos/", {"file": upload})
    consultant.post(f"{here}entregar/", {"revision": again(product).revision})

    director = signed_in(people["director"])
    assert "Aceptar el producto" in director.get(here).content.decode()
    empty = director.post(f"{here}devolver/", {"revision": 1, "reason": " "})
    assert (empty.status_code, "Escriba qué falta." in empty.content.decode()) == (422, True)
    seen = again(product).revision
    director.post(f"{here}devolver/", {"revision": seen, "reason": "Falta el anexo"})

    assert again(product).status == S.RETURNED
    assert "Falta el anexo" in consultant.get(here).content.decode()


def test_the_pages_tell_months_hours_and_states(signed_in, advisory, people):
    page = signed_in(people["director"]).get(reverse("support:deliverables", args=[advisory.uid]))

    text = page.content.decode()
    assert [m.state for m in page.context["months"]].count("now") == 1
    assert "0 de 80" in text
    assert all(told in text for told in program().months)


def tasks_of(client):
    return [task.title for task in client.get("/").context["tasks"]]


def test_the_homes_say_what_waits(signed_in, product, people):
    consultant, director = signed_in(people["consultant"]), people["director"]
    assert "Entregar 4 productos de la asesoría" in " ".join(tasks_of(consultant))

    handed(product, people["consultant"])

    assert "Responder 1 producto de la asesoría" in tasks_of(signed_in(director))
