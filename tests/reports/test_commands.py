"""`report` and `export`: what they write, what they refuse, and that it opens safely."""

import csv

import pytest
from python_calamine import CalamineWorkbook

from mejora.__main__ import main, parser
from mejora.commands import prepare
from mejora.plans.enums import StageKind, StageStatus
from tests import factories as make
from tests.factories import PlanFactory, PlanYearFactory, SchoolFactory

pytestmark = pytest.mark.django_db
YEAR = 2026


@pytest.fixture(autouse=True)
def prepared(monkeypatch, today):
    """The test database is made already."""
    monkeypatch.setattr(prepare, "prepare", lambda: None)


@pytest.fixture
def school():
    school = SchoolFactory(name='=HYPERLINK("http://malo")', code="90123")
    PlanYearFactory(
        plan=PlanFactory(school=school, start_year=YEAR),
        stage_now=StageKind.STRATEGIC,
        status_now=StageStatus.NOT_STARTED,
    )
    return school


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_report_is_printed_as_a_table(school, capsys):
    assert main(["report", "progress"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["PME", "Etapa", "Estado"]
    [total] = [line for line in lines if line.startswith("Total general")]
    assert total.split()[-1] == "1"


def test_the_report_is_saved_as_csv(school, tmp_path):
    out = tmp_path / "avance.csv"

    assert main(["report", "progress", "--format", "csv", "--out", str(out)]) == 0

    [row] = [r for r in read(out) if r["Total"] == "1" and r["Estado"]]
    assert (row["PME"], row["Etapa"], row["RM"]) == (str(YEAR), "Fase Estratégica", "1")


def test_a_year_without_roster_is_refused(school, tmp_path, capsys):
    out = tmp_path / "avance.csv"

    assert main(["report", "progress", "--year", "2031", "--out", str(out)]) == 3

    assert "Ningún establecimiento debe tener PME en 2031" in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_that_is_not_there_is_refused(school, tmp_path, capsys):
    assert main(["export", "schools", "--out", str(tmp_path / "no" / "x.csv")]) == 3

    assert "No se pudo escribir" in capsys.readouterr().err


def test_what_stood_there_stays_when_writing_fails(school, tmp_path, monkeypatch):
    from mejora.reports import exports

    out = tmp_path / "planes.csv"
    out.write_text("lo de antes")

    def breaks():
        yield ["1"]
        raise OSError(28, "No queda espacio")

    monkeypatch.setattr(exports, "plan_rows", breaks)

    assert main(["export", "plans", "--out", str(out)]) == 3
    assert out.read_text() == "lo de antes"
    assert [path.name for path in tmp_path.iterdir()] == ["planes.csv"]


@pytest.mark.parametrize("what", ["schools", "plans"])
def test_an_export_is_the_same_bytes_each_time_and_safe(what, school, tmp_path):
    SchoolFactory(code="8001")
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"

    assert main(["export", what, "--out", str(first)]) == 0
    assert main(["export", what, "--out", str(second)]) == 0

    assert first.read_bytes() == second.read_bytes()
    rows = read(first)
    assert [row["RBD"] for row in rows] == sorted((row["RBD"] for row in rows), key=int)
    named = next(row for row in rows if row["RBD"] == "90123")
    assert named["ESTABLECIMIENTO"] == "'" + school.name


def test_plans_have_a_row_per_stage_and_one_for_who_has_none(school, tmp_path):
    SchoolFactory(code="90200")
    SchoolFactory(code="90201", year__in_roster=False)
    out = tmp_path / "planes.csv"

    assert main(["export", "plans", "--out", str(out)]) == 0

    told = [(r["RBD"], r["AÑO"], r["DEBE_TENER_PME"], r["ETAPA"], r["ESTADO"]) for r in read(out)]
    year = str(YEAR)
    assert told == [
        ("90123", year, "1", "Fase Estratégica", "No iniciado"),
        ("90123", year, "1", "Planificación Anual", "No iniciado"),
        ("90123", year, "1", "Implementación", "No iniciado"),
        ("90123", year, "1", "Evaluación", "No iniciado"),
        ("90200", year, "1", "", ""),
    ]


def test_a_plan_year_that_no_directory_tells_is_exported_too(school, tmp_path):
    PlanYearFactory(plan=school.plans.get(), year=YEAR + 1)
    out = tmp_path / "planes.csv"

    assert main(["export", "plans", "--out", str(out)]) == 0

    later = [row for row in read(out) if row["AÑO"] == str(YEAR + 1)]
    assert [row["ETAPA"] for row in later] == [
        "Planificación Anual",
        "Implementación",
        "Evaluación",
    ]
    assert {row["DEBE_TENER_PME"] for row in later} == {"0"}


def test_exports_cost_the_same_whatever_the_size(school, tmp_path, django_assert_num_queries):
    for _ in range(3):
        PlanYearFactory(plan=PlanFactory(start_year=YEAR))

    with django_assert_num_queries(3):
        main(["export", "plans", "--out", str(tmp_path / "p.csv")])
    with django_assert_num_queries(1):
        main(["export", "schools", "--out", str(tmp_path / "s.csv")])


@pytest.mark.parametrize(
    "words", [["report"], ["report", "otro"], ["export", "schools"], ["export"], ["report", "x"]]
)
def test_wrong_usage_ends_with_two(words, capsys):
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words)

    assert ended.value.code == 2


def sheet_of(path, number=0):
    book = CalamineWorkbook.from_path(str(path))
    return book.get_sheet_by_index(number).to_python()


@pytest.mark.parametrize(
    ("what", "wanted"), [("schools", "ESTABLECIMIENTO"), ("plans", "ESTADO"), ("actions", "Acción")]
)
def test_the_name_of_the_file_says_that_it_is_a_workbook(what, wanted, school, tmp_path):
    year = school.plan_years.get()
    make.ActionFactory(plan_year=year, strategy=make.StrategyFactory(plan_year=year))
    out = tmp_path / "lista.XLSX"

    assert main(["export", what, "--out", str(out)]) == 0

    header, first = sheet_of(out)[:2]
    row = dict(zip(header, first, strict=True))
    assert wanted in row
    assert row["RBD"] == 90123.0
    assert '=HYPERLINK("http://malo")' in row.values()
    assert dict(sheet_of(out, 1))["Datos al"]
    assert [path.name for path in tmp_path.iterdir()] == ["lista.XLSX"]


def test_actions_go_out_by_year_region_and_owner_with_plain_dates(school, tmp_path, capsys):
    year = school.plan_years.get()
    strategy = make.StrategyFactory(plan_year=year)
    action = make.ActionFactory(plan_year=year, strategy=strategy, name="-1+1")
    out = tmp_path / "acciones.csv"
    region = school.commune.region.code

    command = ["export", "actions", "--year", str(YEAR), "--region", region, "--out", str(out)]
    assert main([*command, "--owner", school.owner.key]) == 0

    [row] = read(out)
    assert (row["Acción"], row["Inicio"]) == ("'-1+1", action.starts_on.isoformat())
    assert main([*command, "--owner", "slep:nadie"]) == 3
    assert "No hay acciones que entregar" in capsys.readouterr().err
    assert len(read(out)) == 1  # what stood there stays


def test_the_progress_table_goes_out_as_csv_and_as_workbook(school, tmp_path):
    text, book = tmp_path / "avance.csv", tmp_path / "avance.xlsx"

    assert main(["export", "progress", "--out", str(text)]) == 0
    assert main(["export", "progress", "--out", str(book)]) == 0

    [row] = [r for r in read(text) if r["Total"] == "1" and r["Estado"]]
    assert row["Etapa"] == "Fase Estratégica"
    [total] = [line for line in sheet_of(book) if line[0] == "Total general"]
    assert total[-1] == 1.0
    assert main(["export", "progress", "--year", "2031", "--out", str(book)]) == 3
