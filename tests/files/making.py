"""Files made on the spot: photos with a position, documents with macros, bombs, polyglots."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SECRET = b"POSICION-SECRETA"


def upload(content, name="foto.jpg"):
    return SimpleUploadedFile(name, content)


def photo(size=(80, 40), orientation=6, form="JPEG"):
    """A photo taken sideways: left half red, right half blue, with its position in the EXIF."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "S"
    exif.get_ifd(0x8825)[2] = (33.0, 27.0, 12.0)
    out = io.BytesIO()
    image.save(out, form, exif=exif, quality=95)
    return out.getvalue()


def png_announcing(width, height):
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def zipped(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(extra=None, main="word/document.xml", types="<Types/>"):
    return zipped({"[Content_Types].xml": types, main: "<x/>", **(extra or {})})


def ole(*names):
    signature = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    return signature + b"".join((n.encode("utf-16-le") + b"\0\0").ljust(128, b"\0") for n in names)


def pdf(inside=b""):
    return b"%PDF-1.7\n" + inside + b"\ntrailer\n%%EOF\n"


def box(kind, content=b""):
    return struct.pack(">I", 8 + len(content)) + kind + content


def mp4(brand=b"isom"):
    """A recording whose phone wrote where it was made."""
    where = box(b"udta", box(b"\xa9xyz", SECRET))
    return (
        box(b"ftyp", brand + b"\0\0\2\0" + brand)
        + box(b"moov", box(b"mvhd", b"\1" * 100) + box(b"trak", where) + where)
        + box(b"mdat", b"\2" * 500)
    )


def mp3():
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413
    return frame * 3


GOOD = {
    "photo": (photo, "image/jpeg", "jpg"),
    "photo as WebP": (lambda: photo(form="WEBP"), "image/jpeg", "jpg"),
    "PDF": (pdf, "application/pdf", "pdf"),
    "Word": (
        office,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    "Excel": (
        lambda: office(main="xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    "OpenDocument": (
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "x"}),
        "application/vnd.oasis.opendocument.text",
        "odt",
    ),
    "old Word": (lambda: ole("Root Entry", "WordDocument"), "application/msword", "doc"),
    "old Excel": (lambda: ole("Root Entry", "Workbook"), "application/vnd.ms-excel", "xls"),
    "video": (mp4, "video/mp4", "mp4"),
    "voice": (lambda: mp4(b"M4A "), "audio/mp4", "m4a"),
    "iPhone video": (lambda: mp4(b"qt  "), "video/quicktime", "mov"),
    "MP3": (mp3, "audio/mpeg", "mp3"),
    "WAV": (lambda: b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40, "audio/wav", "wav"),
    "WebM": (
        lambda: b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + b"\0" * 90,
        "video/webm",
        "webm",
    ),
}
BAD = {
    "nothing": lambda: b"",
    "page": lambda: b"<!doctype html><script>alert(1)</script>",
    "drawing with scripts": lambda: b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "program": lambda: b"MZ\x90\0" + b"\0" * 200,
    "shell": lambda: b"#!/bin/sh\nrm -rf /\n",
    "text": lambda: b"hola",
    "folder": lambda: zipped({"a.txt": "x"}),
    "jar": lambda: zipped({"META-INF/MANIFEST.MF": "x", "A.class": "x"}),
    "Word with macros": lambda: office({"word/vbaProject.bin": "x"}),
    "Word that says macros": lambda: office(types="application/vnd.ms-word.macroEnabled"),
    "OpenDocument with macros": lambda: zipped(
        {"mimetype": "application/vnd.oasis.opendocument.text", "Basic/Standard/M.xml": "x"}
    ),
    "old Word with macros": lambda: ole("WordDocument", "_VBA_PROJECT"),
    "locked Word": lambda: ole("EncryptedPackage"),
    "installer": lambda: ole("Root Entry", "Property"),
    "zip bomb": lambda: office({"big.bin": b"\0" * 60_000_000}),
    "picture bomb": lambda: png_announcing(60_000, 60_000),
    "half a photo": lambda: photo()[:200],
    "half a PDF": lambda: b"%PDF-1.7\n1 0 obj\n",
    "broken recording": lambda: mp4()[:90],
    "one MP3 frame": lambda: b"\xff\xfb\x90\x00" + b"\0" * 1000,
}
