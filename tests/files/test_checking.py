"""What is taken and what is left of it: told from the content, whatever the name says."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mejora.files import checking, images, kinds
from mejora.files.checking import NotAccepted, check
from tests.files import making
from tests.files.making import BAD, GOOD, SECRET, upload


@pytest.mark.parametrize("name", GOOD)
def test_what_proves_work_is_taken_whatever_its_name_says(name):
    make, mime, extension = GOOD[name]

    found = check(upload(make(), "programa.exe"))

    assert (found.kind.mime, found.name) == (mime, f"programa.{extension}")
    assert found.size == len(found.content.read()) > 0


@pytest.mark.parametrize("name", BAD)
def test_what_could_harm_or_is_broken_is_refused_in_words(name):
    with pytest.raises(NotAccepted) as refusal:
        check(upload(BAD[name](), "acta.pdf"))

    assert refusal.value.reason.endswith(".")


def test_a_photo_is_turned_upright_and_says_nothing_of_where_it_was_taken():
    found = check(upload(making.photo((80, 40), orientation=6)))

    stored = found.content.read()
    image = Image.open(io.BytesIO(stored))
    assert image.size == (40, 80)
    assert image.getpixel((20, 10))[0] > 200  # what was left is now on top
    assert image.getpixel((20, 70))[2] > 200
    assert dict(image.getexif()) == {}
    assert SECRET not in stored
    assert not {"exif", "icc_profile", "comment"} & set(image.info)


def test_an_iphone_s_photo_becomes_an_upright_jpeg_that_says_nothing():
    received = (Path(__file__).parent / "iphone.heic").read_bytes()
    assert SECRET in received

    found = check(upload(received, "IMG_0001.HEIC"))
    stored = found.content.read()

    assert (found.kind, found.name) == (kinds.JPEG, "IMG_0001.jpg")
    assert SECRET not in stored
    assert Image.open(io.BytesIO(stored)).size == (40, 80)


def test_a_heic_s_first_bytes_are_known():
    head = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100

    assert kinds.recognise(head) is kinds.HEIF
    with pytest.raises(NotAccepted, match="dañada"):
        check(upload(head, "IMG_0001.HEIC"))


def test_what_hides_after_a_picture_stays_outside():
    polyglot = making.photo() + b"<script>alert(1)</script>" + making.zipped({"a": "b"})

    stored = check(upload(polyglot)).content.read()

    assert b"<script>" not in stored
    assert b"PK\x03\x04" not in stored


def test_a_drawing_with_transparency_stays_a_png_without_its_words():
    image = Image.new("RGBA", (10, 10), (255, 0, 0, 100))
    image.info["Comment"] = SECRET.decode()
    out = io.BytesIO()
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Location", SECRET.decode())
    image.save(out, "PNG", pnginfo=words)

    found = check(upload(out.getvalue()))

    assert found.kind is kinds.PNG
    assert SECRET not in found.content.read()


def test_a_big_picture_is_made_smaller():
    out = io.BytesIO()
    Image.new("RGB", (4000, 3000), "green").save(out, "JPEG")

    stored = Image.open(check(upload(out.getvalue())).content)

    assert stored.size == (images.MAX_SIDE, images.MAX_SIDE * 3 // 4)


def test_a_recording_loses_where_it_was_made_and_keeps_every_byte_in_place():
    received = making.mp4()

    found = check(upload(received, "video.mp4"))
    stored = found.content.read()

    assert SECRET in received
    assert SECRET not in stored
    assert len(stored) == len(received)
    assert stored[stored.index(b"mdat") :] == received[received.index(b"mdat") :]
    assert found.sha256 != found.stored_sha256


@pytest.mark.parametrize(("make", "limit"), [(making.pdf, 20_000_000), (making.mp4, 100_000_000)])
def test_the_limit_depends_on_what_it_is(make, limit):
    file = upload(make())
    file.size = limit + 1

    with pytest.raises(NotAccepted, match=f"el máximo es {limit // 1_000_000} MB"):
        check(file)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Ana\\acta.docx", "acta.pdf"),
        ("acta\u202efdp.exe", "actafdp.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a bSet-Cookie x.pdf"),
        ("", "archivo.pdf"),
        ("....", "archivo.pdf"),
        ("ñandú año.PDF", "ñandú año.pdf"),
        ("x" * 500, "x" * 150 + ".pdf"),
    ],
)
def test_names_are_kept_without_what_confuses(given_name, kept):
    assert checking.clean_name(given_name, "pdf") == kept


HEADS = [make()[:64] for make, *_ in GOOD.values()]


def outcome(content):
    """What was made of it, or the sentence that refuses it; anything else is a crash."""
    try:
        return check(upload(content)), ""
    except NotAccepted as refusal:
        return None, refusal.reason


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(HEADS), st.binary(max_size=400))
def test_no_bytes_whatsoever_crash_the_check(head, tail):
    found, reason = outcome(head + tail)

    assert found or reason


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([make() for make, *_ in GOOD.values()]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
)
def test_damaged_files_are_kept_or_refused_and_never_crash(content, damage):
    damaged = bytearray(content)
    for where, value in damage:
        damaged[int(where * (len(damaged) - 1))] = value

    found, reason = outcome(bytes(damaged))

    assert found or reason
    if found and found.kind.family is kinds.Family.IMAGE:
        Image.open(found.content).verify()
