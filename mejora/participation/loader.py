"""Stores the instruments of `data/` in the database: all of a file or nothing, as often as wanted.

Answers point at what was loaded, so a question never leaves, never changes how it is answered,
and its choices keep their values; words, advice and sources may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from mejora.participation.models import Choice, Component, Instrument, Question
from mejora.participation.reader import (
    ComponentSpec,
    InstrumentError,
    InstrumentSpec,
    QuestionSpec,
    read,
)

DATA = Path(__file__).resolve().parent / "data"


def load_all(folder: Path = DATA) -> int:
    """Load every file that is new or changed and say how many were.

    Every file is read and checked before the first is stored, so a refusal changes nothing.
    """
    specs = [(path.name, read(path)) for path in sorted(folder.glob("*.toml"))]
    _refuse_twins(specs)
    with transaction.atomic():
        return sum(_store(name, spec) for name, spec in specs)


def _refuse_twins(specs: list[tuple[str, InstrumentSpec]]) -> None:
    owner: dict[str, str] = {}
    for name, spec in specs:
        if spec.code in owner:
            raise InstrumentError([f"{name}: «{spec.code}» ya está en {owner[spec.code]}"])
        owner[spec.code] = name


def _store(name: str, spec: InstrumentSpec) -> bool:
    standing = Instrument.objects.filter(code=spec.code).first()
    if standing is not None and standing.sha256 == spec.sha256:
        return False
    if standing is not None:
        _refuse_broken_promises(name, standing, spec)
    instrument, _ = Instrument.objects.update_or_create(
        code=spec.code, defaults={**spec.words, "sha256": spec.sha256}
    )
    for order, component in enumerate(spec.components, start=1):
        _store_component(instrument, component, order)
    return True


def _store_component(instrument: Instrument, spec: ComponentSpec, order: int) -> None:
    component, _ = Component.objects.update_or_create(
        instrument=instrument, code=spec.code, defaults={**spec.words, "order": order}
    )
    for number, question in enumerate(spec.questions, start=1):
        _store_question(component, question, number)


def _store_question(component: Component, spec: QuestionSpec, order: int) -> None:
    question, _ = Question.objects.update_or_create(
        component=component, code=spec.code, defaults={**spec.words, "order": order}
    )
    for value, label, text in spec.choices:
        Choice.objects.update_or_create(
            question=question, value=value, defaults={"label": label, "text": text}
        )


def _refuse_broken_promises(name: str, standing: Instrument, spec: InstrumentSpec) -> None:
    """What was answered must go on meaning what it meant."""
    wanted: Mapping[tuple[str, str], tuple[str, set[int]]] = {
        (component.code, question.code): (
            question.words["kind"],
            {value for value, _, _ in question.choices},
        )
        for component in spec.components
        for question in component.questions
    }
    problems = []
    loaded = Question.objects.filter(component__instrument=standing)
    for question in loaded.select_related("component").prefetch_related("choices"):
        key = (question.component.code, question.code)
        now = (question.kind, {choice.value for choice in question.choices.all()})
        if wanted.get(key) != now:
            problems.append(
                f"{name}: la pregunta «{question.code}» de «{question.component.code}» ya está "
                "cargada y no puede faltar ni responderse de otra forma. Un cambio así es otra "
                "pauta, con otro código."
            )
    if standing.kind != spec.words["kind"]:
        problems.append(f"{name}: «{spec.code}» ya está cargada con otro tipo")
    if problems:
        raise InstrumentError(problems)
