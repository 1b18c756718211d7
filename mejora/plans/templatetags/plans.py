"""Small drawings of the plan's pages, and what a template asks of a link of the chain."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mejora.core import wording
from mejora.frameworks.catalogue import AreaItem
from mejora.plans.chain import ActionNode, IndicatorNode
from mejora.plans.profile import Row, Share

register = template.Library()
_NOBODY = UUID(int=0)
SHAPES = {"done": "cumplido", "late": "atrasado", "open": "por cumplir"}


# Drawn once per page by `diamond_shapes`; a row of them only points there.
_DIAMONDS = {
    state: format_html(
        '<svg class="diamond" width="12" height="12" aria-hidden="true">'
        '<use href="#hito-{}"/></svg>',
        state,
    )
    for state in SHAPES
}


@register.simple_tag
def diamond_shapes() -> SafeString:
    """The three shapes of a milestone, for the others on the page to use."""
    shape = (
        '<symbol id="hito-{}" viewBox="0 0 14 14"><path class="gantt__mark gantt__mark--{}" '
        'd="M1 7 7 1l6 6-6 6z"/>{}</symbol>'
    )
    bang = SafeString('<path class="gantt__bang" d="M7 3.6V8M7 9.6v.8"/>')
    shapes = ((state, state, bang if state == "late" else "") for state in SHAPES)
    return format_html(
        '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">{}</svg>',
        format_html_join("", shape, shapes),
    )


@register.simple_tag(name="diamond")
def one_diamond(state: str) -> SafeString:
    """One milestone: full, open, or brick with "!"; the word stands for who does not see it."""
    return format_html('{}<span class="visually-hidden">{}</span>', _DIAMONDS[state], SHAPES[state])


@register.simple_tag
def diamonds(action: ActionNode) -> SafeString:
    """An action's milestones in a row, with their count."""
    drawn = format_html_join("", "{}", ((_DIAMONDS[m.state],) for m in action.milestones))
    return format_html(
        '<span class="diamonds">{}</span> {} de {}',
        drawn,
        action.done_count,
        len(action.milestones),
    )


@register.simple_tag
def indicator_line(indicator: IndicatorNode, year: int) -> SafeString:
    """Base, now and the flag of the year's target on one line, then in words."""
    points = {
        "base": indicator.baseline,
        "now": indicator.value,
        "target": indicator.target,
    }
    known = [value for value in points.values() if value is not None]
    if len(known) < 2 or min(known) == max(known):
        return format_html('<p class="tiny quiet">{}</p>', _in_words(indicator, year))
    low, high = min(known), max(known)
    at = {
        name: round(float(8 + 80 * (value - low) / (high - low)), 1)
        for name, value in points.items()
        if value is not None
    }
    parts = [SafeString('<line class="indicator__line" x1="2%" x2="98%" y1="20" y2="20"/>')]
    if "base" in at and "now" in at:
        ends = sorted((at["base"], at["now"]))
        way = '<line class="indicator__way" x1="{}%" x2="{}%" y1="20" y2="20"/>'
        parts.append(format_html(way, *ends))
    drawings = {
        "base": '<line class="indicator__base" x1="{0}%" x2="{0}%" y1="14" y2="26"/>',
        "now": '<circle class="indicator__now" cx="{0}%" cy="20" r="5.5"/>',
        "target": '<svg x="{0}%" overflow="visible"><path class="indicator__flag" d="M0 25V5"/>'
        '<path class="indicator__cloth" d="M0 5h11l-3 3.5 3 3.5H0z"/></svg>',
    }
    parts += [format_html(drawings[name], x) for name, x in at.items()]
    return format_html(
        '<svg class="indicator" width="100%" height="30" aria-hidden="true" focusable="false">{}'
        '</svg><p class="tiny quiet">{}</p>',
        format_html_join("", "{}", ((part,) for part in parts)),
        _in_words(indicator, year),
    )


def _in_words(indicator: IndicatorNode, year: int) -> str:
    words = []
    if indicator.value is not None and indicator.value_on:
        month = wording.month_name(indicator.value_on)
        words.append(f"{_amount(indicator.value, indicator.unit)} en {month}")
    else:
        words.append("sin mediciones")
    if indicator.baseline is not None:
        words.append(f"base {_amount(indicator.baseline, indicator.unit)}")
    if indicator.target is not None:
        words.append(f"meta {year}: {_amount(indicator.target, indicator.unit)}")
    return " · ".join(words)


def _amount(value: Decimal, unit: str) -> str:
    places = max(0, -int(value.normalize().as_tuple().exponent))
    figure = wording.thousands(value, places)
    return f"{figure}{wording.NARROW}%" if unit == "%" else figure


@lru_cache(maxsize=4096)
def _pattern(name: str, code: str, year: int) -> str:
    return reverse(name, args=(code, year, _NOBODY))


@register.simple_tag(takes_context=True)
def to(context: Context, name: str, uid: UUID) -> str:
    """The address of a thing of this plan. The same as `url`, reversed once per page and kind: a
    chain of forty actions has a hundred and more links."""
    found = _pattern(name, context["code"], context["year"])
    return found.replace(str(_NOBODY), str(uid))


@register.filter
def cut(text: str, limit: int = 90) -> str:
    """The beginning of a long text, never cut in mid-word."""
    words = " ".join(text.split())
    if len(words) <= limit:
        return words
    return words[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


@register.filter
def area_word(area: AreaItem, year: int) -> str:
    """A dimension by its word of that year."""
    return area.label(year)


@register.filter
def told(transition: str, words: Mapping[str, str]) -> str:
    """A move of a stage in words."""
    return words.get(transition, transition)


@register.simple_tag
def area_label(area: AreaItem, year: int) -> str:
    return area.label(year)


@register.simple_tag
def level_share(share: Share) -> SafeString:
    """How many components stand at a level, and what percent they are of the rated ones."""
    if share.percent is None:
        return SafeString(wording.NOT_APPLICABLE)
    percent = f"{share.percent:f}".replace(".", ",")
    return format_html("{}<span>{}{}%</span>", share.count, percent, wording.NARROW)


@register.simple_tag
def distribution(row: Row) -> SafeString:
    """A row of components as one bar: each level as wide as its share, what is pending in grey."""
    at, parts = 0.0, []
    widths = [(str(s.level.order), s.count) for s in row.shares] + [("none", row.pending)]
    for name, count in widths:
        width = 100 * count / row.total if row.total else 0
        if width:
            shape = '<rect class="reparto__{}" x="{}%" width="{}%" height="100%"/>'
            parts.append(format_html(shape, name, f"{at:.2f}", f"{width:.2f}"))
        at += width
    return format_html(
        '<svg class="reparto" aria-hidden="true" focusable="false">{}</svg>',
        format_html_join("", "{}", ((part,) for part in parts)),
    )


@register.filter
def of_key(found: Mapping[int, list[str]], key: int) -> list[str]:
    """`factors|of_key:objective.pk`: what a table made for the page says of one row."""
    return found.get(key, [])
