"""The small parts of every page as functions that return safe HTML: marks, bars, glasses.

They are called hundreds of times per page, so they draw without templates and remember what they
drew. What needs a context or blocks of text is a template in templates/components/.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from mejora.core import speech, wording
from mejora.core.icons import ICONS
from mejora.core.wording import Interval

EMPTY = SafeString("")
FULL = 100
# The lower ends of the six steps of the scale.
STEPS = (0, 1, 25, 50, 75, 100)
# How high a glass stands for an interval: the middle of what it may be.
GLASS_HEIGHT = (0, 18, 40, 64, 88, 100)


@dataclass(frozen=True, slots=True)
class Range:
    """A level where no catalogue is at hand: its ends in percent."""

    min: int | None
    max: int | None


# Icons and marks -----------------------------------------------------------------------------


@lru_cache(maxsize=512)
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """A drawing; decoration unless it has a label."""
    heard = format_html(' role="img" aria-label="{}"', label) if label else ' aria-hidden="true"'
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" width="{0}" height="{0}" focusable="false"{1}>{2}'
        "</svg>",
        size,
        mark_safe(heard),
        mark_safe(ICONS[name]),
    )


@dataclass(frozen=True, slots=True)
class Mark:
    icon: str
    tone: str  # quiet, done, soon or late: the two inks
    word: str


MARKS = {
    "none": Mark("ring", "quiet", "No iniciada"),
    "partial": Mark("half", "done", "Registro parcial"),
    "sent": Mark("send", "done", "Enviada al sostenedor"),
    "returned": Mark("return", "soon", "Devuelta"),
    "approved": Mark("check-disc", "done", "Aprobada"),
    "due": Mark("clock", "soon", "Por vencer"),
    "late": Mark("triangle", "late", "Atrasada"),
    "missing": Mark("missing", "soon", "Falta"),
    "closed": Mark("closed-square", "quiet", "Cerrada por plazo"),
    "done": Mark("check", "done", "Listo"),
    "waiting": Mark("clock", "quiet", "En espera"),
    "unreported": Mark("ring", "quiet", "Sin informar"),
}
# The values of plans.StageStatus, which this layer does not import.
STAGE_MARKS = {
    "not_started": "none",
    "partial": "partial",
    "sent": "sent",
    "returned": "returned",
    "approved": "approved",
}


def mark(kind: str, word: str = "", *, boxed: bool = False) -> SafeString:
    """A state in words, shape and colour."""
    return _mark(kind, speech.say(word or MARKS[kind].word), boxed)


@lru_cache(maxsize=512)
def _mark(kind: str, word: str, boxed: bool) -> SafeString:
    found = MARKS[kind]
    return format_html(
        '<span class="mark mark--{}{}">{}{}</span>',
        found.tone,
        " mark--boxed" if boxed else "",
        icon(found.icon),
        word,
    )


def stage_state(status: str, word: str = "", *, boxed: bool = False) -> SafeString:
    return mark(STAGE_MARKS[str(status)], word, boxed=boxed)


# Levels --------------------------------------------------------------------------------------


def step(value: int | None) -> int | None:
    """Which of the six steps of the scale a percentage stands on."""
    if value is None:
        return None
    return max(index for index, start in enumerate(STEPS) if start <= value)


@lru_cache(maxsize=1024)
def _bar(low: int | None, high: int | None, pct: int | None, size: str) -> SafeString:
    """Solid: surely reached. Hatched: somewhere in here."""
    shape = f'class="bar bar--{size}{{}}" aria-hidden="true" focusable="false"'
    if low is None and pct is None:
        return mark_safe(f"<svg {shape.format(' bar--none')}></svg>")
    solid, reach = _solid_and_reach(low, high, pct)
    parts = [f'<rect class="bar__solid" width="{solid}%" height="100%"/>'] if solid else []
    if reach > solid:
        parts.append(
            f'<rect class="bar__maybe" x="{solid}%" width="{reach - solid}%" height="100%"/>'
        )
    parts += [
        f'<line class="bar__cut" x1="{at}%" x2="{at}%" y1="0" y2="100%"/>' for at in (25, 50, 75)
    ]
    if solid == FULL:
        parts.append(
            '<svg class="bar__tick" x="100%" y="50%" overflow="visible">'
            '<path d="m-13 0 3 3 5-6"/></svg>'
        )
    return mark_safe(f"<svg {shape.format('')}>{''.join(parts)}</svg>")


def _solid_and_reach(low: int | None, high: int | None, pct: int | None) -> tuple[int, int]:
    if pct is not None:
        return pct, pct
    start = low or 0
    if high is None or high == start:
        return start, start
    # 50–74 covers the whole third quarter: its hatch ends where the next level begins.
    return (0 if start == 1 else start), min(high + 1, FULL)


def level_bar(level: Interval | None, pct: int | None = None, size: str = "desk") -> SafeString:
    """The bar alone, for the eye: text always stands beside it."""
    low, high = (level.min, level.max) if level is not None else (None, None)
    return _bar(low, high, pct, size)


def level(
    level: Interval | None, pct: int | None = None, label: str = "", size: str = "desk"
) -> SafeString:
    """The bar with its words: the exact figure alone, or the range with the year's label."""
    words = wording.level_text(level, "" if pct not in (None, 0, FULL) else label, pct)
    return format_html(
        '<span class="level level--{}">{}<span class="level__text{}">{}</span></span>',
        size,
        level_bar(level, pct, size),
        " quiet" if level is None and pct is None else "",
        words,
    )


@lru_cache(maxsize=1024)
def _glass(low: int | None, pct: int | None, size: int) -> SafeString:
    at = step(pct if pct is not None else low)
    if at is None:
        inside = (
            '<rect class="glass__none" x="1" y="1" width="18" height="18" rx="2"/>'
            '<circle class="glass__dot" cx="10" cy="10" r="1.6"/>'
        )
    else:
        height = round(16 * (pct if pct is not None else GLASS_HEIGHT[at]) / FULL, 1)
        inside = '<rect class="glass__wall" x="1" y="1" width="18" height="18" rx="2"/>'
        if at == len(STEPS) - 1:
            inside = (
                '<rect class="step-5" x="1" y="1" width="18" height="18" rx="2"/>'
                '<path class="glass__tick" d="m5.5 10.2 3 3 6-6.8"/>'
            )
        elif height:
            inside += (
                f'<rect class="step-{at}" x="2" y="{18 - height:g}" width="16" '
                f'height="{height:g}"/>'
            )
    return mark_safe(
        f'<svg class="glass" viewBox="0 0 20 20" width="{size}" height="{size}" '
        f'aria-hidden="true" focusable="false">{inside}</svg>'
    )


def glass(
    level: Interval | None,
    pct: int | None = None,
    *,
    name: str = "",
    href: str = "",
    label: str = "",
    size: int = 20,
) -> SafeString:
    """One action as a square filled from below; with a name it can be heard, with href pressed."""
    drawn = _glass(level.min if level is not None else None, pct, size)
    if not name:
        return drawn
    words = f"{name}: {wording.level_text(level, label, pct)}"
    if not href:
        return format_html('{}<span class="visually-hidden">{}</span>', drawn, words)
    return format_html(
        '<a class="glass-link" href="{}" title="{}">{}<span class="visually-hidden">{}</span></a>',
        href,
        words,
        drawn,
        words,
    )


def heat(
    value: float | None,
    *,
    href: str = "",
    name: str = "",
    late: bool = False,
    state: str = "",
) -> SafeString:
    """A cell of the heat map. Without a value, `state` says why: overdue, waiting or future."""
    if value is None:
        kind = state or "overdue"
        text = {"overdue": wording.UNKNOWN, "future": wording.NOT_APPLICABLE}.get(kind, "")
        inside = icon("ring", 12) if kind == "waiting" else text
    else:
        kind = f"step-{step(round(value))}" + (" heat--late" if late else "")
        inside = wording.thousands(value)
    heard = format_html('<span class="visually-hidden">{}</span>', name) if name else EMPTY
    if href:
        return format_html('<a class="heat {}" href="{}">{}{}</a>', kind, href, inside, heard)
    return format_html('<span class="heat {}">{}{}</span>', kind, inside, heard)


# People, dates, progress -----------------------------------------------------------------------


def initials(person: object, *, name: bool = False) -> SafeString:
    """A white disc with two letters; the name beside it, or for those who listen."""
    full = str(person)
    letters = getattr(person, "initials", "") or wording.initials(full)
    short = getattr(person, "short_name", "") or wording.short_name(full)
    disc = format_html('<span class="initials" aria-hidden="true">{}</span>', letters)
    if name:
        return format_html('<span class="person">{}<span>{}</span></span>', disc, short)
    return format_html(
        '<span class="person" title="{}">{}<span class="visually-hidden">{}</span></span>',
        full,
        disc,
        full,
    )


def progress_bar(done: int, total: int, label: str = "") -> SafeString:
    """How much of a job or of a goal is done, as a native bar that everybody can read."""
    return format_html(
        '<progress class="progress" max="{}" value="{}" aria-label="{}">{}</progress>',
        max(total, 1),
        done,
        label or "Avance",
        f"{wording.thousands(done)} de {wording.thousands(total)}",
    )


def refused_button(label: str, reason: str, href: str = "", action: str = "") -> SafeString:
    """A button that cannot be pressed now, with its reason in text beside it."""
    link = format_html(' <a href="{}">{}</a>', href, action) if href else EMPTY
    return format_html(
        '<span class="refused"><button type="button" class="govuk-button govuk-button--refused" '
        'aria-disabled="true">{}</button><span class="refused__reason">{}{}</span></span>',
        speech.say(label),
        speech.say(reason),
        link,
    )


def breadcrumbs(parts: Sequence[str]) -> SafeString:
    """Pairs of text and address; the last text stands alone: it is here."""
    # What leads here is ours; the last text may be what somebody typed.
    pairs = [(speech.say(a), b) for a, b in zip(parts[:-1:2], parts[1::2], strict=True)]
    links = format_html_join("", '<li><a href="{1}">{0}</a></li>', pairs)
    return format_html(
        '<nav class="breadcrumbs" aria-label="Dónde está"><ol>{}<li aria-current="page">{}</li>'
        "</ol></nav>",
        links,
        parts[-1],
    )


# What the block templates are given -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """A stage in the stepper. `share` is time gone, never work done."""

    name: str
    state: str  # a StageStatus value or a kind of mark
    href: str = ""
    word: str = ""
    facts: Sequence[str] = ()
    share: int | None = None
    today: bool = False

    @property
    def mark(self) -> SafeString:
        return mark(STAGE_MARKS.get(self.state, self.state), self.word)

    @property
    def bar(self) -> str:
        """full, part or open: the words of the style sheet."""
        if self.share is not None:
            return "part"
        return "full" if self.state in {"approved", "done"} else "open"


@dataclass(frozen=True, slots=True)
class Way:
    """A way on from an empty page."""

    icon: str
    title: str
    text: str
    href: str
    action: str


@dataclass(frozen=True, slots=True)
class Job:
    """Work under way: what, how far, how long still; afterwards its result in the same place."""

    title: str
    done: int = 0
    total: int = 0
    unit: str = ""  # what is counted, where the title does not say
    left: str = ""
    state: str = "running"  # waiting, running, done, failed or cancelled
    text: str = ""
    cancel_url: str = ""
    result_url: str = ""
    result_text: str = ""
    poll_url: str = ""

    @property
    def is_over(self) -> bool:
        return self.state in {"done", "failed", "cancelled"}
