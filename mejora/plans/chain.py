"""The whole chain of a year as a tree to read: seal, objective, strategy, action, milestone.

Five queries whatever the size. What is missing in a link is told on the link itself (`weak`), so
that counts, filters and marks on the page are one and the same thing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import (
    CharField,
    Count,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import AreaItem, Catalogue, TermItem
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
    Milestone,
    Objective,
    PlanYear,
    Reading,
    Seal,
    Strategy,
)


class Weak(StrEnum):
    """A weak link, by the word that stands in the address."""

    SEAL_ALONE = "sello-sin-objetivos"
    OBJECTIVE_UNSEALED = "objetivo-sin-sello"
    OBJECTIVE_NO_GOAL = "objetivo-sin-meta"
    OBJECTIVE_NO_STRATEGY = "objetivo-sin-estrategia"
    STRATEGY_NO_INDICATOR = "estrategia-sin-indicador"
    STRATEGY_NO_ACTION = "estrategia-sin-acciones"
    ACTION_UNPROVED = "accion-sin-medio"
    MILESTONE_LATE = "hito-atrasado"
    EVIDENCE_MISSING = "evidencia-por-subir"


ALL = "todos"


@dataclass(slots=True)
class Part:
    """A milestone, or a means of verification."""

    pk: int
    text: str
    due_on: dt.date | None
    weight: int
    done_on: dt.date | None
    milestone_id: int | None
    files: int
    is_late: bool = False
    requirements: list[Part] = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.done_on:
            return "done"
        return "late" if self.is_late else "open"


@dataclass(slots=True)
class ActionNode:
    pk: int
    uid: UUID
    strategy_id: int | None
    objective_id: int
    number: int
    name: str
    starts_on: dt.date
    ends_on: dt.date
    area: AreaItem
    level: TermItem | None
    pct: int | None
    reported_on: dt.date | None
    responsible: str
    initials_of: str
    files: int
    is_disabled: bool
    is_late: bool
    strategy: StrategyNode | None = None
    objective: ObjectiveNode | None = None
    milestones: list[Part] = field(default_factory=list)
    requirements: list[Part] = field(default_factory=list)
    weak: set[Weak] = field(default_factory=set)
    is_shown: bool = True

    @property
    def done_count(self) -> int:
        return sum(m.done_on is not None for m in self.milestones)

    @property
    def awaited(self) -> int:
        """Means of verification without a file yet."""
        return sum(not r.files for r in self.requirements)

    @property
    def least(self) -> int | None:
        """The least that is surely reached, in percent; None when nobody reported."""
        if self.pct is not None:
            return self.pct
        return self.level.min if self.level else None

    @property
    def most(self) -> int | None:
        if self.pct is not None:
            return self.pct
        return self.level.max if self.level else None


@dataclass(slots=True)
class IndicatorNode:
    uid: UUID
    name: str
    unit: str
    baseline: Decimal | None
    target: Decimal | None
    value: Decimal | None
    value_on: dt.date | None


@dataclass(slots=True)
class StrategyNode:
    pk: int
    uid: UUID
    label: str
    text: str
    goal_id: int | None
    indicators: list[IndicatorNode] = field(default_factory=list)
    actions: list[ActionNode] = field(default_factory=list)
    weak: set[Weak] = field(default_factory=set)
    is_shown: bool = True

    @property
    def shown_actions(self) -> list[ActionNode]:
        return [a for a in self.actions if a.is_shown]


@dataclass(slots=True)
class GoalNode:
    pk: int
    uid: UUID
    label: str
    text: str
    indicators: list[IndicatorNode] = field(default_factory=list)


@dataclass(slots=True)
class ObjectiveNode:
    pk: int
    uid: UUID
    number: int
    text: str
    seal_ids: set[int]
    goals: list[GoalNode] = field(default_factory=list)
    strategies: list[StrategyNode] = field(default_factory=list)
    loose: list[ActionNode] = field(default_factory=list)
    weak: set[Weak] = field(default_factory=set)
    other_seals: list[str] = field(default_factory=list)
    is_shown: bool = True

    @property
    def actions(self) -> list[ActionNode]:
        return [a for s in self.strategies for a in s.actions] + self.loose

    @property
    def by_level(self) -> list[ActionNode]:
        """Its actions, fullest first, those nobody reported last."""
        return sorted(self.actions, key=lambda a: -1 if a.least is None else a.least, reverse=True)

    @property
    def shown_strategies(self) -> list[StrategyNode]:
        return [s for s in self.strategies if s.is_shown]

    @property
    def least(self) -> int | None:
        return min((a.least for a in self.actions if a.least is not None), default=None)

    @property
    def most(self) -> int | None:
        return max((a.most for a in self.actions if a.most is not None), default=None)


@dataclass(slots=True)
class SealNode:
    """A seal with the objectives that stand first under it; `pk` 0: those of no seal."""

    pk: int
    uid: UUID | None
    number: int
    name: str
    objectives: list[ObjectiveNode] = field(default_factory=list)
    weak: set[Weak] = field(default_factory=set)

    @property
    def shown_objectives(self) -> list[ObjectiveNode]:
        return [o for o in self.objectives if o.is_shown]


@dataclass(slots=True)
class Chain:
    seals: list[SealNode]
    actions: list[ActionNode]
    counts: dict[Weak, int]

    @property
    def objectives(self) -> list[ObjectiveNode]:
        return [o for s in self.seals for o in s.objectives]

    @property
    def strategies(self) -> list[StrategyNode]:
        return [s for o in self.objectives for s in o.strategies]

    @property
    def weak_count(self) -> int:
        return sum(self.counts.values())

    @property
    def shown_actions(self) -> list[ActionNode]:
        return [a for a in self.actions if a.is_shown]


def load(plan_year: PlanYear, *, today: dt.date) -> Chain:
    """The year's chain, with what is weak in it."""
    book = catalogue.of_edition(plan_year.plan.edition_id)
    seals = [
        SealNode(seal.pk, seal.uid, number, seal.name)
        for number, seal in enumerate(Seal.objects.live().filter(plan=plan_year.plan_id), 1)
    ]
    objectives = _objectives(plan_year)
    strategies = _strategies(plan_year, objectives)
    actions = _actions(plan_year, book, today)
    _add_parts(plan_year, {a.pk: a for a in actions}, today)
    for action in actions:
        objective = objectives.get(action.objective_id)
        strategy = strategies.get(action.strategy_id or 0)
        if objective is None:
            continue
        action.strategy, action.objective = strategy, objective
        (strategy.actions if strategy else objective.loose).append(action)
    groups = _under_seals(seals, list(objectives.values()))
    counts = _mark_weak(groups, actions, has_strategies=book.edition.has_strategies)
    return Chain(groups, actions, counts)


def _objectives(plan_year: PlanYear) -> dict[int, ObjectiveNode]:
    """Objectives with their goals and seals: one query over the three."""
    rows = (
        Objective.objects.live()
        .filter(plan=plan_year.plan_id)
        .order_by("order", "pk", "goals__order", "goals__pk")
        .values_list(
            "pk", "uid", "text", "seals__pk", "seals__removed_at",
            "goals__pk", "goals__uid", "goals__text", "goals__removed_at",
        )
    )  # fmt: skip
    found: dict[int, ObjectiveNode] = {}
    for pk, uid, text, seal_id, seal_gone, goal_id, goal_uid, goal_text, goal_gone in rows:
        node = found.get(pk)
        if node is None:
            node = found[pk] = ObjectiveNode(pk, uid, len(found) + 1, text, set())
        if seal_id and not seal_gone:
            node.seal_ids.add(seal_id)
        if goal_id and not goal_gone and all(g.pk != goal_id for g in node.goals):
            label = f"{node.number}.{len(node.goals) + 1}"
            node.goals.append(GoalNode(goal_id, goal_uid, label, goal_text))
    return found


def _strategies(
    plan_year: PlanYear, objectives: dict[int, ObjectiveNode]
) -> dict[int, StrategyNode]:
    """The year's strategies with their indicators and the newest reading of each: one query."""
    newest = (
        Reading.objects.live()
        .filter(indicator=OuterRef("indicators__pk"), value__isnull=False)
        .order_by("-on", "-pk")
    )
    rows = (
        Strategy.objects.live()
        .filter(plan_year=plan_year)
        .order_by("order", "pk", "indicators__order", "indicators__pk")
        .values_list(
            "pk", "uid", "text", "objective_id", "goal_id",
            "indicators__uid", "indicators__removed_at", "indicators__name", "indicators__unit",
            "indicators__baseline", "indicators__target",
            Subquery(newest.values("value")[:1]), Subquery(newest.values("on")[:1]),
        )
    )  # fmt: skip
    found: dict[int, StrategyNode] = {}
    for pk, uid, text, objective_id, goal_id, indicator_uid, gone, *rest in rows:
        node = found.get(pk)
        if node is None:
            objective = objectives.get(objective_id)
            if objective is None:
                continue
            node = found[pk] = StrategyNode(pk, uid, "", text, goal_id)
            objective.strategies.append(node)
        if indicator_uid and not gone:
            node.indicators.append(IndicatorNode(indicator_uid, *rest))
    for objective in objectives.values():
        _label_strategies(objective)
    return found


def _label_strategies(objective: ObjectiveNode) -> None:
    """ "1.1.2": objective, goal, strategy; "1.3" where the strategy names no goal."""
    labels = {g.pk: g.label for g in objective.goals}
    used: dict[str, int] = {}
    for strategy in objective.strategies:
        above = labels.get(strategy.goal_id or 0, str(objective.number))
        used[above] = used.get(above, 0) + 1
        strategy.label = f"{above}.{used[above]}"


def _actions(plan_year: PlanYear, book: Catalogue, today: dt.date) -> list[ActionNode]:
    files = Count("evidence", filter=Q(evidence__removed_at__isnull=True))
    rows = (
        Action.objects.live()
        .filter(plan_year=plan_year)
        .select_related("responsible__user")
        .annotate(files=files)
        .order_by("number", "pk")  # grouping forgets the order of the model
    )
    return [_action(row, book, today) for row in rows]


def _action(row: Any, book: Catalogue, today: dt.date) -> ActionNode:
    person = row.responsible.user.name if row.responsible else ""
    level = book.term(row.level_now_id) if row.level_now_id else None
    return ActionNode(
        pk=row.pk, uid=row.uid, strategy_id=row.strategy_id, objective_id=row.objective_id,
        number=row.number, name=row.name,
        starts_on=row.starts_on, ends_on=row.ends_on, area=book.area(row.area_id),
        level=level, pct=row.pct_now, reported_on=row.reported_on,
        responsible=row.responsible_text or person, initials_of=person or row.responsible_text,
        files=row.files, is_disabled=row.is_disabled,
        is_late=row.ends_on < today and (level is None or level.max != 100),
    )  # fmt: skip


_PART = ("action_id", "is_milestone", "place", "pk", "text", "due", "share", "done", "of", "files")


def _add_parts(plan_year: PlanYear, actions: dict[int, ActionNode], today: dt.date) -> None:
    """Milestones and means of verification of all the actions, in one query over both tables."""
    files = Count("evidence", filter=Q(evidence__removed_at__isnull=True))
    nothing = Value(None)
    milestones = (
        Milestone.objects.live()
        .filter(action__plan_year=plan_year, action__removed_at__isnull=True)
        .order_by()
        .annotate(
            is_milestone=Value(1, IntegerField()),
            place=F("order"),
            text=Cast("name", CharField(max_length=200)),
            due=F("due_on"),
            share=F("weight"),
            done=F("done_on"),
            of=Cast(nothing, IntegerField()),
            files=files,
        )
        .values_list(*_PART)
    )
    requirements = (
        EvidenceRequirement.objects.live()
        .filter(action__plan_year=plan_year, action__removed_at__isnull=True)
        .order_by()
        .annotate(
            is_milestone=Value(0, IntegerField()),
            place=F("order"),
            due=Cast(nothing, DateField()),
            share=Value(0, IntegerField()),
            done=Cast(nothing, DateField()),
            of=F("milestone_id"),
            files=files,
        )
        .values_list(*_PART)
    )
    for row in milestones.union(requirements, all=True).order_by("-is_milestone", "place", "pk"):
        action_id, is_milestone, _, pk, text, due, share, done, of, count = row
        part = Part(pk, text, due, share, done, of, count)
        part.is_late = bool(due and done is None and due < today)
        _place(actions[action_id], part, is_milestone=bool(is_milestone))


def _place(action: ActionNode, part: Part, *, is_milestone: bool) -> None:
    if is_milestone:
        action.milestones.append(part)
        action.is_late = action.is_late or part.is_late
        return
    action.requirements.append(part)
    for milestone in action.milestones:
        if milestone.pk == part.milestone_id:
            milestone.requirements.append(part)


def _under_seals(seals: list[SealNode], objectives: list[ObjectiveNode]) -> list[SealNode]:
    """Each objective once, under the first of its seals; the others are named beside it."""
    unsealed = SealNode(0, None, 0, "")
    for objective in objectives:
        own = [seal for seal in seals if seal.pk in objective.seal_ids]
        (own[0] if own else unsealed).objectives.append(objective)
        objective.other_seals = [f"{seal.number} {seal.name}" for seal in own[1:]]
    return [*seals, unsealed] if unsealed.objectives else seals


def _mark_weak(
    groups: list[SealNode], actions: list[ActionNode], *, has_strategies: bool
) -> dict[Weak, int]:
    counts = dict.fromkeys(Weak, 0)
    served = {pk for g in groups for o in g.objectives for pk in o.seal_ids}
    for group in groups:
        if group.pk and group.pk not in served:
            group.weak.add(Weak.SEAL_ALONE)
        for objective in group.objectives:
            objective.weak |= set(_weak_objective(objective, has_strategies=has_strategies))
            for strategy in objective.strategies:
                strategy.weak |= set(_weak_strategy(strategy))
                _tally(counts, strategy.weak)
            _tally(counts, objective.weak)
        _tally(counts, group.weak)
    for action in actions:
        _weak_action(action, counts)
    return counts


def _tally(counts: dict[Weak, int], weak: Iterable[Weak]) -> None:
    for one in weak:
        counts[one] += 1


def _weak_objective(objective: ObjectiveNode, *, has_strategies: bool) -> Iterator[Weak]:
    if has_strategies and not objective.seal_ids:  # no framework has seals without strategies
        yield Weak.OBJECTIVE_UNSEALED
    if not objective.goals:
        yield Weak.OBJECTIVE_NO_GOAL
    if has_strategies and not objective.strategies:
        yield Weak.OBJECTIVE_NO_STRATEGY


def _weak_strategy(strategy: StrategyNode) -> Iterator[Weak]:
    if not strategy.indicators:
        yield Weak.STRATEGY_NO_INDICATOR
    if not strategy.actions:
        yield Weak.STRATEGY_NO_ACTION


def _weak_action(action: ActionNode, counts: dict[Weak, int]) -> None:
    """Late milestones and missing files are counted one by one, not per action."""
    if action.is_disabled:
        return
    if not action.requirements:
        action.weak.add(Weak.ACTION_UNPROVED)
        counts[Weak.ACTION_UNPROVED] += 1
    late = sum(m.is_late for m in action.milestones)
    if late:
        action.weak.add(Weak.MILESTONE_LATE)
        counts[Weak.MILESTONE_LATE] += late
    if action.awaited:
        action.weak.add(Weak.EVIDENCE_MISSING)
        counts[Weak.EVIDENCE_MISSING] += action.awaited


def show_only(chain: Chain, *, weak: str = "", area: str = "") -> None:
    """Hide what has no such weak link (`ALL`: any), or no action of the dimension. What leads to
    something shown stays."""

    def is_weak(links: set[Weak]) -> bool:
        return not weak or bool(links if weak == ALL else links & {Weak(weak)})

    for action in chain.actions:
        action.is_shown = is_weak(action.weak) and area in {"", action.area.code}
    for objective in chain.objectives:
        for strategy in objective.strategies:
            own = bool(weak) and not area and is_weak(strategy.weak)
            strategy.is_shown = own or any(a.is_shown for a in strategy.actions)
            strategy.is_shown = strategy.is_shown or not (weak or area)
        own = bool(weak) and not area and is_weak(objective.weak)
        below: list[StrategyNode | ActionNode] = [*objective.strategies, *objective.loose]
        objective.is_shown = own or not (weak or area) or any(t.is_shown for t in below)
