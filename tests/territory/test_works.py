"""Works and investments: who registers them, what is recorded, what the register sums to."""

import csv
import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from mejora.core.decisions import Conflict, Refused
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.territory.enums import WorkState
from mejora.territory.operations import works as operations
from mejora.territory.works import Work, WorkChange, WorkPhoto
from tests.factories import MembershipFactory, OwnerFactory, SchoolFactory
from tests.factories.works import WorkFactory

pytestmark = pytest.mark.django_db


def member(role, place):
    return MembershipFactory(role=role, place=place)


def client_of(membership):
    client = Client()
    client.force_login(membership.user)
    return client


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def head(school):
    return member(Role.OWNER, school.owner)


@pytest.fixture
def by(head):
    return actor_for(head.user)


def said(school, **more):
    return {
        "school": school,
        "name": "Techado de la multicancha",
        "kind": "expansion",
        "funding": "  Presupuesto   del Servicio ",
        "planned": 1_000_000,
        "spent": None,
        "state": "running",
        **more,
    }


def picture(color="teal"):
    data = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(data, "PNG")
    return SimpleUploadedFile("obra.png", data.getvalue(), "image/png")


def bytes_stored():
    folders = default_storage.listdir("")[0] if default_storage.exists("") else []
    return sum(len(default_storage.listdir(folder)[1]) for folder in folders)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.OWNER, True),
        (Role.DISTRICT_LEAD, True),
        (Role.ADVISER, False),
        (Role.QUALITY_LEAD, False),
    ],
)
def test_owner_and_district_lead_register_and_nobody_else(school, role, may):
    actor = actor_for(member(role, school.owner).user)

    if may:
        assert operations.register(school.owner, said(school), by=actor).pk
    else:
        with pytest.raises(Refused):
            operations.register(school.owner, said(school), by=actor)


def test_what_is_registered_and_changed_is_recorded(school, by):
    work = operations.register(school.owner, said(school), by=by)
    changed = operations.change(work, {"spent": 0, "planned": None}, revision=0, by=by)

    assert changed.funding == "Presupuesto del Servicio"
    first, second = WorkChange.objects.filter(work=work).order_by("pk")
    assert first.before is None
    assert (second.before["spent"], second.after["spent"]) == (None, 0)
    assert (second.before["planned"], second.after["planned"]) == (1_000_000, None)
    assert second.by == by.user


def test_whoever_writes_second_is_told(school, by):
    work = operations.register(school.owner, said(school), by=by)
    operations.change(work, {"spent": 1}, revision=0, by=by)

    with pytest.raises(Conflict):
        operations.change(work, {"spent": 2}, revision=0, by=by)
    assert Work.objects.get(pk=work.pk).spent == 1


def test_a_work_stands_at_a_school_of_the_owner(school, by):
    with pytest.raises(Refused, match="no es hoy una escuela"):
        operations.register(school.owner, said(SchoolFactory()), by=by)


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"starts_on": dt.date(2026, 5, 1), "ends_on": dt.date(2026, 4, 1)}, "igual o posterior"),
        ({"state": "done"}, "cuándo terminó"),
    ],
)
def test_days_that_do_not_fit_are_refused_in_words(school, by, more, text):
    with pytest.raises(ValidationError, match=text):
        operations.register(school.owner, said(school, **more), by=by)


def test_what_goes_to_the_bin_comes_back_and_both_are_recorded(school, by):
    work = operations.register(school.owner, said(school), by=by)

    removed = operations.remove(work, revision=0, reason="duplicada", by=by)
    assert not Work.objects.live().exists()
    with pytest.raises(Refused, match="papelera"):
        operations.change(removed, {"spent": 1}, revision=removed.revision, by=by)
    operations.restore(removed, by=by)

    assert Work.objects.live().get() == work
    told = [change.after.get("removed") for change in WorkChange.objects.order_by("pk")]
    assert told == [None, "duplicada", None]


def test_a_photo_needs_words_is_kept_once_and_must_be_a_picture(school, by):
    work = operations.register(school.owner, said(school), by=by)
    before = bytes_stored()

    photo = operations.add_photo(work, picture(), alt="Patio nuevo", shows_people=True, by=by)

    assert photo.file.may_hold_personal_data
    with pytest.raises(Refused, match="ya está en la obra"):
        operations.add_photo(work, picture(), alt="Otra vez", shows_people=False, by=by)
    with pytest.raises(ValidationError):
        operations.add_photo(work, picture("red"), alt=" ", shows_people=False, by=by)
    paper = SimpleUploadedFile("acta.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    with pytest.raises(Refused, match="Elija una foto"):
        operations.add_photo(work, paper, alt="Acta", shows_people=False, by=by)
    assert WorkPhoto.objects.get() == photo
    assert bytes_stored() == before + 1  # what was refused left none behind


def test_schools_read_what_stands_at_them_and_no_more(school, head):
    own = WorkFactory(school=school, name="Propia")
    WorkFactory(school=SchoolFactory(owner=school.owner), name="De otra escuela")
    director = client_of(member(Role.DIRECTOR, school))

    page = director.get(reverse("works:list")).content.decode()

    assert "Propia" in page
    assert "De otra escuela" not in page
    assert "Registrar una obra" not in page
    assert director.get(reverse("works:edit", args=[own.uid])).status_code == 403
    assert "De otra escuela" in client_of(head).get(reverse("works:list")).content.decode()


def test_a_school_that_passes_on_takes_its_works_to_read_not_to_write(school, head):
    work = WorkFactory(school=school)
    school.owner = OwnerFactory()
    school.save()
    later = client_of(member(Role.OWNER, school.owner))

    assert later.get(reverse("works:detail", args=[work.uid])).status_code == 200
    assert later.get(reverse("works:edit", args=[work.uid])).status_code == 403
    assert client_of(head).get(reverse("works:edit", args=[work.uid])).status_code == 200


def test_the_register_sums_by_state_and_source_what_is_known(school, head):
    other = SchoolFactory(owner=school.owner, name="Liceo Ñuble")
    WorkFactory(school=school, planned=100, spent=40)
    WorkFactory(school=school, planned=50, spent=None, funding="FAEP")
    WorkFactory(school=other, planned=None, spent=0, state=WorkState.TENDER, name="Más salas")

    context = client_of(head).get(reverse("works:list")).context

    assert [(s.name, s.count, s.planned, s.spent) for s in context["by_state"]] == [
        ("En licitación", 1, None, 0),
        ("En ejecución", 2, 150, 40),
    ]
    assert [(s.name, s.count, s.planned, s.spent) for s in context["by_funding"]] == [
        ("FAEP", 1, 50, None),
        ("Presupuesto del Servicio", 2, 100, 40),
    ]
    total = context["total"]
    assert (total.count, total.planned, total.spent, total.unknown) == (3, 150, 40, 1)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=mas+salas", ["Más salas"]),
        ("q=nuble", ["Más salas"]),
        ("estado=tender", ["Más salas"]),
        ("fuente=FAEP", ["Techo"]),
        ("orden=-planificado", ["Techo", "Más salas"]),
        ("estado=nada", ["Más salas", "Techo"]),
    ],
)
def test_the_address_filters_and_orders_and_the_file_says_the_same(school, head, query, names):
    other = SchoolFactory(owner=school.owner, name="Liceo Ñuble")
    WorkFactory(school=school, name="Techo", planned=50, funding="FAEP")
    WorkFactory(school=other, planned=None, state=WorkState.TENDER, name="Más salas")
    client = client_of(head)

    shown = [work.name for work in client.get(f"{reverse('works:list')}?{query}").context["page"]]
    address = reverse("reports:list", kwargs={"listed": "obras", "ending": "csv"})
    content = b"".join(client.get(f"{address}?{query}").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))

    assert shown == names
    assert [row["Obra o inversión"] for row in rows] == names


def test_the_list_costs_the_same_queries_however_long(school, head):
    client = client_of(head)
    counts = []
    for number in (2, 20):
        for _ in range(number):
            WorkFactory(school=SchoolFactory(owner=school.owner))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("works:list"))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12


def test_the_screen_registers_shows_a_clash_and_adds_a_photo(school, head):
    client = client_of(head)
    typed = {
        "name": "Cierre perimetral",
        "school": school.pk,
        "kind": "upkeep",
        "state": "draft",
        "funding": "FAEP",
        "planned": "$33.500.000",
    }
    client.post(reverse("works:new"), typed)
    work = Work.objects.get()
    assert (work.planned, work.spent, work.owner) == (33_500_000, None, school.owner)

    address = reverse("works:edit", args=[work.uid])
    assert client.post(address, {**typed, "revision": 0, "spent": "0"}).status_code == 302
    clash = client.post(address, {**typed, "revision": 0, "spent": "5"})
    assert clash.status_code == 409
    assert "Lo suyo sigue aquí" in clash.content.decode()

    detail = reverse("works:detail", args=[work.uid])
    refused = client.post(detail, {"upload": picture(), "alt": "", "shows_people": "no"})
    assert refused.status_code == 422
    client.post(detail, {"upload": picture(), "alt": "Cierre nuevo", "shows_people": "no"})
    photo = WorkPhoto.objects.get()
    answer = client.get(reverse("works:photo", args=[photo.uid]))
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    page = client.get(detail).content.decode()
    assert 'alt="Cierre nuevo"' in page
    assert "$33.500.000" in page
