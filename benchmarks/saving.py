"""A report saved and an approval given: how long until everybody sees them.

The floor is one INSERT, committed.
"""

from __future__ import annotations

from django.db import connection, transaction

from benchmarks import measure
from benchmarks.measure import Result

LEVELS = ("parcial", "adecuada", "avanzada")


def main() -> None:
    measure.setup()
    floor = _floor()
    measure.tell(
        Result("Informe de avance guardado y visto", _report(), "ms", 50, floor),
        Result("Etapa aprobada y vista en el avance", _approval(), "ms", 50, floor),
    )


def _floor() -> float:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_floor (id integer, note text)")

    def insert() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_floor VALUES (1, 'una nota')")

    took = measure.typical_ms(insert)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_floor")
    return took


def _report() -> float:
    """Saving; then the shares that the sostenedor reads must tell the new level."""
    from benchmarks import people
    from mejora.reports import board

    forty = people.Forty()
    turn = iter(range(1000))

    def save() -> None:
        number = next(turn)
        level = LEVELS[number % len(LEVELS)]
        before = _shares(board, forty, level)
        forty.save_report(f"Nota {number}", level)
        after = _shares(board, forty, level)
        if after != before + 1:
            raise SystemExit(f"{level}: {before} → {after}")

    forty.save_report("Antes", LEVELS[-1])
    seen = measure.typical_ms(lambda: _shares(board, forty, LEVELS[0]))
    return measure.typical_ms(save) - seen  # read once before, to know; once after, to see


def _shares(board, forty, level: str) -> int:
    school = forty.year.school_id
    levels = board.levels_of([school], forty.year.year)[school]
    return next((c.count for c in levels.counts if c.level and c.level.code == level), 0)


def _approval() -> float:
    """Approving one stage of each school that waits; the table must move at once."""
    from benchmarks import people
    from mejora.core import clock
    from mejora.network.models import SchoolYear
    from mejora.plans.models import Stage
    from mejora.plans.operations import stages
    from mejora.reports import progress

    decider = people.actor(people.DECIDER)
    waiting = Stage.objects.filter(status="sent", kind="implementation", plan_year__year=2026)
    roster = SchoolYear.objects.filter(year=2026, in_roster=True)
    took = []
    for stage in waiting.select_related("plan_year"):
        before = _cells(progress.progress(roster, 2026, on=clock.today()))

        def approve(stage=stage) -> None:
            stages.approve(stage.plan_year, stage.kind, by=decider)
            _cells(progress.progress(roster, 2026, on=clock.today()))

        took.append(measure.seconds(approve))
        after = _cells(progress.progress(roster, 2026, on=clock.today()))
        moved = {place for place in before | after if before.get(place) != after.get(place)}
        if len(moved) != 2:
            raise SystemExit(f"{stage}: {len(moved)} cells moved")
    return 1000 * sorted(took)[len(took) // 2]


def _cells(table) -> dict[tuple[object, int], int]:
    return {
        (line.standing, place): count
        for block in table.blocks
        for line in block.lines
        for place, count in enumerate(line.counts)
        if count
    }


if __name__ == "__main__":
    main()
