"""The plan on paper: what stands in it, who may print it, and that text stays text."""

import datetime as dt
import json
import re
import shutil
import subprocess
import time

import pytest
import typst
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from mejora.network.enums import Role
from mejora.network.models import Country
from mejora.plans.models import Action, PlanYear
from mejora.reports.documents import plan, typesetting
from tests.factories import (
    ActionFactory,
    MilestoneFactory,
    PlanYearFactory,
    SealFactory,
    StrategyFactory,
    UserFactory,
)
from tests.factories.forty import approve_planning, plan_of_forty

AT = dt.datetime(2026, 9, 8, 13, 42, tzinfo=dt.UTC)
NASTY = (
    "#import \"x.typ\"", "#panic()", "$ x^2 $", "*negrita* _cursiva_", "\\u{41}", "<etiqueta>",
    "@referencia", "`código`", "= Título", "// comentario", "/* nunca cierra", "[", "]", "#{", "\"",
    "العربية", "עברית", "‮al revés‬", "😀 👩‍🏫 feliz", "中文", "\x00\x07\x1b", "\ufffe\ud7ff",
    "palabra" * 300, "línea\nlínea\r\n\tcon tabulador", "\u200b\u200d\ufeff", "e\u0301 ñ ʻokina ŋ",
)  # fmt: skip


def read(plan_year):
    return PlanYear.objects.with_place().get(pk=plan_year.pk)


def text_of(pdf, tmp_path):
    """What a reader of the PDF finds, in reading order."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) no está en esta máquina")
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf)
    found = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", found.stdout.decode())


@pytest.fixture
def forty(db, today):
    year = plan_of_forty()
    approve_planning(year)
    return read(year)


def test_the_whole_chain_of_forty_actions_is_printed(forty, tmp_path):
    text = text_of(plan.plan_pdf(forty, at=AT), tmp_path)

    for number, name in Action.objects.filter(plan_year=forty).values_list("number", "name"):
        assert f"Acción {number}. {name}" in text
    assert f"{forty.school.code_label} · PME 2026" in text
    pages = int(re.search(r"Página 1 de (\d+)", text)[1])
    assert all(f"Página {n} de {pages}" in text for n in range(1, pages + 1))
    assert "Implementación: registro parcial · versión 3" in text
    assert "Objetivo estratégico 1. Fortalecer la comprensión lectora" in text
    assert "08-09-2026, 10:42" in text


def test_the_pdf_is_tagged_has_title_and_language(forty):
    pdf = plan.plan_pdf(forty, at=AT)

    assert pdf.startswith(b"%PDF-1.7")
    assert b"/MarkInfo" in pdf
    assert b"/Lang(es" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


def test_the_same_plan_at_the_same_time_gives_the_same_bytes(forty):
    assert plan.plan_pdf(forty, at=AT) == plan.plan_pdf(forty, at=AT)


def test_forty_actions_are_printed_in_well_under_a_second(forty):
    plan.plan_pdf(forty, at=AT)

    started = time.perf_counter()
    plan.plan_pdf(forty, at=AT)

    assert time.perf_counter() - started < 1.0  # 0.2 s alone on two cores; slack for a busy machine


def test_the_number_of_queries_does_not_grow_with_the_plan(db, today):
    counts = []
    for actions in (4, 40):
        year = read(plan_of_forty(actions=actions))
        plan.plan_data(year, at=AT)
        year = read(year)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            plan.plan_data(year, at=AT)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


def test_an_empty_plan_prints_and_says_what_is_not_there(db, today, tmp_path):
    text = text_of(plan.plan_pdf(read(PlanYearFactory()), at=AT), tmp_path)

    assert "Este año todavía no tiene objetivos" in text
    assert "No se han registrado montos" in text
    assert "sin envíos" in text
    assert "Carta Gantt" not in text


def test_money_adds_up_by_source_and_dimension(forty):
    money = plan.plan_data(forty, at=AT)["money"]

    def whole(text):
        return int(text.replace(".", "").replace("$", ""))

    total = sum(f.planned for a in forty.actions.all() for f in a.fundings.all())
    assert whole(money["total"]) == total > 0
    assert sum(whole(row["total"]) for row in money["rows"]) == total
    assert sum(map(whole, money["totals"])) == total
    for row in money["rows"]:
        assert sum(map(whole, row["cells"])) == whole(row["total"])


def test_an_interval_is_drawn_as_one_and_an_exact_figure_as_a_point(forty):
    rows = {
        a["number"]: a
        for o in plan.plan_data(forty, at=AT)["objectives"]
        for s in o["strategies"]
        for a in s["actions"]
    }

    assert rows["1"]["bar"] == {"low": None, "high": None}
    assert rows["1"]["level"] == "Sin informar"
    assert rows["3"]["bar"] == {"low": 20, "high": 20}
    assert rows["4"]["bar"] == {"low": 25, "high": 49}
    assert rows["4"]["level"].startswith("25–49")
    assert rows["1"]["milestones"][1]["state"] == "late"


def test_what_is_in_the_bin_is_not_printed_but_its_live_actions_are(db, today, tmp_path):
    year = PlanYearFactory()
    bin_ = {"removed_at": AT, "removed_by": UserFactory()}
    strategy = StrategyFactory(plan_year=year, text="Estrategia botada", **bin_)
    kept = ActionFactory(plan_year=year, strategy=strategy, name="Sigue viva")
    ActionFactory(plan_year=year, strategy=strategy, name="Acción botada", **bin_)
    MilestoneFactory(action=kept, name="Hito botado", **bin_)
    SealFactory(plan=year.plan, name="Sello botado", **bin_)

    text = text_of(plan.plan_pdf(read(year), at=AT), tmp_path)

    assert "Sigue viva" in text
    assert "botad" not in text


@pytest.mark.parametrize("nasty", NASTY)
def test_whatever_people_write_stays_text(db, today, nasty):
    year = PlanYearFactory(plan__vision=nasty.replace("\x00", ""))
    SealFactory(plan=year.plan, name=nasty.replace("\x00", "")[:120])
    action = ActionFactory(plan_year=year, name=nasty.replace("\x00", "")[:200])
    MilestoneFactory(action=action, name=nasty.replace("\x00", "")[:160])

    assert plan.plan_pdf(read(year), at=AT).startswith(b"%PDF")


def test_markup_is_printed_as_it_was_written(db, today, tmp_path):
    written = "#strong[x] $y$ *z* <w> \\v @u `t`"
    year = PlanYearFactory(plan__vision=written)

    assert written in text_of(plan.plan_pdf(read(year), at=AT), tmp_path)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_text_at_all_can_be_printed(text):
    source = b'#set document(title: "x")\n#set text(font: "Mejora Sans", lang: "es")\n'
    source += b"#json(bytes(sys.inputs.data)) *#json(bytes(sys.inputs.data))*"
    compiler = typst.Compiler(
        input=source, font_paths=[str(typesetting.FONTS)], ignore_system_fonts=True
    )
    data = json.dumps(typesetting.printable(text))

    assert compiler.compile(format="pdf", sys_inputs={"data": data}, pdf_standards=["ua-1"])


def test_every_character_of_the_coverage_can_really_be_drawn():
    source = b'#set document(title: "x")\n#set text(font: "Mejora Sans", lang: "es")\n'
    source += b"#for c in json(bytes(sys.inputs.data)) [#c #linebreak() *#c* #linebreak()]"
    compiler = typst.Compiler(
        input=source, font_paths=[str(typesetting.FONTS)], ignore_system_fonts=True
    )
    data = json.dumps(sorted(typesetting.coverage()))

    assert compiler.compile(format="pdf", sys_inputs={"data": data}, pdf_standards=["ua-1"])


READERS = {
    Role.DIRECTOR: "school",
    Role.PLANNER: "school",
    Role.RESPONSIBLE: "school",
    Role.OWNER: "owner",
    Role.SUPERVISOR: "office",
    Role.ADVISER: "school",
}


@pytest.mark.parametrize(("role", "place"), READERS.items())
def test_whoever_may_read_the_plan_prints_it(forty, actor, signed_in, role, place):
    client = signed_in(actor(role, getattr(forty.school, place, None) or forty.school))

    response = client.get(reverse("reports:plan_pdf", args=[forty.school.code, 2026]))

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert f"CL-{forty.school.code}-plan-2026.pdf" in response["Content-Disposition"]
    assert response.content.startswith(b"%PDF")


def test_a_plan_that_was_never_sent_is_not_for_the_supervisor(db, today, actor, signed_in):
    year = PlanYearFactory()
    client = signed_in(actor(Role.SUPERVISOR, year.school.office))

    assert client.get(reverse("reports:plan_pdf", args=[year.school.code, 2026])).status_code == 404


def test_others_are_told_that_there_is_no_such_plan(forty, actor, signed_in):
    elsewhere = PlanYearFactory().school
    address = reverse("reports:plan_pdf", args=[forty.school.code, 2026])

    assert signed_in(actor(Role.DIRECTOR, elsewhere)).get(address).status_code == 404
    chile = Country.objects.get(code="CL")
    assert signed_in(actor(Role.ANALYST, chile)).get(address).status_code == 404
