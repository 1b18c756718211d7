"""Numbers, dates and short words as people in Chile write them.

Zero is written 0, unknown "s/i", not applicable "–": three things that must never look alike.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from django.utils import timezone

from mejora.core import clock, speech

UNKNOWN = "s/i"
NOT_APPLICABLE = "–"
NARROW = "\u202f"  # between a figure and its sign, so that they never part at a line's end

WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
SHORT_MONTHS = (
    "ene",
    "feb",
    "mar",
    "abr",
    "may",
    "jun",
    "jul",
    "ago",
    "sept",
    "oct",
    "nov",
    "dic",
)
Number = int | float | Decimal
WEEK = 7


class Interval(Protocol):
    """Anything with a range in percent: a level of the framework."""

    @property
    def min(self) -> int | None: ...
    @property
    def max(self) -> int | None: ...


def thousands(value: Number | None, places: int = 0) -> str:
    """8920 → "8.920"; 1.5 with one place → "1,5"; None → "s/i"."""
    if value is None or value == "":
        return UNKNOWN
    # Halves go up, as people round by hand; Python's own rounding goes to the even neighbour.
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:,}".translate(str.maketrans(",.", ".,")).replace("-", "−")


def percent(value: Number | None, places: int = 0) -> str:
    """62 → "62 %". The value is a percentage already."""
    return UNKNOWN if value is None else f"{thousands(value, places)}{NARROW}%"


def share(part: Number | None, total: Number | None) -> Decimal | None:
    """The percentage that `part` is of `total`; None where it cannot be known."""
    if part is None or not total:
        return None
    return Decimal(str(part)) * 100 / Decimal(str(total))


def money(value: Number | None) -> str:
    """Whole pesos: 12500000 → "$12.500.000"."""
    if value is None:
        return UNKNOWN
    text = thousands(value)
    return f"−${text[1:]}" if text.startswith("−") else f"${text}"


def millions(value: Number | None) -> str:
    """12500000 → "12,5", for charts in millions of pesos."""
    return UNKNOWN if value is None else thousands(Decimal(str(value)) / 1_000_000, 1)


def plural(count: int | None, words: str) -> str:
    """The word that goes with the count: plural(1, "Falta,Faltan") → "Falta"."""
    one, _, many = words.partition(",")
    return speech.say(one if count == 1 else many)


def counted(count: int | None, words: str) -> str:
    """counted(40, "acción,acciones") → "40 acciones"."""
    return f"{thousands(count)} {plural(count, words)}"


def sentence(things: Iterable[object]) -> str:
    """ "a, b y c"; before an i sound the word is "e"."""
    texts = [str(thing) for thing in things]
    if len(texts) < 2:
        return "".join(texts)
    last = texts[-1].lower()
    sounds_i = last.startswith(("i", "í", "hi", "hí")) and not last.startswith(("hia", "hie", "io"))
    return f"{', '.join(texts[:-1])} {'e' if sounds_i else 'y'} {texts[-1]}"


def file_size(size: int | None) -> str:
    if size is None:
        return UNKNOWN
    if size < 1000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{thousands(size / 1000)} kB"
    return f"{thousands(size / 1_000_000, 1)} MB"


def initials(name: str) -> str:
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return "?"
    second = words[1] if len(words) > 1 else words[0][1:]
    return (words[0][0] + second[:1]).upper()


def short_name(name: str) -> str:
    """ "Rodrigo C.": what fits in a table."""
    words = name.split()
    return f"{words[0]} {words[1][0]}." if len(words) > 1 else name


# Dates ---------------------------------------------------------------------------------------


def day(value: dt.date | dt.datetime) -> dt.date:
    """The calendar day of a date or of a moment, where the reader is."""
    return local(value).date() if isinstance(value, dt.datetime) else value


def local(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment) if moment.tzinfo else moment


def _year_unless_now(value: dt.date, joint: str) -> str:
    return "" if value.year == clock.today().year else f"{joint}{value.year}"


def long_date(value: dt.date | dt.datetime | None) -> str:
    """ "viernes 11 de septiembre", with the year when it is not this one."""
    if value is None:
        return UNKNOWN
    on = day(value)
    text = f"{WEEKDAYS[on.weekday()]} {on.day} de {MONTHS[on.month - 1]}"
    return text + _year_unless_now(on, " de ")


def full_date(value: dt.date | dt.datetime | None) -> str:
    """ "11 de septiembre de 2026", always with its year."""
    if value is None:
        return UNKNOWN
    on = day(value)
    return f"{on.day} de {MONTHS[on.month - 1]} de {on.year}"


def list_date(value: dt.date | dt.datetime | None) -> str:
    """ "jue 3 sept", with the year instead of the weekday when it is not this one."""
    if value is None:
        return UNKNOWN
    on = day(value)
    if year := _year_unless_now(on, " "):
        return f"{on.day} {SHORT_MONTHS[on.month - 1]}{year}"
    return f"{WEEKDAYS[on.weekday()][:3]} {on.day} {SHORT_MONTHS[on.month - 1]}"


def day_month(value: dt.date | dt.datetime | None) -> str:
    """ "3 sept", with the year when it is not this one: for a narrow column."""
    if value is None:
        return UNKNOWN
    on = day(value)
    return f"{on.day} {SHORT_MONTHS[on.month - 1]}{_year_unless_now(on, ' ')}"


def number_date(value: dt.date | dt.datetime | None) -> str:
    """ "11-09-2026", for tables and files."""
    return UNKNOWN if value is None else f"{day(value):%d-%m-%Y}"


def month_name(value: dt.date | int | None) -> str:
    if value is None:
        return UNKNOWN
    return MONTHS[(value if isinstance(value, int) else value.month) - 1]


def month_short(value: dt.date | int | None) -> str:
    if value is None:
        return UNKNOWN
    return SHORT_MONTHS[(value if isinstance(value, int) else value.month) - 1]


def clock_time(value: dt.datetime | None) -> str:
    return UNKNOWN if value is None else f"{local(value):%H:%M}"


def days_away(value: dt.date | dt.datetime | None) -> str:
    """ "hoy", "mañana", "en 22 días", "ayer", "hace 5 días": any distance."""
    if value is None:
        return UNKNOWN
    days = (day(value) - clock.today()).days
    near = {0: "hoy", 1: "mañana", -1: "ayer"}
    if days in near:
        return near[days]
    return f"en {thousands(days)} días" if days > 0 else f"hace {thousands(-days)} días"


def relative(value: dt.date | dt.datetime | None) -> str:
    """As `days_away` within a week; further off, the date of lists."""
    if value is None:
        return UNKNOWN
    near = abs((day(value) - clock.today()).days) <= WEEK
    return days_away(value) if near else list_date(value)


def moment(value: dt.datetime | None) -> str:
    """When something was saved: the hour today, "ayer", else the date of lists."""
    if value is None:
        return UNKNOWN
    ago = (clock.today() - day(value)).days
    if ago == 0:
        return clock_time(value)
    return "ayer" if ago == 1 else list_date(value)


def due(value: dt.date | dt.datetime | None) -> str:
    """ "Vence hoy", "Vence en 3 días", "Atrasada 5 días", "Vence jue 3 dic"."""
    if value is None:
        return "Sin fecha"
    days = (day(value) - clock.today()).days
    if days < 0:
        return f"Atrasada {counted(-days, 'día,días')}"
    return f"Vence {relative(value)}"


# Levels --------------------------------------------------------------------------------------


def range_text(level: Interval | None) -> str:
    """ "50–74 %"; the levels 0 and 100 are single figures."""
    if level is None or level.min is None:
        return "sin informar"
    if level.max is None or level.min == level.max:
        return percent(level.min)
    return f"{level.min}–{level.max}{NARROW}%"


def level_text(level: Interval | None, label: str = "", pct: int | None = None) -> str:
    """ "50–74 % Intermedia"; with the exact figure of milestones, "62 % Intermedia"."""
    if level is None and pct is None:
        return "Sin informar"
    start = range_text(level) if pct is None else percent(pct)
    return f"{start} {label}".strip()
