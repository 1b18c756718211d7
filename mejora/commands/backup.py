"""`backup FILE`: everything in one file, while Mejora runs."""

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="ARCHIVO", help="dónde; no debe existir")


def run(args: argparse.Namespace) -> int:
    from mejora.__main__ import DONE, INPUT_REFUSED
    from mejora.commands import output
    from mejora.core import wording
    from mejora.keeping import backup
    from mejora.keeping.archive import FILES, BackupError

    try:
        manifest = backup.backup(args.file)
    except BackupError as refusal:
        for reason in refusal.reasons:
            output.refuse(reason)
        return INPUT_REFUSED
    except OSError as error:
        output.refuse(f"No se pudo escribir {args.file}: {error.strerror}.")
        return INPUT_REFUSED
    for warning in manifest.warnings:
        output.refuse(warning)
    files = sum(name.startswith(FILES) for name in manifest.parts)
    sys.stdout.write(
        f"Respaldo en {args.file}: {wording.counted(sum(manifest.rows.values()), 'fila,filas')}, "
        f"{wording.counted(files, 'archivo,archivos')}, "
        f"{wording.file_size(args.file.stat().st_size)}.\n"
        "Contiene datos personales y la clave de la instalación: guárdelo en un lugar seguro.\n"
    )
    return DONE
