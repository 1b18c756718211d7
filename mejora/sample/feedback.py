"""Instruments applied in a support plan of the sample, and its feedback reports: one sent, read
and answered at the school of the accounts; the second of the year still owed there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from mejora.network.access import Actor, actor_for
from mejora.network.models import Membership, Owner, School
from mejora.participation.enums import Side
from mejora.participation.models import Instrument, Question
from mejora.participation.operations import Said
from mejora.participation.reader import NO, PARTLY, YES
from mejora.sample.chance import Chance
from mejora.sample.staff import FORTY
from mejora.support.enums import SupportKind
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import SupportPlan
from mejora.support.operations import applications, feedback

LATER = dt.timedelta(days=7)  # from the last day that a report tells of to its sending
GUIDE, RUBRIC = "cl-apoyo-ejecucion", "cl-apoyo-rubrica-4-5"
# By the code of the question; the rest is answered yes.
ANSWERS = {
    "actores": Said(None, "Dirección, UTP, coordinadora de ciclo y docentes de lenguaje."),
    "recursos": Said(PARTLY, "Faltan horas no lectivas para tres docentes de segundo ciclo."),
    "rendir-cuentas": Said(PARTLY, "Hay fechas para UTP; falta avisar a los docentes."),
    "incumplimiento": Said(NO, "Nadie tiene el encargo de avisar cuando un indicador se atrasa."),
    "fuerza-mayor": Said(NO, "Se conversó en la sesión de junio y no quedó por escrito."),
    "estimulos": Said(PARTLY, ""),
    "ajuste-del-plan": Said(YES, "Se revisa al cierre de cada sesión."),
}
# (month, day) → criterion → level of whoever supports, level of the school.
JUDGED: Mapping[tuple[int, int], Mapping[str, tuple[int, int]]] = {
    (5, 14): {
        "condiciones": (2, 2),
        "participacion": (1, 2),
        "en-cada-etapa": (2, 2),
        "entre-etapas": (1, 2),
    },
    (8, 20): {
        "condiciones": (2, 3),
        "participacion": (2, 2),
        "en-cada-etapa": (2, 3),
        "entre-etapas": (2, 2),
    },
    (10, 29): {
        "condiciones": (3, 3),
        "participacion": (2, 3),
        "en-cada-etapa": (3, 3),
        "entre-etapas": (2, 2),
    },
}
ANSWER = (
    "Gracias por el informe. Lo revisamos en consejo el 16 de julio. Acordamos que UTP avise a "
    "dirección cuando un indicador se atrase y pedimos tratar la lista de fuerza mayor en la "
    "próxima sesión."
)


def write(owner: Owner, heads: Mapping[str, Membership], year: int, on: dt.date) -> int:
    """What happened in the owner's support plans of the year until `on`, once these are there; how
    many reports were sent. `heads` are the schools' directors by code."""
    chance = Chance(f"feedback {on}")
    plans = SupportPlan.objects.filter(owner=owner, year=year, kind=SupportKind.DEP)
    for plan in plans.select_related("owner", "lead__user").order_by("pk"):
        adviser = actor_for(plan.lead.user) if plan.lead else None
        for place in plan.places.select_related("school__commune"):
            if adviser and place.school.code == FORTY:
                _whole(plan, place.school, adviser, actor_for(heads[FORTY].user), on)
            elif adviser:
                _reports(plan, place.school, adviser, on, chance)
    return FeedbackReport.objects.sent().filter(plan__in=plans).count()


def _whole(plan: SupportPlan, school: School, adviser: Actor, director: Actor, on: dt.date) -> None:
    """The school of the accounts: a guide, three rubrics, and the report of the first half."""
    for (month, day), levels in JUDGED.items():
        if (applied_on := dt.date(plan.year, month, day)) <= on:
            _judge(_opened(plan, school, RUBRIC, applied_on, adviser), levels, adviser, director)
    if (applied_on := dt.date(plan.year, 6, 18)) <= on:
        _guide(_opened(plan, school, GUIDE, applied_on, adviser), adviser)
    if dt.date(plan.year, 7, 16) <= on:
        report = _send(plan, school, adviser, plan.starts_on, dt.date(plan.year, 7, 3))
        feedback.read(report, by=director, at=_moment(dt.date(plan.year, 7, 13), 8))
        feedback.answer(report, ANSWER, by=director, at=_moment(dt.date(plan.year, 7, 16), 17))


def _reports(
    plan: SupportPlan, school: School, adviser: Actor, on: dt.date, chance: Chance
) -> None:
    """At the other schools most reports left in time, and nobody has answered."""
    first, second = dt.date(plan.year, 7, 3), dt.date(plan.year, 11, 6)
    if first + LATER < on and chance.likely(0.85):
        _send(plan, school, adviser, plan.starts_on, first)
        if second + LATER < on and chance.likely(0.7):
            _send(plan, school, adviser, first + dt.timedelta(days=1), second)


def _moment(on: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(on, dt.time(hour)))


def _opened(
    plan: SupportPlan, school: School, code: str, on: dt.date, adviser: Actor
) -> Application:
    instrument = Instrument.objects.get(code=code)
    return applications.open_application(
        plan, school, instrument, on=on, by=adviser, at=_moment(on, 9)
    )


def _questions(application: Application) -> list[Question]:
    return list(Question.objects.filter(component__instrument=application.instrument_id))


def _guide(application: Application, adviser: Actor) -> None:
    said = {q.pk: ANSWERS.get(q.code, Said(YES)) for q in _questions(application)}
    applications.answer(
        application,
        Side.SUPPORT,
        said,
        revision=None,
        by=adviser,
        is_last=True,
        at=_moment(application.on, 12),
    )


def _judge(
    application: Application,
    levels: Mapping[str, tuple[int, int]],
    adviser: Actor,
    director: Actor,
) -> None:
    questions = _questions(application)
    for place, (side, by) in enumerate(((Side.SUPPORT, adviser), (Side.SCHOOL, director))):
        applications.answer(
            application,
            side,
            {q.pk: Said(levels[q.code][place]) for q in questions},
            revision=None,
            by=by,
            is_last=True,
            at=_moment(application.on, 12 + place),
        )


def _send(
    plan: SupportPlan, school: School, adviser: Actor, from_on: dt.date, to_on: dt.date
) -> FeedbackReport:
    """With the words that the draft took from what was recorded."""
    drafted = _moment(to_on + dt.timedelta(days=5), 10)
    report = feedback.draft(plan, school, from_on=from_on, to_on=to_on, by=adviser, at=drafted)
    sent = _moment(to_on + LATER, 15)
    return feedback.send(report, revision=report.revision, by=adviser, at=sent)
