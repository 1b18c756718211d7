"""Alerts in words: their months, and their history in the one way that all histories are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from mejora.core import wording
from mejora.plans import history
from mejora.territory.enums import AlertRule, Step
from mejora.territory.importers.months import month_label
from mejora.territory.models import Alert, AlertChange, SchoolMonth

WORDS = {
    "rule": "Regla",
    "band": "Franja",
    "since": "Desde",
    "until": "Hasta",
    "set_aside_until": "En espera hasta",
    "set_aside_reason": "Por qué espera",
    "is_closed": "Cerrada",
    "closing_note": "Qué resultó",
    "kind": "Qué",
    "text": "Qué se hizo",
    "action": "Acción",
    "commitment": "Compromiso",
    "session": "Sesión",
}


def _month(text: str) -> str:
    year, _, month = text.partition("-")
    return month_label(int(year), int(month))


def entries(changes: Iterable[AlertChange]) -> list[history.Entry]:
    """The newest first. What a step points at is named by the step's own text."""
    sayers = {
        "rule": lambda value: AlertRule(value).label,
        "kind": lambda value: Step(value).label,
        "since": _month,
        "until": _month,
        "band": lambda value: wording.percent(float(value)),
        "is_closed": lambda value: "sí" if value else "no",
        **dict.fromkeys(("action", "commitment", "session"), lambda _: "Se ve arriba"),
    }
    return history.told_of(changes, WORDS, sayers)


@dataclass(frozen=True, slots=True)
class Row:
    """An alert with the school's two newest months of attendance."""

    alert: Alert
    months: tuple[SchoolMonth, ...]

    @property
    def has_recovered(self) -> bool:
        """The newest month is not under the band any more."""
        newest = self.months[0] if self.months else None
        return (
            newest is not None
            and newest.attendance is not None
            and (newest.attendance >= self.alert.band)
        )


def months_of(alerts: Sequence[Alert]) -> list[Row]:
    """Two months of each; one query, whatever their number."""
    schools = [alert.school_id for alert in alerts]
    known: dict[int, list[SchoolMonth]] = {}
    rows = SchoolMonth.objects.filter(school__in=schools, possible_days__gt=0)
    newest = max((a.until_year for a in alerts), default=0)
    for month in rows.filter(Q(year__gte=newest - 1)).order_by("-year", "-month"):
        listed = known.setdefault(month.school_id, [])
        if len(listed) < 2:
            listed.append(month)
    return [Row(alert, tuple(known.get(alert.school_id, ()))) for alert in alerts]
