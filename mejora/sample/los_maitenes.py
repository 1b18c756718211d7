"""The school with forty actions, as the drawings of the screens show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from mejora.network.models import Membership
from mejora.sample import bank, chain
from mejora.sample.chain import Maker
from mejora.sample.stories import Planned, Story, YearStory

FORMER = (1, 2, 3, 4, 7, 9, 12, 15, 18, 19, 23, 24, 29, 31, 33, 38)  # what the year before had


def strategic(make: Maker, story: Story) -> None:
    told = bank.read("los_maitenes")
    words = {"last": story.plan.end_year, "before": story.plan.start_year - 1}
    story.plan.vision, story.plan.mission = told["vision"], told["mission"]
    for seal in told["seal"]:
        make.seal(story, seal["name"], seal["text"])
    for item in told["objective"]:
        seals = [story.seals[item["seal"] - 1]]
        objective = make.objective(story, item["area"], item["text"], seals)
        for goal in item["goal"]:
            text = goal["text"].format(**words)
            make.goal(story, objective, text, goal["unit"], goal["baseline"], goal["target"])


def annual(
    make: Maker,
    story: Story,
    year: YearStory,
    people: Mapping[str, Membership],
    *,
    on: dt.date,
    is_former: bool,
) -> list[Planned]:
    """Strategies, indicators and what is planned; the former year had fewer actions."""
    measured_on = dt.date(year.row.year, 7, 10)
    told = bank.read("los_maitenes")
    wanted = set(FORMER) if is_former else set(range(1, len(told["action"]) + 1))
    found: dict[int, Planned] = {}
    for objective, item in zip(story.objectives, told["objective"], strict=True):
        goals = [goal for goal in story.goals if goal.objective is objective]
        for wording in item["strategy"]:
            numbers = wanted.intersection(wording["actions"])
            if is_former and not numbers:
                continue
            goal = goals[wording["goal"] - 1]
            strategy = make.strategy(year, story, objective, goal, wording["text"])
            for indicator in wording["indicators"]:
                made = make.indicator(year, story, strategy, indicator)
                if "now" in indicator and not is_former and measured_on < on:
                    make.reading(year, story, made, measured_on, indicator["now"])
            for number in numbers:
                line = told["action"][number - 1]
                found[number] = _planned(story, year, line, strategy, people, is_former)
    return [found[number] for number in sorted(found)]


def _planned(
    story: Story,
    year: YearStory,
    told: dict[str, Any],
    strategy: Any,
    people: Mapping[str, Membership],
    is_former: bool,
) -> Planned:
    text = bank.actions()[told["key"]]
    starts, ends = (_day(year.row.year, told[name]) for name in ("from", "to"))
    due = tuple(chain.school_day(_day(year.row.year, day)) for day in told.get("due", ()))
    planned = Planned(
        text=text,
        strategy=strategy,
        starts_on=starts,
        ends_on=max([ends, *due]),
        person=people[told["who"]],
        due=due or chain.spread(len(text.milestones), starts, ends),
    )
    if is_former:
        planned.final = story.chance.choice((85, 100, 100))
        return planned
    planned.final = _at_end(told["pct"], starts, ends) if "pct" in told else 100
    planned.is_stuck = told.get("late", False)
    planned.is_open = told.get("open", False)
    planned.awaits_review = told.get("review", False)
    planned.note, planned.why = told.get("note", ""), told.get("why", "")
    planned.file_count, planned.lacks_proof = told["files"], told.get("lacks", 0)
    return planned


def _at_end(pct: int, starts: dt.date, ends: dt.date) -> int:
    """What the percentage of the end of August becomes by the end at the same speed."""
    gone = (dt.date(ends.year, 8, 31) - starts).days / (ends - starts).days
    return min(100, round(pct / gone)) if 0 < gone <= 1 else pct


def _day(year: int, month_day: str) -> dt.date:
    return dt.date.fromisoformat(f"{year}-{month_day}")
