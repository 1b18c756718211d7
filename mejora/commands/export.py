"""`export schools|plans|actions|progress`: CSV for programs, with the same bytes for the same data,
or XLSX for people, by the ending of the file's name. `export school RBD`: its whole record;
`export workbook RBD`: its plan, to be edited and brought in again."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from mejora.core.sheets_out import Table
    from mejora.reports.progress import Progress

WORKBOOK = ".xlsx"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        choices=["schools", "plans", "actions", "progress", "school", "workbook"],
        help="schools: un establecimiento por fila; plans: una etapa de un año por fila; "
        "actions: una acción por fila; progress: la tabla de avance; school: el expediente de una "
        "escuela (.zip); workbook: la planilla de una escuela (.xlsx), que se edita y se importa",
    )
    parser.add_argument("rbd", nargs="?", metavar="RBD", help="de qué escuela (school, workbook)")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="ARCHIVO",
        help="dónde; con .xlsx en el nombre es un libro de Excel, si no, un CSV",
    )
    parser.add_argument(
        "--year", type=int, metavar="AÑO", help="año del PME (actions, progress, workbook)"
    )
    parser.add_argument("--region", metavar="CÓDIGO", default="", help="región (actions)")
    parser.add_argument("--owner", metavar="CLAVE", default="", help="sostenedor (actions)")


def run(args: argparse.Namespace) -> int:
    from mejora.core import memory

    with memory.modest(), memory.seldom_walked():
        return _RUN[args.what](args)


def _schools(args: argparse.Namespace) -> int:
    from mejora.reports import exports

    return _save(args.out, exports.schools())


def _plans(args: argparse.Namespace) -> int:
    from mejora.reports import exports

    return _save(args.out, exports.plans())


def _actions(args: argparse.Namespace) -> int:
    from mejora.__main__ import INPUT_REFUSED
    from mejora.commands import output
    from mejora.reports import exports
    from mejora.reports.lists.actions import Filters

    filters = Filters(args.year, args.region, args.owner)
    table = exports.actions(filters)
    if not table.count:
        said = filters.words()
        output.refuse(f"No hay acciones que entregar{f' ({said})' if said else ''}.")
        return INPUT_REFUSED
    return _save(args.out, table)


def _school(args: argparse.Namespace) -> int:
    from mejora.__main__ import INPUT_REFUSED, USAGE
    from mejora.commands import output
    from mejora.core.decisions import Refused
    from mejora.core.identifiers import parse_rbd
    from mejora.monitoring.package import writing
    from mejora.network.models import School
    from mejora.plans.models import PlanYear

    code = (parse_rbd(args.rbd or "") or ("", ""))[0]
    school = School.objects.select_related("country").filter(code=code or args.rbd).first()
    if school is None:
        output.refuse(f"No hay una escuela con RBD {args.rbd or '(indíquelo)'}.")
        return USAGE
    years = PlanYear.objects.filter(school=school)

    def write(path: Path) -> None:
        path.unlink(missing_ok=True)  # of a command that was killed
        writing.write(path, school, years, by="la línea de comandos")

    try:
        return output.save_at(args.out, write)
    except Refused as refusal:
        output.refuse(refusal.reason)
        return INPUT_REFUSED


def _workbook(args: argparse.Namespace) -> int:
    from mejora.__main__ import USAGE
    from mejora.commands import output
    from mejora.core.identifiers import parse_rbd
    from mejora.plans.importers import workbook_out
    from mejora.plans.models import PlanYear

    code = (parse_rbd(args.rbd or "") or ("", ""))[0]
    years = PlanYear.objects.with_place().filter(school__code=code)
    plan_year = (years.filter(year=args.year) if args.year else years).first()
    if plan_year is None:
        output.refuse(
            f"No hay un PME {args.year or ''} de una escuela con RBD {args.rbd or '(indíquelo)'}."
        )
        return USAGE

    def write(path: Path) -> None:
        with path.open("wb") as file:
            workbook_out.write(file, plan_year)

    return output.save_at(args.out, write)


def _save(path: Path, table: Table) -> int:
    from mejora.commands import output
    from mejora.core import sheets_out
    from mejora.reports import exports

    if path.suffix.lower() == WORKBOOK:
        return output.save_at(path, lambda part: sheets_out.write_xlsx(part, table))
    return output.save(path, lambda file: exports.write_stable(file, table))


def _progress(args: argparse.Namespace) -> int:
    from mejora.__main__ import INPUT_REFUSED
    from mejora.commands import output
    from mejora.core import clock
    from mejora.reports import census, progress, roster
    from mejora.reports.lists.base import as_of

    today = clock.today()
    year = args.year or today.year
    found = progress.progress(roster.of_year(year), year, on=today)
    if not found.sum.total:
        output.refuse(f"Ningún establecimiento debe tener PME en {year}: falta cargar la nómina.")
        return INPUT_REFUSED
    if args.out.suffix.lower() == WORKBOOK:
        about = [("Contenido", f"Avance del PME {year} por etapa, estado y región"), as_of()]
        return output.save_at(args.out, lambda part: census.write_xlsx(part, found, about))
    return output.save(args.out, lambda file: _progress_csv(file, found))


def _progress_csv(file: IO[str], found: Progress) -> None:
    from mejora.core import spreadsheets
    from mejora.reports import tables

    spreadsheets.write_csv(file, tables.header(found), tables.rows(found))


_RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "schools": _schools,
    "plans": _plans,
    "actions": _actions,
    "progress": _progress,
    "school": _school,
    "workbook": _workbook,
}
