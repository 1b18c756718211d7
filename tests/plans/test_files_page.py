"""The page of a school's own files: who gets it, what it offers, where an upload ends."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from mejora.__main__ import main
from mejora.commands import prepare
from mejora.core.decisions import Refused
from mejora.network import operations
from mejora.network.access import actor_for
from mejora.network.enums import BatchKind, BatchState, Role
from mejora.network.models import ImportBatch
from mejora.plans.models import Change, Seal
from mejora.plans.operations import plan as plans
from mejora.plans.operations import stages, strategic
from tests.factories import MembershipFactory, SchoolFactory
from tests.plans.workbooks import Edited, downloaded, edited, landed, told, undone, uploaded


def page(planned):
    return reverse("plans:files", args=[planned.school.code])


@pytest.mark.parametrize("who", ["director", "planner"])
def test_who_writes_the_plan_gets_the_workbooks_and_the_form(planned, signed_in, who):
    text = signed_in(getattr(planned, who)).get(page(planned)).content.decode()

    assert reverse("plans:workbook", args=planned.here) in text
    assert "Reporte de la plataforma" in text


@pytest.mark.parametrize(
    ("who", "status"),
    [("responsible", 403), ("owner", 403), ("supervisor", 403), ("other_director", 404)],
)
def test_others_do_not(planned, signed_in, who, status):
    assert signed_in(getattr(planned, who)).get(page(planned)).status_code == status


def test_an_upload_is_reviewed_on_the_page_of_its_batch(planned, signed_in):
    client = signed_in(planned.planner)
    book = edited(planned.year)
    book.put("Sellos", "S1", "Nombre", "Aprendemos siempre")
    file = SimpleUploadedFile("planilla.xlsx", book.data())
    response = client.post(page(planned), {"kind": "workbook", "year": 2026, "file": file})
    batch = ImportBatch.objects.get()
    assert response.url == reverse("network:batch", args=[batch.pk])
    operations.check(batch)

    text = client.get(response.url).content.decode()
    assert "Importar 1 fila" in text
    assert page(planned) in text
    rows = client.get(reverse("network:batch_rows", args=[batch.pk, "cambios"])).content.decode()
    assert "Aprendemos juntos" in rows
    assert "Aprendemos siempre" in rows
    assert "planilla.xlsx" in client.get(page(planned)).content.decode()


def test_a_form_without_a_file_says_so(planned, signed_in):
    response = signed_in(planned.director).post(page(planned), {"kind": "workbook", "year": 2026})

    assert response.status_code == 422
    assert "Elija el archivo." in response.content.decode()


def test_the_workbook_is_downloaded_full_or_empty(planned, signed_in):
    client = signed_in(planned.responsible)
    full = client.get(reverse("plans:workbook", args=planned.here))
    empty = client.get(reverse("plans:workbook", args=planned.here) + "?vacia")

    assert full.content.startswith(b"PK")
    assert f"PME-{planned.school.code}-2026-vacia.xlsx" in empty["Content-Disposition"]
    assert len(empty.content) < len(full.content)


def test_the_plan_and_the_empty_plan_lead_here(planned, signed_in, today):
    client = signed_in(planned.director)
    assert page(planned) in client.get(reverse("plans:detail", args=planned.here)).content.decode()

    school = SchoolFactory()
    by = actor_for(MembershipFactory(role=Role.DIRECTOR, place=school).user)
    plans.start(school, by=by, start_year=2026)
    text = signed_in(by).get(reverse("plans:detail", args=[school.code, 2026])).content.decode()
    assert "¿Ya lo tiene en Excel?" in text


@pytest.mark.parametrize("kind", [BatchKind.WORKBOOK, BatchKind.SCHOOL_REPORT])
@pytest.mark.parametrize("who", ["responsible", "owner", "supervisor", "other_director"])
def test_nobody_else_brings_a_file_into_the_school(planned, kind, who):
    with pytest.raises(Refused, match="No le corresponde importar"):
        uploaded(downloaded(planned.year), by=getattr(planned, who), school=planned.school,
                 kind=kind)  # fmt: skip


def test_a_workbook_with_the_code_of_another_school_forged_inside_stays_out(planned, actor):
    """The director of another school uploads, into its own, a file that says to be of this one."""
    other = SchoolFactory()
    plans.start(other, by=actor(Role.DIRECTOR, other), start_year=2026)
    by = actor(Role.DIRECTOR, other)
    book = edited(planned.year)
    book.put("Sellos", "S1", "Nombre", "Ajeno")
    assert "es del RBD" in uploaded(book, by=by, school=other).message

    book.fact("RBD", int(other.code))
    batch = uploaded(book, by=by, school=other)
    assert any("esa clave no es de este plan" in error for error in told(batch))
    assert batch.rows_refused
    planned.seal.refresh_from_db()
    assert planned.seal.name == "Aprendemos juntos"


def test_what_a_stage_no_longer_takes_is_refused_with_the_reason_and_actions_ask_theirs(approved):
    book = edited(approved.year)
    book.put("Sellos", "S1", "Nombre", "Otro")
    book.put("Acciones", "A1", "Responsable", "La directora")
    batch = uploaded(book, by=approved.director, school=approved.school)
    errors = told(batch)
    assert any("Sellos!C3: no se puede cambiar (sello). La Fase Estratégica está" in e
               for e in errors)  # fmt: skip
    assert any("escriba por qué cambia la acción" in error for error in errors)

    book.put("Acciones", "A1", "Motivo", "Cambió el cargo")
    batch = uploaded(book, by=approved.director, school=approved.school)
    landed(batch, approved.director)
    approved.first.refresh_from_db()
    assert approved.first.responsible_text == "La directora"
    assert Change.objects.get(batch=batch).reason == "Cambió el cargo"
    undone(batch, approved.director)
    approved.first.refresh_from_db()
    assert approved.first.responsible_text == "Jefa de UTP"


def test_a_stage_sent_between_the_review_and_the_saving_sends_the_file_back_to_review(planned):
    book = edited(planned.year)
    book.put("Sellos", "S1", "Nombre", "Otro")
    batch = uploaded(book, by=planned.director, school=planned.school)
    operations.approve(batch, by=planned.director)
    stages.send_strategic(planned.year, by=planned.director)

    operations.land(batch)
    assert batch.state == BatchState.WAITING
    operations.check(batch)
    assert (batch.state, batch.rows_refused) == (BatchState.CHECKED, 1)
    planned.seal.refresh_from_db()
    assert planned.seal.name == "Aprendemos juntos"


def test_what_changed_between_the_review_and_the_saving_is_reviewed_again(planned):
    book = edited(planned.year)
    book.put("Sellos", "S1", "Nombre", "Del archivo")
    batch = uploaded(book, by=planned.director, school=planned.school)
    operations.approve(batch, by=planned.director)
    strategic.change_seal(planned.seal, by=planned.planner, revision=0, name="De la pantalla")

    operations.land(batch)
    operations.check(batch)

    assert any("cambió en Mejora después" in error for error in told(batch))
    assert Seal.objects.get().name == "De la pantalla"


def test_undo_keeps_and_names_what_somebody_touched_since(planned):
    book = edited(planned.year)
    book.put("Sellos", "S1", "Nombre", "Del archivo")
    book.add("Sellos", Nombre="Nuevo")
    batch = landed(uploaded(book, by=planned.director, school=planned.school), planned.director)
    seal = Seal.objects.get(pk=planned.seal.pk)
    strategic.change_seal(seal, by=planned.planner, revision=seal.revision, name="Retocado")

    undone(batch, planned.director)

    assert batch.state == BatchState.UNDONE
    (kept,) = batch.issues.filter(code="kept")
    assert "«Del archivo»: alguien lo cambió después" in kept.message
    assert list(Seal.objects.live().values_list("name", flat=True)) == ["Retocado"]


def test_undo_of_what_was_sent_since_is_refused_as_a_whole(planned):
    book = edited(planned.year)
    book.put("Sellos", "S1", "Nombre", "Del archivo")
    batch = landed(uploaded(book, by=planned.director, school=planned.school), planned.director)
    stages.send_strategic(planned.year, by=planned.director)

    undone(batch, planned.director)

    assert batch.state == BatchState.APPLIED
    assert "está enviada al sostenedor" in batch.message
    assert Seal.objects.get().name == "Del archivo"


def test_removed_things_come_back_with_undo_in_the_order_of_the_chain(planned):
    book = edited(planned.year)
    for sheet, code in [("Acciones", "A1"), ("Acciones", "A2"), ("Indicadores", "I1"),
                        ("Estrategias", "E1"), ("Metas", "M1"), ("Objetivos", "O1")]:  # fmt: skip
        book.put(sheet, code, "Quitar", "sí")
    batch = landed(uploaded(book, by=planned.director, school=planned.school), planned.director)
    assert batch.state == BatchState.APPLIED, batch.message
    assert not planned.plan.objectives.filter(removed_at=None).exists()

    undone(batch, planned.director)

    assert not batch.issues.filter(code="kept").exists()
    again = uploaded(downloaded(planned.year), by=planned.director, school=planned.school)
    assert again.rows_same == 13


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_lose_nothing(planned):
    """Both are reviewed, both are confirmed: the second finds that the first landed."""
    books = [edited(planned.year), edited(planned.year)]
    books[0].put("Sellos", "S1", "Nombre", "Del primero")
    books[1].put("Acciones", "A1", "Responsable", "Del segundo")
    batches = [uploaded(b, by=planned.director, school=planned.school) for b in books]
    for batch in batches:
        operations.approve(batch, by=planned.director)

    def land(batch):
        operations.land(ImportBatch.objects.get(pk=batch.pk))
        connection.close()

    threads = [threading.Thread(target=land, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for batch in batches:
        batch.refresh_from_db()
    states = sorted(batch.state for batch in batches)
    assert states == [BatchState.APPLIED, BatchState.WAITING]
    late = next(batch for batch in batches if batch.state == BatchState.WAITING)
    operations.check(late)
    landed(late, planned.director)

    assert Seal.objects.get().name == "Del primero"
    planned.first.refresh_from_db()
    assert planned.first.responsible_text == "Del segundo"


def test_the_command_writes_the_workbook_and_brings_it_in(planned, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(prepare, "prepare", lambda: None)
    path, code = tmp_path / "planilla.xlsx", planned.school.code
    assert main(["export", "workbook", code, "--year", "2026", "--out", str(path)]) == 0
    book = Edited(path.read_bytes())
    book.put("Sellos", "S1", "Nombre", "Por la orden")
    path.write_bytes(book.data())

    assert main(["import", "workbook", str(path)]) == 0
    planned.seal.refresh_from_db()
    assert planned.seal.name == "Por la orden"

    book.put("Acciones", "A2", "Quitar", "sí")
    path.write_bytes(book.data())
    assert main(["import", "workbook", str(path)]) == 3
    assert "quitar pide saber quién lo hace" in capsys.readouterr().err
    assert main(["export", "workbook", "1", "--out", str(path)]) == 2
