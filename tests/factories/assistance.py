"""A Secretaría with its people and a cycle that operations carried as far as a test asks."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from mejora.assistance.enums import (
    Activity,
    AssistanceState,
    Klass,
    Met,
    Modality,
    Outcome,
    Sector,
    Source,
)
from mejora.assistance.models import (
    Assistance,
    Closing,
    Cycle,
    CycleInput,
    Inclusion,
    Need,
    PamAction,
    Task,
)
from mejora.assistance.operations import cycles, following, programming, rows
from mejora.assistance.operations.programming import Programme
from mejora.assistance.reporting import Irregularity
from mejora.assistance.verifying import Requirement
from mejora.network.access import actor_for
from mejora.network.enums import OwnerKind, Role
from mejora.network.models import Commune, Country
from mejora.participation.enums import QuestionKind
from mejora.participation.models import Question
from mejora.participation.operations import Said
from mejora.support.enums import Approach, SupportKind
from mejora.support.models import SupportPlan, SupportPlanSchool
from tests.factories.network import MembershipFactory, OwnerFactory, SchoolFactory

YEAR = 2026
STARTS, ENDS, DUE = dt.date(2026, 2, 1), dt.date(2026, 9, 30), dt.date(2026, 10, 15)
DATES = {"year": YEAR, "starts_on": STARTS, "ends_on": ENDS, "ratings_due_on": DUE}
PROGRAMME = {
    "name": "Acompañar el seguimiento del PMI",
    "starts_on": dt.date(2026, 3, 2),
    "ends_on": dt.date(2026, 8, 28),
    "modality": Modality.ACCOMPANY,
    "objectives": "Que el equipo siga sus actividades cada mes.",
    "responsible": "Equipo de mejoramiento",
    "method": "Visitas y taller",
    "resources": "Un profesional, transporte",
}


@dataclass
class Secretariat:
    """Leader, professional and operative of one owner, a rector per school, and its cycle."""

    owner: Any
    schools: list[Any]
    leader: Any
    professional: Any
    operative: Any
    rectors: dict[int, Any] = field(default_factory=dict)
    cycle: Any = None

    def inclusion(self, at: int = 0) -> Inclusion:
        return Inclusion.objects.get(cycle=self.cycle, school=self.schools[at])

    def classify(self, at: int = 0, **fields: Any) -> Inclusion:
        row = self.inclusion(at)
        said = {"klass": Klass.POINTED, "reason": "Lo pide su PMI", **fields}
        return rows.classify(row, row.revision, said, by=self.professional)

    def programme(self, *, pam: Any = None, task: bool = True, **fields: Any) -> Assistance:
        """An assistance for the first school, whole unless `fields` leave something out."""
        said = Programme({**PROGRAMME, "pam_action": pam, **fields}, [self.schools[0]])
        assistance = programming.programme(self.cycle, said, by=self.professional)
        if task:
            row = Task(
                cycle=self.cycle,
                assistance=assistance,
                name="Primera visita",
                responsible="Equipo de mejoramiento",
                due_on=dt.date(2026, 3, 20),
            )
            rows.add(row, by=self.operative)
        return assistance

    def pam_action(self) -> PamAction:
        row = PamAction(
            cycle=self.cycle,
            text="Acompañar los PMI",
            goal="Todos los EE siguen su PMI",
            indicator="EE con seguimiento al día",
            target=20,
            responsible="Líder de calidad",
        )
        return rows.add(row, by=self.professional)

    def close(self, *activities: int, note: str = "") -> None:
        for activity in activities:
            cycles.close(self.cycle, activity, note=note, by=self.leader)

    def analysed(self) -> None:
        """Activities 1 and 2 closed, with a source and a need."""
        source = CycleInput(
            cycle=self.cycle,
            source=Source.SELF_ASSESSMENT,
            document="Autoevaluación",
            finding="Poco seguimiento",
        )
        rows.add(source, by=self.professional)
        need = Need(
            cycle=self.cycle,
            school=self.schools[0],
            origin="analysis",
            theme="Seguimiento",
            text="Seguir las actividades",
            asked_on=STARTS,
        )
        rows.add(need, by=self.professional)
        self.close(Activity.ANALYSE, Activity.NEEDS)

    def aligned(self, count: int = 1) -> list[Assistance]:
        """Activities 1 to 4 closed, with `count` assistances for the first school."""
        self.analysed()
        self.classify()
        pam = self.pam_action()
        found = [self.programme(pam=pam) for _ in range(count)]
        self.close(Activity.STRATEGY)
        programming.review_alignment(
            self.cycle, on=dt.date(2026, 3, 1), note="", improvement={}, by=self.leader
        )
        return found

    def finish(self, assistance: Assistance, on: dt.date = dt.date(2026, 8, 20)) -> Assistance:
        return programming.finish(assistance, assistance.revision, on=on, by=self.operative)

    def follow_up(self, on: dt.date) -> Any:
        return following.follow_up(
            self.cycle,
            on=on,
            strengths="Asisten",
            opportunities="Tiempo",
            objectives_met=Met.PARTLY,
            values={},
            by=self.operative,
        )

    def rate(self, assistance: Assistance, value: int = 4) -> Any:
        school = self.schools[0]
        return following.rate(assistance, school, answers(value), by=self.rectors[school.pk])

    def reviewed(self) -> Any:
        """Consolidated, reviewed by the leader and sent to E02.01."""
        row = following.consolidate(self.cycle, by=self.operative)
        return following.review_ratings(
            row, row.revision, text="Conforme", sent_on=DUE, by=self.leader
        )

    def verified(self, on: dt.date) -> list[Assistance]:
        """Up to activity 8: one assistance done, rated, reviewed; `on` is the day of follow-up."""
        found = self.aligned()
        done = self.finish(found[0])
        self.follow_up(on)
        self.rate(done)
        self.reviewed()
        self.close(Activity.RATING)
        return [done]

    def conforms(self, *missing: str) -> dict[Requirement, tuple[bool, str]]:
        """Every requirement met but those named by the beginning of their text."""
        found = Requirement.objects.live().filter(cycle=self.cycle)
        return {r: (not r.text.startswith(missing) if missing else True, "Acta") for r in found}

    def verify(self, assistance: Assistance, *missing: str, fulfilled: bool = True) -> Any:
        return following.verify(
            assistance,
            on=dt.date(2026, 9, 1),
            is_fulfilled=fulfilled,
            conforms=self.conforms(*missing),
            by=self.leader,
        )


def answers(value: int = 4) -> dict[int, Said]:
    asked = Question.objects.filter(component__instrument__code=following.INSTRUMENT)
    said = {QuestionKind.YES_PARTLY_NO: 2, QuestionKind.TEXT: None}
    return {
        q.pk: Said(said.get(QuestionKind(q.kind), value), "" if q.kind != "text" else "Más tiempo")
        for q in asked
    }


def secretariat(*, schools: int = 1, started: bool = True) -> Secretariat:
    colombia = Country.objects.get(code="CO")
    commune = Commune.objects.filter(region__country=colombia).first()
    owner = OwnerFactory(country=colombia, kind=OwnerKind.ETC)
    there = [
        SchoolFactory(country=colombia, owner=owner, commune=commune, office=None)
        for _ in range(schools)
    ]

    def person(role: Role, place: Any) -> Any:
        return actor_for(MembershipFactory(role=role, place=place).user)

    found = Secretariat(
        owner,
        there,
        person(Role.QUALITY_LEAD, owner),
        person(Role.PROFESSIONAL, owner),
        person(Role.OPERATIVE, owner),
        {school.pk: person(Role.DIRECTOR, school) for school in there},
    )
    if started:
        found.cycle = cycles.start(owner, DATES, by=found.professional)
        for at in range(schools):
            row = found.inclusion(at)
            said = {"sector": Sector.OFFICIAL, "saber": "B"}
            rows.classify(row, row.revision, said, by=found.professional)
    return found


def cycle_things(school: Any, author: Any) -> dict[str, Any]:
    """The rows of a cycle in activity 5 of the school's owner, without their Changes: for the
    addresses. Operations make the real ones."""
    cycle = Cycle.objects.create(
        owner=school.owner,
        year=YEAR,
        starts_on=STARTS,
        ends_on=ENDS,
        ratings_due_on=DUE,
    )
    for activity in (1, 2, 3, 4):
        now = timezone.now()
        Closing.objects.create(cycle=cycle, activity=activity, at=now, by=author)
    inclusion = Inclusion.objects.create(
        cycle=cycle,
        school=school,
        klass=Klass.POINTED,
        outcome=Outcome.FAILS,
        is_systematic=True,
        outcome_note="Sin PMI",
    )
    source = CycleInput.objects.create(
        cycle=cycle, source=Source.PEI, document="PEI", finding="Cambió"
    )
    pam = PamAction.objects.create(
        cycle=cycle,
        number=1,
        text="Acompañar",
        goal="Todos",
        indicator="EE",
        target=1,
        responsible="Equipo",
    )
    rows = [_row(cycle, school, pam, end) for end in (None, dt.date(YEAR, 8, 20))]
    irregularity = Irregularity.objects.create(
        cycle=cycle, school=school, norm="Guía 34", evidence="Dos años"
    )
    return {
        "cycle": cycle,
        "inclusion": inclusion,
        "source": source,
        "assistance": rows[0],
        "assistance_done": rows[1],
        "irregularity": irregularity,
    }


def _row(cycle: Any, school: Any, pam: Any, finished_on: dt.date | None) -> Assistance:
    plan = SupportPlan.objects.create(
        kind=SupportKind.AT,
        owner=cycle.owner,
        name="Acompañar el PMI",
        year=YEAR,
        approach=Approach.DIRECT,
        starts_on=STARTS,
        ends_on=ENDS,
    )
    SupportPlanSchool.objects.create(plan=plan, school=school)
    state = AssistanceState.DONE if finished_on else AssistanceState.RUNNING
    return Assistance.objects.create(
        cycle=cycle,
        plan=plan,
        modality=Modality.ADVISE,
        objectives="Seguir",
        responsible="Equipo",
        method="Taller",
        resources="Uno",
        pam_action=pam,
        state=state,
        finished_on=finished_on,
    )
