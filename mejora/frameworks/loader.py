"""Stores the frameworks of `data/` in the database: all of a file or nothing, as often as wanted.

What was loaded is bound to plans, so a code never leaves and its range, depth and parent never
change; words, notes and sources may. Labels that only the database has are left alone.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from django.db import transaction

from mejora.frameworks import catalogue
from mejora.frameworks.models import Area, Edition, Label, Term
from mejora.frameworks.reader import FrameworkError, FrameworkSpec, ItemSpec, read

DATA = Path(__file__).resolve().parent / "data"


def load_all(folder: Path = DATA) -> int:
    """Load every file that is new or changed and say how many were.

    Every file is read and checked before the first is stored, so a refusal changes nothing.
    """
    specs = [(path, read(path)) for path in sorted(folder.glob("*.toml"))]
    _refuse_twins(specs)
    with transaction.atomic():
        loaded = sum(_store(path.name, spec) for path, spec in specs)
    if loaded:
        transaction.on_commit(catalogue.forget)
        catalogue.forget()
    return loaded


def _refuse_twins(specs: list[tuple[Path, FrameworkSpec]]) -> None:
    """Two files with one edition would overwrite each other at every load."""
    owner: dict[tuple[str, str], str] = {}
    for path, spec in specs:
        key = (spec.edition["country_code"], spec.edition["code"])
        if key in owner:
            raise FrameworkError(
                [f"{path.name}, [edition]: {key[0]} {key[1]} ya está en {owner[key]}"]
            )
        owner[key] = path.name


def _store(file_name: str, spec: FrameworkSpec) -> bool:
    key = {"country_code": spec.edition["country_code"], "code": spec.edition["code"]}
    edition = Edition.objects.filter(**key).first()
    if edition is not None and edition.sha256 == spec.sha256:
        return False
    if edition is not None:
        _refuse_broken_promises(file_name, edition, spec)
    edition, _ = Edition.objects.update_or_create(
        **key, defaults={**spec.edition, "sha256": spec.sha256}
    )
    areas: dict[str, Area] = {}
    for order, item in enumerate(_tree(spec.areas), start=1):
        areas[item.code] = area = _store_area(edition, item, order, areas)
        _store_labels(item, area=area)
    for item in spec.terms:
        _store_labels(item, term=_store_term(edition, item))
    return True


def _tree(areas: tuple[ItemSpec, ...]) -> list[ItemSpec]:
    """Areas as people read them: each followed by what hangs from it."""

    def below(parent: str, depth: int) -> list[ItemSpec]:
        found = []
        for area in areas:
            if area.depth == depth and area.parent == parent:
                found += [area, *below(area.code, depth + 1)]
        return found

    return below("", 1)


def _store_area(edition: Edition, item: ItemSpec, order: int, areas: dict[str, Area]) -> Area:
    parent = areas.get(item.parent)
    inherited = parent.for_actions if parent else True
    area, _ = Area.objects.update_or_create(
        edition=edition,
        code=item.code,
        defaults={
            "parent": parent,
            "depth": item.depth,
            "order": order,
            "for_actions": item.options.get("for_actions", inherited),
            "source": item.source,
            "certainty": item.certainty,
        },
    )
    return area


def _store_term(edition: Edition, item: ItemSpec) -> Term:
    term, _ = Term.objects.update_or_create(
        edition=edition,
        kind=item.table,
        code=item.code,
        defaults={
            "order": item.order,
            "min": item.options.get("min"),
            "max": item.options.get("max"),
            "column": item.options.get("column", ""),
            "note": item.options.get("note", ""),
            "source": item.source,
            "certainty": item.certainty,
        },
    )
    return term


def _store_labels(item: ItemSpec, *, area: Area | None = None, term: Term | None = None) -> None:
    for label in item.labels:
        words = asdict(label)
        Label.objects.update_or_create(
            area=area, term=term, from_year=words.pop("from_year"), defaults=words
        )


def _refuse_broken_promises(file_name: str, edition: Edition, spec: FrameworkSpec) -> None:
    """Plans point at what was loaded: nothing of it may leave or come to mean something else."""
    areas = {a.code: (a.depth, a.parent) for a in spec.areas}
    terms = {(t.table, t.code): (t.options.get("min"), t.options.get("max")) for t in spec.terms}
    problems = []
    for area in edition.areas.select_related("parent"):
        now = (area.depth, area.parent.code if area.parent else "")
        if areas.get(area.code) != now:
            problems.append(f"el área «{area.code}» ya está cargada y no puede faltar ni moverse")
    for term in edition.terms.all():
        if terms.get((term.kind, term.code)) != (term.min, term.max):
            problems.append(
                f"«{term.code}» de la tabla {term.kind} ya está cargado y no puede faltar "
                "ni cambiar de rango"
            )
    if problems:
        advice = "Un cambio así es otra edición, en otro archivo."
        raise FrameworkError([f"{file_name}: {problem}. {advice}" for problem in problems])
