"""The file of a backup: a tar of named parts, a manifest, and a checksum over all of it.

    manifest.json           what it is, of which version, and the SHA-256 of every other part
    secret_key
    tables/<table>.jsonl.gz one JSON list per row; the first line names the columns
    files/ab/abcdef...      the stored files, as they lie in the storage
    mail/<name>             messages that were written to a folder for want of a server
    MEJORA-SHA256 <hex>     the last 79 bytes: the SHA-256 of everything before them

Any tar program can open it; the checksum stands after the tar's end, where such programs stop.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = 2  # 2: mail, and the digest of each table
MARK = b"MEJORA-SHA256 "
TRAILER = len(MARK) + 64 + 1
MANIFEST = "manifest.json"
KEY = "secret_key"
TABLES = "tables/"
FILES = "files/"
MAIL = "mail/"
CHUNK = 1 << 20


class BackupError(Exception):
    """Nothing was changed; each argument is a reason for people."""

    @property
    def reasons(self) -> list[str]:
        return [str(reason) for reason in self.args]


@dataclass
class Manifest:
    """What a backup says of itself."""

    app_version: str
    engine: str
    taken_at: str
    migrations: list[list[str]]
    is_sample: bool
    format: int = FORMAT
    rows: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


class _Hashing:
    """A file that is written to and hashed at once."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha256 = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return self.file.write(data)


class Writer:
    """Adds parts one after the other, each hashed on its way."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.parts: dict[str, str] = {}

    def add(self, name: str, content: IO[bytes], size: int) -> str:
        """Returns the SHA-256 of what was added."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        reader = _Reader(content)
        self._tar.addfile(info, reader)
        self.parts[name] = found = reader.sha256.hexdigest()
        return found

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content))


class _Reader:
    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.sha256.update(data)
        return data


@contextmanager
def writing(path: Path, manifest: Manifest) -> Iterator[Writer]:
    """Write a new archive at `path`, whole or not at all, readable by its owner alone.

    Until it is complete and on the disk it lies beside its place under another name.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            hashing = _Hashing(file)
            with tarfile.open(fileobj=hashing, mode="w|", bufsize=CHUNK) as tar:  # type: ignore[call-overload]  # it only writes
                writer = Writer(tar)
                yield writer
                manifest.parts = dict(writer.parts)
                text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
                writer.add_bytes(MANIFEST, text.encode())
            file.write(MARK + hashing.sha256.hexdigest().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(part, path)
    finally:
        part.unlink(missing_ok=True)


def _put_in_place(part: Path, path: Path) -> None:
    """A link, not a rename, because it never replaces what somebody put there meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise BackupError(f"{path} ya existe. Elija otro nombre.") from None
    except OSError:  # a stick or a share that knows no links
        os.rename(part, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def reading(path: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """Open an archive whose every byte is as it was written. Refuses any other file."""
    with path.open("rb") as file:
        _verify(file, path.name)
        try:
            with tarfile.open(fileobj=file, mode="r:") as tar:
                yield _manifest(tar, path.name), tar
        except (tarfile.TarError, KeyError, ValueError, TypeError) as error:
            raise BackupError(f"{path.name} no se puede leer como respaldo: {error}.") from error


def _verify(file: IO[bytes], name: str) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TRAILER))
    trailer = file.read()
    if len(trailer) != TRAILER or not trailer.startswith(MARK) or not trailer.endswith(b"\n"):
        raise BackupError(
            f"{name} no es un respaldo de Mejora, está incompleto o está dañado: "
            "le falta la suma de comprobación del final."
        )
    file.seek(0)
    left, sha256 = size - TRAILER, hashlib.sha256()
    while left and (data := file.read(min(CHUNK, left))):
        sha256.update(data)
        left -= len(data)
    if sha256.hexdigest().encode() != trailer[len(MARK) : -1]:
        raise BackupError(
            f"{name} está dañado: su contenido no coincide con su suma de comprobación. "
            "Use otro respaldo."
        )
    file.seek(0)


def _manifest(tar: tarfile.TarFile, name: str) -> Manifest:
    content: dict[str, Any] = json.loads(part(tar, MANIFEST).read())
    if content["format"] > FORMAT:
        raise BackupError(
            f"{name} se hizo con una versión más nueva de Mejora ({content['app_version']}). "
            "Actualice Mejora y vuelva a intentarlo."
        )
    return Manifest(**content)


def part(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found
