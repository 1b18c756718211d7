"""What a file is, told from its first bytes and never from its name.

Only what can prove a school's work is known here; whatever is not recognised is refused, so a page
with scripts, a drawing with scripts (SVG) or a program never gets in under another name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import puremagic

HEAD = 4096
MB = 1_000_000


class Family(Enum):
    IMAGE = "imagen"
    PDF = "PDF"
    OFFICE = "documento"
    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Kind:
    family: Family
    mime: str
    extension: str

    @property
    def limit(self) -> int:
        """The most bytes that are taken: 20 MB, a video 100."""
        return (100 if self.family is Family.VIDEO else 20) * MB


LARGEST = 100 * MB

JPEG = Kind(Family.IMAGE, "image/jpeg", "jpg")
PNG = Kind(Family.IMAGE, "image/png", "png")
GIF = Kind(Family.IMAGE, "image/gif", "gif")
WEBP = Kind(Family.IMAGE, "image/webp", "webp")
HEIF = Kind(Family.IMAGE, "image/heif", "heic")
PDF = Kind(Family.PDF, "application/pdf", "pdf")
ZIP = Kind(Family.OFFICE, "application/zip", "zip")
OLE = Kind(Family.OFFICE, "application/x-ole-storage", "ole")
MP3 = Kind(Family.AUDIO, "audio/mpeg", "mp3")
M4A = Kind(Family.AUDIO, "audio/mp4", "m4a")
OGG = Kind(Family.AUDIO, "audio/ogg", "ogg")
WAV = Kind(Family.AUDIO, "audio/wav", "wav")
AMR = Kind(Family.AUDIO, "audio/amr", "amr")
FLAC = Kind(Family.AUDIO, "audio/flac", "flac")
MP4 = Kind(Family.VIDEO, "video/mp4", "mp4")
MOV = Kind(Family.VIDEO, "video/quicktime", "mov")
THREEGP = Kind(Family.VIDEO, "video/3gpp", "3gp")
WEBM = Kind(Family.VIDEO, "video/webm", "webm")
MKV = Kind(Family.VIDEO, "video/x-matroska", "mkv")
AVI = Kind(Family.VIDEO, "video/x-msvideo", "avi")

ISO_MEDIA = frozenset({M4A, MP4, MOV, THREEGP})

_SIGNATURES = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"ID3", MP3),
    (b"OggS", OGG),
    (b"#!AMR", AMR),
    (b"fLaC", FLAC),
)
_RIFF = {b"WAVE": WAV, b"AVI ": AVI, b"WEBP": WEBP}
# Brands of ISO media files (MP4 and its family), by their first letters.
_BRANDS = (
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIF),
    ((b"M4A", b"M4B"), M4A),
    ((b"qt  ",), MOV),
    ((b"3gp", b"3g2"), THREEGP),
    ((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash"), MP4),
)
_MP3_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_MP3_KBPS_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def recognise(head: bytes) -> Kind | None:
    """The kind of a file from its first `HEAD` bytes; None when it is none that is taken."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return next((k for brands, k in _BRANDS if head[8:12].startswith(brands)), None)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else MKV if b"matroska" in head[:64] else None
    return MP3 if _is_mp3(head) else None


def _is_mp3(head: bytes) -> bool:
    """Two frames in a row: one alone is only eleven set bits, which many files begin with."""
    length = _mp3_frame(head[:4])
    return bool(length) and bool(_mp3_frame(head[length : length + 4]))


def _mp3_frame(header: bytes) -> int:
    """The length of the layer III frame that begins here; 0 when none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, rate, hertz = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate in {0, 15} or hertz == 3:
        return 0
    kbps = (_MP3_KBPS if version == 3 else _MP3_KBPS_LOW)[rate]
    samples = 144 if version == 3 else 72
    return samples * kbps * 1000 // _MP3_HERTZ[version][hertz] + (header[2] >> 1 & 1)


def looks_like(head: bytes) -> str:
    """The usual extension of what was refused, to say what it is; empty when nobody knows."""
    if not head:
        return ""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, IndexError):
        return ""
    return found[0].extension if found and found[0].confidence >= 0.4 else ""
