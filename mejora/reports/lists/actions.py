"""The actions of many schools, up to a country's: read some plan years at a time, never as a whole.

Whoever may read plans gets the actions with their texts and who is responsible. Whoever sees plans
in figures alone (an analyst) gets dimension, dates, amounts and level: nothing that a person wrote.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.db.models.functions import Length

from mejora.core.decisions import ALLOWED, Decision, refused, require
from mejora.core.sheets_out import Column, Kind, Table, Value
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import Catalogue, TermItem
from mejora.network.access import Actor, Deed
from mejora.network.enums import Dependency
from mejora.network.models import Owner, Region, SchoolYear
from mejora.plans.models import Action, Funding, PlanYear, PlanYearQuerySet
from mejora.reports import roster
from mejora.reports.lists.base import YEAR, Query, about, chosen, number, stem

PLAN_YEARS = 150  # read at once: some two thousand actions
KEYS = 10_000  # keys in one question
NOTES = (
    (
        "Avance",
        "El nivel es un intervalo. El avance exacto existe solo donde la acción tiene hitos con "
        "peso.",
    ),
    ("Montos", "Planificados por fuente, en pesos. Son estimaciones de la escuela."),
)
_UNFUNDED = "NINGUNA"  # a source that says that there is no money


_TEXTS = ("objective__text", "strategy__text", "name", "description")
_RESPONSIBLE = ("responsible_text", "responsible__user__name")
_FACTS = (
    "pk", "plan_year_id", "number", "area_id", "starts_on", "ends_on", "level_now_id", "pct_now",
    "reported_on", "is_disabled",
)  # fmt: skip


@dataclass
class Rows:
    """The live actions of plan years, in the order of RBD, year and number."""

    plan_years: Sequence[int]
    has_texts: bool
    _books: dict[int, Catalogue] = field(default_factory=dict)

    @cached_property
    def columns(self) -> list[Column]:
        texts = self.has_texts
        return [
            Column("RBD", Kind.CODE),
            Column("Establecimiento", width=40),
            Column("Sostenedor", width=32),
            Column("Dependencia", width=20),
            Column("Región", width=22),
            Column("Comuna", width=18),
            Column("PME", Kind.NUMBER, 7),
            Column("N.º", Kind.WHOLE, 7),
            Column("Dimensión", width=24),
            Column("Subdimensiones", width=34),
            *((Column("Objetivo", width=40), Column("Estrategia", width=40)) if texts else ()),
            *((Column("Acción", width=40), Column("Descripción", width=50)) if texts else ()),
            Column("Inicio", Kind.DATE),
            Column("Término", Kind.DATE),
            *((Column("Responsable"),) if texts else ()),
            *(Column(name, Kind.MONEY, 15) for name in self.sources),
            Column("Total", Kind.MONEY, 15),
            Column("Nivel", width=24),
            Column("Avance exacto (%)", Kind.WHOLE, 10),
            Column("Último informe", Kind.DATE),
            Column("Desactivada", width=12),
        ]

    @cached_property
    def sources(self) -> dict[str, list[int]]:
        """The sources of every edition at hand by their newest words, with their keys."""
        editions: set[int] = set()
        for part in _parts(self.plan_years, KEYS):
            editions |= set(
                PlanYear.objects.filter(pk__in=part)
                .order_by()
                .values_list("plan__edition", flat=True)
                .distinct()
            )
        found: dict[str, list[int]] = defaultdict(list)
        for edition in sorted(editions):
            for source in catalogue.of_edition(edition).funding_sources:
                if source.code != _UNFUNDED:
                    found[source.current.text].append(source.pk)
        return found

    def count(self) -> int:
        return sum(
            Action.objects.live().filter(plan_year__in=part).count()
            for part in _parts(self.plan_years, KEYS)
        )

    def read(self) -> Iterator[list[Value]]:
        """Five queries for each 150 plan years; no cursor stays open between them."""
        place = {pk: n for n, keys in enumerate(self.sources.values()) for pk in keys}
        for part in _parts(self.plan_years, PLAN_YEARS):
            yield from _Part(self, part, place).rows()

    def book(self, edition: int) -> Catalogue:
        if edition not in self._books:
            self._books[edition] = catalogue.of_edition(edition)
        return self._books[edition]


def _parts(keys: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


class _Part:
    """Some plan years: their schools' facts of that year, their actions and what hangs on them."""

    def __init__(self, of: Rows, plan_years: Sequence[int], place: dict[int, int]) -> None:
        self.of, self.keys, self.place = of, plan_years, place
        self.heads, self.editions, self.years = self._heads()
        self.words: dict[tuple[int, int], Any] = {}

    def _heads(self) -> tuple[dict[int, list[Value]], dict[int, int], dict[int, int]]:
        """What every action of a plan year begins with, as that year was; where no directory tells
        of it, as the school is now. Also the edition and the year of each."""
        rows = PlanYear.objects.filter(pk__in=self.keys).values_list(
            *("pk", "year", "plan__edition", "school_id", "school__code", "school__name"),
            *("school__owner__name", "school__commune__region__name", "school__commune__name"),
        )
        found = list(rows.order_by())
        facts = self._facts({row[3] for row in found}, {row[1] for row in found})
        heads: dict[int, list[Value]] = {}
        for pk, year, _, school, code, name, owner, region, commune in found:
            now = (name, owner, None, region, commune)
            heads[pk] = [code, *facts.get((school, year), now), year]
        return heads, {row[0]: row[2] for row in found}, {row[0]: row[1] for row in found}

    @staticmethod
    def _facts(schools: set[int], years: set[int]) -> dict[tuple[int, int], tuple[Any, ...]]:
        rows = SchoolYear.objects.filter(school__in=schools, year__in=years).values_list(
            *("school_id", "year", "name", "owner__name", "dependency"),
            *("commune__region__name", "commune__name"),
        )
        return {
            (school, year): (name, owner, Dependency(dependency).label, region, commune)
            for school, year, name, owner, dependency, region, commune in rows.order_by()
        }

    def rows(self) -> Iterator[list[Value]]:
        texts = (*_TEXTS, *_RESPONSIBLE) if self.of.has_texts else ()
        found = list(
            Action.objects.live()
            .filter(plan_year__in=self.keys)
            .order_by("number", "pk")
            .values_list(*_FACTS, *texts)
        )
        by_year: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row in found:
            by_year[row[1]].append(row)
        amounts, subareas = self._amounts(), self._subareas()
        for plan_year in self.keys:
            for row in by_year.get(plan_year, ()):
                yield self._row(row, amounts.get(row[0], {}), subareas.get(row[0], ()))

    def _row(
        self, row: tuple[Any, ...], amounts: dict[int, int], subareas: Sequence[int]
    ) -> list[Value]:
        _, plan_year, number_, area, starts, ends, level, pct, reported, disabled, *texts = row
        said = self._said(self.editions[plan_year], self.years[plan_year])
        made: list[Value] = [*self.heads[plan_year], number_, said.area(area)]
        made.append("; ".join(sorted(said.area(key) for key in subareas)))
        made += texts[:4]
        made += [starts, ends]
        if texts:
            made.append(texts[4] or texts[5])
        made += [amounts.get(n) for n in range(len(self.of.sources))]
        made += [sum(amounts.values()), said.level(level), pct, reported]
        made.append("sí" if disabled else None)
        return made

    def _said(self, edition: int, year: int) -> _Words:
        key = (edition, year)
        if key not in self.words:
            self.words[key] = _Words(self.of.book(edition), year)
        found: _Words = self.words[key]
        return found

    def _amounts(self) -> dict[int, dict[int, int]]:
        """By action and place of the source."""
        found: dict[int, dict[int, int]] = defaultdict(dict)
        rows = Funding.objects.filter(
            action__plan_year__in=self.keys, action__removed_at__isnull=True
        )
        for action, source, planned in rows.order_by().values_list(
            "action_id", "source_id", "planned"
        ):
            if source in self.place:
                at = self.place[source]
                found[action][at] = found[action].get(at, 0) + planned
        return found

    def _subareas(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        through = Action.subareas.through.objects.filter(action__plan_year__in=self.keys)
        for action, area in through.order_by().values_list("action_id", "area_id"):
            found[action].append(area)
        return found


class _Words:
    """Areas and levels in the words of a year, looked up once each."""

    def __init__(self, book: Catalogue, year: int) -> None:
        self._book, self._year = book, year
        self._areas: dict[int, str] = {}
        self._levels: dict[int | None, str | None] = {None: None}

    def area(self, key: int) -> str:
        if key not in self._areas:
            self._areas[key] = self._book.area(key).label(self._year)
        return self._areas[key]

    def level(self, key: int | None) -> str | None:
        if key not in self._levels and key is not None:
            term: TermItem = self._book.term(key)
            self._levels[key] = term.level_text(self._year)
        return self._levels[key]


# The list of a place ------------------------------------------------------------------------------


def can_see(actor: Actor) -> Decision:
    """Actions of many schools: whoever sees a territory, each school's as far as they may."""
    if actor.may_somewhere(Deed.SEE_TERRITORY) and _deed(actor):
        return ALLOWED
    return refused(
        "Las acciones de muchos establecimientos las descargan sostenedores, supervisión, "
        "asesoría y quienes analizan el territorio. Las de su establecimiento están en su plan."
    )


def _deed(actor: Actor) -> Deed | None:
    """What opens the actions to the person in the place where they stand: reading the plans, or
    seeing their amounts without the texts."""
    there = roster.at_current_place(actor, Deed.SEE_TERRITORY)
    deeds = (Deed.READ_PLAN, Deed.SEE_AMOUNTS)
    return next((deed for deed in deeds if there.may_somewhere(deed)), None)


def of_place(actor: Actor, query: Query) -> Table:
    """The actions of the schools of the person's place; by year, region and owner."""
    require(can_see(actor))
    deed, there = _deed(actor), roster.at_current_place(actor, Deed.SEE_TERRITORY)
    filters = Filters.of(query)
    plan_years = PlanYear.objects.visible_to(there, deed).filter(filters.as_q())
    rows = Rows(ordered(plan_years), has_texts=deed is Deed.READ_PLAN)
    lines = about(
        actor,
        ("Filtros", filters.words()),
        ("Contenido", "" if rows.has_texts else "Cifras: sin textos, notas ni nombres."),
        *NOTES,
    )
    place = actor.current.place if actor.current else ""
    title = f"Acciones del PME {filters.year or ''} de {place}".replace("  ", " ")
    name = stem("acciones", place, filters.year or "")
    return Table(title, name, rows.columns, rows.read, rows.count(), lines)


def ordered(found: PlanYearQuerySet) -> list[int]:
    """The keys of plan years in the order of the numbers of their RBD, and of their years."""
    by_code = found.order_by(Length("school__code"), "school__code", "year")
    return list(by_code.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Filters:
    """What an address or a command says about which plan years."""

    year: int | None = None
    region: str = ""
    owner: str = ""

    @classmethod
    def of(cls, query: Query) -> Filters:
        year = number(query, YEAR)
        return cls(year, query.get("region", "").strip(), query.get("sostenedor", "").strip())

    def as_q(self) -> Q:
        found = Q()
        if self.year:
            found &= Q(year=self.year)
        if self.region:
            found &= Q(school__commune__region__code=self.region)
        if self.owner:
            found &= Q(school__owner__key=self.owner)
        return found

    def words(self) -> str:
        region = Region.objects.filter(code=self.region).first() if self.region else None
        owner = Owner.objects.filter(key=self.owner).first() if self.owner else None
        return chosen(
            {
                "Año": self.year,
                "Región": region or self.region,
                "Sostenedor": owner or self.owner,
            }
        )
