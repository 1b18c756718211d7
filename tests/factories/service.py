"""A Service's report with all that an address of it can name."""

import datetime as dt

from mejora.territory import service_reading
from mejora.territory.enums import FigureKind
from mejora.territory.service import (
    IssuedReport,
    ServiceAction,
    ServiceFigure,
    ServiceObjective,
    ServiceReport,
)


def service_things(school, author, year):
    """One objective, two actions (the second is named: it can be raised), one edition."""
    report = ServiceReport.objects.create(owner=school.owner, year=year)
    objective = ServiceObjective.objects.create(
        report=report, text="Mejorar la asistencia", justification="Porque importa", order=1
    )
    for rank in (1, 2):
        action = ServiceAction.objects.create(
            objective=objective, rank=rank, title=f"Acción {rank}", text="Se hizo."
        )
        ServiceFigure.objects.create(action=action, kind=FigureKind.WORKS)
    content, sha256 = service_reading.frozen(service_reading.read(report))
    IssuedReport.objects.create(
        report=report,
        number=1,
        content=content,
        sha256=sha256,
        schema_no=service_reading.SCHEMA_NO,
        at=dt.datetime(year, 9, 1, 12, tzinfo=dt.UTC),
        by=author,
    )
    return {"service_objective": objective, "service_action": action}
