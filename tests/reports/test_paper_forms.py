"""The forms for work on paper: filled with the year's actions, or blank; text stays text."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.core.wording import NARROW
from mejora.files import storing
from mejora.monitoring.models import EvidenceUse
from mejora.network.enums import Role
from mejora.plans.models import Action, EvidenceRequirement, Milestone, PlanYear, Reading
from mejora.reports.documents import forms, monitoring_reading
from tests.factories import ActionFactory, IndicatorFactory, MilestoneFactory, UserFactory
from tests.factories.forty import plan_of_forty
from tests.factories.monitoring import (
    ReportFactory,
    action_with_milestones,
    give_periods,
    implementing_year,
    level,
    month,
)
from tests.pdf import lowest_word, pages_of, text_of, widest_word
from tests.reports.test_monitoring_pdf import FOOT, LOOSE, MARKUP
from tests.world import photo

AT = dt.datetime(2026, 9, 8, 13, 42, tzinfo=dt.UTC)
EVERY_FORM = list(forms.FORMS.values())


@pytest.fixture
def year(db, today):
    return implementing_year(year=2026)


def periods(plan_year):
    return list(plan_year.periods.all())


def pdf(form, plan_year, *, is_blank=False):
    plan_year = PlanYear.objects.with_place().get(pk=plan_year.pk)
    return forms.form_pdf(
        form, plan_year, month(plan_year, 8), periods(plan_year), is_blank=is_blank, at=AT
    )


def areas(form, plan_year):
    plan_year = PlanYear.objects.with_place().get(pk=plan_year.pk)
    found = monitoring_reading.read(plan_year, month(plan_year, 8), periods(plan_year))
    return forms.form_data(form, found, is_blank=False, at=AT)["areas"]


def rows(form, plan_year):
    return [row for area in areas(form, plan_year) for row in area["rows"]]


@pytest.fixture
def forty(db, today):
    year = plan_of_forty()
    give_periods(year)
    return year


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_filled_form_holds_every_action_that_is_reported(forty, form):
    found = pdf(form, forty)

    text = LOOSE.sub("", text_of(found, in_drawing_order=True))
    for action in Action.objects.filter(plan_year=forty):
        stands = LOOSE.sub("", f"{action.number} {action.name}") in text
        assert stands is not action.is_disabled
    assert len(pages_of(found)) <= 12


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_blank_form_names_the_school_and_the_period_and_no_action(forty, form):
    text = text_of(pdf(form, forty, is_blank=True))

    assert f"{form.name} de agosto de 2026" in text
    assert "Escuela Básica Los Maitenes" in text
    assert not any(name in text for name in ("Nivelación", "Taller de", "Rodrigo"))


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_form_says_that_its_layout_is_ours(year, form):
    text = text_of(pdf(form, year))

    assert "criterio de Mejora" in text
    assert "Herramientas 1 a 7 del Ministerio no se encontraron" in text


def test_the_monitoring_form_shows_what_is_known_and_what_is_in_already(year):
    with_milestones = action_with_milestones(year, number=1)
    with_milestones.milestones.filter(order=0).update(
        done_on=dt.date(2026, 4, 10), done_by=UserFactory()
    )
    by_level = ActionFactory(plan_year=year, number=2)
    ReportFactory(action=by_level, period=month(year, 6), level=level("inicial"))
    ReportFactory(action=by_level, period=month(year, 8), level=level("avanzada"), at=AT)

    first, second = rows(forms.MONITORING, year)

    assert [m["is_met"] for m in first["milestones"]] == [True, False, False, False]
    assert (first["before"], first["told"]) == ("", "")
    assert second["milestones"] == []
    assert (second["before"], second["before_when"]) == (f"1–24{NARROW}%", "junio")
    assert second["told"] == f"Ya informada el 08-09-2026: 75–99{NARROW}%"


def test_the_follow_up_form_compares_with_the_plan_and_brings_the_indicators(year):
    action = action_with_milestones(year, number=1)  # due in April, June, August, October
    ReportFactory(action=action, period=month(year, 8), level=level("parcial"), pct=25)
    indicator = IndicatorFactory(
        strategy=action.strategy, name="Lectoras", baseline=10, target=20, unit="%"
    )
    Reading.objects.create(indicator=indicator, on=dt.date(2026, 5, 4), value=12)
    Reading.objects.create(indicator=indicator, on=dt.date(2026, 7, 6), value=15)

    found = areas(forms.FOLLOW_UP, year)

    [row] = [row for area in found for row in area["rows"]]
    assert (row["planned"], row["known"]) == (f"75{NARROW}%", f"25{NARROW}%")
    assert row["is_behind"]
    [told] = [i for area in found for i in area["indicators"]]
    assert told == {
        "name": "Lectoras",
        "base": f"10{NARROW}%",
        "target": f"20{NARROW}%",
        "last": f"15{NARROW}%, 06-07-2026",
    }


def test_the_evidence_form_counts_files_and_names_none(year):
    action = ActionFactory(plan_year=year, number=1)
    EvidenceRequirement.objects.create(action=action, text="Fotos de la salida", order=2)
    wanted = EvidenceRequirement.objects.create(action=action, text="Acta del consejo", order=1)
    kept = storing.accept(photo(), space="school:x", by=UserFactory())
    EvidenceUse.objects.create(
        file=getattr(kept, "file", kept), action=action, requirement=wanted, at=AT
    )

    [row] = rows(forms.EVIDENCE, year)

    assert [(r["text"], r["files"]) for r in row["requirements"]] == [
        ("Acta del consejo", 1),
        ("Fotos de la salida", 0),
    ]
    assert "mural" not in text_of(pdf(forms.EVIDENCE, year))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(MARKUP, min_size=4, max_size=4))
def test_whatever_people_write_is_printed_letter_by_letter(year, texts):
    Milestone.objects.all().delete()
    EvidenceRequirement.objects.all().delete()
    Action.objects.all().delete()
    name, who, milestone, proof = (f"i{text}f" for text in texts)
    action = ActionFactory(plan_year=year, name=name, responsible_text=who, number=1)
    MilestoneFactory(action=action, name=milestone, weight=100)
    EvidenceRequirement.objects.create(action=action, text=proof)

    for form, written in (
        (forms.MONITORING, (name, who, milestone)),
        (forms.FOLLOW_UP, (name, who)),
        (forms.EVIDENCE, (name, who, proof)),
    ):
        text = LOOSE.sub("", text_of(pdf(form, year), in_drawing_order=True))
        assert all(LOOSE.sub("", each) in text for each in written), form.slug


def test_a_word_that_no_line_holds_stays_within_its_column(year):
    word = "supercalifragilístico" * 7
    action = ActionFactory(plan_year=year, name=word, responsible_text=word)
    MilestoneFactory(action=action, name=word, weight=100)
    EvidenceRequirement.objects.create(action=action, text=word)

    for form in EVERY_FORM:
        assert widest_word(pdf(form, year)) < 300  # points; the word alone would be 580


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_row_higher_than_a_page_breaks_and_never_runs_into_the_foot(year, form):
    action = ActionFactory(plan_year=year, number=2)
    for n in range(30):
        MilestoneFactory(action=action, name="WWWWWWWWW " * 16, weight=1, order=n)
        EvidenceRequirement.objects.create(action=action, text="WWWWWWWWW " * 20, order=n)
    ActionFactory(plan_year=year, number=1)

    assert lowest_word(pdf(form, year), above=FOOT) < FOOT - 8


@pytest.mark.parametrize("form", EVERY_FORM)
def test_the_number_of_queries_does_not_grow_with_the_plan(db, today, form):
    counts = []
    for actions in (4, 40):
        year = plan_of_forty(actions=actions)
        give_periods(year)
        pdf(form, year)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            areas(form, year)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 11


def test_forms_are_for_whoever_reads_the_plan(year, actor, signed_in):
    def ask(who, kind="monitoreo", query=""):
        address = reverse("reports:monitoring_form", args=[year.school.code, 2026, "agosto", kind])
        return signed_in(who).get(address + query)

    teacher = actor(Role.RESPONSIBLE, year.school)
    name = f"CL-{year.school.code}-ficha-monitoreo-2026-agosto.pdf"
    assert name in ask(teacher)["Content-Disposition"]
    assert ask(teacher, "evidencias", "?blanco=1").content.startswith(b"%PDF")
    assert ask(teacher, "otra").status_code == 404
    assert ask(actor(Role.DIRECTOR, plan_of_forty().school)).status_code == 404
