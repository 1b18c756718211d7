"""Templates of Mejora's own for what no public file says: headings and an example."""

from __future__ import annotations

from django.utils.text import slugify

from mejora.core.sheets_out import Column, Kind, Table
from mejora.network.enums import BatchKind
from mejora.network.importers import ate, establishments, performance, roster, sep

Template = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]
# The network's own; apps above add theirs when they are ready.
TEMPLATES: dict[BatchKind, Template] = {
    BatchKind.ROSTER: roster.TEMPLATE,
    BatchKind.SEP: sep.TEMPLATE,
    BatchKind.PERFORMANCE: performance.TEMPLATE,
    BatchKind.ATE: ate.TEMPLATE,
    BatchKind.SCHOOLS: establishments.TEMPLATE,
}
_CODES = ("RBD", "AÑO", "DANE", "MUNICIPIO", "DANE_SEDE")


def table(kind: BatchKind) -> Table:
    """Ready to be written as CSV or XLSX. Raises KeyError for a kind without a template."""
    header, rows = TEMPLATES[kind]
    columns = [
        Column(title, Kind.CODE if title in _CODES else Kind.TEXT, max(len(title) + 2, 14))
        for title in header
    ]
    return Table(
        f"Plantilla: {kind.label}",
        f"plantilla-{slugify(kind.label)}",
        columns,
        lambda: rows,
        len(rows),
    )
