"""Begin a cycle, change its dates and settings, close its activities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from mejora.assistance import rules
from mejora.assistance.enums import Activity, Sector
from mejora.assistance.models import (
    Closing,
    Cycle,
    Inclusion,
)
from mejora.assistance.reading import OVER, Whole
from mejora.assistance.recording import added, changed, locked
from mejora.assistance.records import RECORDS
from mejora.assistance.reporting import RecordPolicy
from mejora.assistance.verifying import Requirement
from mejora.core.decisions import Refused, require
from mejora.network.access import Actor, Deed
from mejora.network.colombia import SaberCategory, SaberResult
from mejora.network.enums import Regime
from mejora.network.models import Owner, School, SchoolYear

Fields = Mapping[str, Any]
# Requirements to begin with: what the text of D02.03 itself asks of an assistance. The lines of
# N01.05.F01 are not known, so the Secretaría edits these.
REQUIREMENTS = (
    ("Se hizo en las fechas del cronograma", "D02.03, actividad 3", "Fecha real dentro del plazo"),
    ("Participó el equipo responsable definido", "D02.03, actividad 3", "Consta en el acta"),
    ("Se usó el método de trabajo definido", "D02.03, actividad 3", "Consta en el acta"),
    ("Se trabajó sobre el PMI del establecimiento", "D02.03, actividad 5", "Consta en el acta"),
    ("El establecimiento evaluó la asistencia", "D02.03, actividad 7", "Evaluación recibida"),
)


@transaction.atomic
def start(owner: Owner, fields: Fields, *, by: Actor) -> Cycle:
    """Open the cycle of a year, with every school of the jurisdiction still without a class."""
    require(rules.can_start(by, owner))
    cycle = added(Cycle(owner=owner, **fields), by=by)
    for order, (text, source, criterion) in enumerate(REQUIREMENTS, 1):
        row = Requirement(cycle=cycle, order=order, text=text, source=source, criterion=criterion)
        added(row, by=by)
    for record in RECORDS:
        added(RecordPolicy(cycle=cycle, code=record.code, **record.as_policy()), by=by)
    take_in_schools(cycle, by=by)
    return cycle


@transaction.atomic
def take_in_schools(cycle: Cycle, *, by: Actor) -> int:
    """Add the schools that the jurisdiction has and the cycle does not know yet, with what the
    directory says of sector, régimen and SABER. What a person wrote stays. How many were new."""
    known = Inclusion.objects.filter(cycle=cycle).values("school")
    schools = School.objects.filter(owner=cycle.owner).exclude(pk__in=known)
    years = {
        year.school_id: year
        for year in SchoolYear.objects.filter(school__in=schools, year__lte=cycle.year).order_by(
            "year"
        )
    }
    saber = dict(
        SaberResult.objects.filter(school__in=schools, category__in=SaberCategory.values)
        .order_by("year", "period")
        .values_list("school", "category")
    )
    count = 0
    for school in schools:
        year = years.get(school.pk)
        row = Inclusion(
            cycle=cycle,
            school=school,
            sector=_one_of(Sector, year.dependency if year else ""),
            regime=_one_of(Regime, year.regime if year else ""),
            saber=saber.get(school.pk, ""),
        )
        added(row, by=by)
        count += 1
    return count


def _one_of(choices: type[Sector] | type[Regime], value: str) -> str:
    return value if value in choices.values else ""


@transaction.atomic
def change(cycle: Cycle, revision: int, fields: Fields, *, by: Actor) -> Cycle:
    """Other dates or settings."""
    whole = Whole(locked(cycle))
    require(rules.can_do(by, Deed.LEAD_CYCLE, whole.cycle))
    if whole.activity == OVER:
        raise Refused(rules.IS_OVER)
    return changed(whole.cycle, revision, fields, by=by)


@transaction.atomic
def close(cycle: Cycle, activity: int, *, note: str = "", by: Actor) -> Closing:
    """Close an activity when its guard lacks nothing."""
    whole = Whole(locked(cycle), note=note.strip())
    require(rules.can_close(by, whole, activity))
    return closed(whole.cycle, Activity(activity), note=note, by=by)


def closed(cycle: Cycle, activity: Activity, *, note: str = "", by: Actor) -> Closing:
    """Record that the activity is closed; its rule was asked already."""
    row = Closing(cycle=cycle, activity=activity, at=timezone.now(), by=by.user, note=note.strip())
    return added(row, by=by)
