"""What every document says the same way: whose school it was, a level, where a word comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
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


def amount(value: Decimal | None, unit: str) -> str:
    """ "52 %", "18 docentes", "1,50 horas"; "s/i" where nobody wrote it."""
    if value is None:
        return wording.UNKNOWN
    places = 0 if value == value.to_integral_value() else 2
    number = wording.thousands(value, places)
    return f"{number}{wording.NARROW}{unit}" if unit == "%" else f"{number} {unit}".strip()


def unconfirmed(items: Iterable[Item], year: int) -> list[str]:
    """The words of the catalogue that no source shows, with how sure they are and whence."""
    return [
        f"{wording.sentence(f'«{word}»' for word in words)}: {doubt}"
        for doubt, words in _doubts(items, year).items()
    ]


def doubts(name: str, items: Iterable[Item], year: int) -> list[str]:
    """The same of many words that the page lists anyway: told once, by what they are."""
    return [f"{name}: {doubt}" for doubt in _doubts(items, year)]


def _doubts(items: Iterable[Item], year: int) -> dict[str, list[str]]:
    by_source: dict[str, list[str]] = defaultdict(list)
    for item in sorted(items, key=lambda i: (type(i).__name__, i.order)):
        if not item.word_is_confirmed(year):
            label = item.dated(year)
            doubt = f"{label.certainty.label}. Fuente: {label.source or item.source}."
            by_source[doubt].append(label.text)
    return by_source
