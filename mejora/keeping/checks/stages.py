"""Stages against the year, their events and their content; versions against their checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from mejora.keeping.checks import SLICE
from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.plans import workflow
from mejora.plans.enums import Entity, StageKind, StageStatus
from mejora.plans.models import (
    Action,
    Change,
    Objective,
    PlanYear,
    Seal,
    Stage,
    StageEvent,
    Strategy,
    Version,
)

# What the first content of a stage is recorded as.
CONTENT = {
    StageKind.STRATEGIC: (Entity.PLAN, Entity.SEAL, Entity.OBJECTIVE, Entity.GOAL),
    StageKind.PLANNING: (Entity.STRATEGY, Entity.INDICATOR, Entity.ACTION),
    StageKind.IMPLEMENTATION: (Entity.REPORT, Entity.MILESTONE_DONE, Entity.EVIDENCE),
    StageKind.EVALUATION: (Entity.PLAN_YEAR,),
}
OF_THE_PLAN = {StageKind.STRATEGIC}


def _named(plan_year: PlanYear) -> str:
    return f"{plan_year.school.code_label}, {plan_year}"


def years_stand_where_their_stages_say() -> Iterator[str]:
    years = PlanYear.objects.select_related("school", "plan").prefetch_related("stages")
    for year in years.order_by("pk").iterator(SLICE):
        statuses = {stage.kind: stage.status for stage in year.stages.all()}
        if set(statuses) != set(workflow.stage_kinds(year)):
            yield f"{_named(year)}: no tiene las etapas que le corresponden."
        elif (year.stage_now, year.status_now) != workflow.standing(statuses):
            kind, status = workflow.standing(statuses)
            yield (
                f"{_named(year)}: dice {year.get_stage_now_display()}, "
                f"{year.get_status_now_display()}; sus etapas dicen {kind.label}, {status.label}."
            )
        begun = any(status != StageStatus.NOT_STARTED for status in statuses.values())
        if begun and not year.is_begun:
            yield f"{_named(year)}: hay registro y el año dice que no."


def stages_stand_where_their_events_say() -> Iterator[str]:
    newest = StageEvent.objects.filter(stage=OuterRef("pk")).order_by("-pk")
    stages = _stages().annotate(last=Subquery(newest.values("to_status")[:1]))
    for stage in stages.order_by("pk").iterator(SLICE):
        if stage.status != (stage.last or StageStatus.NOT_STARTED):
            last = StageStatus(stage.last).label if stage.last else "ninguno"
            yield (
                f"{_named(stage.plan_year)}, {stage.get_kind_display()}: está en "
                f"{stage.get_status_display()} y su último movimiento la dejó en {last}."
            )


def stages_have_content() -> Iterator[str]:
    """Begun stages were written in; stages not begun were not."""
    for kind in StageKind:
        stages = _stages().filter(kind=kind)
        unbegun = stages.filter(_content(kind), status=StageStatus.NOT_STARTED)
        for stage in unbegun.order_by("pk").iterator(SLICE):
            yield f"{_named(stage.plan_year)}, {kind.label}: tiene contenido y dice No iniciado."
        empty = stages.filter(~Q(Exists(_changes(kind))), decided_in__isnull=True).exclude(
            status=StageStatus.NOT_STARTED
        )
        for stage in empty.order_by("pk").iterator(SLICE):
            yield (
                f"{_named(stage.plan_year)}, {kind.label}: está en "
                f"{stage.get_status_display()} y nadie registró nada en ella."
            )


def _stages() -> QuerySet[Stage]:
    return Stage.objects.select_related("plan_year__school")


def _changes(kind: StageKind) -> QuerySet[Change]:
    found = Change.objects.filter(entity__in=CONTENT[kind])
    if kind in OF_THE_PLAN:
        return found.filter(plan=OuterRef("plan_year__plan"))
    return found.filter(plan_year=OuterRef("plan_year"))


def _content(kind: StageKind) -> Q:
    """Whether living rows of the stage exist."""
    year, plan = OuterRef("plan_year"), OuterRef("plan_year__plan")
    match kind:
        case StageKind.STRATEGIC:
            seals = Exists(Seal.objects.live().filter(plan=plan))
            return Q(seals) | Q(Exists(Objective.objects.live().filter(plan=plan)))
        case StageKind.PLANNING:
            strategies = Exists(Strategy.objects.live().filter(plan_year=year))
            return Q(strategies) | Q(Exists(Action.objects.live().filter(plan_year=year)))
        case StageKind.IMPLEMENTATION:
            reports = Exists(ProgressReport.objects.filter(period__plan_year=year))
            uses = EvidenceUse.objects.live().filter(action__plan_year=year)
            return Q(reports) | Q(Exists(uses))
        case StageKind.EVALUATION:
            return ~Q(plan_year__evaluation_summary="")


def versions_unchanged() -> Iterator[str]:
    versions = Version.objects.select_related("plan_year__school").order_by("pk")
    for version in versions.iterator(50):  # each holds a whole year
        if hashlib.sha256(version.content.encode()).hexdigest() != version.sha256:
            number = version.number
            yield f"{_named(version.plan_year)}: la versión {number} cambió desde que se guardó."


def versions_complete() -> Iterator[str]:
    numbers = Prefetch("versions", Version.objects.order_by("number").only("number", "plan_year"))
    years = PlanYear.objects.select_related("school").prefetch_related(numbers)
    for year in years.order_by("pk").iterator(SLICE):
        if [v.number for v in year.versions.all()] != list(range(1, year.version_no + 1)):
            yield f"{_named(year)}: faltan o sobran versiones; dice tener {year.version_no}."
    frozen = {t.name for t in workflow.TRANSITIONS if t.takes_version}
    without = StageEvent.objects.filter(transition__in=frozen, version__isnull=True)
    # A file that approves several stages of a year at once keeps one, with the last of them.
    together = StageEvent.objects.filter(
        stage__plan_year=OuterRef("stage__plan_year"),
        transition=workflow.IMPORT.name,
        batch=OuterRef("batch"),
        at=OuterRef("at"),
        version__isnull=False,
    )
    without = without.exclude(Exists(together))
    for event in without.select_related("stage__plan_year__school").iterator(SLICE):
        yield f"{_named(event.stage.plan_year)}: el movimiento {event.pk} no guardó su versión."


CHECKS = (
    years_stand_where_their_stages_say,
    stages_stand_where_their_events_say,
    stages_have_content,
    versions_unchanged,
    versions_complete,
)
