"""Pictures made anew: upright, without any metadata (position included), of a sensible size.

What is stored is never what was received but a picture drawn again from its pixels: whatever was
hidden in the file (a position, a thumbnail, a program after the last byte) stays outside.
"""

from __future__ import annotations

import io
from typing import IO

from pi_heif import register_heif_opener
from PIL import Image, ImageOps

from mejora.files.kinds import JPEG, PNG, Kind

register_heif_opener(thumbnails=False)

MAX_PIXELS = 64_000_000  # what a phone takes; a "bomb" announces far more than its bytes
MAX_SIDE = 2560  # enough to read a photographed sheet (criterio de Mejora)
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF")


class UnreadableImageError(ValueError):
    """The reason is a sentence for the person who sent the picture."""


def redraw(source: IO[bytes]) -> tuple[bytes, Kind]:
    """The picture as JPEG, or as PNG where it was one (screens, drawings, transparency)."""
    try:
        return _redraw(source)
    except UnreadableImageError:
        raise
    except Exception as error:  # decoders of foreign bytes raise anything
        raise UnreadableImageError(
            "La imagen está dañada o incompleta. Ábrala en su equipo y guárdela de nuevo."
        ) from error


def _redraw(source: IO[bytes]) -> tuple[bytes, Kind]:
    with Image.open(source, formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise UnreadableImageError(
                f"La imagen mide {opened.width} × {opened.height} puntos; el máximo son "
                f"{MAX_PIXELS // 1_000_000} millones. Guárdela más pequeña."
            )
        was_png = opened.format == "PNG"
        opened.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a JPEG is decoded small from the start
        opened.load()
        picture = ImageOps.exif_transpose(opened)
        has_alpha = "A" in picture.getbands() or "transparency" in picture.info
        picture = picture.convert("RGBA" if was_png and has_alpha else "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture.info = {}  # what Pillow would copy along: profile, comment
    out = io.BytesIO()
    if was_png:
        picture.save(out, "PNG")
        return out.getvalue(), PNG
    picture.save(out, "JPEG", quality=85, progressive=True)
    return out.getvalue(), JPEG
