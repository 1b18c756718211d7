"""A school's plan from its seals to its means of verification, made of the bank's texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mejora.network.models import School
from mejora.plans.assessment import CriticalFactor
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
    Funding,
    Goal,
    Indicator,
    Milestone,
    Objective,
    Plan,
    PlanYear,
    Reading,
    Seal,
    Strategy,
)
from mejora.sample import bank
from mejora.sample.bank import ActionText
from mejora.sample.chance import Chance
from mejora.sample.frame import Frame
from mejora.sample.rows import Rows, attach
from mejora.sample.stories import ActionStory, Planned, Story, YearStory

# Actions per dimension, in the national proportions of 2024 (39, 31, 32 and 27 thousand of 130).
PER_AREA = {15: {"GP": 5, "LI": 3, "CE": 4, "GR": 3}, 16: {"GP": 5, "LI": 3, "CE": 4, "GR": 4}}
# How actions ended nationally in 2024: percent, and how many of every hundred.
ENDS = {0: 1.2, 12: 1.1, 37: 2.3, 62: 8.0, 85: 22.7, 100: 64.6}
CYCLE = 4
FRIDAY = 4  # as `date.weekday` counts


@dataclass(frozen=True)
class Maker:
    """What every part of a chain is made with."""

    rows: Rows
    frame: Frame

    def begin(
        self,
        school: School,
        kind: str,
        pupils: int,
        start: int,
        chance: Chance,
        years: int = CYCLE,
    ) -> Story:
        """A plan with nothing in it yet."""
        plan = self.rows.add(
            Plan(
                uid=chance.uid(),
                school=school,
                edition=self.frame.edition,
                start_year=start,
                end_year=start + years - 1,
            )
        )
        return Story(school, kind, pupils, chance, plan)

    def open_year(self, story: Story, year: int) -> YearStory:
        """Where it stands is written when its stages are known."""
        row = self.rows.add(
            PlanYear(
                uid=story.chance.uid(),
                plan=story.plan,
                school=story.school,
                year=year,
                stage_now=StageKind.STRATEGIC,
                status_now=StageStatus.NOT_STARTED,
            )
        )
        story.years.append(YearStory(row))
        return story.years[-1]

    # --- The strategic stage ---

    def seal(self, story: Story, name: str, text: str) -> Seal:
        order = len(story.seals) + 1
        seal = Seal(uid=story.chance.uid(), plan=story.plan, name=name, text=text, order=order)
        story.seals.append(self.rows.add(seal))
        return seal

    def objective(
        self,
        story: Story,
        area: str,
        text: str,
        seals: list[Seal],
        factors: Sequence[CriticalFactor] = (),
    ) -> Objective:
        objective = self.rows.add(
            Objective(
                uid=story.chance.uid(),
                plan=story.plan,
                area=self.frame.areas[area],
                text=text,
                order=len(story.objectives) + 1,
            )
        )
        for seal in seals:
            self.rows.add(Objective.seals.through(objective=objective, seal=seal))
        for factor in factors:
            self.rows.add(Objective.factors.through(objective=objective, criticalfactor=factor))
        attach(objective, seals=seals, factors=list(factors))
        story.objectives.append(objective)
        return objective

    def goal(
        self, story: Story, objective: Objective, text: str, unit: str, base: int, target: int
    ) -> Goal:
        goal = Goal(
            uid=story.chance.uid(),
            objective=objective,
            text=text,
            baseline=Decimal(base),
            target=Decimal(target),
            unit=unit,
            due_year=story.plan.end_year,
            order=1 + sum(g.objective is objective for g in story.goals),
        )
        story.goals.append(self.rows.add(goal))
        return goal

    # --- The year ---

    def strategy(
        self, year: YearStory, story: Story, objective: Objective, goal: Goal | None, text: str
    ) -> Strategy:
        strategy = Strategy(
            uid=story.chance.uid(),
            plan_year=year.row,
            objective=objective,
            goal=goal,
            text=text,
            order=len(year.strategies) + 1,
        )
        year.strategies.append(self.rows.add(strategy))
        return strategy

    def indicator(
        self, year: YearStory, story: Story, strategy: Strategy, told: dict[str, Any]
    ) -> Indicator:
        indicator = Indicator(
            uid=story.chance.uid(),
            strategy=strategy,
            name=told["name"],
            description=told.get("description", ""),
            unit=told["unit"],
            baseline=Decimal(told["baseline"]),
            target=Decimal(told["target"]),
            order=1 + sum(i.strategy is strategy for i in year.indicators),
        )
        year.indicators.append(self.rows.add(indicator))
        return indicator

    def reading(
        self, year: YearStory, story: Story, indicator: Indicator, on: dt.date, value: int
    ) -> None:
        reading = Reading(
            uid=story.chance.uid(), indicator=indicator, on=on, value=Decimal(value), note=""
        )
        year.readings.append(self.rows.add(reading))

    def action(self, year: YearStory, story: Story, planned: Planned) -> ActionStory:
        """An action with its money, milestones and means of verification."""
        text, chance = planned.text, story.chance
        person = planned.person
        action = self.rows.add(
            Action(
                uid=chance.uid(),
                plan_year=year.row,
                objective=planned.serves,
                strategy=planned.strategy,
                area=self.frame.areas[text.area],
                number=len(year.actions) + 1,
                name=text.name,
                description=text.text,
                starts_on=planned.starts_on,
                ends_on=planned.ends_on,
                responsible=person,
                responsible_text=person.user.name if person else text.who,
                resources_needed=text.needs,
                ate_provider=text.ate[0] if text.ate else "",
                ate_service=text.ate[1] if text.ate else "",
            )
        )
        made = ActionStory(action, planned)
        self._terms(action, text)
        self._funding(action, text, story)
        made.milestones += self._milestones(action, planned, chance)
        made.requirements += self._requirements(action, planned, made.milestones, chance)
        year.actions.append(made)
        return made

    def _terms(self, action: Action, text: ActionText) -> None:
        subareas = [self.frame.areas[code] for code in text.subareas]
        plans = [self.frame.normative_plan(code) for code in text.plans]
        for area in subareas:
            self.rows.add(Action.subareas.through(action=action, area=area))
        for term in plans:
            self.rows.add(Action.normative_plans.through(action=action, term=term))
        attach(action, subareas=subareas, normative_plans=plans)

    def _funding(self, action: Action, text: ActionText, story: Story) -> None:
        size = max(0.15, story.pupils / 450)
        fundings = []
        for code, amount in text.money.items():
            planned = round(amount * size * story.chance.uniform(0.75, 1.25) / 50_000) * 50_000
            source = self.frame.funding(code)
            fundings.append(
                self.rows.add(Funding(action=action, source=source, planned=max(50_000, planned)))
            )
        attach(action, fundings=fundings)

    def _milestones(self, action: Action, planned: Planned, chance: Chance) -> list[Milestone]:
        text, milestones = planned.text, []
        for place, due in enumerate(planned.due):
            milestone = self.rows.add(
                Milestone(
                    uid=chance.uid(),
                    action=action,
                    name=text.milestones[place],
                    due_on=due,
                    weight=text.shared_weights()[place],
                    order=place + 1,
                )
            )
            attach(milestone, people=[])
            milestones.append(milestone)
        attach(action, milestones=milestones)
        return milestones

    def _requirements(
        self, action: Action, planned: Planned, milestones: list[Milestone], chance: Chance
    ) -> list[EvidenceRequirement]:
        """The first means belong to the first milestones, where there are any."""
        requirements = []
        for order, text in enumerate(planned.text.means, 1):
            milestone = milestones[order - 1] if order <= len(milestones) else None
            requirements.append(
                self.rows.add(
                    EvidenceRequirement(
                        uid=chance.uid(), action=action, milestone=milestone, text=text, order=order
                    )
                )
            )
        attach(action, requirements=requirements)
        return requirements


def strategic(make: Maker, story: Story, *, is_whole: bool = True) -> None:
    """Vision, seals, objectives and goals as any school writes them; a part of them when the
    stage has only begun."""
    told, chance = bank.read("relato"), story.chance
    words = {"school": story.school.name, "commune": story.school.commune.name}
    story.plan.vision = chance.choice(told["visions"]).format(**words)
    for seal in chance.some(told["seal"], 2 if story.pupils < 200 else 3):
        make.seal(story, seal["name"], seal["text"])
    areas = ("GP", "LI", "CE", "GR") if is_whole else ("GP", "LI")
    if is_whole:
        story.plan.mission = chance.choice(told["missions"])
    for number, area in enumerate(areas):
        text = chance.choice([o for o in told["objective"] if o["area"] == area])
        seals = [story.seals[number % len(story.seals)]]
        objective = make.objective(story, area, text["text"], seals)
        for goal in text["goals"] if is_whole else ():
            base = chance.randint(*goal["baseline"])
            target = base + chance.randint(*goal["gain"])
            wording = goal["text"].format(target=target)
            make.goal(story, objective, wording, goal["unit"], base, target)


def strategies(make: Maker, story: Story, year: YearStory) -> None:
    """The year's strategies with an indicator each, in the order of the objectives."""
    told, chance = bank.read("relato"), story.chance
    for objective in story.objectives:
        goal = next((g for g in story.goals if g.objective is objective), None)
        text = next(o for o in told["objective"] if o["text"] == objective.text)
        for wanted in text["strategies"]:
            strategy = make.strategy(year, story, objective, goal, wanted["text"])
            base = chance.randint(*wanted["baseline"])
            target = base + chance.randint(*wanted["gain"])
            told_of = {**wanted, "baseline": base, "target": target}
            make.indicator(year, story, strategy, told_of)


def texts(story: Story, count: int, before: Sequence[ActionText] = ()) -> list[ActionText]:
    """Which actions the year has: most of the former year's, and some new ones."""
    chance, found = story.chance, []
    for area, wanted in PER_AREA[count].items():
        all_of = bank.actions_for(area, story.kind)
        kept = [t for t in before if t.area == area][: max(1, wanted - 1)]
        new = chance.some([t for t in all_of if t not in kept], wanted - len(kept))
        found += sorted(kept + new, key=all_of.index)
    return found


def plan_actions(
    story: Story, year: YearStory, chosen: Iterable[ActionText], *, pace: float
) -> list[Planned]:
    """Dates, people and how each will go; strategies of a dimension take turns."""
    by_area: dict[str, list[Strategy]] = {}
    for strategy in year.strategies:
        area = strategy.objective.area
        by_area.setdefault(area.code if area else "", []).append(strategy)
    planned = []
    for turn, text in enumerate(chosen):
        of_area = by_area[text.area]
        planned.append(_plan_one(story, year, text, of_area[turn % len(of_area)], pace))
    return planned


def _plan_one(
    story: Story, year: YearStory, text: ActionText, strategy: Strategy, pace: float
) -> Planned:
    chance, of_year = story.chance, year.row.year
    starts = chance.day(dt.date(of_year, 3, 4), dt.date(of_year, 5, 12))
    ends = chance.day(dt.date(of_year, 10, 1), dt.date(of_year, 12, 11))
    final = chance.choices(tuple(ENDS), tuple(ENDS.values()))[0]
    # Some ends cannot be told by few milestones: a fifth is reached with five, not with four.
    count = len(text.milestones) if final in (0, 100) or len(text.milestones) > 4 else 0
    if final in (37, 62, 85) and len(text.milestones) == 4:
        count = 4
    return Planned(
        text=text,
        strategy=strategy,
        starts_on=starts,
        ends_on=ends,
        person=_person(story, text),
        due=spread(count, starts, ends) if chance.likely(0.6) else (),
        final=final,
        pace=pace * chance.uniform(0.85, 1.1),
        is_stuck=chance.likely(0.04),
    )


def _person(story: Story, text: ActionText) -> Any:
    """The membership in charge: by the sort of work, or nobody known (a name alone)."""
    team = story.team
    if team is None:
        return None
    if text.area == "LI":
        return team.director if story.chance.likely(0.6) else team.planner
    if text.area == "GR":
        return team.planner if story.chance.likely(0.5) else None
    return story.chance.choice((team.planner, *team.teachers))


def spread(count: int, starts: dt.date, ends: dt.date) -> tuple[dt.date, ...]:
    """Due dates in even steps, the last a week before the action ends."""
    days = (ends - starts).days - 7
    return tuple(
        school_day(starts + dt.timedelta(days=days * (n + 1) // count)) for n in range(count)
    )


def school_day(day: dt.date) -> dt.date:
    """The day itself, or the Friday before a Saturday or Sunday."""
    return day - dt.timedelta(days=max(0, day.weekday() - FRIDAY))
