"""Files damaged at random, of every kind that is one table: never a crash, never a half import,
always a message that says where and what was expected."""

import io
import zipfile

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.network.enums import BatchKind, BatchState
from mejora.network.importers.kinds import KINDS
from mejora.network.models import School
from tests.factories.files import directory, slep_list, summary, workbook
from tests.network.test_undo import everything

pytestmark = pytest.mark.django_db
ATE = "RUT;NOMBRE;SERVICIO;VIGENTE_DESDE;VIGENTE_HASTA\n76.123.456-0;Alerce;Lectura;;01-03-2028\n"
SOUND = {
    BatchKind.DIRECTORY: directory({}, {}, {"NOM_RBD": "ÑUÑOA"}),
    BatchKind.SLEPS: slep_list(("1", "Norte", "13101", 2024, 2026), ("2", "Sur", "13102", "", "")),
    BatchKind.ROSTER: "RBD;AÑO;MOTIVO\n91001;2026;Convenio\n91002;2026;\n",
    BatchKind.ENROLMENT: summary({}, {}, year=2022),
    BatchKind.PERFORMANCE: "RBD;AÑO;NIVEL;CATEGORIA_DESEMPENO\n91001;2019;Media;Alto\n",
    BatchKind.SEP: "RBD;AÑO;CLASIFICACION_SEP\n91001;2026;Emergente\n",
    BatchKind.ATE: ATE,
}
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
def damaged_tables(draw, kind):
    """Columns shuffled, dropped or doubled, cells replaced, another encoding and separator."""
    rows = [line.split(";") for line in SOUND[kind].splitlines()]
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
def damaged_bytes(draw, kind):
    """As CSV or as a workbook: bytes changed, and perhaps cut short."""
    if draw(st.booleans()):
        content = bytearray(SOUND[kind].encode())
    else:
        content = bytearray(
            workbook({"Hoja": [line.split(";") for line in SOUND[kind].splitlines()]})
        )
    for _ in range(draw(st.integers(0, 6))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(1, len(content)))] if draw(st.booleans()) else content)


@st.composite
def damaged_parts(draw, kind):
    """A workbook whose inner XML was changed and packed again, so that the ZIP itself is sound."""
    whole = workbook({"Hoja": [line.split(";") for line in SOUND[kind].splitlines()]})
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


def sound_or_told(bring, content, kind):
    """Checked without writing, and then landed whole; whatever does not enter is named."""
    with transaction.atomic():
        bring(directory({}, {}, {}))
        before = everything()
        batch = bring(content, kind, land=False)
        assert everything() == before
        if batch.state == BatchState.REFUSED:
            assert batch.message.endswith(".")
            assert not batch.rows.exists()
        else:
            assert batch.state == BatchState.CHECKED
            counted = (batch.rows_new, batch.rows_changed, batch.rows_same, batch.rows_refused)
            assert sum(counted) == batch.rows_read
            named = set(batch.issues.filter(is_error=True).values_list("line", flat=True))
            assert len(named) == batch.rows_refused
            assert all(issue.message for issue in batch.issues.all())
            again = bring(content, kind)
            assert again.state == BatchState.APPLIED
            assert School.objects.count() >= 3
        transaction.set_rollback(True)


@BOUNDS
@given(st.sampled_from(sorted(SOUND)).flatmap(lambda k: st.tuples(st.just(k), damaged_tables(k))))
def test_a_table_out_of_shape_enters_row_by_row_or_says_why(bring, said):
    sound_or_told(bring, said[1], said[0])


@BOUNDS
@given(st.sampled_from(sorted(SOUND)).flatmap(lambda k: st.tuples(st.just(k), damaged_bytes(k))))
def test_a_file_with_damaged_bytes_enters_row_by_row_or_says_why(bring, said):
    sound_or_told(bring, said[1], said[0])


@BOUNDS
@given(st.sampled_from(sorted(SOUND)).flatmap(lambda k: st.tuples(st.just(k), damaged_parts(k))))
def test_a_workbook_with_damaged_parts_enters_row_by_row_or_says_why(bring, said):
    sound_or_told(bring, said[1], said[0])


@pytest.mark.parametrize("kind", SOUND)
def test_the_sound_files_of_this_page_enter(bring, kind):
    """Else the damage above would be tried on files that were refused anyway."""
    bring(directory({}, {}, {}))

    batch = bring(SOUND[kind].replace("ESCUELA", "LICEO"), kind)

    assert (batch.state, batch.rows_refused) == (BatchState.APPLIED, 0)


def test_every_kind_of_the_network_is_damaged_here():
    of_network = {k for k, made in KINDS.items() if made.deed == KINDS[BatchKind.DIRECTORY].deed}

    assert of_network - {BatchKind.PACKAGE} == set(SOUND)
