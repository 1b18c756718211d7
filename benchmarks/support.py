"""The adviser's home with thirty schools in charge, and the page of a plan of support."""

from __future__ import annotations

import datetime as dt

from benchmarks import measure
from benchmarks.pages import page

SCHOOLS = 30
EACH = 8  # sessions of a school, one a month


def main() -> None:
    measure.setup()
    from benchmarks import people
    from mejora.core import memory
    from mejora.keeping import static

    static.collect()
    memory.settle()
    plan = _thirty(people.ADVISER)
    adviser = people.client(people.ADVISER)
    page(f"Inicio de quien asesora, {SCHOOLS} escuelas", adviser, "/", 60, 12)
    page(f"Apoyo a {SCHOOLS} escuelas", adviser, "/apoyo/", 60, 12)
    page("Plan de apoyo de una escuela", adviser, f"/apoyo/planes/{plan.uid}/", 60, 20)


def _thirty(email: str):
    """Give the adviser plans until thirty schools are in charge, each with its sessions and what
    was promised. Rows without their changes: no page of these reads them."""
    from mejora.core import clock
    from mejora.network.models import Membership, School
    from mejora.support.models import Commitment, Session, SupportPlan, SupportPlanSchool

    today = clock.today()
    lead = Membership.objects.get(user__email=email)
    mine = SupportPlan.objects.filter(lead=lead)
    served = SupportPlanSchool.objects.filter(plan__lead=lead)
    free = School.objects.filter(owner=lead.owner).exclude(pk__in=served.values("school"))
    for school in free[: SCHOOLS - served.count()]:
        plan = SupportPlan.objects.create(
            owner=lead.owner,
            name=f"Apoyo a {school}",
            year=today.year,
            approach="direct",
            starts_on=today - dt.timedelta(days=240),
            ends_on=today + dt.timedelta(days=40),
            lead=lead,
        )
        SupportPlanSchool.objects.create(plan=plan, school=school)
        for number in range(EACH):
            on = today - dt.timedelta(days=30 * number + 1)
            said = {"stage": "execution", "agenda": "Revisar.", "minutes": "Se revisó."}
            session = Session.objects.create(plan=plan, on=on, status="held", **said)
            Commitment.objects.create(
                school=school,
                session=session,
                text="Enviar la pauta",
                responsible_text="UTP",
                due_on=on + dt.timedelta(days=20),
            )
    return mine.order_by("pk").first()


if __name__ == "__main__":
    main()
