"""`mejora sample [slep|national]`: fill an empty installation with made-up data."""

import argparse
import datetime as dt
import sys
import time

REFUSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "kind",
        nargs="?",
        choices=("slep", "national"),
        default="slep",
        help="slep: cinco comunas y 60 establecimientos (si no se indica otra cosa); "
        "national: el país, 8.920 establecimientos y 129.726 acciones, unos minutos",
    )
    parser.add_argument(
        "--on",
        type=dt.date.fromisoformat,
        metavar="AAAA-MM-DD",
        help="el día en que se mira; si no se indica, hoy",
    )
    parser.add_argument(
        "--if-empty", action="store_true", help="no hacer nada, sin error, si ya hay datos"
    )


def run(args: argparse.Namespace) -> int:
    from mejora.core import clock
    from mejora.core.decisions import Refused
    from mejora.sample import filling

    if args.if_empty and not filling.is_empty():
        return 0
    started = time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", file=sys.stderr)  # noqa: T201 - a command speaks to its terminal

    try:
        filling.fill(args.kind, on=args.on or clock.today(), tell=tell)
    except Refused as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - a command speaks to its terminal
        return REFUSED
    tell("Listo. Son datos inventados y así se muestran en cada página.")
    return 0
