"""What may become of a file on its way: a table out of shape, other bytes, a workbook's inner XML.

Each strategy is given the text of a sound CSV with semicolons.
"""

import io
import zipfile

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.factories.files import workbook

NASTY = st.sampled_from(
    ["", " ", "NULL", "=1+1", "9,00E+04", "x" * 5000, "-1", "1e99", "\x00", "٣", "😀", '"', "'=1"]
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
BOUNDS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def damaged_tables(draw, sound):
    """Columns shuffled, dropped or doubled, cells replaced, another encoding and separator."""
    rows = [line.split(";") for line in sound.splitlines()]
    places = list(range(len(rows[0])))
    order = draw(st.permutations(places)) if draw(st.booleans()) else places
    if draw(st.booleans()):
        order = draw(st.lists(st.sampled_from(places), min_size=1, max_size=len(places) + 1))
    rows = [[row[place] for place in order] for row in rows]
    for _ in range(draw(st.integers(0, 3))):
        row = draw(st.sampled_from(rows))
        row[draw(st.integers(0, len(row) - 1))] = draw(NASTY)
    mark = draw(st.sampled_from([";", ",", "\t", "|"]))
    text = "\n".join(mark.join(row) for row in rows) + "\n"
    return text.encode(draw(ENCODINGS), errors="replace")


@st.composite
def damaged_bytes(draw, sound):
    """As CSV or as a workbook: bytes changed, and perhaps cut short."""
    if draw(st.booleans()):
        content = bytearray(sound.encode())
    else:
        content = bytearray(workbook({"Hoja": [line.split(";") for line in sound.splitlines()]}))
    for _ in range(draw(st.integers(0, 6))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(1, len(content)))] if draw(st.booleans()) else content)


@st.composite
def damaged_parts(draw, sound):
    """A workbook whose inner XML was changed and packed again, so that the ZIP itself is sound."""
    whole = workbook({"Hoja": [line.split(";") for line in sound.splitlines()]})
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(content, "w") as new:
        for part in old.infolist():
            text = bytearray(old.read(part))
            for _ in range(draw(st.integers(0, 2))):
                text[draw(st.integers(0, len(text) - 1))] = draw(st.integers(0, 255))
            if not draw(st.integers(0, 9)):
                continue
            new.writestr(part.filename, bytes(text))
    return content.getvalue()
