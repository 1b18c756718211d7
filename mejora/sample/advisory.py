"""A made-up ATE advises the school of the accounts: four months behind it, the fifth running."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from mejora.files import checking, storing
from mejora.files.models import StoredFile
from mejora.network.access import Actor
from mejora.network.models import Membership, Owner, School
from mejora.people.models import User
from mejora.people.operations import tell
from mejora.plans.snapshots import Snapshot
from mejora.sample.chance import Chance
from mejora.sample.evidence import minutes
from mejora.support.deliverables import Deliverable, DeliverableFile
from mejora.support.enums import Approach, SessionStatus, SupportKind, SupportStage
from mejora.support.enums import DeliverableStatus as S
from mejora.support.models import (
    Session,
    SessionSchool,
    SupportChange,
    SupportPlan,
    SupportPlanSchool,
)
from mejora.support.operations.adjustments import space_of
from mejora.support.program import Wanted, month_of, program
from mejora.support.recording import ENTITY, Thing, change_of, snapshot, whole_of

MONTHS_BEHIND = 4
PROVIDER = "Aula Abierta Consultores"
# What came of the products of the months behind; the others are still to be handed over.
HANDED = {"diagnostico": S.ACCEPTED, "borrador": S.ACCEPTED, "herramientas": S.DELIVERED}
MET = {"leaders": 4, "teachers": 6, "assistants": 1, "families": 0, "pupils": 0}
_PENDING: Snapshot = {"status": S.PENDING.value, "reason": ""}


def write(
    owner: Owner,
    school: School,
    consultant: Membership,
    director: User,
    on: dt.date,
    kept: ExitStack,
) -> SupportPlan:
    """Once the school and its people are there. `kept` undoes the files if all fails."""
    return _Writer(owner, school, consultant, director, on, kept).write()


class _Writer:
    def __init__(
        self,
        owner: Owner,
        school: School,
        consultant: Membership,
        director: User,
        on: dt.date,
        kept: ExitStack,
    ) -> None:
        self.owner, self.school = owner, school
        self.lead, self.director = consultant, director
        self.on, self.kept = on, kept
        self.chance = Chance(f"advisory {on}")
        self.changes: list[SupportChange] = []

    def write(self) -> SupportPlan:
        plan = self._plan()
        for wanted in program().deliverables:
            self._product(plan, wanted)
        for number in range(1, MONTHS_BEHIND + 2):
            self._session(plan, number)
        SupportChange.objects.bulk_create(sorted(self.changes, key=lambda change: change.at))
        return plan

    def _tell(
        self,
        thing: Thing,
        by: User,
        at: dt.datetime,
        *,
        was: Snapshot | None = None,
        now: Snapshot | None = None,
    ) -> None:
        """As `support.recording`: what it said before and then, where that is not what it says
        in the end."""
        last = snapshot(thing)
        before = None if was is None else {**last, **was}
        change = change_of(
            ENTITY[type(thing)],
            thing.uid,
            str(thing),
            before=before,
            after={**last, **(now or {})},
            by=Actor(by, ()),
            whole=whole_of(thing),
            at=at,
        )
        self.changes.append(change)

    def _moment(self, day: dt.date) -> dt.datetime:
        return self.chance.moment(min(day, self.on - dt.timedelta(days=1)))

    def _plan(self) -> SupportPlan:
        month = self.on.year * 12 + self.on.month - 1 - MONTHS_BEHIND
        starts_on = dt.date(month // 12, month % 12 + 1, 1)
        plan = SupportPlan.objects.create(
            uid=self.chance.uid(),
            kind=SupportKind.ATE,
            owner=self.owner,
            name=f"Asesoría PME, {PROVIDER}",
            year=starts_on.year,
            approach=Approach.DIRECT,
            stage=SupportStage.EXECUTION,
            starts_on=starts_on,
            ends_on=month_of(starts_on, len(program().months))[1],
            lead=self.lead,
            hours=Decimal(program().hours),
        )
        SupportPlanSchool.objects.create(plan=plan, school=self.school)
        self._tell(plan, self.lead.user, self._moment(starts_on))
        return plan

    def _product(self, plan: SupportPlan, wanted: Wanted) -> None:
        due_on = month_of(plan.starts_on, wanted.month)[1]
        status = HANDED.get(wanted.code, S.PENDING)
        handed = None if status == S.PENDING else self._moment(due_on - dt.timedelta(days=3))
        answered = handed + dt.timedelta(days=2) if handed and status == S.ACCEPTED else None
        thing = Deliverable.objects.create(
            uid=self.chance.uid(),
            plan=plan,
            code=wanted.code,
            title=wanted.title,
            month=wanted.month,
            due_on=due_on,
            status=status,
            delivered_at=handed,
            delivered_by=self.lead.user if handed else None,
            decided_at=answered,
            decided_by=self.director if answered else None,
        )
        self._tell(thing, self.lead.user, self._moment(plan.starts_on), now=_PENDING)
        if handed is None:
            return
        self._file(thing, handed - dt.timedelta(hours=1))
        delivered = {"status": S.DELIVERED.value}
        self._tell(thing, self.lead.user, handed, was=_PENDING, now=delivered)
        if answered is None:
            tell(
                [self.director.pk],
                f"{self.lead.user} entregó «{thing.title}»",
                href=reverse("support:deliverable", args=[thing.uid]),
                at=handed,
            )
        else:
            self._tell(thing, self.director, answered, was=delivered)

    def _file(self, thing: Deliverable, at: dt.datetime) -> None:
        content = minutes(f"{thing.title}. {self.school.name}. Datos de ejemplo.")
        checked = checking.check(ContentFile(content, f"{thing.code}.pdf"))
        uid, space = self.chance.uid(), space_of(thing.plan)
        # Left by an installation whose database was thrown away: nothing refers to it.
        default_storage.delete(storing.path_of(uid))
        there = self.kept.enter_context(storing.keeping(checked, space=space, uid=uid))
        stored = StoredFile.objects.create(
            uid=there.uid,
            space=space,
            sha256=checked.sha256,
            stored_sha256=checked.stored_sha256,
            size=checked.size,
            mime=checked.kind.mime,
            original_name=checked.name,
            uploaded_by=self.lead.user,
            uploaded_at=at,
        )
        found = DeliverableFile.objects.create(
            uid=self.chance.uid(), deliverable=thing, file=stored, by=self.lead.user, at=at
        )
        self._tell(found, self.lead.user, at)

    def _session(self, plan: SupportPlan, number: int) -> None:
        """One a month, two working days of hours; the next one is on the agenda."""
        first, last = month_of(plan.starts_on, number)
        day = first + dt.timedelta(days=17)
        is_held = day < self.on
        if not is_held:
            day = max(day, self.on + dt.timedelta(days=5))
        topic = program().months[number - 1]
        session = Session.objects.create(
            uid=self.chance.uid(),
            plan=plan,
            on=min(day, last) if is_held else day,
            stage=SupportStage.EXECUTION,
            agenda=topic,
            minutes=f"Se trabajó: {topic}" if is_held else "",
            hours=Decimal(11) if is_held else None,
            status=SessionStatus.HELD if is_held else SessionStatus.PLANNED,
        )
        there = MET if is_held else {}
        SessionSchool.objects.create(session=session, school=self.school, **there)
        self._tell(session, self.lead.user, self._moment(session.on))
