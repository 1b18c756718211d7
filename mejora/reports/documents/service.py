"""A Service's Informe de gestión on paper: the same reading as Word and as PDF/UA.

The shape is that of the reports which the Servicios Locales hand in: an opening sentence, and per
strategic objective its action 1 beside the word cloud, its actions 2 and 3, and the justification.
The opening sentence and the note on self-reporting are theirs, word by word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from mejora.core import wording
from mejora.reports.documents.parts import Row
from mejora.reports.documents.typesetting import typeset
from mejora.reports.documents.word import Body, Grid, Paper
from mejora.territory import cloud
from mejora.territory.service_figures import Fact
from mejora.territory.service_reading import ActionRead, ObjectiveRead, Reading
from mejora.territory.words import HOW, Ranked

OPENING = (
    "Con el fin de identificar los principales logros en la gestión, para cada objetivo "
    "estratégico del Servicio se presenta una priorización de las acciones que se llevaron a cabo "
    "para dar cumplimiento a los desafíos enunciados por cada uno de ellos."
)
SELF_REPORT = (
    "La redacción de las acciones y justificación corresponde a un auto reporte elaborado "
    "íntegramente por el Servicio responsable de acuerdo con las directrices impartidas por la "
    "Dirección de Presupuestos."
)
SHORTER = 8  # words that the line under the cloud names


@dataclass(frozen=True, slots=True)
class Stamp:
    """Of which moment the document is; without a number it is a draft."""

    at: dt.datetime
    number: int | None = None
    sha256: str = ""
    by: str = ""

    @property
    def line(self) -> str:
        when = f"{wording.full_date(self.at)}, {wording.clock_time(self.at)}"
        if self.number is None:
            return f"Borrador del {when}. No emitido."
        return f"Edición {self.number}, emitida el {when} por {self.by}."


def title_of(reading: Reading) -> str:
    return f"Informe de gestión {reading.year}: {reading.owner}"


def notes_of(stamp: Stamp) -> list[str]:
    """What stands at the end: whose words these are, how it is counted, which edition it is."""
    notes = [SELF_REPORT, HOW]
    if stamp.sha256:
        notes.append(f"Huella SHA-256 del contenido de esta edición: {stamp.sha256}.")
    return notes


def most_written(words: Ranked) -> str:
    told = wording.sentence(f"{word} ({count})" for word, count in words[:SHORTER])
    return f"Más escritas: {told}."


# PDF ----------------------------------------------------------------------------------------------


def service_pdf(reading: Reading, stamp: Stamp) -> bytes:
    return typeset("service.typ", service_data(reading, stamp), at=stamp.at)


def service_data(reading: Reading, stamp: Stamp) -> Row:
    """All that the template prints, every number and date already in words."""
    return {
        "title": title_of(reading),
        "owner": reading.owner,
        "year": str(reading.year),
        "stamp": stamp.line,
        "is_draft": stamp.number is None,
        "is_sample": reading.is_sample,
        "opening": OPENING,
        "context": reading.context,
        "notes": notes_of(stamp),
        "objectives": [_objective(each) for each in reading.objectives],
    }


def _objective(objective: ObjectiveRead) -> Row:
    return {
        "text": objective.text,
        "justification": objective.justification,
        "actions": [_action(each) for each in objective.actions],
        "cloud": str(cloud.svg(objective.words)) if objective.words else "",
        "alt": cloud.in_words(objective.words),
        "most": most_written(objective.words),
        "words": [{"word": word, "count": str(count)} for word, count in objective.words],
    }


def _action(action: ActionRead) -> Row:
    return {
        "name": f"Acción {action.rank}",
        "title": action.title,
        "text": action.text,
        "origin": action.origin,
        "facts": [_fact(each) for each in action.facts],
    }


def _fact(fact: Fact) -> Row:
    return {
        "name": f"{fact.name}, {fact.as_of}",
        "value": fact.value,
        "detail": fact.detail,
        "how": fact.how,
        "rows": [{"name": name, "value": value} for name, value in fact.rows],
    }


# Word ---------------------------------------------------------------------------------------------


def service_docx(reading: Reading, stamp: Stamp) -> bytes:
    foot = f"{reading.owner} · Informe de gestión {reading.year}"
    paper = Paper(title_of(reading), at=stamp.at, foot=foot)
    paper.note(stamp.line)
    if reading.is_sample:
        paper.note("Datos de ejemplo: Servicio, escuelas y personas inventados.")
    paper.paragraph(OPENING)
    if reading.context:
        paper.heading("Presentación")
        paper.paragraph(reading.context)
    for number, objective in enumerate(reading.objectives, 1):
        _write_objective(paper, number, objective)
    _write_words(paper, reading.objectives)
    paper.heading("Notas")
    for note in notes_of(stamp):
        paper.note(note)
    return paper.content()


def _write_objective(paper: Paper, number: int, objective: ObjectiveRead) -> None:
    paper.heading(f"Objetivo estratégico {number}")
    paper.paragraph(objective.text)
    first, *rest = objective.actions or (None,)
    if first and objective.words:
        heads = (f"Acción {first.rank}", "Nube de palabras")
        left, right = paper.columns(heads, (1, 1), f"Acción {first.rank} y nube de palabras")
        _write_action(left, first)
        right.picture(cloud.png(objective.words), alt=cloud.in_words(objective.words))
        right.note(most_written(objective.words))
        _write_parts(paper, first.facts)
    for action in rest:
        paper.heading(f"Acción {action.rank}", 2)
        _write_action(paper, action)
        _write_parts(paper, action.facts)
    paper.heading("Justificación de las acciones", 2)
    paper.paragraph(objective.justification)


def _write_action(body: Body, action: ActionRead) -> None:
    body.paragraph("", lead=action.title)
    body.paragraph(action.text)
    for fact in action.facts:
        body.paragraph(f"{fact.value}. {fact.detail}", lead=f"{fact.name} ({fact.as_of}):")
        body.note(fact.how)
    if action.origin:
        body.note(action.origin)


def _write_parts(paper: Paper, facts: Iterable[Fact]) -> None:
    """The parts of a figure, as a table of the whole width."""
    for fact in facts:
        if fact.rows:
            heads = ("Dónde o qué", fact.name)
            paper.table(Grid(heads, fact.rows, (3, 1), f"{fact.name}, {fact.as_of}", {1}))


def _write_words(paper: Paper, objectives: Iterable[ObjectiveRead]) -> None:
    for number, objective in enumerate(objectives, 1):
        if objective.words:
            name = f"Palabras del objetivo estratégico {number}"
            paper.heading(name)
            rows = [(word, str(count)) for word, count in objective.words]
            paper.table(Grid(("Palabra", "Veces"), rows, (3, 1), name, {1}))
