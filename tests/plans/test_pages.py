"""Every page of a plan: who gets it, that it says what it must, and what it costs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mejora.plans.enums import StageKind
from mejora.plans.operations import actions, annual, bin, strategic

YEAR_PAGES = (
    "detail", "gantt", "money", "normative", "history", "versions", "stages", "bin",
)  # fmt: skip
FORMS = ("basis", "seal_new", "objective_new", "strategy_new", "action_new")


def body(response):
    return response.content.decode()


@pytest.mark.parametrize("name", YEAR_PAGES)
@pytest.mark.parametrize("who", ["director", "planner", "responsible", "owner"])
def test_who_may_read_the_plan_gets_every_page(planned, signed_in, name, who):
    response = signed_in(getattr(planned, who)).get(reverse(f"plans:{name}", args=planned.here))

    assert response.status_code == 200
    assert f"año {planned.year.year}" in body(response)


@pytest.mark.parametrize("name", [*YEAR_PAGES, *FORMS])
def test_people_of_another_school_find_nothing(planned, signed_in, name):
    response = signed_in(planned.other_director).get(reverse(f"plans:{name}", args=planned.here))

    assert response.status_code == 404


@pytest.mark.parametrize("name", FORMS)
def test_forms_open_to_who_writes_and_refuse_with_the_reason_who_only_reads(
    planned, signed_in, name
):
    url = reverse(f"plans:{name}", args=planned.here)

    assert signed_in(planned.planner).get(url).status_code == 200
    refused = signed_in(planned.responsible).get(url)
    assert refused.status_code == 403
    assert "El plan lo escriben la dirección" in body(refused)


def test_forms_of_each_thing_open_with_what_it_says(planned, signed_in):
    client = signed_in(planned.director)
    for name, thing, text in (
        ("seal_edit", planned.seal, "Aprendemos juntos"),
        ("objective_edit", planned.objective, "Fortalecer la lectura"),
        ("goal_edit", planned.goal, "El 80 % en nivel adecuado"),
        ("goal_new", planned.objective, "Nueva meta"),
        ("strategy_edit", planned.strategy, "Acompañamiento al aula"),
        ("indicator_new", planned.strategy, "Nuevo indicador"),
        ("indicator_edit", planned.indicator, "Cursos con lectura"),
        ("reading_new", planned.indicator, "Nueva medición"),
        ("action", planned.first, "Taller de lectura"),
        ("action_edit", planned.first, "Acta de la reunión"),
    ):
        response = client.get(reverse(f"plans:{name}", args=(*planned.here, thing.uid)))
        assert response.status_code == 200, name
        assert text in body(response), name


@pytest.mark.parametrize("kind", StageKind)
@pytest.mark.parametrize("who", ["director", "owner"])
def test_each_stage_has_its_page(approved, signed_in, kind, who):
    url = reverse("plans:stage", args=(*approved.here, kind))

    response = signed_in(getattr(approved, who)).get(url)

    assert response.status_code == 200
    assert kind.label in body(response)


def test_a_supervisor_reads_the_plan_only_once_something_was_sent(planned, signed_in, request):
    url = reverse("plans:detail", args=planned.here)

    assert signed_in(planned.supervisor).get(url).status_code == 404
    request.getfixturevalue("approved")
    assert signed_in(planned.supervisor).get(url).status_code == 200


@pytest.mark.parametrize("reading", ["sello", "accion", "evidencia"])
def test_the_fragment_is_what_a_reload_would_show(planned, signed_in, reading):
    client = signed_in(planned.director)
    url = f"{reverse('plans:detail', args=planned.here)}?desde={reading}"

    fragment = client.get(url, headers={"HX-Request": "true"})

    page = body(client.get(url))
    inside = page.split('<div id="cadena" class="chain-page">', 1)[1]
    assert body(fragment).strip() in inside
    assert "<html" not in body(fragment)
    assert "HX-Request" in fragment.headers["Vary"]


def test_weak_links_are_counted_and_lead_to_themselves(planned, signed_in):
    alone = annual.add_strategy(
        planned.year, by=planned.director, objective=planned.objective, text="Sin nada todavía"
    )
    client, url = signed_in(planned.director), reverse("plans:detail", args=planned.here)

    whole = body(client.get(url))
    assert "falta=estrategia-sin-acciones" in whole
    weak = body(client.get(f"{url}?falta=estrategia-sin-acciones"))
    assert alone.text in weak
    assert planned.first.name not in weak


def test_a_dimension_shows_only_its_actions(planned, signed_in):
    url = f"{reverse('plans:detail', args=planned.here)}?dimension=CE"

    page = body(signed_in(planned.director).get(url))

    assert "Aulas en terreno" in page
    assert "Taller de lectura" not in page


def test_a_late_milestone_is_told_in_words(planned, signed_in):
    """Both milestones of each action were due in April and May; today is 8 September."""
    page = body(signed_in(planned.owner).get(reverse("plans:detail", args=planned.here)))

    assert re.search(r"4\s+con atraso", page)


def grow(planned, draft, count):
    for n in range(count):
        actions.add(
            planned.year,
            draft(planned.strategy, name=f"Acción de más {n}", milestones=3),
            by=planned.director,
        )


@pytest.mark.parametrize("name", YEAR_PAGES)
def test_a_page_costs_the_same_queries_whatever_its_size(planned, draft, signed_in, name):
    client, url = signed_in(planned.director), reverse(f"plans:{name}", args=planned.here)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as small:
        client.get(url)
    grow(planned, draft, 12)
    more = strategic.add_objective(planned.plan, by=planned.director, text="Otro objetivo")
    annual.add_strategy(planned.year, by=planned.director, objective=more, text="Otra estrategia")

    with CaptureQueriesContext(connection) as big:
        client.get(url)

    assert len(big) == len(small)


def test_the_chain_costs_at_most_twelve_queries(planned, signed_in, django_assert_max_num_queries):
    client, url = signed_in(planned.director), reverse("plans:detail", args=planned.here)
    client.get(url)

    with django_assert_max_num_queries(12):
        client.get(url)


def test_the_bin_shows_who_why_and_gives_back(planned, signed_in):
    bin.remove(
        planned.second, by=planned.director, revision=planned.second.revision, reason="No habrá bus"
    )
    client = signed_in(planned.planner)

    page = body(client.get(reverse("plans:bin", args=planned.here)))
    assert "No habrá bus" in page
    assert planned.director.user.name in page

    client.post(reverse("plans:restore", args=(*planned.here, "accion", planned.second.uid)))
    planned.second.refresh_from_db()
    assert planned.second.removed_at is None


def test_money_says_the_odd_amounts_and_the_criterion(planned, draft, signed_in):
    actions.add(
        planned.year,
        draft(planned.strategy, name="Mural", money={"SEP": 5_000_000_000}),
        by=planned.director,
    )

    page = body(signed_in(planned.owner).get(reverse("plans:money", args=planned.here)))

    assert "Revise si sobran ceros" in page
    assert "Criterio de Mejora" in page
    assert "$5.001.000.000" in page
