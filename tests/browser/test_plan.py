"""The plan in a real browser: folding, keys, the form with and without JavaScript, axe."""

import datetime as dt

import pytest
from django.urls import reverse

from mejora.frameworks.models import Area, Term, TermKind
from mejora.network import access
from mejora.network.enums import Role
from mejora.plans.drafts import ActionDraft, MilestoneDraft, RequirementDraft
from mejora.plans.models import Action
from mejora.plans.operations import actions, annual, strategic
from mejora.plans.operations import plan as plans
from tests.browser.conftest import DESK, PHONE
from tests.factories import MembershipFactory, SchoolFactory
from tests.factories.people import PASSWORD


@pytest.fixture
def school(today):
    """A director with a plan of two objectives and six actions."""
    place = SchoolFactory(name="Escuela Los Boldos")
    user = MembershipFactory(role=Role.DIRECTOR, place=place).user
    by = access.actor_for(user)
    year = plans.start(place, by=by, start_year=2026, vision="Ver", mission="Hacer")
    seal = strategic.add_seal(year.plan, by=by, name="Aprendemos juntos")
    edition = year.plan.edition
    sep = Term.objects.get(edition=edition, kind=TermKind.FUNDING, code="SEP")
    for n, code in enumerate(("GP", "CE")):
        objective = strategic.add_objective(
            year.plan, by=by, text=f"Fortalecer la lectura {n}", seals=[seal]
        )
        strategy = annual.add_strategy(year, by=by, objective=objective, text=f"Camino {n}")
        annual.add_indicator(strategy, by=by, name="Cursos", baseline=2, target=8)
        for m in range(3):
            draft = ActionDraft(
                name=f"Acción {n}-{m}",
                area=Area.objects.get(edition=edition, code=code),
                starts_on=dt.date(2026, 3, 9),
                ends_on=dt.date(2026, 11, 27),
                strategy=strategy,
                responsible_text="Jefa de UTP",
                funding={sep: 500_000},
                milestones=[MilestoneDraft("Diagnóstico", due_on=dt.date(2026, 5, 4))],
                requirements=[RequirementDraft("Acta")],
            )
            actions.add(year, draft, by=by)
    return place, user


def address(live_server, place, name, *more):
    return live_server.url + reverse(f"plans:{name}", args=(place.code, 2026, *more))


PAGES = (
    ("detail", "?"), ("detail", "?desde=accion"), ("detail", "?desde=evidencia"),
    ("detail", "?falta=todos"), ("gantt", "?"), ("gantt", "?ver=tabla"), ("money", "?"),
    ("normative", "?"), ("stages", "?"), ("history", "?"), ("versions", "?"), ("bin", "?"),
    ("action_new", "?"), ("seal_new", "?"), ("objective_new", "?"), ("strategy_new", "?"),
    ("basis", "?"),
)  # fmt: skip


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_screen_of_the_plan_passes_axe(page, live_server, enter, scan, console, school, size):
    place, user = school
    page.set_viewport_size(size)
    enter(user, PASSWORD)

    for name, query in PAGES:
        page.goto(address(live_server, place, name) + query)
        scan(f"{name}{query}")
    page.goto(address(live_server, place, "stage", "planning"))
    scan("stage")
    page.goto(address(live_server, place, "action", Action.objects.first().uid))
    scan("action")


def test_the_chain_folds_and_opens_by_keyboard(page, live_server, enter, console, school):
    place, user = school
    page.set_viewport_size(DESK)
    enter(user, PASSWORD)
    page.goto(address(live_server, place, "detail"))
    objective = page.locator(".objective").first

    page.locator(".objective__fold > summary").first.focus()
    page.keyboard.press("-")
    assert not objective.locator(".objective__body").is_visible()
    page.keyboard.press("+")
    assert objective.locator(".objective__body").is_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert objective.locator(".act__long").first.is_visible()


def test_a_filter_swaps_the_chain_and_keeps_the_address(page, live_server, enter, console, school):
    place, user = school
    page.set_viewport_size(DESK)
    enter(user, PASSWORD)
    page.goto(address(live_server, place, "detail"))

    page.get_by_role("link", name="Desde la evidencia").click()
    page.get_by_role("columnheader", name="Medio de verificación").wait_for()

    assert "desde=evidencia" in page.url
    page.reload()
    assert page.get_by_role("columnheader", name="Medio de verificación").is_visible()


def test_an_action_is_written_without_javascript(browser, live_server, school):
    place, user = school
    context = browser.new_context(java_script_enabled=False, locale="es-CL", viewport=PHONE)
    page = context.new_page()
    page.goto(f"{live_server.url}/cuenta/entrar/")
    page.get_by_label("Correo electrónico").fill(user.email)
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()

    page.goto(address(live_server, place, "action_new"))
    page.get_by_label("Estrategia a la que sirve").select_option(label="Camino 0")
    page.get_by_label("Nombre de la acción").fill("Escrita en el teléfono")
    page.get_by_label("Fecha de inicio").fill("09-03-2026")
    page.get_by_label("Fecha de término").fill("27-11-2026")
    page.get_by_role("radio", name="Liderazgo").check()
    page.get_by_role("group", name="Hito 1").get_by_label("Hito").fill("Primero")
    page.get_by_role("button", name="Agregar otro hito").click()
    page.get_by_role("group", name="Hito 3").get_by_label("Hito").fill("Tercero")
    page.get_by_label("Subvención Escolar Preferencial (SEP)").fill("1.250.000")
    page.get_by_role("button", name="Guardar acción").last.click()

    made = Action.objects.get(name="Escrita en el teléfono")
    assert list(made.milestones.values_list("name", "weight")) == [("Primero", 50), ("Tercero", 50)]
    assert made.fundings.get().planned == 1_250_000
    context.close()
