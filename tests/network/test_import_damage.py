"""Files damaged at random, of every kind that is one table: never a crash, never a half import,
always a message that says where and what was expected."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from mejora.network.enums import BatchKind, BatchState
from mejora.network.importers.kinds import KINDS
from mejora.network.models import School
from tests.factories.damage import BOUNDS, damaged_bytes, damaged_parts, damaged_tables
from tests.factories.files import directory, slep_list, summary
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


def of_any_kind(damaged):
    return st.sampled_from(sorted(SOUND)).flatmap(
        lambda kind: st.tuples(st.just(kind), damaged(SOUND[kind]))
    )


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
@given(of_any_kind(damaged_tables))
def test_a_table_out_of_shape_enters_row_by_row_or_says_why(bring, said):
    sound_or_told(bring, said[1], said[0])


@BOUNDS
@given(of_any_kind(damaged_bytes))
def test_a_file_with_damaged_bytes_enters_row_by_row_or_says_why(bring, said):
    sound_or_told(bring, said[1], said[0])


@BOUNDS
@given(of_any_kind(damaged_parts))
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

    # Those of Colombia have a country of their own: tests/network/test_colombia.py.
    colombian = {BatchKind.SCHOOLS, BatchKind.SABER}
    assert of_network - {BatchKind.PACKAGE} - colombian == set(SOUND)
