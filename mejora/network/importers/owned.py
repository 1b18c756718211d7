"""A roster without a file: all functioning schools of some dependencies, region or owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mejora.network.enums import Dependency, Operating
from mejora.network.importers import roster
from mejora.network.importers.records import Checked, Issue
from mejora.network.models import Owner, Region, SchoolYear


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, in the terms of the directory's newest facts."""

    year: int
    dependencies: tuple[Dependency, ...]
    region: Region | None = None
    owner: Owner | None = None
    with_pupils: bool = True
    reason: str = field(default="")

    @property
    def label(self) -> str:
        parts = [", ".join(str(Dependency(d).label) for d in self.dependencies)]
        parts += [str(place) for place in (self.owner, self.region) if place]
        return f"En funcionamiento: {' · '.join(part for part in parts if part)}"


class OwnedReader:
    """Gives a row per school, as if a file had been written by hand."""

    def __init__(self, selection: Selection) -> None:
        self.selection, self.year = selection, selection.year
        self.stored = roster.stored(selection.year)

    def __iter__(self) -> Iterator[Checked]:
        for line, code in enumerate(self._codes(), start=1):
            yield roster.compare(line, code, self.selection.reason, self.stored)

    def _codes(self) -> Iterator[str]:
        chosen = self.selection
        found = SchoolYear.objects.newest().filter(
            operating=Operating.OPEN, dependency__in=chosen.dependencies
        )
        if chosen.region:
            found = found.filter(school__commune__region=chosen.region)
        if chosen.owner:
            found = found.filter(school__owner=chosen.owner)
        if chosen.with_pupils:
            found = found.exclude(enrolment=0)
        return found.order_by("school_id").values_list("school__code", flat=True).iterator()

    def absent(self) -> Iterator[Issue]:
        """A choice says nothing about the schools that it leaves out."""
        return iter(())
