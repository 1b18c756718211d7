"""The monitoring report of a period: what was said of each action, what is late and what lacks.

Printed is what the month's page shows to whoever may read the plan: how many files prove an
action, never which. Shares of actions per level and the lowest and the highest one; a level is an
interval, so nothing is averaged.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.text import slugify

from mejora.core import wording
from mejora.frameworks.catalogue import Item, TermItem
from mejora.monitoring import periods
from mejora.monitoring.cells import Standing
from mejora.monitoring.enums import Resources
from mejora.monitoring.models import Period
from mejora.plans.models import Milestone, PlanYear
from mejora.reports.documents import monitoring_reading
from mejora.reports.documents.monitoring_reading import WHOLE, ActionThen, PeriodReading
from mejora.reports.documents.parts import Row, bar, capital, owner_then, unconfirmed
from mejora.reports.documents.typesetting import typeset

LONG_TEXT, LONG_LIST = 700, 14  # more than this may not fit on a page: the row may break
OWN_WORDS = (
    "Atrasada: pasó su fecha de término sin llegar a 100 %, o tiene un hito vencido "
    "(criterio de Mejora).",
    "Falta evidencia: se informó algo como hecho y su medio de verificación no tiene archivo "
    "(criterio de Mejora).",
    "Falta la justificación: el nivel es menor que 100 % y no dice por qué (criterio de Mejora).",
)


def monitoring_pdf(
    plan_year: PlanYear,
    period: Period,
    listed: Sequence[Period],
    *,
    prepared_by: str,
    at: dt.datetime | None = None,
) -> bytes:
    """The PDF/UA of a period of a year whose plan and place are at hand (`with_place()`)."""
    found = monitoring_reading.read(plan_year, period, listed)
    return reading_pdf(found, prepared_by=prepared_by, at=at or timezone.now())


def reading_pdf(found: PeriodReading, *, prepared_by: str, at: dt.datetime) -> bytes:
    return typeset("monitoring.typ", monitoring_data(found, prepared_by=prepared_by, at=at), at=at)


def file_name(plan_year: PlanYear, period: Period, what: str = "informe-monitoreo") -> str:
    """ "CL-90012-informe-monitoreo-2026-agosto.pdf"."""
    country = plan_year.plan.edition.country_code
    name = slugify(periods.name(period))
    return f"{country}-{plan_year.school.code}-{what}-{plan_year.year}-{name}.pdf"


def monitoring_data(found: PeriodReading, *, prepared_by: str, at: dt.datetime) -> Row:
    """All that the template prints, every number and date already in words."""
    return {
        **heading(found, at=at),
        "title": f"Informe de monitoreo de {found.name}: {found.plan_year.school.name}",
        "prepared_by": prepared_by,
        "owner": owner_then(found.plan_year),
        **_Report(found).data(),
    }


def heading(found: PeriodReading, *, at: dt.datetime) -> Row:
    """Whose paper it is and of which period: the top of reports and of forms."""
    plan_year, period = found.plan_year, found.period
    school = plan_year.school
    words = found.catalogue.words(plan_year.year)
    return {
        "words": {key: capital(text) for key, text in words.items()},
        "year": str(plan_year.year),
        "school": school.name,
        "code": school.code_label,
        "commune": school.commune.name,
        "region": school.commune.region.name,
        "is_sample": school.is_sample,
        "period": found.name,
        "period_short": capital(periods.short_name(period)),
        "before_short": capital(periods.short_name(found.before)) if found.before else "Antes",
        "starts": wording.number_date(period.starts_on),
        "ends": wording.number_date(period.ends_on),
        "due": wording.number_date(period.due_on),
        "close": wording.number_date(found.close),
        "is_running": found.close < period.ends_on,
        "printed": f"{wording.number_date(at)}, {wording.clock_time(at)}",
    }


def named(each: ActionThen) -> Row:
    return {"number": str(each.action.number), "name": each.action.name, "who": each.responsible}


@dataclass
class _Report:
    """What is printed of a reading; `used` are the words whose source is told at the end."""

    found: PeriodReading
    used: set[Item] = field(default_factory=set)

    def data(self) -> Row:
        return {
            "state": self._state(),
            "facts": self._facts(),
            "levels": self._levels(),
            "span": self._span(),
            "areas": self._areas(),
            "late": self._late(),
            "overdue": self._overdue(),
            "unreported": self._unreported(),
            "unproved": self._unproved(),
            "unreasoned": [named(a) for a in self.found.actions if a.lacks_reason],
            "disabled": self._disabled(),
            "notes": [*OWN_WORDS, *unconfirmed(self.used, self.year)],
        }

    @property
    def year(self) -> int:
        return self.found.plan_year.year

    def _state(self) -> str:
        """Why there is little to read, where there is."""
        found = self.found
        if not found.actions:
            return f"El plan de {self.year} no tiene acciones que informar."
        if found.reported:
            return ""
        if found.period.starts_on > found.today:
            return f"El período empieza el {wording.number_date(found.period.starts_on)}."
        return "En este período no se ha informado ninguna acción."

    def _facts(self) -> list[Row]:
        """The summary's figures: how many of how many, and their name."""
        found = self.found
        total = len(found.actions)
        waiting = sum(a.waits_for_review for a in found.actions)
        overdue = sum(len(a.overdue) for a in found.actions)
        milestones = sum(len(a.milestones) for a in found.actions)
        unproved = sum(bool(a.unproved) for a in found.actions)
        counted = (
            (len(found.reported), total, "acciones informadas", False),
            (len(found.whole), total, "acciones en 100 %", False),
            (len(found.late), total, "acciones atrasadas", True),
            (overdue, milestones, "hitos atrasados", True),
            (unproved, total, "acciones con evidencia que falta", True),
            (waiting, len(found.reported), "informes por revisar", False),
        )
        return [
            {
                "number": wording.thousands(number),
                "of": wording.thousands(whole),
                "name": name.replace(" %", f"{wording.NARROW}%"),
                "is_bad": is_bad and number > 0,
            }
            for number, whole, name, is_bad in counted
        ]

    def _levels(self) -> list[Row]:
        """How many actions were reported at each level, of all that the year has."""
        number: Counter[int | None] = Counter(
            a.now.level.pk if a.now.level else None for a in self.found.actions
        )
        total = len(self.found.actions)
        rows = [
            self._level_row(level, number[level.pk], total)
            for level in self.found.catalogue.levels
            if number[level.pk]
        ]
        if number[None]:
            unsaid = {"bar": bar(None, None), "name": "Sin informar"}
            rows.append({**unsaid, **_share(number[None], total)})
        return rows

    def _level_row(self, level: TermItem, number: int, total: int) -> Row:
        name = level.level_text(self.year)
        self.used.add(level)
        return {"bar": bar(level.min, level.max), "name": name, **_share(number, total)}

    def _span(self) -> str:
        """The lowest and the highest level, as intervals."""
        said = sorted((a.now for a in self.found.reported), key=lambda now: now.height)
        if not said:
            return ""
        low, high = said[0].range_text, said[-1].range_text
        if low == high:
            return f"Todas las acciones informadas están en {low}."
        return f"Las acciones informadas van desde {low} hasta {high}."

    def _areas(self) -> list[Row]:
        found = []
        for area, actions in self.found.by_area():
            self.used.add(area)
            found.append(
                {
                    "name": area.label(self.year),
                    "reported": f"{sum(a.is_reported for a in actions)} de {len(actions)}",
                    "whole": wording.thousands(sum(a.now.height == WHOLE for a in actions)),
                    "late": wording.thousands(sum(a.is_late for a in actions)),
                    "rows": [self._action(a) for a in actions],
                }
            )
        return found

    def _action(self, each: ActionThen) -> Row:
        report = each.report
        met = sum(each.is_met(m) for m in each.milestones)
        note = report.note.strip() if report else ""
        return {
            **named(each),
            "before": self._before(each),
            "bar": _bar_of(each.now),
            "level": each.now.range_text,
            "word": self._word(each.now.level),
            "milestones": f"{met} de {len(each.milestones)}" if each.milestones else "",
            "is_late": each.is_late,
            "resources": Resources(report.resources).label if report and report.resources else "",
            "reason": self._reason(each),
            "lacks_reason": each.lacks_reason,
            "note": note,
            "is_long": len(note) > LONG_TEXT or note.count("\n") > LONG_LIST,
            "small": " · ".join(filter(None, (_by(each), _real_dates(each)))),
            "evidence": wording.thousands(each.evidence_count),
            "unproved": len(each.unproved),
        }

    def _before(self, each: ActionThen) -> Row:
        """The level before, and when it was said if not in the period right before."""
        if each.earlier is None:
            return {"level": "", "when": ""}
        is_next = self.found.before is not None and each.earlier.period == self.found.before
        when = "" if is_next else periods.short_name(each.earlier.period)
        return {"level": each.earlier.standing.range_text, "when": when}

    def _word(self, level: TermItem | None) -> str:
        if level is None:
            return "Sin informar"
        self.used.add(level)
        return level.short_label(self.year)

    def _reason(self, each: ActionThen) -> str:
        if each.report is None or each.report.justification_id is None:
            return ""
        term = self.found.catalogue.term(each.report.justification_id)
        self.used.add(term)
        return f"{term.code}. {term.label(self.year)}"

    def _late(self) -> list[Row]:
        return [
            {
                **named(each),
                "ends": wording.number_date(each.action.ends_on),
                "days": wording.counted((each.close - each.action.ends_on).days, "día,días"),
                "known": self._known(each),
            }
            for each in self.found.actions
            if each.is_past_end
        ]

    def _known(self, each: ActionThen) -> str:
        """The newest that is known of an action, and since when if not of this period."""
        if each.known.level is None:
            return "nunca informada"
        text = each.known.text(self.year)
        if each.is_reported or each.milestones or each.earlier is None:
            return text
        return f"{text} en {periods.name(each.earlier.period)}"

    def _overdue(self) -> list[Row]:
        rows = [(m, each) for each in self.found.actions for m in each.overdue]
        rows.sort(key=lambda row: (row[0].due_on, row[1].action.number))
        return [self._overdue_row(milestone, each) for milestone, each in rows]

    def _overdue_row(self, milestone: Milestone, each: ActionThen) -> Row:
        due = milestone.due_on or each.close
        return {
            **named(each),
            "milestone": milestone.name,
            "due": wording.number_date(due),
            "days": wording.counted((each.close - due).days, "día,días"),
        }

    def _unreported(self) -> list[Row]:
        return [
            {**named(each), "known": self._known(each)}
            for each in self.found.actions
            if not each.is_reported
        ]

    def _unproved(self) -> list[Row]:
        return [
            {**named(each), "texts": [r.text for r in each.unproved]}
            for each in self.found.actions
            if each.unproved
        ]

    def _disabled(self) -> str:
        count = self.found.disabled_count
        if not count:
            return ""
        words = "acción desactivada no se informa,acciones desactivadas no se informan"
        return f"{wording.counted(count, words)} y no se cuenta aquí.".replace(
            "informan y no se cuenta", "informan y no se cuentan"
        )


def _share(number: int, total: int) -> Row:
    return {
        "count": wording.thousands(number),
        "share": wording.percent(wording.share(number, total), 1),
    }


def _bar_of(now: Standing) -> Row:
    if now.level is None:
        return bar(None, None)
    if now.pct is not None:
        return bar(now.pct, now.pct)
    return bar(now.level.min, now.level.max)


def _real_dates(each: ActionThen) -> str:
    report = each.report
    if report is None or not (report.real_start or report.real_end):
        return ""
    start, end = (wording.number_date(d) if d else "" for d in (report.real_start, report.real_end))
    if start and end:
        return f"fechas reales {start} al {end}"
    return f"inicio real {start}" if start else f"término real {end}"


def _by(each: ActionThen) -> str:
    """Who said it and when; that it waits for the team's eyes, where it does."""
    if each.report is None:
        return ""
    who = each.report.reported_by.name if each.report.reported_by else "Carga de datos"
    told = f"{who}, {wording.number_date(each.report.at)}"
    if each.report.is_asked:
        return f"{told}, con cambios pedidos"
    return f"{told}, por revisar" if each.waits_for_review else told
