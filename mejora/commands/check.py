"""`check`: proves that the installation is sound, or says what is not."""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--clean",
        action="store_true",
        help="antes, borrar los archivos de más de un día que ningún registro nombra: los deja "
        "una subida cortada",
    )


def run(args: argparse.Namespace) -> int:
    from mejora.__main__ import DONE, INPUT_REFUSED
    from mejora.core import wording
    from mejora.keeping import check

    if args.clean:
        for gone in check.clean():
            sys.stdout.write(gone + "\n")
    count = 0
    for finding in check.findings():
        count += 1
        sys.stdout.write(finding + "\n")
    if count:
        sys.stdout.write(f"{wording.counted(count, 'hallazgo,hallazgos')}.\n")
        return INPUT_REFUSED
    sys.stdout.write("La instalación está sana.\n")
    return DONE
