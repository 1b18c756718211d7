"""The territory's page of a SLEP and of the country, and the month's attendance pupil by pupil.

The floor of the pages is the same sums by hand-written SQL; that of the file is `csv` reading it.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from benchmarks import data, measure
from benchmarks.measure import Result

PUPILS = 1_000_000
YEAR = data.ON.year
# Source: the columns of the monthly attendance in the catalogue of official sources (F016).
COLUMNS = (
    *("AGNO", "MES_ESCOLAR", "RBD", "DGV_RBD", "NOM_RBD", "COD_REG_RBD", "NOM_REG_RBD_A"),
    *("COD_PRO_RBD", "COD_COM_RBD", "NOM_COM_RBD", "COD_DEPROV_RBD", "NOM_DEPROV_RBD"),
    *("RURAL_RBD", "NOMBRE_SLEP", "COD_DEPE", "COD_DEPE2", "COD_ENSE", "COD_ENSE2", "COD_GRADO"),
    *("LET_CUR", "MRUN", "GEN_ALU", "FEC_NAC_ALU", "COD_COM_ALU", "NOM_COM_ALU"),
    *("DIAS_ASISTIDOS", "DIAS_TRABAJADOS", "ASIS_PROMEDIO"),
)
SUMS = """
SELECT m.year, m.month, SUM(m.attended_days), SUM(m.possible_days), SUM(m.enrolled),
       SUM(m.withdrawals), COUNT(m.possible_days), COUNT(m.enrolled)
FROM territory_schoolmonth m JOIN network_school s ON s.id = m.school_id
WHERE m.year IN (%s, %s) AND {where} GROUP BY m.year, m.month
"""
PLACES = {"slep": "s.owner_id = %s", "national": "s.country_id = %s"}


def main(what: str, folder: Path) -> None:
    measure.setup()
    if what == "attendance":
        _attendance(folder)
    else:
        _page(what)


# The file ----------------------------------------------------------------------------------------


def _attendance(folder: Path) -> None:
    path = folder.parent / "asistencia.csv"
    _write(path)
    floor = min(measure.seconds(lambda: _read(path)) for _ in range(3))
    took = min(measure.seconds(lambda: _sum(path)) for _ in range(3))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measure.tell(
        Result("Asistencia, 1.000.000 filas: sumarlas", took, "s", 1.5 * floor, floor),
        Result("Asistencia, 1.000.000 filas: memoria", megabytes, "MB", 200),
    )


def _write(path: Path) -> None:
    """Made-up pupils of 8,920 made-up schools, as they come: school after school."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file, delimiter=";", lineterminator="\n")
        lines.writerow(COLUMNS)
        for number in range(PUPILS):
            lines.writerow(_pupil(number, 20_000 + number * 8_920 // PUPILS, chance))


def _pupil(number: int, code: int, chance: random.Random) -> tuple[object, ...]:
    came = chance.randint(12, 20)
    place = (5, "ESCUELA BASICA DE EJEMPLO", 9, "ARAUC", 91, 9101, "TEMUCO", 91, "CAUTIN SUR")
    rest = (0, "SLEP DE EJEMPLO", 6, 5, 110, 2, 1 + number % 8, "ABC"[number % 3])
    pupil = (10_000_000 + number, 1 + number % 2, 201_503, 9101, "TEMUCO")
    share = f"{came / 20:.4f}".replace(".", ",")
    return (YEAR, 5, code, *place, *rest, *pupil, came, 20, share)


def _read(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(len(row) for row in csv.reader(file, delimiter=";"))


def _sum(path: Path) -> None:
    from mejora.core.spreadsheets import open_table
    from mejora.territory.importers import attendance

    with open_table(path) as table:
        sums = attendance.sum_up(table, None, lambda **_: None)
    total = sum(each.records for each in sums.by_text.values())
    if total != PUPILS:
        raise SystemExit(f"{total} rows were summed, {PUPILS} expected")


# The page ----------------------------------------------------------------------------------------


def _page(kind: str) -> None:
    from mejora.network.enums import Role
    from mejora.network.models import Country, Membership, Owner, School
    from mejora.territory.models import SchoolMonth

    country = Country.objects.get(code="CL")
    schools = School.objects.filter(country=country)
    role, place = Role.ANALYST, country.pk
    if kind == "slep":
        role, place = Role.OWNER, Owner.objects.filter(kind="slep").values_list("pk", flat=True)[0]
        schools = schools.filter(owner=place)
    if not SchoolMonth.objects.filter(school__in=schools).exists():
        _fill([*schools.values_list("pk", flat=True)])
    users = Membership.objects.filter(role=role, user__is_sample=True).select_related("user")
    client = _client(users[0].user)
    floor = measure.typical_ms(lambda: _by_hand(kind, place))
    took = measure.typical_ms(lambda: _get(client))
    count = SchoolMonth.objects.filter(year=YEAR).values("school").distinct().count()
    wanted = 60 if kind == "slep" else 200
    name = f"Territorio de {count} escuelas"
    measure.tell(Result(name, took, "ms", wanted, floor))


def _client(user: object) -> object:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(user)  # type: ignore[arg-type]  # a person of the sample
    return client


def _get(client: object) -> None:
    answer = client.get("/territorio/")  # type: ignore[attr-defined]  # Django's test client
    if answer.status_code != 200:
        raise SystemExit(f"the page answered {answer.status_code}")


def _fill(schools: list[int]) -> None:
    """Two years of twelve months each, and seats, for schools that have none."""
    from mejora.network.enums import BatchKind
    from mejora.network.importers import bulk
    from mejora.network.models import ImportBatch
    from mejora.territory.models import Capacity, SchoolMonth

    chance = random.Random(2)
    batch = ImportBatch.objects.filter(kind=BatchKind.SAMPLE).values_list("pk", flat=True)[0]
    names = ("school", "year", "month", "attended_days", "possible_days", "enrolled", "withdrawals")
    bulk.insert(SchoolMonth, names, _months(schools, chance))
    seats = ((school, YEAR, chance.randint(60, 900), batch) for school in schools)
    bulk.insert(Capacity, ("school", "year", "seats", "batch"), seats)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _months(schools: list[int], chance: random.Random) -> Iterator[tuple[int, ...]]:
    for school in schools:
        pupils = chance.randint(40, 800)
        for year in (YEAR - 1, YEAR):
            for month in range(1, 13):
                came = round(pupils * 20 * chance.uniform(0.80, 0.97))
                yield school, year, month, came, pupils * 20, pupils - month, month % 3


def _by_hand(kind: str, place: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(where=PLACES[kind]), [YEAR - 1, YEAR, place])
        cursor.fetchall()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
