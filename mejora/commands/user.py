"""`user add`: invite a person from the command line; it prints the link of the invitation."""

from __future__ import annotations

import argparse
import sys

# Django is set up after the arguments are read, so models are imported where they are used.


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="QUÉ")
    add = actions.add_parser(
        "add",
        help="invita a una persona y muestra el enlace, que sirve una vez y vence en 14 días",
        description="Roles: director, planner, responsible, owner, supervisor, adviser, analyst, "
        "administrator. Lugares: school:RBD, owner:CLAVE (slep:1201), office:CÓDIGO, "
        "region:CÓDIGO, country:CL.",
    )
    add.add_argument("email", metavar="EMAIL", help="el correo de la propia persona")
    add.add_argument("--role", required=True, metavar="ROL", help="por ejemplo director")
    add.add_argument("--place", required=True, metavar="TIPO:CÓDIGO", help="school:90012")


def run(args: argparse.Namespace) -> int:
    from mejora.__main__ import DONE, INPUT_REFUSED, USAGE
    from mejora.core.decisions import Refused

    problems = _misuse(args)
    if problems:
        return _say(problems, USAGE)
    try:
        link = _invite(args)
    except Refused as refusal:
        return _say([refusal.reason], INPUT_REFUSED)
    print(link)  # noqa: T201 - the command's result
    return DONE


def _misuse(args: argparse.Namespace) -> list[str]:
    """What was typed that can mean nothing here, whatever the database holds."""
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from mejora.network.enums import PlaceKind, Role

    problems = []
    try:
        validate_email(args.email)
    except ValidationError:
        problems.append(f"«{args.email}» no es un correo completo, como nombre@escuela.cl.")
    if args.role not in Role.values:
        problems.append(f"El rol «{args.role}» no existe. Son: {', '.join(Role.values)}.")
    kind, _, code = args.place.partition(":")
    if kind not in PlaceKind.values or not code:
        kinds = ", ".join(f"{k}:CÓDIGO" for k in PlaceKind.values)
        problems.append(f"El lugar «{args.place}» se escribe como {kinds}.")
    return problems


def _invite(args: argparse.Namespace) -> str:
    from mejora.core.decisions import Refused
    from mejora.network import memberships
    from mejora.network import memberships_operations as operations
    from mejora.network.enums import PlaceKind, Role
    from mejora.network.models import ROLE_PLACES

    role, (kind, _, code) = Role(args.role), args.place.partition(":")
    if PlaceKind(kind) not in ROLE_PLACES[role]:
        fitting = ", ".join(k.value for k in ROLE_PLACES[role])
        raise Refused(f"El rol {role.value} va en: {fitting}; no en {kind}.")
    place = memberships.find_place(PlaceKind(kind), code)
    if place is None:
        raise Refused(f"No hay ningún lugar {args.place}.")
    return operations.invite(args.email, role, place, by=None).link


def _say(lines: list[str], status: int) -> int:
    print("\n".join(lines), file=sys.stderr)  # noqa: T201 - each reason on a line of its own
    return status
