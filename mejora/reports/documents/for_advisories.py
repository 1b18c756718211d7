"""What Mejora makes for the products of an ATE's advisory, as the school's plan stands today."""

from __future__ import annotations

from mejora.core import clock
from mejora.core.decisions import Refused
from mejora.monitoring import periods
from mejora.monitoring.models import Period, ProgressReport
from mejora.network.access import Actor
from mejora.network.models import School
from mejora.plans.models import PlanYear
from mejora.reports.documents import forms
from mejora.reports.documents import monitoring as report
from mejora.reports.documents.parts import prepared_by
from mejora.reports.documents.plan import plan_pdf
from mejora.support.producing import PRODUCERS, Made, Producer


def _year(school: School, year: int, by: Actor) -> PlanYear:
    found = PlanYear.objects.visible_to(by).with_place().filter(school=school, year=year).first()
    if found is None:
        raise Refused(
            f"Todavía no puede leer el PME {year} de {school}: quien asesora lo lee desde que la "
            "escuela lo envía a su sostenedor."
        )
    return found


def _plan(school: School, year: int, by: Actor) -> Made:
    found = _year(school, year, by)
    day = clock.today(school.country.tz)
    return Made(f"pme-{school.code}-{year}-{day}.pdf", plan_pdf(found), f"PME {year}")


def _listed(plan_year: PlanYear) -> list[Period]:
    listed = list(Period.objects.filter(plan_year=plan_year).order_by("number"))
    if not listed:
        raise Refused("La escuela todavía no elige cada cuánto monitorea su plan.")
    return listed


def _monitoring(school: School, year: int, by: Actor) -> Made:
    """The report of the newest period in which somebody reported."""
    found = _year(school, year, by)
    listed = _listed(found)
    reported = ProgressReport.objects.filter(period__plan_year=found, level__isnull=False)
    period = Period.objects.filter(pk__in=reported.values("period")).order_by("-number").first()
    if period is None:
        raise Refused(f"Todavía no hay acciones informadas en {year}.")
    pdf = report.monitoring_pdf(found, period, listed, prepared_by=prepared_by(by, school))
    name = report.file_name(found, period)
    return Made(name, pdf, f"Informe de monitoreo de {periods.name(period)} {year}")


def _form(kind: str) -> Producer:
    form = forms.FORMS[kind]

    def make(school: School, year: int, by: Actor) -> Made:
        found = _year(school, year, by)
        listed = _listed(found)
        period = periods.to_report(listed, clock.today(school.country.tz)) or listed[-1]
        pdf = forms.form_pdf(form, found, period, listed)
        return Made(forms.form_name(form, found, period), pdf, f"{form.name} {year}")

    return Producer(form.name, make)


def register() -> None:
    PRODUCERS["plan"] = Producer("PME en PDF", _plan)
    PRODUCERS["informe-monitoreo"] = Producer("Último informe de monitoreo", _monitoring)
    for kind in forms.FORMS:
        PRODUCERS[f"ficha-{kind}"] = _form(kind)
