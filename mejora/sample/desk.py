"""What lies on people's desks: calls noted, a report that came back, avisos."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils import timezone

from mejora.monitoring.models import ProgressReport
from mejora.network.contacts import Contact
from mejora.network.enums import Role
from mejora.network.models import Membership, School
from mejora.people.models import User
from mejora.people.operations import mark_read, tell
from mejora.plans import workflow
from mejora.plans.models import StageEvent
from mejora.sample import ACCOUNTS
from mejora.sample.chance import Chance
from mejora.sample.staff import FORTY

ASKED = "Diga qué cursos alcanzaron la meta y adjunte la pauta."
CALLS = (
    (2, "Dirección", "Piden una semana más para el monitoreo: hubo dos suspensiones de clases."),
    (6, "Jefatura UTP", "Falta el verificador de las tutorías; lo suben el viernes."),
    (9, "Dirección", "Se acordó revisar juntos las acciones de convivencia."),
)
READ = 2  # of the newest avisos, how many wait


def ask_for_changes(reports: Iterable[ProgressReport]) -> None:
    """The newest answered report of the sample's teacher was sent back with a reason. Asked before
    the rows are written."""
    teacher = ACCOUNTS[2].email
    answered = [
        report
        for report in reports
        if report.reported_by is not None
        and report.reported_by.email == teacher
        and report.reviewed_by not in (None, report.reported_by)
    ]
    if answered:
        max(answered, key=lambda report: report.at).changes_asked = ASKED


def write(schools: Sequence[School], decider: User, director: User, on: dt.date) -> None:
    """Calls by the Service to three schools, and what the stages of a school told its director."""
    noted = Membership.objects.get(user=decider, role=Role.OWNER)
    chance = Chance(f"desk {on}")
    for school, (days, spoke_with, note) in zip(chance.sample(schools, 3), CALLS, strict=True):
        day = on - dt.timedelta(days=days)
        Contact.objects.create(
            uid=chance.uid(),
            school=school,
            membership=noted,
            on=day,
            spoke_with=spoke_with,
            note=note,
            at=timezone.make_aware(dt.datetime.combine(day, dt.time(16))),
        )
    _avisos(director)


def _avisos(director: User) -> None:
    decided = StageEvent.objects.filter(
        stage__plan_year__school__codes__code=FORTY,
        transition__in=(workflow.APPROVE.name, workflow.RETURN.name),
    )
    words = {workflow.APPROVE.name: "aprobada", workflow.RETURN.name: "devuelta"}
    for event in decided.select_related("by", "stage__plan_year").order_by("at"):
        year = event.stage.plan_year.year
        tell(
            [director.pk],
            f"{event.stage.get_kind_display()} {year}, {words[event.transition]} por {event.by}",
            href=reverse("plans:stage", args=[FORTY, year, event.stage.kind]),
            detail=event.comment,
            at=event.at,
        )
    kept = director.notifications.values_list("pk", flat=True)[READ:]
    for pk in kept:
        mark_read(director, pk)
