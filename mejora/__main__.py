"""`python -m mejora`: the command for whoever administers an installation.

Exit status: 0 done, 2 wrong usage, 3 the input was refused (nothing changed; each reason on a line
of its own). 1 can only be a crash.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from mejora.commands import spanish

DONE, USAGE, INPUT_REFUSED = 0, 2, 3

# name → module in mejora.commands with HELP, add_arguments(parser) and run(args) -> int. A module
# is imported when asked for; Django is set up before, and the database is made and migrated.
COMMANDS = {
    "up": ("up", "sirve la aplicación y hace los trabajos largos"),
    "sample": ("sample", "llena una instalación vacía con datos de ejemplo, marcados como tales"),
    "import": ("import_", "trae archivos: del país, de un sostenedor o de una escuela"),
    "export": ("export", "entrega listas, la planilla de una escuela o su expediente"),
    "report": ("report", "calcula el avance por etapa, estado y región"),
    "user": ("user", "invita personas"),
    "backup": ("backup", "guarda todo en un archivo, con la aplicación en marcha"),
    "restore": ("restore", "recupera un respaldo"),
    "check": ("check", "comprueba que la instalación está sana"),
    "prepare": ("prepare", "crea y actualiza la base de datos y los catálogos"),
}
# These look after the database themselves.
UNPREPARED = frozenset({"restore", "prepare"})


def parser() -> argparse.ArgumentParser:
    spanish.speak()
    top = argparse.ArgumentParser(
        prog="python -m mejora",
        description="Mejora: planes de mejoramiento educativo. MEJORA_DATA nombra la carpeta de "
        "datos (var/ si no se indica) y DATABASE_URL otra base de datos.",
        epilog="Termina con 0 si lo hizo, 2 si el uso es incorrecto, 3 si rechazó la entrada "
        "(no cambió nada; una razón por línea).",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="ORDEN")
    for name, (module, text) in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text[:1].upper() + text[1:] + ".")
        importlib.import_module(f"mejora.commands.{module}").add_arguments(sub)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mejora.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    args = parser().parse_args(argv)
    try:
        django.setup()
        _reach_database()
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command speaks to its terminal
        return USAGE
    return _alone_or_together(args)


def _alone_or_together(args: argparse.Namespace) -> int:
    """`restore` works alone; any number of others do so together."""
    from mejora.commands import output
    from mejora.keeping import locking, swapping

    module, _ = COMMANDS[args.command]
    run = importlib.import_module(f"mejora.commands.{module}").run
    try:
        swapping.settle()
        if args.command == "restore":
            return int(run(args))
        with locking.holding(alone=False):
            if args.command not in UNPREPARED:
                from mejora.commands import prepare

                prepare.prepare()
            return int(run(args))
    except locking.InUseError:
        output.refuse("Se está restaurando un respaldo. Espere a que termine.")
    except swapping.UnsettledError as error:
        output.refuse(str(error))
    return INPUT_REFUSED


def _reach_database() -> None:
    """A server that is not there is said in a line, before anything is tried."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError, connection

    if connection.vendor == "sqlite":
        return  # a file, made where it is missing
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise ImproperlyConfigured(
            f"No se llega a la base de datos que indica DATABASE_URL: {reason}"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
