"""Attendance, enrolment and seats of a place's schools, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Subquery

from mejora.core import clock, wording
from mejora.core.decisions import require
from mejora.core.sheets_out import Column, Kind, Table, Value
from mejora.network.access import Actor
from mejora.network.models import Commune, Region
from mejora.reports.lists.base import Query, about, chosen, stem
from mejora.territory import listing, rates, rules
from mejora.territory.figures import Figures, of
from mejora.territory.listing import CUTS, Chosen
from mejora.territory.models import Capacity


def months(actor: Actor, query: Query) -> Table:
    """All months of the year of the schools that the page lists, with its filters."""
    require(rules.can_see_figures(actor))
    schools = listing.schools_here(actor)
    year, _ = listing.year_of(schools, query.get("anio", ""), clock.today())
    figures, asked = Figures(schools, year), Chosen.of(query)
    found = of(schools).filter(year=year)
    if asked.cut:
        found = found.filter(school__in=listing.rows(figures, asked).order_by().values("school"))
    elif asked.commune:
        found = found.filter(school__commune__code=asked.commune)
    elif asked.region:
        found = found.filter(school__commune__region__code=asked.region)
    seats = Capacity.objects.filter(school=OuterRef("school"), year=OuterRef("year"))
    listed = found.annotate(seats=Subquery(seats.values("seats")[:1])).select_related(
        "school__commune"
    )
    ordered: Any = listed.order_by("school__name", "school", "month")  # annotated with its seats

    def rows() -> Iterator[list[Value]]:
        for each in ordered.iterator(chunk_size=2000):
            share = rates.rate(each.attended_days, each.possible_days)
            yield [
                each.school.code,
                each.school.name,
                each.school.commune.name,
                each.year,
                each.month,
                each.attended_days,
                each.possible_days,
                None if share is None else round(share, 2),
                each.enrolled,
                each.withdrawals,
                each.seats,
            ]

    columns = [
        Column("RBD", Kind.CODE),
        Column("Establecimiento", width=44),
        Column("Comuna", width=20),
        Column("Año", Kind.NUMBER, 7),
        Column("Mes", Kind.NUMBER, 6),
        Column("Días asistidos", Kind.WHOLE),
        Column("Días trabajados", Kind.WHOLE),
        Column("Asistencia %", Kind.NUMBER),
        Column("Matrícula", Kind.WHOLE),
        Column("Retiros", Kind.WHOLE),
        Column("Cupos", Kind.WHOLE),
    ]
    commune = Commune.objects.filter(code=asked.commune).first() if asked.commune else None
    region = Region.objects.filter(country__code="CL", code=asked.region).first()
    filters = chosen(
        {
            "Corte": CUTS[asked.cut] if asked.cut else "",
            "Comuna": commune or "",
            "Región": region or "",
        }
    )
    how = f"Franja de {wording.percent(rates.BAND)} y cortes: criterio de Mejora"
    lines = about(actor, ("Filtros", filters), ("Cómo se cuenta", how))
    title = f"Asistencia y matrícula {year}"
    return Table(title, stem("asistencia", year), columns, rows, found.count(), lines)
