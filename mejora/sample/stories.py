"""What the sample holds of one school's plan while it is being made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from mejora.monitoring.models import EvidenceUse, MonitoringPlan, ProgressReport
from mejora.network.models import ImportBatch, Membership, School
from mejora.people.models import User
from mejora.plans.assessment import CriticalFactor, Judgement, SelfAssessment
from mejora.plans.enums import StageKind
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
    Goal,
    Indicator,
    Milestone,
    Objective,
    Plan,
    PlanYear,
    Reading,
    Seal,
    StageEvent,
    Strategy,
)
from mejora.plans.snapshots import Snapshot
from mejora.sample.bank import ActionText
from mejora.sample.chance import Chance

Author = User | ImportBatch


@dataclass(frozen=True)
class Team:
    """The people of a school who write its plan, and who decides on it."""

    director: Membership
    planner: Membership
    teachers: tuple[Membership, ...]
    decider: User


@dataclass
class Planned:
    """An action about to be written, and how its year will go."""

    text: ActionText
    strategy: Strategy | None  # none in frameworks that have no strategies
    starts_on: dt.date
    ends_on: dt.date
    objective: Objective | None = None  # told where there is no strategy
    person: Membership | None = None
    due: tuple[dt.date, ...] = ()
    final: int = 100  # percent at its end, without milestones
    pace: float = 1.0  # how much of what the calendar asks is done
    is_stuck: bool = False  # its last milestone due is missed
    is_open: bool = False  # nothing said yet in the period to report
    awaits_review: bool = False
    note: str = ""
    why: str = ""
    file_count: int = 0
    lacks_proof: int = 0

    @property
    def serves(self) -> Objective:
        found = self.strategy.objective if self.strategy else self.objective
        if found is None:
            raise ValueError("An action serves an objective.")
        return found


@dataclass
class ActionStory:
    action: Action
    planned: Planned
    milestones: list[Milestone] = field(default_factory=list)
    requirements: list[EvidenceRequirement] = field(default_factory=list)
    reports: list[ProgressReport] = field(default_factory=list)


@dataclass(frozen=True)
class Move:
    """A step of a stage: which, when, by whom."""

    kind: StageKind
    name: str
    at: dt.datetime
    by: Author
    comment: str = ""


@dataclass
class YearStory:
    row: PlanYear
    strategies: list[Strategy] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    actions: list[ActionStory] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    events: list[StageEvent] = field(default_factory=list)
    monitoring: MonitoringPlan | None = None
    reports: list[ProgressReport] = field(default_factory=list)
    evidence: list[EvidenceUse] = field(default_factory=list)
    # Who ticked a milestone and when; what an action said before it was changed once.
    ticked: list[tuple[Milestone, User, dt.datetime]] = field(default_factory=list)
    changed: dict[UUID, tuple[Snapshot, dt.datetime]] = field(default_factory=dict)

    def at(self, kind: StageKind, name: str) -> dt.datetime | None:
        """When a move was made, if it was."""
        found = [move.at for move in self.moves if (move.kind, move.name) == (kind, name)]
        return found[-1] if found else None


@dataclass
class Assessed:
    """A self-assessment with what was judged and the critical factors that it led to."""

    row: SelfAssessment
    judgements: list[Judgement] = field(default_factory=list)
    factors: list[CriticalFactor] = field(default_factory=list)


@dataclass
class Story:
    """A school's plan and how it went."""

    school: School
    kind: str
    pupils: int
    chance: Chance
    plan: Plan
    team: Team | None = None
    seals: list[Seal] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    # Of frameworks whose plans come from a self-assessment by components.
    assessed: Assessed | None = None
    assessed_indicators: list[Indicator] = field(default_factory=list)
    years: list[YearStory] = field(default_factory=list)

    def objectives_of(self, area: str) -> Iterable[Objective]:
        return (o for o in self.objectives if o.area and o.area.code == area)
