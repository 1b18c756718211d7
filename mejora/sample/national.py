"""The country: 8,920 schools in the regional counts of the ministry's report, with their plans.

For trying lists, tables and their speed; plans are shorter told than those of the SLEP. What was
approved, was approved by this very load; what was sent, by one made-up person per region.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import ExitStack

from django.contrib.auth.hashers import make_password

from mejora.monitoring import periods, progress
from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import MonitoringPlan, Period, ProgressReport
from mejora.network.models import ImportBatch, Region
from mejora.people.models import User
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Action, Change
from mejora.sample import COUNTRY_ACCOUNTS, bank, chain, history, places, slep, staff, timeline
from mejora.sample.chain import Maker
from mejora.sample.chance import Chance
from mejora.sample.country import Nation, Standing
from mejora.sample.frame import Frame
from mejora.sample.rows import Rows, figure
from mejora.sample.stories import ActionStory, Move, Story, YearStory

ACTIONS = 129_726  # of the open data of 2024
FEWER = 15  # actions of a school, or one more
WITH_MILESTONES = 0.3
CHUNK = 250  # schools written together: what bounds the memory

Tell = Callable[[str], None]


def build(on: dt.date, tell: Tell, kept: ExitStack) -> None:
    """Write everything; the caller holds the transaction. It has no files."""
    year = places.school_year_of(on)
    batch = slep.new_batch("national", year, on)
    rows = Rows()
    nation = Nation(rows, batch, year)
    staff.country(rows, nation.country, year, COUNTRY_ACCOUNTS)
    teller = _Teller(rows, batch, year, on)
    done = 0
    for region, standings in nation.standings():
        sender = rows.add(_sender(region))
        for first in range(0, len(standings), CHUNK):
            teller.write(standings[first : first + CHUNK], sender)
        done += len(standings)
        count = figure(rows.written[Action])
        tell(f"{region.name}: {figure(done)} establecimientos, {count} acciones")
    tell(f"{figure(rows.written[Change])} cambios en el historial")


def _sender(region: Region) -> User:
    return User(
        email=f"registro.{region.abbr.lower()}@pais.example",
        name=f"Registro de ejemplo {region.abbr}",
        position="Dirección",
        password=make_password(None),
        is_sample=True,
    )


class _Teller:
    def __init__(self, rows: Rows, batch: ImportBatch, year: int, on: dt.date) -> None:
        self.rows = rows
        self.batch = batch
        self.year = year
        self.on = on
        self.make = Maker(rows, Frame.load())
        # How many schools have sixteen actions, so that the country has as many as it should.
        told = bank.read("pais")["rows"]
        planned = sum(sum(t["schools"]) for t in told if _has_actions(t["position"]))
        self.sixteen = ACTIONS - FEWER * planned

    def write(self, standings: Iterable[Standing], sender: User) -> None:
        stories = [self._story(standing, sender) for standing in standings]
        self.rows.write()
        for story in stories:
            history.write(self.rows, story, self.batch)
        self.rows.write()

    def _story(self, standing: Standing, sender: User) -> Story:
        """A plan that starts in the year where it stands."""
        school = standing.school
        chance = Chance(f"national {self.on} {school.code}")
        start = self.year + standing.offset
        kind = bank.kind_of(school.name)
        story = self.make.begin(school, kind, standing.pupils, start, chance)
        year = self.make.open_year(story, start)
        year.moves = self._moves(year, standing.position, sender, chance)
        statuses = timeline.statuses(workflow.ORDER, standing.position)
        strategic, planning = statuses[StageKind.STRATEGIC], statuses[StageKind.PLANNING]
        if strategic != StageStatus.NOT_STARTED:
            chain.strategic(self.make, story, is_whole=strategic != StageStatus.PARTIAL)
        if planning != StageStatus.NOT_STARTED:
            self._annual(story, year)
        if statuses[StageKind.IMPLEMENTATION] != StageStatus.NOT_STARTED:
            is_whole = statuses[StageKind.IMPLEMENTATION] != StageStatus.PARTIAL
            self._reports(story, year, sender, is_whole=is_whole)
        timeline.write(self.rows, year)
        return story

    def _moves(self, year: YearStory, position: str, sender: User, chance: Chance) -> list[Move]:
        """What ordinary hands would have approved, this load approved."""
        hands = timeline.Hands(self.batch, sender, self.batch)
        listed = timeline.plan_moves(year, position, on=self.on, chance=chance, hands=hands)
        approved = {move.kind for move in listed if move.name == workflow.APPROVE.name}
        return [
            timeline.approved_by_import(move.kind, move.at, self.batch)
            if move.name == workflow.APPROVE.name
            else move
            for move in listed
            if move.kind not in approved or move.name == workflow.APPROVE.name
        ]

    def _annual(self, story: Story, year: YearStory) -> None:
        chain.strategies(self.make, story, year)
        count = FEWER + (self.sixteen > 0)
        self.sixteen -= 1
        for planned in chain.plan_actions(story, year, chain.texts(story, count), pace=0.95):
            if not story.chance.likely(WITH_MILESTONES):
                planned.due = ()
            self.make.action(year, story, planned)

    # --- One report of each action ---

    def _reports(self, story: Story, year: YearStory, sender: User, *, is_whole: bool) -> None:
        chance, frame = story.chance, self.make.frame
        year.monitoring = self.rows.add(
            MonitoringPlan(uid=chance.uid(), plan_year=year.row, frequency=Frequency.HALF)
        )
        listed = self._periods(year)
        begun = max(year.moves[1].at, chance.moment(self.on - dt.timedelta(days=40)))
        at = min(begun + dt.timedelta(hours=5), year.moves[-1].at)
        period = next((p for p in listed if p.ends_on >= at.date()), listed[-1])
        for number, made in enumerate(year.actions):
            if not is_whole and number and chance.likely(0.2):
                continue
            self._meet(year, made, sender, at)
            pct = progress.percent(made.milestones, period.ends_on) if made.milestones else None
            level = frame.level(pct if pct is not None else _so_far(made, at.date()))
            made.action.level_now, made.action.pct_now = level, pct
            made.action.reported_on = at.date()
            report = ProgressReport(
                uid=chance.uid(),
                action=made.action,
                period=period,
                level=level,
                pct=pct,
                reported_by=sender,
                at=at,
                reviewed_by=sender,
                reviewed_at=at,
            )
            year.reports.append(self.rows.add(report))

    def _periods(self, year: YearStory) -> list[Period]:
        whole = periods.school_year(self.make.frame.edition, year.row.year)
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
            for number, span in enumerate(periods.spans(Frequency.HALF, whole), 1)
        ]

    def _meet(self, year: YearStory, made: ActionStory, by: User, at: dt.datetime) -> None:
        for milestone in made.milestones:
            if milestone.due_on and milestone.due_on <= at.date():
                milestone.done_on, milestone.done_by = milestone.due_on, by
                year.ticked.append((milestone, by, at))


def _has_actions(position: str) -> bool:
    return not position.startswith("strategic") and position != "planning not_started"


def _so_far(made: ActionStory, on: dt.date) -> int:
    """Straight from its start to its end."""
    action = made.action
    gone = ((on - action.starts_on).days + 1) / ((action.ends_on - action.starts_on).days + 1)
    return round(made.planned.final * max(0.0, min(1.0, gone)))
