"""Two schools with a whole plan each, and a person of every role at the first one."""

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from mejora.files import storing
from mejora.frameworks.models import Term, TermKind
from mejora.monitoring.models import EvidenceUse, Period, ProgressReport
from mejora.network.access import actor_for
from mejora.network.contacts import Contact
from mejora.network.enums import BatchKind, BatchState, Role
from mejora.network.models import ImportBatch, Membership, Region, School, SupervisionOffice
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import PlanYear, Reading, Stage, StageEvent
from mejora.territory.works import WorkPhoto
from tests import factories as make
from tests.factories.assistance import cycle_things
from tests.factories.feedback import feedback_things
from tests.factories.figures import AlertFactory
from tests.factories.network import YEAR, chile
from tests.factories.service import service_things
from tests.factories.support import support_things
from tests.factories.works import WorkFactory


@dataclass
class Whole:
    """One school with everything that an address can name."""

    school: School
    year: PlanYear
    things: dict[str, Any]


def photo() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(data, "JPEG")
    return SimpleUploadedFile("mural.jpg", data.getvalue(), "image/jpeg")


def whole_school(school: School) -> Whole:
    """Strategic and planning approved, implementation open, one of everything."""
    author = make.UserFactory()
    plan = make.PlanFactory(school=school)
    year = make.PlanYearFactory(plan=plan, is_begun=True)
    _approve(year, author, StageKind.STRATEGIC, StageKind.PLANNING)
    seal = make.SealFactory(plan=plan)
    objective = make.ObjectiveFactory(plan=plan)
    goal = make.GoalFactory(objective=objective)
    strategy = make.StrategyFactory(plan_year=year, objective=objective, goal=goal)
    indicator = make.IndicatorFactory(strategy=strategy)
    reading = Reading.objects.create(indicator=indicator, on=dt.date(YEAR, 6, 1), value=3)
    teacher = make.MembershipFactory(role=Role.RESPONSIBLE, place=school)
    action = make.ActionFactory(plan_year=year, strategy=strategy, responsible=teacher)
    milestone = make.MilestoneFactory(action=action, weight=100)
    period = Period.objects.create(
        plan_year=year,
        number=1,
        starts_on=dt.date(YEAR, 9, 1),
        ends_on=dt.date(YEAR, 9, 30),
        due_on=dt.date(YEAR, 10, 10),
    )
    level = Term.objects.get(edition=plan.edition, kind=TermKind.LEVEL, code="parcial")
    report = ProgressReport.objects.create(
        action=action, period=period, level=level, reported_by=author, at=timezone.now()
    )
    stored = storing.accept(photo(), space=f"school:{school.uid}", by=author)
    stored = getattr(stored, "file", stored)
    use = EvidenceUse.objects.create(file=stored, action=action, by=author, at=timezone.now())
    work = WorkFactory(school=school)
    things = {
        "work": work,
        "photo": WorkPhoto.objects.create(
            work=work, file=stored, alt="Un mural", by=author, at=timezone.now()
        ),
        "seal": seal,
        "objective": objective,
        "goal": goal,
        "strategy": strategy,
        "indicator": indicator,
        "reading": reading,
        "action": action,
        "milestone": milestone,
        "period": period,
        "report": report,
        "use": use,
        "teacher": teacher,
        "alert": AlertFactory(school=school),
    }
    things |= support_things(school, author, stored)
    things |= cycle_things(school, author)
    things |= service_things(school, author, YEAR)
    things |= feedback_things(things["support_plan"], school, author)
    return Whole(school, year, things)


def _approve(year: PlanYear, author: Any, *kinds: StageKind) -> None:
    for kind in kinds:
        now = timezone.now()
        Stage.objects.filter(plan_year=year, kind=kind).update(
            status=StageStatus.APPROVED,
            sent_at=now,
            sent_by=author,
            decided_at=now,
            decided_by=author,
        )
        stage = Stage.objects.get(plan_year=year, kind=kind)
        event = StageEvent.objects.create(
            stage=stage,
            transition="approve",
            from_status=StageStatus.SENT,
            to_status=StageStatus.APPROVED,
            by=author,
            at=now,
        )
        workflow.freeze(year, event)
    PlanYear.objects.filter(pk=year.pk).update(
        stage_now=StageKind.IMPLEMENTATION, status_now=StageStatus.NOT_STARTED
    )
    year.refresh_from_db()


def _call(school: School, membership: Membership) -> Contact:
    return Contact.objects.create(
        school=school, membership=membership, on=dt.date(YEAR, 9, 1), at=timezone.now()
    )


@dataclass
class World:
    own: Whole
    foreign: Whole
    people: dict[Role, Membership]
    batch: ImportBatch


def build() -> World:
    """The second school shares nothing with the first but the country."""
    far = make.CommuneFactory(region=Region.objects.get(country__code="CL", code="15"))
    own = whole_school(make.SchoolFactory())
    foreign = whole_school(
        make.SchoolFactory(commune=far, office=SupervisionOffice.objects.order_by("-pk").first())
    )
    school = own.school
    places = {
        Role.DIRECTOR: school,
        Role.PLANNER: school,
        Role.OWNER: school.owner,
        Role.SUPERVISOR: school.office,
        Role.ADVISER: school.owner,
        Role.DISTRICT_LEAD: school.owner,
        Role.QUALITY_LEAD: school.owner,
        Role.PROFESSIONAL: school.owner,
        Role.OPERATIVE: school.owner,
        Role.ANALYST: chile(),
        Role.ADMINISTRATOR: chile(),
    }
    people = {r: make.MembershipFactory(role=r, place=p) for r, p in places.items()}
    people[Role.RESPONSIBLE] = own.things["teacher"]
    own.things["contact"] = _call(school, people[Role.OWNER])
    other = make.MembershipFactory(role=Role.OWNER, place=foreign.school.owner)
    foreign.things["contact"] = _call(foreign.school, other)
    batch = ImportBatch.objects.create(
        kind=BatchKind.DIRECTORY,
        country=chile(),
        file_name="directorio.csv",
        year=YEAR,
        by=people[Role.ADMINISTRATOR].user,
        at=timezone.now(),
        state=BatchState.CHECKED,
    )
    return World(own, foreign, people, batch)


def actors(world: World) -> dict[Role, Any]:
    return {role: actor_for(m.user) for role, m in world.people.items()}
