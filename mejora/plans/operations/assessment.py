"""Judging components and naming critical factors: the way from a self-assessment to objectives."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.frameworks.models import Area, Term, TermKind
from mejora.network.access import Actor
from mejora.plans import rules, workflow
from mejora.plans.assessment import CriticalFactor, Judgement, SelfAssessment
from mejora.plans.enums import StageKind
from mejora.plans.models import PlanYear
from mejora.plans.operations import writing

COMPONENT = 3  # the depth of the areas that are judged


@dataclass(frozen=True, slots=True)
class Said:
    """What is written of one component. Without a level it stays pending."""

    level: Term | None
    evidence: str = ""
    strengths: str = ""
    opportunities: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.level or self.evidence or self.strengths or self.opportunities)


def _opened(plan_year: PlanYear, by: Actor) -> SelfAssessment:
    """Lock the year, ask the rule, mark its stage as begun; the year's assessment, made now when
    it is the first time."""
    plan_year = workflow.locked(plan_year)
    require(rules.can_assess(by, rules.stages_of(plan_year)))
    is_first = plan_year.year == plan_year.plan.start_year
    workflow.begin(plan_year, StageKind.STRATEGIC if is_first else StageKind.PLANNING, by=by)
    found = SelfAssessment.objects.filter(plan=plan_year.plan, year=plan_year.year).first()
    return found or writing.create(SelfAssessment(plan=plan_year.plan, year=plan_year.year), by=by)


@transaction.atomic
def judge(
    plan_year: PlanYear, area: Area, said: Said, *, by: Actor, revision: int | None
) -> Judgement | None:
    """Write what the school says of a component. `revision` is None where nothing was written
    yet when the page was opened; None comes back where nothing was and nothing is said."""
    _fits(plan_year, area, said.level)
    assessment = _opened(plan_year, by)
    found = Judgement.objects.filter(assessment=assessment, area=area).first()
    if found is None:
        if said.is_empty:
            return None
        new = Judgement(assessment=assessment, area=area, by=by.user, at=timezone.now())
        return writing.create(_say(new, said), by=by)
    if revision is None:
        # Two people began the same component: a revision that cannot be asks for the comparison.
        revision = -1
    found = writing.claim(found, revision)
    before = writing.snapshot(found)
    found.by, found.at = by.user, timezone.now()
    _say(found, said).save()
    writing.recorded(found, before, by=by)
    return found


def _say(judgement: Judgement, said: Said) -> Judgement:
    judgement.level, judgement.evidence = said.level, said.evidence.strip()
    judgement.strengths, judgement.opportunities = (
        said.strengths.strip(),
        said.opportunities.strip(),
    )
    return judgement


def _fits(plan_year: PlanYear, area: Area, level: Term | None) -> None:
    edition = plan_year.plan.edition_id
    if area.edition_id != edition or area.depth != COMPONENT:
        raise Refused("Ese componente no es del marco de este plan.")
    if level and (level.edition_id != edition or level.kind != TermKind.SCALE):
        raise Refused("Ese nivel no es de la escala de este plan.")


@transaction.atomic
def add_factor(
    plan_year: PlanYear,
    *,
    by: Actor,
    area: Area,
    text: str,
    urgency: int,
    tendency: int,
    impact: int,
) -> CriticalFactor:
    _fits(plan_year, area, None)
    factor = CriticalFactor(
        assessment=_opened(plan_year, by),
        area=area,
        text=text,
        urgency=urgency,
        tendency=tendency,
        impact=impact,
    )
    return writing.create(factor, by=by)


@transaction.atomic
def change_factor(
    factor: CriticalFactor,
    plan_year: PlanYear,
    *,
    by: Actor,
    revision: int,
    area: Area,
    text: str,
    urgency: int,
    tendency: int,
    impact: int,
) -> CriticalFactor:
    _fits(plan_year, area, None)
    if _opened(plan_year, by).pk != factor.assessment_id:
        raise Refused("Ese factor crítico es de la autoevaluación de otro año.")
    fields = {
        "area": area,
        "text": text,
        "urgency": urgency,
        "tendency": tendency,
        "impact": impact,
    }
    return writing.change(factor, revision, fields, by=by)
