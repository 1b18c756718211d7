"""Finding schools and owners: by whom, how quickly, what each page says."""

import pytest
from django.urls import reverse

from mejora.network.enums import Operating, OwnerKind, Role
from mejora.network.models import Commune, Country, SchoolYear
from mejora.plans.enums import StageKind, StageStatus
from tests.factories import OwnerFactory, PlanYearFactory, SchoolFactory, SchoolYearFactory

pytestmark = pytest.mark.django_db
LIST = reverse("network:school_list")


def country():
    return Country.objects.get(code="CL")


@pytest.fixture
def analyst(actor, signed_in):
    return signed_in(actor(Role.ANALYST, country()))


def listed(client, query="", url=LIST):
    response = client.get(f"{url}?{query}")
    assert response.status_code == 200
    return [row.school.name for row in response.context["rows"]]


def school(name, **fields):
    from mejora.network import naming

    made = SchoolFactory(name=name, **fields)
    made.search_text = naming.search_text(made.code, name, made.commune.name, made.owner.name)
    made.save()
    return made


def test_each_sees_the_schools_of_their_place(actor, signed_in):
    owner = OwnerFactory()
    mine, other = school("Mía", owner=owner), school("Ajena")

    assert listed(signed_in(actor(Role.OWNER, owner))) == ["Mía"]
    assert listed(signed_in(actor(Role.DIRECTOR, other))) == ["Ajena"]
    assert listed(signed_in(actor(Role.ANALYST, country()))) == ["Ajena", "Mía"]
    assert listed(signed_in(actor(Role.SUPERVISOR, mine.commune.region))) == ["Ajena", "Mía"]


def test_the_place_in_the_header_is_the_one_of_the_list(actor, signed_in):
    from tests.factories import MembershipFactory

    one, two = school("Una"), school("Dos")
    someone = actor(Role.DIRECTOR, one)
    MembershipFactory(user=someone.user, role=Role.PLANNER, place=two)

    assert listed(signed_in(someone)) == ["Una"]


@pytest.mark.parametrize(
    "query", ["q=gabriela", "q=GABRIELÁ+mistral", "q=mistral+gab", "q=95.001", "q=95001-9"]
)
def test_a_school_is_found_by_name_or_rbd_whatever_accents_and_case(analyst, query):
    school("Escuela Gabriela Mistral", code="95001")
    school("Liceo Otro")

    assert listed(analyst, query) == ["Escuela Gabriela Mistral"]


def test_a_number_finds_the_rbd_and_the_names_that_have_it_as_a_word(analyst):
    school("Escuela Nº 58", code="95158")
    school("Sin número", code="58")
    school("Otra", code="5800")

    assert sorted(listed(analyst, "q=58")) == ["Escuela Nº 58", "Sin número"]


def test_a_school_is_found_by_commune_and_by_owner(analyst):
    slep = OwnerFactory(name="SLEP Los Ciruelos")
    arica = Commune.objects.get(code="15101")
    school("A", owner=slep)
    school("B", commune=arica)

    assert listed(analyst, "q=ciruelos") == ["A"]
    assert listed(analyst, "q=arica") == ["B"]
    assert listed(analyst, f"sostenedor={slep.key}") == ["A"]
    assert listed(analyst, "region=15") == ["B"]
    assert listed(analyst, "comuna=15101") == ["B"]
    assert listed(analyst, "comuna=15102") == []


def test_filters_by_dependency_operating_and_stage(analyst, today):
    open_, closed = school("Abierta"), school("Cerrada")
    SchoolYear.objects.filter(school=open_).update(dependency="2")
    SchoolYear.objects.filter(school=closed).update(operating=Operating.CLOSED)
    plan_year = PlanYearFactory(plan__school=open_, year=2026)
    type(plan_year).objects.filter(pk=plan_year.pk).update(
        stage_now=StageKind.PLANNING, status_now=StageStatus.SENT
    )

    assert listed(analyst) == ["Abierta"]
    assert listed(analyst, "estado=cerrado") == ["Cerrada"]
    assert listed(analyst, "estado=todos") == ["Abierta", "Cerrada"]
    assert listed(analyst, "dependencia=2") == ["Abierta"]
    assert listed(analyst, "dependencia=6") == []
    assert listed(analyst, "etapa=planning") == ["Abierta"]
    assert listed(analyst, "etapa=sin-plan&estado=todos") == ["Cerrada"]


def test_the_present_year_counts_and_not_an_older_one(analyst):
    found = school("Abierta")
    SchoolYearFactory(school=found, year=2017, operating=Operating.CLOSED, enrolment=9)

    assert listed(analyst) == ["Abierta"]
    assert listed(analyst, "estado=cerrado") == []


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("nombre", ["Alerce", "Boldo", "Canelo"]),
        ("-nombre", ["Canelo", "Boldo", "Alerce"]),
        ("rbd", ["Canelo", "Boldo", "Alerce"]),
        ("matricula", ["Boldo", "Canelo", "Alerce"]),
        ("-matricula", ["Canelo", "Boldo", "Alerce"]),
        ("sin sentido", ["Alerce", "Boldo", "Canelo"]),
    ],
)
def test_the_order_is_in_the_address_and_unknown_pupils_come_last(analyst, order, names):
    pupils = {"Alerce": None, "Boldo": 10, "Canelo": 900}
    for name, code in (("Alerce", "10001"), ("Boldo", "901"), ("Canelo", "9")):
        SchoolYear.objects.filter(school=school(name, code=code)).update(enrolment=pupils[name])

    assert listed(analyst, f"orden={order}") == names


def test_the_list_is_paged_and_a_page_too_far_is_the_last(analyst):
    for number in range(31):
        school(f"Escuela {number:02}")

    assert len(listed(analyst)) == 30
    assert listed(analyst, "pagina=2") == ["Escuela 30"]
    assert listed(analyst, "pagina=99") == ["Escuela 30"]
    assert listed(analyst, "pagina=x&region=99&estado=nada")[0] == "Escuela 00"


@pytest.mark.parametrize("query", ["", "region=13", "comuna=13101", "q=escuela&orden=-matricula"])
def test_the_queries_do_not_grow_with_the_list(analyst, django_assert_max_num_queries, query):
    commune = Commune.objects.get(code="13101")
    for number in range(35):
        PlanYearFactory(plan__school=school(f"Escuela {number}", commune=commune))

    with django_assert_max_num_queries(8):
        assert len(listed(analyst, query)) == 30


def test_the_page_of_a_school_tells_its_years_owners_and_plans(analyst):
    slep, town = OwnerFactory(name="SLEP Nuevo"), OwnerFactory(kind=OwnerKind.DAEM, name="Muni")
    found = school("Escuela Larga", owner=slep)
    for year, owner in ((2025, slep), (2024, town), (2017, town)):
        SchoolYearFactory(school=found, year=year, owner=owner, enrolment=None)
    PlanYearFactory(plan__school=found, year=2026)

    response = analyst.get(reverse("network:school", args=[found.code]))
    body = response.content.decode()

    assert "Escuela Larga" in body
    spans = [(s.owner, s.first, s.last) for s in response.context["owners"]]
    assert spans == [(slep, 2025, 2026), (town, 2017, 2024)]
    assert [(p.year, p.url) for p in response.context["plans"]] == [(2026, "")]
    assert "s/i" in body


def test_the_plan_is_linked_for_those_who_may_read_it(actor, signed_in):
    found = school("Escuela")
    PlanYearFactory(plan__school=found, year=2026)

    client = signed_in(actor(Role.DIRECTOR, found))
    response = client.get(reverse("network:school", args=[found.code]))

    url = reverse("plans:detail", args=[found.code, 2026])
    assert [p.url for p in response.context["plans"]] == [url]
    assert url in response.content.decode()


def test_a_school_out_of_reach_is_not_there(actor, signed_in):
    mine, other = school("Mía"), school("Ajena")
    client = signed_in(actor(Role.DIRECTOR, mine))

    assert client.get(reverse("network:school", args=[mine.code])).status_code == 200
    assert client.get(reverse("network:school", args=[other.code])).status_code == 404


def test_owners_are_counted_on_functioning_schools(analyst):
    slep, empty = OwnerFactory(name="SLEP Uno"), OwnerFactory(name="SLEP Sin escuelas")
    school("Abierta", owner=slep)
    closed = school("Cerrada", owner=slep)
    SchoolYear.objects.filter(school=closed).update(operating=Operating.CLOSED)
    SchoolYearFactory(school=closed, year=2017, owner=slep)

    page = analyst.get(reverse("network:owner_list")).context["page"]

    assert [(o.name, o.open_count, o.pupils) for o in page] == [("SLEP Uno", 1, 300)]
    assert analyst.get(reverse("network:owner", args=[slep.key])).status_code == 200
    assert analyst.get(reverse("network:owner", args=[empty.key])).status_code == 404


def test_the_page_of_an_owner_tells_its_communes(analyst):
    slep = OwnerFactory()
    commune = Commune.objects.get(code="13101")
    school("Una", owner=slep, commune=commune)
    school("Dos", owner=slep, commune=commune)

    context = analyst.get(reverse("network:owner", args=[slep.key])).context

    assert [(c.commune, c.schools, c.pupils) for c in context["communes"]] == [("Santiago", 2, 600)]


@pytest.mark.parametrize("query", ["q=nada", "tipo=muni", "region=15"])
def test_an_owner_list_without_rows_says_so(analyst, query):
    school("Una", owner=OwnerFactory(name="SLEP Uno"))

    body = analyst.get(reverse("network:owner_list") + f"?{query}").content.decode()

    assert "Ningún sostenedor coincide" in body
