"""The texts of the sample, read from `sample/data/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
KINDS = ("basica", "rural", "liceo", "adultos", "especial")


@dataclass(frozen=True, slots=True)
class ActionText:
    """An action as a school words it; `money` is that of a school of 450 pupils."""

    key: str
    area: str
    name: str
    text: str
    who: str
    needs: str
    subareas: tuple[str, ...]
    plans: tuple[str, ...]
    milestones: tuple[str, ...]
    means: tuple[str, ...]
    money: Mapping[str, int]
    weights: tuple[int, ...] = ()
    ate: tuple[str, ...] = ()
    fit: tuple[str, ...] = KINDS

    def shared_weights(self) -> tuple[int, ...]:
        """Weights as told, or equal ones that add up to 100."""
        count = len(self.milestones)
        if self.weights or not count:
            return self.weights
        base, rest = divmod(100, count)
        return tuple(base + (place < rest) for place in range(count))


@cache
def read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def actions() -> Mapping[str, ActionText]:
    found = {}
    for item in read("acciones")["action"]:
        fields: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in item.items()
        }
        found[item["key"]] = ActionText(**fields)
    return found


@cache
def actions_for(area: str, kind: str) -> tuple[ActionText, ...]:
    return tuple(a for a in actions().values() if a.area == area and kind in a.fit)


def kind_of(school_name: str) -> str:
    """What sort of school a name tells of."""
    for word, kind in (
        ("Rural", "rural"),
        ("Fronteriza", "rural"),
        ("Liceo", "liceo"),
        ("CEIA", "adultos"),
        ("Especial", "especial"),
    ):
        if word in school_name:
            return kind
    return "basica"
