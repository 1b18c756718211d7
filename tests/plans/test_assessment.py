"""From a self-assessment by components to objectives: Colombia's PMI on the same chain."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from mejora.core.decisions import Conflict, Refused
from mejora.frameworks import catalogue
from mejora.frameworks.models import Area, Edition, Term
from mejora.network.access import actor_for
from mejora.network.enums import OwnerKind, Role
from mejora.network.models import Country, Region
from mejora.plans import missing, profile, rules
from mejora.plans.assessment import CriticalFactor, Judgement
from mejora.plans.enums import Entity, StageKind
from mejora.plans.models import Change, Version
from mejora.plans.operations import assessment, strategic
from mejora.plans.operations import bin as bin_operations
from mejora.plans.operations import plan as plans
from mejora.plans.operations import stages as sending
from mejora.plans.operations.assessment import Said
from tests import factories as make

pytestmark = pytest.mark.django_db
YEAR = 2026


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setenv("MEJORA_TODAY", "2026-03-10")


def colombian_school(number):
    colombia = Country.objects.get(code="CO")
    commune = make.CommuneFactory(
        region=Region.objects.get(country=colombia, code="68"), code=f"6899{number}"
    )
    owner = make.OwnerFactory(country=colombia, kind=OwnerKind.ETC, key=f"etc:99{number}")
    return make.SchoolFactory(
        country=colombia,
        commune=commune,
        owner=owner,
        office=None,
        code=f"16899000{number:04}",
        year__dependency="O",
    )


@pytest.fixture
def school():
    return colombian_school(1)


@pytest.fixture
def people(school):
    """An actor of each role at the school or its Secretaría."""
    places = {
        Role.DIRECTOR: school,
        Role.PLANNER: school,
        Role.RESPONSIBLE: school,
        Role.QUALITY_LEAD: school.owner,
        Role.PROFESSIONAL: school.owner,
        Role.OPERATIVE: school.owner,
    }
    return {
        role: actor_for(make.MembershipFactory(role=role, place=place).user)
        for role, place in places.items()
    }


@pytest.fixture
def year(school, people):
    """A plan of two years by the guide of 2008, just begun."""
    edition = Edition.objects.get(code="guia34-2008")
    return plans.start(school, by=people[Role.PLANNER], start_year=YEAR, edition=edition, years=2)


def component(year, code):
    return Area.objects.get(edition=year.plan.edition, code=code)


def level(year, order):
    return Term.objects.get(edition=year.plan.edition, kind="scale", order=order)


def judge(year, by, code, order=None, *, revision=None, **words):
    said = Said(level(year, order) if order else None, **words)
    return assessment.judge(year, component(year, code), said, by=by, revision=revision)


def factor(year, by, code="2.4.5", scores=(3, 3, 3), text="Falta un plan de apoyo"):
    urgency, tendency, impact = scores
    return assessment.add_factor(
        year,
        by=by,
        area=component(year, code),
        text=text,
        urgency=urgency,
        tendency=tendency,
        impact=impact,
    )


# --- The catalogue ---


@pytest.mark.parametrize(
    ("code", "counts"), [("guia34-2008", (4, 19, 93)), ("guia34-2026", (4, 15, 45))]
)
def test_each_guide_has_its_areas_processes_and_components(code, counts):
    areas = Area.objects.filter(edition__code=code)

    assert tuple(areas.filter(depth=depth).count() for depth in (1, 2, 3)) == counts
    assert not areas.filter(certainty="seen").exists()  # neither book could be read whole


def test_a_plan_lasts_as_long_as_the_school_says_and_its_guide_stays(school, people):
    with pytest.raises(Refused, match="hasta 5 años"):
        plans.start(school, by=people[Role.PLANNER], start_year=YEAR, years=6)

    year = plans.start(school, by=people[Role.PLANNER], start_year=YEAR, years=1)

    assert year.plan.end_year == YEAR
    assert year.plan.edition.code == "guia34-2026"  # the newest, where none was chosen


def test_a_guide_of_another_country_is_refused(people, school):
    with pytest.raises(Refused, match="otro país"):
        plans.start(
            school,
            by=people[Role.PLANNER],
            start_year=YEAR,
            edition=Edition.objects.get(country_code="CL"),
        )


# --- Judging ---


def test_what_nobody_judged_is_pending_and_never_the_lowest_level(year, people):
    planner = people[Role.PLANNER]
    judge(year, planner, "1.1.1", 3, evidence="Acta")
    judge(year, planner, "1.1.2", evidence="Solo un texto, sin nivel")

    found = profile.of_year(catalogue.of_edition(year.plan.edition_id), year.plan, YEAR)

    assert (found.whole.rated, found.whole.pending, found.whole.total) == (1, 92, 93)
    assert [share.count for share in found.whole.shares] == [0, 0, 1, 0]
    assert found.areas[1].whole.shares[0].percent is None  # nothing of nothing is not zero


def test_the_distribution_is_that_of_the_example_in_the_sources():
    """0, 4, 11 and 3 of 18 (a form of a Secretaría, as transcribed)."""
    book = catalogue.of_edition(Edition.objects.get(code="guia34-2008").pk)
    steps = profile.scale(book)
    levels = [steps[n].pk for n, times in enumerate((0, 4, 11, 3)) for _ in range(times)]

    found = profile.shares(levels, steps)

    assert [share.percent for share in found] == [
        Decimal(text) for text in ("0.00", "22.22", "61.11", "16.67")
    ]


def test_two_who_judge_at_once_never_overwrite_each_other(year, people):
    planner, director = people[Role.PLANNER], people[Role.DIRECTOR]
    first = judge(year, planner, "1.1.1", 2)
    judge(year, director, "1.1.1", 3, revision=first.revision)

    for seen in (first.revision, None):  # from before the other, and from an empty page
        with pytest.raises(Conflict):
            judge(year, planner, "1.1.1", 1, revision=seen)

    kept = Judgement.objects.get()
    assert (kept.level.order, kept.by) == (3, director.user)
    said = Change.objects.filter(entity=Entity.JUDGEMENT).order_by("pk")
    assert [c.after["level"] for c in said] == ["pertinencia", "apropiacion"]


def test_a_component_or_level_of_another_guide_is_refused(year, people):
    other = Area.objects.get(edition__code="guia34-2026", code="1.1.1")

    with pytest.raises(Refused, match="no es del marco"):
        assessment.judge(year, other, Said(level(year, 2)), by=people[Role.PLANNER], revision=None)


WHO_JUDGES = [
    (Role.DIRECTOR, True),
    (Role.PLANNER, True),
    (Role.RESPONSIBLE, False),
    (Role.QUALITY_LEAD, False),
    (Role.PROFESSIONAL, False),
    (Role.OPERATIVE, False),
]


@pytest.mark.parametrize(("role", "may"), WHO_JUDGES)
def test_the_school_judges_itself(year, people, role, may):
    assert bool(rules.can_assess(people[role], rules.stages_of(year))) is may


# --- Critical factors, objectives, sending ---


def test_factors_stand_by_their_total_then_impact_then_urgency(year, people):
    planner = people[Role.PLANNER]
    told = {"a": (5, 1, 3), "b": (3, 2, 4), "c": (4, 1, 4), "d": (5, 5, 5), "e": (1, 1, 1)}
    for text, scores in told.items():
        factor(year, planner, text=text, scores=scores)

    found = CriticalFactor.objects.live().in_order()

    assert [f.text for f in found] == ["d", "c", "b", "a", "e"]
    assert [f.total for f in found] == [15, 9, 9, 9, 3]


def test_a_factor_that_an_objective_answers_stays(year, people):
    planner = people[Role.PLANNER]
    one = factor(year, planner)
    objective = strategic.add_objective(year.plan, by=planner, text="Apoyar", factors=[one])

    with pytest.raises(Refused, match="1 objetivo"):
        bin_operations.remove(one, by=planner, revision=one.revision)
    strategic.change_objective(objective, by=planner, revision=objective.revision, text="Apoyar")
    bin_operations.remove(one, by=planner, revision=one.revision)

    assert not CriticalFactor.objects.live().exists()


def test_sending_freezes_judgements_factors_and_indicators_of_goals(year, people):
    planner = people[Role.PLANNER]
    here = {m.text for m in missing.in_strategy(year) if m.is_blocking}
    assert "Valorar los componentes de la autoevaluación." in here
    judge(year, planner, "2.4.5", 1, opportunities="No hay un plan común")
    one = factor(year, planner)
    objective = strategic.add_objective(year.plan, by=planner, text="Apoyar", factors=[one])
    goal = strategic.add_goal(objective, by=planner, text="El 55 %", unit="%")
    indicator = strategic.add_indicator(goal, by=planner, name="Nivel satisfactorio")
    assert not [m for m in missing.in_strategy(year) if m.is_blocking]

    sending.send_strategic(year, by=people[Role.DIRECTOR])

    tree = Version.objects.get(plan_year=year).content
    for thing in (one, indicator, Judgement.objects.get()):
        assert str(thing.uid) in tree
    with pytest.raises(Refused):
        judge(year, planner, "2.4.5", 4, revision=0)


# --- Pages ---


def client_of(actor):
    client = Client()
    client.force_login(actor.user)
    return client


def test_a_component_is_saved_by_its_own_and_the_page_counts_it(year, people, school):
    client = client_of(people[Role.PLANNER])
    page = reverse("plans:assessment_area", args=(school.code, YEAR, "GA"))
    judged = reverse("plans:judge", args=(school.code, YEAR, "GA", "2.4.5"))
    sent = {"level": level(year, 2).pk, "evidence": "Acta", "revision": ""}

    plain = client.post(judged, sent)
    stale = client.post(judged, {**sent, "evidence": "Otra"}, headers={"HX-Request": "true"})

    assert plain.status_code == 302
    assert "1 de 19 valorados" in client.get(page).content.decode()
    assert "Otra persona guardó este componente" in stale.content.decode()
    assert Judgement.objects.get().evidence == "Acta"


PAGES = ("plans:assessment", "plans:factors", "plans:factor_new", "plans:detail")
GETS_IN = {
    Role.DIRECTOR: (200, 200, 200, 200),
    Role.PLANNER: (200, 200, 200, 200),
    Role.RESPONSIBLE: (200, 200, 403, 200),
    Role.QUALITY_LEAD: (200, 200, 403, 200),  # begun: it reads along
    Role.PROFESSIONAL: (404, 404, 404, 404),  # nothing was sent yet
    Role.OPERATIVE: (404, 404, 404, 404),
}


@pytest.mark.parametrize("role", GETS_IN)
def test_who_opens_the_pages_at_home_and_at_a_foreign_school(year, people, school, role):
    foreign = colombian_school(2)
    plans.start(
        foreign,
        by=actor_for(make.MembershipFactory(role=Role.PLANNER, place=foreign).user),
        start_year=YEAR,
    )
    client = client_of(people[role])

    at_home = tuple(client.get(reverse(n, args=(school.code, YEAR))).status_code for n in PAGES)
    away = {client.get(reverse(n, args=(foreign.code, YEAR))).status_code for n in PAGES}

    assert at_home == GETS_IN[role]
    assert away == {404}


def test_an_area_page_asks_the_same_whatever_was_judged(
    year, people, school, django_assert_max_num_queries
):
    client = client_of(people[Role.PLANNER])
    page = reverse("plans:assessment_area", args=(school.code, YEAR, "GD"))
    client.get(page)
    for item in Area.objects.filter(edition=year.plan.edition, depth=3, code__startswith="1."):
        judge(year, people[Role.PLANNER], item.code, 2)

    with django_assert_max_num_queries(14):
        assert "34 de 34 valorados" in client.get(page).content.decode()


def test_today_is_that_of_the_country(monkeypatch, school, people):
    """At 23:30 of the 9th in Bogotá it is already the 10th in Santiago."""
    from mejora.core import clock

    monkeypatch.delenv("MEJORA_TODAY")
    moment = dt.datetime(2026, 3, 10, 4, 30, tzinfo=dt.UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    assert clock.today("America/Bogota") == dt.date(2026, 3, 9)
    assert clock.today("America/Santiago") == dt.date(2026, 3, 10)
    assert StageKind.STRATEGIC in StageKind
