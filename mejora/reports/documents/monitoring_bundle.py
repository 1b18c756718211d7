"""The monitoring reports of a month, of all the schools of a place, as one ZIP with its index.

Each school brings the period in which it reports that month: the month itself, or the quarter or
half year that the month's last day lies in (criterio de Mejora). Schools without a report are
listed with the reason; none is left out.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify

from mejora.core import sheets_out, wording
from mejora.core.decisions import ALLOWED, Decision, Refused, refused
from mejora.core.sheets_out import Column, Table, Value
from mejora.core.sheets_out import Kind as Holds
from mejora.monitoring import periods
from mejora.monitoring.models import Period
from mejora.network.access import Actor, Deed
from mejora.network.models import School
from mejora.plans.models import PlanYear
from mejora.reports import board, roster
from mejora.reports.documents import monitoring, monitoring_reading
from mejora.reports.documents.monitoring_reading import PeriodReading
from mejora.reports.documents.parts import prepared_by
from mejora.reports.prepared import Kind, Params, Work, Written

NAME = "monitoring-bundle"
FOLDER = "informes"


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar, by which a place asks for its reports."""

    year: int
    number: int

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.number, 1)

    @property
    def last(self) -> dt.date:
        return self.first.replace(day=calendar.monthrange(self.year, self.number)[1])

    @property
    def name(self) -> str:
        return wording.month_name(self.number)

    def __str__(self) -> str:
        return f"{self.name} de {self.year}"

    def period_of(self, listed: Sequence[Period]) -> Period | None:
        """The last of a school's periods that has a day in the month."""
        within = (p for p in reversed(listed) if p.starts_on <= self.last)
        found = next(within, None)
        return found if found and found.ends_on >= self.first else None


def months(year: int, on: dt.date) -> list[Month]:
    """Those of the year that have begun, oldest first."""
    found = (Month(year, number) for number in range(1, 13))
    return [month for month in found if month.first <= on]


def month_due(year: int, on: dt.date) -> Month | None:
    """The one that schools report now: the last one for ten days more, then the present one."""
    begun = months(year, on)
    if len(begun) > 1 and (on - begun[-1].first).days < periods.DAYS_TO_REPORT:
        return begun[-2]
    return begun[-1] if begun else None


def can(actor: Actor, params: Params) -> Decision:
    """Whoever sees a territory and reads its plans; each plan still from when it is theirs."""
    if not (seen := roster.can_see_territory(actor)):
        return seen
    there = roster.at_current_place(actor, Deed.SEE_TERRITORY)
    if not there.may_somewhere(Deed.READ_PLAN):
        return refused("Los informes de monitoreo los reúne quien lee los planes de sus escuelas.")
    return ALLOWED


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index: a school with its figures and its PDF, or why it has none."""

    school: School
    reading: PeriodReading | None = None
    reason: str = ""

    @property
    def file(self) -> str:
        if self.reading is None or self.reason:
            return ""
        return f"{FOLDER}/{monitoring.file_name(self.reading.plan_year, self.reading.period)}"

    @property
    def period(self) -> str:
        return periods.name(self.reading.period) if self.reading else ""

    @property
    def action_count(self) -> int | None:
        return len(self.reading.actions) if self.reading else None

    @property
    def reported_count(self) -> int | None:
        return len(self.reading.reported) if self.reading else None

    @property
    def whole_count(self) -> int | None:
        return len(self.reading.whole) if self.reading else None

    @property
    def whole_share(self) -> Value:
        """Percent of all its actions; None where there is nothing to measure."""
        return wording.share(self.whole_count, self.action_count)

    @property
    def late_count(self) -> int | None:
        return len(self.reading.late) if self.reading else None


def write(work: Work) -> Written:
    """One PDF per school, an index for the browser and the same as CSV."""
    at = timezone.now()
    month = Month(int(work.params["year"] or 0), int(work.params["month"] or 0))
    schools = _schools(work.actor, month)
    if not schools:
        raise Refused("En este lugar no hay escuelas que deban tener PME en ese año.")
    listed = []
    work.tell(0, len(schools))
    with ZipFile(work.path, "w", ZIP_DEFLATED) as archive:
        for entry in _entries(work.actor, schools, month):
            if entry.file and entry.reading:
                by = prepared_by(work.actor, entry.school)
                pdf = monitoring.reading_pdf(entry.reading, prepared_by=by, at=at)
                archive.writestr(entry.file, pdf)
            listed.append(entry)
            work.tell(len(listed), len(schools))
        archive.writestr("index.html", _index(work.actor, month, listed, at))
        with archive.open("resumen.csv", "w") as target:
            sheets_out.write_csv(target, _table(month, listed))
    without = sum(not entry.file for entry in listed)
    place = slugify(str(work.actor.current.place)) if work.actor.current else "escuelas"
    return Written(
        name=f"informes-monitoreo-{place}-{month.year}-{month.number:02}.zip",
        mime="application/zip",
        message=_told(len(listed) - without, without),
    )


def _told(with_report: int, without: int) -> str:
    told = wording.counted(with_report, "informe,informes")
    if not without:
        return f"{told}, uno por escuela."
    rest = wording.counted(without, "escuela sin informe,escuelas sin informe")
    return f"{told} y {rest}: la razón de cada una está en el índice."


def _schools(actor: Actor, month: Month) -> list[School]:
    found = board.schools_of(actor, month.year).select_related("commune")
    return list(found.order_by("commune__name_folded", "name", "pk"))


def entries(actor: Actor, month: Month) -> Iterator[Entry]:
    """Every school of the place in the order of the index, read one by one."""
    return _entries(actor, _schools(actor, month), month)


def _entries(actor: Actor, schools: Sequence[School], month: Month) -> Iterator[Entry]:
    keys = [school.pk for school in schools]
    readable = board.readable(actor, month.year).filter(school__in=keys).values("pk")
    years = {y.school_id: y for y in PlanYear.objects.filter(pk__in=readable).with_place()}
    begun = set(PlanYear.objects.filter(school__in=keys, year=month.year).values_list("school"))
    listed: dict[int, list[Period]] = defaultdict(list)
    for period in Period.objects.filter(plan_year__in=years.values()).order_by("starts_on"):
        listed[period.plan_year_id].append(period)
    for school in schools:
        year = years.get(school.pk)
        if year is not None:
            yield _entry(school, year, listed[year.pk], month)
        elif (school.pk,) in begun:
            yield Entry(school, reason="Su plan todavía no está a su alcance.")
        else:
            yield Entry(school, reason=f"No tiene PME {month.year} en Mejora.")


def _entry(school: School, year: PlanYear, listed: Sequence[Period], month: Month) -> Entry:
    if not listed:
        return Entry(school, reason="No ha elegido cada cuánto monitorea.")
    period = month.period_of(listed)
    if period is None:
        return Entry(school, reason=f"No tiene un período en {month.name}.")
    reading = monitoring_reading.read(year, period, listed)
    if not reading.actions:
        return Entry(school, reading, "Su plan no tiene acciones que informar.")
    if not reading.reported:
        return Entry(school, reading, f"No informó ninguna acción en {periods.name(period)}.")
    return Entry(school, reading)


def _index(actor: Actor, month: Month, listed: Sequence[Entry], at: dt.datetime) -> str:
    context = {
        "month": month,
        "place": str(actor.current.place) if actor.current else "",
        "by": actor.user.name,
        "at": at,
        "with_report": [entry for entry in listed if entry.file],
        "without": [entry for entry in listed if not entry.file],
        "is_sample": any(entry.school.is_sample for entry in listed),
    }
    return render_to_string("reports/monitoring_index.html", context)


def _table(month: Month, listed: Sequence[Entry]) -> Table:
    columns = (
        Column("RBD", Holds.CODE),
        Column("Establecimiento"),
        Column("Comuna"),
        Column("Período"),
        Column("Acciones", Holds.WHOLE),
        Column("Informadas", Holds.WHOLE),
        Column("En 100 %", Holds.WHOLE),
        Column("En 100 % (porcentaje)", Holds.SHARE),
        Column("Atrasadas", Holds.WHOLE),
        Column("Informe"),
        Column("Por qué no hay informe"),
    )
    return Table(f"Informes de {month}", "resumen", columns, lambda: map(_row, listed), len(listed))


def _row(entry: Entry) -> list[Value]:
    school = entry.school
    return [
        *(school.code, school.name, school.commune.name, entry.period or None),
        *(entry.action_count, entry.reported_count, entry.whole_count, entry.whole_share),
        *(entry.late_count, entry.file or None, entry.reason or None),
    ]


PREPARED = Kind(noun="escuela,escuelas", can=can, write=write)
