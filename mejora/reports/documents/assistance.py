"""The two papers of a Secretaría's cycle, each as PDF and as a Word document: the consolidated
report of activity 9 and the report of irregularities F01.03.F02.

One list of blocks says what a paper holds; Typst and Word draw the same blocks, so they cannot
differ. What was issued is drawn from what was frozen then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from mejora.assistance import contents
from mejora.assistance.reading import Whole
from mejora.core import wording
from mejora.reports.documents.typesetting import typeset
from mejora.reports.documents.word import Grid, Paper

Block = dict[str, Any]
SAMPLE = "Datos de ejemplo: establecimientos y personas inventados"


def report_blocks(whole: Whole) -> tuple[str, list[Block]]:
    """Title and blocks of the consolidated report: as it was issued, or the draft of today."""
    report = whole.report
    content = report.content if report and report.content else contents.of_report(whole)
    title = f"Informe consolidado de asistencia técnica {content['year']}"
    state = "Borrador, con lo registrado hasta hoy"
    if report and report.issued_at:
        state = f"{wording.full_date(report.issued_at)}, por {report.issued_by}"
    head: list[tuple[str, str]] = [
        ("Secretaría de Educación", content["owner"]),
        ("Subproceso", "D02.03 Apoyar la gestión de los PMI, actividad 9"),
        ("Período de evaluación", f"del {content['period'][0]} al {content['period'][1]}"),
        ("Emitido", state),
    ]
    if report and report.sha256:
        head.append(("Huella SHA-256", report.sha256))
    return title, [_facts(head), *_report_body(content)]


def _report_body(content: dict[str, Any]) -> Iterator[Block]:
    texts = content["texts"]
    for name, key in (("Resultados", "results"), ("Análisis", "analysis")):
        yield _heading(name)
        yield _paragraph(texts[key] or "Sin texto todavía.")
    if texts["proposals"]:
        yield _heading("Propuestas de mejora")
        yield _paragraph(texts["proposals"])
    yield from _schools(content["schools"])
    yield from _assistances(content["assistances"])
    yield from _pam(content["pam"])
    yield from _ratings(content["ratings"])
    yield from _cases(content["cases"])
    yield _heading("A quién se entrega")
    yield {"kind": "bullets", "items": content["deliveries"]}


def _schools(counts: dict[str, int]) -> Iterator[Block]:
    names = (
        ("Establecimientos de la jurisdicción", "total"),
        ("En acompañamiento integral", "integral"),
        ("En asesoría puntual", "pointed"),
        ("Incluidos que cumplen tras el apoyo", "meets"),
        ("Incluidos que todavía no cumplen", "fails"),
        ("Incluidos sin valorar", "unknown"),
    )
    yield _heading("Establecimientos")
    rows = [(name, wording.thousands(counts[key])) for name, key in names]
    yield _table("Establecimientos", ("Qué", "Cuántos"), rows, (4, 1), right=(1,))
    yield _note(
        "Cumplir se refiere a las normas y orientaciones sobre contar con un PMI pertinente, como "
        "lo valoró la Secretaría."
    )


def _assistances(listed: Sequence[dict[str, Any]]) -> Iterator[Block]:
    yield _heading("Asistencias")
    rows = [
        (
            each["name"],
            each["modality"],
            each["state"] + (f" {each['finished']}" if each["finished"] else ""),
            wording.thousands(each["schools"]),
            wording.thousands(each["sessions"]),
            f"{each['tasks'][0]} de {each['tasks'][1]}",
            str(each["pam"] or "–"),
        )
        for each in listed
    ]
    heads = ("Asistencia", "Modalidad", "Estado", "EE", "Sesiones", "Tareas", "PAM")
    yield _table("Asistencias", heads, rows, (5, 3, 3, 1, 2, 2, 1), right=(3, 4, 5, 6))


def _pam(listed: Sequence[dict[str, Any]]) -> Iterator[Block]:
    yield _heading("Acciones del PAM")
    rows = [
        (
            f"{each['number']}. {each['text']}",
            each["indicator"],
            _whole(each["value"]),
            _whole(each["target"]),
        )
        for each in listed
    ]
    heads = ("Acción", "Indicador", "Valor", "Esperado")
    yield _table("Acciones del PAM", heads, rows, (4, 3, 1, 2), right=(2, 3))
    yield _note("El valor es el del último seguimiento; s/i, si no se registró.")


def _ratings(listed: Sequence[dict[str, Any]]) -> Iterator[Block]:
    yield _heading("Evaluación de los establecimientos")
    if not listed:
        yield _paragraph("No hay evaluaciones.")
    for each in listed:
        yield _heading(each["question"], 2)
        rows = [(label, wording.thousands(count)) for label, count in each["answers"]]
        yield _table(each["question"], ("Respuesta", "Establecimientos"), rows, (4, 1), right=(1,))
    yield _note(
        "Se cuenta cuántos eligieron cada respuesta y no se promedia. Preguntas y escala de "
        "Mejora: el formato oficial no se conoce."
    )


def _cases(listed: Sequence[dict[str, Any]]) -> Iterator[Block]:
    yield _heading("Desviaciones")
    if not listed:
        yield _paragraph("La verificación no encontró desviaciones.")
        return
    rows = [
        (each["branch"], each["assistance"], each["what"], each["treatment"] or "–", each["state"])
        for each in listed
    ]
    heads = ("Vía", "Asistencia", "Qué se desvió", "Qué se hizo", "Estado")
    yield _table("Desviaciones", heads, rows, (1, 3, 3, 3, 2))


def filing_blocks(whole: Whole) -> tuple[str, list[Block]]:
    """Title and blocks of F01.03.F02: as it was filed, or as it stands today."""
    filing = whole.filing
    content = filing.content if filing else contents.of_filing(whole)
    title = f"F01.03.F02 Reporte de indicios de irregularidades {content['year']}"
    state = "Borrador, con lo registrado hasta hoy"
    if filing:
        state = f"{wording.full_date(filing.at)}, por {filing.by}"
    head = [
        ("Secretaría de Educación", content["owner"]),
        ("De", "D02.03 Apoyar la gestión de los PMI, actividad 10"),
        ("Para", "F01.03 Control del servicio educativo, Inspección y Vigilancia"),
        ("Presentado", state),
    ]
    if filing:
        head.append(("Huella SHA-256", filing.sha256))
    body = _filing_body(content["rows"], is_filed=filing is not None)
    return title, [_facts(head), _note(content["note"]), *body]


def _filing_body(rows: Sequence[dict[str, Any]], *, is_filed: bool) -> Iterator[Block]:
    yield _heading("Establecimientos que se reportan")
    if not rows and not is_filed:
        yield _paragraph("Ninguno hasta hoy: la valoración del año no está cerrada.")
        return
    if not rows:
        yield _paragraph(
            "Ninguno: después de la asistencia técnica no hay establecimientos que reportar este "
            "año."
        )
        return
    yield _paragraph(
        "Recibieron asistencia técnica, todavía no cumplen las normas u orientaciones sobre su PMI "
        "y la irregularidad es sistemática. Deben incluirse en el Plan Operativo Anual de "
        "Inspección y Vigilancia."
    )
    for row in rows:
        yield _heading(row["school"], 2)
        yield _facts(
            [
                ("Código DANE", row["dane"]),
                ("Municipio", row["commune"]),
                ("Sector", row["sector"] or wording.UNKNOWN),
                ("Asistencia recibida", "; ".join(row["received"]) or wording.UNKNOWN),
                ("Norma u orientación que no cumple", row["norm"]),
                ("Evidencia de que es sistemática", row["evidence"]),
                ("Qué se propone", row["proposal"] or wording.NOT_APPLICABLE),
                ("Reportado antes", wording.sentence(row["before"]) or "No"),
            ]
        )


def _whole(figure: str) -> str:
    """ "14,00 EE" says no more than "14 EE"."""
    return figure.replace(",00", "")


# Blocks ----------------------------------------------------------------------------------------


def _heading(text: str, level: int = 1) -> Block:
    return {"kind": "heading", "text": text, "level": level}


def _paragraph(text: str) -> Block:
    return {"kind": "paragraph", "text": text}


def _note(text: str) -> Block:
    return {"kind": "note", "text": text}


def _facts(pairs: Sequence[tuple[str, str]]) -> Block:
    return {"kind": "facts", "pairs": [list(pair) for pair in pairs]}


def _table(
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    right: Sequence[int] = (),
) -> Block:
    return {
        "kind": "table",
        "name": name,
        "heads": list(heads),
        "rows": [list(row) for row in rows],
        "widths": list(widths),
        "right": list(right),
    }


# Two ways to draw them -------------------------------------------------------------------------


def as_pdf(title: str, blocks: Sequence[Block], *, whole: Whole, at: dt.datetime) -> bytes:
    data = {
        "title": title,
        "owner": whole.cycle.owner.name,
        "year": str(whole.cycle.year),
        "sample": SAMPLE if _is_sample(whole) else "",
        "blocks": list(blocks),
    }
    return typeset("blocks.typ", data, at=at)


def as_word(title: str, blocks: Sequence[Block], *, whole: Whole, at: dt.datetime) -> bytes:
    foot = f"{whole.cycle.owner} · {whole.cycle.year}"
    paper = Paper(title, at=at, foot=foot, language="es-CO")
    if _is_sample(whole):
        paper.note(SAMPLE)
    for block in blocks:
        _write(paper, block)
    return paper.content()


def _write(paper: Paper, block: Block) -> None:
    match block["kind"]:
        case "heading":
            paper.heading(block["text"], block["level"])
        case "paragraph":
            paper.paragraph(block["text"])
        case "note":
            paper.note(block["text"])
        case "bullets":
            paper.bullets(block["items"])
        case "facts":
            paper.facts([(name, text) for name, text in block["pairs"]])
        case "table":
            names = ("heads", "rows", "widths", "name")
            paper.table(Grid(**{n: block[n] for n in names}, right=frozenset(block["right"])))


def _is_sample(whole: Whole) -> bool:
    return any(each.school.is_sample for each in whole.inclusions)


PAPERS = {
    "informe-asistencia": report_blocks,
    "irregularidades": filing_blocks,
}


def document(whole: Whole, paper: str, ending: str) -> tuple[bytes, str]:
    """The file of a paper and its name: "CO-secretaria-de-…-informe-asistencia-2026.pdf"."""
    title, blocks = PAPERS[paper](whole)
    draw = as_pdf if ending == "pdf" else as_word
    name = f"CO-{slugify(whole.cycle.owner.name)}-{paper}-{whole.cycle.year}.{ending}"
    return draw(title, blocks, whole=whole, at=timezone.now()), name
