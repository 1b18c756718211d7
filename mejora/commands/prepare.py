"""Make and migrate what every other command needs: tables, cache, catalogues, territory,
instruments."""

import argparse

from django.core.management import call_command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It needs none."""


def prepare() -> None:
    """Idempotent; quick when there is nothing to do."""
    from mejora.core import birth
    from mejora.frameworks import loader
    from mejora.network import territory
    from mejora.participation import loader as instruments

    if birth.is_unborn():
        birth.create()
    elif birth.is_behind():
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    loader.load_all()
    territory.load_all()
    instruments.load_all()


def run(args: argparse.Namespace) -> int:
    prepare()
    return 0
