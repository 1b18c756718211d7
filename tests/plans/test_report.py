"""The platform's report of one school comes in as new and matched actions."""

import csv
import io

import pytest

from mejora.core.decisions import Refused
from mejora.frameworks.models import Term
from mejora.network.enums import BatchKind, BatchState
from mejora.plans.importers.report import means_in
from mejora.plans.models import Action, Objective, Strategy
from tests.plans.test_workbook import tree
from tests.plans.workbooks import landed, told, undone, uploaded

HEADER = (
    "DIMENSION", "SubDimensión", "objetivo", "Estrategia", "NOMBRE ACCIÓN", "Descripcion",
    "Fecha Inicio", "FECHA TERMINO", "Responsable", "Recursos Necesarios Ejecución", "Tic",
    "Planes", "Medios de Verificación", "ATE", "Monto Subvención General", "Monto SEP",
    "Monto Total", "Nivel de ejecución",
)  # fmt: skip
ROW = {
    "DIMENSION": "Convivencia Escolar",
    "SubDimensión": "Formación, Convivencia",
    "objetivo": "Fortalecer la lectura",
    "Estrategia": "Acompañamiento al aula",
    "NOMBRE ACCIÓN": "Recreos que leen",
    "Fecha Inicio": "01/04/2026",
    "FECHA TERMINO": "30/11/2026",
    "Recursos Necesarios Ejecución": "Libros",
    "Tic": "Sala de clases",
    "Planes": "Plan de Formación Ciudadana; Plan de Apoyo a la Inclusión",
    "Medios de Verificación": "- Fotos\n- Acta, firmada",
    "ATE": "No",
    "Monto Subvención General": "100.000",
    "Monto SEP": "$ 200.000",
    "Monto Total": "300000",
    "Nivel de ejecución": "Implementación avanzada: 75% a 99%",
}


def report(*rows, header=HEADER):
    target = io.StringIO()
    writer = csv.DictWriter(target, header, delimiter=";", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return target.getvalue().encode("cp1252")


def brought(planned, data, by=None, year=2026):
    by = by or planned.director
    return uploaded(data, by=by, school=planned.school, year=year, kind=BatchKind.SCHOOL_REPORT)


def test_a_new_action_comes_in_whole_and_goes_again(planned):
    before = tree(planned.year)
    batch = brought(planned, report({}))
    assert batch.state == BatchState.CHECKED, batch.message
    assert told(batch) == []
    assert any("no se importan" in text for text in told(batch, errors=False))
    landed(batch, planned.director)

    action = Action.objects.get(name="Recreos que leen")
    assert action.strategy == planned.strategy
    assert action.area.code == "CE"
    assert sorted(a.code for a in action.subareas.all()) == ["CE1", "CE2"]
    assert action.resources_needed == "Libros\nTIC: Sala de clases"
    assert {t.code for t in action.normative_plans.all()} == {"CIUDAD", "INCLUS"}
    assert [r.text for r in action.requirements.all()] == ["Fotos", "Acta, firmada"]
    assert {f.source.code: f.planned for f in action.fundings.all()} == {
        "SUBV_GRAL": 100_000, "SEP": 200_000,
    }  # fmt: skip
    assert (action.imported_total, action.ate_provider) == (None, "")

    undone(batch, planned.director)
    assert tree(planned.year) == before


def test_the_same_report_twice_changes_nothing(planned):
    landed(brought(planned, report({})), planned.director)

    again = brought(planned, report({}))

    assert (again.rows_new, again.rows_changed, told(again)) == (0, 0, [])


def test_a_known_action_shows_what_changes_and_nothing_empty_erases(planned):
    known = {
        "DIMENSION": "gestión pedagógica", "SubDimensión": "", "NOMBRE ACCIÓN": "TALLER DE LECTURA",
        "Fecha Inicio": "2026-03-09", "FECHA TERMINO": "2026-11-27", "Planes": "", "Tic": "",
        "Medios de Verificación": "Acta de la reunión", "Recursos Necesarios Ejecución": "Libros",
        "Monto Subvención General": "", "Monto SEP": "500000", "Monto Total": "700000",
    }  # fmt: skip
    batch = brought(planned, report(known))
    (row,) = batch.rows.all()

    assert told(batch) == []
    assert row.payload["shown"] == [
        ["Nombre de la acción", "Taller de lectura", "TALLER DE LECTURA"],
        ["Recursos necesarios", "(vacío)", "Libros"],
        ["Monto Total", "(vacío)", "700.000"],
    ]
    landed(batch, planned.director)
    action = Action.objects.get(pk=planned.first.pk)
    assert (action.responsible_text, action.imported_total) == ("Jefa de UTP", 700_000)
    assert action.milestones.count() == 2
    undone(batch, planned.director)
    action.refresh_from_db()
    assert (action.resources_needed, action.imported_total) == ("", None)


def test_objectives_and_strategies_that_are_not_there_come_with_it(planned):
    batch = brought(planned, report({"objetivo": "Convivir", "Estrategia": "Mediación"}))
    landed(batch, planned.director)

    strategy = Strategy.objects.get(text="Mediación")
    assert strategy.objective == Objective.objects.get(text="Convivir")
    assert strategy.actions.get().name == "Recreos que leen"


def test_a_new_strategy_comes_in_though_the_row_that_names_it_first_is_wrong(planned):
    new = {"objetivo": "Convivir", "Estrategia": "Mediación"}
    batch = brought(planned, report({**new, "DIMENSION": "?"}, {**new, "NOMBRE ACCIÓN": "Otra"}))

    assert (batch.rows_read, batch.rows_new, batch.rows_refused) == (4, 3, 1)
    landed(batch, planned.director)
    assert Strategy.objects.get(text="Mediación").actions.get().name == "Otra"


def test_what_the_stage_no_longer_takes_is_told_with_its_reason(approved):
    batch = brought(approved, report({"Estrategia": "Mediación"}, {"NOMBRE ACCIÓN": "Otra"}))

    assert any("«Mediación» (estrategia) no está en el plan y ya no se agrega. La Planificación "
               "Anual está aprobada" in error for error in told(batch))  # fmt: skip
    landed(batch, approved.director)
    action = Action.objects.get(name="Otra")
    assert action.strategy == approved.strategy


def test_a_strategy_without_its_objective_is_looked_up_by_its_words(planned):
    header = [name for name in HEADER if name != "objetivo"]
    good = brought(planned, report({}, header=header))
    bad = brought(planned, report({"Estrategia": "Acompañamiento en aula"}, header=header))

    assert (good.rows_read, good.rows_new, told(good)) == (1, 1, [])
    assert any("¿Quiso decir «acompanamiento al aula»?" in error for error in told(bad))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"DIMENSION": "Convivencia Escolr"}, "¿Quiso decir «Convivencia"),
        ({"Fecha Inicio": "abril"}, "se esperaba una fecha"),
        ({"NOMBRE ACCIÓN": ""}, "falta nombre de la acción"),
        ({"Monto SEP": "-1"}, "monto de 0 o más"),
        ({"Planes": "Plan lector"}, "no es un plan por normativa"),
        ({"Estrategia": ""}, "falta estrategia"),
    ],
)
def test_a_wrong_row_is_told_and_the_others_come_in(planned, row, message):
    batch = brought(planned, report(row, {"NOMBRE ACCIÓN": "Otra"}))

    assert any(message in error for error in told(batch)), told(batch)
    landed(batch, planned.director)
    assert list(Action.objects.filter(number=3).values_list("name", flat=True)) == ["Otra"]


def test_a_report_of_another_school_or_of_several_is_refused(planned):
    header = ("RBD", *HEADER)
    batch = brought(planned, report({"RBD": "999999"}, header=header))
    assert batch.state == BatchState.REFUSED
    assert "filas del RBD 999999" in batch.message

    own = brought(planned, report({"RBD": planned.school.code}, header=header))
    assert own.state == BatchState.CHECKED


def test_what_is_no_report_says_what_it_lacks(planned):
    batch = brought(planned, b"RBD;Nombre\n1;x\n")

    assert "Falta la columna Dimensión" in batch.message


def test_nobody_brings_a_report_into_a_foreign_school(planned):
    for by in (planned.other_director, planned.owner, planned.responsible, planned.supervisor):
        with pytest.raises(Refused, match="No le corresponde importar"):
            brought(planned, report({}), by=by)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Acta; Fotos", ["Acta", "Fotos"]),
        ("Acta, Fotos", ["Acta", "Fotos"]),
        ("• Acta\n• Fotos", ["Acta", "Fotos"]),
        ("- Acta - Fotos", ["Acta", "Fotos"]),
        ("Acta co-firmada", ["Acta co-firmada"]),
        ("Acta; acta", ["Acta"]),
        ("", []),
    ],
)
def test_several_means_stand_in_one_cell(text, found):
    assert means_in(text) == found


def levels_told(batch):
    found = batch.issues.filter(code="level-told").order_by("line")
    return [(issue.line, issue.value, issue.message) for issue in found]


def test_a_level_that_mejora_does_not_have_is_told_and_not_saved(planned):
    level = Term.objects.get(kind="level", code="avanzada", edition=planned.plan.edition)
    batch = brought(planned, report({}, {"NOMBRE ACCIÓN": "Otra", "Nivel de ejecución": "Casi"}))

    assert levels_told(batch) == [
        (
            2,
            "Implementación avanzada: 75% a 99%",
            "Queda sin nivel. Infórmelo en Monitoreo, en su período.",
        ),
        (3, "Casi", levels_told(batch)[1][2]),
    ]
    assert levels_told(batch)[1][2].startswith("No es un nivel. ")
    landed(batch, planned.director)
    assert not Action.objects.filter(level_now__isnull=False).exists()

    Action.objects.filter(name="Recreos que leen").update(level_now=level)
    again = brought(planned, report({}))
    assert levels_told(again) == []
    less = brought(planned, report({"Nivel de ejecución": "Implementación inicial: 1% a 24%"}))
    assert levels_told(less)[0][2].startswith("En Mejora está en «Implementación avanzada». ")
