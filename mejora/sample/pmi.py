"""A made-up PMI: the judged components, the critical factors, and the plan that they lead to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mejora.frameworks.models import TermKind
from mejora.monitoring.enums import Frequency
from mejora.network.enums import COLOMBIA
from mejora.network.models import School
from mejora.people.models import User
from mejora.plans.assessment import CriticalFactor, Judgement, SelfAssessment
from mejora.plans.enums import StageKind
from mejora.plans.models import Goal, Indicator, Objective
from mejora.sample import bank, timeline
from mejora.sample.bank import ActionText
from mejora.sample.chain import Maker, spread
from mejora.sample.chance import Chance
from mejora.sample.course import Course
from mejora.sample.frame import Frame
from mejora.sample.rows import Rows
from mejora.sample.stories import Assessed, Planned, Story, Team, YearStory
from mejora.sample.timeline import Hands

GUIDE = "guia34-2008"
YEARS = 3
# The areas of the guide of 2008, in whose codes the data are, as that of 2026 calls them.
RENAMED = {"guia34-2026": {"GD": "GDE", "GA": "GAP"}}


def write(
    rows: Rows,
    school: School,
    told: Mapping[str, Any],
    team: Team,
    decider: User,
    year: int,
    on: dt.date,
) -> Story:
    """The plan of a school that began this year, up to where `told["state"]` says."""
    frame = Frame.load(COLOMBIA, told.get("edition", GUIDE))
    return _Writer(rows, frame, told, on).story(school, team, decider, year)


class _Writer:
    def __init__(self, rows: Rows, frame: Frame, told: Mapping[str, Any], on: dt.date) -> None:
        self.rows, self.frame, self.told, self.on = rows, frame, told, on
        self.make = Maker(rows, frame)
        self.texts = bank.read("secretaria")
        self.renamed = RENAMED.get(frame.edition.code, {})

    def story(self, school: School, team: Team, decider: User, year: int) -> Story:
        chance = Chance(f"pmi {self.on} {school.code}")
        story = self.make.begin(school, "", self.told["pupils"], year, chance, YEARS)
        story.team = team
        row = self.make.open_year(story, year)
        hands = Hands(team.planner.user, team.director.user, decider)
        row.moves = timeline.plan_moves(
            row, self._in_season(year), on=self.on, chance=chance, hands=hands
        )
        self._basis(story)
        self._assess(story, row)
        self._chain(story, row)
        if row.at(StageKind.PLANNING, "begin"):
            self._activities(story, row)
            course = Course(
                self.rows,
                self.frame,
                self.on,
                frequency=Frequency.QUARTER,
                share_now=chance.choice((0.3, 0.6, 1.0)),
                behind=("2", "3"),
            )
            course.run(story, row)
        timeline.write(self.rows, row)
        return story

    def _in_season(self, year: int) -> str:
        """Before June nobody has sent this year's implementation yet."""
        position = str(self.told["state"])
        is_early = self.on < dt.date(year, 6, 1)
        return "implementation partial" if is_early and position.endswith("n sent") else position

    def _basis(self, story: Story) -> None:
        words = {
            "school": story.school.name,
            "commune": story.school.commune.name,
            "end": story.plan.end_year,
        }
        story.plan.vision = self.texts["vision"].format(**words)
        story.plan.mission = self.texts["mission"].format(**words)

    # --- The self-assessment ---

    def _assess(self, story: Story, year: YearStory) -> None:
        row = self.rows.add(
            SelfAssessment(uid=story.chance.uid(), plan=story.plan, year=year.row.year)
        )
        story.assessed = Assessed(row)
        begun = year.at(StageKind.STRATEGIC, "begin")
        if begun is None:
            return
        components = [a for a in self.frame.areas.values() if a.depth == 3]
        components.sort(key=lambda area: area.order)
        # A school that has only begun has judged two of every three.
        unfinished = not year.at(StageKind.STRATEGIC, "send")
        for number, area in enumerate(components):
            if unfinished and number >= len(components) * 2 // 3:
                break
            at = begun + dt.timedelta(minutes=3 * number + 5)
            story.assessed.judgements.append(self.rows.add(self._judged(story, row, area, at)))

    def _judged(self, story: Story, row: SelfAssessment, area: Any, at: dt.datetime) -> Judgement:
        chance, weak = story.chance, float(self.told["weak"])
        weights = (weak * 0.5, weak, 1.2 - weak, max(0.05, 0.6 - weak))
        number = chance.choices((1, 2, 3, 4), weights)[0]
        scale = [t for (kind, _), t in self.frame.terms.items() if kind == TermKind.SCALE]
        level = next(term for term in scale if term.order == number)
        team = story.team
        person = (
            team.planner if team and area.code[0] in "12" else (team.director if team else None)
        )
        return Judgement(
            uid=chance.uid(),
            assessment=row,
            area=area,
            level=level,
            evidence=chance.choice(self.texts["evidence"]) if chance.likely(0.5) else "",
            strengths=chance.choice(self.texts["strengths"]) if number > 2 else "",
            opportunities=chance.choice(self.texts["opportunities"]) if number < 4 else "",
            by=person.user if person else None,
            at=at,
        )

    # --- What it leads to ---

    def _chain(self, story: Story, year: YearStory) -> None:
        """A factor, an objective, a goal and its indicator per area; part of them at first."""
        if story.assessed is None or not story.assessed.judgements:
            return
        wanted = self.texts["objective"]
        is_sent = year.at(StageKind.STRATEGIC, "send") is not None
        for text in wanted if is_sent else wanted[:2]:
            factor = self._factor(story, text)
            area = self.renamed.get(text["area"], text["area"])
            objective = self.make.objective(story, area, text["text"], [], [factor])
            base = text["baseline"] + story.chance.randint(0, 2 if text["gain"] < 9 else 8)
            target = base + text["gain"]
            words = text["goal"].format(target=target)
            goal = self.make.goal(story, objective, words, text["unit"], base, target)
            self._indicator(story, year, goal, text, base, target)

    def _factor(self, story: Story, text: Mapping[str, Any]) -> CriticalFactor:
        if story.assessed is None:
            raise ValueError("A factor comes from a self-assessment.")
        code = next(c for c in (*text["component"], "1.1.1") if c in self.frame.areas)
        chance = story.chance
        factor = CriticalFactor(
            uid=chance.uid(),
            assessment=story.assessed.row,
            area=self.frame.areas[code],
            text=text["factor"],
            urgency=chance.randint(2, 5),
            tendency=chance.randint(2, 5),
            impact=chance.randint(3, 5),
        )
        story.assessed.factors.append(self.rows.add(factor))
        return factor

    def _indicator(
        self,
        story: Story,
        year: YearStory,
        goal: Goal,
        text: Mapping[str, Any],
        base: int,
        target: int,
    ) -> None:
        indicator = Indicator(
            uid=story.chance.uid(),
            goal=goal,
            name=text["indicator"],
            unit=text["unit"],
            baseline=Decimal(base),
            target=Decimal(target),
            order=1,
        )
        story.assessed_indicators.append(self.rows.add(indicator))

    def _activities(self, story: Story, year: YearStory) -> None:
        is_sent = year.at(StageKind.PLANNING, "send") is not None
        items = self.texts["action"]
        for turn, item in enumerate(items if is_sent else items[:5]):
            area = self.renamed.get(item["area"], item["area"])
            objective = next(iter(story.objectives_of(area)))
            self.make.action(year, story, self._plan(story, year, item, area, objective, turn))

    def _plan(
        self,
        story: Story,
        year: YearStory,
        item: Mapping[str, Any],
        area: str,
        objective: Objective,
        turn: int,
    ) -> Planned:
        chance, of_year = story.chance, year.row.year
        told: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in item.items()}
        told |= {"area": area, "subareas": () if self.renamed else told["subareas"]}
        starts = chance.day(dt.date(of_year, 2, 9), dt.date(of_year, 4, 17))
        ends = chance.day(dt.date(of_year, 10, 1), dt.date(of_year, 11, 20))
        team = story.team
        people = (team.planner, *team.teachers) if team else ()
        return Planned(
            text=ActionText(**told),
            strategy=None,
            objective=objective,
            starts_on=starts,
            ends_on=ends,
            person=people[turn % len(people)] if people else None,
            due=spread(len(item["milestones"]), starts, ends),
            final=chance.choice((100, 100, 100, 85, 62)),
            pace=chance.uniform(0.75, 1.05),
        )
