"""Raising alerts, as part of the writing that brings the figures.

The rule: a school's two newest months with attendance are both under the band. Months without
classes do not stand between them: December and March follow one another.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from mejora.network.models import ImportBatch
from mejora.territory import rates
from mejora.territory.enums import AlertRule
from mejora.territory.models import Alert, AlertChange, AlertStep, SchoolMonth
from mejora.territory.operations import recording

# December to March: with more months in between, they are not "running".
APART = 3


_COLUMNS = ("school_id", "year", "month", "attended_days", "possible_days")


class Month(NamedTuple):
    school: int
    year: int
    month: int
    attended: int
    possible: int

    @property
    def number(self) -> int:
        return self.year * 12 + self.month

    @property
    def is_under(self) -> bool:
        return rates.is_under(self.attended, self.possible)


def look(schools: Iterable[int], batch: ImportBatch) -> None:
    """Raise or carry on the alerts of these schools, as their figures stand now."""
    runs = {run[0].school: run for run in _runs(list(schools))}
    found = Alert.objects.filter(school__in=runs, rule=AlertRule.ATTENDANCE)
    last_judged: dict[int, int] = {}
    standing: dict[int, Alert] = {}
    for alert in found.select_related("school"):
        last = alert.until_year * 12 + alert.until_month
        last_judged[alert.school_id] = max(last_judged.get(alert.school_id, 0), last)
        if alert.closed_at is None:
            standing[alert.school_id] = alert
    for school, run in runs.items():
        newest = run[0]
        if newest.number <= last_judged.get(school, 0):
            continue  # somebody has judged these months already
        if school in standing:
            _carry_on(standing[school], newest, batch)
        else:
            _raise(run, batch)


def _runs(schools: list[int]) -> Iterable[list[Month]]:
    """Of each school the newest months under the band, newest first, where they are two or more."""
    rows = SchoolMonth.objects.filter(school__in=schools, possible_days__gt=0)
    ordered = rows.order_by("school_id", "-year", "-month")
    values: Any = ordered.values_list(*_COLUMNS)  # none of them unknown: there are days
    for _, months in groupby((Month(*row) for row in values.iterator()), key=lambda m: m.school):
        run: list[Month] = []
        for month in months:
            if not month.is_under or (run and run[-1].number - month.number > APART):
                break
            run.append(month)
        if len(run) >= 2:
            yield run


def _raise(run: list[Month], batch: ImportBatch) -> None:
    newest, oldest = run[0], run[-1]
    alert = Alert.objects.create(
        school_id=newest.school,
        rule=AlertRule.ATTENDANCE,
        band=rates.BAND,
        since_year=oldest.year,
        since_month=oldest.month,
        until_year=newest.year,
        until_month=newest.month,
        raised_at=timezone.now(),
        batch=batch,
    )
    _keep(recording.of_alert(alert, before=None, by=batch))


def _carry_on(alert: Alert, newest: Month, batch: ImportBatch) -> None:
    """Still under the band one month later: the same alert, which says so."""
    before = recording.alert(alert)
    alert.until_year, alert.until_month = newest.year, newest.month
    alert.revision += 1
    alert.save(update_fields=["until_year", "until_month", "revision"])
    _keep(recording.of_alert(alert, before=before, by=batch))


def _keep(change: AlertChange | None) -> None:
    if change is not None:
        change.save()


def withdraw(schools: Iterable[int], batch: ImportBatch) -> None:
    """The figures went back: alerts that the batch raised and nobody touched are closed by it."""
    touched = Q(revision__gt=0) | Q(pk__in=AlertStep.objects.values("alert"))
    raised = Alert.objects.filter(batch=batch, school__in=list(schools), closed_at__isnull=True)
    for alert in raised.exclude(touched).select_related("school"):
        before = recording.alert(alert)
        alert.closed_at = timezone.now()
        alert.closing_note = "La carga que la levantó se deshizo."
        alert.revision += 1
        alert.save(update_fields=["closed_at", "closing_note", "revision"])
        _keep(recording.of_alert(alert, before=before, by=batch))
