"""Pages in process: how long one takes and how many queries it asks. And the plan as PDF."""

from __future__ import annotations

import sys
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import measure
from benchmarks.measure import Result


def main(kind: str) -> None:
    measure.setup()
    from mejora.core import memory
    from mejora.keeping import static

    static.collect()
    memory.settle()  # as the server does once it is loaded
    {"slep": _of_a_school, "national": _of_the_country}[kind]()


def _of_a_school() -> None:
    from benchmarks import people
    from mejora.monitoring import periods

    forty = people.Forty()
    forty.give_three_milestones()
    director = people.client(people.DIRECTOR)
    at = f"/escuelas/{forty.year.school.code}"
    page("Página del plan, 40 acciones", director, f"{at}/plan/2026/", 40, 12)
    grid = f"{at}/monitoreo/2026/{periods.slug(forty.period)}/"
    page("Planilla de monitoreo, 40 acciones", director, grid, 50, 12)
    pdf = f"{at}/plan/2026/pdf/"
    took = measure.typical_ms(
        lambda: _get(director, pdf), times=7, warm=1, before_each=lambda: _say_anew(forty)
    )
    measure.tell(Result("PDF del plan, 40 acciones", took / 1000, "s", 0.3))


def _of_the_country() -> None:
    from benchmarks import people

    analyst = people.client(people.ANALYST)
    page("Lista de 30 de 8.920 escuelas", analyst, "/escuelas/", 20, 8)
    page("Lista, buscando «los aromos»", analyst, "/escuelas/?q=los+aromos", 20, 8)


def page(what: str, client, path: str, most_ms: float, most_queries: int) -> None:
    """Time one page and count its queries."""
    _get(client, path)
    with CaptureQueriesContext(connection) as asked:
        _get(client, path)
    count = len(asked)  # now: the next request forgets what was asked
    took = measure.typical_ms(lambda: _get(client, path))
    measure.tell(
        Result(what, took, "ms", most_ms),
        Result(f"{what}: consultas", count, "", most_queries),
    )


def _say_anew(forty) -> None:
    """Typst remembers what it typeset: each time every action says something else."""
    from mejora.plans.models import Action

    stamp = str(time.time_ns())
    for action in Action.objects.filter(plan_year=forty.year):
        text = f"{stamp} {action.description[20:]}"[:400]
        Action.objects.filter(pk=action.pk).update(description=text)


def _get(client, path: str) -> None:
    response = client.get(path)
    if response.status_code != 200:
        raise SystemExit(f"{path}: {response.status_code}")


if __name__ == "__main__":
    main(sys.argv[1])
