"""Reads an instrument's file (TOML) and checks the whole of it before anything is stored.

Shape: `[instrument]`, optionally `[[scale]]` (value, label), then `[[component]]` with its
`[[component.question]]`. A question of kind level has as many `levels` (descriptors) as the scale
has steps; one of kind rating uses the scale as it is. Nothing here touches the database.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mejora.frameworks.models import Certainty
from mejora.participation.enums import InstrumentKind, QuestionKind

YES, PARTLY, NO = 2, 1, 0
_YES_PARTLY_NO = ((NO, "No", ""), (PARTLY, "Parcialmente", ""), (YES, "Sí", ""))
_INSTRUMENT = {
    "code": str,
    "kind": str,
    "country": str,
    "title": str,
    "description": str,
    "order": int,
    "source": str,
    "certainty": str,
}
_COMPONENT = {"code": str, "title": str, "description": str, "responsible": str, "question": list}
_QUESTION = {
    "code": str,
    "kind": str,
    "lead": str,
    "text": str,
    "asked_as": str,
    "advice": str,
    "levels": list,
}
_SCALE = {"value": int, "label": str}
_OPTIONAL = {"description", "responsible", "lead", "asked_as", "advice", "levels"}


class InstrumentError(Exception):
    """The file was not accepted and nothing changed; `problems` says where and why."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    code: str
    words: Mapping[str, str]
    choices: tuple[tuple[int, str, str], ...]  # value, label, text


@dataclass(frozen=True, slots=True)
class ComponentSpec:
    code: str
    words: Mapping[str, str]
    questions: tuple[QuestionSpec, ...]


@dataclass(frozen=True, slots=True)
class InstrumentSpec:
    code: str
    words: Mapping[str, Any]
    components: tuple[ComponentSpec, ...]
    sha256: str


@dataclass
class _Reading:
    """One pass over a file, gathering every problem instead of stopping at the first."""

    file_name: str
    scale: tuple[tuple[int, str], ...] = ()
    problems: list[str] = field(default_factory=list)

    def complain(self, where: str, what: str) -> None:
        self.problems.append(f"{self.file_name}, {where}: {what}")

    def shaped(
        self, where: str, item: Mapping[str, Any], known: Mapping[str, type]
    ) -> Mapping[str, Any]:
        """The item where its fields are those known, each of its type; a complaint for the rest."""
        for key in sorted(set(item) - set(known)):
            self.complain(where, f"no se conoce el campo «{key}»")
        found = {}
        for key, kind in known.items():
            value = item.get(key, kind() if key in _OPTIONAL else None)
            if type(value) is not kind or (value == "" and key not in _OPTIONAL):
                self.complain(where, f"falta {key} ({kind.__name__})")
                value = kind()
            found[key] = value
        return found

    def one_of(self, where: str, value: str, known: list[str]) -> None:
        if value not in known:
            self.complain(where, f"dice «{value}»; se esperaba {', '.join(known)}")

    def once(self, where: str, codes: list[str]) -> None:
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            self.complain(where, f"el código «{code}» está repetido")


def read(path: Path) -> InstrumentSpec:
    """The instrument in `path`, whole and checked, or `InstrumentError` with every problem."""
    content = path.read_bytes()
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InstrumentError([f"{path.name}: no se puede leer como TOML: {error}"]) from None
    reading = _Reading(path.name)
    for table in sorted(set(data) - {"instrument", "scale", "component"}):
        reading.complain(f"tabla {table}", "no se conoce esta tabla")
    head = dict(reading.shaped("[instrument]", data.get("instrument", {}), _INSTRUMENT))
    reading.one_of("[instrument], kind", head["kind"], InstrumentKind.values)
    reading.one_of("[instrument], certainty", head["certainty"], Certainty.values)
    steps = [reading.shaped("[[scale]]", step, _SCALE) for step in data.get("scale", [])]
    reading.scale = tuple((step["value"], step["label"]) for step in steps)
    components = tuple(_components(reading, data.get("component", [])))
    reading.once("componentes", [component.code for component in components])
    if not components:
        reading.complain("[[component]]", "falta al menos un componente")
    if reading.problems:
        raise InstrumentError(reading.problems)
    code, head["country_code"] = head.pop("code"), head.pop("country")
    return InstrumentSpec(code, head, components, hashlib.sha256(content).hexdigest())


def _components(reading: _Reading, rows: list[Mapping[str, Any]]) -> Iterator[ComponentSpec]:
    for row in rows:
        where = f"componente «{row.get('code', '')}»"
        words = dict(reading.shaped(where, row, _COMPONENT))
        questions = tuple(_question(reading, where, q) for q in words.pop("question"))
        reading.once(where, [question.code for question in questions])
        if not questions:
            reading.complain(where, "falta al menos una pregunta")
        yield ComponentSpec(words.pop("code"), words, questions)


def _question(reading: _Reading, above: str, row: Mapping[str, Any]) -> QuestionSpec:
    where = f"{above}, pregunta «{row.get('code', '')}»"
    words = dict(reading.shaped(where, row, _QUESTION))
    levels = words.pop("levels")
    reading.one_of(f"{where}, kind", words["kind"], QuestionKind.values)
    if words["kind"] == QuestionKind.LEVEL and len(levels) != len(reading.scale):
        wanted = len(reading.scale)
        reading.complain(where, f"tiene {len(levels)} niveles; la escala tiene {wanted}")
    if words["kind"] == QuestionKind.RATING and not reading.scale:
        reading.complain(where, "falta la escala ([[scale]])")
    return QuestionSpec(words.pop("code"), words, _choices(reading, words["kind"], levels))


def _choices(reading: _Reading, kind: str, levels: list[str]) -> tuple[tuple[int, str, str], ...]:
    if kind == QuestionKind.YES_PARTLY_NO:
        return _YES_PARTLY_NO
    if kind == QuestionKind.LEVEL:
        pairs = zip(reading.scale, levels, strict=False)
        return tuple((value, label, text) for (value, label), text in pairs)
    if kind == QuestionKind.RATING:
        return tuple((value, label, "") for value, label in reading.scale)
    return ()
