"""Attendance pupil by pupil, figures by month and seats: summed, landed, taken back."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from mejora.core.decisions import Refused
from mejora.files.models import StoredFile
from mejora.network import operations
from mejora.network.access import actor_for
from mejora.network.enums import BatchKind, BatchState, Role
from mejora.network.importers import anonymous
from mejora.network.models import ImportBatch, ImportIssue, ImportRow
from mejora.territory.models import Capacity, SchoolMonth
from tests import factories as make
from tests.factories.files import workbook
from tests.territory.conftest import MRUN, PUPIL, counts, figures, pupils, seats

pytestmark = pytest.mark.django_db
FIGURES, CAPACITY, ATTENDANCE = BatchKind.FIGURES, BatchKind.CAPACITY, BatchKind.ATTENDANCE


@pytest.fixture
def school():
    return make.SchoolFactory(code="90012")


def month(school, number=5, year=2026):
    return SchoolMonth.objects.get(school=school, year=year, month=number)


def everything_kept():
    """All that the installation keeps of what came: rows, issues, batches and files."""
    rows = [
        str(values)
        for m in (ImportRow, ImportIssue, ImportBatch, SchoolMonth, StoredFile)
        for values in m.objects.values_list()
    ]
    folder = Path(default_storage.location)
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return "\n".join(rows).encode() + b"\n".join(files)


def test_a_pupil_level_file_becomes_one_sum_and_no_pupil_stays(bring, school):
    other = make.SchoolFactory()
    rows = [{"RBD": school.code, "DIAS_ASISTIDOS": days} for days in (20, 15, 0)]

    batch = bring(pupils(*rows, {"RBD": other.code}, {"RBD": other.code, "MES_ESCOLAR": 6}))

    assert counts(batch) == (3, 0, 0, 0)
    found = month(school)
    assert (found.attended_days, found.possible_days, found.records) == (35, 60, 3)
    assert found.enrolled is None  # records are no enrolment
    assert month(other, 6).attended_days == 18
    kept = everything_kept()
    assert b"Sumado" not in kept
    for number in range(5):
        assert str(MRUN + number).encode() not in kept
    assert b"MRUN" not in kept
    assert b"90012" in kept


def test_a_refused_pupil_level_file_leaves_nothing_behind(bring, school):
    no_days = [name for name in PUPIL if name != "DIAS_TRABAJADOS"]

    wrong = bring(pupils({"RBD": school.code}, columns=no_days))
    elsewhere = bring(pupils({"RBD": school.code}), BatchKind.DIRECTORY)

    assert wrong.state == elsewhere.state == BatchState.REFUSED
    assert "DIAS_TRABAJADOS" in wrong.message
    assert "MRUN" in elsewhere.message
    assert str(MRUN).encode() not in everything_kept()
    assert StoredFile.objects.count() == 0


def test_a_discarded_upload_is_gone_before_it_was_read(bring, school):
    admin = make.MembershipFactory(role=Role.ADMINISTRATOR, place=school.country)
    by = actor_for(admin.user)
    upload = ContentFile(pupils({"RBD": school.code}).encode(), name="archivo.csv")

    batch = operations.receive(upload, kind=ATTENDANCE, year=None, by=by)
    operations.discard(batch, by=by)

    assert str(MRUN).encode() not in everything_kept()


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ";"), ("cp1252", ","), ("utf-16", "\t")]
)
def test_dialects_are_read_alike(bring, school, encoding, delimiter):
    bring(pupils({"RBD": school.code}, delimiter=delimiter).encode(encoding))

    assert month(school).attended_days == 18


def test_a_workbook_of_pupils_is_summed_too(bring, school):
    header = ("AGNO", "MES_ESCOLAR", "RBD", "MRUN", "DIAS_ASISTIDOS", "DIAS_TRABAJADOS")
    rows = [(2026, 5, 90012, MRUN, 18, 20), (2026, 5, 90012, MRUN + 1, 17, 20)]

    bring(workbook({"Hoja1": [header, *rows]}))

    assert month(school).attended_days == 35
    assert str(MRUN).encode() not in everything_kept()


def test_bad_rows_are_told_by_row_and_column_and_spoil_only_their_month(bring, school):
    other = make.SchoolFactory()
    batch = bring(
        pupils(
            {"RBD": school.code},
            {"RBD": school.code, "DIAS_ASISTIDOS": 21},
            {"RBD": school.code, "DIAS_TRABAJADOS": "veinte"},
            {"RBD": other.code, "DIAS_ASISTIDOS": "", "DIAS_TRABAJADOS": ""},
            {"RBD": other.code, "DIAS_ASISTIDOS": "18,0"},
            {"RBD": "99998"},
            {"RBD": str(MRUN + 9)},
        )
        + f"2026;5;{other.code}\n"
    )

    assert counts(batch) == (0, 0, 0, 4)
    told = {(i.line, i.column, i.code): i.value for i in batch.issues.all()}
    assert told[3, "DIAS_ASISTIDOS", "days-more"] == ""
    assert told[4, "DIAS_TRABAJADOS", "days-unknown"] == ""
    assert told[9, "", "width"] == ""
    assert [value for (_, _, code), value in told.items() if code == "school-unknown"] == ["99998"]
    assert not SchoolMonth.objects.exists()
    assert str(MRUN).encode() not in everything_kept()


def test_the_sum_that_is_kept_says_the_same_when_it_is_checked_again(bring, school):
    batch = bring(
        pupils({"RBD": school.code}, {"RBD": school.code, "MES_ESCOLAR": 6, "DIAS_ASISTIDOS": 40}),
        land=False,
    )
    before = counts(batch)
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.WAITING)
    batch.refresh_from_db()

    operations.check(batch)
    operations.land(batch)

    assert counts(batch) == before == (1, 0, 0, 1)
    assert month(school).attended_days == 18


def test_a_check_killed_before_the_sum_was_kept_starts_over(bring, school, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(anonymous, "keep_instead", killed)
        with pytest.raises(KeyboardInterrupt):
            bring(pupils({"RBD": school.code}))
    batch = ImportBatch.objects.get()
    assert batch.state == BatchState.CHECKING

    assert operations.resume_all() == 1
    batch.refresh_from_db()
    operations.check(batch)
    operations.land(batch)

    assert month(school).attended_days == 18
    assert str(MRUN).encode() not in everything_kept()


def test_an_unclosed_quote_does_not_swallow_rows(bring, school):
    text = pupils(*[{"RBD": school.code} for _ in range(30)])
    lines = text.splitlines()
    lines[5] = lines[5].replace("Ñuñoa", '"Ñuñoa')

    batch = bring("\n".join(lines))

    assert batch.state == BatchState.REFUSED
    assert "comillas" in batch.message


def test_figures_fill_what_they_say_and_leave_the_rest(bring, school):
    bring(pupils({"RBD": school.code}))

    batch = bring(
        figures((90012, 2026, 5, 318, 2, "", ""), (90012, 2026, 6, 316, "", 10, 20)), FIGURES
    )

    assert counts(batch) == (1, 1, 0, 0)
    may, june = month(school), month(school, 6)
    assert (may.enrolled, may.withdrawals, may.attended_days, may.records) == (318, 2, 18, 1)
    assert (june.withdrawals, june.attended_days) == (None, 10)
    again = bring(figures((90012, 2026, 5, 318, 2, "", "")), FIGURES)
    assert counts(again) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("90012", 2026, 13, 1, 1, "", ""), "MES"),
        (("90012", 2026, 5, "x", 1, "", ""), "MATRICULA"),
        (("90012", 2026, 5, 1, 1, 5, ""), "DIAS_TRABAJADOS"),
        (("90012", 2026, 5, 1, 1, 6, 5), "DIAS_ASISTIDOS"),
        (("90012", 2026, 5, "", "", "", ""), ""),
        (("99999", 2026, 5, 1, 1, "", ""), "RBD"),
        (("90012", 26, 5, 1, 1, "", ""), "AÑO"),
    ],
)
def test_a_wrong_figure_is_told_by_its_column(bring, school, row, column):
    batch = bring(figures(row), FIGURES)

    assert [issue.column for issue in batch.issues.filter(is_error=True)] == [column]
    assert not SchoolMonth.objects.exists()


def test_undoing_gives_back_what_was_there_and_takes_what_was_not(bring, school):
    bring(figures((90012, 2026, 5, 300, 1, "", "")), FIGURES)
    second = bring(
        figures((90012, 2026, 5, 310, 4, 10, 20), (90012, 2026, 6, 305, 0, "", "")), FIGURES
    )
    operations.undo(second, by=None)
    operations.take_back(second)

    assert second.state == BatchState.UNDONE
    may = month(school)
    assert (may.enrolled, may.withdrawals, may.attended_days) == (300, 1, None)
    assert not SchoolMonth.objects.filter(month=6).exists()


def test_a_school_that_another_file_wrote_since_stays_as_it_is(bring, school):
    first = bring(figures((90012, 2026, 5, 300, 1, "", "")), FIGURES)
    bring(figures((90012, 2026, 5, 310, 1, "", "")), FIGURES)

    operations.undo(first, by=None)
    operations.take_back(first)

    assert first.state == BatchState.APPLIED
    assert "nada" in first.message
    assert month(school).enrolled == 310


def test_attendance_and_enrolment_go_back_apart(bring, school):
    attendance = bring(pupils({"RBD": school.code}))
    bring(figures((90012, 2026, 5, 318, 2, "", "")), FIGURES)

    operations.undo(attendance, by=None)
    operations.take_back(attendance)

    may = month(school)
    assert attendance.state == BatchState.UNDONE
    assert (may.attended_days, may.records, may.enrolled) == (None, None, 318)


def test_a_month_that_changed_after_the_check_is_left_out(bring, school):
    batch = bring(figures((90012, 2026, 5, 318, 2, "", "")), FIGURES, land=False)
    SchoolMonth.objects.create(school=school, year=2026, month=5, enrolled=1)

    operations.land(batch)

    assert month(school).enrolled == 1
    assert batch.issues.filter(code="month-moved").count() == 1


def test_seats_land_and_go_back(bring, school):
    bring(seats((90012, 2026, 300)), CAPACITY)
    batch = bring(seats((90012, 2026, 360), (90012, 2027, 380)), CAPACITY)
    assert counts(batch) == (1, 1, 0, 0)
    assert set(Capacity.objects.values_list("year", "seats")) == {(2026, 360), (2027, 380)}

    operations.undo(batch, by=None)
    operations.take_back(batch)

    assert set(Capacity.objects.values_list("year", "seats")) == {(2026, 300)}


def test_an_owner_brings_its_own_schools_only(bring, school):
    foreign = make.SchoolFactory()
    lead = make.MembershipFactory(role=Role.DISTRICT_LEAD, place=school.owner)
    by, mine = actor_for(lead.user), {"owner": school.owner}

    batch = bring(pupils({"RBD": school.code}, {"RBD": foreign.code}), by=by, **mine)
    told = bring(figures((foreign.code, 2026, 5, 1, 1, "", "")), FIGURES, by=by, **mine)

    assert counts(batch) == (1, 0, 0, 0)
    assert batch.issues.get(code="schools-foreign").value == ""
    assert told.issues.get(is_error=True).code == "school-foreign"
    assert set(SchoolMonth.objects.values_list("school", flat=True)) == {school.pk}
    with pytest.raises(Refused):
        bring(figures((90012, 2026, 5, 1, 1, "", "")), FIGURES, by=by, owner=foreign.owner)
