"""The progress table on screen and as CSV, and the schools behind each of its numbers."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mejora.core import clock, here, spreadsheets, wording
from mejora.network import rules as network_rules
from mejora.network.access import Actor
from mejora.network.enums import dependencies
from mejora.network.middleware import SignedInRequest
from mejora.network.models import Commune, Owner, Region, SchoolYear
from mejora.plans.enums import StageKind, StageStatus
from mejora.reports import census, figures, roster, standing, tables
from mejora.reports.progress import Block, By, Line, Progress, Share
from mejora.reports.roster import Filters
from mejora.reports.selection import Selection

PAGE_SIZE = 30
AS_SHARES = "porcentaje"
ALL_ROWS = "todas"
WORDS = {By.REGION: "región", By.COMMUNE: "comuna"}


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    href: str = ""  # empty where there is nobody to list


@dataclass(frozen=True, slots=True)
class Row:
    state: StageStatus
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class StageRows:
    stage: StageKind
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class YearRows:
    year: int
    cells: Sequence[Cell]
    stages: Sequence[StageRows]


@dataclass(frozen=True, slots=True)
class ShareRow:
    share: Share
    cells: Sequence[tuple[Decimal | None, Cell]]


@dataclass(frozen=True, slots=True)
class Page:
    """Turns counts into cells: figures with the address of their schools."""

    found: Progress
    filters: Filters
    as_shares: bool
    shows_empty: bool

    def cells(self, line: Line, selection: Selection) -> list[Cell]:
        counts = [*line.counts, line.total]
        wholes = [*self.found.sum.counts, self.found.sum.total]
        codes = [*(column.code for column in self.found.columns), ""]
        return [
            Cell(self._text(count, whole), self.address(selection, code) if count else "")
            for count, whole, code in zip(counts, wholes, codes, strict=True)
        ]

    def _text(self, count: int, whole: int) -> str:
        if not self.as_shares:
            return wording.thousands(count)
        value = wording.share(count, whole)
        return wording.NOT_APPLICABLE if value is None else wording.thousands(value, 1)

    def address(self, selection: Selection, column: str = "") -> str:
        query = self.filters.chosen() | selection.chosen()
        if column:
            query[self.found.by] = column
        return f"{reverse('reports:progress_schools', args=[self.found.year])}?{urlencode(query)}"

    def years(self) -> Iterator[YearRows]:
        for block in self.found.blocks:
            selection = Selection(pme=str(block.year))
            yield YearRows(block.year, self.cells(block.sum, selection), self._stages(block))

    def _stages(self, block: Block) -> list[StageRows]:
        shown: dict[StageKind, list[Row]] = {}
        for line in block.lines:
            if line.standing and (line.total or self.shows_empty):
                row = Row(line.standing.state, self.cells(line, Selection.at(line.standing)))
                shown.setdefault(line.standing.stage, []).append(row)
        return [StageRows(stage, rows) for stage, rows in shown.items()]

    def shares(self) -> Iterator[ShareRow]:
        for share in self.found.shares:
            cells = self.cells(share.part, Selection(grupo=share.slug))
            yield ShareRow(share, list(zip([*share.values, share.total], cells, strict=True)))

    def total(self) -> list[Cell]:
        counts = [*self.found.sum.counts, self.found.sum.total]
        codes = [*(column.code for column in self.found.columns), ""]
        return [
            Cell(wording.thousands(count), self.address(Selection(), code) if count else "")
            for count, code in zip(counts, codes, strict=True)
        ]

    @property
    def empty_count(self) -> int:
        """How many rows are folded because nobody stands there."""
        return sum(not line.total for block in self.found.blocks for line in block.lines)


def _find(request: SignedInRequest, year: int | None, filters: Filters) -> Progress:
    return census.find(request.actor, roster.known_year(year), filters)


@require_safe
def table(request: SignedInRequest, year: int | None = None) -> HttpResponse:
    if request.GET.get("anio", "").isascii() and request.GET.get("anio", "").isdigit():
        return _at_year(request)
    filters = Filters.of(request.GET.dict())
    found = _find(request, year, filters)
    page = Page(
        found,
        filters,
        as_shares=request.GET.get("ver") == AS_SHARES,
        shows_empty=request.GET.get("filas") == ALL_ROWS,
    )
    context = {
        "found": found,
        "page": page,
        "by": WORDS[found.by],
        "year": found.year,
        "today": clock.today(),
        "import_url": reverse("network:import_list")
        if network_rules.can_import(request.actor)
        else "",
        "files": _files(found.year, filters),
        **_choices(request.actor, filters, found.year),
    }
    return render(request, "reports/progress.html", context)


def _files(year: int, filters: Filters) -> list[dict[str, str]]:
    """What the page offers to download: the table itself, its schools and their actions."""
    query = urlencode(filters.chosen())
    shared = urlencode({**filters.chosen(), "anio": year})
    files = [
        {
            "what": "Tabla de avance",
            "xlsx_url": f"{reverse('reports:progress_xlsx', args=[year])}?{query}",
            "csv_url": f"{reverse('reports:progress_csv', args=[year])}?{query}",
        }
    ]
    for name, what in (("establecimientos", "Establecimientos"), ("acciones", "Acciones")):
        urls = {
            f"{ending}_url": f"{reverse('reports:list', args=[name, ending])}?{shared}"
            for ending in ("xlsx", "csv")
        }
        files.append({"what": what, **urls})
    return files


def _at_year(request: SignedInRequest) -> HttpResponse:
    """The select says the year as a parameter; the address that is kept says it as a place."""
    query = request.GET.copy()
    [chosen] = query.pop("anio")[:1]
    year = roster.known_year(int(chosen))
    return redirect(f"{reverse('reports:progress', args=[year])}?{query.urlencode()}")


@require_safe
def table_csv(request: SignedInRequest, year: int) -> HttpResponse:
    found = _find(request, year, Filters.of(request.GET.dict()))
    text = io.StringIO()
    spreadsheets.write_csv(text, tables.header(found), tables.rows(found))
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="avance-pme-{year}.csv"'
    return response


@require_safe
def schools(request: SignedInRequest, year: int) -> HttpResponse:
    """Exactly the schools that a number of the table counts, thirty at a time."""
    filters, selection = Filters.of(request.GET.dict()), Selection.of(request.GET.dict())
    found = _find(request, year, filters)
    wanted = selection.standings(found)
    listed = standing.standing_at(
        roster.of_year(year, request.actor, filters), year, wanted
    ).select_related("school", "commune__region", "owner")
    page = Paginator(listed.order_by("name", "pk"), PAGE_SIZE).get_page(request.GET.get("pagina"))
    places = standing.of_schools([row.school_id for row in page], year)
    with_figures = figures.years_of(request.actor, (row.school for row in page))
    context = {
        "selection": selection,
        "year": year,
        "page": page,
        "rows": [
            (row, place, (row.school_id, place.standing.year) in with_figures)
            for row in page
            for place in [places[row.school_id]]
        ],
        "words": selection.words(found),
        "back": f"{reverse('reports:progress', args=[year])}?{urlencode(filters.chosen())}",
        **_choices(request.actor, filters, year),
    }
    return render(request, "reports/progress_schools.html", context)


def _choices(actor: Actor, filters: Filters, year: int) -> dict[str, object]:
    """What the selects offer, and the filters without a select of their own as words."""
    years = (
        SchoolYear.objects.filter(in_roster=True)
        .order_by()
        .values_list("year", flat=True)
        .distinct()
    )
    of_country = Region.objects.filter(country__code=here.now().country)
    regions = list(of_country.order_by("order"))
    owner = Owner.objects.filter(key=filters.sostenedor).first() if filters.sostenedor else None
    return {
        "filters": filters,
        "dependencies": dependencies(here.now().country),
        "zones": roster.ZONES.items(),
        "sep": roster.SEP.items(),
        "years": sorted({*years, year}, reverse=True),
        "regions": regions,
        "commune": Commune.objects.of(here.now().country).filter(code=filters.comuna).first()
        if filters.comuna
        else None,
        "region": next((each for each in regions if each.code == filters.region), None),
        "is_national": census.is_of_a_country(actor),
        "owner": owner,
    }
