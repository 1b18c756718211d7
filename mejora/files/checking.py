"""Whether a file may be kept, and what of it: asked of its content, outside any transaction."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File

from mejora.core.decisions import Refused
from mejora.files import images, kinds, media, office
from mejora.files.kinds import Family, Kind

ACCEPTED = "PDF, foto, Word, Excel, PowerPoint, audio o video"
LIMITS = "PDF, foto, Word, Excel o audio hasta 20 MB; video hasta 100 MB."
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


class NotAccepted(Refused):
    """The file is not kept; the reason says what is wrong and how to go on."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What will be stored, ready to be read from its beginning."""

    content: IO[bytes]
    kind: Kind
    name: str
    sha256: str
    stored_sha256: str
    size: int


def check(upload: File[Any], name: str = "") -> Checked:
    """Look inside and make ready to store; NotAccepted says why not.

    Pictures are drawn anew, recordings lose where they were made, documents are kept as they are.
    """
    size = upload.size or 0
    if not size:
        raise NotAccepted("El archivo está vacío. Elija otro.")
    source: IO[bytes] = upload.file if upload.file is not None else upload
    source.seek(0)
    head = source.read(kinds.HEAD)
    kind = kinds.recognise(head)
    if kind is None:
        raise NotAccepted(_unknown(head))
    if size > kind.limit:
        raise NotAccepted(
            f"El archivo pesa {_megabytes(size)} MB; el máximo es {kind.limit // kinds.MB} MB. "
            + _smaller(kind)
        )
    received = digest(source)
    try:
        content, kind = _content(source, size, kind)
    except (images.UnreadableImageError, office.UnreadableDocumentError) as error:
        raise NotAccepted(str(error)) from error
    return Checked(
        content=content,
        kind=kind,
        name=clean_name(name or upload.name or "", kind.extension),
        sha256=received,
        stored_sha256=digest(content),
        size=_length(content),
    )


def recognised(source: IO[bytes]) -> Kind:
    """What a file is that was checked elsewhere and comes as it was stored, byte by byte.

    NotAccepted where it is of no kind that is kept, or too big for its kind.
    """
    source.seek(0)
    head = source.read(kinds.HEAD)
    kind = kinds.recognise(head)
    if kind is None:
        raise NotAccepted(_unknown(head))
    source.seek(0)
    if kind.family is Family.OFFICE:
        try:
            kind = _document(source, kind)
        except office.UnreadableDocumentError as error:
            raise NotAccepted(str(error)) from error
    if _length(source) > kind.limit:
        raise NotAccepted(f"El máximo son {kind.limit // kinds.MB} MB.")
    return kind


def _content(source: IO[bytes], size: int, kind: Kind) -> tuple[IO[bytes], Kind]:
    source.seek(0)
    if kind.family is Family.IMAGE:
        drawn, kind = images.redraw(source)
        return io.BytesIO(drawn), kind
    if kind.family is Family.OFFICE:
        return source, _document(source, kind)
    if kind is kinds.PDF:
        _require_whole_pdf(source, size)
    elif kind in kinds.ISO_MEDIA:
        return _silenced(source, size), kind
    return source, kind


def _document(source: IO[bytes], kind: Kind) -> Kind:
    found = office.inspect_zip(source) if kind is kinds.ZIP else office.inspect_ole(source.read())
    if found is None:
        raise NotAccepted(
            f"El archivo es una carpeta comprimida o un documento que no se conoce. Se reciben: "
            f"{ACCEPTED}. Suba cada archivo por separado."
        )
    return found


def _require_whole_pdf(source: IO[bytes], size: int) -> None:
    source.seek(max(0, size - 2048))
    if b"%%EOF" not in source.read():
        raise NotAccepted("El PDF está incompleto. Ábralo en su equipo y guárdelo de nuevo.")


def _silenced(source: IO[bytes], size: int) -> IO[bytes]:
    try:
        boxes = media.telling_boxes(source, size)
    except media.UnreadableMediaError as error:
        raise NotAccepted("La grabación está incompleta. Grábela o cópiela de nuevo.") from error
    if not boxes:
        return source
    source.seek(0)
    # An upload is ours to write in; what was opened for reading only is copied.
    target = source if source.writable() else io.BytesIO(source.read())
    media.silence(target, boxes)
    return target


def digest(source: IO[bytes]) -> str:
    """SHA-256 of the whole content, read in pieces; leaves it at its beginning."""
    source.seek(0)
    found = hashlib.sha256()
    while piece := source.read(1 << 20):
        found.update(piece)
    source.seek(0)
    return found.hexdigest()


def _length(source: IO[bytes]) -> int:
    source.seek(0, io.SEEK_END)
    length = source.tell()
    source.seek(0)
    return length


def clean_name(name: str, extension: str) -> str:
    """The person's name for the file, without path or signs that confuse, ending as it is."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    plain = "".join(c for c in plain if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    stem = " ".join(_UNSAFE.sub(" ", plain.rsplit(".", 1)[0]).split()).strip(" .")[:150]
    return f"{stem or 'archivo'}.{extension}"


def _unknown(head: bytes) -> str:
    found = kinds.looks_like(head)
    what = f"El contenido es de tipo {found}, que no se recibe. " if found else ""
    return f"{what}Se reciben: {ACCEPTED}."


def _megabytes(size: int) -> str:
    return f"{size / kinds.MB:.1f}".replace(".", ",").removesuffix(",0")


def _smaller(kind: Kind) -> str:
    if kind.family is Family.VIDEO:
        return "Puede grabar uno más corto o con menos calidad."
    return "Puede subirlo en dos partes o comprimir las fotos."
