"""A SLEP of five communes and sixty schools, with their plans of this year and the former one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack

from django.utils import timezone

from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.network.enums import CHILE, BatchKind, BatchState
from mejora.network.models import Country, ImportBatch
from mejora.plans.enums import StageKind
from mejora.plans.models import Action, Change, PlanYear, Version
from mejora.sample import (
    advisory,
    chain,
    desk,
    feedback,
    figures,
    history,
    los_maitenes,
    places,
    service,
    staff,
    support,
    timeline,
    works,
)
from mejora.sample.bank import read
from mejora.sample.chain import Maker
from mejora.sample.chance import Chance
from mejora.sample.course import Course
from mejora.sample.evidence import Album
from mejora.sample.frame import Frame
from mejora.sample.places import Place
from mejora.sample.rows import Rows, figure
from mejora.sample.staff import FORTY, Staff
from mejora.sample.stories import Planned, Story, Team, YearStory
from mejora.sample.timeline import Hands

Tell = Callable[[str], None]
SENT_LATER = {("implementation", status) for status in ("sent", "returned", "approved")}
UNFINISHED = 6  # actions that a planning just begun has


def build(on: dt.date, tell: Tell, kept: ExitStack) -> None:
    """Write everything; the caller holds the transaction. `kept` undoes the files if it fails."""
    year = places.school_year_of(on)
    batch = new_batch("slep", year, on)
    rows = Rows()
    territory = places.build(rows, batch, year)
    team = staff.build(rows, territory, year)
    tell(f"{len(territory.places)} establecimientos de cinco comunas, con sus equipos")
    writer = _Writer(rows, Frame.load(), team, year, on, kept)
    stories = [writer.story(place) for place in territory.places]
    rows.write()
    counts = rows.written
    tell(f"{figure(counts[Action])} acciones en {counts[PlanYear]} años de plan")
    tell(f"{figure(counts[ProgressReport])} informes de avance, {counts[EvidenceUse]} evidencias")
    for story in stories:
        history.write(rows, story, story.team.planner.user if story.team else batch)
    rows.write()
    tell(f"{figure(counts[Change])} cambios en el historial, {counts[Version]} versiones")
    told = figures.write(territory.places, batch, year, on)
    tell(f"{figure(told)} meses de asistencia y matrícula")
    schools = [place.school for place in territory.places]
    desk.write(schools, team.decider, team.teams[FORTY].director.user, on)
    built = works.write(territory.owner, schools, team.decider, on, kept)
    tell(f"{len(built)} obras e inversiones")
    heads = {code: each.director for code, each in team.teams.items()}
    count = support.write(territory.owner, schools, heads, team.supporters, year, on)
    tell(f"{count} planes de apoyo, con sus sesiones y compromisos")
    [own] = [school for school in schools if school.code == FORTY]
    advisory.write(territory.owner, own, team.consultant, heads[FORTY].user, on, kept)
    sent = feedback.write(territory.owner, heads, year, on)
    tell(f"{sent} informes de retroalimentación enviados")
    service.write(territory.owner, team.decider, year, on)
    tell("El informe de gestión del Servicio, emitido el año anterior y en borrador este año")


def new_batch(name: str, year: int, on: dt.date, country: str = CHILE) -> ImportBatch:
    at = timezone.make_aware(dt.datetime.combine(on, dt.time(6)))
    return ImportBatch.objects.create(
        kind=BatchKind.SAMPLE,
        country=Country.objects.get(code=country),
        file_name=f"sample {name}",
        year=year,
        at=at,
        state=BatchState.APPLIED,
        applied_at=at,
        message="Datos inventados para probar Mejora",
    )


class _Writer:
    """Tells each school's story from its line in the data."""

    def __init__(
        self, rows: Rows, frame: Frame, people: Staff, year: int, on: dt.date, kept: ExitStack
    ) -> None:
        self.make = Maker(rows, frame)
        self.rows = rows
        self.people = people
        self.year = year
        self.on = on
        self.kept = kept

    def story(self, place: Place) -> Story:
        code = place.school.code
        chance = Chance(f"slep {self.on} {code}")
        start = self.year - 1 if place.former else self.year
        story = self.make.begin(place.school, place.kind, place.pupils, start, chance)
        story.team = self.people.teams[code]
        if place.former:
            self._year(story, place, self.year - 1, place.former)
        if place.now:
            self._year(story, place, self.year, self._in_season(place.now))
        return story

    def _in_season(self, position: str) -> str:
        """In autumn nobody has sent this year's implementation yet."""
        is_early = self.on < dt.date(self.year, 6, 1)
        kind, status = position.split()
        ends = kind == "evaluation" or (kind, status) in SENT_LATER
        return "implementation partial" if is_early and ends else position

    def _year(self, story: Story, place: Place, of_year: int, position: str) -> None:
        year = self.make.open_year(story, of_year)
        team = self._team(story)
        hands = Hands(team.planner.user, team.director.user, team.decider)
        year.moves = timeline.plan_moves(
            year, position, on=self.on, chance=story.chance, hands=hands
        )
        if of_year == story.plan.start_year:
            self._strategic(story, year)
        if year.at(StageKind.PLANNING, "begin"):
            self._annual(story, place, year)
            self._go(story, place, year)
        if year.at(StageKind.EVALUATION, "begin"):
            summaries = read("relato")["evaluation"]["summaries"]
            year.row.evaluation_summary = story.chance.choice(summaries)
        timeline.write(self.rows, year)

    def _team(self, story: Story) -> Team:
        return self.people.teams[story.school.code]

    def _strategic(self, story: Story, year: YearStory) -> None:
        if not year.at(StageKind.STRATEGIC, "begin"):
            return
        if story.school.code == FORTY:
            los_maitenes.strategic(self.make, story)
        else:
            is_whole = year.at(StageKind.STRATEGIC, "send") is not None
            chain.strategic(self.make, story, is_whole=is_whole)

    def _annual(self, story: Story, place: Place, year: YearStory) -> None:
        is_former = year.row.year < self.year
        if story.school.code == FORTY:
            planned = los_maitenes.annual(
                self.make, story, year, self.people.forty, on=self.on, is_former=is_former
            )
        else:
            planned = self._ordinary(story, place, year, is_former=is_former)
        if not year.at(StageKind.PLANNING, "send"):
            planned = planned[:UNFINISHED]
        for action in planned:
            self.make.action(year, story, action)

    def _ordinary(
        self, story: Story, place: Place, year: YearStory, *, is_former: bool
    ) -> list[Planned]:
        chain.strategies(self.make, story, year)
        before = [made.planned.text for made in story.years[0].actions] if not is_former else []
        texts = chain.texts(story, story.chance.choice((15, 16)), before)
        pace = 1.1 if is_former else place.told.get("pace", 0.95)
        return chain.plan_actions(story, year, texts, pace=pace)

    def _go(self, story: Story, place: Place, year: YearStory) -> None:
        """The monitoring of the year and its evidence. The former year was mostly quarterly."""
        is_former, chance = year.row.year < self.year, story.chance
        monthly = not is_former or story.school.code == FORTY or chance.likely(0.1)
        course = Course(
            self.rows,
            self.make.frame,
            self.on,
            frequency=Frequency.MONTH if monthly else Frequency.QUARTER,
            skipped=() if is_former else tuple(place.told.get("skipped", ())),
            late=() if is_former else tuple(place.told.get("late", ())),
            share_now=1.0 if story.school.code == FORTY else chance.choice((0.0, 0.4, 0.9, 1.0)),
        )
        course.run(story, year)
        if story.school.code == FORTY and not is_former:
            desk.ask_for_changes(year.reports)
        album = Album(self.rows, story, self.kept)
        if story.school.code == FORTY and not is_former:
            album.fill(year)
        else:
            album.gather(year, 2 if is_former else 3)
        self._extend_some(story, year)

    def _extend_some(self, story: Story, year: YearStory) -> None:
        """A few approved actions got more time during the implementation."""
        approved = year.at(StageKind.PLANNING, "approve")
        if approved is None or not year.reports:
            return
        for made in year.actions:
            if story.chance.likely(0.06):
                shorter = made.action.ends_on - dt.timedelta(days=14)
                at = min(report.at for report in year.reports) + dt.timedelta(days=1, hours=2)
                if shorter > made.action.starts_on and at.date() < self.on:
                    year.changed[made.action.uid] = ({"ends_on": shorter.isoformat()}, at)
