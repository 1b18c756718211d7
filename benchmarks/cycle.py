"""The page of a Secretaría's cycle with two hundred assistances."""

from __future__ import annotations

import datetime as dt

from benchmarks import measure
from benchmarks.pages import page

ASSISTANCES = 200
LEADER = "lider@valle-sereno.example"


def main() -> None:
    measure.setup()
    from benchmarks import people
    from mejora.core import memory
    from mejora.keeping import static

    static.collect()
    memory.settle()
    cycle = _many(LEADER)
    leader = people.client(LEADER)
    page(f"Ciclo con {ASSISTANCES} asistencias", leader, f"/asistencia/{cycle.uid}/", 60, 15)


def _many(email: str):
    """Fill the newest cycle of the person's Secretaría up to two hundred assistances, each with a
    school and a task. Rows without their changes: the page does not read them."""
    from mejora.assistance.models import (
        Assistance,
        Cycle,
        Task,
    )
    from mejora.network.models import Membership, School
    from mejora.support.models import SupportPlan, SupportPlanSchool

    owner = Membership.objects.get(user__email=email).owner
    cycle = Cycle.objects.filter(owner=owner).first()
    schools = list(School.objects.filter(owner=owner))
    left = ASSISTANCES - Assistance.objects.filter(cycle=cycle).count()
    plans = SupportPlan.objects.bulk_create(
        SupportPlan(
            kind="at",
            owner=owner,
            name=f"Asistencia {number}",
            year=cycle.year,
            approach="direct",
            starts_on=cycle.starts_on,
            ends_on=cycle.ends_on,
        )
        for number in range(left)
    )
    SupportPlanSchool.objects.bulk_create(
        SupportPlanSchool(plan=plan, school=schools[number % len(schools)])
        for number, plan in enumerate(plans)
    )
    rows = Assistance.objects.bulk_create(
        Assistance(cycle=cycle, plan=plan, modality="advise", objectives="Seguir el PMI")
        for plan in plans
    )
    due = cycle.starts_on + dt.timedelta(days=60)
    Task.objects.bulk_create(
        Task(cycle=cycle, assistance=row, name="Visita", responsible="Equipo", due_on=due)
        for row in rows
    )
    return cycle


if __name__ == "__main__":
    main()
