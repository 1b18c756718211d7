"""`up`: serve, and work off long jobs, until asked to end."""

import argparse
import socket
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, metavar="N", help="puerto (si no, el de PORT; si no, 8000)"
    )


def run(args: argparse.Namespace) -> int:
    from django.conf import settings

    from mejora.__main__ import DONE, INPUT_REFUSED
    from mejora.commands import output
    from mejora.keeping import locking, static, supervisor
    from mejora.network import operations
    from mejora.reports import operations as files

    host, port = settings.HOST, args.port or settings.PORT
    if reason := _cannot_listen(host, port):
        output.refuse(reason)
        return INPUT_REFUSED
    try:
        with locking.holding(alone=False):
            static.collect()
            operations.resume_all()  # imports that were cut go on from where they were
            files.resume_all()  # and files that were being prepared
            supervisor.supervise(
                [supervisor.server(host, port), supervisor.worker()],
                say=output.refuse,
                when_up=lambda: _announce(host, port),
                is_up=lambda: _answers(host, port),
            )
    except locking.InUseError:
        output.refuse("Se está restaurando un respaldo. Espere a que termine.")
        return INPUT_REFUSED
    return DONE


def _cannot_listen(host: str, port: int) -> str:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            return (
                f"No se puede escuchar en {host}, puerto {port}: {error}. "
                "Elija otro puerto con --port."
            )
    return ""


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((_nearby(host), port), timeout=0.2).close()
    except OSError:
        return False
    return True


def _nearby(host: str) -> str:
    """An address of this machine for servers that listen on all of them."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound to


def _announce(host: str, port: int) -> None:
    from django.conf import settings

    from mejora import sample
    from mejora.people.models import User

    shown = f"[{_nearby(host)}]" if ":" in host else _nearby(host)
    lines = ["", f"Mejora está en {settings.ORIGIN or f'http://{shown}:{port}'}"]
    present = set(User.objects.filter(is_sample=True).values_list("email", flat=True))
    known = (*sample.ACCOUNTS, *sample.SECRETARIAT_ACCOUNTS.values())
    accounts = [a for a in known if a.email in present]
    if accounts and settings.SAMPLE_SIGN_IN:
        width = max(len(a.email) for a in accounts)
        lines += [
            "",
            f"Datos de ejemplo. Entre con uno de estos correos y la clave {sample.PASSWORD}",
        ]
        lines += [f"  {a.email:{width}}  {a.role}, {a.place}" for a in accounts]
    elif not User.objects.exists():
        lines += ["", "Aún no hay personas. Invite a la primera con: python -m mejora user add"]
    lines += ["", "Para terminar: Ctrl+C", ""]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()
