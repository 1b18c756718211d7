"""Instruments applied in a support plan of the sample, and its feedback reports: one sent, read
and answered at the school of the accounts; the second of the year still owed there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from mejora.network.access import Actor
from mejora.network.models import Membership, Owner, School
from mejora.participation import operations as participation
from mejora.participation.enums import Side
from mejora.participation.models import Instrument, Question
from mejora.participation.operations import Said
from mejora.participation.reader import NO, PARTLY, YES
from mejora.sample.chance import Chance
from mejora.sample.staff import FORTY
from mejora.support import drafting
from mejora.support.enums import SupportKind
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import SupportPlan
from mejora.support.recording import recorded, snapshot

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
    found = list(plans.select_related("owner", "lead__user").order_by("pk"))
    for plan in found:
        if plan.lead is None:
            continue
        adviser = Actor(plan.lead.user, ())
        for place in plan.places.select_related("school__commune"):
            story = _Story(plan, place.school, adviser, chance)
            if place.school.code == FORTY:
                story.whole(Actor(heads[FORTY].user, ()), on)
            else:
                story.reports(on)
    return FeedbackReport.objects.sent().filter(plan__in=[plan.pk for plan in found]).count()


def _moment(on: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(on, dt.time(hour)))


@dataclass(frozen=True)
class _Story:
    """What one school was asked and told in a plan. Rows are written as the operations would have
    written them on their day: today's rules do not speak for a plan that may have ended."""

    plan: SupportPlan
    school: School
    adviser: Actor
    chance: Chance

    def day(self, month: int, day: int) -> dt.date:
        return dt.date(self.plan.year, month, day)

    def whole(self, director: Actor, on: dt.date) -> None:
        """The school of the accounts: a guide, three rubrics, and the report of the first half."""
        for (month, day), levels in JUDGED.items():
            if self.day(month, day) < on:
                self._judge(self.day(month, day), levels, director)
        if self.day(6, 18) < on:
            self._guide(self.day(6, 18))
        if self.day(7, 16) < on:
            report = self._send(self.plan.starts_on, self.day(7, 3))
            self._receive(report, director)

    def reports(self, on: dt.date) -> None:
        """At the other schools most reports left in time, and nobody has answered."""
        first, second = self.day(7, 3), self.day(11, 6)
        if first + LATER < on and self.chance.likely(0.85):
            self._send(self.plan.starts_on, first)
            if second + LATER < on and self.chance.likely(0.7):
                self._send(first + dt.timedelta(days=1), second)

    def _opened(self, code: str, on: dt.date) -> Application:
        application = Application.objects.create(
            uid=self.chance.uid(),
            plan=self.plan,
            school=self.school,
            instrument=Instrument.objects.get(code=code),
            on=on,
        )
        recorded(application, None, by=self.adviser, at=_moment(on, 9))
        return application

    def _say(
        self, application: Application, side: Side, said: Mapping[int, Said], by: Actor, hour: int
    ) -> None:
        before, at = snapshot(application), _moment(application.on, hour)
        response = participation.begin(
            application.instrument,
            self.school,
            side=side,
            on=application.on,
            by=by,
            at=at,
            uid=self.chance.uid(),
        )
        setattr(application, f"{side.value}_response", response)
        application.save()
        recorded(application, before, by=by, at=at)
        response = participation.answer(response, said, revision=response.revision, by=by, at=at)
        participation.close(response, revision=response.revision, by=by, at=at)

    def _guide(self, on: dt.date) -> None:
        application = self._opened(GUIDE, on)
        said = {q.pk: ANSWERS.get(q.code, Said(YES)) for q in _questions(application)}
        self._say(application, Side.SUPPORT, said, self.adviser, 12)

    def _judge(self, on: dt.date, levels: Mapping[str, tuple[int, int]], director: Actor) -> None:
        application = self._opened(RUBRIC, on)
        questions = _questions(application)
        for place, (side, by) in enumerate(((Side.SUPPORT, self.adviser), (Side.SCHOOL, director))):
            said = {q.pk: Said(levels[q.code][place]) for q in questions}
            self._say(application, side, said, by, 12 + place)

    def _send(self, from_on: dt.date, to_on: dt.date) -> FeedbackReport:
        """With the words that the draft took from what was recorded."""
        report = FeedbackReport(
            uid=self.chance.uid(),
            plan=self.plan,
            school=self.school,
            from_on=from_on,
            to_on=to_on,
        )
        facts = drafting.gather(report)
        for name, text in drafting.sections(facts).items():
            setattr(report, name, text)
        report.save()
        recorded(report, None, by=self.adviser, at=_moment(to_on + dt.timedelta(days=5), 10))
        before, at = snapshot(report), _moment(to_on + LATER, 15)
        report.sent_at, report.sent_by = at, self.adviser.user
        drafting.freeze(report, facts)
        report.save()
        recorded(report, before, by=self.adviser, at=at)
        return report

    def _receive(self, report: FeedbackReport, director: Actor) -> None:
        before, at = snapshot(report), _moment(self.day(7, 13), 8)
        report.read_at, report.read_by = at, director.user
        report.save()
        recorded(report, before, by=director, at=at)
        before, at = snapshot(report), _moment(self.day(7, 16), 17)
        report.answer, report.answered_at, report.answered_by = ANSWER, at, director.user
        report.save()
        recorded(report, before, by=director, at=at)


def _questions(application: Application) -> list[Question]:
    return list(Question.objects.filter(component__instrument=application.instrument_id))
