"""The made-up Secretaría's technical assistance (D02.03): last year's cycle, closed with its
report of irregularities, and this year's as far as the day has come.

Rows are written with their Changes, dated when they would have been made; what the guards ask is
read back by the product's own code, so that the sample cannot say what the product would refuse.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from mejora.assistance import contents, guards, recording, snapshots
from mejora.assistance.enums import (
    Activity,
    AssistanceState,
    Branch,
    CaseState,
    Klass,
    Met,
    NeedState,
    Origin,
    Outcome,
    Target,
)
from mejora.assistance.models import (
    AlignmentLine,
    AlignmentReview,
    Assistance,
    Closing,
    Cycle,
    CycleInput,
    CycleRow,
    FollowUp,
    Inclusion,
    Need,
    PamAction,
    PamReading,
    Rating,
    RatingReview,
    Task,
)
from mejora.assistance.operations.cycles import REQUIREMENTS
from mejora.assistance.operations.following import INSTRUMENT
from mejora.assistance.operations.reporting import seal
from mejora.assistance.reading import Whole
from mejora.assistance.records import RECORDS
from mejora.assistance.reporting import (
    Delivery,
    Filing,
    Irregularity,
    RecordPolicy,
    Report,
)
from mejora.assistance.verifying import (
    Case,
    Check,
    Requirement,
    Verification,
)
from mejora.network.access import Actor
from mejora.network.colombia import SaberResult
from mejora.network.models import Membership, Owner, School, SchoolYear
from mejora.participation import operations as participation
from mejora.participation.enums import ParticipationEntity, QuestionKind, Side
from mejora.participation.models import (
    Answer,
    Instrument,
    ParticipationChange,
    Question,
    Response,
)
from mejora.plans.recording import facts
from mejora.sample import bank
from mejora.sample.chance import Chance
from mejora.support import recording as support
from mejora.support.enums import Approach, SessionStatus, SupportKind, SupportStage, SupportStatus
from mejora.support.models import Session, SessionSchool, SupportPlan, SupportPlanSchool

BOGOTA = ZoneInfo("America/Bogota")
Row = TypeVar("Row", bound=Cycle | CycleRow)
LAST_YEAR = 5  # assistances of the cycle that is closed


@dataclass(frozen=True, slots=True)
class People:
    """Who writes what of the cycle."""

    leader: Membership
    professional: Membership
    operative: Membership

    @classmethod
    def of(cls, found: Mapping[str, Membership]) -> People:
        return cls(found["leader"], found["professional"], found["operative"])


def build(owner: Owner, people: People, year: int, on: dt.date) -> None:
    """Both cycles; the caller holds the transaction and knows the schools' yearly facts."""
    _Cycle(owner, people, year - 1, on).write(whole_year=True)
    if on >= dt.date(year, 3, 1):
        _Cycle(owner, people, year, on).write(whole_year=False)


def _actor(membership: Membership) -> Actor:
    return Actor(user=membership.user, memberships=(membership,), current=membership)


class _Cycle:
    def __init__(self, owner: Owner, people: People, year: int, on: dt.date) -> None:
        self.owner, self.year, self.on = owner, year, on
        self.leader = _actor(people.leader)
        self.professional = _actor(people.professional)
        self.operative = _actor(people.operative)
        self.chance = Chance(f"cycle {owner.key} {year}")
        self.told = bank.read("asistencia")
        self.schools = list(School.objects.filter(owner=owner).order_by("pk"))
        self.instrument = Instrument.objects.get(code=INSTRUMENT)
        asked = Question.objects.filter(component__instrument=self.instrument)
        self.questions = list(asked.order_by("component__order", "order"))

    def day(self, month: int, day: int = 15) -> dt.date:
        return dt.date(self.year, month, day)

    def keep(self, row: Row, on: dt.date, by: Actor) -> Row:
        """Save the row with its Change, as of noon of that day."""
        row.uid = self.chance.uid()
        row.save()
        recording.recorded(row, None, by=by, at=_noon(on))
        return row

    def write(self, *, whole_year: bool) -> None:
        self.cycle = self.keep(
            Cycle(
                owner=self.owner,
                year=self.year,
                starts_on=self.day(1, 20),
                ends_on=self.day(11, 28),
                ratings_due_on=self.day(12, 12),
            ),
            self.day(1, 20),
            self.professional,
        )
        self._basis()
        self._prepare()
        told = self.told["assistance"][: LAST_YEAR if whole_year else None]
        self.assistances = [self._assistance(each) for each in told]
        self._align()
        for assistance in self.assistances:
            self._carry(assistance)
        self._follow_up(self.day(7, 4))
        if whole_year:
            self._finish_year()
        elif self.on >= self.day(10, 3):
            self._follow_up(self.day(10, 3))

    # Activities 1 to 4 ------------------------------------------------------------------------

    def _basis(self) -> None:
        on = self.day(1, 20)
        self.requirements = [
            self.keep(
                Requirement(cycle=self.cycle, order=n, text=text, source=source, criterion=said),
                on,
                self.professional,
            )
            for n, (text, source, said) in enumerate(REQUIREMENTS, 1)
        ]
        for record in RECORDS:
            row = RecordPolicy(cycle=self.cycle, code=record.code, **record.as_policy())
            self.keep(row, on, self.professional)

    def _close(self, activity: Activity, on: dt.date, by: Actor) -> None:
        row = Closing(cycle=self.cycle, activity=activity, at=_noon(on), by=by.user)
        self.keep(row, on, by)

    def _prepare(self) -> None:
        for told in self.told["source"]:
            row = CycleInput(
                cycle=self.cycle,
                source=told["code"],
                document=f"{told['document']} {self.year - 1}",
                finding=told["finding"],
            )
            self.keep(row, self.day(1, 27), self.professional)
        self._close(Activity.ANALYSE, self.day(1, 30), self.professional)
        self.inclusions = {row.school_id: row for row in self._classify()}
        self.needs = list(self._needs())
        self._close(Activity.NEEDS, self.day(2, 10), self.professional)
        names = ("text", "component", "goal", "indicator", "unit", "target")
        self.pam = [
            self.keep(
                PamAction(
                    cycle=self.cycle,
                    number=number,
                    responsible="Líder de calidad educativa",
                    **{name: told[name] for name in names},
                ),
                self.day(2, 12),
                self.professional,
            )
            for number, told in enumerate(self.told["pam"], 1)
        ]

    def _classify(self) -> Iterable[Inclusion]:
        years = SchoolYear.objects.filter(school__owner=self.owner, year=self.year)
        by_school = {row.school_id: row for row in years}
        saber = dict(
            SaberResult.objects.filter(school__owner=self.owner).values_list("school", "category")
        )
        used = {place for each in self.told["assistance"] for place in each["schools"]}
        for place, school in enumerate(self.schools):
            year = by_school[school.pk]
            row = Inclusion(
                cycle=self.cycle,
                school=school,
                sector=year.dependency,
                regime=year.regime,
                saber=saber.get(school.pk, ""),
            )
            if guards.must_be_included(self.cycle, row):
                row.klass, row.reason = Klass.INTEGRAL, "Su PMI necesita más apoyo"
            elif place in used:
                row.klass, row.reason = Klass.POINTED, "Lo pide su PMI"
            yield self.keep(row, self.day(2, 5), self.professional)

    def _needs(self) -> Iterable[Need]:
        included = [s for s in self.schools if self.inclusions[s.pk].klass]
        for place, school in enumerate(included):
            told = self.told["need"][place % len(self.told["need"])]
            row = Need(
                cycle=self.cycle,
                school=school,
                origin=Origin.SCHOOL if place % 3 == 1 else Origin.ANALYSIS,
                theme=told["theme"],
                text=told["text"],
                asked_on=self.day(2, 1 + place % 7),
            )
            author = self.professional
            yield self.keep(row, row.asked_on, author)

    def _assistance(self, told: Mapping[str, Any]) -> Assistance:
        schools = [self.schools[place] for place in told["schools"]]
        if "regime" in told:
            schools = [s for s in self.schools if self.inclusions[s.pk].regime == told["regime"]]
        starts, ends = self.day(told["from"], 2), self.day(told["until"], 26)
        on = self.day(2, 20)
        plan = SupportPlan(
            uid=self.chance.uid(),
            kind=SupportKind.AT,
            owner=self.owner,
            name=told["name"],
            year=self.year,
            approach=Approach.NETWORK if len(schools) > 1 else Approach.DIRECT,
            stage=SupportStage.EXECUTION,
            starts_on=starts,
            ends_on=ends,
            status=SupportStatus.CLOSED if ends < self.on else SupportStatus.RUNNING,
        )
        plan.save()
        SupportPlanSchool.objects.bulk_create(
            SupportPlanSchool(
                plan=plan,
                school=school,
                coverage=self.inclusions[school.pk].klass,
                reason=self.inclusions[school.pk].reason,
            )
            for school in schools
        )
        support.recorded(plan, None, by=self.professional, at=_noon(on))
        row = Assistance(
            cycle=self.cycle,
            plan=plan,
            modality=told["modality"],
            objectives=f"{told['name']}: que el equipo de gestión lo haga por su cuenta.",
            responsible="Equipo de mejoramiento",
            method="Visita, taller y revisión del PMI con el equipo de gestión",
            resources="Un profesional, transporte y material impreso",
            pam_action=self.pam[told["pam"] - 1],
            state=_state(starts, ends, self.on),
            finished_on=ends if ends < self.on else None,
        )
        self.keep(row, ends if ends < self.on else on, self.professional)
        self._tasks(row, told["tasks"], starts, ends)
        self._serve(row, schools)
        return row

    def _tasks(self, row: Assistance, names: list[str], starts: dt.date, ends: dt.date) -> None:
        step = (ends - starts) / max(len(names), 1)
        for number, name in enumerate(names):
            due = starts + step * (number + 1) - dt.timedelta(days=3)
            task = Task(
                cycle=self.cycle,
                assistance=row,
                name=name,
                responsible="Equipo de mejoramiento",
                due_on=due,
                done_on=due if due < self.on else None,
            )
            self.keep(task, min(due, self.on), self.operative)

    def _serve(self, row: Assistance, schools: list[School]) -> None:
        """The open needs of its schools are served by it."""
        here = {school.pk for school in schools}
        for need in self.needs:
            if need.school_id in here and need.state == NeedState.OPEN:
                before = snapshots.of(need)
                need.state, need.assistance = NeedState.INCLUDED, row
                need.save()
                at = _noon(self.day(2, 20))
                recording.recorded(need, before, by=self.professional, at=at)

    def _align(self) -> None:
        self._close(Activity.STRATEGY, self.day(2, 24), self.professional)
        on = self.day(2, 27)
        review = AlignmentReview(
            cycle=self.cycle, number=1, on=on, by=self.leader.user, is_aligned=True
        )
        review.uid = self.chance.uid()
        review.save()
        AlignmentLine.objects.bulk_create(
            AlignmentLine(review=review, assistance=a, pam_action=a.pam_action)
            for a in self.assistances
        )
        recording.recorded(review, None, by=self.leader, at=_noon(on))
        self._close(Activity.ALIGNMENT, on, self.leader)

    # Activities 5 to 7 ------------------------------------------------------------------------

    def _carry(self, row: Assistance) -> None:
        """A session a month while it lasts; what is over was rated by most of its schools."""
        plan = row.plan
        places = list(plan.places.select_related("school"))
        month = plan.starts_on.month
        while month <= plan.ends_on.month and self.day(month, 18) < self.on:
            on = self.day(month, 18)
            session = Session(
                uid=self.chance.uid(),
                plan=plan,
                on=on,
                where="Secretaría de Educación" if month % 2 else "En el establecimiento",
                stage=SupportStage.EXECUTION,
                agenda="Revisar lo acordado y las actividades del PMI.",
                minutes="Se revisaron las actividades del período y se acordó cómo seguir.",
                status=SessionStatus.HELD,
            )
            session.save()
            SessionSchool.objects.bulk_create(
                SessionSchool(
                    session=session,
                    school=place.school,
                    leaders=self.chance.randint(1, 3),
                    teachers=self.chance.randint(2, 8),
                )
                for place in places
            )
            support.recorded(session, None, by=self.operative, at=_noon(on))
            month += 1
        if row.finished_on:
            for place in places:
                if self.chance.random() < 0.8:
                    self._rate(row, place.school)

    def _rate(self, row: Assistance, school: School) -> None:
        on = row.plan.ends_on + dt.timedelta(days=self.chance.randint(2, 12))
        if on > self.on:
            return
        rector = Membership.objects.filter(school=school, role="director").first()
        by = _actor(rector) if rector else self.professional
        response = Response(
            uid=self.chance.uid(),
            instrument=self.instrument,
            school=school,
            side=Side.SCHOOL,
            on=on,
            begun_by=by.user,
            begun_at=_noon(on),
            closed_by=by.user,
            closed_at=_noon(on),
            revision=2,
        )
        response.save()
        Answer.objects.bulk_create(
            Answer(response=response, question=question, value=self._value(question))
            for question in self.questions
            if question.kind != QuestionKind.TEXT
        )
        told = facts(
            response.uid,
            str(response),
            before=None,
            after=participation.snapshot(response),
            by=by,
            at=_noon(on),
        )
        ParticipationChange.objects.create(
            instrument=self.instrument, entity=ParticipationEntity.RESPONSE, **told
        )
        rating = Rating(cycle=self.cycle, assistance=row, school=school, response=response)
        self.keep(rating, on, by)

    def _value(self, question: Question) -> int:
        if question.kind == QuestionKind.YES_PARTLY_NO:
            return self.chance.randint(1, 2)
        return self.chance.randint(3, 5)

    def _follow_up(self, on: dt.date) -> None:
        if on > self.on:
            return
        self._follow(on, guards.after_follow_up(period_over=False, all_finished=False))

    def _follow(self, on: dt.date, leads_to: int) -> None:
        row = FollowUp(
            cycle=self.cycle,
            on=on,
            by=self.operative.user,
            strengths="Los equipos llegan preparados y registran sus avances.",
            opportunities="Asegurar el transporte a las sedes rurales.",
            objectives_met=Met.PARTLY,
            leads_to=leads_to,
        )
        row.uid = self.chance.uid()
        row.save()
        PamReading.objects.bulk_create(
            PamReading(
                follow_up=row,
                pam_action=action,
                value=int(int(action.target) * self.chance.uniform(0.4, 0.9)),
            )
            for action in self.pam
        )
        recording.recorded(row, None, by=self.operative, at=_noon(on))

    # Activities 7 to 10, of the year that is over ----------------------------------------------

    def _finish_year(self) -> None:
        self._follow(self.day(11, 29), Activity.RATING)
        on = self.day(12, 15)
        whole = Whole(self.cycle)
        self.keep(
            RatingReview(
                cycle=self.cycle,
                expected=whole.expected_ratings,
                received=whole.received_ratings,
                consolidated_at=_noon(self.day(12, 13)),
                consolidated_by=self.operative.user,
                reviewed_at=_noon(on),
                reviewed_by=self.leader.user,
                review="La asistencia responde a lo que se necesita; hay que llegar antes a las "
                "sedes rurales.",
                sent_on=on,
            ),
            on,
            self.leader,
        )
        self._close(Activity.RATING, on, self.leader)
        for number, assistance in enumerate(self.assistances):
            self._verify(assistance, deviates=number == 2)
        self._close(Activity.VERIFICATION, self.day(12, 18), self.leader)
        self._judge()
        self._report()

    def _verify(self, row: Assistance, *, deviates: bool) -> None:
        """One of them was late: treated, and verified anew."""
        first = self._check(row, 1, self.day(12, 16), late=deviates)
        if deviates:
            second = self._check(row, 2, self.day(12, 17), late=False)
            case = Case(
                cycle=self.cycle,
                assistance=row,
                branch=Branch.REQUIREMENT,
                requirement=self.requirements[0],
                opened_by=first,
                closed_by=second,
                state=CaseState.CLOSED,
                description="Se hizo dos semanas después del cronograma.",
                cause="Cierre de la vía por lluvias.",
                treatment="Reprogramar con fecha de respaldo en la temporada de lluvias.",
                responsible="Equipo de mejoramiento",
                due_on=self.day(12, 17),
                done_on=self.day(12, 17),
            )
            self.keep(case, self.day(12, 17), self.leader)

    def _check(self, row: Assistance, number: int, on: dt.date, *, late: bool) -> Verification:
        found = Verification(
            cycle=self.cycle,
            assistance=row,
            number=number,
            on=on,
            by=self.leader.user,
            is_fulfilled=True,
        )
        found.uid = self.chance.uid()
        found.save()
        Check.objects.bulk_create(
            Check(
                verification=found,
                requirement=requirement,
                conforms=not (late and requirement.order == 1),
                evidence="Acta y lista de asistencia",
            )
            for requirement in self.requirements
        )
        recording.recorded(found, None, by=self.leader, at=_noon(on))
        return found

    def _judge(self) -> None:
        """How the PMI of each helped school stands; one goes on without it."""
        helped = {p.school_id for a in self.assistances for p in a.plan.places.all()}
        places = [self.inclusions[pk] for pk in sorted(helped)]
        for number, row in enumerate(places):
            before = snapshots.of(row)
            row.outcome = Outcome.FAILS if number == len(places) - 1 else Outcome.MEETS
            if row.outcome == Outcome.FAILS:
                row.is_systematic = True
                row.outcome_note = "Segundo año sin PMI, después de dos asistencias."
            row.save()
            at = _noon(self.day(12, 18))
            recording.recorded(row, before, by=self.professional, at=at)
        self.irregular = places[-1]

    def _report(self) -> None:
        on = self.day(12, 19)
        report = Report(
            cycle=self.cycle,
            results="Los establecimientos incluidos recibieron la asistencia programada y la "
            "mayoría sigue su PMI cada período.",
            analysis="El seguimiento mejoró donde hubo visitas mensuales. En las sedes rurales "
            "todavía depende de una sola persona.",
            proposals="Programar las sedes rurales en el primer semestre.",
        )
        report.uid = self.chance.uid()
        report.save()
        report.content = contents.of_report(Whole(self.cycle))
        report.sha256 = seal(report.content)
        report.issued_at, report.issued_by = _noon(on), self.professional.user
        report.save()
        recording.recorded(report, None, by=self.professional, at=_noon(on))
        for target in Target:
            row = Delivery(
                cycle=self.cycle,
                target=target,
                on=on,
                by=self.professional.user,
                note="Correo institucional",
            )
            self.keep(row, on, self.professional)
        self._close(Activity.REPORT, on, self.professional)
        self.keep(
            Irregularity(
                cycle=self.cycle,
                school=self.irregular.school,
                norm="Contar con un plan de mejoramiento institucional vigente (Guía 34).",
                evidence="Segundo año sin PMI, después de dos asistencias.",
                proposal="Visita de control en el primer trimestre.",
            ),
            on,
            self.leader,
        )
        content = contents.of_filing(Whole(self.cycle))
        filing = Filing(
            cycle=self.cycle,
            at=_noon(self.day(12, 20)),
            by=self.leader.user,
            content=content,
            sha256=seal(content),
            received_on=self.day(12, 22),
        )
        self.keep(filing, self.day(12, 20), self.leader)
        self._close(Activity.IRREGULARITIES, self.day(12, 20), self.leader)


def _state(starts: dt.date, ends: dt.date, on: dt.date) -> AssistanceState:
    if ends < on:
        return AssistanceState.DONE
    return AssistanceState.RUNNING if starts <= on else AssistanceState.PROGRAMMED


def _noon(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(12), BOGOTA)
