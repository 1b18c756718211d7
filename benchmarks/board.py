"""The board of a SLEP at the end of the year: every action reported in each of its ten months."""

from __future__ import annotations

import os
from collections.abc import Callable

from benchmarks import measure
from benchmarks.measure import Result

DAY = "2026-12-20"
YEAR = 2026


def main() -> None:
    os.environ["MEJORA_TODAY"] = DAY
    measure.setup()
    from mejora.core import memory
    from mejora.keeping import static

    static.collect()
    count = _report_everything()
    memory.settle()  # as the server does once it is loaded
    _months(count)
    _page()


def _report_everything() -> int:
    """Monthly periods for every plan of the year and a report of each action in each of them;
    says how many there are. Straight into the copy: no benchmark reads who wrote them."""
    from mejora.monitoring import periods
    from mejora.monitoring.enums import Frequency
    from mejora.monitoring.models import MonitoringPlan, Period, ProgressReport
    from mejora.plans.models import Action, PlanYear

    for plan_year in PlanYear.objects.filter(year=YEAR, periods=None).select_related(
        "plan__edition"
    ):
        MonitoringPlan.objects.get_or_create(plan_year=plan_year)
        whole = periods.school_year(plan_year.plan.edition, YEAR)
        spans = enumerate(periods.spans(Frequency.MONTH, whole), 1)
        Period.objects.bulk_create(
            Period(
                plan_year=plan_year,
                number=number,
                starts_on=span.starts_on,
                ends_on=span.ends_on,
                due_on=span.due_on,
            )
            for number, span in spans
        )
    known = set(ProgressReport.objects.values_list("action", "period"))
    newest = ProgressReport.objects.filter(level__isnull=False).latest("at")
    ProgressReport.objects.bulk_create(
        ProgressReport(action_id=action, period_id=period, level=newest.level, at=newest.at)
        for action, period in Action.objects.live()
        .filter(plan_year__year=YEAR)
        .values_list("pk", "plan_year__periods")
        if period and (action, period) not in known
    )
    return ProgressReport.objects.filter(period__plan_year__year=YEAR).count()


def _months(count: int) -> None:
    """Against reading the same rows and doing nothing with them."""
    from benchmarks import people
    from mejora.core import clock
    from mejora.reports import board, board_months

    years = board.readable(people.actor(people.DECIDER), YEAR)
    took = measure.typical_ms(lambda: board_months.read(years, clock.today()))
    schools = years.count()
    what = f"Meses de {schools} escuelas, {count} informes"
    measure.tell(Result(what, took, "ms", 60, floor=measure.typical_ms(_floor(list(years)))))


def _floor(years: list[object]) -> Callable[[], object]:
    from mejora.monitoring.models import Period, ProgressReport
    from mejora.plans.models import Action, Milestone

    actions = Action.objects.live().filter(plan_year__in=years, is_disabled=False)
    within = actions.order_by().values("pk")
    milestones = Milestone.objects.live().filter(action__in=within).order_by()
    reports = ProgressReport.objects.filter(action__in=within, level__isnull=False).order_by()
    asked = (
        Period.objects.filter(plan_year__in=years).values_list("pk", "ends_on", "due_on"),
        actions.order_by().values_list("pk", "plan_year", "starts_on", "ends_on"),
        milestones.values_list("action", "weight", "due_on"),
        reports.values_list("action", "period", "level", "pct"),
    )
    return lambda: [list(each.all()) for each in asked]


def _page() -> None:
    from benchmarks import people
    from benchmarks.pages import _page as page

    page("Tablero de 60 escuelas", people.client(people.DECIDER), "/tablero/", 250, 45)


if __name__ == "__main__":
    main()
