"""What was recorded of a school's support in a period, and the feedback report written from it.

`gather` reads, `sections` puts it into the words of a draft, `content` is what is frozen at the
sending and what the page and the documents print. All of it only reads.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db.models import Q

from mejora.core import wording
from mejora.network.models import Owner
from mejora.participation import reading
from mejora.participation.enums import InstrumentKind
from mejora.support.enums import ActionStatus, CommitmentStatus, SessionStatus
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import (
    Adjustment,
    Commitment,
    Session,
    SessionSchool,
    SupportAction,
)
from mejora.support.snapshots import ESTAMENTOS

SCHEMA = 1
_ESTAMENTO = {
    "leaders": "Equipo directivo",
    "teachers": "Docentes",
    "assistants": "Asistentes de la educación",
    "families": "Familias",
    "pupils": "Estudiantes",
}
_COUNTED = (
    (CommitmentStatus.KEPT, "cumplido,cumplidos"),
    (CommitmentStatus.PARTLY, "cumplido en parte,cumplidos en parte"),
    (CommitmentStatus.NOT, "no cumplido,no cumplidos"),
    (CommitmentStatus.OPEN, "pendiente,pendientes"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guide question that was answered no."""

    component: str
    question: str
    note: str
    suggestion: str
    whose: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion of the rubric as both sides see it."""

    criterion: str
    support: str
    school: str


@dataclass(frozen=True, slots=True)
class Facts:
    """`attendance` sums how many came to each session: a person who came twice counts twice; None
    where nobody counted."""

    to_on: dt.date
    held: tuple[Session, ...]
    cancelled: tuple[Session, ...]
    attendance: dict[str, int | None]
    commitments: tuple[Commitment, ...]
    actions: tuple[SupportAction, ...]
    adjustments: tuple[Adjustment, ...]
    refusals: tuple[Refusal, ...]
    rubric_on: dt.date | None
    rubric: tuple[Judged, ...]

    def of_status(self, status: str) -> list[Commitment]:
        return [each for each in self.commitments if each.status == status]


class Pair(TypedDict):
    label: str
    value: str


class Section(TypedDict):
    title: str
    text: str


class Promised(TypedDict):
    text: str
    responsible: str
    due_on: str
    status: str
    why: str


class Content(TypedDict):
    """What a report says, in words, as it is frozen."""

    schema: int
    school: str
    code: str
    commune: str
    owner: str
    plan: str
    approach: str
    from_on: str
    to_on: str
    sent_by: str
    sent_on: str
    sections: list[Section]
    figures: list[Pair]
    attendance: list[Pair]
    commitments: list[Promised]
    refusals: list[dict[str, str]]
    rubric_on: str
    rubric: list[dict[str, str]]
    adjustments: list[dict[str, str]]


# Reading ---------------------------------------------------------------------------------------


def gather(report: FeedbackReport) -> Facts:
    """What was recorded of the report's school within its days."""
    days = (report.from_on, report.to_on)
    sessions = Session.objects.live().filter(plan=report.plan_id, on__range=days)
    mine = list(sessions.filter(places__school=report.school_id))
    held = tuple(s for s in mine if s.status == SessionStatus.HELD)
    rubric_on, rubric = _rubric(report)
    return Facts(
        to_on=report.to_on,
        held=held,
        cancelled=tuple(s for s in mine if s.status == SessionStatus.CANCELLED),
        attendance=_attendance(report, held),
        commitments=_commitments(report),
        actions=tuple(
            SupportAction.objects.live().filter(
                objective__plan=report.plan_id, status=ActionStatus.DONE, done_on__range=days
            )
        ),
        adjustments=tuple(
            Adjustment.objects.filter(
                action__objective__plan=report.plan_id, at__date__range=days
            ).select_related("cause", "action")
        ),
        refusals=tuple(_refusals(report)),
        rubric_on=rubric_on,
        rubric=rubric,
    )


def _attendance(report: FeedbackReport, held: tuple[Session, ...]) -> dict[str, int | None]:
    places = list(SessionSchool.objects.filter(session__in=held, school=report.school_id))
    found: dict[str, int | None] = {}
    for name in ESTAMENTOS:
        counted = [getattr(place, name) for place in places if getattr(place, name) is not None]
        found[name] = sum(counted) if counted else None
    return found


def _commitments(report: FeedbackReport) -> tuple[Commitment, ...]:
    """Those whose day fell within the period and those that were answered in it."""
    days = (report.from_on, report.to_on)
    found = Commitment.objects.live().filter(
        Q(due_on__range=days) | Q(answered_at__date__range=days),
        school=report.school_id,
        session__plan=report.plan_id,
    )
    return tuple(found.select_related("responsible__user"))


def _applied(report: FeedbackReport, kind: InstrumentKind) -> list[Application]:
    """The newest whole application of each instrument of a kind within the period."""
    found = Application.objects.filter(
        plan=report.plan_id,
        school=report.school_id,
        on__range=(report.from_on, report.to_on),
        instrument__kind=kind,
    ).select_related("instrument", "support_response", "school_response")
    newest: dict[int, Application] = {}
    for application in found.order_by("on", "pk"):
        if application.is_whole:
            newest[application.instrument_id] = application
    return list(newest.values())


def _refusals(report: FeedbackReport) -> list[Refusal]:
    owner: Owner = report.plan.owner
    found = []
    for application in _applied(report, InstrumentKind.GUIDE):
        parts = reading.sheet(application.instrument, application.support_response, owner=owner)
        for part in parts:
            for line in part.lines:
                if line.is_no:
                    found.append(_refusal(part, line))
    return found


def _refusal(part: reading.Part, line: reading.Line) -> Refusal:
    advice = line.suggestion
    return Refusal(
        part.component.title,
        line.question.text,
        line.note,
        advice.text if advice else "",
        advice.whose if advice else "",
    )


def _rubric(report: FeedbackReport) -> tuple[dt.date | None, tuple[Judged, ...]]:
    applied = _applied(report, InstrumentKind.RUBRIC)
    if not applied:
        return None, ()
    application = max(applied, key=lambda each: each.on)
    return application.on, judged(application)


def judged(application: Application) -> tuple[Judged, ...]:
    """Both sides' levels of a rubric that is in, criterion by criterion."""
    ours = _levels(application, application.support_response)
    theirs = _levels(application, application.school_response)
    return tuple(Judged(criterion, ours[criterion], theirs[criterion]) for criterion in ours)


def _levels(application: Application, response: Any) -> dict[str, str]:
    return {
        line.question.text: line.choice.label if line.choice else wording.UNKNOWN
        for part in reading.sheet(application.instrument, response)
        for line in part.lines
    }


# In words --------------------------------------------------------------------------------------


def sections(facts: Facts) -> dict[str, str]:
    """The first words of each section, to be edited by whoever sends the report."""
    return {
        "achievements": "\n".join(_achievements(facts)),
        "participation": "\n".join(_participation(facts)),
        "emerging": "\n".join(_emerging(facts)),
        "next_steps": "\n".join(_next_steps(facts)),
    }


def _achievements(facts: Facts) -> list[str]:
    lines = [f"Se {_held(facts)} en el período."]
    if facts.commitments:
        lines.append(f"Compromisos del período: {_by_status(facts)}.")
    for each in (*facts.of_status(CommitmentStatus.PARTLY), *facts.of_status(CommitmentStatus.NOT)):
        lines.append(f"{each.get_status_display()}: «{each.text}». {each.why}")
    if facts.actions:
        named = wording.sentence(f"«{action}»" for action in facts.actions)
        lines.append(f"Acciones del plan de apoyo realizadas: {named}.")
    for judgement in facts.rubric:
        lines.append(_agreed(judgement))
    return lines


def _agreed(judgement: Judged) -> str:
    support, school = judgement.support.lower(), judgement.school.lower()
    if support == school:
        return f"{judgement.criterion}: {support}, según ambos."
    return f"{judgement.criterion}: {support} según quien acompaña, {school} según la escuela."


def _held(facts: Facts) -> str:
    if not facts.held:
        return "realizaron 0 sesiones de apoyo"
    verb = wording.plural(len(facts.held), "realizó,realizaron")
    return f"{verb} {wording.counted(len(facts.held), 'sesión,sesiones')} de apoyo"


def _by_status(facts: Facts) -> str:
    counts = ((len(facts.of_status(status)), words) for status, words in _COUNTED)
    return wording.sentence(wording.counted(count, words) for count, words in counts if count)


def _participation(facts: Facts) -> list[str]:
    known = {name: total for name, total in facts.attendance.items() if total}
    if not known:
        return ["No se registró asistencia por estamento en las sesiones del período."]
    told = wording.sentence(
        f"{_ESTAMENTO[name].lower()} {wording.thousands(total)}" for name, total in known.items()
    )
    absent = [_ESTAMENTO[name].lower() for name, total in facts.attendance.items() if total == 0]
    lines = [f"Asistencias sumadas de las sesiones: {told}."]
    if absent:
        lines.append(f"No participaron: {wording.sentence(absent)}.")
    return lines


def _emerging(facts: Facts) -> list[str]:
    lines = [
        f"{each.get_effect_display()} «{each.name_before}» por {str(each.cause).lower()}: "
        f"{each.text}"
        for each in facts.adjustments
    ]
    lines += [
        f"Se suspendió la sesión del {wording.number_date(each.on)}: {each.status_reason}"
        for each in facts.cancelled
    ]
    return lines or ["No se registraron situaciones de fuerza mayor ni sesiones suspendidas."]


def _next_steps(facts: Facts) -> list[str]:
    lines = [each.suggestion for each in facts.refusals if each.suggestion]
    for each in facts.of_status(CommitmentStatus.OPEN):
        since = "Pendiente desde el" if each.due_on <= facts.to_on else "Cumplir hasta el"
        lines.append(f"{since} {wording.number_date(each.due_on)}: «{each.text}».")
    return lines


# What is frozen --------------------------------------------------------------------------------


def content(report: FeedbackReport, facts: Facts) -> Content:
    """The whole report in words: of a draft as it would be sent now."""
    school = report.school
    return {
        "schema": SCHEMA,
        "school": school.name,
        "code": school.code_label,
        "commune": school.commune.name,
        "owner": report.plan.owner.name,
        "plan": report.plan.name,
        "approach": report.plan.get_approach_display(),
        "from_on": wording.number_date(report.from_on),
        "to_on": wording.number_date(report.to_on),
        "sent_by": report.sent_by.name if report.sent_by else "",
        "sent_on": wording.number_date(report.sent_at) if report.sent_at else "",
        "sections": _sections_of(report),
        "figures": _figures(facts),
        "attendance": [
            {"label": _ESTAMENTO[name], "value": wording.thousands(total)}
            for name, total in facts.attendance.items()
        ],
        "commitments": [_promised(each) for each in facts.commitments],
        "refusals": [
            {
                "component": each.component,
                "question": each.question,
                "note": each.note,
                "suggestion": each.suggestion,
                "whose": each.whose,
            }
            for each in facts.refusals
        ],
        "rubric_on": wording.number_date(facts.rubric_on) if facts.rubric_on else "",
        "rubric": [
            {"criterion": each.criterion, "support": each.support, "school": each.school}
            for each in facts.rubric
        ],
        "adjustments": [
            {
                "action": each.name_before,
                "effect": each.get_effect_display(),
                "cause": str(each.cause),
                "text": each.text,
            }
            for each in facts.adjustments
        ],
    }


def _sections_of(report: FeedbackReport) -> list[Section]:
    """In the order of the source's aspects; a section without words is left out."""
    told = (
        ("Cumplimiento de logros", report.achievements),
        ("Participación de la comunidad", report.participation),
        ("Situaciones emergentes", report.emerging),
        ("Orientaciones y próximos pasos", report.next_steps),
    )
    return [{"title": title, "text": text} for title, text in told if text.strip()]


def _figures(facts: Facts) -> list[Pair]:
    answered = len(facts.commitments) - len(facts.of_status(CommitmentStatus.OPEN))
    return [
        {"label": "Sesiones realizadas", "value": wording.thousands(len(facts.held))},
        {"label": "Sesiones suspendidas", "value": wording.thousands(len(facts.cancelled))},
        {
            "label": "Compromisos respondidos",
            "value": f"{answered} de {wording.thousands(len(facts.commitments))}",
        },
        {"label": "Acciones de apoyo hechas", "value": wording.thousands(len(facts.actions))},
    ]


def _promised(each: Commitment) -> Promised:
    responsible = each.responsible_text or (each.responsible.user.name if each.responsible else "")
    return {
        "text": each.text,
        "responsible": responsible,
        "due_on": wording.number_date(each.due_on),
        "status": each.get_status_display(),
        "why": each.why,
    }


def canonical(told: Content) -> str:
    """The same content is the same text, and so the same digest."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def freeze(report: FeedbackReport, facts: Facts) -> None:
    """Keep what the report says at its sending, with its digest; not yet saved."""
    report.content = canonical(content(report, facts))
    report.sha256 = hashlib.sha256(report.content.encode()).hexdigest()


def told(report: FeedbackReport) -> Content:
    """What a sent report said when it was sent; what a draft would say now."""
    if report.content:
        frozen: Content = json.loads(report.content)
        return frozen
    return content(report, gather(report))
