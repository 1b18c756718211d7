"""The register of works and investments."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import QueryDict

from mejora.core.decisions import require
from mejora.core.sheets_out import Column, Kind, Table, Value
from mejora.network.access import Actor
from mejora.reports.lists.base import Query, about, chosen, stem
from mejora.territory import works_listing, works_rules
from mejora.territory.forms.works import WorkFilterForm

COLUMNS = [
    Column("Obra o inversión", width=52),
    Column("RBD", Kind.CODE),
    Column("Establecimiento", width=44),
    Column("Comuna", width=20),
    Column("Sostenedor", width=36),
    Column("Tipo", width=22),
    Column("Fuente de financiamiento", width=36),
    Column("Estado", width=18),
    Column("Monto planificado", Kind.MONEY, 18),
    Column("Monto gastado", Kind.MONEY, 18),
    Column("Inicio", Kind.DATE),
    Column("Término", Kind.DATE),
    Column("Descripción", width=70),
]


def register(actor: Actor, query: Query) -> Table:
    """The works that the page lists, with its filters and order."""
    require(works_rules.can_see(actor))
    seen = works_listing.seen(actor)
    data = QueryDict(mutable=True)
    data.update(query)
    form = WorkFilterForm(data, works=seen)
    said = form.chosen()
    found = works_listing.filtered(seen, said)
    ordered = works_listing.ordered(found, query.get("orden", "obra"))

    def rows() -> Iterator[list[Value]]:
        for each in ordered.select_related("school__commune", "owner").iterator(chunk_size=2000):
            yield [
                each.name,
                each.school.code,
                each.school.name,
                each.school.commune.name,
                each.owner.name,
                each.get_kind_display(),
                each.funding,
                each.get_state_display(),
                each.planned,
                each.spent,
                each.starts_on,
                each.ends_on,
                each.description,
            ]

    words = {str(form.fields[name].label): form.word(name) for name in said}
    lines = about(
        actor,
        ("Filtros", chosen(words)),
        ("Montos", "En unidades enteras de la moneda del país. Vacío: no se conoce."),
        ("Estados y tipos", "Criterio de Mejora."),
    )
    return Table("Obras e inversiones", stem("obras"), COLUMNS, rows, found.count(), lines)
