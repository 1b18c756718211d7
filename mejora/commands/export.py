"""`export schools|plans`: CSV with codes and words, the same bytes for the same data."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        choices=["schools", "plans"],
        help="schools: un establecimiento por fila; plans: una etapa de un año por fila",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="ARCHIVO", help="dónde")


def run(args: argparse.Namespace) -> int:
    from mejora.commands import output
    from mejora.core import spreadsheets
    from mejora.reports import exports

    header, rows = {
        "schools": (exports.SCHOOL_HEADER, exports.school_rows),
        "plans": (exports.PLAN_HEADER, exports.plan_rows),
    }[args.what]
    return output.save(args.out, lambda file: spreadsheets.write_csv(file, header, rows()))
