"""What every document says the same way: whose school it was, a level, where a word comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from mejora.core import wording
from mejora.frameworks.catalogue import Item
from mejora.network.access import Actor, Deed, covers
from mejora.network.models import School, SchoolYear
from mejora.plans.models import PlanYear

Row = dict[str, Any]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def owner_then(plan_year: PlanYear) -> str:
    """Whose the school was that year; today's owner where the year is not known."""
    then = SchoolYear.objects.filter(school=plan_year.school_id, year=plan_year.year)
    name = then.exclude(owner=None).values_list("owner__name", flat=True).first()
    return name or (plan_year.school.owner.name if plan_year.school.owner else wording.UNKNOWN)


def prepared_by(actor: Actor, school: School) -> str:
    """ "Marcela Fuentealba (Dirección)": who asks for the paper, and as what they may read it."""
    roles = [m for m, _ in actor.with_reach(Deed.READ_PLAN) if covers(m, school)]
    roles.sort(key=lambda m: m != actor.current)
    return f"{actor.user.name} ({roles[0].get_role_display()})" if roles else actor.user.name


def bar(low: int | None, high: int | None) -> Row:
    """From where to where the level lies: solid up to `low`, somewhere in between up to `high`."""
    return {"low": low, "high": high}


def unconfirmed(items: Iterable[Item], year: int) -> list[str]:
    """The words of the catalogue that no source shows, with how sure they are and whence."""
    by_source: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in sorted(items, key=lambda i: (type(i).__name__, i.order)):
        if not item.word_is_confirmed(year):
            label = item.dated(year)
            key = (str(label.certainty.label), label.source or item.source)
            by_source[key].append(f"«{label.text}»")
    return [
        f"{wording.sentence(words)}: {certainty}. Fuente: {source}."
        for (certainty, source), words in by_source.items()
    ]
