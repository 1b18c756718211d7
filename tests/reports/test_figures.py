"""The plan in figures: exactly what is counted, and that nothing written by people is in it."""

import datetime as dt
import re
import shutil
import subprocess

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mejora.frameworks.models import Area, Term, TermKind
from mejora.network.enums import Role
from mejora.network.models import SchoolYear
from mejora.plans.enums import StageKind
from mejora.plans.models import Action, Funding, PlanYear
from mejora.reports import figures
from mejora.reports.documents.figures import figures_data, figures_pdf
from tests.factories import (
    ActionFactory,
    MilestoneFactory,
    OwnerFactory,
    PlanFactory,
    PlanYearFactory,
    StrategyFactory,
    UserFactory,
)
from tests.factories.forty import approve_planning, plan_of_forty
from tests.factories.network import chile

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 9, 8, 13, 42, tzinfo=dt.UTC)
PAGES = ("reports:figures", "reports:figures_pdf")


def term(year, kind, code):
    return Term.objects.get(edition=year.plan.edition, kind=kind, code=code)


def area(year, code):
    return Area.objects.get(edition=year.plan.edition, code=code)


@pytest.fixture
def year(today):
    """Three counted actions: two of Gestión Pedagógica, one reported; one of Liderazgo with money
    of two sources. Besides them one disabled and one in the bin, with money as well."""
    found = PlanYearFactory(is_begun=True)
    strategy = StrategyFactory(plan_year=found, text="Texto de la estrategia")
    common = {"plan_year": found, "strategy": strategy, "responsible_text": "Rosa Inostroza"}
    first = ActionFactory(**common, name="Nombre de la acción")
    MilestoneFactory(action=first, name="Nombre del hito")
    first.subareas.set([area(found, "GP").children.first()])
    second = ActionFactory(**common, level_now=term(found, TermKind.LEVEL, "parcial"))
    second.subareas.set(area(found, "GP").children.all())
    third = ActionFactory(**common, area=area(found, "LI"))
    left_out = [
        ActionFactory(**common, is_disabled=True),
        ActionFactory(**common, removed_at=AT, removed_by=UserFactory()),
    ]
    amounts = [(third, "SEP", 3_000_000), (third, "PIE", 500_000), (first, "SEP", 1_000_000)]
    for action, source, planned in [*amounts, *((a, "SEP", 9_999) for a in left_out)]:
        source = term(found, TermKind.FUNDING, source)
        Funding.objects.create(action=action, source=source, planned=planned)
    return PlanYear.objects.with_place().get(pk=found.pk)


def test_every_row_is_counted_once_and_in_its_place(year, actor):
    found = figures.of_year(year, actor(Role.ANALYST, chile()))

    counts = {name: number for number, name in found.counts}
    assert counts == {
        "sellos": 0,
        "objetivo estratégico": 1,
        "metas estratégicas": 0,
        "estrategia": 1,
        "indicadores de seguimiento": 0,
        "acciones": 3,
        "hito de progreso": 1,
    }
    assert found.disabled_count == 1
    assert [(word, count) for _, word, count in found.level_rows if count] == [
        ("Parcial", 1),
        ("", 2),
    ]
    by_area = {row.name: row for row in found.areas}
    assert by_area["Gestión Pedagógica"].count == 2
    assert [count for _, count in by_area["Gestión Pedagógica"].parts] == [2, 1, 1]
    assert by_area["Gestión Pedagógica"].without_part == 0
    assert (by_area["Liderazgo"].count, by_area["Liderazgo"].without_part) == (1, 1)
    at = {name: n for n, name in enumerate(found.money_areas)}
    [sep, pie] = [(source, amounts, total) for source, amounts, total in found.by_source]
    assert sep[0].endswith("(SEP)")
    assert sep[1][at["Gestión Pedagógica"]] == 1_000_000
    assert (sep[1][at["Liderazgo"]], sep[2]) == (3_000_000, 4_000_000)
    assert pie[2] == 500_000
    assert found.money.total == 4_500_000


def test_the_stages_of_a_later_year_begin_with_the_plans_own(actor, today):
    plan = PlanFactory(start_year=2025)
    PlanYearFactory(plan=plan, year=2025)
    later = PlanYearFactory(plan=plan, year=2026)

    found = figures.of_year(
        PlanYear.objects.with_place().get(pk=later.pk), actor(Role.ANALYST, chile())
    )

    assert [stage.kind for stage in found.stages] == list(StageKind)


@pytest.mark.parametrize("name", PAGES)
def test_an_analyst_reads_the_figures_and_nothing_that_people_wrote(
    year, actor, signed_in, name, tmp_path
):
    client = signed_in(actor(Role.ANALYST, chile()))

    answer = client.get(reverse(name, args=[year.school.code, year.year]))

    text = text_of(answer.content, tmp_path) if "pdf" in name else answer.content.decode()
    assert answer.status_code == 200
    assert year.school.name in text
    assert "4.500.000" in text
    written = ["Nombre de la acción", "Rosa", "Texto de la estrategia", "Nombre del hito"]
    written += list(Action.objects.values_list("objective__text", flat=True))
    assert [words for words in written if words in text] == []


REASONS = {
    Role.SUPERVISOR: "Los montos se muestran desde el primer envío.",
    Role.ADVISER: "Los montos se muestran desde el primer envío.",
    Role.ADMINISTRATOR: "Los montos no se muestran a su rol.",
}


@pytest.mark.parametrize("role", REASONS)
@pytest.mark.parametrize("sent", [False, True])
def test_amounts_open_to_support_once_something_was_sent(year, actor, signed_in, role, sent):
    PlanYear.objects.filter(pk=year.pk).update(version_no=int(sent))
    place = {Role.SUPERVISOR: year.school.office, Role.ADVISER: year.school.owner}
    client = signed_in(actor(role, place.get(role, chile())))

    page = client.get(reverse("reports:figures", args=[year.school.code, year.year]))

    text = page.content.decode()
    shows = sent and role != Role.ADMINISTRATOR
    assert ("$4.500.000" in text) is shows
    assert (REASONS[role] in text) is not shows
    assert "Gestión Pedagógica" in text


def test_a_former_owner_sees_the_figures_of_its_own_years(actor, signed_in):
    former = OwnerFactory()
    plan = PlanFactory(start_year=2025)
    for each in (2025, 2026):
        PlanYearFactory(plan=plan, year=each, is_begun=True)
    SchoolYear.objects.create(school=plan.school, year=2025, owner=former, name="x",
                              commune=plan.school.commune)  # fmt: skip
    client = signed_in(actor(Role.OWNER, former))

    answers = [
        client.get(reverse("reports:figures", args=[plan.school.code, each])).status_code
        for each in (2025, 2026)
    ]

    assert answers == [200, 404]


def test_the_number_of_queries_does_not_grow_with_the_plan(actor, today):
    counts = []
    someone = actor(Role.ANALYST, chile())
    for actions in (4, 40):
        made = plan_of_forty(actions=actions)
        year = PlanYear.objects.with_place().get(pk=made.pk)
        figures.of_year(year, someone)
        with CaptureQueriesContext(connection) as queries:
            figures.of_year(year, someone)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 20


def test_the_lists_of_an_analyst_lead_to_the_figures(year, actor, signed_in):
    client = signed_in(actor(Role.ANALYST, chile()))
    address = reverse("reports:figures", args=[year.school.code, year.year])
    SchoolYear.objects.filter(school=year.school, year=2026).update(in_roster=True)

    for page in (f"/escuelas/{year.school.code}/", "/avance/2026/escuelas/", "/tablero/2026/"):
        assert f'href="{address}"' in client.get(page).content.decode(), page


def text_of(pdf, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) no está en esta máquina")
    path = tmp_path / "figures.pdf"
    path.write_bytes(pdf)
    found = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", found.stdout.decode())


def test_the_pdf_says_the_same_as_the_page_and_is_tagged(actor, today, tmp_path):
    made = plan_of_forty()
    approve_planning(made)
    year = PlanYear.objects.with_place().get(pk=made.pk)
    found = figures.of_year(year, actor(Role.ANALYST, chile()))

    pdf = figures_pdf(found, at=AT)

    text = text_of(pdf, tmp_path)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert "Planificación Anual Implementación Evaluación" in text  # the reader goes by columns
    assert text.count("Aprobada") == 2  # one stage, and the note on the word
    assert "39 acciones" in text
    assert "1 acción desactivada" in text
    data = figures_data(found, at=AT)
    assert data["money"]["total"] in text
    for row in data["levels"]:
        assert row["name"].replace("\u202f", " ") in text.replace("\u202f", " ")
    assert sum(int(row["count"]) for row in data["areas"]) == 39
