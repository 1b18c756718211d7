"""argparse in Spanish: what it says of itself in help and refusals.

argparse asks gettext for its words; this is the catalogue it would find, without files to compile
and whatever language the machine is set to. A sentence that is not here stays English.
"""

import argparse

WORDS = {
    "usage: ": "uso: ",
    "positional arguments": "qué se indica",
    "options": "opciones",
    "show this help message and exit": "mostrar esta ayuda y terminar",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "falta indicar: %s",
    "unrecognized arguments: %s": "no se conoce: %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r no existe; elija entre "
    "%(choices)s",
    "invalid %(type)s value: %(value)r": "el valor %(value)r no sirve",
    "expected one argument": "falta su valor",
    "expected at most one argument": "lleva un solo valor",
    "expected at least one argument": "falta su valor",
    "ignored explicit argument %r": "no lleva el valor %r",
    "not allowed with argument %s": "no va junto con %s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s puede ser %(matches)s",
}


def translate(text: str) -> str:
    return WORDS.get(text, text)


def speak() -> None:
    """Have every parser that is made from now on say it in Spanish."""
    setattr(argparse, "_", translate)  # noqa: B010 - the name argparse gives to gettext
