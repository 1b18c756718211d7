"""Addresses, forms and files as an attacker fills them in: nothing breaks, runs or leaks."""

import csv
import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import path, resolve

from mejora.commands.output import save
from mejora.core import packed, spreadsheets
from mejora.monitoring.models import ProgressReport
from mejora.network import operations
from mejora.network.enums import BatchKind, BatchState, Role
from mejora.network.models import ImportBatch, School, SchoolYear
from mejora.people.models import User
from mejora.reports import exports
from tests.test_every_address import OPEN_TO, PUBLIC, address

pytestmark = pytest.mark.django_db
SCRIPT = "'\"><script>alert(1)</script>"
NASTY = ["\x00", SCRIPT, "9" * 20, "-1", "¹", "%", "9999-12-31", "x" * 5000]
PARAMETERS = [
    "abierta", "anio", "causa", "columna", "comuna", "dependencia", "escuela", "estado",
    "estrategia", "etapa", "fila", "filas", "mostrar", "next", "objetivo", "orden", "pagina",
    "persona", "por", "prueba", "q", "que", "region", "sostenedor", "tipo", "turno", "ver",
]  # fmt: skip
# One segment of an address, written in its place.
PIECES = [
    "%00", "%22%3E%3Cscript%3Ealert(1)", "0", "9999", "9" * 20, "nada", "%C2%B9", "x" * 3000,
    "00000000-0000-0000-0000-000000000000",
]  # fmt: skip


@pytest.fixture
def visitor(world):
    """`visitor(name)`: the client of somebody whom that address lets in, breaking loudly."""
    clients = {}
    for role in (Role.DIRECTOR, Role.ANALYST, Role.OWNER):
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(world.people[role].user)

    def choose(name):
        open_to = OPEN_TO[name]
        if open_to == PUBLIC:
            return Client(raise_request_exception=False)
        letters = {"D": Role.DIRECTOR, "N": Role.ANALYST, "O": Role.OWNER}
        role = next((r for letter, r in letters.items() if letter in open_to), Role.DIRECTOR)
        return clients[role]

    return choose


def got(client, url, *data, **headers):
    """Status and body, on a transaction of its own: PostgreSQL goes on after an error."""
    with transaction.atomic():
        answer = client.get(url, *data, headers=headers)
        body = b"".join(answer)  # a file is read to its end, which closes it
        transaction.set_rollback(True)
    return answer.status_code, body.decode("utf-8", "replace"), answer


@pytest.mark.parametrize("name", OPEN_TO)
def test_whatever_is_asked_for_no_page_breaks_or_runs_it(world, visitor, name):
    url, broken = address(name, world.own, world), []
    client = visitor(name)
    for text in NASTY:
        status, body, answer = got(client, url, dict.fromkeys(PARAMETERS, text))
        is_page = answer.get("Content-Type", "").startswith("text/html")
        if status >= 500 or (is_page and "<script>alert" in body):
            broken.append((text[:20], status))
    for value in {str(v) for v in resolve(url).kwargs.values()}:
        for piece in PIECES:
            status, body, _ = got(client, url.replace(f"/{value}", f"/{piece}", 1))
            if status >= 500 or "<script>alert" in body:
                broken.append((value, piece[:20], status))

    assert broken == []


def test_no_form_breaks_on_what_nobody_types(world, visitor):
    broken = []
    for name in OPEN_TO:
        client, url = visitor(name), address(name, world.own, world)
        for text in NASTY[:3]:
            fields = dict.fromkeys(
                ["name", "text", "note", "on", "value", "kind", "year", "revision", "email",
                 "login", "password", "role", "place", "membership", "decision", "reason",
                 "region", "frequency", "summary", "weight", "starts_on", "ends_on", "number",
                 *PARAMETERS], text,
            )  # fmt: skip
            with transaction.atomic():
                status = client.post(url, fields).status_code
                transaction.set_rollback(True)
            if status >= 500:
                broken.append((name, text[:20], status))

    assert broken == []


# What people wrote, as it comes back ------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OWNER, Role.ANALYST])
def test_markup_that_people_wrote_is_shown_and_never_run(world, role):
    School.objects.update(name=SCRIPT)
    User.objects.update(name=SCRIPT)
    ProgressReport.objects.update(note=SCRIPT)
    for thing in world.own.things.values():
        for field in ("name", "text", "label", "note"):
            if isinstance(getattr(thing, field, None), str) and thing._meta.model_name != "term":
                type(thing).objects.filter(pk=thing.pk).update(**{field: SCRIPT})
    client, shown = Client(), 0
    client.force_login(world.people[role].user)
    for name in OPEN_TO:
        _, body, answer = got(client, address(name, world.own, world))
        if answer.get("Content-Type", "").startswith("text/html"):
            assert "<script>alert" not in body, name
            shown += "&lt;script&gt;alert" in body
    assert shown > 10


FORMULA = '=HYPERLINK("http://malo.example";"Ver")'


def test_no_export_holds_a_formula(world, tmp_path):
    School.objects.update(name=FORMULA)
    SchoolYear.objects.update(name=FORMULA)
    for header, rows in (
        (exports.SCHOOL_HEADER, exports.school_rows),
        (exports.PLAN_HEADER, exports.plan_rows),
    ):
        target = tmp_path / "salida.csv"
        save(target, lambda file, h=header, r=rows: spreadsheets.write_csv(file, h, r()))
        text = target.read_text(encoding="utf-8-sig")
        cells = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert any(f"'{FORMULA}" in row for row in cells)
        assert not [c for row in cells for c in row if c.startswith(("=", "+", "@", "\t", "\r"))]


# Spreadsheets that want to do harm --------------------------------------------------------------


def workbook(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name.replace("__", "/") + ".xml", text)
    return content.getvalue()


def bomb():
    """A few hundred kilobytes that unpack to more than is ever read."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book,
        book.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(packed.MAX_UNPACKED // (1 << 20) + 1):
            sheet.write(b"0" * (1 << 20))
    return content.getvalue()


LAUGHS = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>"""
)
OUTSIDE = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>"""
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomba.xlsx", None),
        ("risas.xlsx", workbook(xl__workbook=LAUGHS)),
        ("afuera.xlsx", workbook(xl__workbook=OUTSIDE)),
        ("pagina.csv", b"<!doctype html><script>alert(1)</script>"),
        ("../../fuera.csv", b"\x00\x01\x02"),
        ("ceros.xlsx", b"PK\x03\x04" + b"\x00" * 1000),
    ],
    ids=["bomb", "laughs", "outside", "html", "binary", "zeros"],
)
def test_a_harmful_spreadsheet_is_refused_in_words(name, content, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    file = ContentFile(content or bomb(), name=name)

    batch = operations.receive(file, kind=BatchKind.DIRECTORY, year=None, by=None)
    operations.check(batch)

    batch.refresh_from_db()
    assert batch.state == BatchState.REFUSED
    assert batch.message
    assert "/etc" not in batch.message
    assert "root:" not in batch.message
    assert "/" not in batch.file_name
    inside = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert all(p.is_relative_to(tmp_path / "files") for p in inside)
    assert not ImportBatch.objects.filter(state=BatchState.APPLIED).exists()


# A GET that writes is a bug and is stopped ------------------------------------------------------


def writes(request):
    from django.http import HttpResponse

    School.objects.update(name="Cambiada por mirar")
    return HttpResponse("bien")


urlpatterns = [path("mirar/", writes)]


@pytest.mark.urls("tests.test_security")
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_never_writes(world, method):
    client = Client(raise_request_exception=False)
    client.force_login(world.people[Role.ANALYST].user)
    before = sorted(School.objects.values_list("name", flat=True))

    with transaction.atomic():
        answer = getattr(client, method)("/mirar/")

    assert answer.status_code == 500
    assert sorted(School.objects.values_list("name", flat=True)) == before
