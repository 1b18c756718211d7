"""Any walk through the stages keeps what must hold: constraints, standing, versions, events."""

import itertools

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mejora.core.decisions import Refused
from mejora.network import access
from mejora.network.enums import Role
from mejora.network.models import ImportBatch
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import PlanYear, Stage, StageEvent, Version
from tests.factories import MembershipFactory, PlanYearFactory
from tools import stage_picture


class Walk(RuleBasedStateMachine):
    """Moves in any order, allowed or not, against a model kept in a dictionary."""

    def __init__(self):
        super().__init__()
        self.year = PlanYearFactory()
        school = self.year.school
        members = [
            MembershipFactory(role=Role.DIRECTOR, place=school),
            MembershipFactory(role=Role.OWNER, place=school.owner),
        ]
        self.people = [access.actor_for(m.user) for m in members]
        self.batch = ImportBatch.objects.create(
            kind="sample", country=school.country, state="checked", at="2026-01-01T00:00Z"
        )
        self.statuses = dict.fromkeys(workflow.ORDER, StageStatus.NOT_STARTED)
        self.versions = self.events = 0

    @rule(
        kind=st.sampled_from(workflow.ORDER),
        transition=st.sampled_from(workflow.TRANSITIONS),
        person=st.sampled_from([0, 1]),
    )
    def move(self, kind, transition, person):
        stage = Stage.objects.get(plan_year=self.year, kind=kind)
        by = self.batch if transition is workflow.IMPORT else self.people[person]
        if self.statuses[kind] not in transition.sources:
            with pytest.raises(Refused):
                workflow.move(stage, transition, by=by)
            return
        workflow.move(stage, transition, by=by)
        self.statuses[kind] = transition.target
        self.events += 1
        self.versions += transition.takes_version

    @invariant()
    def stages_stand_where_the_walk_led(self):
        stored = dict(self.year.stages.values_list("kind", "status"))
        assert stored == self.statuses

    @invariant()
    def the_year_stands_in_its_first_stage_not_approved(self):
        if not self.events:
            return
        year = PlanYear.objects.get(pk=self.year.pk)
        open_kinds = [k for k, s in self.statuses.items() if s != StageStatus.APPROVED]
        expected = open_kinds[0] if open_kinds else StageKind.EVALUATION
        assert year.stage_now == expected
        assert year.status_now == self.statuses[expected]
        assert year.is_begun

    @invariant()
    def nothing_of_the_past_is_lost(self):
        year = PlanYear.objects.get(pk=self.year.pk)
        numbers = sorted(year.versions.values_list("number", flat=True))
        assert numbers == list(range(1, self.versions + 1))
        assert year.version_no == self.versions
        assert StageEvent.objects.filter(stage__plan_year=year).count() == self.events
        assert not Version.objects.filter(plan_year=year, event=None).exists()

    @invariant()
    def dates_and_persons_fit_the_status(self):
        for stage in self.year.stages.all():
            stage.validate_constraints()


Walk.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


class TestWalks(Walk.TestCase, TestCase):
    """Each walk in a transaction of its own, rolled back at its end."""


@pytest.mark.parametrize("statuses", list(itertools.product(StageStatus, repeat=2)), ids="-".join)
def test_standing_is_the_first_stage_not_approved(statuses):
    kinds = (StageKind.STRATEGIC, StageKind.PLANNING)

    stage, status = workflow.standing(dict(zip(kinds, statuses, strict=True)))

    expected = next(
        (pair for pair in zip(kinds, statuses, strict=True) if pair[1] != StageStatus.APPROVED),
        (StageKind.EVALUATION, StageStatus.APPROVED),
    )
    assert (stage, status) == expected


def test_the_picture_of_the_table_is_current():
    for path, text in stage_picture.pictures().items():
        assert path.read_text() == text, f"Ejecute tools/stage_picture.py ({path.name})"
