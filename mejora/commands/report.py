"""`report progress`: the progress table in the terminal or as CSV."""

import argparse
import io
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["progress"], help="el avance por etapa, estado y región")
    parser.add_argument("--year", type=int, metavar="AÑO", help="año del PME; este, si no se dice")
    parser.add_argument(
        "--country", choices=["CL", "CO"], default="CL", help="el país; Chile, si no se dice"
    )
    parser.add_argument(
        "--format", choices=["table", "csv"], default="table", help="cómo se entrega"
    )
    parser.add_argument("--out", type=Path, metavar="ARCHIVO", help="dónde; si no, en pantalla")


def run(args: argparse.Namespace) -> int:
    from mejora.core import here
    from mejora.network.middleware import place_of
    from mejora.network.models import Country

    with here.at(place_of(Country.objects.get(code=args.country))):
        return _report(args)


def _report(args: argparse.Namespace) -> int:
    from mejora.__main__ import DONE, INPUT_REFUSED
    from mejora.commands import output
    from mejora.core import clock, spreadsheets
    from mejora.reports import progress, roster, tables

    today = clock.today()
    year = args.year or today.year
    found = progress.progress(roster.of_year(year), year, on=today)
    if not found.sum.total:
        output.refuse(f"Ningún establecimiento debe tener PME en {year}: falta cargar la nómina.")
        return INPUT_REFUSED
    text = io.StringIO()
    if args.format == "csv":
        spreadsheets.write_csv(text, tables.header(found), tables.rows(found))
    else:
        text.write(tables.as_text(found))
    if args.out is None:
        sys.stdout.write(text.getvalue())
        return DONE
    return output.save(args.out, lambda file: file.write(text.getvalue()))
