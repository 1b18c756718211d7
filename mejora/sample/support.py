"""Made-up support of the made-up Service: plans of schools and of a network, their sessions, and
what was promised and came of it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from mejora.network.access import Actor
from mejora.network.models import Membership, Owner, School
from mejora.people.models import User
from mejora.plans.models import Objective
from mejora.plans.snapshots import Snapshot
from mejora.sample.bank import DATA
from mejora.sample.chance import Chance
from mejora.sample.rows import attach
from mejora.sample.staff import FORTY
from mejora.support.enums import (
    ActionStatus,
    Approach,
    CommitmentStatus,
    Effect,
    OwnTermKind,
    SessionStatus,
    SupportStage,
)
from mejora.support.models import (
    Adjustment,
    Commitment,
    OwnTerm,
    Session,
    SessionSchool,
    SupportAction,
    SupportChange,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportPlanSchool,
    SupportReading,
)
from mejora.support.operations.own_terms import CAUSES
from mejora.support.recording import ENTITY, Thing, change_of, snapshot, whole_of
from mejora.support.snapshots import ESTAMENTOS

OWN = 12  # schools with a plan of their own, the one of the accounts among them
NETWORK = 4
FIRST_MONTH = 4  # after the diagnosis of March
_LAST_MONTH = 12
_TO_DO: Snapshot = {"status": "todo", "done_on": None}
_OPEN: Snapshot = {"status": "open", "why": "", "answered_in": None}
ORDER = (
    OwnTerm,
    SupportPlan,
    SupportPlanSchool,
    SupportObjective,
    SupportObjective.serves.through,
    SupportIndicator,
    SupportReading,
    SupportAction,
    Adjustment,
    Session,
    SessionSchool,
    Commitment,
)


def write(
    owner: Owner,
    schools: Sequence[School],
    heads: Mapping[str, Membership],
    leads: Sequence[Membership],
    year: int,
    on: dt.date,
) -> int:
    """Write everything once the schools and their plans are there; how many plans. `heads` are the
    schools' directors by code, `leads` those of the Service who support."""
    return _Writer(owner, schools, heads, leads, year, on).write()


class _Writer:
    def __init__(
        self,
        owner: Owner,
        schools: Sequence[School],
        heads: Mapping[str, Membership],
        leads: Sequence[Membership],
        year: int,
        on: dt.date,
    ) -> None:
        self.owner, self.heads, self.leads = owner, heads, leads
        self.year, self.on = year, on
        self.told: Mapping[str, Any] = tomllib.loads((DATA / "apoyo.toml").read_text("utf-8"))
        self.chance = Chance(f"support {on}")
        self.rows: dict[type, list[Any]] = {model: [] for model in ORDER}
        self.told_later: list[tuple[Thing, User, dt.datetime, Snapshot, Snapshot | None, str]] = []
        own = [s for s in schools if s.code == FORTY]
        others = [s for s in schools if s.code != FORTY]
        chosen = self.chance.some(others, OWN - 1 + NETWORK)
        self.own, self.network = [*own, *chosen[: OWN - 1]], chosen[OWN - 1 :]

    @cached_property
    def served(self) -> dict[int, Objective]:
        """The first objective of the PME of each school."""
        rows = Objective.objects.live().filter(
            plan__school__in=[s.pk for s in (*self.own, *self.network)],
            plan__start_year__lte=self.year,
            plan__end_year__gte=self.year,
        )
        found: dict[int, Objective] = {}
        for objective in rows.select_related("plan").order_by("order", "pk"):
            found.setdefault(objective.plan.school_id, objective)
        return found

    def write(self) -> int:
        began = self._moment(dt.date(self.year, 3, 9))
        lead = self.leads[0].user
        self.ejes = [self._term(OwnTermKind.EJE, *each) for each in enumerate(self.told["ejes"])]
        self.causes = [self._term(OwnTermKind.CAUSE, *each) for each in enumerate(CAUSES)]
        for term in (*self.ejes, *self.causes):
            self._record(term, lead, began)
        for number, school in enumerate(self.own):
            name = f"Apoyo {self.year} a {school.name}"
            approach = (Approach.DIRECT, Approach.COLLABORATIVE)[number % 2]
            self._plan(name, approach, [school], self.leads[0 if number < 8 else 1])
        self._plan(self.told["network"], Approach.NETWORK, self.network, self.leads[0])
        for model in ORDER:
            model._default_manager.bulk_create(self.rows[model])
        changes = sorted(self._changes(), key=lambda change: change.at)
        SupportChange.objects.bulk_create(changes)
        return len(self.rows[SupportPlan])

    def _moment(self, day: dt.date) -> dt.datetime:
        """At work on that day, and never after the day before one looks."""
        return self.chance.moment(min(day, self.on - dt.timedelta(days=1)))

    def _add(self, row: Any) -> Any:
        self.rows[type(row)].append(row)
        return row

    def _record(
        self,
        thing: Thing,
        by: User,
        at: dt.datetime,
        *,
        now: Snapshot | None = None,
        was: Snapshot | None = None,
        reason: str = "",
    ) -> None:
        """`was` and `now` are what it said before and after where that differs from what it says
        in the end; without `was` it was written then."""
        self.told_later.append((thing, by, at, now or {}, was, reason))

    def _changes(self) -> Iterator[SupportChange]:
        """Once the rows have their keys."""
        for thing, by, at, now, was, reason in self.told_later:
            last = snapshot(thing)
            yield change_of(
                ENTITY[type(thing)],
                thing.uid,
                str(thing),
                before=None if was is None else {**last, **was},
                after={**last, **now},
                by=Actor(by, ()),
                whole=whole_of(thing),
                at=at,
                reason=reason,
            )

    def _term(self, kind: OwnTermKind, order: int, text: str) -> OwnTerm:
        uid = self.chance.uid()
        row = OwnTerm(uid=uid, owner=self.owner, kind=kind, text=text, order=order + 1)
        self.rows[OwnTerm].append(row)
        return row

    def _plan(
        self, name: str, approach: Approach, schools: Sequence[School], lead: Membership
    ) -> None:
        is_late = self.on >= dt.date(self.year, 11, 15)
        plan = self._add(
            SupportPlan(
                uid=self.chance.uid(),
                owner=self.owner,
                name=name[:160],
                year=self.year,
                approach=approach,
                stage=SupportStage.EVALUATION if is_late else SupportStage.EXECUTION,
                starts_on=dt.date(self.year, 3, 16),
                ends_on=dt.date(self.year, 12, 31),
                lead=lead,
            )
        )
        places = [self._add(SupportPlanSchool(plan=plan, school=school)) for school in schools]
        attach(plan, places=places)
        self._record(plan, lead.user, self._moment(dt.date(self.year, 3, 16)))
        for order, told in enumerate(self.told["objective"], 1):
            self._objective(plan, order, told, schools, lead)
        self._sessions(plan, schools, lead)

    def _objective(
        self,
        plan: SupportPlan,
        order: int,
        told: Mapping[str, Any],
        schools: Sequence[School],
        lead: Membership,
    ) -> None:
        at = self._moment(dt.date(self.year, 3, 20))
        objective = self._add(
            SupportObjective(
                uid=self.chance.uid(),
                plan=plan,
                eje=self.ejes[told["eje"]],
                text=told["text"],
                capacity=told["capacity"],
                practice=told["practice"],
                order=order,
            )
        )
        serves = [self.served[s.pk] for s in schools if order == 1 and s.pk in self.served]
        through = SupportObjective.serves.through
        self.rows[through] += [through(supportobjective=objective, objective=s) for s in serves]
        attach(objective, serves=serves)
        self._record(objective, lead.user, at)
        self._indicator(objective, told["indicator"], lead.user, at)
        is_forty = order == 1 and schools[0].code == FORTY
        for number, each in enumerate(told["actions"], 1):
            action = self._action(objective, number, each, lead, at)
            if is_forty and number == 2:
                self._adjust(action, lead.user)
            self._finish(action, lead.user)

    def _indicator(
        self, objective: SupportObjective, told: Mapping[str, Any], by: User, at: dt.datetime
    ) -> None:
        indicator = self._add(
            SupportIndicator(
                uid=self.chance.uid(),
                objective=objective,
                name=told["name"],
                unit=told["unit"],
                baseline=Decimal(told["baseline"]),
                target=Decimal(told["target"]),
                order=1,
            )
        )
        self._record(indicator, by, at)
        for month, value in zip((6, 8, 10), told["steps"], strict=True):
            day = dt.date(self.year, month, self.chance.randint(3, 24))
            if day < self.on:
                reading = self._add(
                    SupportReading(
                        uid=self.chance.uid(), indicator=indicator, on=day, value=Decimal(value)
                    )
                )
                self._record(reading, by, self._moment(day + dt.timedelta(days=2)))

    def _action(
        self,
        objective: SupportObjective,
        order: int,
        told: tuple[str, int, int],
        lead: Membership,
        at: dt.datetime,
    ) -> SupportAction:
        name, first, last = told
        action: SupportAction = self._add(
            SupportAction(
                uid=self.chance.uid(),
                objective=objective,
                name=name,
                starts_on=dt.date(self.year, first, 6),
                ends_on=dt.date(self.year, last, 26),
                responsible=lead,
                order=order,
            )
        )
        first_said = {**_TO_DO, "ends_on": action.ends_on.isoformat()}
        self._record(action, lead.user, at, now=first_said)
        return action

    def _finish(self, action: SupportAction, by: User) -> None:
        if action.ends_on < self.on and self.chance.likely(0.8):
            action.status = ActionStatus.DONE
            action.done_on = self._moment(action.ends_on).date()
            self._record(action, by, self._moment(action.ends_on), was=_TO_DO)

    def _adjust(self, action: SupportAction, by: User) -> None:
        """A case of force majeure at the school of the accounts, while the action was open."""
        at = self._moment(dt.date(self.year, 8, 12))
        if at.date() < action.starts_on:
            return
        adjustment = self._add(
            Adjustment(
                uid=self.chance.uid(),
                action=action,
                cause=self.causes[1],
                effect=Effect.POSTPONED,
                text=self.told["force"]["text"],
                name_before=action.name,
                starts_before=action.starts_on,
                ends_before=action.ends_on,
                by=by,
                at=at,
            )
        )
        was = {**_TO_DO, "ends_on": action.ends_on.isoformat()}
        action.ends_on += dt.timedelta(days=14)
        self._record(action, by, at, was=was, now=_TO_DO, reason=f"Fuerza mayor: {self.causes[1]}")
        self._record(adjustment, by, at)

    def _sessions(self, plan: SupportPlan, schools: Sequence[School], lead: Membership) -> None:
        """One a month; the commitments of each are answered in the next."""
        waiting: list[Commitment] = []
        for number, day in enumerate(self._days()):
            session = self._session(plan, number, day, schools, lead)
            if session.status != SessionStatus.HELD:
                return
            for commitment in waiting:
                self._answer(commitment, session, lead.user)
            waiting = self._promises(session, number, schools, lead)

    def _days(self) -> Iterator[dt.date]:
        """The days of the sessions, the first one to come included; one plan in six has none to
        come, one has not written the last minutes."""
        for month in range(FIRST_MONTH, _LAST_MONTH + 1):
            day = dt.date(self.year, month, self.chance.randint(4, 24))
            day -= dt.timedelta(days=max(0, day.weekday() - 4))
            if day >= self.on and self.chance.likely(1 / 6):
                return
            if day >= self.on:
                next_one = min(day, self.on + dt.timedelta(days=self.chance.randint(1, 12)))
                yield next_one + dt.timedelta(days=(7 - next_one.weekday()) % 7 % 3)
                return
            yield day

    def _session(
        self,
        plan: SupportPlan,
        number: int,
        day: dt.date,
        schools: Sequence[School],
        lead: Membership,
    ) -> Session:
        told = self.told["session"][number % len(self.told["session"])]
        stage = SupportStage.PLANNING if number == 0 else SupportStage.EXECUTION
        session = Session(
            uid=self.chance.uid(),
            plan=plan,
            on=day,
            starts_at=dt.time(self.chance.choice((9, 10, 11, 15)), 30),
            where="Sala de reuniones de la escuela" if len(schools) == 1 else schools[0].name[:120],
            stage=stage,
            eje=self.ejes[number % len(self.ejes)],
            agenda=told["agenda"],
        )
        self._add(session)
        places = [self._add(SessionSchool(session=session, school=school)) for school in schools]
        attach(session, places=places)
        uncounted = {school.code: dict.fromkeys(ESTAMENTOS) for school in schools}
        planned = {"status": "planned", "minutes": "", "hours": None, "attendance": uncounted}
        self._record(session, lead.user, self._moment(day - dt.timedelta(days=9)), now=planned)
        is_recent = (self.on - day).days < 25
        if day >= self.on or (is_recent and self.chance.likely(0.15)):
            return session
        session.status, session.minutes = SessionStatus.HELD, told["minutes"]
        session.hours = Decimal(self.chance.choice((1, 2)))
        for place in places:
            place.leaders = self.chance.randint(1, 4)
            place.teachers = self.chance.randint(2, 14)
            place.assistants = self.chance.choice((None, 0, 1, 3))
        self._record(session, lead.user, self._moment(day), was=planned)
        return session

    def _promises(
        self, session: Session, number: int, schools: Sequence[School], lead: Membership
    ) -> list[Commitment]:
        found = []
        for place, school in enumerate(schools):
            for turn in range(2 if len(schools) == 1 else 1):
                told = self.told["commitment"]
                text = told[(2 * number + turn + place) % len(told)]["text"]
                commitment = self._add(
                    Commitment(
                        uid=self.chance.uid(),
                        school=school,
                        session=session,
                        text=text,
                        responsible=self.heads[school.code] if turn == 0 else lead,
                        due_on=session.on + dt.timedelta(days=self.chance.randint(12, 24)),
                    )
                )
                self._record(commitment, lead.user, self._moment(session.on), now=_OPEN)
                found.append(commitment)
        return found

    def _answer(self, commitment: Commitment, session: Session, by: User) -> None:
        states = (CommitmentStatus.KEPT, CommitmentStatus.PARTLY, CommitmentStatus.NOT)
        commitment.status = self.chance.choices(states, (70, 20, 10))[0]
        if commitment.status != CommitmentStatus.KEPT:
            whys = {told["text"]: told["why"] for told in self.told["commitment"]}
            commitment.why = whys[commitment.text]
        commitment.answered_by, commitment.answered_in = by, session
        commitment.answered_at = self._moment(session.on)
        self._record(commitment, by, commitment.answered_at, was=_OPEN)
