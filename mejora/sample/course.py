"""How a year went: which milestones were met, what was reported in each period, by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from mejora.frameworks.models import Term
from mejora.monitoring import periods, progress
from mejora.monitoring.enums import Frequency, Resources
from mejora.monitoring.models import MonitoringPlan, Period, ProgressReport
from mejora.network.enums import Role
from mejora.people.models import User
from mejora.plans.enums import StageKind
from mejora.plans.models import Milestone
from mejora.sample import bank
from mejora.sample.frame import Frame
from mejora.sample.rows import Rows
from mejora.sample.stories import ActionStory, Story, YearStory


@dataclass(frozen=True)
class Course:
    """The rules of one school's year. `skipped` and `late` are months (of a period's start)."""

    rows: Rows
    frame: Frame
    on: dt.date
    frequency: Frequency = Frequency.MONTH
    skipped: tuple[int, ...] = ()
    late: tuple[int, ...] = ()
    share_now: float = 1.0  # of the actions already reported in the period to report
    # What the justifications of the framework call running late.
    behind: tuple[str, ...] = ("3", "4", "6", "10")

    def run(self, story: Story, year: YearStory) -> None:
        """Reports up to the sending of the implementation, or up to yesterday: whatever the hour at
        which the sample is made, nothing in it has yet to happen."""
        begun = year.at(StageKind.IMPLEMENTATION, "begin")
        if begun is None or story.team is None:
            return
        first = year.at(StageKind.PLANNING, "approve") or begun
        sent = year.at(StageKind.IMPLEMENTATION, "send")
        until = sent or story.chance.moment(self.on - dt.timedelta(days=1))
        listed = self._periods(story, year)
        said = self._moments(story, listed, first + dt.timedelta(hours=2), until)
        now = None if sent and sent.date() < self.on else periods.to_report(listed, self.on)
        for made in year.actions:
            # One after the other, not all at the same second.
            earlier = dt.timedelta(minutes=made.action.number * 7 % 100)
            mine = [(period, max(first, at - earlier)) for period, at in said]
            self._meet(story, year, made, mine)
            for period, at in mine:
                is_now = period is now
                if not (is_now and self._says_nothing(story, made)):
                    self._report(story, year, made, period, at, is_now=is_now)
            self._copy_newest(made)
        _begin_with_first_report(year)

    def _says_nothing(self, story: Story, made: ActionStory) -> bool:
        return made.planned.is_open or not story.chance.likely(self.share_now)

    def _periods(self, story: Story, year: YearStory) -> list[Period]:
        chance = story.chance
        year.monitoring = self.rows.add(
            MonitoringPlan(uid=chance.uid(), plan_year=year.row, frequency=self.frequency)
        )
        whole = periods.school_year(self.frame.edition, year.row.year)
        return [
            self.rows.add(
                Period(
                    plan_year=year.row,
                    number=number,
                    starts_on=span.starts_on,
                    ends_on=span.ends_on,
                    due_on=span.due_on,
                )
            )
            for number, span in enumerate(periods.spans(self.frequency, whole), 1)
        ]

    def _moments(
        self, story: Story, listed: Sequence[Period], first: dt.datetime, until: dt.datetime
    ) -> list[tuple[Period, dt.datetime]]:
        """When each period was reported; the one to report, these days."""
        chance, found = story.chance, []
        now = periods.to_report(listed, self.on)
        for period in listed:
            month = period.starts_on.month
            if now and period.starts_on > now.starts_on:
                break  # its time to report has not come
            if period.starts_on > until.date() or (month in self.skipped and period is not now):
                continue
            if month in self.skipped or (period is now and not self.share_now):
                continue
            day = period.ends_on + dt.timedelta(days=chance.randint(1, 8))
            if month in self.late:
                day = period.due_on + dt.timedelta(days=chance.randint(4, 14))
            at = min(max(chance.moment(day), first), until - dt.timedelta(hours=3))
            if at.date() >= period.starts_on:
                found.append((period, at))
        return found

    def _meet(
        self,
        story: Story,
        year: YearStory,
        made: ActionStory,
        said: list[tuple[Period, dt.datetime]],
    ) -> None:
        """A milestone is met some days around its date, and told in the next report."""
        planned, chance = made.planned, story.chance
        slow = max(0.0, 1.0 - planned.pace) * 70
        past = [m.due_on for m in made.milestones if m.due_on and m.due_on <= self.on]
        for milestone in self._reachable(made):
            if milestone.due_on is None or (
                planned.is_stuck and past and milestone.due_on == past[-1]
            ):
                return
            wanted = milestone.due_on + dt.timedelta(days=chance.randint(-5, 2) + round(slow))
            told = next((pair for pair in said if pair[0].ends_on >= wanted), None)
            if told is None or wanted > self.on:
                return
            at = told[1]
            milestone.done_on = min(wanted, timezone.localdate(at))
            milestone.done_by = self._speaker(story, made)
            year.ticked.append((milestone, milestone.done_by, at))

    def _reachable(self, made: ActionStory) -> list[Milestone]:
        """As many as the level at the end says; all of them where it was to be complete."""
        total, found = 0, []
        for milestone in made.milestones:
            if made.planned.final < 100 and total + milestone.weight > made.planned.final + 12:
                break
            total += milestone.weight
            found.append(milestone)
        return found

    def _report(
        self,
        story: Story,
        year: YearStory,
        made: ActionStory,
        period: Period,
        at: dt.datetime,
        *,
        is_now: bool,
    ) -> None:
        planned, chance = made.planned, story.chance
        exact = progress.percent(made.milestones, period.ends_on) if made.milestones else None
        seen = min(period.ends_on, timezone.localdate(at))
        pct = exact if exact is not None else _share(planned.final, planned.pace, made, seen)
        speaker = self._speaker(story, made)
        waits = is_now and planned.awaits_review
        planner = story.team.planner.user if story.team else speaker
        is_team = self._is_team(made)
        behind = pct < progress.planned_percent(made.action, made.milestones, seen) - 10
        report = ProgressReport(
            uid=chance.uid(),
            action=made.action,
            period=period,
            level=self.frame.level(pct),
            pct=exact,
            justification=self._why(made, pct, behind, chance.random()),
            note=self._note(story, made, pct, behind=behind, is_now=is_now),
            real_start=planned.starts_on if planned.starts_on <= seen else None,
            real_end=seen if pct == 100 and seen >= planned.starts_on else None,
            resources=self._resources(behind, chance.random()),
            reported_by=speaker,
            at=at,
            reviewed_by=None if waits else (speaker if is_team else planner),
            reviewed_at=None if waits else self._reviewed(at, is_team),
        )
        year.reports.append(self.rows.add(report))
        made.reports.append(report)

    def _reviewed(self, at: dt.datetime, is_team: bool) -> dt.datetime:
        return at if is_team else at + dt.timedelta(minutes=95)

    def _why(self, made: ActionStory, pct: int, behind: bool, luck: float) -> Term | None:
        """Everybody says why a level is under 100; those behind say what holds them."""
        if pct == 100:
            return None
        if behind and made.planned.why:
            return self.frame.justification(made.planned.why)
        codes = self.behind if behind else ("1",)
        return self.frame.justification(codes[int(luck * len(codes))])

    def _note(
        self, story: Story, made: ActionStory, pct: int, *, behind: bool, is_now: bool
    ) -> str:
        if is_now and made.planned.note:
            return made.planned.note
        if not story.chance.likely(0.3):
            return ""
        kind = "done" if pct == 100 else "behind" if behind else "ahead" if pct else "not_yet"
        return str(story.chance.choice(bank.read("relato")["notes"][kind]))

    def _resources(self, behind: bool, luck: float) -> str:
        if behind:
            return Resources.NO if luck < 0.3 else Resources.PARTLY
        return Resources.PARTLY if luck < 0.1 else Resources.OK

    def _is_team(self, made: ActionStory) -> bool:
        person = made.planned.person
        return person is None or person.role != Role.RESPONSIBLE

    def _speaker(self, story: Story, made: ActionStory) -> User:
        if made.planned.person:
            return made.planned.person.user
        if story.team is None:
            raise ValueError("A report needs a team.")
        return story.team.planner.user

    def _copy_newest(self, made: ActionStory) -> None:
        """What `monitoring` copies into the action when a report is saved."""
        if made.reports:
            newest = made.reports[-1]
            made.action.level_now, made.action.pct_now = newest.level, newest.pct
            made.action.reported_on = timezone.localdate(newest.at)


def _begin_with_first_report(year: YearStory) -> None:
    """The stage began with its first content, or not at all."""
    first = min((report.at for report in year.reports), default=None)
    moves = []
    for move in year.moves:
        is_begin = (move.kind, move.name) == (StageKind.IMPLEMENTATION, "begin")
        if is_begin and first is not None:
            moves.append(replace(move, at=first))
        elif not is_begin:
            moves.append(move)
    year.moves = moves


def _share(final: int, pace: float, made: ActionStory, on: dt.date) -> int:
    """A percentage on the way to `final`: by the time that has gone, as quick as the school is."""
    days = (made.action.ends_on - made.action.starts_on).days + 1
    gone = max(0.0, min(1.0, ((on - made.action.starts_on).days + 1) / days))
    if gone == 1.0 and pace >= 0.8:
        return final
    return min(final, round(final * gone * pace))
