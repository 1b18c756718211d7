"""The school's workbook goes out, is edited, comes in and is taken back."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.core.folding import fold
from mejora.frameworks.models import Area, Term, TermKind
from mejora.network.access import actor_for
from mejora.network.enums import BatchState, Role
from mejora.plans import snapshots
from mejora.plans.drafts import ActionDraft, MilestoneDraft, RequirementDraft
from mejora.plans.importers.standing import plain
from mejora.plans.models import Action, Change, PlanYear, Seal
from mejora.plans.operations import actions, annual, strategic
from mejora.plans.operations import plan as operations_plan
from tests.factories import MembershipFactory, SchoolFactory
from tests.plans.workbooks import downloaded, edited, landed, told, undone, uploaded


def tree(year):
    """What lives of a year, without the parts that are in the bin."""
    found = snapshots.year_tree(PlanYear.objects.with_place().get(pk=year.pk))
    for action in found["actions"].values():
        for name in ("milestones", "requirements"):
            action[name] = [part for part in action[name] if not part.get("removed")]
    return found


def test_a_workbook_that_comes_back_as_it_went_changes_nothing(planned):
    batch = uploaded(downloaded(planned.year), by=planned.director, school=planned.school)

    assert batch.state == BatchState.CHECKED, batch.message
    assert told(batch) == []
    assert (batch.rows_new, batch.rows_changed) == (0, 0)
    assert batch.rows_same == 13


def test_each_edit_changes_its_thing_and_undo_brings_everything_back(planned):
    before = tree(planned.year)
    book = edited(planned.year)
    book.put("Sellos", "S1", "Nombre", "Aprendemos siempre")
    book.put("Acciones", "A1", "Término", dt.date(2026, 12, 4))
    book.put("Hitos", "H1", "Peso (%)", 30)
    book.put("Hitos", "H2", "Peso (%)", 70)
    book.add("Acciones", Código="A9", Estrategia="E1", Nombre_de_la_acción="Huerto",
             Dimensión="gestion pedagogica", Inicio="01-04-2026", Término="30/11/2026")  # fmt: skip
    book.add("Hitos", Código="H9", Acción="A9", Hito="Siembra", Fecha="2026-05-01")
    book.add("Medios de verificación", Acción="A9", Hito="H9", Medio_de_verificación="Fotos")
    batch = uploaded(book, by=planned.director, school=planned.school)

    assert told(batch) == []
    assert (batch.rows_new, batch.rows_changed) == (3, 4)
    landed(batch, planned.director)

    assert batch.state == BatchState.APPLIED, batch.message
    assert Seal.objects.get(pk=planned.seal.pk).name == "Aprendemos siempre"
    action = Action.objects.get(name="Huerto")
    assert action.milestones.get().weight == 100
    assert action.requirements.get().milestone.name == "Siembra"
    first = Action.objects.get(pk=planned.first.pk)
    assert first.ends_on == dt.date(2026, 12, 4)
    assert [m.weight for m in first.milestones.order_by("order")] == [30, 70]
    assert Change.objects.filter(batch=batch, by=None).count() == 3

    undone(batch, planned.director)

    assert batch.state == BatchState.UNDONE, batch.message
    assert not batch.issues.filter(code="kept").exists()
    assert tree(planned.year) == before


FIRST, LAST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)
# No form lets NUL in, and PostgreSQL does not keep it.
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0")
WORDS = st.text(LETTERS, min_size=1, max_size=40)
NAMES = WORDS.filter(lambda text: plain(text) and fold(text))
FIGURES = st.none() | st.decimals(-9_999_999, 9_999_999, places=2)


@st.composite
def plans(draw):
    """Whatever a school may have written: any letters, any number of parts."""
    seals = draw(st.lists(st.tuples(NAMES, st.just("") | WORDS), max_size=3))
    objectives = draw(st.lists(NAMES, min_size=1, max_size=2))
    return {
        "seals": seals,
        "objectives": objectives,
        "goals": draw(st.lists(st.tuples(NAMES, FIGURES, FIGURES), max_size=3)),
        "strategies": draw(st.lists(NAMES, min_size=1, max_size=2)),
        "indicators": draw(st.lists(st.tuples(NAMES, FIGURES), max_size=2)),
        "actions": draw(st.lists(st.fixed_dictionaries({
            "name": NAMES, "description": st.just("") | WORDS, "area": st.sampled_from(AREAS),
            "days": st.tuples(st.dates(FIRST, LAST), st.dates(FIRST, LAST)).map(sorted),
            "money": st.dictionaries(st.sampled_from(["SEP", "PIE", "FAEP"]),
                                     st.integers(0, 10**12), max_size=3),
            "off": st.booleans(),
            "milestones": st.lists(st.tuples(NAMES, st.none() | st.dates(FIRST, LAST)), max_size=3),
            "means": st.lists(NAMES, max_size=2),
        }), max_size=3)),
    }  # fmt: skip


AREAS = ("GP", "LI", "CE", "GR")


def _made(plan, school, by):
    """The plan, written by the ordinary operations."""
    year = operations_plan.start(school, by=by, start_year=2026)
    seals = [strategic.add_seal(year.plan, by=by, name=n, text=t) for n, t in plan["seals"]]
    edition = year.plan.edition
    areas = {area.code: area for area in Area.objects.filter(edition=edition)}
    objectives = [
        strategic.add_objective(year.plan, by=by, text=text, seals=seals[n:],
                                area=areas[AREAS[n]] if n else None)
        for n, text in enumerate(plan["objectives"])
    ]  # fmt: skip
    for text, baseline, target in plan["goals"]:
        strategic.add_goal(objectives[0], by=by, text=text, baseline=baseline, target=target)
    strategies = [
        annual.add_strategy(year, by=by, objective=objectives[n % len(objectives)], text=text)
        for n, text in enumerate(plan["strategies"])
    ]
    for name, target in plan["indicators"]:
        annual.add_indicator(strategies[-1], by=by, name=name, target=target, direction="down")
    sources = {t.code: t for t in Term.objects.filter(edition=edition, kind=TermKind.FUNDING)}
    for n, said in enumerate(plan["actions"]):
        milestones = [MilestoneDraft(name, due_on=due) for name, due in said["milestones"]]
        draft = ActionDraft(
            name=said["name"], description=said["description"], area=areas[said["area"]],
            starts_on=said["days"][0], ends_on=said["days"][1],
            strategy=strategies[n % len(strategies)], is_disabled=said["off"],
            subareas=[a for a in areas.values() if a.parent_id == areas[said["area"]].pk][:2],
            normative_plans=Term.objects.filter(edition=edition, kind="normative_plan")[:n],
            funding={sources[code]: amount for code, amount in said["money"].items()},
            milestones=milestones,
            requirements=[RequirementDraft(t, milestone=0 if milestones else None)
                          for t in said["means"]],
        )  # fmt: skip
        actions.add(year, draft, by=by)
    return year


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans(), chosen=st.data())
@pytest.mark.django_db
def test_any_plan_goes_out_and_in_edits_are_exactly_those_made_and_undo_is_as_before(plan, chosen):
    school = SchoolFactory()
    by = actor_for(MembershipFactory(role=Role.DIRECTOR, place=school).user)
    year = _made(plan, school, by)
    before = tree(year)

    same = uploaded(downloaded(year), by=by, school=school)
    assert (told(same), same.rows_new, same.rows_changed) == ([], 0, 0)
    assert same.rows_same == sum(len(rows) - 2 for name, rows in edited(year).sheets.items()
                                 if name not in {"Léame", "Listas"})  # fmt: skip

    book = edited(year)
    wanted = _edit(book, chosen)
    batch = uploaded(book, by=by, school=school)
    assert told(batch) == []
    found = {(row.sheet, row.key.split(" ")[0]) for row in batch.rows.all()}
    assert found == wanted
    if wanted:
        landed(batch, by)
        assert batch.state == BatchState.APPLIED, batch.message
        assert _cells(edited(year)) == _cells(book)
        undone(batch, by)
        assert not batch.issues.filter(code="kept").exists()
    assert tree(year) == before


def _edit(book, chosen):
    """Change one text of some rows; gives which, by sheet and code."""
    titles = {"Sellos": "Nombre", "Objetivos": "Objetivo estratégico", "Metas": "Meta estratégica",
              "Estrategias": "Estrategia", "Indicadores": "Nombre", "Hitos": "Hito",
              "Acciones": "Nombre de la acción",
              "Medios de verificación": "Medio de verificación"}  # fmt: skip
    wanted = set()
    for sheet, title in titles.items():
        for row in book.sheets[sheet][2:]:
            if chosen.draw(st.booleans()):
                value = f"Otro texto {chosen.draw(st.integers(1, 99))}"
                row[book.column(sheet, title)] = value
                wanted.add((sheet, row[1]))
    return wanted


def _cells(book):
    """What a person sees: without the keys, and of a reference its code, whose words follow."""
    return {
        name: [[str(cell).partition(" · ")[0] for cell in row[1:]] for row in rows]
        for name, rows in book.sheets.items()
        if name not in {"Léame", "Listas"}
    }
