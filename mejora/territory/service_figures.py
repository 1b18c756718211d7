"""The figures that an action of the Service's report may show: counted now, with day and way.

Each says its value, what it was counted from, of which day it is and how it is counted. How is
"criterio de Mejora" throughout: no official formula of these figures is published.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Q

from mejora.core import clock, wording
from mejora.frameworks import catalogue
from mejora.network.models import Owner, School
from mejora.plans.models import Action
from mejora.support.enums import SessionStatus
from mejora.support.models import Session, SupportPlan
from mejora.territory import works_listing
from mejora.territory.enums import FigureKind
from mejora.territory.figures import Figures, Month, Part
from mejora.territory.works import Work

OWN = "Criterio de Mejora."


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure as it stands beside an action. `rows` are its parts, each with its value."""

    kind: str
    name: str
    value: str
    detail: str
    as_of: str
    how: str
    rows: tuple[tuple[str, str], ...] = ()


class Counting:
    """The figures of an owner's schools in a year, each asked of the database once."""

    def __init__(self, owner: Owner, year: int) -> None:
        self.owner, self.year = owner, year
        self.schools = School.objects.filter(owner=owner)

    def fact(self, kind: FigureKind) -> Fact:
        return _COUNT[kind](self)

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.schools, self.year)

    @cached_property
    def today(self) -> str:
        return wording.full_date(clock.today(self.owner.country.tz))


def _month(month: Month) -> str:
    return f"{wording.month_name(month.month)} de {month.year}"


def _percent(value: Decimal | None) -> str:
    return wording.percent(value, 1)


def _attendance(of: Counting) -> Fact:
    found = of.figures
    told = [m for m in found.attended if m.attendance is not None]
    detail = "Sin meses informados."
    if told:
        high = max(told, key=lambda m: (m.attendance or 0, -m.month))
        low = min(told, key=lambda m: (m.attendance or 0, m.month))
        detail = (
            f"El mes más alto fue {_month(high)}, con {_percent(high.attendance)}; el más bajo, "
            f"{_month(low)}, con {_percent(low.attendance)}."
        )
    return Fact(
        FigureKind.ATTENDANCE,
        "Asistencia",
        _percent(found.attendance),
        detail,
        _month(told[-1]) if told else of.today,
        f"Días asistidos sobre días trabajados, de todos los meses informados. {OWN}",
        tuple((wording.month_name(m.month).capitalize(), _percent(m.attendance)) for m in told),
    )


def _occupancy(of: Counting) -> Fact:
    found = of.figures
    whole = found.whole
    return Fact(
        FigureKind.OCCUPANCY,
        "Ocupación",
        _percent(whole.occupancy),
        f"{wording.thousands(whole.seated)} estudiantes de {wording.thousands(whole.seats)} cupos.",
        _month(found.last) if found.last else of.today,
        "Matrícula del último mes informado sobre los cupos del año, en las escuelas cuyos cupos "
        f"se conocen. {OWN}",
        _by_commune(found.parts, lambda row: row.occupancy),
    )


def _enrolment(of: Counting) -> Fact:
    found = of.figures
    last, peak = found.last, found.peak
    detail = "Sin meses informados."
    if last and peak:
        detail = f"El máximo del año fue {wording.thousands(peak.pupils)}, en {_month(peak)}."
        if found.loss:
            share = wording.percent(found.loss_share, 2)
            detail += f" Desde entonces: {wording.thousands(found.loss)} estudiantes ({share})."
    return Fact(
        FigureKind.ENROLMENT,
        "Matrícula",
        wording.thousands(last.pupils if last else None),
        detail,
        _month(last) if last else of.today,
        f"Suma de la matrícula de las escuelas en cada mes informado. {OWN}",
    )


def _dropout(of: Counting) -> Fact:
    found = of.figures
    whole = found.whole
    share = wording.percent(whole.dropout, 2)
    return Fact(
        FigureKind.DROPOUT,
        "Tasa de retiro",
        share,
        f"{wording.thousands(whole.withdrawals)} estudiantes retirados en el año.",
        _month(found.last) if found.last else of.today,
        "Retiros del año sobre la matrícula del mes con más estudiantes; no es la cifra oficial de "
        f"deserción. {OWN}",
        tuple((row.name, wording.percent(row.dropout, 2)) for row in found.parts),
    )


def _levels(of: Counting) -> Fact:
    year = of.year
    actions = Action.objects.live().filter(
        plan_year__year=year, plan_year__school__in=of.schools, is_disabled=False
    )
    editions = actions.order_by().values_list("plan_year__plan__edition", flat=True).distinct()
    counted = dict(actions.order_by().values_list("level_now").annotate(count=Count("pk")))
    rows = [
        (level.level_text(year), wording.thousands(counted[level.pk]))
        for edition in editions
        for level in catalogue.of_edition(edition).levels
        if level.pk in counted
    ]
    if counted.get(None):
        rows.append(("Sin informar", wording.thousands(counted[None])))
    schools = actions.aggregate(n=Count("plan_year__school", distinct=True))["n"]
    return Fact(
        FigureKind.LEVELS,
        "Acciones de los PME",
        wording.thousands(sum(counted.values())),
        f"En {wording.counted(schools, 'escuela,escuelas')}, por su nivel de implementación.",
        of.today,
        f"Acciones vivas y no desactivadas del año, por su último nivel informado. {OWN}",
        tuple(rows),
    )


def _support(of: Counting) -> Fact:
    plans = SupportPlan.objects.live().filter(owner=of.owner, year=of.year)
    held = Session.objects.live().filter(plan__in=plans, status=SessionStatus.HELD)
    running = plans.aggregate(
        n=Count("pk", distinct=True), schools=Count("places__school", distinct=True)
    )
    return Fact(
        FigureKind.SUPPORT,
        "Sesiones de apoyo realizadas",
        wording.thousands(held.count()),
        f"De {wording.counted(running['n'], 'plan,planes')} de apoyo, en "
        f"{wording.counted(running['schools'], 'escuela,escuelas')}.",
        of.today,
        f"Sesiones con acta de los planes de apoyo del año. {OWN}",
    )


def _works(of: Counting) -> Fact:
    year = of.year
    found = Work.objects.live().filter(owner=of.owner)
    in_year = Q(starts_on__year__lte=year) & (Q(ends_on=None) | Q(ends_on__year__gte=year))
    states = works_listing.by_state(found.filter(in_year))
    total = works_listing.total(states)
    return Fact(
        FigureKind.WORKS,
        "Obras e inversiones",
        wording.thousands(total.count),
        f"{wording.money(total.planned)} planificados y {wording.money(total.spent)} gastados"
        + (f"; {wording.thousands(total.unknown)} sin monto conocido." if total.unknown else "."),
        of.today,
        f"Las que comenzaron hasta {year} y no terminaron antes; se suma lo que se conoce. {OWN}",
        tuple((each.name, wording.thousands(each.count)) for each in states),
    )


def _by_commune(
    rows: list[Part], value: Callable[[Part], Decimal | None]
) -> tuple[tuple[str, str], ...]:
    return tuple((row.name, _percent(value(row))) for row in rows)


_COUNT: dict[FigureKind, Callable[[Counting], Fact]] = {
    FigureKind.ATTENDANCE: _attendance,
    FigureKind.OCCUPANCY: _occupancy,
    FigureKind.ENROLMENT: _enrolment,
    FigureKind.DROPOUT: _dropout,
    FigureKind.LEVELS: _levels,
    FigureKind.SUPPORT: _support,
    FigureKind.WORKS: _works,
}
