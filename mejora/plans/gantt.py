"""The year as a chart: where each bar and diamond stands, in percent of the width."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mejora.core import speech, wording
from mejora.plans.chain import ActionNode
from mejora.plans.models import PlanYear

ROW_HEIGHT = 27


@dataclass(frozen=True, slots=True)
class Scale:
    """From the first day shown to the last, both whole months."""

    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> float:
        """Where a day begins, from 0 to 100."""
        return round(100 * (day - self.first).days / ((self.last - self.first).days + 1), 2)

    @property
    def months(self) -> list[dt.date]:
        found, day = [], self.first
        while day <= self.last:
            found.append(day)
            day = _next_month(day)
        return found

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Bar:
    action: ActionNode
    drawing: SafeString
    told: str


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    bars: list[Bar]


@dataclass(slots=True)
class Month:
    """What happens in a month, for the narrow screen: day, kind, words, action."""

    first: dt.date
    is_near: bool
    events: list[tuple[dt.date, str, str, ActionNode]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chart:
    head: SafeString
    groups: list[Group]
    months: list[Month]
    late_count: int


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def scale_of(plan_year: PlanYear, actions: Iterable[ActionNode]) -> Scale:
    """The school year of the edition, widened to the actions that leave it."""
    edition = plan_year.plan.edition
    days = [
        dt.date.fromisoformat(f"{plan_year.year}-{edition.year_starts}"),
        dt.date.fromisoformat(f"{plan_year.year}-{edition.year_ends}"),
    ]
    for action in actions:
        days += [action.starts_on, action.ends_on]
        days += [m.due_on for m in action.milestones if m.due_on]
    return whole_months(days)


def whole_months(days: Iterable[dt.date]) -> Scale:
    """From the first of these days to the last, in whole months."""
    found = list(days)
    return Scale(min(found).replace(day=1), _next_month(max(found)) - dt.timedelta(days=1))


def chart(
    plan_year: PlanYear,
    actions: list[ActionNode],
    *,
    today: dt.date,
    group_by: Callable[[ActionNode], str],
) -> Chart:
    scale = scale_of(plan_year, actions)
    groups: dict[str, list[Bar]] = {}
    for action in actions:
        bar = Bar(action, _drawing(action, scale), _told(action))
        groups.setdefault(group_by(action), []).append(bar)
    return Chart(
        head=head(scale, today),
        groups=[Group(name, bars) for name, bars in groups.items()],
        months=_months(scale, actions, today),
        late_count=sum(m.is_late for a in actions for m in a.milestones),
    )


def head(scale: Scale, today: dt.date) -> SafeString:
    """The months and today, with what the bars of the rows point at."""
    names = format_html_join(
        "",
        '<text class="gantt__month" x="{}%" dx="4" y="34">{}</text>',
        ((scale.at(day), wording.month_short(day).capitalize()) for day in scale.months),
    )
    now = SafeString("")
    if scale.holds(today):
        # Near the right edge the words stand left of the line.
        at = scale.at(today)
        anchor, shift = ("end", -5) if at > 85 else ("start", 5)
        now = format_html(
            '<line class="gantt__today" x1="{0}%" x2="{0}%" y1="2" y2="17"/>'
            '<text class="gantt__now" x="{0}%" dx="{1}" y="13" text-anchor="{2}">{3}, hoy</text>',
            at, shift, anchor, f"{today.day} {wording.month_short(today)}",
        )  # fmt: skip
    return format_html(
        '<svg class="gantt__svg" width="100%" height="40" aria-hidden="true" focusable="false">'
        "{}{}{}</svg>",
        _lines(scale, today),
        names,
        now,
    )


def _lines(scale: Scale, today: dt.date) -> SafeString:
    """The lines of the months and of today, drawn once; every row points at them."""
    line = '<line class="gantt__{0}" x1="{1}%" x2="{1}%" y1="0" y2="100%"/>'
    months = format_html_join("", line, (("grid", scale.at(day)) for day in scale.months[1:]))
    now = format_html(line, "today", scale.at(today)) if scale.holds(today) else ""
    return format_html(
        '<defs><g id="gantt-meses">{}</g><g id="gantt-hoy">{}</g></defs>', months, now
    )


def _drawing(action: ActionNode, scale: Scale) -> SafeString:
    marks = [(m.due_on, m.state) for m in action.milestones if m.due_on]
    is_whole = action.most == 100 and action.least == 100
    return row(scale, (action.starts_on, action.ends_on), marks, is_whole=is_whole)


def row(
    scale: Scale,
    span: tuple[dt.date, dt.date] | None,
    marks: Iterable[tuple[dt.date, str]] = (),
    *,
    is_whole: bool = False,
) -> SafeString:
    """A bar from the first day to the last, and diamonds on their days: done, open or late."""
    bar = SafeString("")
    if span:
        start, end = scale.at(span[0]), scale.at(span[1] + dt.timedelta(days=1))
        bar = format_html(
            '<rect class="gantt__bar{}" x="{}%" y="9" width="{}%" height="9" rx="2"/>',
            " gantt__bar--whole" if is_whole else "",
            start,
            round(max(end - start, 0.4), 2),
        )
    diamonds = format_html_join("", "{}", ((_diamond(*mark, scale),) for mark in marks))
    return format_html(
        '<svg class="gantt__svg" width="100%" height="{}" aria-hidden="true" focusable="false">'
        '<use href="#gantt-meses"/>{}<use href="#gantt-hoy"/>{}</svg>',
        ROW_HEIGHT, bar, diamonds,
    )  # fmt: skip


def _diamond(day: dt.date, state: str, scale: Scale) -> SafeString:
    """Full: met; open: to come; brick with "!": late. A nested svg keeps its shape at any width."""
    return format_html(
        '<svg x="{}%" y="6.5" overflow="visible"><use href="#hito-{}" x="-7" width="14" '
        'height="14"/></svg>',
        scale.at(day),
        state,
    )


def _told(action: ActionNode) -> str:
    """What the drawing says, for who does not see it."""
    text = f"Del {wording.number_date(action.starts_on)} al {wording.number_date(action.ends_on)}."
    if action.milestones:
        told = f" {action.done_count} de {len(action.milestones)} hitos cumplidos"
        late = sum(m.is_late for m in action.milestones)
        told += f", {wording.counted(late, 'hito atrasado,hitos atrasados')}." if late else "."
        text += speech.say(told)
    return text


def _months(scale: Scale, actions: list[ActionNode], today: dt.date) -> list[Month]:
    """This month and the next stand open."""
    near = {today.replace(day=1), _next_month(today)}
    months = {day: Month(day, day in near) for day in scale.months}

    def add(day: dt.date, kind: str, words: str, action: ActionNode) -> None:
        months[day.replace(day=1)].events.append((day, kind, words, action))

    for action in actions:
        add(action.starts_on, "start", "Comienza", action)
        for milestone in action.milestones:
            if milestone.due_on:
                add(milestone.due_on, milestone.state, milestone.text, action)
        add(action.ends_on, "end", "Termina", action)
    for month in months.values():
        month.events.sort(key=lambda event: (event[0], event[3].number))
    return [month for month in months.values() if month.events]
