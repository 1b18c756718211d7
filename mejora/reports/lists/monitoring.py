"""What a school reported in a period, and the files that prove it: their names, not the files."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from mejora.core import wording
from mejora.core.sheets_out import Column, Kind, Table, Value
from mejora.monitoring import grid, periods
from mejora.monitoring.grid import Row
from mejora.monitoring.models import EvidenceUse, Period
from mejora.monitoring.views import lookup
from mejora.network.access import Actor, Deed
from mejora.reports.lists.base import Query, number, stem
from mejora.reports.lists.plan import CHUNK, of_plan, opened


def period(actor: Actor, query: Query) -> Table:
    """The grid of a period, every action of it."""
    plan_year = opened(actor, query)
    listed = lookup.periods_of(plan_year)
    wanted = next((p for p in listed if p.number == number(query, "periodo")), None)
    if wanted is None:
        raise Http404
    month = grid.read(plan_year, wanted, listed, actor)

    def rows() -> Iterator[list[Value]]:
        return (_row(row, plan_year.year) for row in month.rows)

    columns = [
        Column("N.º", Kind.WHOLE, 7),
        Column("Acción", width=44),
        Column("Dimensión", width=26),
        Column("Responsable", width=30),
        Column("Antes", width=24),
        Column("Nivel", width=24),
        Column("Avance exacto (%)", Kind.WHOLE, 10),
        Column("Hitos cumplidos", Kind.WHOLE, 10),
        Column("Hitos", Kind.WHOLE, 8),
        Column("Hitos atrasados", Kind.WHOLE, 10),
        Column("Recursos disponibles", width=12),
        Column("Justificación", width=36),
        Column("Nota", width=60),
        Column("Evidencias", Kind.WHOLE, 11),
        Column("Medios sin archivo", Kind.WHOLE, 11),
        Column("Lo informó"),
        Column("Cuándo", Kind.MOMENT),
    ]
    said = f"{periods.name(wanted)} de {plan_year.year}"
    title = f"Monitoreo de {said}, {plan_year.school.name}"
    lines = of_plan(plan_year, actor, ("Período", f"{said}: {_days(wanted)}"))
    name = stem("monitoreo", plan_year.school.code, plan_year.year, periods.name(wanted))
    return Table(title, name, columns, rows, len(month.rows), lines)


def _days(found: Period) -> str:
    return f"{wording.number_date(found.starts_on)} a {wording.number_date(found.ends_on)}"


def _row(row: Row, year: int) -> list[Value]:
    report, action = row.report, row.action
    said = report if report and row.is_reported else None
    justification = said.justification_id if said else None
    return [
        action.number,
        action.name,
        row.area_label,
        action.responsible_text or (action.responsible.user.name if action.responsible else ""),
        row.before.text(year),
        row.now.level.level_text(year) if row.now.level else None,
        row.now.pct,
        sum(tick.is_met for tick in row.ticks) if row.ticks else None,
        len(row.ticks) or None,
        len(row.overdue) or None,
        report.get_resources_display() if report else None,
        row.month.catalogue.term(justification).label(year) if justification else None,
        report.note if report else None,
        row.evidence_count,
        len(row.lacking),
        str(report.reported_by or "") if report else None,
        report.at if report else None,
    ]


def evidence(actor: Actor, query: Query) -> Table:
    """Every file of the year's actions with its address in Mejora, which asks who opens it."""
    plan_year = opened(actor, query, Deed.SEE_EVIDENCE)
    found = (
        EvidenceUse.objects.live()
        .filter(action__plan_year=plan_year, action__removed_at__isnull=True)
        .select_related("file", "action", "milestone", "requirement", "by")
        .order_by("action__number", "at", "pk")
    )

    def rows() -> Iterator[list[Value]]:
        for use in found.iterator(chunk_size=CHUNK):
            address = reverse("monitoring:file", args=(use.uid, use.file.original_name))
            yield [
                use.action.number,
                use.action.name,
                use.file.original_name,
                use.file.mime,
                use.file.size,
                use.milestone.name if use.milestone else None,
                use.requirement.text if use.requirement else None,
                use.file.may_hold_personal_data,
                str(use.by or ""),
                use.at,
                f"{settings.ORIGIN}{address}",
                use.file.sha256,
            ]

    columns = [
        Column("N.º de acción", Kind.WHOLE, 9),
        Column("Acción", width=44),
        Column("Archivo", width=36),
        Column("Tipo", width=24),
        Column("Tamaño (bytes)", Kind.WHOLE, 14),
        Column("Hito que prueba", width=36),
        Column("Medio de verificación", width=36),
        Column("Muestra personas", width=11),
        Column("La agregó"),
        Column("Cuándo", Kind.MOMENT),
        Column("Dirección en Mejora", width=60),
        Column("Huella SHA-256", width=66),
    ]
    title = f"Evidencias del PME {plan_year.year} de {plan_year.school.name}"
    lines = of_plan(plan_year, actor, ("Contenido", "Nombres y direcciones, no los archivos."))
    name = stem("evidencias", plan_year.school.code, plan_year.year)
    return Table(title, name, columns, rows, found.count(), lines)
