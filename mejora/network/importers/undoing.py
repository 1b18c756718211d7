"""Taking back what an import of the network wrote, value by value.

A value goes back where it still says what the batch wrote; what was changed since stays, and a
sentence says so. What the batch added goes only if nobody touched it and nothing hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import models

from mejora.core.decisions import Refused
from mejora.network.importers import bulk
from mejora.network.models import ImportBatch

CHUNK = 900
SINCE = "porque cambió después de esta carga"
USED = "porque otros datos dependen de esto"
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """A row that the batch wrote: what it is called, what was written, what was there before
    (None: nothing, the batch added it)."""

    pk: int
    label: str
    wrote: Values
    before: Values | None


@dataclass(slots=True)
class Undoing:
    """What goes back of a batch, and the sentences about what had to stay."""

    batch: ImportBatch
    kept: list[str] = field(default_factory=list)
    done: int = 0

    def put_back(
        self,
        model: type[models.Model],
        names: Mapping[str, str],
        things: Sequence[Thing],
        *,
        stuck: Mapping[int, str] | None = None,
    ) -> set[int]:
        """Put rows of one table back; `names` are the columns with what people call them, and
        `stuck` says of added rows why they cannot go. Gives the keys of those that changed."""
        now = current(model, tuple(names), [thing.pk for thing in things])
        gone, changed = [], []
        for thing in things:
            values = now.get(thing.pk)
            if values is None:
                continue
            if thing.before is None:
                reason = (stuck or {}).get(thing.pk) or (SINCE if values != thing.wrote else "")
                if reason:
                    self.keep(thing.label, reason)
                else:
                    gone.append(thing.pk)
                continue
            mended, left = _mended(values, thing.wrote, thing.before, list(names.values()))
            if left:
                self.kept.append(f"{thing.label}: se conserva {_listed(left)}, {SINCE}.")
            if mended != values:
                changed.append((*mended, thing.pk))
        bulk.update(model, tuple(names), changed)
        delete(model, gone)
        self.done += len(gone) + len(changed)
        return {*gone, *(row[-1] for row in changed)}

    def keep(self, label: str, reason: str) -> None:
        self.kept.append(f"{label}: se conserva, {reason}.")

    def finish(self) -> list[str]:
        """The sentences; raises `Refused` where everything had to stay."""
        if self.kept and not self.done:
            raise Refused(
                "No se puede deshacer: todo lo que escribió esta carga cambió o se usa desde "
                f"entonces. Por ejemplo, {self.kept[0][0].lower()}{self.kept[0][1:]}"
            )
        return self.kept


def _mended(
    now: Values, wrote: Values, before: Values, names: Sequence[str]
) -> tuple[Values, list[str]]:
    """The row as it should be, and what of it others changed. A column without a name for people
    goes along in silence: it only tells which file said the rest."""
    values, left = [], []
    for value, said, was, name in zip(now, wrote, before, names, strict=True):
        if value == said:
            values.append(was)
            continue
        values.append(value)
        if value != was and said != was and name:
            left.append(name)
    return tuple(values), left


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} y {words[-1]}"


def current(
    model: type[models.Model], names: Sequence[str], pks: Iterable[int]
) -> dict[int, Values]:
    """The rows as they stand, by key: foreign keys as numbers."""
    found: dict[int, Values] = {}
    for chunk in chunks(pks):
        rows = model._default_manager.filter(pk__in=chunk).values_list("pk", *names)
        found.update((pk, tuple(values)) for pk, *values in rows)
    return found


def chunks(pks: Iterable[int]) -> Iterator[list[int]]:
    left = iter(pks)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def delete(model: type[models.Model], pks: Iterable[int]) -> None:
    """By key; whoever asks has made sure that nothing hangs on them."""
    for chunk in chunks(pks):
        bulk.delete(model, model._meta.pk.name, chunk)


def hanging(model: type[models.Model], *, besides: Iterable[type[models.Model]] = ()) -> set[int]:
    """The keys of rows that some row of another table points at. One query per relation."""
    left_out, found = set(besides), set[int]()
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.related_model in left_out:
            continue
        if not isinstance(relation, models.ManyToOneRel):
            continue
        pointing, name = relation.related_model, relation.field.attname
        held = pointing._default_manager.exclude(**{name: None})
        found.update(held.order_by().values_list(name, flat=True).distinct())
    return found
