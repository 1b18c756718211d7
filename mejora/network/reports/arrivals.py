"""What a batch brings, in people's terms: who is new, who closed, who changed owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from mejora.network.enums import BatchKind, Dependency, Operating
from mejora.network.importers.records import Outcome, Payload
from mejora.network.models import (
    Commune,
    ImportBatch,
    ImportRow,
    Owner,
    School,
    SupervisionOffice,
)

# What is counted apart, by the name that stands in the address and its words.
CUTS: Mapping[str, tuple[str, str]] = {
    "nuevas": ("Nuevas", "no estaban en Mejora"),
    "cambios": ("Con cambios", "difieren de lo guardado"),
    "cierran": ("Dejan de funcionar", "cerraron o entraron en receso"),
    "reabren": ("Vuelven a funcionar", ""),
    "cambian-de-sostenedor": ("Cambian de sostenedor", ""),
    "cambian-de-nombre": ("Cambian de nombre", ""),
}
_NEWS = {
    "cierran": "closed",
    "reabren": "reopened",
    "cambian-de-sostenedor": "moved",
    "cambian-de-nombre": "renamed",
}
_LABELS = {
    "name": "Nombre",
    "commune": "Comuna",
    "office": "Deprov",
    "owner": "Sostenedor",
    "dependency": "Dependencia",
    "operating": "Estado",
    "rural": "Rural",
    "enrolment": "Matrícula",
    "slep": "SLEP",
    "starts": "Inicio de funciones",
    "transfer": "Traspaso",
    "reason": "Motivo",
}


def _condition(cut: str) -> Q:
    match cut:
        case "nuevas":
            return Q(outcome=Outcome.NEW)
        case "cambios":
            return Q(outcome=Outcome.CHANGED)
    return Q(outcome=Outcome.CHANGED, **{f"payload__{_NEWS[cut]}": True})


@dataclass(frozen=True, slots=True)
class Cut:
    """A kind of news with its count; `slug` opens its rows."""

    slug: str
    label: str
    count: int


def news(batch: ImportBatch) -> list[Cut]:
    """Counts of what people ask first, those with none left out. One query."""
    counts = batch.rows.aggregate(
        **{_NEWS[cut]: Count("pk", filter=_condition(cut)) for cut in _NEWS}
    )
    return [Cut(cut, CUTS[cut][0], counts[name]) for cut, name in _NEWS.items() if counts[name]]


def past_count(batch: ImportBatch) -> int:
    """How many rows only add a year to a school that has newer facts."""
    return batch.rows.filter(outcome=Outcome.CHANGED, payload__present=False).count()


def rows(batch: ImportBatch, cut: str) -> QuerySet[ImportRow]:
    return batch.rows.filter(_condition(cut)).order_by("line")


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row in words: which thing, and what of it changes."""

    line: int
    key: str
    name: str
    differences: tuple[Difference, ...]


class Words:
    """Official codes as people say them, read once for a page of rows."""

    def __init__(self, batch: ImportBatch, shown: Iterable[ImportRow]) -> None:
        self.kind = batch.kind
        self.communes = dict(
            Commune.objects.filter(region__country=batch.country_id).values_list("code", "name")
        )
        self.offices = dict(SupervisionOffice.objects.values_list("code", "name"))
        keys = {
            p.get(n)
            for row in shown
            for p in (row.payload, row.before or {})
            for n in ("owner", "slep")
        }
        self.owners = dict(Owner.objects.filter(key__in=keys - {None}).values_list("key", "name"))
        codes = [row.key for row in shown]
        self.schools = dict(School.objects.filter(code__in=codes).values_list("code", "name"))

    def name(self, row: ImportRow) -> str:
        if self.kind == BatchKind.SLEPS:
            return self.communes.get(row.key, row.key)
        school = self.schools.get(row.key, "")
        if self.kind == BatchKind.PME:
            return f"{row.payload['name']} · {school}"
        return str(row.payload.get("name") or school)

    def say(self, field: str, value: object) -> str:
        if value is None or value == "":
            return "s/i"
        if isinstance(value, bool):
            return "sí" if value else "no"
        known: Mapping[str, Mapping[str, str]] = {
            "commune": self.communes,
            "office": self.offices,
            "owner": self.owners,
            "slep": self.owners,
            "dependency": dict(Dependency.choices),
            "operating": dict(Operating.choices),
        }
        return str(known.get(field, {}).get(str(value), value))

    def differences(self, before: Payload | None, after: Payload) -> tuple[Difference, ...]:
        if "shown" in after:  # kinds of the apps above say it in their own words
            return tuple(Difference(*words) for words in after["shown"])
        if before is None:
            return ()
        return tuple(
            Difference(label, self.say(name, before[name]), self.say(name, after.get(name)))
            for name, label in _LABELS.items()
            if name in before and before[name] != after.get(name)
        )


def arrivals(batch: ImportBatch, shown: Iterable[ImportRow]) -> list[Arrival]:
    """The rows of a page with names instead of codes. Four queries, whatever their number."""
    shown = list(shown)
    words = Words(batch, shown)
    return [
        Arrival(row.line, row.key, words.name(row), words.differences(row.before, row.payload))
        for row in shown
    ]
