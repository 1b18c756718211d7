"""The header and the navigation: every role finds its sections, and none of them is a dead end."""

import re

import pytest
from django.urls import reverse

from mejora.network import access, navigation
from mejora.network.context import Shell
from mejora.network.enums import PlaceKind, Role
from mejora.network.models import ROLE_PLACES, Country, Membership
from tests.factories import MembershipFactory, SchoolFactory
from tests.factories.plans import PlanYearFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(today):
    return PlanYearFactory(school=SchoolFactory(name="Escuela Los Maitenes")).school


def place_of(role, school):
    if role in {Role.DIRECTOR, Role.PLANNER, Role.RESPONSIBLE}:
        return school
    if ROLE_PLACES[role][-1] == PlaceKind.OWNER or role == Role.ADVISER:
        return school.owner
    return school.office if role == Role.SUPERVISOR else Country.objects.get(code="CL")


def links(html, part):
    found = re.search(rf'<ul class="{part}">(.*?)</ul>', html, re.DOTALL)
    return re.findall(r'href="([^"]+)"', found[1]) if found else []


@pytest.mark.parametrize("role", Role)
def test_every_link_of_the_shell_opens(role, school, signed_in, actor):
    client = signed_in(actor(role, place_of(role, school)))
    page = client.get(reverse("core:help")).content.decode()
    addresses = {*links(page, "navbar__list"), *links(page, "menu__list")}

    assert len(links(page, "navbar__list")) >= 2
    for address in sorted(addresses):
        assert client.get(address, follow=True).status_code == 200, address


def test_every_role_has_sections_and_every_section_a_page():
    assert set(navigation.SECTIONS) == set(Role)
    sections = {section for all_ in navigation.SECTIONS.values() for section in all_}
    lost = [s.name for s in sections if not navigation.address(s.name, "90001", 2026)]
    assert lost == []


def test_the_section_of_the_page_is_marked_and_only_that_one(school, signed_in, actor):
    client = signed_in(actor(Role.DIRECTOR, school))
    page = client.get(reverse("network:school", kwargs={"code": school.code})).content.decode()
    bar = re.search(r'<ul class="navbar__list">(.*?)</ul>', page, re.DOTALL)[1]

    assert bar.count("aria-current") == 1
    assert re.search(r'aria-current="page">Nuestra escuela', bar)


def test_the_longest_name_decides_which_section_is_current():
    names = [("monitoring:evaluation", "Evaluación"), ("monitoring:grid", "Monitoreo")]
    sections = navigation.SECTIONS[Role.DIRECTOR]

    assert [navigation.current(sections, name).label for name, _ in names] == [
        label for _, label in names
    ]
    assert navigation.current(sections, "people:account") is None


def test_a_page_that_does_not_exist_has_no_address():
    assert navigation.address("plans:never_built", "90001", 2026) == ""


def test_one_place_alone_is_no_menu(school, signed_in, actor):
    page = signed_in(actor(Role.DIRECTOR, school)).get("/ayuda/").content.decode()

    assert "Escuela Los Maitenes" in page
    assert "Cambiar de lugar" not in page


def test_the_switcher_lists_one_s_own_places_and_keeps_the_section(school, signed_in, today, rf):
    first = MembershipFactory(role=Role.DIRECTOR, place=school)
    other = MembershipFactory(
        user=first.user, role=Role.ADVISER, place=SchoolFactory().owner, to_on=today
    )
    MembershipFactory(place=SchoolFactory(name="Escuela Ajena"))
    someone = access.actor_for(first.user)
    page = signed_in(someone).get("/ayuda/").content.decode()

    assert "Cambiar de lugar" in page
    assert f"hasta {today:%d-%m-%Y}" in page
    assert "Escuela Ajena" not in page
    request = rf.get("/")
    request.actor = someone
    request.resolver_match = type("Match", (), {"view_name": "network:school", "kwargs": {}})
    nexts = {place.pk: place.next for place in Shell(request).places}
    assert nexts[first.pk] == reverse("network:school", kwargs={"code": school.code})
    assert nexts[other.pk] == reverse("network:school_list")


def test_the_year_changes_on_the_pages_of_a_plan_only(school, signed_in, actor, plan_page):
    PlanYearFactory(plan=school.plan_years.get().plan, school=school, year=2025)
    client = signed_in(actor(Role.DIRECTOR, school))

    page = client.get(plan_page(school, 2026)).content.decode()
    float_ = re.search(r'<ul class="float year__float">(.*?)</ul>', page, re.DOTALL)[1]

    assert re.findall(r'href="([^"]+)"', float_) == [
        plan_page(school, 2026),
        plan_page(school, 2025),
    ]
    assert "year__float" not in client.get("/ayuda/").content.decode()


@pytest.fixture
def plan_page():
    return lambda school, year: reverse("plans:detail", kwargs={"code": school.code, "year": year})


def test_an_ended_membership_gives_no_place(school, signed_in, today):
    ended = MembershipFactory(place=school, to_on=today.replace(year=2025, month=12))
    page = signed_in(access.actor_for(ended.user)).get("/ayuda/").content.decode()

    assert Membership.objects.filter(pk=ended.pk).exists()
    assert "navbar__list" not in page
    assert "Escuela Los Maitenes" not in page


def test_the_sample_is_marked_in_header_and_footer(school, signed_in, actor):
    someone = actor(Role.DIRECTOR, school)
    assert "Datos de ejemplo" not in signed_in(someone).get("/ayuda/").content.decode()

    school.is_sample = True
    school.save()

    page = signed_in(someone).get("/ayuda/").content.decode()
    header, footer = page.split("<main")[0], page.split('<footer class="footer">')[1]
    assert "Datos de ejemplo" in header
    assert "Datos de ejemplo" in footer


def test_the_shell_of_a_signed_in_page_asks_four_questions(
    school, signed_in, actor, django_assert_num_queries
):
    client = signed_in(actor(Role.DIRECTOR, school))

    with django_assert_num_queries(4):  # the session, the person, their memberships, what is due
        client.get("/ayuda/")
