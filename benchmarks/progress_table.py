"""The progress table of the country against the same counts by hand-written SQL."""

from __future__ import annotations

import sys
from pathlib import Path

from django.db import connection, connections

from benchmarks import data, measure
from benchmarks.measure import Result

BY_HAND = """
WITH roster AS (
    SELECT sy.school_id, c.region_id
    FROM network_schoolyear sy JOIN network_commune c ON c.id = sy.commune_id
    WHERE sy.year = %s AND sy.in_roster
), open_year AS (
    SELECT school_id, MIN(year) AS year FROM plans_planyear
    WHERE year <= %s AND NOT (stage_now = 'evaluation' AND status_now = 'approved')
    GROUP BY school_id
)
SELECT r.region_id, p.year, p.stage_now,
       CASE p.status_now WHEN 'returned' THEN 'partial' ELSE p.status_now END AS status, COUNT(*)
FROM roster r
LEFT JOIN open_year o ON o.school_id = r.school_id
LEFT JOIN plans_planyear p ON p.school_id = o.school_id AND p.year = o.year
GROUP BY 1, 2, 3, 4
"""
YEAR = data.ON.year


def main(source: Path | None) -> None:
    measure.setup()
    if source:
        _bring(source)
    from mejora.network.models import SchoolYear
    from mejora.reports import progress

    roster = SchoolYear.objects.filter(year=YEAR, in_roster=True)

    def ours() -> progress.Progress:
        return progress.progress(roster, YEAR, on=data.ON)

    by_hand = sorted(row[4] for row in _by_hand())
    counted = sorted(n for b in ours().blocks for line in b.lines for n in line.counts if n)
    if by_hand != counted:
        raise SystemExit("the table and the hand-written SQL disagree")
    name = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    floor = measure.typical_ms(_by_hand)
    took = measure.typical_ms(ours)
    measure.tell(
        Result(f"Avance del país, {name}", took, "ms", 100, floor),
        Result(f"Avance del país, {name}: veces el SQL a mano", took / floor, "", 2),
    )


def _by_hand() -> list[tuple[int, int, str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, [YEAR, YEAR])
        return cursor.fetchall()


def _bring(source: Path) -> None:
    """Copy the tables that the census reads from a SQLite installation into this one."""
    from mejora.commands import prepare
    from mejora.network import models as network
    from mejora.people.models import User
    from mejora.plans.models import Plan, PlanYear

    prepare.prepare()
    connections.databases["source"] = {
        **connections.databases["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(source / "mejora.sqlite3"),
        "OPTIONS": {},
    }
    for model in (
        *(network.Owner, network.ImportBatch, network.School, network.SchoolYear, User),
        *(Plan, PlanYear),
    ):
        rows = model._default_manager.using("source").order_by("pk")
        model._default_manager.bulk_create(rows.iterator(2000), batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does within a minute of such a load


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
