"""The feedback report on paper: as PDF, and as Word for whoever goes on writing in it.

A sent report prints what was frozen at its sending; a draft what it would say now, and says so.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from mejora.core import wording
from mejora.reports.documents.parts import Row
from mejora.reports.documents.typesetting import typeset
from mejora.reports.documents.word import Grid, Paper
from mejora.support import drafting
from mejora.support.drafting import Content
from mejora.support.feedback import FeedbackReport

TITLE = "Informe sintético de retroalimentación"
SUMMED = "Suma de las sesiones: quien vino dos veces cuenta dos veces. «s/i»: nadie contó."


def file_name(report: FeedbackReport, ending: str) -> str:
    code, on = report.school.code, report.to_on
    return f"{code}-retroalimentacion-{on:%Y-%m-%d}.{ending}"


def feedback_pdf(report: FeedbackReport, *, at: dt.datetime | None = None) -> bytes:
    """The PDF/UA of a report that one person may read."""
    return typeset("feedback.typ", feedback_data(report), at=at or timezone.now())


def feedback_data(report: FeedbackReport) -> Row:
    """All that the template prints, every number and date already in words."""
    told = drafting.told(report)
    return {
        "title": f"{TITLE}: {told['school']}",
        "told": told,
        "is_sample": report.school.is_sample,
        "is_draft": not report.sent_at,
        "sent": _sent(told),
        "read": _by(report.read_at, report.read_by),
        "answer": report.answer,
        "answered": _by(report.answered_at, report.answered_by),
        "digest": report.sha256,
    }


def _sent(told: Content) -> str:
    return f"{told['sent_on']}, {told['sent_by']}" if told["sent_on"] else ""


def _by(at: dt.datetime | None, person: object) -> str:
    return f"{wording.number_date(at)}, {person}" if at else ""


def feedback_docx(report: FeedbackReport, *, at: dt.datetime | None = None) -> bytes:
    """The same as Word."""
    data = feedback_data(report)
    told: Content = data["told"]
    paper = Paper(TITLE, at=at or timezone.now(), foot=f"{told['school']} · {told['code']}")
    for note in _warnings(data):
        paper.note(note)
    paper.facts(_facts(data))
    for section in told["sections"]:
        paper.heading(section["title"])
        paper.paragraph(section["text"])
    paper.heading("Lo registrado en el período")
    for grid, heading, note in _grids(told):
        if heading:
            paper.heading(heading, 2)
        paper.table(grid)
        if note:
            paper.note(note)
    _answer(paper, data)
    return paper.content()


def _warnings(data: Row) -> list[str]:
    found = []
    if data["is_sample"]:
        found.append("Datos de ejemplo: escuela y personas inventadas.")
    if data["is_draft"]:
        found.append("Borrador: todavía no se ha enviado.")
    return found


def _answer(paper: Paper, data: Row) -> None:
    if data["answer"]:
        paper.heading("Respuesta de la escuela")
        paper.note(data["answered"])
        paper.paragraph(data["answer"])
    if data["digest"]:
        paper.note(f"Huella de lo enviado (SHA-256): {data['digest']}")


def _facts(data: Row) -> list[tuple[str, str]]:
    told: Content = data["told"]
    pairs = (
        ("Establecimiento", f"{told['school']}, {told['code']}"),
        ("Comuna", told["commune"]),
        ("Servicio o sostenedor", told["owner"]),
        ("Plan de apoyo", told["plan"]),
        ("Período", f"{told['from_on']} al {told['to_on']}"),
        ("Estrategia", told["approach"]),
        ("Enviado", data["sent"]),
        ("Leído", data["read"]),
    )
    return [(label, value) for label, value in pairs if value]


def _grids(told: Content) -> list[tuple[Grid, str, str]]:
    """The tables that have rows, each with its heading and what is noted under it."""
    found = [
        (_counts("Qué se cuenta", "Cantidad", told["figures"]), "", ""),
        (
            _counts("Estamento", "Asistencias", told["attendance"]),
            "Asistencia a las sesiones",
            SUMMED,
        ),
        (_commitments(told), "Compromisos", ""),
        (_rubric(told), f"Rúbrica de las etapas 4 y 5, aplicada el {told['rubric_on']}", ""),
        (_refusals(told), "Preguntas orientadoras respondidas con «No»", ""),
        (_adjustments(told), "Fuerza mayor", ""),
    ]
    return [each for each in found if each[0].rows]


def _counts(what: str, count: str, pairs: list[drafting.Pair]) -> Grid:
    rows = [(pair["label"], pair["value"]) for pair in pairs]
    return Grid([what, count], rows, widths=[3, 1], right={1}, name=what)


def _commitments(told: Content) -> Grid:
    rows = [
        (
            each["text"],
            each["responsible"],
            each["due_on"],
            f"{each['status']}. {each['why']}" if each["why"] else each["status"],
        )
        for each in told["commitments"]
    ]
    heads = ["Compromiso", "Responsable", "Plazo", "Estado"]
    return Grid(heads, rows, widths=[4, 2, 1.4, 2.4], name="Compromisos del período")


def _rubric(told: Content) -> Grid:
    rows = [(each["criterion"], each["support"], each["school"]) for each in told["rubric"]]
    heads = ["Criterio", "Quien acompaña", "La escuela"]
    return Grid(heads, rows, widths=[3, 2, 2], name="Rúbrica según cada parte")


def _refusals(told: Content) -> Grid:
    rows = [
        (
            "\n".join(filter(None, (f"{each['component']}. {each['question']}", each["note"]))),
            f"{each['suggestion']} ({each['whose']})",
        )
        for each in told["refusals"]
    ]
    return Grid(["Pregunta", "Se sugiere"], rows, widths=[1, 1], name="Preguntas con «No»")


def _adjustments(told: Content) -> Grid:
    rows = [
        (each["action"], each["effect"], f"{each['cause']}: {each['text']}")
        for each in told["adjustments"]
    ]
    return Grid(["Acción", "Efecto", "Qué pasó"], rows, widths=[3, 1.5, 3], name="Fuerza mayor")
