"""What people do to a workbook, and what they are told: always the place and what was expected."""

import datetime as dt
import io
from types import SimpleNamespace

import pytest
import xlsxwriter
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.network.enums import BatchState
from mejora.plans.importers import workbook_out
from mejora.plans.models import Action, Milestone
from mejora.plans.operations import actions, strategic
from mejora.plans.operations import bin as bins
from tests.plans.workbooks import downloaded, edited, landed, told, uploaded

WRONG_CELLS = [
    ("Acciones", "A1", "Inicio", "marzo", "Acciones!H3: se esperaba una fecha con día, mes y año"),
    ("Acciones", "A1", "Inicio", 45000, "Acciones!H3: se esperaba una fecha"),
    ("Acciones", "A1", "Término", "01-01-2026", "Acciones!I3: se esperaba una fecha igual o post"),
    ("Acciones", "A1", "Nombre de la acción", "", "Acciones!D3: falta nombre de la acción"),
    ("Acciones", "A1", "Nombre de la acción", "x" * 201, "tiene 201 letras y caben 200"),
    ("Acciones", "A1", "Dimensión", "Gestion Pedagojica", "¿Quiso decir «Gestión Pedagógica»?"),
    ("Acciones", "A1", "Subdimensiones", "Convivencia", "no es una subdimensión de Gestión Ped"),
    ("Acciones", "A1", "Planes por normativa", "Plan Integral de Seguridad Escola",
     "¿Quiso decir «Plan Integral de Seguridad Escolar»?"),
    ("Acciones", "A1", "Desactivada", "quizás", "se esperaba sí o no"),
    ("Acciones", "A1", "Estrategia", "E7", "no hay una fila así en la hoja de Estrategias"),
    ("Acciones", "A1", "Subvención Escolar Preferencial (SEP)", "mucho", "monto en pesos enteros"),
    ("Acciones", "A1", "Subvención Escolar Preferencial (SEP)", -5, "un monto de 0 o más"),
    ("Acciones", "A1", "Subvención Escolar Preferencial (SEP)", 5e13, "demasiado grande"),
    ("Acciones", "A1", "Quitar", "tal vez", "se esperaba sí o nada"),
    ("Hitos", "H1", "Peso (%)", "110", "se esperaba un número entero entre 0 y 100"),
    ("Hitos", "H1", "Peso (%)", 51, "suman 101\u202f%; deben sumar 100 %"),
    ("Hitos", "H1", "Acción", "A2", "no se mueve"),
    ("Metas", "M1", "Valor esperado", "ochenta", "se esperaba un número; los decimales van con"),
    ("Metas", "M1", "Año", 28, "entre 1990 y 2100"),
    ("Indicadores", "I1", "Se espera", "crecer", "se esperaba subir o bajar"),
    ("Objetivos", "O1", "Sellos", "S1; S9", "no hay una fila así en la hoja de Sellos"),
    ("Sellos", "S1", "Clave de Mejora", "abc/def", "esa clave no es de este plan"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "code", "title", "value", "message"), WRONG_CELLS)
def test_a_wrong_cell_is_told_by_its_place_and_what_was_expected(
    planned, sheet, code, title, value, message
):
    book = edited(planned.year)
    book.put(sheet, code, title, value)
    batch = uploaded(book, by=planned.director, school=planned.school)

    assert batch.state == BatchState.CHECKED
    assert batch.rows_refused >= 1
    errors = told(batch)
    assert any(message in error for error in errors), errors
    own = batch.issues.filter(is_error=True).exclude(code="needs-row")
    assert all(issue.message.startswith(f"{sheet}!") for issue in own)
    assert {issue.sheet for issue in own} == {sheet}


@pytest.mark.parametrize(
    ("sheet", "code", "title", "value"),
    [
        ("Acciones", "A1", "Inicio", "9/3/2026"),
        ("Acciones", "A1", "Inicio", "2026-03-09"),
        ("Acciones", "A1", "Inicio", dt.datetime(2026, 3, 9, 8, 30)),
        ("Acciones", "A1", "Subvención Escolar Preferencial (SEP)", "$ 500.000"),
        ("Acciones", "A1", "Subvención Escolar Preferencial (SEP)", 500_000.0),
        ("Acciones", "A1", "Dimensión", "GESTION PEDAGOGICA"),
        ("Acciones", "A1", "Estrategia", "e1"),
        ("Acciones", "A1", "Estrategia", "Acompañamiento al aula"),
        ("Acciones", "A1", "Desactivada", "no"),
        ("Hitos", "H1", "Peso (%)", "50 %"),
        ("Hitos", "H1", "Peso (%)", 0.5),
        ("Indicadores", "I1", "Meta del año", "8,0"),
        ("Objetivos", "O1", "Sellos", "s1,"),
    ],
)
def test_the_same_said_otherwise_changes_nothing(planned, sheet, code, title, value):
    book = edited(planned.year)
    book.put(sheet, code, title, value)

    batch = uploaded(book, by=planned.director, school=planned.school)

    assert told(batch) == []
    assert (batch.rows_new, batch.rows_changed) == (0, 0)


def test_the_result_that_excel_kept_of_a_formula_is_taken(planned):
    book = edited(planned.year)
    book.put("Metas", "M1", "Valor esperado", "\0=6*7")

    landed(uploaded(book, by=planned.director, school=planned.school), planned.director)

    planned.goal.refresh_from_db()
    assert planned.goal.target == 42


def test_words_that_look_like_formulas_go_out_and_come_back_as_words(planned):
    words = '=HYPERLINK("http://x")\n+1 -2 @a \'=b <r>c</r> _x0041_'
    strategic.change_seal(
        planned.seal, by=planned.director, revision=planned.seal.revision, name="=1+1", text=words
    )

    book = edited(planned.year)

    assert book.get("Sellos", "S1", "Nombre") == "=1+1"
    batch = uploaded(downloaded(planned.year), by=planned.director, school=planned.school)
    assert (batch.rows_same, batch.rows_changed, told(batch)) == (13, 0, [])


def test_a_key_in_two_rows_is_refused_in_the_second(planned):
    book = edited(planned.year)
    book.sheets["Acciones"].append(list(book.row("Acciones", "A1")))

    batch = uploaded(book, by=planned.director, school=planned.school)

    errors = told(batch)
    assert any("esa clave está en otra fila" in error for error in errors)
    assert any("el código A1 está en otra fila" in error for error in errors)


def test_a_renamed_sheet_is_known_by_its_columns_and_a_missing_one_is_told(planned):
    book = edited(planned.year)
    book.sheets["Actividades"] = book.sheets.pop("Acciones")
    del book.sheets["Metas"]
    book.put("Actividades", "A1", "Responsable", "La directora")

    batch = uploaded(book, by=planned.director, school=planned.school)

    assert (batch.rows_changed, told(batch)) == (1, [])
    warnings = told(batch, errors=False)
    assert any("«Actividades» se leyó como «Acciones»" in text for text in warnings)
    assert any("Falta la hoja «Metas»" in text for text in warnings)


def test_a_deleted_column_leaves_its_values_and_a_needed_one_refuses_the_file(planned):
    book = edited(planned.year)
    book.put("Acciones", "A1", "Descripción", "Con las familias")
    place = book.column("Acciones", "Responsable")
    for row in book.sheets["Acciones"]:
        del row[place]
    batch = uploaded(book, by=planned.director, school=planned.school)
    landed(batch, planned.director)

    first = Action.objects.get(pk=planned.first.pk)
    assert (first.description, first.responsible_text) == ("Con las familias", "Jefa de UTP")
    assert any("no trae «Responsable»" in text for text in told(batch, errors=False))

    place = book.column("Acciones", "Inicio")
    for row in book.sheets["Acciones"]:
        del row[place]
    batch = uploaded(book, by=planned.director, school=planned.school)
    assert batch.state == BatchState.REFUSED
    assert "En la hoja «Acciones» falta la columna «Inicio»" in batch.message


def test_joined_cells_are_refused_where_they_are(planned):
    book = edited(planned.year)
    book.merged.append(("Sellos", "C3:D3"))

    batch = uploaded(book, by=planned.director, school=planned.school)

    assert told(batch) == ["Sellos!B3: la fila tiene celdas combinadas. Sepárelas."]


def test_ten_thousand_empty_rows_are_nothing(planned):
    book = edited(planned.year)
    book.sheets["Sellos"] += [[""] * 6 for _ in range(10_000)]
    book.add("Sellos", Nombre="Al final")

    batch = uploaded(book, by=planned.director, school=planned.school)

    assert (batch.rows_new, told(batch)) == (1, [])
    assert batch.rows.get().line == 10_004


def test_a_sheet_of_thousands_of_rows_is_refused_early(planned):
    book = edited(planned.year)
    book.sheets["Sellos"] += [["", "", f"Sello {n}"] for n in range(5_100)]

    batch = uploaded(book, by=planned.director, school=planned.school)

    assert "más de 5000 filas" in batch.message


@pytest.mark.parametrize(
    ("label", "value", "message"),
    [
        ("RBD", 99999, "es del RBD 99999"),
        ("Año", 2024, "es del año 2024"),
        ("Año", "pronto", "es del año (vacío)"),
        ("Formato", 7, "otra versión de Mejora"),
    ],
)
def test_a_workbook_of_another_school_year_or_format_is_refused(planned, label, value, message):
    book = edited(planned.year)
    book.fact(label, value)

    batch = uploaded(book, by=planned.director, school=planned.school, year=2026)

    assert batch.state == BatchState.REFUSED
    assert message in batch.message


def _other_book():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet("Hoja 1").write_string(0, 0, "RBD")
    book.close()
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"RBD;ANO\n1;2026\n", "no es un libro de Excel"),
        (b"PK\x03\x04" + b"\0" * 60, "No se pudo abrir el libro"),
        (_other_book(), "no tiene la hoja «Léame»"),
    ],
)
def test_what_is_no_workbook_of_ours_is_refused_with_the_remedy(planned, data, message):
    batch = uploaded(data, by=planned.director, school=planned.school)

    assert batch.state == BatchState.REFUSED
    assert message in batch.message


def test_an_error_in_one_row_of_an_action_keeps_the_whole_action_out_and_no_other(planned):
    book = edited(planned.year)
    book.put("Acciones", "A1", "Responsable", "La directora")
    book.put("Hitos", "H1", "Fecha", "ayer")
    book.put("Acciones", "A2", "Responsable", "El inspector")
    batch = uploaded(book, by=planned.director, school=planned.school)

    assert (batch.rows_changed, batch.rows_refused) == (1, 2)
    landed(batch, planned.director)
    named = dict(Action.objects.values_list("number", "responsible_text"))
    assert named == {1: "Jefa de UTP", 2: "El inspector"}


def test_a_row_that_needs_a_wrong_row_waits_for_it(planned):
    book = edited(planned.year)
    book.add("Estrategias", Código="E5", Objetivo="O1")
    book.add("Indicadores", Estrategia="E5", Nombre="Libros leídos")
    book.add("Acciones", Código="A7", Estrategia="E5", Nombre_de_la_acción="Huerto",
             Dimensión="Liderazgo", Inicio="01-04-2026", Término="30-11-2026")  # fmt: skip

    batch = uploaded(book, by=planned.director, school=planned.school)

    assert batch.rows_refused == 3
    assert sum("depende de la fila 4 de Estrategias" in error for error in told(batch)) == 2


def test_the_same_file_twice_adds_nothing_twice(planned):
    book = edited(planned.year)
    book.add("Sellos", Nombre="Leemos")
    book.add("Acciones", Código="A9", Estrategia="E1", Nombre_de_la_acción="Huerto",
             Dimensión="Liderazgo", Inicio="01-04-2026", Término="30-11-2026")  # fmt: skip
    book.add("Medios de verificación", Acción="A9", Medio_de_verificación="Fotos")
    landed(uploaded(book, by=planned.director, school=planned.school), planned.director)

    again = uploaded(book, by=planned.director, school=planned.school)

    assert (again.rows_new, again.rows_changed, told(again)) == (0, 0, [])


def test_what_the_file_lacks_stays_and_is_told(planned):
    book = edited(planned.year)
    book.sheets["Acciones"].remove(book.row("Acciones", "A2"))
    book.sheets["Hitos"] = book.sheets["Hitos"][:2]

    batch = uploaded(book, by=planned.director, school=planned.school)

    absent = batch.issues.filter(code="absent")
    assert sorted(absent.values_list("sheet", flat=True)) == ["Acciones", *["Hitos"] * 4]
    assert (batch.rows_changed, told(batch)) == (0, [])
    assert Milestone.objects.filter(removed_at=None).count() == 4


def test_only_a_yes_removes_and_not_what_something_hangs_from(planned):
    book = edited(planned.year)
    book.put("Estrategias", "E1", "Quitar", "sí")
    batch = uploaded(book, by=planned.director, school=planned.school)
    assert any("antes hay que quitar o mover" in error for error in told(batch))

    for sheet, code in [("Acciones", "A1"), ("Acciones", "A2"), ("Indicadores", "I1")]:
        book.put(sheet, code, "Quitar", "Sí")
    book.put("Acciones", "A1", "Motivo", "Se une con otra")
    batch = uploaded(book, by=planned.director, school=planned.school)
    assert told(batch) == []
    landed(batch, planned.director)

    assert batch.state == BatchState.APPLIED, batch.message
    assert not Action.objects.live().filter(plan_year=planned.year).exists()
    planned.first.refresh_from_db()
    assert planned.first.removed_reason == "Se une con otra"
    assert planned.first.removed_by == planned.director.user


def test_what_somebody_changed_meanwhile_is_shown_with_both_texts_and_others_land(planned):
    book = edited(planned.year)
    _rename(planned.first, "Taller de escritura", planned.planner)
    book.put("Acciones", "A1", "Nombre de la acción", "Taller de cuentos")
    book.put("Acciones", "A2", "Responsable", "El inspector")
    batch = uploaded(book, by=planned.director, school=planned.school)

    (error,) = told(batch)
    assert "Acciones!D3: cambió en Mejora después de descargar" in error
    assert "«Taller de escritura» y en la planilla «Taller de cuentos»" in error
    landed(batch, planned.director)
    planned.first.refresh_from_db()
    planned.second.refresh_from_db()
    assert planned.first.name == "Taller de escritura"
    assert planned.second.responsible_text == "El inspector"


def test_a_row_nobody_edited_never_takes_back_what_another_changed(planned):
    book = edited(planned.year)
    _rename(planned.first, "Taller de escritura", planned.planner)

    batch = uploaded(book, by=planned.director, school=planned.school)

    assert (batch.rows_changed, batch.rows_refused) == (0, 0)


def test_what_is_in_the_bin_is_not_written_on(planned):
    book = edited(planned.year)
    first = Action.objects.get(pk=planned.first.pk)
    bins.remove(first, by=planned.planner, revision=first.revision)
    book.put("Acciones", "A1", "Responsable", "La directora")

    batch = uploaded(book, by=planned.director, school=planned.school)

    assert any("o está en la papelera" in error for error in told(batch))


def test_an_empty_workbook_builds_a_plan(planned):
    book = edited(planned.year, is_empty=True)
    assert [len(rows) for name, rows in book.sheets.items() if name in {"Sellos", "Acciones"}] == [
        2, 2,
    ]  # fmt: skip
    book.add("Objetivos", Código="O7", Objetivo_estratégico="Leer más", Dimensión="Liderazgo")
    book.add("Metas", Código="M7", Objetivo="O7", Meta_estratégica="El 90 % lee", Año=2029)
    book.add("Estrategias", Código="E7", Objetivo="O7", Meta="M7", Estrategia="Biblioteca")
    batch = uploaded(book, by=planned.director, school=planned.school)

    assert (batch.rows_new, told(batch)) == (3, [])
    landed(batch, planned.director)
    strategy = planned.year.strategies.get(text="Biblioteca")
    assert (strategy.goal.text, strategy.objective.area.code) == ("El 90 % lee", "LI")


def _rename(action, name, by):
    from dataclasses import replace

    from mejora.plans.importers.standing import Standing
    from mejora.plans.importers.workbook_landing import draft_of

    stored = Standing(action.plan_year).things["action"][str(action.uid)]
    draft = replace(draft_of(stored), name=name)
    actions.change(stored, draft, by=by, revision=stored.revision)


def test_the_file_says_whose_it_is():
    year = SimpleNamespace(year=2026, school=SimpleNamespace(code="90012"))

    assert workbook_out.file_name(year) == "PME-90012-2026.xlsx"
    assert workbook_out.file_name(year, is_empty=True) == "PME-90012-2026-vacia.xlsx"


GARBAGE = st.one_of(
    st.text(max_size=30),
    st.text("0123456789-/.,$% ", max_size=20),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)),
    st.booleans(),
    st.sampled_from(["9" * 5_000, "1e999999", "=1+1", "S1", "E1; E2", "#REF!", "sí", "\0=1/0"]),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(damage=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5), st.integers(0, 30), GARBAGE),
                       min_size=1, max_size=12))  # fmt: skip
def test_whatever_stands_in_the_cells_it_is_reviewed_or_refused_and_told_where(planned, damage):
    book = edited(planned.year)
    names = list(book.sheets)
    for sheet, line, place, value in damage:
        rows = book.sheets[names[sheet]]
        row = rows[line % len(rows)]
        row[place % len(row)] = value

    batch = uploaded(book, by=planned.director, school=planned.school)

    assert batch.state in {BatchState.CHECKED, BatchState.REFUSED}
    if batch.state == BatchState.REFUSED:
        assert len(batch.message) > 20
    assert batch.rows_refused == 0 or all("!" in error for error in told(batch))
    if batch.rows_new + batch.rows_changed:
        with transaction.atomic():
            landed(batch, planned.director)
            assert batch.state == BatchState.APPLIED, (batch.message, told(batch))
            transaction.set_rollback(True)
