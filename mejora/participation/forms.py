"""Answering an instrument: for each question what it offers, and a note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from mejora.participation.enums import QuestionKind
from mejora.participation.operations import Said
from mejora.participation.reading import Line, Part

NOTE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the page with its two controls; one answered by text has the note alone."""

    line: Line
    value: forms.BoundField | None
    note: forms.BoundField

    @property
    def standing(self) -> str:
        """What is stored where it differs from what was typed; empty where it does not."""
        stored = self.line.answer
        typed = str(self.value.value() or "") if self.value else ""
        value = "" if stored is None or stored.value is None else str(stored.value)
        note = str(self.note.value() or "").strip()
        if (typed, note) == (value, self.line.note):
            return ""
        choice = self.line.choice.label if self.line.choice else ""
        return ". ".join(text for text in (choice, self.line.note) if text) or "sin respuesta"


def _offered(line: Line) -> list[tuple[int, str]]:
    """A rubric goes up, as its table does, each level with its words; a yes comes before a no."""
    if line.question.kind == QuestionKind.LEVEL:
        return [
            (choice.value, format_html("<b>{}</b> {}", choice.label, choice.text))
            for choice in line.choices
        ]
    return [(choice.value, choice.label) for choice in line.choices[::-1]]


class ResponseForm(forms.Form):
    """Everything may stay open: what lacks is told when the response is handed in."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, parts: Sequence[Part], revision: int | None, data: QueryDict | None = None
    ) -> None:
        """`revision` is that of the response, None as long as there is none."""
        super().__init__(data, initial={"revision": revision})
        self._parts = parts
        for part in parts:
            for line in part.lines:
                self._ask(line)

    def _ask(self, line: Line) -> None:
        question = line.question
        if line.choices:
            self.fields[f"valor-{question.pk}"] = forms.TypedChoiceField(
                label=question.text,
                choices=_offered(line),
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                initial=line.answer.value if line.answer else None,
            )
        only_text = question.kind == QuestionKind.TEXT
        self.fields[f"nota-{question.pk}"] = forms.CharField(
            label=question.text if only_text else "Nota",
            required=False,
            max_length=NOTE_LENGTH,
            initial=line.note,
            widget=forms.Textarea(attrs={"rows": 3 if only_text else 2}),
            error_messages={"max_length": f"Escriba {NOTE_LENGTH} letras o menos."},
        )

    def parts(self) -> Iterator[tuple[Part, list[Asked]]]:
        """The page, component by component."""
        for part in self._parts:
            yield part, [self._asked(line) for line in part.lines]

    def _asked(self, line: Line) -> Asked:
        key = line.question.pk
        value = self[f"valor-{key}"] if line.choices else None
        return Asked(line, value, self[f"nota-{key}"])

    def said(self) -> dict[int, Said]:
        """The answers by the key of their question, for `operations.answer`."""
        written = self.cleaned_data
        return {
            line.question.pk: Said(
                written.get(f"valor-{line.question.pk}"),
                written[f"nota-{line.question.pk}"].strip(),
            )
            for part in self._parts
            for line in part.lines
        }


class AdviceForm(forms.Form):
    """A Service's own suggestion; empty goes back to Mejora's."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label="Qué se sugiere cuando la respuesta es no",
        help_text="Si lo deja vacío, se muestra la sugerencia de Mejora.",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Escriba 500 letras o menos."},
    )
