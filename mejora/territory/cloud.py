"""The word cloud: where each word stands and how big, drawn as SVG and, for Word, as PNG.

The places come from the `wordcloud` library, with a fixed seed: the same words stand in the same
places. The size says how often a word is written; the colour only tells words apart. The ranked
table beside it says the same in figures.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from PIL import Image, ImageDraw, ImageFont

import mejora
from mejora.core import wording
from mejora.territory.words import Ranked

WIDTH, HEIGHT = 640, 400
SMALLEST, LARGEST = 15, 76  # letters, in units of the drawing
SEED = 2002  # of the places: any number, but always the same
SCALE = 3  # points of the PNG per unit
FAMILY = "Mejora Sans, Source Sans 3, sans-serif"
# The letters of the documents, which the page has under the name of their source.
FONT = Path(mejora.__file__).parent / "reports" / "documents" / "fonts" / "MejoraSans-Bold.ttf"
COLOURS = ("#063C46", "#0A5360", "#7A4A00", "#46565A")  # of the style guide; 7:1 on white


@dataclass(frozen=True, slots=True)
class Placed:
    """`x` and `y` are where its first letter stands on its line."""

    word: str
    count: int
    size: int
    x: float
    y: float
    colour: str


@lru_cache(maxsize=256)
def placed(words: Ranked) -> tuple[Placed, ...]:
    """Every word that found room, the most written first."""
    if not words:
        return ()
    # Half a second to import, and only a report with words needs it.
    from wordcloud import WordCloud

    counts = dict(words)
    drawn = WordCloud(
        font_path=str(FONT),
        width=WIDTH,
        height=HEIGHT,
        margin=4,
        prefer_horizontal=1.0,
        min_font_size=SMALLEST,
        max_font_size=LARGEST,
        relative_scaling=0.5,
        random_state=SEED,
        colormap="Greys",
    ).generate_from_frequencies(counts)
    found = []
    for number, ((word, _), size, (top, left), _, _) in enumerate(drawn.layout_):
        font = ImageFont.truetype(str(FONT), size)
        # The library places the corner of the ink; letters are drawn from the start of their line.
        ink_left, ink_top, _, _ = font.getbbox(word, anchor="ls")
        colour = COLOURS[number % len(COLOURS)]
        found.append(Placed(word, counts[word], size, left - ink_left, top - ink_top, colour))
    return tuple(found)


def in_words(words: Ranked, most: int = 8) -> str:
    """What the picture shows, for who does not see it."""
    if not words:
        return "Nube de palabras vacía: todavía no hay texto."
    told = wording.sentence(f"{word} ({count})" for word, count in words[:most])
    return f"Nube de palabras. Las más escritas: {told}."


def svg(words: Ranked) -> SafeString:
    """A drawing that scales with its place; its words are text."""
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" font-size="{}" fill="{}">{}</text>',
        ((p.x, p.y, p.size, p.colour, p.word) for p in placed(words)),
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="cloud" viewBox="0 0 {} {}" role="img" '
        'aria-label="{}" font-family="{}" font-weight="700">{}</svg>',
        WIDTH,
        HEIGHT,
        in_words(words),
        FAMILY,
        texts,
    )


def png(words: Ranked) -> bytes:
    """The same picture in points, on white."""
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
    draw = ImageDraw.Draw(image)
    for each in placed(words):
        font = ImageFont.truetype(str(FONT), each.size * SCALE)
        at = (each.x * SCALE, each.y * SCALE)
        draw.text(at, each.word, font=font, fill=each.colour, anchor="ls")
    target = io.BytesIO()
    image.quantize(32).save(target, "PNG")  # a few colours and their edges: a tenth of the bytes
    return target.getvalue()
