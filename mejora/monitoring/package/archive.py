"""The file of a record: a ZIP that any program opens, every part of it with its checksum.

    LEAME.txt           what it is, and every table and column, in Spanish
    expediente.json     of which school, when and by whom it was taken, of which format
    datos.json          everything, in one canonical JSON
    csv/<table>.csv     the same, a table per file, for a spreadsheet
    archivos/<sha256>   the files of evidence, as they are kept
    MANIFIESTO.sha256   the SHA-256 of every part, as `sha256sum -c` reads it

The ZIP's comment ends with the SHA-256 of all bytes before it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any, cast

FORMAT = "mejora-expediente"
VERSION = 1
README, ABOUT, DATA = "LEAME.txt", "expediente.json", "datos.json"
MANIFEST = "MANIFIESTO.sha256"
TABLES, FILES = "csv/", "archivos/"
MARK = b"SHA-256 "
COMMENT = len(MARK) + 64
CHUNK = 1 << 20
MB = 1_000_000
# What one school can hold; more is no record but an attack (criterio de Mejora).
LARGEST_DATA, LARGEST_FILE, LARGEST, MOST_PARTS = 200 * MB, 100 * MB, 5000 * MB, 20_000
_DAY = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes
_NAME = re.compile(r"csv/[a-z_]+\.csv|archivos/[0-9a-f]{64}|[A-Z]+\.txt|[a-z]+\.json")
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


class DamagedError(Exception):
    """Not a record, or not as it was written; a sentence for people."""


@dataclass(frozen=True, slots=True)
class About:
    """What a record says of itself."""

    school: str
    name: str
    taken_at: str
    taken_by: str
    app_version: str
    years: list[int]
    years_left_out: int = 0
    format: str = FORMAT
    version: int = VERSION


class Writer:
    """Adds parts, each hashed on its way."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        self.parts: dict[str, str] = {}

    def add(self, name: str, content: IO[bytes], *, packed: bool = True) -> str:
        """Returns the SHA-256 of what was added."""
        info = zipfile.ZipInfo(name, _DAY)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        sha256 = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as part:
            while data := content.read(CHUNK):
                sha256.update(data)
                part.write(data)
        self.parts[name] = sha256.hexdigest()
        return self.parts[name]

    def add_text(self, name: str, content: bytes | str) -> None:
        self.add(name, io.BytesIO(content.encode() if isinstance(content, str) else content))


@contextmanager
def writing(path: Path, about: About) -> Iterator[Writer]:
    """Write a new file at `path`, which does not exist yet. What fails leaves none."""
    with path.open("xb") as file:
        try:
            with zipfile.ZipFile(file, "w") as archive:
                writer = Writer(archive)
                text = json.dumps(asdict(about), ensure_ascii=False, indent=1)
                writer.add_text(ABOUT, text + "\n")
                yield writer
                sums = sorted(writer.parts.items())
                writer.add_text(MANIFEST, "".join(f"{sha256}  {name}\n" for name, sha256 in sums))
                archive.comment = MARK + b"0" * 64
        except BaseException:
            path.unlink()
            raise
    with path.open("r+b") as file:
        found = _digest(file, path.stat().st_size - 64)
        file.seek(-64, os.SEEK_END)
        file.write(found.encode())


def _digest(file: IO[bytes], size: int) -> str:
    """Of the first `size` bytes."""
    file.seek(0)
    sha256, left = hashlib.sha256(), size
    while left and (data := file.read(min(CHUNK, left))):
        sha256.update(data)
        left -= len(data)
    return sha256.hexdigest()


class Record:
    """An opened file of which every part is as it was written."""

    def __init__(self, archive: zipfile.ZipFile, sums: dict[str, str]) -> None:
        self._zip, self._sums = archive, sums
        self.about = _about(self.read(ABOUT))

    def read(self, name: str) -> bytes:
        """A part that is not a file of evidence."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part piece by piece; raises DamagedError at its end when it is another than written."""
        if name not in self._sums:
            raise DamagedError(f"Al expediente le falta {name}.")
        info, sha256, size = self._zip.getinfo(name), hashlib.sha256(), 0
        try:
            with self._zip.open(info) as part:
                while data := part.read(CHUNK):
                    size += len(data)
                    if size > info.file_size:  # it says less than it holds
                        raise DamagedError(f"{name} es más grande de lo que dice.")
                    sha256.update(data)
                    yield data
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise DamagedError(f"{name} está dañado dentro del expediente.") from error
        if sha256.hexdigest() != self._sums[name]:
            raise DamagedError(f"{name} no coincide con su suma de comprobación.")

    def data(self) -> dict[str, Any]:
        try:
            found = json.loads(self.read(DATA))
        except (ValueError, RecursionError) as error:
            raise DamagedError("datos.json no se puede leer.") from error
        if not isinstance(found, dict):
            raise DamagedError("datos.json no tiene la forma de un expediente.")
        return cast("dict[str, Any]", found)

    def has_file(self, sha256: str) -> bool:
        return FILES + sha256 in self._sums


@contextmanager
def reading(path: Path) -> Iterator[Record]:
    """Open a record. Refuses, before anything is unpacked, what is damaged or made to harm."""
    with path.open("rb") as file:
        _verify(file, path.stat().st_size)
        try:
            with zipfile.ZipFile(file) as archive:
                _refuse_odd(archive)
                yield Record(archive, _sums(archive))
        except (zipfile.BadZipFile, NotImplementedError, KeyError) as error:
            raise DamagedError("El archivo está dañado: no se puede abrir como ZIP.") from error


def is_record(path: Path) -> bool:
    """Whether the file says that it is a record, sound or not."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04" or path.stat().st_size < COMMENT:
            return False
        file.seek(-COMMENT, os.SEEK_END)
        return file.read(len(MARK)) == MARK


def _verify(file: IO[bytes], size: int) -> None:
    if file.read(4) != b"PK\x03\x04":
        raise DamagedError("No es un expediente de escuela: no es un archivo ZIP.")
    file.seek(max(0, size - COMMENT))
    comment = file.read()
    if len(comment) != COMMENT or not comment.startswith(MARK):
        raise DamagedError(
            "No es un expediente de Mejora, está incompleto o se volvió a comprimir: le falta la "
            "suma de comprobación del final. Use el archivo tal como se descargó."
        )
    if _digest(file, size - 64).encode() != comment[len(MARK) :]:
        raise DamagedError("El expediente está dañado: no coincide con su suma de comprobación.")


def _refuse_odd(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
        raise DamagedError("El expediente es más grande de lo que una escuela puede tener.")
    if len(set(names)) != len(names):
        raise DamagedError("El expediente tiene dos partes con el mismo nombre.")
    for part in parts:
        if problem := _odd(part):
            raise DamagedError(f"El expediente no se abre: {part.filename[:80]!r} {problem}.")


def _odd(part: zipfile.ZipInfo) -> str:
    if part.filename != MANIFEST and not _NAME.fullmatch(part.filename):
        return "no es un nombre de expediente"
    mode = part.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "no es un archivo común"
    if part.flag_bits & 1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "está cifrado o comprimido de otra manera"
    limit = LARGEST_FILE if part.filename.startswith(FILES) else LARGEST_DATA
    return "es demasiado grande" if part.file_size > limit else ""


def _sums(archive: zipfile.ZipFile) -> dict[str, str]:
    """What the manifest says, which names exactly what is there."""
    sums: dict[str, str] = {}
    with archive.open(MANIFEST) as file:
        for line in file.read(LARGEST_DATA).decode("utf-8", "replace").splitlines():
            found = _LINE.fullmatch(line)
            if found is None:
                raise DamagedError(f"{MANIFEST} no se puede leer.")
            sums[found[2]] = found[1]
    there = {part.filename for part in archive.infolist()} - {MANIFEST}
    if missing := sorted(set(sums) - there):
        raise DamagedError(f"Al expediente le falta {missing[0]}.")
    if extra := sorted(there - set(sums)):
        raise DamagedError(f"{extra[0]} no está en el manifiesto del expediente.")
    return sums


def _about(content: bytes) -> About:
    known = {each.name for each in fields(About)}
    try:
        said = json.loads(content)
        if said["format"] != FORMAT or not isinstance(said["version"], int):
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedError("El archivo no es un expediente de Mejora.") from error
    if said["version"] > VERSION:
        raise DamagedError(
            f"El expediente se hizo con una versión más nueva de Mejora ({said['app_version']}). "
            "Actualice Mejora y vuelva a intentarlo."
        )
    try:
        return About(**{name: value for name, value in said.items() if name in known})
    except TypeError as error:
        raise DamagedError(f"{ABOUT} está incompleto.") from error
