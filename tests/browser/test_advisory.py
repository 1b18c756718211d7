"""A consultant hands over a product that Mejora made; the director returns it, then accepts it."""

import datetime as dt

import pytest
from django.urls import reverse

from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.network.models import Membership
from mejora.support.deliverables import Deliverable
from mejora.support.operations import deliverables
from mejora.support.program import program
from tests.browser.walking import SIZES, leave
from tests.factories import ActionFactory, MembershipFactory
from tests.factories.monitoring import implementing_year
from tests.factories.network import YEAR
from tests.factories.people import PASSWORD


@pytest.fixture
def product(today):
    year = implementing_year()
    ActionFactory(plan_year=year)
    lead = MembershipFactory(role=Role.ADVISER, place=year.school)
    owner = MembershipFactory(role=Role.OWNER, place=year.school.owner)
    MembershipFactory(role=Role.DIRECTOR, place=year.school)
    fields = {
        "name": "Asesoría PME, Aula Abierta",
        "year": YEAR,
        "approach": "direct",
        "starts_on": dt.date(YEAR, 4, 1),
        "ends_on": dt.date(YEAR, 11, 30),
        "lead": lead,
        "hours": program().hours,
    }
    plan = deliverables.begin(year.school.owner, fields, year.school, by=actor_for(owner.user))
    return plan.deliverables.get(code="borrador")


@SIZES
def test_a_product_goes_from_hand_to_hand(size, page, enter, scan, console, live_server, product):
    consultant = product.plan.lead.user
    [place] = product.plan.places.all()
    director = Membership.objects.get(school=place.school, role=Role.DIRECTOR).user
    here = f"{live_server.url}{reverse('support:deliverable', args=[product.uid])}"
    page.set_viewport_size(size)
    enter(consultant, PASSWORD)
    page.goto(f"{live_server.url}{reverse('support:deliverables', args=[product.plan.uid])}")
    scan("productos de la asesoría")
    page.goto(here)
    page.get_by_role("button", name="PME en PDF").click()
    page.get_by_text("adjunto tal como está hoy").wait_for()
    page.get_by_role("button", name="Entregar a la escuela").click()
    page.get_by_text("Entregado. La escuela ya lo ve.").wait_for()
    scan("producto entregado")

    leave(page)
    enter(director, PASSWORD)
    page.goto(f"{live_server.url}/avisos/")
    scan("avisos")
    page.get_by_role("button", name="entregó").click()
    page.get_by_label("Qué falta").fill("Falta el presupuesto SEP")
    page.get_by_role("button", name="Devolver con lo que falta").click()
    page.get_by_text("Producto devuelto a quien asesora.").wait_for()
    page.get_by_role("button", name="Deshacer").click()
    page.get_by_role("button", name="Aceptar el producto").click()
    page.get_by_text("Producto aceptado.").wait_for()
    scan("producto aceptado")

    assert Deliverable.objects.get(pk=product.pk).status == "accepted"
