"""The monitoring report on paper: exact rows, what is late and lacks, and that text stays text."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.core.wording import NARROW
from mejora.files import storing
from mejora.monitoring.enums import Resources
from mejora.monitoring.models import EvidenceUse, Period, ProgressReport
from mejora.network.enums import Role
from mejora.network.models import Country
from mejora.plans.models import Action, EvidenceRequirement, Milestone, PlanYear
from mejora.reports.documents import monitoring, monitoring_reading
from tests.factories import ActionFactory, MilestoneFactory, PlanYearFactory, UserFactory
from tests.factories.forty import approve_planning, plan_of_forty
from tests.factories.monitoring import ReportFactory, justification, level
from tests.pdf import lowest_word, pages_of, text_of, widest_word
from tests.world import photo

AT = dt.datetime(2026, 9, 8, 13, 42, tzinfo=dt.UTC)
A4_LANDSCAPE = 842  # points
FOOT = 558  # where the page's foot begins, from its top
MARKUP = st.text(alphabet="#$*@\\[](){}<>_`=/-+~'\"%&;:,.!?|^ aAñÑ1", min_size=1, max_size=80)
LOOSE = re.compile(r"[\s\u200b-]")  # what a line's end may add or take away


def read(plan_year):
    return PlanYear.objects.with_place().get(pk=plan_year.pk)


def months(plan_year, *numbers):
    """Whole months, by their number in the calendar."""
    return [
        Period.objects.create(
            plan_year=plan_year,
            number=number,
            starts_on=dt.date(2026, number, 1),
            ends_on=dt.date(2026, number + 1, 1) - dt.timedelta(days=1),
            due_on=dt.date(2026, number + 1, 10),
        )
        for number in numbers
    ]


def reported(action, period, code, **fields):
    return ReportFactory(action=action, period=period, level=level(code), **{"at": AT, **fields})


def reading(plan_year, number=8):
    plan_year = read(plan_year)
    listed = list(Period.objects.filter(plan_year=plan_year))
    period = next(p for p in listed if p.number == number)
    return monitoring_reading.read(plan_year, period, listed)


def data(plan_year, number=8):
    found = reading(plan_year, number)
    return monitoring.monitoring_data(found, prepared_by="Ana Rojas (Dirección)", at=AT)


def pdf(plan_year, number=8):
    plan_year = read(plan_year)
    listed = list(Period.objects.filter(plan_year=plan_year))
    period = next(p for p in listed if p.number == number)
    return monitoring.monitoring_pdf(
        plan_year, period, listed, prepared_by="Ana Rojas (Dirección)", at=AT
    )


@pytest.fixture
def year(db, today):
    """An action with milestones, one by level, one that nobody reported; June to August."""
    year = PlanYearFactory(year=2026)
    months(year, 6, 7, 8)
    return year


def only_row(plan_year, number=8):
    [area] = data(plan_year, number)["areas"]
    [row] = area["rows"]
    return row


def test_a_row_says_all_that_was_reported_of_an_action(year):
    person = UserFactory(name="Rosa Díaz")
    action = ActionFactory(
        plan_year=year, number=7, name="Aulas en terreno", responsible_text="UTP"
    )
    july, august = year.periods.filter(number__in=(7, 8))
    reported(action, july, "parcial")
    reported(
        action,
        august,
        "avanzada",
        reported_by=person,
        note="Faltó el bus.",
        resources=Resources.PARTLY,
        justification=justification("4"),
        real_start=dt.date(2026, 4, 6),
    )

    row = only_row(year)

    assert (row["number"], row["name"]) == ("7", "Aulas en terreno")
    assert row["who"] == "UTP"
    assert row["before"] == {"level": f"25–49{NARROW}%", "when": ""}
    assert (row["level"], row["word"]) == (f"75–99{NARROW}%", "Avanzada")
    assert row["bar"] == {"low": 75, "high": 99}
    assert row["resources"] == "En parte"
    assert row["reason"].startswith("4. ")
    assert row["lacks_reason"] is False
    assert row["note"] == "Faltó el bus."
    assert row["small"] == "Rosa Díaz, 08-09-2026, por revisar · inicio real 06-04-2026"
    assert row["milestones"] == ""


def test_actions_stand_by_their_number(year):
    for number in (3, 1, 2):
        ActionFactory(plan_year=year, number=number)

    [area] = data(year)["areas"]

    assert [row["number"] for row in area["rows"]] == ["1", "2", "3"]


def test_a_milestone_is_overdue_from_the_day_after(year):
    action = ActionFactory(plan_year=year)
    for day in (30, 31):
        MilestoneFactory(action=action, weight=50, due_on=dt.date(2026, 8, day))

    [late] = data(year)["overdue"]

    assert (late["due"], late["days"]) == ("30-08-2026", "1 día")


def test_milestones_count_by_the_close_and_not_by_today(year, monkeypatch):
    action = ActionFactory(plan_year=year, ends_on=dt.date(2026, 12, 1))
    person = UserFactory()
    for due, done in ((7, 5), (8, 15), (None, None)):
        MilestoneFactory(
            action=action,
            weight=33,
            due_on=dt.date(2026, due, 1) if due else None,
            done_on=dt.date(2026, 8 if done == 5 else 9, done) if done else None,
            done_by=person if done else None,
        )
    reported(action, year.periods.get(number=8), "parcial", pct=33)
    monkeypatch.setenv("MEJORA_TODAY", "2026-11-20")

    row = only_row(year)

    assert row["milestones"] == "1 de 3"
    assert (row["level"], row["bar"]) == (f"33{NARROW}%", {"low": 33, "high": 33})
    [late] = data(year)["overdue"]  # due on the 1st of August, met only in September
    assert (late["due"], late["days"]) == ("01-08-2026", "30 días")
    assert row["is_late"]


def test_an_older_level_is_told_with_its_period(year):
    action = ActionFactory(plan_year=year)
    reported(action, year.periods.get(number=6), "inicial")

    assert only_row(year)["before"] == {"level": f"1–24{NARROW}%", "when": "junio"}
    [unreported] = data(year)["unreported"]
    assert unreported["known"] == f"1–24{NARROW}% Inicial en junio"


def test_the_close_of_a_period_that_runs_is_today(year, monkeypatch):
    action = ActionFactory(plan_year=year, ends_on=dt.date(2026, 8, 12))

    monkeypatch.setenv("MEJORA_TODAY", "2026-08-12")
    assert data(year)["late"] == []
    monkeypatch.setenv("MEJORA_TODAY", "2026-08-14")
    [late] = data(year)["late"]
    assert (late["days"], late["known"]) == ("2 días", "nunca informada")
    reported(action, year.periods.get(number=8), "completa")
    assert data(year)["late"] == []


def test_levels_are_shares_of_all_actions_and_the_span_is_of_those_reported(year):
    august = year.periods.get(number=8)
    for code in ("parcial", "parcial", "completa", None):
        action = ActionFactory(plan_year=year)
        if code:
            reported(action, august, code)

    found = data(year)

    rows = [(row["name"], row["count"], row["share"]) for row in found["levels"]]
    assert rows == [
        (f"25–49{NARROW}% Parcial", "2", f"50,0{NARROW}%"),
        (f"100{NARROW}% Implementada", "1", f"25,0{NARROW}%"),
        ("Sin informar", "1", f"25,0{NARROW}%"),
    ]
    assert f"desde 25–49{NARROW}% hasta 100{NARROW}%" in found["span"]
    facts = {fact["name"]: (fact["number"], fact["of"]) for fact in found["facts"]}
    assert facts["acciones informadas"] == ("3", "4")
    assert facts[f"acciones en 100{NARROW}%"] == ("1", "4")
    assert len(found["unreasoned"]) == 2


def test_proof_is_asked_only_of_what_was_said_to_be_done(year):
    august = year.periods.get(number=8)
    for number, code in ((1, "completa"), (2, "completa"), (3, "parcial")):
        action = ActionFactory(plan_year=year, number=number)
        wanted = EvidenceRequirement.objects.create(action=action, text=f"Acta {number}")
        reported(action, august, code)
        if number == 2:
            kept = storing.accept(photo(), space="school:x", by=UserFactory())
            EvidenceUse.objects.create(
                file=getattr(kept, "file", kept), action=action, requirement=wanted, at=AT
            )

    [lacking] = data(year)["unproved"]

    assert (lacking["number"], lacking["texts"]) == ("1", ["Acta 1"])
    [area] = data(year)["areas"]
    assert [row["evidence"] for row in area["rows"]] == ["0", "1", "0"]


def test_a_disabled_action_is_counted_apart_and_one_in_the_bin_not_at_all(year):
    ActionFactory(plan_year=year)
    ActionFactory(plan_year=year, is_disabled=True)
    ActionFactory(plan_year=year, removed_at=AT, removed_by=UserFactory())

    found = data(year)

    assert len(found["areas"][0]["rows"]) == 1
    assert found["disabled"] == "1 acción desactivada no se informa y no se cuenta aquí."


@pytest.mark.parametrize(
    ("number", "said"),
    [(8, "En este período no se ha informado ninguna acción."),
     (10, "El período empieza el 01-10-2026.")],
)  # fmt: skip
def test_an_empty_period_prints_and_says_so(year, number, said):
    months(year, 10)
    ActionFactory(plan_year=year)

    text = text_of(pdf(year, number))

    assert said in text
    assert "Sin informar" in text


def test_a_year_without_actions_prints_and_says_so(year):
    text = text_of(pdf(year))

    assert "El plan de 2026 no tiene acciones que informar." in text
    assert "Acciones por" not in text


@pytest.fixture
def forty(db, today):
    year = plan_of_forty()
    approve_planning(year)
    months(year, 7, 8)
    august = year.periods.get(number=8)
    codes = ("inicial", "parcial", "adecuada", "avanzada", "completa")
    for action in year.actions.filter(is_disabled=False):
        if action.number % 6:
            note = "Va bien. " * (action.number % 4)
            reported(action, august, codes[action.number % 5], note=note)
    return year


def test_all_forty_actions_stand_in_the_report_under_a_header_that_repeats(forty):
    found = pdf(forty)

    text = text_of(found, in_drawing_order=True)
    unbroken = LOOSE.sub("", text)
    for action in Action.objects.filter(plan_year=forty, is_disabled=False):
        assert LOOSE.sub("", f"{action.number} {action.name}") in unbroken
    assert "1 acción desactivada no se informa" in text
    pages = pages_of(found)
    assert 4 <= len(pages) <= 9
    tables = [page for page in pages[:-2] if "Nota y justificación" in page]
    assert len(tables) >= 3
    for number, page in enumerate(pages, 1):
        assert f"Página {number} de {len(pages)}" in page
    assert "Preparado por Ana Rojas (Dirección) el 08-09-2026, 10:42" in text


def test_the_pdf_is_tagged_and_the_same_input_gives_the_same_bytes(forty):
    found = pdf(forty)

    assert b"<pdfuaid:part>1</pdfuaid:part>" in found
    assert b"/Lang(es" in found
    assert found == pdf(forty)


def test_the_number_of_queries_does_not_grow_with_the_plan(db, today):
    counts = []
    for actions in (4, 40):
        year = plan_of_forty(actions=actions)
        months(year, 7, 8)
        data(year)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reading(year)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 7  # two of them find the year and its periods


def test_a_note_longer_than_a_page_breaks_and_loses_nothing(year):
    action = ActionFactory(plan_year=year, number=1)
    lines = [f"Renglón {n} de la nota." for n in range(1, 90)]
    august = year.periods.get(number=8)
    reported(action, august, "parcial", note="\n".join(lines))

    found = pdf(year)

    pages = pages_of(found)
    assert len(pages) >= 3
    assert lowest_word(found, above=FOOT) < FOOT - 8
    text = " ".join(" ".join(pages).split())
    assert all(line in text for line in lines)


def test_a_list_of_what_lacks_longer_than_a_page_breaks(year):
    action = ActionFactory(plan_year=year, number=1)
    for n in range(60):
        EvidenceRequirement.objects.create(action=action, text="WWWWWWWWW " * 20, order=n)
    reported(action, year.periods.get(number=8), "completa")

    assert lowest_word(pdf(year), above=FOOT) < FOOT - 8


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "por revisar"),
        ({"reviewed": True}, ""),
        ({"reviewed": True, "changes_asked": "Diga cuántos."}, "con cambios pedidos"),
        ({"changes_asked": "Diga cuántos."}, "por revisar"),
    ],
)
def test_a_row_says_where_its_review_stands(year, fields, told):
    if fields.pop("reviewed", False):
        fields |= {"reviewed_at": AT, "reviewed_by": UserFactory()}
    reported(
        ActionFactory(plan_year=year), year.periods.get(number=8), "parcial", **fields,
        reported_by=UserFactory(name="Rosa Díaz"),
    )  # fmt: skip

    assert only_row(year)["small"] == ", ".join(filter(None, ("Rosa Díaz, 08-09-2026", told)))


def test_a_word_that_no_line_holds_stays_within_its_column(year):
    word = "supercalifragilístico" * 9
    action = ActionFactory(plan_year=year, name=word, responsible_text=word[:160])
    august = year.periods.get(number=8)
    reported(action, august, "completa", note=word)

    found = pdf(year)  # only the action's row, no list of what lacks: its columns are narrow

    assert LOOSE.sub("", text_of(found, in_drawing_order=True)).count(word) >= 2
    assert widest_word(found) < A4_LANDSCAPE / 3


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(MARKUP, min_size=5, max_size=5))
def test_whatever_people_write_is_printed_letter_by_letter(year, texts):
    """Typst's signs, as note, name, responsible, milestone and means of verification."""
    Milestone.objects.all().delete()
    EvidenceRequirement.objects.all().delete()
    ProgressReport.objects.all().delete()
    Action.objects.all().delete()
    name, who, note, milestone, proof = (f"i{text}f" for text in texts)
    action = ActionFactory(plan_year=year, name=name, responsible_text=who, number=1)
    MilestoneFactory(action=action, name=milestone, due_on=dt.date(2026, 7, 1), weight=50)
    EvidenceRequirement.objects.create(action=action, text=proof)
    reported(action, year.periods.get(number=8), "completa", pct=100, note=note)

    text = LOOSE.sub("", text_of(pdf(year), in_drawing_order=True))

    for written in (name, who, note, milestone, proof):
        assert LOOSE.sub("", written) in text


READERS = {
    Role.DIRECTOR: "school",
    Role.RESPONSIBLE: "school",
    Role.OWNER: "owner",
    Role.SUPERVISOR: "office",
    Role.ADVISER: "school",
}


def address(plan_year):
    return reverse("reports:monitoring_pdf", args=[plan_year.school.code, 2026, "agosto"])


@pytest.mark.parametrize(("role", "place"), READERS.items())
def test_whoever_may_read_the_plan_takes_the_report(forty, actor, signed_in, role, place):
    someone = actor(role, getattr(forty.school, place, None) or forty.school)

    response = signed_in(someone).get(address(forty))

    assert response["Content-Type"] == "application/pdf"
    name = f"CL-{forty.school.code}-informe-monitoreo-2026-agosto.pdf"
    assert name in response["Content-Disposition"]
    assert f"Preparado por {someone.user.name} ({Role(role).label})" in text_of(response.content)


def test_nobody_else_does(forty, year, actor, signed_in):
    never_sent = address(year)
    assert signed_in(actor(Role.SUPERVISOR, year.school.office)).get(never_sent).status_code == 404
    stranger = actor(Role.DIRECTOR, year.school)
    assert signed_in(stranger).get(address(forty)).status_code == 404
    analyst = actor(Role.ANALYST, Country.objects.get(code="CL"))
    assert signed_in(analyst).get(address(forty)).status_code == 404
    missing = reverse("reports:monitoring_pdf", args=[forty.school.code, 2026, "enero"])
    assert signed_in(actor(Role.DIRECTOR, forty.school)).get(missing).status_code == 404
