"""Empty forms for work on paper: monitoring of a period, follow-up per area, list of evidence.

The layout is a criterio de Mejora: the Ministry's Herramientas 1 to 7 were not found; of number 8
the three questions about what comes next are known (webinar of July 2025). Filled with the
school's actions, or blank for what is not in the plan yet. Names of files are never printed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from mejora.core import wording
from mejora.monitoring import periods, progress
from mejora.monitoring.models import Period
from mejora.plans.models import EvidenceRequirement, Indicator, PlanYear, Reading
from mejora.reports.documents import monitoring_reading
from mejora.reports.documents.monitoring import file_name, heading, named
from mejora.reports.documents.monitoring_reading import ActionThen, PeriodReading
from mejora.reports.documents.parts import Row, amount, doubts
from mejora.reports.documents.typesetting import typeset

BLANK_ROWS = 6
# A row that may not fit on a page breaks over two: so many lines of milestones, each so wide.
LONG_LINES, LINE = 26, 16


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of paper: its name, its template and what its template prints of a reading."""

    slug: str
    name: str
    template: str
    areas: Callable[[PeriodReading], list[Row]]


def form_pdf(
    form: Form,
    plan_year: PlanYear,
    period: Period,
    listed: Sequence[Period],
    *,
    is_blank: bool = False,
    at: dt.datetime | None = None,
) -> bytes:
    """The PDF/UA of a form of a period; the year comes `with_place()`."""
    at = at or timezone.now()
    found = monitoring_reading.read(plan_year, period, listed)
    return typeset(form.template, form_data(form, found, is_blank=is_blank, at=at), at=at)


def form_name(form: Form, plan_year: PlanYear, period: Period) -> str:
    return file_name(plan_year, period, f"ficha-{form.slug}")


def form_data(form: Form, found: PeriodReading, *, is_blank: bool, at: dt.datetime) -> Row:
    """All that a form prints; a blank one has only its lines."""
    year, book = found.plan_year.year, found.catalogue
    return {
        **heading(found, at=at),
        "title": f"{form.name} de {found.name}: {found.plan_year.school.name}",
        "name": form.name,
        "is_blank": is_blank,
        "blank_rows": BLANK_ROWS,
        "levels": [level.range_text for level in book.levels],
        "justifications": [f"{t.code}. {t.label(year)}" for t in book.justifications],
        "notes": doubts("Justificaciones", book.justifications, year),
        "areas": [] if is_blank else form.areas(found),
    }


def _monitoring_areas(found: PeriodReading) -> list[Row]:
    return [
        {
            "name": area.label(found.plan_year.year),
            "rows": [_monitoring_row(each, found) for each in actions],
        }
        for area, actions in found.by_area()
    ]


def _monitoring_row(each: ActionThen, found: PeriodReading) -> Row:
    return {
        **named(each),
        "dates": _dates(each),
        "before": each.earlier.standing.range_text if each.earlier else "",
        "before_when": _when(each, found),
        "told": _told(each),
        "is_long": sum(2 + len(m.name) // LINE for m in each.milestones) > LONG_LINES,
        "milestones": [
            {
                "name": milestone.name,
                "due": wording.number_date(milestone.due_on) if milestone.due_on else "",
                "is_met": each.is_met(milestone),
            }
            for milestone in each.milestones
        ],
    }


def _dates(each: ActionThen) -> str:
    starts, ends = each.action.starts_on, each.action.ends_on
    return f"{wording.number_date(starts)} al {wording.number_date(ends)}"


def _when(each: ActionThen, found: PeriodReading) -> str:
    if each.earlier is None or each.earlier.period == found.before:
        return ""
    return periods.short_name(each.earlier.period)


def _told(each: ActionThen) -> str:
    """What is in Mejora already, so that nobody writes it twice."""
    if each.report is None or not each.is_reported:
        return ""
    return f"Ya informada el {wording.number_date(each.report.at)}: {each.now.range_text}"


def _follow_up_areas(found: PeriodReading) -> list[Row]:
    indicators = _indicators(found.plan_year)
    year = found.plan_year.year
    rows = [
        {
            "name": area.label(year),
            "rows": [_follow_up_row(each) for each in actions],
            "indicators": indicators.pop(area.pk, []),
        }
        for area, actions in found.by_area()
    ]
    rest = [row for rows_of_area in indicators.values() for row in rows_of_area]
    if rest:
        rows.append({"name": "Otros indicadores", "rows": [], "indicators": rest})
    return rows


def _follow_up_row(each: ActionThen) -> Row:
    planned = progress.planned_percent(each.action, each.milestones, each.close)
    behind = progress.is_behind(each.known.level, each.known.pct, planned)
    return {
        **named(each),
        "dates": _dates(each),
        "planned": wording.percent(planned),
        "known": each.known.range_text,
        "is_behind": behind or each.is_late,
    }


def _indicators(plan_year: PlanYear) -> dict[int | None, list[Row]]:
    """The year's living indicators by the area of their objective, with the newest reading."""
    newest = Prefetch("readings", Reading.objects.live().order_by("-on", "-pk"))
    found = (
        Indicator.objects.live()
        .filter(strategy__plan_year=plan_year, strategy__removed_at__isnull=True)
        .select_related("strategy__objective")
        .prefetch_related(newest)
    )
    rows: dict[int | None, list[Row]] = defaultdict(list)
    for indicator in found:
        objective = indicator.strategy.objective if indicator.strategy else None
        rows[objective.area_id if objective else None].append(_indicator_row(indicator))
    return rows


def _indicator_row(indicator: Indicator) -> Row:
    readings = list(indicator.readings.all())
    return {
        "name": indicator.name,
        "base": amount(indicator.baseline, indicator.unit),
        "target": amount(indicator.target, indicator.unit),
        "last": _reading(readings[0], indicator.unit) if readings else "sin mediciones",
    }


def _reading(reading: Reading, unit: str) -> str:
    return f"{amount(reading.value, unit)}, {wording.number_date(reading.on)}"


def _evidence_areas(found: PeriodReading) -> list[Row]:
    wanted = _requirements(found.plan_year)
    return [
        {
            "name": area.label(found.plan_year.year),
            "rows": [
                {**named(a), "files": a.evidence_count, "requirements": wanted[a.action.pk]}
                for a in actions
            ],
        }
        for area, actions in found.by_area()
    ]


def _requirements(plan_year: PlanYear) -> dict[int, list[Row]]:
    """The living means of verification of each action, and how many files prove each."""
    rows: dict[int, list[Row]] = defaultdict(list)
    requirements = (
        EvidenceRequirement.objects.live()
        .filter(action__plan_year=plan_year)
        .select_related("milestone")
        .annotate(files=Count("evidence", filter=Q(evidence__removed_at__isnull=True)))
        .order_by("order", "pk")  # counting in groups drops the model's own order
    )
    for each in requirements:
        milestone = each.milestone.name if each.milestone else ""
        rows[each.action_id].append(
            {"text": each.text, "milestone": milestone, "files": each.files}
        )
    return rows


MONITORING = Form("monitoreo", "Ficha de monitoreo", "form_monitoring.typ", _monitoring_areas)
FOLLOW_UP = Form("seguimiento", "Ficha de seguimiento", "form_follow_up.typ", _follow_up_areas)
EVIDENCE = Form("evidencias", "Lista de evidencias", "form_evidence.typ", _evidence_areas)
FORMS = {form.slug: form for form in (MONITORING, FOLLOW_UP, EVIDENCE)}
