"""The content of a record: every row as plain values, named by what names it everywhere.

The same school gives the same content in every installation, byte by byte.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import models
from django.db.models import Q

from mejora.files.models import StoredFile
from mejora.frameworks.models import Area, Edition, Term
from mejora.monitoring.package import people
from mejora.monitoring.package.kinds import KINDS, Field, Kind, Row, Scope
from mejora.network.models import (
    Commune,
    Country,
    ImportBatch,
    Membership,
    Owner,
    Region,
    School,
    SchoolYear,
    SupervisionOffice,
)
from mejora.people.models import User
from mejora.plans.models import Change, Plan, PlanYear, Version

Rows = dict[str, list[Row]]
Keys = dict[int, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows of each kind, and the key of each row here by the name that it has everywhere."""

    rows: Rows
    pks: dict[str, dict[str, int]]
    files: list[StoredFile]


def take(school: School, years: Iterable[PlanYear], plans: Iterable[Plan] = ()) -> Taken:
    """Everything of the school and of these years of its plans (and of `plans`, also without a
    year). Some 50 queries, whatever there is; the memory of one school."""
    return _Taking(school, list(years), list(plans)).taken()


def canonical(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
    return text.encode() + b"\n"


def key_of(kind: Kind, row: Row, seen: Counter[str]) -> str:
    """What names the row; the second of two alike gets its number."""
    key = "/".join(str(row[name]) for name in kind.key)
    seen[key] += 1
    return key if seen[key] == 1 else f"{key}#{seen[key]}"


class _Taking:
    def __init__(self, school: School, years: Sequence[PlanYear], plans: Sequence[Plan]) -> None:
        self.school = school
        self.scopes: dict[Scope, list[int]] = {
            Scope.SCHOOL: [school.pk],
            Scope.PLAN: sorted({year.plan_id for year in years} | {plan.pk for plan in plans}),
            Scope.YEAR: sorted(year.pk for year in years),
        }
        self.people = people.references(school)
        self.keys: dict[type[models.Model], Keys] = {Membership: self.people, **_catalogue(self)}
        self.pks: dict[str, dict[str, int]] = {}

    def taken(self) -> Taken:
        rows = {kind.name: self._of(kind) for kind in KINDS}
        named = self.pks["archivos"].values()
        files = StoredFile.objects.filter(pk__in=list(named)).order_by("pk")
        return Taken(rows, self.pks, list(files))

    def _of(self, kind: Kind) -> list[Row]:
        fields, seen = list(kind.fields()), Counter[str]()
        self._read_names(fields)
        links = [(link.name, self._linked(kind, link)) for link in kind.links()]
        names = [f.attname for f in fields]
        found, pks, keys = [], {}, {}
        for pk, *values in self._select(kind).values_list("pk", *names):
            row = {f.name: self._say(f, v) for f, v in zip(fields, values, strict=True)}
            row |= {name: sorted(linked.get(pk, ())) for name, linked in links}
            row = self._settled(kind, row)
            key = key_of(kind, row, seen)
            pks[key], keys[pk] = pk, key
            found.append(row)
        self.pks[kind.name], self.keys[kind.model] = pks, keys
        return found

    def _select(self, kind: Kind) -> models.QuerySet[Any]:
        rows = kind.model._base_manager.order_by("pk")
        if not kind.paths:
            return rows.filter(pk__in=self._named(kind.model))
        wanted = Q()
        for scope, path in kind.paths:
            wanted |= Q(**{f"{path}__in": self.scopes[scope]})
        if kind.model is Change:
            wanted &= Q(plan_year__isnull=True) | Q(plan_year__in=self.scopes[Scope.YEAR])
        return rows.filter(wanted).distinct()

    def _named(self, model: type[models.Model]) -> set[int]:
        """The communes, owners and offices that the school has or had."""
        name = {Owner: "owner", SupervisionOffice: "office", Commune: "commune"}[cast(Any, model)]
        years = SchoolYear.objects.filter(school=self.school).values_list(f"{name}_id", flat=True)
        return {pk for pk in (*years, getattr(self.school, f"{name}_id")) if pk is not None}

    def _read_names(self, fields: Sequence[Field]) -> None:
        if User not in self.keys and any(f.related_model is User for f in fields):
            self.keys[User] = {}

    def _linked(self, kind: Kind, link: models.ManyToManyField[Any, Any]) -> dict[int, list[str]]:
        through = cast(Any, link.remote_field.through)._base_manager
        own, other = link.m2m_field_name(), link.m2m_reverse_field_name()
        keys = self.keys[link.related_model]
        found: dict[int, list[str]] = {}
        for pk, linked in through.filter(
            **{f"{own}__in": self._select(kind).values("pk")}
        ).values_list(f"{own}_id", f"{other}_id"):
            found.setdefault(pk, []).append(keys[linked])
        return {pk: sorted(set(names)) for pk, names in found.items()}

    def _say(self, field: Field, value: Any) -> Any:
        if field.is_relation:
            return self._reference(cast(type[models.Model], field.related_model), value)
        return plain(value)

    def _reference(self, model: type[models.Model], pk: int | None) -> Any:
        if model is ImportBatch:  # which file is a matter of the installation
            return pk is not None
        if pk is None:
            return None
        if model is User:
            return self._name(pk)
        return self.keys[model][pk]

    def _name(self, pk: int) -> str:
        names = self.keys[User]
        if pk not in names:
            names[pk] = User.objects.values_list("name", flat=True).get(pk=pk) or people.UNKNOWN
        return names[pk]

    def _settled(self, kind: Kind, row: Row) -> Row:
        """Keys within JSON in terms that mean the same everywhere."""
        if kind.model is Change:
            row["before"] = self._neutral(row["before"])
            row["after"] = self._neutral(row["after"])
        elif kind.model is Version and row["people"] is None:
            row["people"] = people.of_version(row["content"], self.people)
        return row

    def _neutral(self, snapshot: people.Snapshot | None) -> people.Snapshot | None:
        if snapshot and "school" in snapshot:
            snapshot = {**snapshot, "school": None}
        return people.renamed(snapshot, lambda pk: self.people.get(pk, people.NOBODY))


def plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value


def _catalogue(taking: _Taking) -> dict[type[models.Model], Keys]:
    """The words that every installation has by the same code."""
    return {
        Country: dict(Country.objects.values_list("pk", "code")),
        Region: dict(Region.objects.values_list("pk", "code")),
        **of_editions(Plan.objects.filter(pk__in=taking.scopes[Scope.PLAN]).values("edition")),
    }


def of_editions(editions: Any) -> dict[type[models.Model], Keys]:
    """Areas and terms of some editions, by kind and code."""
    terms = Term.objects.filter(edition__in=editions).values_list("pk", "kind", "code")
    return {
        Edition: dict(Edition.objects.values_list("pk", "code")),
        Area: dict(Area.objects.filter(edition__in=editions).values_list("pk", "code")),
        Term: {pk: f"{kind}:{code}" for pk, kind, code in terms},
    }
