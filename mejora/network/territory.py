"""Loads countries' regions, communes and offices from the files in `network/data/`.

A file is read and checked whole before anything is written. Loading again writes only what differs;
nothing is removed, because schools may stand in it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

from mejora.core.folding import fold
from mejora.network.colombia import Jurisdiction
from mejora.network.enums import OwnerKind
from mejora.network.models import (
    Commune,
    CommuneAlias,
    Country,
    Owner,
    Region,
    SupervisionOffice,
)

DATA = Path(__file__).resolve().parent / "data"
COUNTRY_KEYS = {"code", "name", "currency", "tz"}
# Section → the keys that each item needs, and those that it may have.
SECTIONS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "regions": (frozenset({"code", "abbr", "name"}), frozenset()),
    "communes": (frozenset({"code", "name"}), frozenset({"province", "etc"})),
    "aliases": (frozenset({"commune", "until_year"}), frozenset({"old_code", "old_name"})),
    "offices": (frozenset({"code", "region", "name"}), frozenset()),
    "entities": (frozenset({"code", "name"}), frozenset()),
}
# Only where the owners of the public schools are known beforehand, commune by commune.
OPTIONAL = frozenset({"entities"})


class TerritoryError(ValueError):
    """What is wrong in a file, one line per problem, each with its place."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were new or different."""

    created: int
    updated: int


def load_all() -> list[Loaded]:
    return [load(path) for path in sorted(DATA.glob("*.toml"))]


def load(path: Path) -> Loaded:
    """Bring one country in. Refuses the whole file when a code repeats or a reference is broken."""
    content = read(path)
    with transaction.atomic():
        return _write(content)


def read(path: Path) -> dict[str, Any]:
    """The file's content once it is known to be sound."""
    text = path.read_text(encoding="utf-8")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TerritoryError(f"{path.name}: {error}") from error
    problems = list(_problems(content))
    if problems:
        raise TerritoryError("\n".join(f"{path.name}: {problem}" for problem in problems))
    return content


def _problems(content: dict[str, Any]) -> Iterable[str]:
    country = content.get("country", {})
    if set(country) != COUNTRY_KEYS:
        yield f"[country] needs {', '.join(sorted(COUNTRY_KEYS))}"
    unknown = set(content) - set(SECTIONS) - {"country", "sources"}
    for name in sorted(unknown):
        yield f"[{name}] is not a known section"
    for section in SECTIONS:
        if section in OPTIONAL and section not in content:
            continue
        yield from _section_problems(section, content)
    if not unknown:
        yield from _broken_references(content)


def _section_problems(section: str, content: dict[str, Any]) -> Iterable[str]:
    body = content.get(section, {})
    if not body.get("source"):
        yield f"[{section}] names no source"
    for source in body.get("source", []):
        if source not in content.get("sources", {}):
            yield f"[{section}] names the source {source!r}, which is not in [sources]"
    seen: dict[str, int] = {}
    for number, item in enumerate(body.get("items", []), start=1):
        where = f"[{section}] item {number}"
        yield from _key_problems(section, item, where)
        code = item.get("code") or item.get("old_code") or item.get("old_name", "")
        if code in seen:
            yield f"{where}: {code!r} repeats item {seen[code]}"
        seen.setdefault(code, number)


def _key_problems(section: str, item: dict[str, Any], where: str) -> Iterable[str]:
    needed, allowed = SECTIONS[section]
    for key in sorted(needed - set(item)):
        yield f"{where}: {key} is missing"
    for key in sorted(set(item) - needed - allowed):
        yield f"{where}: {key} is not known"


def _codes(content: dict[str, Any], section: str) -> set[str]:
    return {item.get("code", "") for item in content.get(section, {}).get("items", [])}


def _broken_references(content: dict[str, Any]) -> Iterable[str]:
    """Every commune, alias, office and entity points at something in the same file."""
    regions, communes = _codes(content, "regions"), _codes(content, "communes")
    references = (
        ("communes", "region", lambda item: str(item.get("code", ""))[:2], regions),
        ("offices", "region", lambda item: item.get("region", ""), regions),
        ("aliases", "commune", lambda item: item.get("commune", ""), communes),
        ("communes", "entity", lambda item: item.get("etc"), {None, *_codes(content, "entities")}),
    )
    for section, what, target, known in references:
        for number, item in enumerate(content.get(section, {}).get("items", []), start=1):
            if target(item) not in known:
                yield f"[{section}] item {number}: there is no {what} {target(item)!r}"


class _Sync:
    """Brings a table to what the file says: inserts what is missing, updates what differs."""

    def __init__(self) -> None:
        self.created = self.updated = 0

    def __call__(
        self,
        model: type[models.Model],
        keys: tuple[str, ...],
        wanted: list[dict[str, Any]],
        **scope: Any,
    ) -> None:
        manager: models.Manager[Any] = model._default_manager
        stored = {tuple(getattr(row, key) for key in keys): row for row in manager.filter(**scope)}
        fields = [name for name in wanted[0] if name not in keys] if wanted else []
        new, changed = [], []
        for values in wanted:
            row = stored.get(tuple(values[key] for key in keys))
            if row is None:
                new.append(model(**values))
            elif any(getattr(row, name) != values[name] for name in fields):
                for name in fields:
                    setattr(row, name, values[name])
                changed.append(row)
        manager.bulk_create(new)
        if changed:
            manager.bulk_update(changed, fields)
        self.created += len(new)
        self.updated += len(changed)


def _write(content: dict[str, Any]) -> Loaded:
    sync = _Sync()
    sync(Country, ("code",), [content["country"]])
    country = Country.objects.get(code=content["country"]["code"])
    sync(
        Region,
        ("code",),
        [
            {"country_id": country.pk, "order": order, **item}
            for order, item in enumerate(content["regions"]["items"], start=1)
        ],
        country=country,
    )
    regions = dict(country.regions.values_list("code", "pk"))
    sync(
        Commune,
        ("code",),
        [_commune(item, regions) for item in content["communes"]["items"]],
        region__country=country,
    )
    communes = dict(Commune.objects.of(country.code).values_list("code", "pk"))
    sync(
        CommuneAlias,
        ("old_code", "old_name"),
        [_alias(item, communes) for item in content["aliases"]["items"]],
        commune__region__country=country,
    )
    sync(
        SupervisionOffice,
        ("code",),
        [_office(item, regions) for item in content["offices"]["items"]],
        region__country=country,
    )
    if "entities" in content:
        _write_entities(sync, country, content, communes)
    return Loaded(sync.created, sync.updated)


def _write_entities(
    sync: _Sync, country: Country, content: dict[str, Any], communes: Mapping[str, int]
) -> None:
    """The certified entities as owners, and the communes whose schools they administer."""
    entities = [_entity(country, item) for item in content["entities"]["items"]]
    sync(Owner, ("key",), entities, country=country, kind=OwnerKind.ETC)
    owners = dict(Owner.objects.filter(country=country).values_list("key", "pk"))
    sync(
        Jurisdiction,
        ("commune_id",),
        [
            {"commune_id": communes[item["code"]], "owner_id": owners[etc_key(item["etc"])]}
            for item in content["communes"]["items"]
            if "etc" in item
        ],
        commune__region__country=country,
    )


def etc_key(code: str) -> str:
    """The key of an owner that is a certified entity: `etc:3758`."""
    return f"{OwnerKind.ETC}:{code}"


def _entity(country: Country, item: dict[str, Any]) -> dict[str, Any]:
    name = f"Secretaría de Educación de {item['name']}"
    return {
        "country_id": country.pk,
        "kind": OwnerKind.ETC,
        "key": etc_key(item["code"]),
        "name": name,
        "name_folded": fold(name),
    }


def _commune(item: dict[str, Any], regions: Mapping[str, int]) -> dict[str, Any]:
    return {
        "code": item["code"],
        "name": item["name"],
        "name_folded": fold(item["name"]),
        "province": item.get("province", ""),
        "region_id": regions[item["code"][:2]],
    }


def _alias(item: dict[str, Any], communes: Mapping[str, int]) -> dict[str, Any]:
    return {
        "old_code": item.get("old_code", ""),
        "old_name": item.get("old_name", ""),
        "commune_id": communes[item["commune"]],
        "until_year": item["until_year"],
    }


def _office(item: dict[str, Any], regions: Mapping[str, int]) -> dict[str, Any]:
    return {"code": item["code"], "name": item["name"], "region_id": regions[item["region"]]}
