"""`restore FILE`: an installation as it was when the backup was taken."""

import argparse
import datetime as dt
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="ARCHIVO", help="un respaldo de Mejora")
    parser.add_argument(
        "--replace",
        action="store_true",
        help="también donde ya hay datos; los que hay se guardan aparte",
    )


def run(args: argparse.Namespace) -> int:
    from mejora.__main__ import DONE, INPUT_REFUSED
    from mejora.commands import output
    from mejora.core import wording
    from mejora.keeping import restore
    from mejora.keeping.archive import BackupError

    try:
        restored = restore.restore(args.file, replace=args.replace)
    except BackupError as refusal:
        for reason in refusal.reasons:
            output.refuse(reason)
        return INPUT_REFUSED
    manifest = restored.manifest
    taken = dt.datetime.fromisoformat(manifest.taken_at)
    sys.stdout.write(
        f"Restaurado el respaldo del {wording.number_date(taken)}, {wording.clock_time(taken)}: "
        f"{wording.counted(sum(manifest.rows.values()), 'fila,filas')}.\n"
    )
    for warning in manifest.warnings:
        sys.stdout.write(f"Ya faltaba al respaldar: {warning}\n")
    if restored.kept_aside:
        sys.stdout.write(f"Lo que había antes quedó en {restored.kept_aside}.\n")
    return DONE
