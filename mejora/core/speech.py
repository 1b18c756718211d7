"""Sentences in the words of the reader's country.

Every sentence of Mejora is written once, with Chile's words: acción, sostenedor, PME. For a reader
of another country those words are replaced by what its framework calls the same things, with
articles, contractions and participles in agreement: "Enviada al sostenedor" → "Enviada a la
Secretaría". The pairs come from the vocabularies of the frameworks (`provide`), so a new country
is a new file. What people typed is never touched: only our own templates and sentences come here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.utils.functional import lazystr

from mejora.core import here

SOURCE = "CL"
# What stands before a noun, masculine → feminine.
_DETERMINERS = {
    "el": "la", "los": "las", "un": "una", "unos": "unas", "este": "esta", "estos": "estas",
    "ese": "esa", "esos": "esas", "otro": "otra", "otros": "otras", "todo": "toda",
    "todos": "todas", "ningún": "ninguna", "algún": "alguna", "algunos": "algunas",
    "primer": "primera", "último": "última", "mismo": "misma", "nuevo": "nueva",
    "nuevos": "nuevas", "cuántos": "cuántas", "ambos": "ambas", "varios": "varias",
    "cuyo": "cuya", "propio": "propia", "del": "de la", "al": "a la",
}  # fmt: skip
_MASCULINE = {f: m for m, f in _DETERMINERS.items()}
_STRESSED_A = frozenset({"área"})  # "el área", "un área": feminine all the same
_AFTER = r"(?:\s+[^\W\d_]+(?:ad|id|iv|ect|crit|iert)[oa]s?\b)?"
# "Acción del PAM", "acción correctiva": another thing than the action of a plan, in every country.
_OTHER_THING = r"\s+(?:del\s+PAM|de\s+mejoramiento|de\s+apoyo|correctivas?|preventivas?)\b"
_QUOTED = re.compile(r"(«[^»]*»)")
_BEFORE = "|".join(sorted({*_DETERMINERS, *_DETERMINERS.values()}, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Pair:
    """What Chile calls a thing and what the country does, in both numbers."""

    source: str
    source_plural: str
    target: str
    target_plural: str


Provider = Callable[[str], Iterable[Pair]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Register where the pairs of a country come from."""
    _providers.append(provider)


def say(text: str) -> str:
    """A sentence of ours as the reader's country says it."""
    country = here.now().country
    return text if country == SOURCE or not text else _said(country, str(text))


def say_own(text: str) -> str:
    """A stretch of a template, where what stands between «» is ours too: a button's name."""
    country = here.now().country
    return text if country == SOURCE or not text else _said(country, text, quoted_too=True)


def said(text: str) -> Any:
    """The same, decided each time it is shown: for names that are made once, at import."""
    return lazystr(_Later(text))


class _Later:
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return say(self.text)


def has_words(text: str) -> bool:
    """Whether some country says this otherwise: asked when a template is read."""
    return bool(_ANY_WORD.search(text))


# Wide on purpose: what is marked for nothing costs one lookup.
_ANY_WORD = re.compile(
    r"acci[oó]n|PME|sostenedor|dimensi[oó]n|estrat|RBD|comuna|regi[oó]n|hito|medios? de verif|"
    r"monitor|direc|implementaci|dependencia|apoderad|UTP|est[aá]ndar|educacional|planificaci",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def _said(country: str, text: str, *, quoted_too: bool = False) -> str:
    dialect = _dialect(country)
    return dialect.say(text, quoted_too=quoted_too) if dialect else text


@cache
def _dialect(country: str) -> Dialect | None:
    pairs = [pair for provider in _providers for pair in provider(country)]
    return Dialect(pairs) if pairs else None


def forget() -> None:
    """Read the vocabularies again: after loading, and between tests."""
    _dialect.cache_clear()
    _said.cache_clear()


class Dialect:
    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.forms: dict[str, tuple[str, bool, bool]] = {}
        for pair in pairs:
            turns = is_feminine(pair.source) != is_feminine(pair.target)
            for was, now in (
                (pair.source, pair.target),
                (pair.source_plural, pair.target_plural),
            ):
                if was and now and was != now:
                    found = (now, turns, is_feminine(pair.target))
                    self.forms.setdefault(was.lower(), found)
        words = "|".join(re.escape(form) for form in sorted(self.forms, key=len, reverse=True))
        # Not inside an address, an attribute or a name of code: those have signs around them.
        self.pattern = re.compile(
            rf"(?<![\w/=._#&?-])(?P<before>(?:(?:{_BEFORE})\s+){{0,3}})"
            rf"(?<!=\")(?P<word>{words})(?![\w/=-])(?!{_OTHER_THING})(?P<after>{_AFTER})",
            re.IGNORECASE,
        )

    def say(self, text: str, *, quoted_too: bool = False) -> str:
        """What stands between «» is a name that somebody gave: it stays, but where it is ours."""
        pieces = [text] if quoted_too else _QUOTED.split(text)
        return "".join(
            piece
            if piece.startswith("«") and not quoted_too
            else self.pattern.sub(self._replace, piece)
            for piece in pieces
        )

    def _replace(self, match: re.Match[str]) -> str:
        word, before, after = match["word"], match["before"], match["after"]
        if _is_code(match, word):
            return match[0]
        now, turns, feminine = self.forms[word.lower()]
        if turns:
            before = _agreeing(before, feminine=feminine)
            after = _participle(after, feminine=feminine)
        if now.lower() in _STRESSED_A:
            before = _stressed(before)
        return f"{before}{_cased(now, word)}{after}"


def _is_code(match: re.Match[str], word: str) -> bool:
    """A lower-case word between quotes is a value of an attribute, not a sentence."""
    text, start, end = match.string, match.start("word"), match.end("word")
    quoted = text[start - 1 : start] in {'"', "'"} and text[end : end + 1] in {'"', "'"}
    return quoted and word.islower()


def is_feminine(noun: str) -> bool:
    """By how the first word ends, which is enough for the nouns of a framework."""
    head = noun.lower().split()[0]
    return head.endswith(("a", "ción", "sión", "gión", "dad", "as", "ciones", "siones", "giones"))


def _agreeing(before: str, *, feminine: bool) -> str:
    """ "de la " before a feminine noun that becomes masculine is "del ", and the reverse."""
    table = _DETERMINERS if feminine else _MASCULINE
    keys = sorted(table, key=len, reverse=True)
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, keys))})\b", re.IGNORECASE)
    return pattern.sub(lambda m: _cased(table[m[1].lower()], m[1]), before)


def _stressed(before: str) -> str:
    """ "la área" is "el área"."""
    before = re.sub(r"\bde la\s+$", "del ", before)
    before = re.sub(r"\ba la\s+$", "al ", before)
    before = re.sub(r"\b([Uu])na\s+$", r"\1n ", before)
    return re.sub(r"\b([Ll])a\s+$", lambda m: "El " if m[1] == "L" else "el ", before)


def _participle(after: str, *, feminine: bool) -> str:
    if not after:
        return after
    if feminine:
        return re.sub(r"o(s?)$", r"a\1", after)
    return re.sub(r"a(s?)$", r"o\1", after)


def _cased(now: str, was: str) -> str:
    if was[:1].isupper() and not now[:1].isupper():
        return now[:1].upper() + now[1:]
    return now
