"""A school with its people and a small plan made by operations, as they would make it."""

import datetime as dt
from types import SimpleNamespace

import pytest

from mejora.frameworks.models import Area, Term, TermKind
from mejora.network.enums import Role
from mejora.plans.drafts import ActionDraft, MilestoneDraft, RequirementDraft
from mejora.plans.enums import StageKind
from mejora.plans.models import PlanYear
from mejora.plans.operations import actions, annual, stages, strategic
from mejora.plans.operations import plan as plans
from tests.factories import SchoolFactory


@pytest.fixture
def team(db, today, actor):
    """The people around one school: who writes, who decides, who only reads."""
    school = SchoolFactory()
    return SimpleNamespace(
        school=school,
        director=actor(Role.DIRECTOR, school),
        planner=actor(Role.PLANNER, school),
        responsible=actor(Role.RESPONSIBLE, school),
        owner=actor(Role.OWNER, school.owner),
        supervisor=actor(Role.SUPERVISOR, school.office),
        other_director=actor(Role.DIRECTOR, SchoolFactory()),
    )


@pytest.fixture
def draft(db):
    """`draft(strategy, name=…, area="GP", money={"SEP": 1}, milestones=3)`."""

    def make(strategy, *, area="GP", money=None, milestones=2, **fields):
        edition = strategy.plan_year.plan.edition
        sources = Term.objects.filter(edition=edition, kind=TermKind.FUNDING)
        by_code = {t.code: t for t in sources}
        year = strategy.plan_year.year
        usual = {
            "name": "Taller de lectura",
            "starts_on": dt.date(year, 3, 9),
            "ends_on": dt.date(year, 11, 27),
            "responsible_text": "Jefa de UTP",
            "milestones": [
                MilestoneDraft(f"Hito {n + 1}", due_on=dt.date(year, 4 + n, 15))
                for n in range(milestones)
            ],
            "requirements": [RequirementDraft("Acta de la reunión")],
        }
        return ActionDraft(
            **{**usual, **fields},
            area=Area.objects.get(edition=edition, code=area),
            strategy=strategy,
            funding={
                by_code[code]: planned for code, planned in (money or {"SEP": 500_000}).items()
            },
        )

    return make


@pytest.fixture
def planned(team, draft):
    """Seal, objective, goal, strategy, indicator and two actions; nothing sent yet."""
    by = team.director
    year = plans.start(team.school, by=by, start_year=2026, vision="Ver", mission="Hacer")
    seal = strategic.add_seal(year.plan, by=by, name="Aprendemos juntos")
    objective = strategic.add_objective(
        year.plan, by=by, text="Fortalecer la lectura", seals=[seal]
    )
    goal = strategic.add_goal(objective, by=by, text="El 80 % en nivel adecuado")
    strategy = annual.add_strategy(
        year, by=by, objective=objective, goal=goal, text="Acompañamiento al aula"
    )
    indicator = annual.add_indicator(
        strategy, by=by, name="Cursos con lectura", baseline=2, target=8
    )
    first = actions.add(year, draft(strategy), by=by)
    second = actions.add(year, draft(strategy, name="Aulas en terreno", area="CE"), by=by)
    return SimpleNamespace(
        **vars(team),
        year=PlanYear.objects.with_place().get(pk=year.pk),
        plan=year.plan,
        seal=seal,
        objective=objective,
        goal=goal,
        strategy=strategy,
        indicator=indicator,
        first=first,
        second=second,
        here=(team.school.code, 2026),
    )


@pytest.fixture
def approved(planned):
    """The same with strategic stage and planning approved: the implementation is open."""
    stages.send_strategic(planned.year, by=planned.director)
    stages.approve(planned.year, StageKind.STRATEGIC, by=planned.owner)
    stages.send_planning(planned.year, by=planned.director)
    stages.approve(planned.year, StageKind.PLANNING, by=planned.owner)
    planned.year.refresh_from_db()
    return planned
