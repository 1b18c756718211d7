"""The words of a text: which count, how often, and where the cloud puts them."""

import xml.etree.ElementTree as ET

from PIL import Image, ImageChops, ImageDraw, ImageFont

from mejora.territory import cloud
from mejora.territory.words import ranked

TEXT = (
    "La acción de los equipos. Las acciones, y el equipo; los niños y las NIÑAS también: "
    "año tras año, escuela, escuelas, escuelas. Un 87,2 % va a 3 de x."
)


def test_words_are_counted_without_those_that_say_nothing():
    assert (
        ranked(TEXT)
        == (
            ("escuelas", 3),
            ("acción", 2),
            ("año", 2),
            ("equipo", 2),
            ("niñas", 1),
            ("niños", 1),
            ("va", 1),
        )[:6]
    )


def test_only_the_most_written_stand_in_the_cloud():
    assert [word for word, _ in ranked(TEXT, most=2)] == ["escuelas", "acción"]
    assert ranked("") == ()


def test_the_cloud_is_the_same_each_time_and_says_in_words_what_it_shows():
    words = ranked(TEXT)
    first = cloud.svg(words)
    cloud.placed.cache_clear()

    assert cloud.svg(words) == first
    drawing = ET.fromstring(first)
    assert sorted(node.text for node in drawing) == sorted(word for word, _ in words)
    assert "escuelas (3)" in drawing.get("aria-label")
    assert "style" not in first
    sizes = {node.text: int(node.get("font-size")) for node in drawing}
    assert sizes["escuelas"] > sizes["niñas"]


def test_words_that_look_like_markup_stay_words():
    assert "<text" not in cloud.svg((("<text>", 2),)).replace('<text x="', "")


def test_no_two_words_of_the_cloud_share_ink_and_all_lie_within():
    size = (cloud.WIDTH, cloud.HEIGHT)
    taken = Image.new("1", size)
    text = TEXT * 2 + " lectura ciencia patio sala cancha red dato"

    for each in cloud.placed(ranked(text)):
        font = ImageFont.truetype(str(cloud.FONT), each.size)
        left, top, right, bottom = font.getbbox(each.word, anchor="ls")
        assert each.x + left >= 0
        assert each.y + top >= 0
        assert each.x + right <= cloud.WIDTH
        assert each.y + bottom <= cloud.HEIGHT
        ink = Image.new("1", size)
        ImageDraw.Draw(ink).text((each.x, each.y), each.word, 1, font=font, anchor="ls")
        assert ImageChops.logical_and(taken, ink).getbbox() is None, each.word
        taken = ImageChops.logical_or(taken, ink)
