"""The short write of a directory: owners, schools, their codes and their year, in that order."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mejora.core.folding import fold
from mejora.network import naming
from mejora.network.enums import CHILE, CodeScheme, OwnerKind
from mejora.network.importers import bulk
from mejora.network.importers.records import Outcome, Payload
from mejora.network.models import (
    Commune,
    Country,
    ImportBatch,
    Owner,
    School,
    SchoolCode,
    SchoolYear,
    SupervisionOffice,
)

Landing = tuple[str, str, Payload]  # outcome, RBD, what the file says

# Of a school that keeps its name, place and owner, only these change, and no index with them.
FRESH = ("current_year", "check_digit", "latitude", "longitude")
SCHOOL = (*FRESH, "code", "name", "search_text", "commune", "office", "owner")
YEAR = (
    "name", "commune", "office", "owner", "dependency", "operating", "is_rural", "enrolment",
    "batch",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """Official codes to rows."""

    communes: dict[str, int]
    offices: dict[str, int]
    owners: dict[str, int]

    @classmethod
    def load(cls) -> Keys:
        return cls(
            dict(Commune.objects.of(CHILE).values_list("code", "pk")),
            dict(SupervisionOffice.objects.values_list("code", "pk")),
            dict(Owner.objects.values_list("key", "pk")),
        )

    def office(self, code: str | None) -> int | None:
        return self.offices[code] if code else None

    def owner(self, key: str | None) -> int | None:
        return self.owners[key] if key else None


def land(batch: ImportBatch, rows: Sequence[Landing]) -> None:
    """Write all rows; runs inside the caller's transaction."""
    year = int(batch.year or 0)  # a directory was never accepted without its year
    country = Country.objects.get(code=CHILE)
    add_owners(country, {payload["owner"] for _, _, payload in rows if payload["owner"]})
    keys = Keys.load()
    new = [(code, payload) for outcome, code, payload in rows if outcome == Outcome.NEW]
    _add_schools(country, year, new, keys)
    pks = dict(School.objects.values_list("code", "pk"))
    names = ("school", "scheme", "code")
    bulk.insert(SchoolCode, names, ((pks[code], CodeScheme.RBD, code) for code, _ in new))
    _write_years(batch, year, rows, pks, keys)
    _refresh(year, rows, pks, keys)


def _refresh(year: int, rows: Iterable[Landing], pks: dict[str, int], keys: Keys) -> None:
    """Bring the present of known schools up to date, where this year is their newest."""
    moved, stayed = [], []
    for outcome, code, payload in rows:
        if outcome != Outcome.CHANGED or not payload["present"]:
            continue
        if "search" in payload:
            moved.append((*_school(code, payload, year, keys), pks[code]))
        else:
            stayed.append((*_fresh(payload, year), pks[code]))
    bulk.update(School, SCHOOL, moved)
    bulk.update(School, FRESH, stayed)


def add_owners(country: Country, keys: Iterable[str]) -> None:
    """Municipal owners appear with their first school. SLEP are there already: by their list."""
    stored = set(Owner.objects.filter(country=country).values_list("key", flat=True))
    names = dict(Commune.objects.of(CHILE).values_list("code", "name"))
    owners = []
    for key in sorted(set(keys) - stored):
        kind, _, code = key.partition(":")
        name = naming.municipal_owner_name(OwnerKind(kind), names[code])
        owners.append(Owner(country=country, kind=kind, key=key, name=name, name_folded=fold(name)))
    Owner.objects.bulk_create(owners)


def _fresh(payload: Payload, year: int) -> tuple[Any, ...]:
    return (year, payload["digit"], payload["lat"], payload["lon"])


def _school(code: str, payload: Payload, year: int, keys: Keys) -> tuple[Any, ...]:
    return (
        *_fresh(payload, year),
        code,
        payload["name"],
        payload["search"],
        keys.communes[payload["commune"]],
        keys.office(payload["office"]),
        keys.owner(payload["owner"]),
    )


def _add_schools(
    country: Country, year: int, new: Iterable[tuple[str, Payload]], keys: Keys
) -> None:
    bulk.insert(
        School,
        ("uid", "country", "phone", "is_sample", *SCHOOL),
        (
            (uuid.uuid4(), country.pk, "", False, *_school(code, payload, year, keys))
            for code, payload in new
        ),
    )


def _write_years(
    batch: ImportBatch, year: int, rows: Iterable[Landing], pks: dict[str, int], keys: Keys
) -> None:
    """Adds the year, or corrects it where it is known; the roster and SEP stay as they are."""
    stored = dict(SchoolYear.objects.filter(year=year).values_list("school_id", "pk"))
    added, corrected = [], []
    for _, code, payload in rows:
        school = pks[code]
        if school in stored:
            corrected.append((*facts(payload, keys), batch.pk, stored[school]))
        else:
            added.append((school, facts(payload, keys)))
    bulk.update(SchoolYear, YEAR, corrected)
    add_years(batch, year, added)


def facts(payload: Payload, keys: Keys) -> tuple[Any, ...]:
    """What a file says of a school's year, as the columns of `YEAR` before the batch."""
    return (
        payload["name"],
        keys.communes[payload["commune"]],
        keys.office(payload["office"]),
        keys.owner(payload["owner"]),
        payload["dependency"],
        payload["operating"],
        payload["rural"],
        payload["enrolment"],
    )


def add_years(batch: ImportBatch, year: int, rows: Iterable[tuple[int, tuple[Any, ...]]]) -> None:
    """The year of schools that do not have it: nobody has said whether they owe a plan."""
    bulk.insert(
        SchoolYear,
        ("school", "year", "in_roster", "roster_reason", "sep_class", *YEAR),
        ((school, year, False, "", "", *values, batch.pk) for school, values in rows),
    )
