"""What a Change and a Version keep of each thing: JSON by uid, the same whoever writes it.

A snapshot holds what people wrote; what Mejora copies or computes (`level_now`, numbers of
versions) stays out. Money and counts are integers, decimals are plain text, dates are ISO.
Each function reads only what `…_with_parts()` prefetched, so that hundreds cost a few queries.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from mejora.plans.assessment import CriticalFactor, Judgement, SelfAssessment
from mejora.plans.enums import Entity
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
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

Snapshot = dict[str, Any]
SCHEMA_NO = 1


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(Decimal(value).normalize(), "f")


def _day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


def _removal(thing: Any) -> Snapshot:
    """Only when in the bin, so that a living thing's snapshot stays short."""
    return {"removed": thing.removed_reason or True} if thing.removed_at else {}


def plan(thing: Plan) -> Snapshot:
    return {
        "school": str(thing.school.uid),
        "edition": thing.edition.code,
        "start_year": thing.start_year,
        "end_year": thing.end_year,
        "vision": thing.vision,
        "mission": thing.mission,
    }


def plan_year(thing: PlanYear) -> Snapshot:
    return {"year": thing.year, "evaluation_summary": thing.evaluation_summary}


def seal(thing: Seal) -> Snapshot:
    return {"name": thing.name, "text": thing.text, "order": thing.order, **_removal(thing)}


def objective(thing: Objective) -> Snapshot:
    """Critical factors only where the framework has them and the objective answers to some."""
    factors = sorted(str(f.uid) for f in thing.factors.all())
    return {
        "text": thing.text,
        "area": thing.area.code if thing.area else None,
        "seals": sorted(str(s.uid) for s in thing.seals.all()),
        **({"factors": factors} if factors else {}),
        "order": thing.order,
        **_removal(thing),
    }


def self_assessment(thing: SelfAssessment) -> Snapshot:
    return {"plan": str(thing.plan.uid), "year": thing.year}


def judgement(thing: Judgement) -> Snapshot:
    """Who judged last and when stands in the Change itself."""
    return {
        "assessment": str(thing.assessment.uid),
        "area": thing.area.code,
        "level": thing.level.code if thing.level else None,
        "evidence": thing.evidence,
        "strengths": thing.strengths,
        "opportunities": thing.opportunities,
    }


def critical_factor(thing: CriticalFactor) -> Snapshot:
    return {
        "assessment": str(thing.assessment.uid),
        "area": thing.area.code,
        "text": thing.text,
        "urgency": thing.urgency,
        "tendency": thing.tendency,
        "impact": thing.impact,
        **_removal(thing),
    }


def goal(thing: Goal) -> Snapshot:
    return {
        "objective": str(thing.objective.uid),
        "text": thing.text,
        "baseline": _number(thing.baseline),
        "target": _number(thing.target),
        "unit": thing.unit,
        "due_year": thing.due_year,
        "order": thing.order,
        **_removal(thing),
    }


def strategy(thing: Strategy) -> Snapshot:
    return {
        "objective": str(thing.objective.uid),
        "goal": str(thing.goal.uid) if thing.goal else None,
        "text": thing.text,
        "order": thing.order,
        **_removal(thing),
    }


def indicator(thing: Indicator) -> Snapshot:
    return {
        "strategy": str(thing.strategy.uid) if thing.strategy else None,
        "goal": str(thing.goal.uid) if thing.goal else None,
        "name": thing.name,
        "description": thing.description,
        "unit": thing.unit,
        "direction": thing.direction,
        "baseline": _number(thing.baseline),
        "target": _number(thing.target),
        "order": thing.order,
        **_removal(thing),
    }


def reading(thing: Reading) -> Snapshot:
    return {
        "indicator": str(thing.indicator.uid),
        "on": _day(thing.on),
        "value": _number(thing.value),
        "note": thing.note,
        **_removal(thing),
    }


def milestone(thing: Milestone) -> Snapshot:
    """The planned milestone; that it was reached is a Change of its own."""
    return {
        "uid": str(thing.uid),
        "name": thing.name,
        "due_on": _day(thing.due_on),
        "weight": thing.weight,
        "people": sorted(p.pk for p in thing.people.all()),
        "order": thing.order,
        **_removal(thing),
    }


def requirement(thing: EvidenceRequirement) -> Snapshot:
    return {
        "uid": str(thing.uid),
        "milestone": str(thing.milestone.uid) if thing.milestone else None,
        "text": thing.text,
        "order": thing.order,
        **_removal(thing),
    }


def milestone_done(thing: Milestone) -> Snapshot:
    return {"done_on": _day(thing.done_on)}


def action(thing: Action) -> Snapshot:
    """The action with everything that is written on its form, parts in the bin included."""
    return {
        "objective": str(thing.objective.uid),
        "strategy": str(thing.strategy.uid) if thing.strategy else None,
        "area": thing.area.code,
        "subareas": sorted(a.code for a in thing.subareas.all()),
        "normative_plans": sorted(t.code for t in thing.normative_plans.all()),
        "number": thing.number,
        "name": thing.name,
        "description": thing.description,
        "starts_on": _day(thing.starts_on),
        "ends_on": _day(thing.ends_on),
        "responsible_text": thing.responsible_text,
        "responsible": thing.responsible_id,
        "resources_needed": thing.resources_needed,
        "program_text": thing.program_text,
        "ate_provider": thing.ate_provider,
        "ate_service": thing.ate_service,
        "is_disabled": thing.is_disabled,
        "imported_total": thing.imported_total,
        "funding": {f.source.code: f.planned for f in thing.fundings.all()},
        "milestones": [milestone(m) for m in sorted(thing.milestones.all(), key=_by_order)],
        "requirements": [requirement(r) for r in sorted(thing.requirements.all(), key=_by_order)],
        **_removal(thing),
    }


def _by_order(thing: Any) -> tuple[int, str]:
    return thing.order, str(thing.uid)


def actions_with_parts(found: QuerySet[Action]) -> QuerySet[Action]:
    return (
        found.select_related("objective", "strategy", "area")
        .prefetch_related(
            "subareas",
            "normative_plans",
            "fundings__source",
            Prefetch("milestones", Milestone.objects.prefetch_related("people")),
        )
        .prefetch_related(
            Prefetch("requirements", EvidenceRequirement.objects.select_related("milestone"))
        )
    )


def strategies_with_parts(found: QuerySet[Strategy]) -> QuerySet[Strategy]:
    return found.select_related("objective", "goal")


# One function per entity of this app; monitoring keeps those of its own.
OF: dict[Entity, Callable[[Any], Snapshot]] = {
    Entity.PLAN: plan,
    Entity.PLAN_YEAR: plan_year,
    Entity.SEAL: seal,
    Entity.OBJECTIVE: objective,
    Entity.GOAL: goal,
    Entity.STRATEGY: strategy,
    Entity.INDICATOR: indicator,
    Entity.READING: reading,
    Entity.ACTION: action,
    Entity.MILESTONE_DONE: milestone_done,
    Entity.SELF_ASSESSMENT: self_assessment,
    Entity.JUDGEMENT: judgement,
    Entity.CRITICAL_FACTOR: critical_factor,
}


def year_tree(thing: PlanYear, extra: Snapshot | None = None) -> Snapshot:
    """The whole year as a Version keeps it: live rows only, each under its uid.

    `extra` is what later apps add (the reports of the implementation).
    """
    whole = thing.plan
    strategies = strategies_with_parts(Strategy.objects.live().filter(plan_year=thing))
    actions = list(actions_with_parts(Action.objects.live().filter(plan_year=thing)))
    indicators = (
        Indicator.objects.live()
        .filter(Q(strategy__plan_year=thing) | Q(goal__objective__plan=whole))
        .select_related("strategy", "goal")
    )
    goals = Goal.objects.live().filter(objective__plan=whole).select_related("objective")
    objectives = (
        Objective.objects.live()
        .filter(plan=whole)
        .select_related("area")
        .prefetch_related("seals", "factors")
    )
    readings = Reading.objects.live().filter(indicator__in=indicators)
    return {
        "plan": plan(whole),
        "year": plan_year(thing),
        "seals": _by_uid(Seal.objects.live().filter(plan=whole), seal),
        "objectives": _by_uid(objectives, objective),
        "goals": _by_uid(goals, goal),
        "strategies": _by_uid(strategies, strategy),
        "indicators": _by_uid(indicators, indicator),
        "readings": _by_uid(readings.select_related("indicator"), reading),
        "actions": _by_uid(actions, action),
        "done": {
            str(m.uid): _day(m.done_on)
            for a in actions
            for m in a.milestones.all()
            if m.done_on and not m.removed_at
        },
        **(_assessed(thing) if whole.edition.has_critical_factors else {}),
        **(extra or {}),
    }


def _assessed(thing: PlanYear) -> Snapshot:
    """The self-assessment of the year and the critical factors of the whole plan."""
    judgements = Judgement.objects.filter(
        assessment__plan=thing.plan_id, assessment__year=thing.year
    )
    factors = CriticalFactor.objects.live().filter(assessment__plan=thing.plan_id)
    return {
        "judgements": _by_uid(judgements.select_related("assessment", "area", "level"), judgement),
        "factors": _by_uid(factors.select_related("assessment", "area"), critical_factor),
    }


def _by_uid(things: Any, snapshot: Callable[[Any], Snapshot]) -> Snapshot:
    return {str(thing.uid): snapshot(thing) for thing in things}


def canonical(content: Snapshot) -> tuple[str, str]:
    """The content as canonical JSON text, and its SHA-256."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text, hashlib.sha256(text.encode()).hexdigest()
