"""What the pages read: money, Gantt, history and versions, each from small known plans."""

import datetime as dt
import json

import pytest

from mejora.frameworks.models import Term, TermKind
from mejora.network.models import SchoolYear
from mejora.plans import chain, gantt, history, money, versions
from mejora.plans.chain import Weak
from mejora.plans.missing import in_planning, in_strategy
from mejora.plans.models import Action, Change, Milestone, PlanYear, Version
from mejora.plans.operations import actions, annual, bin, strategic
from mejora.plans.operations import plan as plans
from mejora.plans.templatetags.plans import cut

pytestmark = pytest.mark.django_db


def odd_of(plan_year):
    return {(odd.action.name, odd.text.split()[0]) for odd in money.odd_amounts(plan_year)}


def add(planned, draft, name, amount):
    actions.add(
        planned.year,
        draft(planned.strategy, name=name, money={"SEP": amount} if amount else {"SEP": 0}),
        by=planned.director,
    )


@pytest.mark.parametrize(
    ("amount", "enrolment", "is_odd"),
    [
        (10_000_001, 19, True),  # over 20 × 500,000 and over 19 × 500,000
        (10_000_001, 21, False),  # over the median, not over the pupils
        (10_000_000, 1, False),  # exactly 20 × the median
        (10_000_001, None, True),  # pupils unknown: the median alone
    ],
)
def test_an_amount_is_odd_when_it_is_out_of_both_proportions(
    planned, draft, amount, enrolment, is_odd
):
    SchoolYear.objects.update(enrolment=enrolment)
    add(planned, draft, "Grande", amount)

    found = odd_of(planned.year)

    assert any(name == "Grande" for name, _ in found) == is_odd


def test_an_action_without_money_is_told_and_does_not_lower_the_median(planned, draft):
    for n in range(5):
        add(planned, draft, f"Sin monto {n}", 0)

    assert len(odd_of(planned.year)) == 5
    assert money.of_year(planned.year).median == 500_000


def test_what_the_file_said_is_compared_with_the_sum(planned):
    Action.objects.filter(pk=planned.first.pk).update(imported_total=999)

    assert odd_of(planned.year) == {("Taller de lectura", "El")}


def test_money_adds_up_by_source_and_dimension(planned, draft):
    actions.add(
        planned.year,
        draft(planned.strategy, area="GR", money={"SEP": 5, "PIE": 7}),
        by=planned.director,
    )

    found = money.of_year(planned.year)

    assert [s.code for s in found.sources] == ["SEP", "PIE"]
    assert {r.area.code: (r.action_count, r.amounts, r.total) for r in found.rows} == {
        "GP": (1, (500_000, 0), 500_000),
        "LI": (0, (0, 0), 0),
        "CE": (1, (500_000, 0), 500_000),
        "GR": (1, (5, 7), 12),
    }
    assert (found.totals, found.total) == ((1_000_005, 7), 1_000_012)


def test_a_disabled_action_counts_neither_money_nor_faults(planned, draft):
    Action.objects.update(is_disabled=True)

    assert money.of_year(planned.year).total == 0
    whole = chain.load(planned.year, today=dt.date(2026, 9, 8))
    assert whole.counts[Weak.MILESTONE_LATE] == 0


def test_the_chain_hangs_each_thing_from_its_own(planned, draft):
    other = strategic.add_seal(planned.plan, by=planned.director, name="Otro sello")
    strategic.change_objective(
        planned.objective, by=planned.director, revision=0, text="Leer", seals=[planned.seal, other]
    )
    strategic.add_goal(planned.objective, by=planned.director, text="Otra meta")
    annual.add_reading(planned.indicator, by=planned.director, on=dt.date(2026, 5, 1), value=3)
    annual.add_reading(planned.indicator, by=planned.director, on=dt.date(2026, 7, 1), value=5)

    whole = chain.load(planned.year, today=dt.date(2026, 9, 8))

    first, second = whole.seals
    (objective,) = first.objectives
    assert second.objectives == []
    assert objective.other_seals == ["2 Otro sello"]
    assert [g.label for g in objective.goals] == ["1.1", "1.2"]
    (strategy,) = objective.strategies
    assert strategy.label == "1.1.1"
    assert [(i.value, i.baseline, i.target) for i in strategy.indicators] == [(5, 2, 8)]
    assert [len(a.milestones) for a in strategy.actions] == [2, 2]
    assert whole.counts[Weak.SEAL_ALONE] == 0
    assert whole.counts[Weak.EVIDENCE_MISSING] == 2


def test_the_chains_late_actions_are_those_of_the_one_rule(planned, draft):
    """The page computes it from rows it has already; the rule stands in Action.objects.late."""
    full = Term.objects.get(edition=planned.plan.edition, kind=TermKind.LEVEL, code="completa")
    past = draft(planned.strategy, ends_on=dt.date(2026, 6, 30), milestones=0)
    actions.add(planned.year, past, by=planned.director)
    done = actions.add(planned.year, past, by=planned.director)
    Action.objects.filter(pk=done.pk).update(level_now=full, pct_now=100)
    Milestone.objects.filter(action=planned.first).update(
        done_on=dt.date(2026, 5, 1), done_by=planned.director.user
    )
    today = dt.date(2026, 9, 8)

    whole = chain.load(planned.year, today=today)

    told = {a.pk for a in whole.actions if a.is_late}
    assert told == set(Action.objects.live().late(today).values_list("pk", flat=True))
    assert len(told) == 2


def test_what_is_in_the_bin_is_not_in_the_chain(planned):
    bin.remove(planned.second, by=planned.director, revision=0)

    whole = chain.load(planned.year, today=dt.date(2026, 9, 8))

    assert [a.name for a in whole.actions] == ["Taller de lectura"]
    assert [m.text for m in whole.actions[0].milestones] == ["Hito 1", "Hito 2"]


def test_gantt_places_days_in_percent_of_whole_months(planned):
    actions_shown = chain.load(planned.year, today=dt.date(2026, 9, 8)).actions

    scale = gantt.scale_of(planned.year, actions_shown)

    assert (scale.first, scale.last) == (dt.date(2026, 3, 1), dt.date(2026, 12, 31))
    assert scale.at(dt.date(2026, 3, 1)) == 0
    assert scale.at(dt.date(2027, 1, 1)) == 100
    assert len(scale.months) == 10
    assert scale.at(dt.date(2026, 8, 1)) == 50.0


def test_gantt_widens_to_what_leaves_the_school_year(planned, draft):
    late = draft(planned.strategy, ends_on=dt.date(2027, 1, 15), milestones=0)
    actions.add(planned.year, late, by=planned.director)
    shown = chain.load(planned.year, today=dt.date(2026, 9, 8)).actions

    scale = gantt.scale_of(planned.year, shown)

    assert scale.last == dt.date(2027, 1, 31)
    drawn = gantt.chart(
        planned.year, shown, today=dt.date(2026, 9, 8), group_by=lambda a: a.area.code
    )
    assert [g.name for g in drawn.groups] == ["GP", "CE"]
    assert drawn.late_count == 4


def entry_of(planned, thing):
    changes = Change.objects.filter(entity_uid=thing.uid)
    return history.told(changes, planned.plan, 2026)[0]


def test_history_says_in_words_what_was_and_what_is(planned, draft):
    changed = draft(
        planned.strategy,
        area="LI",
        money={"PIE": 250_000},
        starts_on=dt.date(2026, 4, 1),
        responsible=planned.responsible.memberships[0],
    )
    actions.change(planned.first, changed, by=planned.planner, revision=0)

    entry = entry_of(planned, planned.first)
    lines = {line.label: (line.before, line.after) for line in entry.lines}

    assert (entry.who, entry.verb) == (planned.planner.user.name, "cambió")
    assert lines["Dimensión"] == ("Gestión Pedagógica", "Liderazgo")
    assert lines["Inicio"] == ("09-03-2026", "01-04-2026")
    assert lines["Subvención Escolar Preferencial (SEP)"] == ("$500.000", None)
    assert lines["Programa de Integración Escolar (PIE)"] == (None, "$250.000")
    assert lines["Persona que informa"] == (None, planned.responsible.user.name)


def test_history_tells_removing_and_restoring_apart(planned):
    bin.remove(planned.seal, by=planned.director, revision=0)
    assert entry_of(planned, planned.seal).verb == "envió a la papelera"

    bin.restore(planned.seal, by=planned.director, revision=1)
    assert entry_of(planned, planned.seal).verb == "recuperó de la papelera"


def test_history_survives_what_it_does_not_know(planned):
    """A later version may record fields and uids that this one has no word for."""
    change = Change.objects.create(
        plan=planned.plan,
        entity="action",
        entity_uid=planned.first.uid,
        label="Rara",
        before={"responsible": 999_999, "strategy": "no-such-uid", "new_field": [1, 2]},
        after={"area": "ZZ", "funding": {"ZZ": 1}, "level": "zz", "new_field": []},
        by=planned.director.user,
        at=dt.datetime(2026, 9, 8, tzinfo=dt.UTC),
    )

    (entry,) = history.told([change], planned.plan, 2026)

    assert {(line.label, line.after) for line in entry.lines} == {
        ("Persona que informa", None),
        ("Estrategia", None),
        ("new_field", None),
        ("Dimensión", "ZZ"),
        ("ZZ", "$1"),
        ("Nivel", "zz"),
    }


def test_a_version_is_read_from_its_own_content(approved, draft):
    kept = Version.objects.select_related("plan_year__plan").latest("number")
    renamed = draft(approved.strategy, name="Otro nombre")
    actions.change(approved.first, renamed, by=approved.director, revision=0, reason="Ajuste")

    reading = versions.read(kept)

    (objective,) = reading.objectives
    (strategy,) = objective.strategies
    assert [a.said["name"] for a in strategy.actions] == ["Taller de lectura", "Aulas en terreno"]
    assert (reading.action_count, reading.total) == (2, 1_000_000)
    assert reading.is_intact


def test_a_version_that_was_touched_says_so(approved):
    kept = Version.objects.select_related("plan_year__plan").latest("number")
    tree = json.loads(kept.content)
    tree["plan"]["vision"] = "Otra"
    kept.content = json.dumps(tree)

    assert not versions.read(kept).is_intact


def texts(missing, *, blocking):
    return [m.text for m in missing if m.is_blocking == blocking]


def test_a_complete_plan_misses_nothing_that_blocks(planned):
    assert texts(in_strategy(planned.year), blocking=True) == []
    assert texts(in_planning(planned.year), blocking=True) == []
    advised = texts(in_planning(planned.year), blocking=False)
    assert advised == [
        "Liderazgo no tiene acciones (criterio de Mejora).",
        "Gestión de Recursos no tiene acciones (criterio de Mejora).",
    ]


def test_each_fault_of_the_planning_is_told_once(planned, draft):
    Action.objects.filter(pk=planned.first.pk).update(responsible_text="", strategy=None)
    Milestone.objects.filter(action=planned.second).update(weight=45)
    bin.remove(planned.indicator, by=planned.director, revision=0)
    planned.second.requirements.update(
        removed_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC), removed_by=planned.director.user
    )

    found = texts(in_planning(planned.year), blocking=True)

    assert found == [
        "Agregar un indicador a la estrategia «Acompañamiento al aula».",
        "Acción 1, «Taller de lectura»: falta la estrategia a la que sirve.",
        "Acción 1, «Taller de lectura»: falta quién es responsable.",
        "Acción 2, «Aulas en terreno»: los pesos de los hitos suman 90 %; deben sumar 100 %.",
        "Acción 2, «Aulas en terreno»: falta un medio de verificación.",
    ]


def test_a_strategy_without_actions_is_told_once_and_leads_to_its_own_form(planned):
    for action in Action.objects.filter(plan_year=planned.year):
        bin.remove(action, by=planned.director, revision=action.revision)

    found = [m for m in in_planning(planned.year) if "acci" in m.text]

    strategies = {m.text: m.url for m in found}
    assert all(text.startswith("Agregar una acción a la estrategia") for text in strategies)
    assert all("?estrategia=" in url for url in strategies.values())
    assert len(strategies) == len(found) == planned.year.strategies.count()


def test_an_empty_plan_misses_what_comes_first(team):
    year = plans.start(team.school, by=team.director, start_year=2026)

    assert texts(in_strategy(year), blocking=True) == ["Agregar al menos un objetivo estratégico."]
    assert "Agregar al menos una acción." in texts(in_planning(year), blocking=True)
    assert all(m.url.startswith("/escuelas/") for m in in_planning(PlanYear.objects.get()))


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("corto", 10, "corto"),
        ("una frase larga", 10, "una…"),
        ("  con   espacios ", 20, "con espacios"),
        ("supercalifragilístico", 8, "superca…"),
    ],
)
def test_long_texts_are_cut_between_words(text, limit, shown):
    assert cut(text, limit) == shown
