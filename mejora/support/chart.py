"""The Gantt of a support plan: its actions by objective, its sessions as diamonds on one line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from mejora.core import wording
from mejora.plans import gantt
from mejora.support.enums import ActionStatus, SessionStatus
from mejora.support.models import Session, SupportAction, SupportObjective, SupportPlan


@dataclass(frozen=True, slots=True)
class Row:
    action: SupportAction
    drawing: SafeString
    state: str
    is_late: bool

    @property
    def told(self) -> str:
        starts = wording.number_date(self.action.starts_on)
        return f"Del {starts} al {wording.number_date(self.action.ends_on)}. {self.state}."


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Chart:
    """`sessions` is the line of diamonds, `told` what it says to who does not see it."""

    head: SafeString
    groups: list[Group]
    sessions: SafeString
    told: str
    session_count: int


def of_plan(plan: SupportPlan, objectives: Sequence[SupportObjective], today: dt.date) -> Chart:
    """The objectives come with their `steps`. One query, of the sessions."""
    sessions = list(
        Session.objects.live().filter(plan=plan).exclude(status=SessionStatus.CANCELLED)
    )
    days = [plan.starts_on, plan.ends_on, *(session.on for session in sessions)]
    for objective in objectives:
        for action in _steps(objective):
            days += [action.starts_on, action.ends_on]
    scale = gantt.whole_months(days)
    marks = [(session.on, _state(session, today)) for session in sessions]
    return Chart(
        head=gantt.head(scale, today),
        groups=[
            Group(objective.text, [_row(action, scale, today) for action in _steps(objective)])
            for objective in objectives
        ],
        sessions=gantt.row(scale, None, marks),
        told=_told(sessions),
        session_count=len(sessions),
    )


def _steps(objective: SupportObjective) -> Iterable[SupportAction]:
    found: list[SupportAction] = objective.steps  # type: ignore[attr-defined]  # prefetched so
    return found


def _row(action: SupportAction, scale: gantt.Scale, today: dt.date) -> Row:
    is_done = action.status == ActionStatus.DONE
    is_late = action.status == ActionStatus.TO_DO and action.ends_on < today
    drawing = gantt.row(scale, (action.starts_on, action.ends_on), is_whole=is_done)
    return Row(action, drawing, action.get_status_display(), is_late)


def _state(session: Session, today: dt.date) -> str:
    if session.status == SessionStatus.HELD:
        return "done"
    return "late" if session.on < today else "open"


def _told(sessions: list[Session]) -> str:
    said = [f"{wording.number_date(s.on)}, {s.get_status_display().lower()}" for s in sessions]
    return f"Sesiones: {wording.sentence(said)}." if said else "Sin sesiones."
