"""Every list as CSV and XLSX: its rows, its filters, and who may take it."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from mejora.core.sheets_out import Kind
from mejora.frameworks.models import Area, Term, TermKind
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.network.models import ImportIssue, Membership, Owner, SchoolYear
from mejora.plans.enums import Entity
from mejora.plans.models import Action, Change, Funding, Reading
from mejora.reports import operations
from mejora.reports.enums import ExportState
from mejora.reports.lists import LISTS, taking
from mejora.reports.lists.actions import Rows
from mejora.reports.models import Export
from tests import factories as make
from tests.factories.network import YEAR, chile
from tests.test_every_address import LETTER, by

ALL, READERS, TERRITORY = "DPROLSAJFTNM", "DPROLSAJFT", "OLSAJFTNM"
# Who gets each list at their own place; at a foreign school nobody does.
OPEN_TO = {
    "escuelas": ALL,
    "sostenedores": ALL,
    "personas": ALL,
    "cargas": "DPOLJNM",  # those who may bring in some kind of file
    "revision": "NM",
    "tablero": TERRITORY,
    "asistencia": "OSAJNM",
    "obras": "DPROJ",
    "aprobaciones": "OL",
    "establecimientos": TERRITORY,
    "acciones": "OLSAJFTN",  # with the administrator sees no amounts and reads no plan
    "acciones-del-plan": READERS,
    "hitos": READERS,
    "recursos": READERS,
    "indicadores": READERS,
    "planes-normativos": READERS,
    "historial": READERS,
    "versiones": READERS,
    "monitoreo": READERS,
    "evidencias": "DPROL",
}


def address(name, where, world, ending="csv", **query):
    more = {
        "revision": {"carga": world.batch.pk},
        "monitoreo": {"periodo": where.things["period"].number},
    }
    pairs = {**more.get(name, {}), **query}
    said = "&".join(f"{key}={value}" for key, value in pairs.items())
    if LISTS[name].of_year:
        start = f"/escuelas/{where.school.code}/plan/{where.year.year}/descargar"
    else:
        start = "/descargar"
    return f"{start}/{name}/{ending}/?{said}"


def content(answer):
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def rows_of(answer):
    """The rows of a CSV by their headings."""
    return list(csv.DictReader(io.StringIO(content(answer).decode("utf-8-sig")), delimiter=";"))


def take(role, name, world, where=None, **query):
    return by(world.people[role]).get(address(name, where or world.own, world, **query))


def test_every_list_is_in_the_table():
    assert set(LISTS) == set(OPEN_TO)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("name", OPEN_TO)
def test_at_home_the_named_roles_get_the_list_and_nobody_else(world, name, ending):
    for letter, role in LETTER.items():
        answer = take(role, name, world, ending=ending)

        got_it = answer.status_code == 200
        assert got_it is (letter in OPEN_TO[name]), (role, answer.status_code)
        if got_it:
            assert answer["Content-Disposition"].startswith("attachment; filename=")
            assert content(answer).startswith(b"\xef\xbb\xbf" if ending == "csv" else b"PK")
        else:
            assert answer.status_code in (403, 404)


@pytest.mark.parametrize("name", [name for name in LISTS if LISTS[name].of_year])
def test_a_foreign_school_gives_nothing(world, name):
    for role in LETTER.values():
        assert take(role, name, world, where=world.foreign).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/descargar/otra/csv/", "/descargar/escuelas/pdf/", "/descargar/hitos/csv/"],
)
def test_what_is_not_there_is_not_found(world, path):
    assert by(world.people[Role.ANALYST]).get(path).status_code == 404


def test_the_schools_are_those_of_the_page_with_its_filters(world):
    own, foreign = world.own.school, world.foreign.school
    SchoolYear.objects.filter(school=own, year=own.current_year).update(enrolment=321)

    everything = rows_of(take(Role.ANALYST, "escuelas", world, estado="todos"))
    narrow = rows_of(take(Role.ANALYST, "escuelas", world, estado="todos", q=own.code))
    of_owner = rows_of(take(Role.OWNER, "escuelas", world, estado="todos"))

    assert {row["RBD"] for row in everything} == {own.code, foreign.code}
    assert [row["RBD"] for row in narrow] == [row["RBD"] for row in of_owner] == [own.code]
    assert narrow[0] == {
        "RBD": own.code,
        "DV": own.check_digit,
        "Establecimiento": own.name,
        "Región": own.commune.region.name,
        "Comuna": own.commune.name,
        "Sostenedor": own.owner.name,
        "Dependencia": narrow[0]["Dependencia"],
        "Estado": narrow[0]["Estado"],
        "Matrícula": "321",
        f"Etapa del PME {YEAR}": "Implementación",
        "Estado de la etapa": "No iniciada",
    }


def test_people_come_with_their_mail_only_for_whoever_invites(world):
    director = rows_of(take(Role.DIRECTOR, "personas", world))
    teacher = rows_of(take(Role.RESPONSIBLE, "personas", world))

    assert {row["Persona"] for row in director} == {row["Persona"] for row in teacher}
    assert all("@" in row["Correo"] for row in director)
    assert "Correo" not in teacher[0]
    assert (
        take(
            Role.DIRECTOR, "personas", world, tipo="escuela", codigo=world.foreign.school.code
        ).status_code
        == 404
    )


def test_what_was_wrong_in_a_file_is_listed_errors_first(world):
    for line, is_error in ((7, False), (9, True)):
        ImportIssue.objects.create(
            batch=world.batch, line=line, column="RBD", value="=1+1", code="x",
            message="No es un RBD.", is_error=is_error,
        )  # fmt: skip

    rows = rows_of(take(Role.ANALYST, "revision", world))

    assert [(row["Fila"], row["Tipo"], row["Dice el archivo"]) for row in rows] == [
        ("9", "Error", "'=1+1"),
        ("7", "Aviso", "'=1+1"),
    ]


def test_the_imports_are_those_that_the_person_sees(world):
    [batch] = rows_of(take(Role.ANALYST, "cargas", world))

    assert (batch["Archivo"], batch["Estado"]) == ("directorio.csv", "Revisado, sin guardar")
    assert rows_of(take(Role.DIRECTOR, "cargas", world)) == []


def test_a_normative_plan_without_actions_has_its_row_too(world):
    action = world.own.things["action"]
    terms = Term.objects.filter(
        edition=world.own.year.plan.edition, kind=TermKind.NORMATIVE_PLAN
    ).order_by("order")
    action.normative_plans.add(terms[0])

    rows = rows_of(take(Role.DIRECTOR, "planes-normativos", world))

    assert len(rows) == terms.count()
    assert [row["Acción"] for row in rows if row["Acción"]] == [action.name]


def test_the_board_tells_what_is_late_only_where_plans_are_read(world):
    Action.objects.filter(plan_year=world.own.year).update(
        starts_on=dt.date(YEAR, 3, 1), ends_on=dt.date(YEAR, 4, 1)
    )

    [owner] = rows_of(take(Role.OWNER, "tablero", world))
    analyst = rows_of(take(Role.ANALYST, "tablero", world))

    assert (owner["RBD"], owner["Acciones"], owner["Acciones atrasadas"]) == (
        world.own.school.code, "1", "1",
    )  # fmt: skip
    assert (owner["Etapa"], owner["Estado"]) == ("Implementación", "No iniciada")
    assert len(analyst) == 2
    assert "Acciones atrasadas" not in analyst[0]


def test_the_plan_is_told_whole(world):
    year, action = world.own.year, world.own.things["action"]
    sep = Term.objects.get(edition=year.plan.edition, kind=TermKind.FUNDING, code="SEP")
    pie = Term.objects.get(edition=year.plan.edition, kind=TermKind.FUNDING, code="PIE")
    Funding.objects.create(action=action, source=sep, planned=1_200_000)
    Funding.objects.create(action=action, source=pie, planned=300_000)
    level = Term.objects.get(edition=year.plan.edition, kind=TermKind.LEVEL, code="parcial")
    part = Area.objects.filter(parent=action.area).first()
    action.subareas.add(part)
    Action.objects.filter(pk=action.pk).update(
        name="=1+1", description="Dos\nlíneas; y «más»", responsible_text="UTP",
        level_now=level, reported_on=dt.date(YEAR, 9, 3),
    )  # fmt: skip
    SchoolYear.objects.filter(school=year.school, year=YEAR).update(name="Como se llamaba")

    [row] = rows_of(take(Role.DIRECTOR, "acciones-del-plan", world))

    action.refresh_from_db()
    assert row["RBD"] == year.school.code
    assert row["Establecimiento"] == "Como se llamaba"
    assert (row["PME"], row["N.º"]) == (str(YEAR), str(action.number))
    assert (row["Acción"], row["Descripción"]) == ("'=1+1", "Dos\nlíneas; y «más»")
    assert (row["Objetivo"], row["Estrategia"]) == (action.objective.text, action.strategy.text)
    assert row["Inicio"] == f"{action.starts_on:%d-%m-%Y}"
    assert row["Responsable"] == "UTP"
    assert row["Subvención Escolar Preferencial (SEP)"] == "1200000"
    assert row["Programa de Integración Escolar (PIE)"] == "300000"
    assert row["Aporte Municipal"] == ""
    assert row["Total"] == "1500000"
    assert row["Nivel"].startswith("25–49")
    assert (row["Avance exacto (%)"], row["Último informe"]) == ("", f"03-09-{YEAR}")
    assert row["Subdimensiones"]


def test_the_workbook_of_actions_has_numbers_and_dates(world):
    answer = take(Role.DIRECTOR, "acciones-del-plan", world, ending="xlsx")

    book = CalamineWorkbook.from_filelike(io.BytesIO(content(answer)))
    header, row = book.get_sheet_by_name("Datos").to_python()
    cells = dict(zip(header, row, strict=True))
    assert cells["RBD"] == float(world.own.school.code)
    assert cells["PME"] == float(YEAR)
    assert cells["Inicio"] == world.own.things["action"].starts_on
    assert cells["Total"] == 0.0
    about = dict(book.get_sheet_by_name("Acerca de").to_python())
    assert about["Contenido"].startswith(f"Acciones del PME {YEAR}")
    assert world.own.school.code in about["Escuela"]
    assert "intervalo" in about["Avance"]


def test_milestones_money_indicators_and_versions_have_their_rows(world):
    things = world.own.things
    Reading.objects.create(indicator=things["indicator"], on=dt.date(YEAR, 7, 1), note="Sin dato")

    [milestone] = rows_of(take(Role.DIRECTOR, "hitos", world))
    [money] = rows_of(take(Role.DIRECTOR, "recursos", world))
    readings = rows_of(take(Role.DIRECTOR, "indicadores", world))
    versions = rows_of(take(Role.DIRECTOR, "versiones", world))

    assert (milestone["Hito"], milestone["Peso (%)"]) == (things["milestone"].name, "100")
    assert (money["Acción"], money["Total"]) == (things["action"].name, "0")
    assert money["Por revisar"] == "No tiene monto en ninguna fuente."
    assert [(row["Fecha"], row["Valor"], row["Nota"]) for row in readings] == [
        (f"01-06-{YEAR}", "3", ""),
        (f"01-07-{YEAR}", "", "Sin dato"),
    ]
    assert [(row["Versión"], row["Etapa"]) for row in versions] == [
        ("1", "Fase Estratégica"),
        ("2", "Planificación Anual"),
    ]


def test_the_history_has_a_row_per_field_that_changed(world):
    year = world.own.year
    Change.objects.create(
        plan=year.plan, plan_year=year, entity=Entity.ACTION, label="Tutorías",
        entity_uid=world.own.things["action"].uid, by=world.people[Role.DIRECTOR].user,
        at=timezone.now(), reason="Por acuerdo",
        before={"name": "Taller", "number": 1}, after={"name": "Tutorías", "number": 2},
    )  # fmt: skip

    rows = rows_of(take(Role.DIRECTOR, "historial", world))
    of_goals = rows_of(take(Role.DIRECTOR, "historial", world, que="goal"))

    assert [(r["Campo"], r["Decía"], r["Dice"], r["Por qué"]) for r in rows] == [
        ("Nombre", "Taller", "Tutorías", "Por acuerdo"),
        ("Número", "1", "2", "Por acuerdo"),
    ]
    assert of_goals == []


def test_a_period_and_its_evidence_are_told_without_the_files(world):
    things = world.own.things

    [month] = rows_of(take(Role.DIRECTOR, "monitoreo", world))
    [file] = rows_of(take(Role.DIRECTOR, "evidencias", world))

    assert (month["Acción"], month["Evidencias"]) == (things["action"].name, "1")
    assert month["Nivel"].startswith("25–49")
    assert month["Lo informó"] == str(things["report"].reported_by)
    assert file["Archivo"] == "mural.jpg"
    assert str(things["use"].uid) in file["Dirección en Mejora"]
    assert take(Role.DIRECTOR, "monitoreo", world, periodo=99).status_code == 404


PRIVATE = {"Acción", "Descripción", "Objetivo", "Estrategia", "Responsable"}


def test_an_analyst_gets_the_countrys_actions_in_figures_alone(world):
    Action.objects.update(name="Secreto", description="Secreto", responsible_text="Secreto")

    text = content(take(Role.ANALYST, "acciones", world)).decode()

    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert {row["RBD"] for row in rows} == {world.own.school.code, world.foreign.school.code}
    assert not PRIVATE & set(rows[0])
    assert "Secreto" not in text
    assert str(world.own.things["teacher"].user) not in text


def test_an_owner_gets_the_actions_of_its_schools_with_their_texts(world):
    [row] = rows_of(take(Role.OWNER, "acciones", world))

    assert set(row) > PRIVATE
    assert row["Acción"] == world.own.things["action"].name


def test_a_supervisor_gets_nothing_of_what_was_never_sent(world):
    from mejora.plans.models import PlanYear

    PlanYear.objects.filter(pk=world.own.year.pk).update(version_no=0)

    assert rows_of(take(Role.SUPERVISOR, "acciones", world)) == []


def test_actions_are_narrowed_by_year_region_and_owner(world):
    own = world.own.school
    region = own.commune.region.code

    def codes(**query):
        return {row["RBD"] for row in rows_of(take(Role.ANALYST, "acciones", world, **query))}

    assert codes(region=region) == {own.code}
    assert codes(anio=YEAR - 1) == set()
    assert codes(anio=YEAR) == {own.code, world.foreign.school.code}
    assert codes(sostenedor="no-existe") == set()
    Owner.objects.filter(pk=own.owner_id).update(key="slep:9")
    assert own.code in codes(sostenedor="slep:9")


def test_actions_stand_in_the_order_of_the_numbers_of_their_rbd(world):
    schools = [make.SchoolFactory(code=code) for code in ("9", "10", "1000")]
    for school in reversed(schools):
        year = make.PlanYearFactory(plan=make.PlanFactory(school=school))
        strategy = make.StrategyFactory(plan_year=year)
        for number in (2, 1):
            make.ActionFactory(plan_year=year, strategy=strategy, number=number)

    rows = rows_of(take(Role.ANALYST, "acciones", world))

    found = [(row["RBD"], row["N.º"]) for row in rows if row["RBD"] in {"9", "10", "1000"}]
    assert found == [(code, n) for code in ("9", "10", "1000") for n in "12"]


def test_many_actions_cost_no_more_questions_than_one(world):
    year = world.own.year

    def cost():
        rows = Rows([year.pk], has_texts=True)
        rows.columns  # noqa: B018 - reads the sources
        with CaptureQueriesContext(connection) as found:
            list(rows.read())
        return len(found)

    one = cost()
    strategy = world.own.things["strategy"]
    for number in range(500, 530):
        action = make.ActionFactory(plan_year=year, strategy=strategy, number=number)
        action.subareas.add(Area.objects.filter(depth=2).first())

    assert cost() == one


def test_what_is_in_the_bin_is_not_told(world):
    Action.objects.filter(plan_year=world.own.year).update(
        removed_at=timezone.now(), removed_by=world.people[Role.DIRECTOR].user
    )

    for name in ("acciones-del-plan", "hitos", "recursos", "evidencias"):
        assert rows_of(take(Role.DIRECTOR, name, world)) == []


def test_a_long_list_is_prepared_by_the_worker(world, monkeypatch):
    monkeypatch.setattr(taking, "AT_ONCE", 1)
    client = by(world.people[Role.ANALYST])
    url = address("acciones", world.own, world, ending="xlsx", anio=YEAR)

    page = client.get(url)
    assert ("Preparar el archivo" in page.text, "2 filas" in page.text) == (True, True)
    assert not Export.objects.exists()
    answer = client.post(url)

    export = Export.objects.get()
    assert answer["Location"] == f"/archivos/{export.uid}/"
    operations.produce(export)
    export.refresh_from_db()
    assert (export.state, export.done) == (ExportState.READY, 2)
    assert export.file.original_name.endswith(".xlsx")
    data = content(client.get(f"/archivos/{export.uid}/descargar/"))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Datos")
    assert len(sheet.to_python()) == 3


def test_a_prepared_list_is_closed_to_who_no_longer_sees_it(world):
    membership = world.people[Role.OWNER]
    actor = actor_for(membership.user)
    table = taking.find(actor, "acciones", {})
    export = taking.ask(table, "acciones", "csv", {}, by=actor)
    operations.produce(export)

    Membership.objects.filter(pk=membership.pk).update(
        from_on=dt.date(2020, 1, 1), to_on=dt.date(2020, 2, 1)
    )
    make.MembershipFactory(user=membership.user, role=Role.ANALYST, place=chile())

    assert by(membership).get(f"/archivos/{export.uid}/descargar/").status_code == 403


def test_the_progress_workbook_has_the_shape_of_the_report(world):
    SchoolYear.objects.filter(year=YEAR).update(in_roster=True)

    answer = by(world.people[Role.ANALYST]).get(f"/avance/{YEAR}/xlsx/")

    book = CalamineWorkbook.from_filelike(io.BytesIO(content(answer)))
    assert book.sheet_names == [f"Avance PME {YEAR}", "Cómo se cuenta"]
    table = book.get_sheet_by_index(0).to_python()
    assert table[0][:3] == ["Etapa, por región", "Estado", "AYP"]
    assert (len(table[0]), table[0][-2:]) == (19, ["MAG", "Total"])
    blocks = [row[0] for row in table if str(row[0]).startswith("PME ")]
    assert blocks == [f"PME {YEAR - 1}", f"PME {YEAR}"]
    [total] = [row for row in table if row[0] == "Total general"]
    assert total[-1] == 2.0
    [implementing] = [row for row in table if row[1] == "No iniciado" and row[-1] == 2.0]
    assert sum(implementing[2:-1]) == 2.0
    [up_to_date] = [row for row in table if row[0] == "% PME al día"]
    assert up_to_date[-1] == 1.0
    counted = dict(book.get_sheet_by_index(1).to_python())
    assert "Criterio de Mejora" in counted["Cada establecimiento"]
    assert "Criterio de Mejora" in counted["% PME al día"]
    assert "no publica sus fórmulas" in counted["Etapas y estados"]


PAGES = {
    Role.ANALYST: ("/escuelas/", "/sostenedores/", "/avance/", f"/avance/{YEAR}/escuelas/"),
    Role.OWNER: ("/tablero/", "/aprobaciones/", "/personas/", "/escuelas/"),
    Role.DIRECTOR: ("plan", "historial", "recursos", "monitoreo", "/personas/"),
}


@pytest.mark.parametrize("role", PAGES)
def test_every_list_has_the_button_and_each_of_its_links_leads_to_a_file(world, role):
    code, client = world.own.school.code, by(world.people[role])
    plan = f"/escuelas/{code}/plan/{YEAR}/"
    where = {"plan": plan, "historial": f"{plan}historial/", "recursos": f"{plan}recursos/"}
    for page in PAGES[role]:
        path = where.get(page, page)
        if page == "monitoreo":
            answer = client.get(f"/escuelas/{code}/monitoreo/", follow=True)
        else:
            answer = client.get(path)
        assert answer.status_code == 200, path
        links = [
            part.split('"')[0].replace("&amp;", "&")
            for part in answer.text.split('href="')[1:]
            if "/descargar/" in part.split('"')[0] or "/xlsx/" in part.split('"')[0]
        ]
        assert links, path
        for link in links:
            file = client.get(link)
            assert file["Content-Disposition"].startswith("attachment"), link
            assert content(file)


def test_a_column_has_a_kind_that_its_cells_fit(world):
    types = {
        Kind.DATE: dt.date,
        Kind.MOMENT: dt.datetime,
        Kind.WHOLE: int,
        Kind.MONEY: int,
        Kind.NUMBER: int,
        Kind.CODE: str,
    }
    for letter, role in LETTER.items():
        actor = actor_for(world.people[role].user)
        for name in (name for name in LISTS if letter in OPEN_TO[name]):
            query = {
                "escuela": world.own.school.code, "anio": str(YEAR), "carga": str(world.batch.pk),
                "periodo": "1",
            }  # fmt: skip
            table = LISTS[name].find(actor, query)
            for row in table.rows():
                assert len(row) == len(table.columns)
                for column, cell in zip(table.columns, row, strict=True):
                    if cell is not None and column.kind in types:
                        assert isinstance(cell, types[column.kind]), (name, column.title, cell)
