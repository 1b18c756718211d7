"""An instrument as pages and documents read it: its parts, questions, what was answered and what
is suggested on a "no"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mejora.network.models import Owner
from mejora.participation.enums import QuestionKind
from mejora.participation.models import (
    Advice,
    Answer,
    Choice,
    Component,
    Instrument,
    Question,
    Response,
)
from mejora.participation.reader import NO


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested when the answer is no, and whose words these are."""

    text: str
    is_own: bool
    revision: int | None = None

    @property
    def whose(self) -> str:
        return "propio del Servicio" if self.is_own else "criterio de Mejora"


@dataclass(frozen=True, slots=True)
class Line:
    """One question with what was answered; `is_first_of_lead` where its shared phrase is shown."""

    question: Question
    choices: tuple[Choice, ...]
    answer: Answer | None
    suggestion: Suggestion | None
    is_first_of_lead: bool

    @property
    def choice(self) -> Choice | None:
        value = self.answer.value if self.answer else None
        return next((c for c in self.choices if c.value == value), None)

    @property
    def note(self) -> str:
        return self.answer.text if self.answer else ""

    @property
    def is_no(self) -> bool:
        return (
            self.question.kind == QuestionKind.YES_PARTLY_NO
            and self.answer is not None
            and self.answer.value == NO
        )

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and (
            self.answer.value is not None or self.question.kind == QuestionKind.TEXT
        )


@dataclass(frozen=True, slots=True)
class Part:
    component: Component
    lines: tuple[Line, ...]


def sheet(
    instrument: Instrument, response: Response | None = None, *, owner: Owner | None = None
) -> list[Part]:
    """The whole instrument in order, with the answers of `response` and the suggestions of
    `owner` where it wrote its own. At most five queries."""
    components = list(
        Component.objects.filter(instrument=instrument).prefetch_related("questions__choices")
    )
    answers = {a.question_id: a for a in response.answers.all()} if response else {}
    own = _own_advice(instrument, owner) if owner else {}
    return [
        Part(component, tuple(_lines(component.questions.all(), answers, own)))
        for component in components
    ]


def _own_advice(instrument: Instrument, owner: Owner) -> dict[int, Advice]:
    found = Advice.objects.filter(owner=owner, question__component__instrument=instrument)
    return {advice.question_id: advice for advice in found}


def _lines(
    questions: Iterable[Question], answers: dict[int, Answer], own: dict[int, Advice]
) -> Iterable[Line]:
    lead = ""
    for question in questions:
        yield Line(
            question,
            tuple(question.choices.all()),
            answers.get(question.pk),
            suggestion(question, own.get(question.pk)),
            is_first_of_lead=bool(question.lead) and question.lead != lead,
        )
        lead = question.lead


def suggestion(question: Question, own: Advice | None) -> Suggestion | None:
    """The Service's own words; without any, Mejora's."""
    if own and own.text:
        return Suggestion(own.text, is_own=True, revision=own.revision)
    revision = own.revision if own else None
    return Suggestion(question.advice, is_own=False, revision=revision) if question.advice else None


def refused_lines(parts: Iterable[Part]) -> list[Line]:
    """The questions that were answered no."""
    return [line for part in parts for line in part.lines if line.is_no]


def counted(parts: Iterable[Part]) -> tuple[int, int]:
    """How many questions have their answer, and how many there are."""
    lines = [line for part in parts for line in part.lines]
    return sum(line.is_answered for line in lines), len(lines)
