"""The rubric over its applications: how each side judged each criterion, and its drawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mejora.participation.models import Answer, Choice, Question
from mejora.support.feedback import Application

MOST = 8  # applications shown, the newest
STEP, LOW, HEIGHT = 56, 52, 20  # of the drawing: between applications, the lowest level, each level


@dataclass(frozen=True, slots=True)
class Judgement:
    application: Application
    support: Choice | None
    school: Choice | None

    @property
    def differs(self) -> bool:
        return self.support != self.school


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion from its oldest application to its newest."""

    question: Question
    judgements: tuple[Judgement, ...]

    @property
    def newest(self) -> Judgement:
        return self.judgements[-1]

    @property
    def drawing(self) -> SafeString:
        return drawn(self.judgements)


def trend(applications: QuerySet[Application]) -> list[Criterion]:
    """The newest whole rubrics among the applications. Four queries."""
    whole = [each for each in applications.order_by("-on", "-pk") if _is_whole_rubric(each)]
    shown = whole[:MOST][::-1]
    if not shown:
        return []
    questions = Question.objects.filter(component__instrument=shown[-1].instrument_id)
    said = _said(shown)
    return [
        Criterion(question, tuple(_judgement(each, question, said) for each in shown))
        for question in questions.order_by("component__order", "order").prefetch_related("choices")
    ]


def _is_whole_rubric(application: Application) -> bool:
    return application.is_rubric and application.is_whole


def _said(applications: Iterable[Application]) -> dict[tuple[int | None, int], int | None]:
    responses = [
        pk for each in applications for pk in (each.support_response_id, each.school_response_id)
    ]
    found = Answer.objects.filter(response__in=responses)
    return {(answer.response_id, answer.question_id): answer.value for answer in found}


def _judgement(
    application: Application,
    question: Question,
    said: dict[tuple[int | None, int], int | None],
) -> Judgement:
    by_value = {choice.value: choice for choice in question.choices.all()}

    def choice(response: int | None) -> Choice | None:
        value = said.get((response, question.pk))
        return by_value.get(value) if value is not None else None

    return Judgement(
        application, choice(application.support_response_id), choice(application.school_response_id)
    )


def drawn(judgements: Sequence[Judgement]) -> SafeString:
    """Two lines over three levels: full with discs for whoever supports, dashed with squares for
    the school. Decoration: the table beside it says the same."""
    width = STEP * len(judgements)
    rules = format_html_join(
        "",
        '<line class="trend__level" x1="0" x2="{}" y1="{}" y2="{}"/>',
        ((width, _y(value), _y(value)) for value in (1, 2, 3)),
    )
    return format_html(
        '<svg class="trend" viewBox="0 0 {0} 64" width="{0}" height="64" aria-hidden="true" '
        'focusable="false">{1}{2}{3}</svg>',
        width,
        rules,
        _line([each.support for each in judgements], "support"),
        _line([each.school for each in judgements], "school"),
    )


def _line(choices: Sequence[Choice | None], side: str) -> SafeString:
    # The two sides stand a little apart, so that equal levels do not hide one another.
    shift = -3 if side == "support" else 3
    points = [
        (STEP * number + STEP // 2, _y(choice.value) + shift)
        for number, choice in enumerate(choices)
        if choice
    ]
    path = " ".join(f"{x},{y}" for x, y in points)
    marks = format_html_join("", _MARK[side], ((x, y, x - 3, y - 3) for x, y in points))
    return format_html(
        '<polyline class="trend__line trend__line--{}" points="{}"/>{}', side, path, marks
    )


_MARK = {
    "support": '<circle class="trend__mark trend__mark--support" cx="{0}" cy="{1}" r="3.5"/>',
    "school": '<rect class="trend__mark trend__mark--school" x="{2}" y="{3}" width="6" '
    'height="6"/>',
}


def _y(value: int) -> int:
    return LOW - HEIGHT * (value - 1)
