"""Bars of shares as SVG: of a percentage, and of a school's actions by level."""

from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mejora.core import components, wording
from mejora.reports.board import LevelCount, Levels

register = template.Library()
ROOM_FOR_FIGURE = 8  # percent of the bar that a figure of two digits needs


@register.simple_tag
def share_line(value: Decimal) -> SafeString:
    """A thin line under a percentage, for the eye only."""
    return format_html(
        '<svg class="share-line" aria-hidden="true" focusable="false">'
        '<rect class="share-line__whole" width="100%" height="100%"/>'
        '<rect class="share-line__part" width="{}%" height="100%"/></svg>',
        f"{value:.1f}",
    )


@register.simple_tag
def level_shares(levels: Levels, year: int) -> SafeString:
    """The actions as one bar, fullest first, each part with its count; the same in words."""
    parts, at = [], 0.0
    for each in reversed(levels.counts):
        if each.count:
            width = 100 * each.count / levels.total
            parts.append((_step(each), f"{at:.2f}", f"{width:.2f}", _figure(each, at, width)))
            at += width
    drawn = format_html_join(
        "", '<g><rect class="{}" x="{}%" width="{}%" height="100%"/>{}</g>', parts
    )
    return format_html(
        '<svg class="shares" aria-hidden="true" focusable="false">{}</svg>'
        '<span class="visually-hidden">{}</span>',
        drawn,
        in_words(levels, year),
    )


def in_words(levels: Levels, year: int) -> str:
    """ "2 en 100 % Implementada, 5 en 75–99 % Avanzada y 1 sin informar"."""
    return wording.sentence(
        f"{each.count} en {each.level.level_text(year)}"
        if each.level
        else f"{each.count} sin informar"
        for each in reversed(levels.counts)
        if each.count
    )


def _step(each: LevelCount) -> str:
    if each.level is None:
        return "shares__none"
    return f"shares__{components.step(each.level.min)}"


def _figure(each: LevelCount, at: float, width: float) -> SafeString:
    if width < ROOM_FOR_FIGURE:
        return SafeString("")
    light = " shares__figure--light" if each.level and each.level.min == components.FULL else ""
    return format_html(
        '<text class="shares__figure{}" x="{}%" y="50%" dy="5">{}</text>',
        light,
        f"{at + width / 2:.2f}",
        each.count,
    )
