"""A Colombian school judges itself by components and names what is critical."""

import pytest
from django.urls import reverse

from mejora.frameworks.models import Edition
from mejora.network.access import actor_for
from mejora.network.enums import OwnerKind, Role
from mejora.network.models import Country, Region
from mejora.plans.assessment import CriticalFactor, Judgement
from mejora.plans.operations import plan as plans
from tests import factories as make
from tests.browser.walking import SIZES
from tests.factories.people import PASSWORD


@pytest.fixture
def planner(monkeypatch):
    monkeypatch.setenv("MEJORA_TODAY", "2026-03-10")
    colombia = Country.objects.get(code="CO")
    region = Region.objects.get(country=colombia, code="68")
    school = make.SchoolFactory(
        country=colombia,
        commune=make.CommuneFactory(region=region, code="68991"),
        owner=make.OwnerFactory(country=colombia, kind=OwnerKind.ETC, key="etc:991"),
        office=None,
        code="168990000001",
        year__dependency="O",
    )
    found = make.MembershipFactory(role=Role.PLANNER, place=school)
    edition = Edition.objects.get(code="guia34-2026")
    plans.start(school, by=actor_for(found.user), start_year=2026, edition=edition, years=2)
    return found


@SIZES
def test_it_judges_a_component_and_names_a_critical_factor(
    size, page, enter, scan, console, live_server, planner
):
    def go(name, *more):
        page.goto(live_server.url + reverse(name, args=[planner.school.code, 2026, *more]))

    page.set_viewport_size(size)
    enter(planner.user, PASSWORD)
    go("plans:assessment")
    scan("perfil sin valorar")
    page.get_by_role("link", name="Gestión directiva y estratégica").first.click()
    scan("área sin valorar")
    first = page.locator("[data-component]").first
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        first.get_by_text("Apropiación").click()
    scan("área con un componente")
    go("plans:assessment")
    scan("perfil con un componente")

    go("plans:factor_new")
    page.get_by_label("Componente").select_option(index=1)
    page.get_by_label("Factor crítico").fill("Las metas no se revisan en el año")
    for name in ("Urgencia", "Tendencia", "Impacto"):
        page.get_by_role("group", name=name).get_by_label("4").check()
    scan("factor crítico")
    page.get_by_role("button", name="Guardar").click()
    scan("factores en orden")

    [judged] = Judgement.objects.all()
    assert judged.level.order == 3
    assert CriticalFactor.objects.get().total == 12
    words = page.inner_text("body")
    assert not [word for word in ("PME", "sostenedor", "RBD", "SLEP") if word in words]
