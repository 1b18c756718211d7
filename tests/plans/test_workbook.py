import datetime as dt

import pytest

from mejora.network.enums import BatchState
from mejora.plans import snapshots
from mejora.plans.models import Action, Change, PlanYear, Seal
from tests.plans.workbooks import downloaded, edited, landed, told, undone, uploaded


def tree(year):
    """What lives of a year, without the parts that are in the bin."""
    found = snapshots.year_tree(PlanYear.objects.with_place().get(pk=year.pk))
    for action in found["actions"].values():
        for name in ("milestones", "requirements"):
            action[name] = [part for part in action[name] if not part.get("removed")]
    return found


def test_a_workbook_that_comes_back_as_it_went_changes_nothing(planned):
    batch = uploaded(downloaded(planned.year), by=planned.director, school=planned.school)

    assert batch.state == BatchState.CHECKED, batch.message
    assert told(batch) == []
    assert (batch.rows_new, batch.rows_changed) == (0, 0)
    assert batch.rows_same == 13


def test_each_edit_changes_its_thing_and_undo_brings_everything_back(planned):
    before = tree(planned.year)
    book = edited(planned.year)
    book.put("Sellos", "S1", "Nombre", "Aprendemos siempre")
    book.put("Acciones", "A1", "Término", dt.date(2026, 12, 4))
    book.put("Hitos", "H1", "Peso (%)", 30)
    book.put("Hitos", "H2", "Peso (%)", 70)
    book.add("Acciones", Código="A9", Estrategia="E1", Nombre_de_la_acción="Huerto",
             Dimensión="gestion pedagogica", Inicio="01-04-2026", Término="30/11/2026")  # fmt: skip
    book.add("Hitos", Código="H9", Acción="A9", Hito="Siembra", Fecha="2026-05-01")
    book.add("Medios de verificación", Acción="A9", Hito="H9", Medio_de_verificación="Fotos")
    batch = uploaded(book, by=planned.director, school=planned.school)

    assert told(batch) == []
    assert (batch.rows_new, batch.rows_changed) == (3, 4)
    landed(batch, planned.director)

    assert batch.state == BatchState.APPLIED, batch.message
    assert Seal.objects.get(pk=planned.seal.pk).name == "Aprendemos siempre"
    action = Action.objects.get(name="Huerto")
    assert action.milestones.get().weight == 100
    assert action.requirements.get().milestone.name == "Siembra"
    first = Action.objects.get(pk=planned.first.pk)
    assert first.ends_on == dt.date(2026, 12, 4)
    assert [m.weight for m in first.milestones.order_by("order")] == [30, 70]
    assert Change.objects.filter(batch=batch, by=None).count() == 3

    undone(batch, planned.director)

    assert batch.state == BatchState.UNDONE, batch.message
    assert not batch.issues.filter(code="kept").exists()
    assert tree(planned.year) == before
