"""The register of works: which are shown, in which order, and what they sum to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from mejora.core.folding import fold
from mejora.network import listing
from mejora.network.access import Actor
from mejora.network.models import School
from mejora.territory.enums import WorkState
from mejora.territory.works import Work, WorkQuerySet

PER_PAGE = 30
ORDERS: dict[str, tuple[str, ...]] = {
    "obra": ("name", "pk"),
    "escuela": ("school__name", "name", "pk"),
    "inicio": ("starts_on", "name", "pk"),
    "planificado": ("planned", "name", "pk"),
    "gastado": ("spent", "name", "pk"),
}
FIELDS = {
    "estado": "state",
    "tipo": "kind",
    "fuente": "funding",
    "comuna": "school__commune__code",
}


def seen(actor: Actor) -> WorkQuerySet:
    """The living works of the place chosen in the header."""
    return Work.objects.live().visible_to(listing.here(actor))


def filtered(works: WorkQuerySet, chosen: Mapping[str, str]) -> WorkQuerySet:
    for name, field in FIELDS.items():
        if value := chosen.get(name):
            works = works.filter(**{field: value})
    if text := chosen.get("q", ""):
        # Without accents or case, which neither database does by itself; an owner has hundreds.
        named = [pk for pk, name in works.values_list("pk", "name") if fold(text) in fold(name)]
        works = works.filter(Q(pk__in=named) | Q(school__in=School.objects.search(text)))
    return works


def ordered(works: WorkQuerySet, asked: str) -> QuerySet[Work]:
    """ "planificado" from least to most, "-planificado" the other way; the unknown comes last."""
    first, *rest = ORDERS.get(asked.removeprefix("-"), ORDERS["obra"])
    turned = F(first).desc(nulls_last=True) if asked[:1] == "-" else F(first).asc(nulls_last=True)
    return works.order_by(turned, *rest)


@dataclass(frozen=True, slots=True)
class Sums:
    """How many works, and their amounts as far as these are known."""

    name: str
    count: int
    planned: int | None
    spent: int | None
    unknown: int  # how many have no planned amount

    @property
    def spent_share(self) -> int | None:
        """Percent of the planned that is spent; only where every planned amount is known."""
        if not self.planned or self.spent is None or self.unknown:
            return None
        return round(100 * self.spent / self.planned)


_COUNTED: dict[str, Any] = {
    "count": Count("pk"),
    "total": Sum("planned"),
    "paid": Sum("spent"),
    "unknown": Count("pk", filter=Q(planned__isnull=True)),
}


def by_state(works: WorkQuerySet) -> list[Sums]:
    found = {row["state"]: row for row in works.order_by().values("state").annotate(**_COUNTED)}
    return [_sums(state.label, found[state]) for state in WorkState if state in found]


def by_funding(works: WorkQuerySet) -> list[Sums]:
    rows = works.order_by("funding").values("funding").annotate(**_COUNTED)
    return [_sums(row["funding"], row) for row in rows]


def total(parts: list[Sums]) -> Sums:
    planned = [part.planned for part in parts if part.planned is not None]
    spent = [part.spent for part in parts if part.spent is not None]
    return Sums(
        "Total",
        sum(part.count for part in parts),
        sum(planned) if planned else None,
        sum(spent) if spent else None,
        sum(part.unknown for part in parts),
    )


def _sums(name: str, row: Mapping[str, Any]) -> Sums:
    return Sums(str(name), row["count"], row["total"], row["paid"], row["unknown"])
