"""The progress table: each school of the roster counted once, by PME year, stage, state and place.

What is ours and not the ministry's (the order of years, the formulas, the calendar) says so where
people read it: "criterio de Mejora".
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet

from mejora.core import here, speech, wording
from mejora.network.models import Commune, Region, SchoolYear
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.workflow import ORDER
from mejora.reports import standing
from mejora.reports.standing import CENSUS_STATES, Standing

Counts = tuple[int, ...]
MOST_COMMUNES = 16  # as many columns as regions


class By(StrEnum):
    """What the columns are; the value is the name of the filter in an address."""

    REGION = "region"
    COMMUNE = "comuna"


_PATHS = {By.REGION: "commune__region", By.COMMUNE: "commune"}


@dataclass(frozen=True, slots=True)
class Column:
    key: int
    code: str
    name: str
    head: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of counts, one per column. `standing` is None for sums."""

    counts: Counts
    standing: Standing | None = None

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Block:
    """A PME year with its rows, empty ones included, and their sum."""

    year: int
    lines: tuple[Line, ...]
    sum: Line


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage per column, with the schools that it counts and how it is counted."""

    slug: str
    name: str
    note: str
    formula: str
    part: Line
    whole: Line
    includes: Callable[[Standing], bool] = field(repr=False, compare=False)

    @property
    def values(self) -> tuple[Decimal | None, ...]:
        pairs = zip(self.part.counts, self.whole.counts, strict=True)
        return tuple(wording.share(part, whole) for part, whole in pairs)

    @property
    def total(self) -> Decimal | None:
        return wording.share(self.part.total, self.whole.total)


@dataclass(frozen=True, slots=True)
class Progress:
    year: int
    stage_due: StageKind
    by: By
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    sum: Line
    shares: tuple[Share, ...]

    @property
    def standings(self) -> list[Standing]:
        """Where at least one school stands."""
        return [
            line.standing
            for block in self.blocks
            for line in block.lines
            if line.standing and line.total
        ]


def stage_due(year: int, on: dt.date) -> StageKind:
    """The stage of PME `year` that the calendar has open on a day (criterio de Mejora).

    The Superintendencia may take the annual planning from 31 May; Implementación 2025 closed on
    28 November. The calendar of each year is not yet data of its own.
    """
    if on < dt.date(year, 6, 1):
        return StageKind.PLANNING
    return StageKind.IMPLEMENTATION if on < dt.date(year, 12, 1) else StageKind.EVALUATION


def progress(
    roster: QuerySet[SchoolYear],
    year: int,
    *,
    on: dt.date,
    by: By = By.REGION,
    every_region: bool = True,
) -> Progress:
    """The table of a roster. Two queries. Communes, and regions without `every_region`, are
    only those with schools."""
    found = standing.census(roster, year, _PATHS[by])
    shown = None if by is By.REGION and every_region else {key for key, _ in found}
    return arrange(found, year, by, _columns(by, shown), stage_due(year, on))


def _columns(by: By, shown: set[int] | None) -> list[Column]:
    """Regions from north to south, communes by name."""
    if by is By.COMMUNE:
        communes = Commune.objects.filter(pk__in=shown or ())
        return [Column(each.pk, each.code, each.name, each.name) for each in communes]
    return [
        Column(each.pk, each.code, each.name, each.abbr)
        for each in Region.objects.filter(country__code=here.now().country).order_by("order")
        if shown is None or each.pk in shown
    ]


def columns_for(roster: QuerySet[SchoolYear]) -> By:
    """Communes for a place within one region, unless they are too many. One query."""
    communes = set(roster.order_by().values_list("commune__region", "commune").distinct())
    is_one_region = len({region for region, _ in communes}) == 1
    return By.COMMUNE if is_one_region and len(communes) <= MOST_COMMUNES else By.REGION


def arrange(
    found: Counter[tuple[int, Standing]],
    year: int,
    by: By,
    columns: Sequence[Column],
    due: StageKind,
) -> Progress:
    """Rows, sums and percentages from the counts by column and standing."""

    def line(at: Standing) -> Line:
        return Line(tuple(found[column.key, at] for column in columns), at)

    years = sorted({at.year for _, at in found} | {year - 1, year})
    blocks = []
    for each in years:
        lines = tuple(line(at) for at in _rows(each, is_last=each == year))
        blocks.append(Block(each, lines, _sum(lines, len(columns))))
    everything = [each for block in blocks for each in block.lines]
    total = _sum(everything, len(columns))
    return Progress(
        year=year,
        stage_due=due,
        by=by,
        columns=tuple(columns),
        blocks=tuple(blocks),
        sum=total,
        shares=_shares(everything, total, year, due),
    )


def _rows(year: int, *, is_last: bool) -> list[Standing]:
    rows = [Standing(year, stage, state) for stage in ORDER for state in CENSUS_STATES]
    if is_last:
        rows.append(Standing(year, StageKind.EVALUATION, StageStatus.APPROVED))
    return rows


def _sum(lines: Sequence[Line], width: int) -> Line:
    return Line(tuple(sum(line.counts[i] for line in lines) for i in range(width)))


def _shares(lines: Sequence[Line], total: Line, year: int, due: StageKind) -> tuple[Share, ...]:
    def those(includes: Callable[[Standing], bool]) -> Line:
        chosen = [line for line in lines if line.standing and includes(line.standing)]
        return _sum(chosen, len(total.counts))

    def is_behind(at: Standing) -> bool:
        return at.year == year - 1

    def is_up_to_date(at: Standing) -> bool:
        return at.year == year and ORDER.index(at.stage) >= ORDER.index(due)

    def is_implementing(at: Standing) -> bool:
        return at.year == year and at.stage == StageKind.IMPLEMENTATION

    def is_registering(at: Standing) -> bool:
        return is_implementing(at) and at.state != StageStatus.NOT_STARTED

    return (
        Share(
            slug="al-dia",
            name=speech.say("% PME al día"),
            note=f"en {due.label} {year} o más adelante",
            formula=speech.say(
                f"establecimientos que están en {due.label} del PME {year}, o en una etapa "
                f"posterior, ÷ total. La etapa que corresponde: {StageKind.PLANNING.label} hasta "
                f"el 31 de mayo, {StageKind.IMPLEMENTATION.label} hasta el 30 de noviembre y "
                f"{StageKind.EVALUATION.label} desde entonces."
            ),
            part=those(is_up_to_date),
            whole=total,
            includes=is_up_to_date,
        ),
        Share(
            slug="anterior",
            name=speech.say(f"% EE en PME {year - 1}"),
            note="con el año anterior sin terminar",
            formula=f"establecimientos cuyo año abierto más antiguo es {year - 1} ÷ total.",
            part=those(is_behind),
            whole=total,
            includes=is_behind,
        ),
        Share(
            slug="con-registro",
            name=f"% registro en {StageKind.IMPLEMENTATION.label}",
            note="con algo registrado o enviado",
            formula=f"de los establecimientos en {StageKind.IMPLEMENTATION.label} {year}, los que "
            "tienen registro parcial o ya enviaron.",
            part=those(is_registering),
            whole=those(is_implementing),
            includes=is_registering,
        ),
    )
