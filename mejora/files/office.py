"""Documents of office programs, told by what is inside; those that carry macros are refused."""

from __future__ import annotations

import zipfile
from typing import IO

from mejora.files.kinds import Family, Kind

MAX_ENTRIES = 5_000
MAX_UNPACKED = 500_000_000
MAX_RATIO = 200
_OOXML = "application/vnd.openxmlformats-officedocument."
_OOXML_KINDS = {
    "word/document.xml": Kind(Family.OFFICE, f"{_OOXML}wordprocessingml.document", "docx"),
    "xl/workbook.xml": Kind(Family.OFFICE, f"{_OOXML}spreadsheetml.sheet", "xlsx"),
    "ppt/presentation.xml": Kind(Family.OFFICE, f"{_OOXML}presentationml.presentation", "pptx"),
}
_ODF = "application/vnd.oasis.opendocument."
_ODF_KINDS = {
    f"{_ODF}{word}".encode(): Kind(Family.OFFICE, f"{_ODF}{word}", extension)
    for word, extension in (("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp"))
}
# Names of the streams of the older format, as they stand in its directory (UTF-16).
_OLE_KINDS = (
    ("WordDocument", Kind(Family.OFFICE, "application/msword", "doc")),
    ("Workbook", Kind(Family.OFFICE, "application/vnd.ms-excel", "xls")),
    ("PowerPoint Document", Kind(Family.OFFICE, "application/vnd.ms-powerpoint", "ppt")),
)
_OLE_MACROS = ("_VBA_PROJECT", "Macros", "_VBA_PROJECT_CUR")
_MACRO_PARTS = ("vbaproject.bin", "macrosheets/", "activex/", "basic/", "scripts/")


class UnreadableDocumentError(ValueError):
    """The reason is a sentence for the person who sent the document."""


def inspect_zip(source: IO[bytes]) -> Kind | None:
    """The kind of a DOCX, XLSX, PPTX or their open counterparts; None for any other ZIP."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries)
            names = [entry.filename for entry in entries]
            _refuse_macros(names, archive)
            return _odf(archive) or next(
                (_OOXML_KINDS[n] for n in names if n in _OOXML_KINDS), None
            )
    except UnreadableDocumentError:
        raise
    except Exception as error:  # a broken archive raises anything
        raise UnreadableDocumentError(
            "El documento está dañado o incompleto. Ábralo en su equipo y guárdelo de nuevo."
        ) from error


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or (unpacked > 50_000_000 and unpacked / packed > MAX_RATIO)
    ):
        raise UnreadableDocumentError(
            "El documento se expande a un tamaño que no es normal y no se puede recibir. "
            "Guárdelo como PDF y súbalo así."
        )


def _refuse_macros(names: list[str], archive: zipfile.ZipFile) -> None:
    types = _member(archive, "[Content_Types].xml")
    has_parts = any(part in name.lower() for name in names for part in _MACRO_PARTS)
    if has_parts or b"macroEnabled" in types:
        raise UnreadableDocumentError(_MACROS)


_MACROS = (
    "El documento lleva macros (programas) y por seguridad no se recibe. Guárdelo sin macros "
    "(.docx, .xlsx, .pptx) o como PDF."
)


def _odf(archive: zipfile.ZipFile) -> Kind | None:
    return _ODF_KINDS.get(_member(archive, "mimetype").strip())


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """At most the first 200 kB of a part; empty when it is not there."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(200_000)


def inspect_ole(content: bytes) -> Kind | None:
    """The kind of a DOC, XLS or PPT of before 2007; None for anything else in that container."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") + b"\0\0" in content

    if has("EncryptedPackage"):
        raise UnreadableDocumentError(
            "El documento está protegido con contraseña. Quítesela o súbalo como PDF."
        )
    if any(has(name) for name in _OLE_MACROS):
        raise UnreadableDocumentError(_MACROS)
    return next((kind for name, kind in _OLE_KINDS if has(name)), None)
