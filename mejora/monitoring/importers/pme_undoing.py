"""Taking a table of plans back, school by school: a year that it made and nobody touched since goes
with all its rows; what somebody used stays and is named. The batch and its rows are the record."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import models
from django.db.models import Q

from mejora.monitoring.models import Period, ProgressReport
from mejora.network.importers import bulk
from mejora.network.models import ImportBatch
from mejora.people.models import User
from mejora.plans.enums import Entity
from mejora.plans.models import (
    Action,
    Change,
    Funding,
    Objective,
    Plan,
    PlanYear,
    Stage,
    StageEvent,
    Strategy,
    Version,
)


def undo(batch: ImportBatch, codes: Sequence[str], by: User | None) -> list[str]:
    """Take back what the batch made for some schools; a sentence for each that stays."""
    found = PlanYear.objects.filter(school__code__in=codes, year=int(batch.year or 0))
    years = list(found.select_for_update(of=("self",)).select_related("plan", "school"))
    wrote = _written_by(batch, [year.pk for year in years])
    made = _made_by(batch, years)
    kept, gone = [], []
    for year in years:
        if year.pk not in wrote:
            continue  # nothing of this batch is here: it was left out when the file landed
        if why := _why_kept(batch, year, made):
            kept.append(f"{year.school.code_label}, {year.school}: {why}")
        else:
            gone.append(year)
    _take_away(batch, gone)
    return kept


def _written_by(batch: ImportBatch, years: Collection[int]) -> set[int | None]:
    changes = Change.objects.filter(plan_year__in=years, batch=batch).order_by()
    return set(changes.values_list("plan_year", flat=True).distinct())


def _made_by(batch: ImportBatch, years: Collection[PlanYear]) -> set[object]:
    """The uids of the years and plans that the batch itself began."""
    plans = [year.plan_id for year in years]
    begun = Change.objects.filter(
        batch=batch, plan__in=plans, entity__in=(Entity.PLAN, Entity.PLAN_YEAR), before__isnull=True
    )
    return set(begun.values_list("entity_uid", flat=True))


def _why_kept(batch: ImportBatch, year: PlanYear, made: set[object]) -> str:
    """Why a year cannot go, or "". Whatever anybody else wrote or moved keeps it."""
    others = Q(batch__isnull=True) | ~Q(batch=batch)
    if year.uid not in made:
        return (
            "esta carga corrigió un año que ya estaba. Para volver atrás, importe el archivo "
            "anterior."
        )
    if year.plan.uid in made and year.plan.years.exclude(pk=year.pk).exists():
        return f"el plan ya tiene otro año además de {year.year}. Deshaga antes ese año."
    written = Change.objects.filter(others, plan=year.plan_id)
    if year.plan.uid not in made:
        written = written.filter(plan_year=year)
    moved = StageEvent.objects.filter(others, stage__plan_year=year)
    if written.exists() or moved.exists():
        return "alguien escribió en este plan después de importarlo. Queda como está."
    return ""


def _take_away(batch: ImportBatch, years: Sequence[PlanYear]) -> None:
    """Delete the years whole, those who point first."""
    keys = [year.pk for year in years]
    actions = list(Action.objects.filter(plan_year__in=keys).values_list("pk", flat=True))
    stages = list(Stage.objects.filter(plan_year__in=keys).values_list("pk", flat=True))
    subareas, normative = Action.subareas.through, Action.normative_plans.through
    listed: tuple[tuple[type[models.Model], str, list[int]], ...] = (
        (Version, "plan_year", keys),
        (StageEvent, "stage", stages),
        (Stage, "plan_year", keys),
        (ProgressReport, "action", actions),
        (Period, "plan_year", keys),
        (Funding, "action", actions),
        (subareas, "action", actions),
        (normative, "action", actions),
        (Action, "plan_year", keys),
        (Strategy, "plan_year", keys),
        (Change, "plan_year", keys),
        (PlanYear, "id", keys),
    )
    for model, column, values in listed:
        bulk.delete(model, column, values)
    _take_plans(batch, [year.plan_id for year in years])


def _take_plans(batch: ImportBatch, plans: Sequence[int]) -> None:
    """Plans that have no year left go; of the others, the objectives that the batch added and no
    other year uses."""
    empty = list(Plan.objects.filter(pk__in=plans, years=None).values_list("pk", flat=True))
    uids = Change.objects.filter(
        batch=batch, plan__in=plans, entity=Entity.OBJECTIVE, before__isnull=True
    ).values("entity_uid")
    unused = Objective.objects.filter(
        plan__in=plans, uid__in=uids, actions=None, strategies=None, goals=None
    )
    objectives = list(unused.values_list("pk", "uid"))
    for model, column, values in (
        (Objective, "id", [pk for pk, _ in objectives]),
        (Change, "plan", empty),
        (Plan, "id", empty),
    ):
        bulk.delete(model, column, values)
    gone = [uid for _, uid in objectives]
    bulk.delete(Change, "entity_uid", gone)
