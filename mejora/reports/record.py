"""A school's whole record, prepared as a job for whoever may take it along."""

from __future__ import annotations

from django.db.models import QuerySet

from mejora.core import wording
from mejora.core.decisions import Decision, refused
from mejora.monitoring.package import writing
from mejora.network.access import Actor, Deed
from mejora.network.models import School
from mejora.plans.models import PlanYear
from mejora.reports.prepared import Kind, Params, Work, Written

NAME = "record"


def years_for(actor: Actor, school: School) -> QuerySet[PlanYear]:
    """The years of the school's plans that go along for this person."""
    return PlanYear.objects.filter(school=school).visible_to(actor, Deed.TAKE_RECORD)


def can_take(actor: Actor, params: Params) -> Decision:
    school = _school(actor, params)
    if school is None:
        return refused(
            "El expediente de una escuela se lo llevan su dirección, su sostenedor y quien "
            "administra el país."
        )
    return writing.can_write(school)


def _school(actor: Actor, params: Params) -> School | None:
    found = School.objects.visible_to(actor, Deed.TAKE_RECORD)
    return found.select_related("country").filter(code=str(params.get("school"))).first()


def _write(work: Work) -> Written:
    school = _school(work.actor, work.params)
    assert school is not None  # noqa: S101 - `can_take` was asked when the job began
    years = years_for(work.actor, school)
    about = writing.write(work.path, school, years, by=work.actor.user.name, tell=work.tell)
    message = "Contiene nombres y puede contener imágenes de personas: guárdelo en lugar seguro."
    if left := about.years_left_out:
        message += f" No lleva {wording.counted(left, 'año,años')} del PME que no puede leer."
    return Written(f"expediente-{school.code}.zip", "application/zip", message)


PREPARED = Kind(noun="archivo,archivos", can=can_take, write=_write)
