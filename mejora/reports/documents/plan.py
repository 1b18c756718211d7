"""The plan of a year on paper: the chain, the money, the Gantt, as they stand now.

Printed is what the plan's page shows to whoever may read it: live rows only, no evidence. What
the tables count: every live action of the year, disabled ones marked. The number of queries does
not grow with the plan.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from mejora.core import clock, wording
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import Catalogue, Item
from mejora.plans import workflow
from mejora.plans.enums import StageStatus
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
    Goal,
    Indicator,
    Milestone,
    Objective,
    PlanYear,
    Seal,
    Strategy,
)
from mejora.reports.documents.assessed import assessed
from mejora.reports.documents.gantt import Axis
from mejora.reports.documents.parts import Row, amount, bar, capital, owner_then, unconfirmed
from mejora.reports.documents.typesetting import typeset

SHORT_TEXT, SHORT_LIST = 1200, 16
# What a framework need not have.
_NO_WORDS = dict.fromkeys(("seal", "seal_plural", "strategy", "strategy_plural"), "")
OWN_STATES = {StageStatus.RETURNED, StageStatus.APPROVED}


def plan_pdf(plan_year: PlanYear, *, at: dt.datetime | None = None) -> bytes:
    """The PDF/UA of a year whose plan and place are at hand (`with_place()`)."""
    at = at or timezone.now()
    return typeset("plan.typ", plan_data(plan_year, at=at), at=at)


def plan_data(plan_year: PlanYear, *, at: dt.datetime) -> Row:
    """All that the template prints, every number and date already in words."""
    chain = _Chain.of(plan_year)
    words = {**_NO_WORDS, **chain.catalogue.words(plan_year.year)}
    school = plan_year.school
    return {
        "title": f"{words['plan']} {plan_year.year}: {school.name}",
        "words": {key: capital(text) for key, text in words.items()},
        "year": str(plan_year.year),
        "cycle": f"{plan_year.plan.start_year}–{plan_year.plan.end_year}",
        "school": school.name,
        "code": school.code_label,
        "commune": school.commune.name,
        "region": school.commune.region.name,
        "owner": owner_then(plan_year),
        "standing": _standing(plan_year),
        "version": f"versión {plan_year.version_no}" if plan_year.version_no else "sin envíos",
        "printed": f"{wording.number_date(at)}, {wording.clock_time(at)}",
        "is_sample": school.is_sample,
        "stages": _stages(plan_year),
        "vision": plan_year.plan.vision.strip(),
        "mission": plan_year.plan.mission.strip(),
        "evaluation": plan_year.evaluation_summary.strip(),
        "seals": [{"name": s.name, "text": s.text.strip()} for s in chain.seals],
        "counts": chain.counts(words),
        "has_strategies": plan_year.plan.edition.has_strategies,
        "assessment": assessed(plan_year),
        "levels": chain.levels(),
        "objectives": chain.objectives(),
        "loose": chain.loose(),
        "money": chain.money(),
        "gantt": chain.gantt(),
        "notes": chain.notes(plan_year),
    }


def _standing(plan_year: PlanYear) -> str:
    return (
        f"{plan_year.get_stage_now_display()}: {StageStatus(plan_year.status_now).of_stage.lower()}"
    )


def _stages(plan_year: PlanYear) -> list[Row]:
    stages = {stage.kind: stage for stage in plan_year.stages.all()}
    return [
        {
            "name": stages[kind].get_kind_display(),
            "status": stages[kind].state,
            "sent": wording.number_date(stages[kind].sent_at) if stages[kind].sent_at else "–",
            "decided": wording.number_date(stages[kind].decided_at)
            if stages[kind].decided_at
            else "–",
        }
        for kind in workflow.ORDER
        if kind in stages
    ]


@dataclass
class _Chain:
    """The live rows of a year, each read once, and what is printed of them."""

    year: int
    today: dt.date
    catalogue: Catalogue
    seals: list[Seal]
    goals: dict[int, list[Goal]]
    strategies: dict[int, list[Strategy]]
    indicators: dict[int, list[Indicator]]
    goal_indicators: dict[int, list[Indicator]]
    actions: list[Action]
    all_objectives: list[Objective]
    used: dict[Item, str] = field(default_factory=dict)

    @classmethod
    def of(cls, plan_year: PlanYear) -> _Chain:
        plan = plan_year.plan
        seals = Seal.objects.live().filter(plan=plan)
        objectives = Objective.objects.live().filter(plan=plan)
        goals = Goal.objects.live().filter(objective__plan=plan)
        strategies = Strategy.objects.live().filter(plan_year=plan_year).select_related("goal")
        indicators = Indicator.objects.live().filter(strategy__plan_year=plan_year)
        of_goals = Indicator.objects.live().filter(goal__objective__plan=plan)
        if plan.edition.has_strategies:  # then no goal has any
            of_goals = of_goals.none()
        return cls(
            year=plan_year.year,
            today=clock.today(plan_year.school.country.tz),
            catalogue=catalogue.of_edition(plan.edition_id),
            seals=list(seals),
            goals=_grouped(goals, "objective_id"),
            strategies=_grouped(strategies, "objective_id"),
            indicators=_grouped(indicators, "strategy_id"),
            goal_indicators=_grouped(of_goals, "goal_id"),
            actions=list(_printed_actions(plan_year)),
            all_objectives=list(
                objectives.prefetch_related(Prefetch("seals", Seal.objects.live()))
            ),
        )

    def counts(self, words: dict[str, str]) -> list[Row]:
        """How many of each, in the order of the chain."""
        milestones = sum(len(a.milestones.all()) for a in self.actions)
        found = (
            ("seal", len(self.seals)),
            ("objective", len(self.all_objectives)),
            ("goal", sum(map(len, self.goals.values()))),
            ("strategy", sum(map(len, self.strategies.values()))),
            (
                "indicator",
                sum(map(len, (*self.indicators.values(), *self.goal_indicators.values()))),
            ),
            ("action", len(self.actions)),
            ("milestone", milestones),
        )
        return [
            {
                "number": wording.thousands(number),
                "name": words[code if number == 1 else f"{code}_plural"],
            }
            for code, number in found
            if words[code]
        ]

    def levels(self) -> list[Row]:
        """How many actions stand at each level; intervals are counted, never averaged."""
        number: dict[int | None, int] = defaultdict(int)
        for action in self.actions:
            number[action.level_now_id] += 1
        rows = [
            {"bar": bar(level.min, level.max), "name": self._level_name(level.pk), "count": count}
            for level in self.catalogue.levels
            if (count := number[level.pk])
        ]
        if number[None]:
            rows.append({"bar": bar(None, None), "name": "Sin informar", "count": number[None]})
        return rows

    def objectives(self) -> list[Row]:
        return [self._objective(n, o) for n, o in enumerate(self.all_objectives, start=1)]

    def _objective(self, number: int, objective: Objective) -> Row:
        strategies = self.strategies.get(objective.pk, [])
        return {
            "number": str(number),
            "text": objective.text,
            "area": self._area(objective.area_id) if objective.area_id else "",
            "seals": [seal.name for seal in objective.seals.all()],
            "goals": [self._goal(f"{number}.{n}", g) for n, g in self._goals_of(objective)],
            "strategies": [
                self._strategy(f"{number}.{n}", s) for n, s in enumerate(strategies, start=1)
            ],
            "actions": [
                self._action(a)
                for a in self.actions
                if a.objective_id == objective.pk and a.strategy_id is None
            ],
        }

    def _goals_of(self, objective: Objective) -> Iterable[tuple[int, Goal]]:
        return enumerate(self.goals.get(objective.pk, []), start=1)

    def _goal(self, number: str, goal: Goal) -> Row:
        facts = []
        if goal.baseline is not None or goal.target is not None:
            facts = [
                f"base {amount(goal.baseline, goal.unit)}",
                f"esperado {amount(goal.target, goal.unit)}",
            ]
        if goal.due_year:
            facts.append(f"a {goal.due_year}")
        return {
            "number": number,
            "text": goal.text,
            "facts": " · ".join(facts),
            "indicators": [self._indicator(i) for i in self.goal_indicators.get(goal.pk, [])],
        }

    def _strategy(self, number: str, strategy: Strategy) -> Row:
        goal = strategy.goal if strategy.goal and not strategy.goal.removed_at else None
        return {
            "number": number,
            "text": strategy.text,
            "goal": goal.text if goal else "",
            "indicators": [self._indicator(i) for i in self.indicators.get(strategy.pk, [])],
            "actions": [self._action(a) for a in self.actions if a.strategy_id == strategy.pk],
        }

    def _indicator(self, indicator: Indicator) -> Row:
        facts = [
            f"se espera {indicator.get_direction_display()}",
            f"base {amount(indicator.baseline, indicator.unit)}",
            f"esperado {self.year}: {amount(indicator.target, indicator.unit)}",
        ]
        return {
            "name": indicator.name,
            "description": indicator.description.strip(),
            "facts": " · ".join(facts),
        }

    def loose(self) -> list[Row]:
        """Live actions whose objective or strategy is in the bin: printed all the same."""
        objectives = {o.pk for o in self.all_objectives}
        strategies = {s.pk for found in self.strategies.values() for s in found}
        return [
            self._action(a)
            for a in self.actions
            if a.objective_id not in objectives
            or (a.strategy_id is not None and a.strategy_id not in strategies)
        ]

    def _action(self, action: Action) -> Row:
        milestones = action.milestones.all()
        names = {m.pk: m.name for m in milestones}
        dates = f"{wording.number_date(action.starts_on)} al {wording.number_date(action.ends_on)}"
        money = [
            {"source": self._term(f.source_id), "amount": wording.money(f.planned)}
            for f in action.fundings.all()
        ]
        return {
            "number": str(action.number),
            "name": action.name,
            "description": action.description.strip(),
            "is_disabled": action.is_disabled,
            "is_short": _is_short(action),
            "bar": self._progress_bar(action),
            "level": self._level_text(action),
            "reported": wording.number_date(action.reported_on) if action.reported_on else "",
            "dates": dates,
            "responsible": action.responsible_text or self._responsible(action),
            "area": self._area(action.area_id),
            "subareas": [self._area(a.pk) for a in action.subareas.all()],
            "normative_plans": [self._term(t.pk) for t in action.normative_plans.all()],
            "resources": action.resources_needed.strip(),
            "program": action.program_text,
            "ate": " · ".join(filter(None, (action.ate_provider, action.ate_service))),
            "money": money,
            "total": wording.money(sum(f.planned for f in action.fundings.all())),
            "milestones": [self._milestone(m) for m in milestones],
            "requirements": [
                {"text": r.text, "milestone": names.get(r.milestone_id or 0, "")}
                for r in action.requirements.all()
            ],
        }

    def _responsible(self, action: Action) -> str:
        return action.responsible.user.name if action.responsible else ""

    def _milestone(self, milestone: Milestone) -> Row:
        return {
            "name": milestone.name,
            "due": wording.number_date(milestone.due_on) if milestone.due_on else "sin fecha",
            "weight": wording.percent(milestone.weight),
            "state": _milestone_state(milestone, self.today),
            "done": wording.number_date(milestone.done_on) if milestone.done_on else "",
        }

    def _level_text(self, action: Action) -> str:
        if action.level_now_id is None:
            return "Sin informar"
        if action.pct_now is None:
            return self._level_name(action.level_now_id)
        label = self.catalogue.term(action.level_now_id).short_label(self.year)
        return f"{wording.percent(action.pct_now)} {label}"

    def _level_name(self, level_id: int) -> str:
        self._term(level_id)
        return self.catalogue.term(level_id).level_text(self.year)

    def _progress_bar(self, action: Action) -> Row:
        if action.level_now_id is None:
            return bar(None, None)
        if action.pct_now is not None:
            return bar(action.pct_now, action.pct_now)
        level = self.catalogue.term(action.level_now_id)
        return bar(level.min, level.max)

    def _area(self, area_id: int) -> str:
        return self._word(self.catalogue.area(area_id))

    def _term(self, term_id: int) -> str:
        return self._word(self.catalogue.term(term_id))

    def _word(self, item: Item) -> str:
        self.used[item] = text = item.label(self.year)
        return text

    def money(self) -> Row | None:
        """Planned money by source and dimension; None when the year has none."""
        amounts: dict[tuple[int, int], int] = defaultdict(int)
        for action in self.actions:
            for funding in action.fundings.all():
                amounts[funding.source_id, action.area_id] += funding.planned
        if not amounts:
            return None
        with_money = {area for _, area in amounts}
        areas = [a.pk for a in self.catalogue.areas if a.pk in with_money]
        sources = [
            s.pk for s in self.catalogue.funding_sources if any(s.pk == k[0] for k in amounts)
        ]
        return {
            "areas": [self._area(area) for area in areas],
            "rows": [
                {
                    "source": self._term(source),
                    "cells": [wording.thousands(amounts.get((source, a), 0)) for a in areas],
                    "total": wording.thousands(sum(amounts.get((source, a), 0) for a in areas)),
                }
                for source in sources
            ],
            "totals": [
                wording.thousands(sum(amounts.get((s, a), 0) for s in sources)) for a in areas
            ],
            "total": wording.money(sum(amounts.values())),
        }

    def gantt(self) -> Row | None:
        """The bars of the year grouped by dimension; None without actions."""
        if not self.actions:
            return None
        due = [m.due_on for a in self.actions for m in a.milestones.all() if m.due_on]
        axis = Axis.around([*(a.starts_on for a in self.actions), *_ends(self.actions), *due])
        in_area = _grouped(self.actions, "area_id")
        groups = [
            {
                "name": self._area(area.pk),
                "rows": [self._gantt_row(a, axis) for a in in_area[area.pk]],
            }
            for area in self.catalogue.areas
            if area.pk in in_area
        ]
        return {
            "months": axis.months(),
            "today": axis.start(self.today) if axis.has(self.today) else None,
            "today_text": wording.number_date(self.today),
            "groups": groups,
        }

    def _gantt_row(self, action: Action, axis: Axis) -> Row:
        milestones = [
            {"at": axis.start(m.due_on), "state": _milestone_state(m, self.today)}
            for m in action.milestones.all()
            if m.due_on
        ]
        level = action.level_now_id and self.catalogue.term(action.level_now_id)
        return {
            "number": str(action.number),
            "name": action.name,
            "start": axis.start(action.starts_on),
            "end": axis.end(action.ends_on),
            "starts": f"{action.starts_on:%d-%m}",
            "ends": f"{action.ends_on:%d-%m}",
            "is_done": bool(level and level.min == 100),
            "milestones": milestones,
            "level": wording.level_text(level or None, pct=action.pct_now),
        }

    def notes(self, plan_year: PlanYear) -> list[str]:
        """What on these pages is not an official word, and where it comes from."""
        found = []
        if any(s.status in OWN_STATES for s in plan_year.stages.all()):
            found.append("«Devuelta» y «Aprobada» son palabras de Mejora (criterio de Mejora).")
        return found + unconfirmed(self.used, self.year)


def _grouped(rows: Iterable[Any], key: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _printed_actions(plan_year: PlanYear) -> Iterable[Action]:
    return (
        Action.objects.live()
        .filter(plan_year=plan_year)
        .select_related("responsible__user")
        .prefetch_related(
            "subareas",
            "normative_plans",
            "fundings",
            Prefetch("milestones", Milestone.objects.live()),
        )
        .prefetch_related(Prefetch("requirements", EvidenceRequirement.objects.live()))
    )


def _ends(actions: Iterable[Action]) -> Iterable[dt.date]:
    return (a.ends_on for a in actions)


def _is_short(action: Action) -> bool:
    """Whether it surely fits on one page, so that it need not break."""
    written = len(action.description) + len(action.resources_needed)
    lines = action.description.count("\n") + action.resources_needed.count("\n")
    parts = len(action.milestones.all()) + len(action.requirements.all())
    return written < SHORT_TEXT and lines + parts < SHORT_LIST


def _milestone_state(milestone: Milestone, today: dt.date) -> str:
    if milestone.done_on:
        return "done"
    return "late" if milestone.due_on and milestone.due_on < today else "open"
