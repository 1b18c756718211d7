"""Recount the progress table from `export plans`, knowing nothing of Mejora's code.

    python tools/recount.py plans.csv 2026 > recounted.csv

The rule, as the page states it: each school that must have a plan in the year is counted once, in
the first stage not yet approved of its oldest open PME year; returned counts as "Registro
parcial". With nothing open: at the end when the year's stages are all approved; before
Planificación Anual when a plan covers the year; before Fase Estratégica when none does. An
earlier year whose Implementación the official table approved is not open while its Evaluación is
not begun.

The result has one line per number that is not zero: PME;ETAPA;ESTADO;SIGLA_REGION;CANTIDAD.
"""

import csv
import sys
from collections import Counter, defaultdict

STAGES = ("Fase Estratégica", "Planificación Anual", "Implementación", "Evaluación")
BY_TABLE = "Tabla del PME"
RETURNED, PARTIAL, APPROVED, NOTHING = "Devuelto", "Registro parcial", "Aprobado", "No iniciado"

Place = tuple[int, str, str]


def recount(lines: list[dict[str, str]], year: int) -> Counter[tuple[int, str, str, str]]:
    """(PME year, stage, state, region) → schools."""
    stages: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    by_table: set[tuple[str, int, str]] = set()
    roster: dict[str, dict[str, str]] = {}
    for line in lines:
        at = int(line["AÑO"])
        if line["ETAPA"]:
            stages[line["RBD"]][at][line["ETAPA"]] = line["ESTADO"]
            if line["DECIDIDA_POR"] == BY_TABLE:
                by_table.add((line["RBD"], at, line["ETAPA"]))
        if at == year and line["DEBE_TENER_PME"] == "1":
            roster[line["RBD"]] = line
    found: Counter[tuple[int, str, str, str]] = Counter()
    for rbd, line in roster.items():
        told = {
            at: states
            for at, states in stages[rbd].items()
            if at == year
            or states.get(STAGES[-1]) != NOTHING
            or (rbd, at, STAGES[2]) not in by_table
        }
        place = where(told, year, covered=bool(line["PLAN_DESDE"]))
        found[(*place, line["SIGLA_REGION"])] += 1
    return found


def where(years: dict[int, dict[str, str]], year: int, *, covered: bool) -> Place:
    for at in sorted(each for each in years if each <= year):
        for stage in STAGES:
            state = years[at].get(stage, APPROVED)
            if state != APPROVED:
                return at, stage, PARTIAL if state == RETURNED else state
    if year in years:
        return year, STAGES[-1], APPROVED
    return year, STAGES[1] if covered else STAGES[0], NOTHING


def main(path: str, year: str) -> None:
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    out = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
    out.writerow(["PME", "ETAPA", "ESTADO", "SIGLA_REGION", "CANTIDAD"])
    for key, count in sorted(recount(lines, int(year)).items()):
        out.writerow([*key, count])


if __name__ == "__main__":
    main(*sys.argv[1:])
