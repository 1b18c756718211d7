"""A director builds a plan through the pages; what is wrong is said; nothing typed is lost."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from mejora.frameworks.models import Area
from mejora.network.enums import Role
from mejora.plans import snapshots
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import (
    Action,
    Goal,
    Indicator,
    Milestone,
    Objective,
    PlanYear,
    Reading,
    Seal,
    Stage,
    Strategy,
)
from mejora.plans.operations import actions, stages, strategic
from mejora.plans.operations import plan as plans
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def url(planned, name, *more):
    return reverse(f"plans:{name}", args=(*planned.here, *more))


def action_data(planned, **more):
    """The form of an action as a browser sends it, with two milestones and one means."""
    return {
        "strategy": planned.strategy.pk,
        "name": "Aulas abiertas",
        "description": "",
        "starts_on": "09-03-2026",
        "ends_on": "27-11-2026",
        "responsible_text": "Rodrigo Cayul",
        "area": Area.objects.get(code="GP", edition=planned.plan.edition).pk,
        "money_SEP": "4.500.000",
        "hitos-TOTAL_FORMS": 3,
        "hitos-INITIAL_FORMS": 0,
        "hitos-0-name": "Diagnóstico",
        "hitos-0-due_on": "30-04-2026",
        "hitos-1-name": "Muestra final",
        "medios-TOTAL_FORMS": 1,
        "medios-INITIAL_FORMS": 0,
        "medios-0-text": "Acta",
        "medios-0-milestone": "1",
        **more,
    }


def test_a_school_without_a_plan_begins_one_and_fills_it(team, signed_in):
    client = signed_in(team.director)
    start = reverse("plans:start", args=[team.school.code])

    assert "no tiene un plan" in body(client.get(start))
    client.post(start, {"start_year": 2026, "vision": "", "mission": ""})
    here = (team.school.code, 2026)
    client.post(reverse("plans:seal_new", args=here), {"name": "Juntos", "text": ""})
    seal = Seal.objects.get()
    client.post(reverse("plans:objective_new", args=here), {"text": "Leer más", "seals": [seal.pk]})
    objective = Objective.objects.get()
    client.post(
        reverse("plans:goal_new", args=(*here, objective.uid)),
        {"text": "El 80 %", "baseline": "52,5", "target": "80", "unit": "%", "due_year": 2029},
    )
    client.post(
        reverse("plans:strategy_new", args=here),
        {"objective": objective.pk, "goal": Goal.objects.get().pk, "text": "Acompañamiento"},
    )
    strategy = Strategy.objects.get()
    client.post(
        reverse("plans:indicator_new", args=(*here, strategy.uid)),
        {"name": "Cursos", "direction": "up", "baseline": "2", "target": "8"},
    )
    client.post(
        reverse("plans:reading_new", args=(*here, Indicator.objects.get().uid)),
        {"on": "03-07-2026", "value": "4"},
    )

    assert objective.seals.get() == seal
    assert str(Goal.objects.get().baseline) == "52.50"
    assert Reading.objects.get().value == 4
    page = body(client.get(reverse("plans:detail", args=here)))
    for text in ("Juntos", "Leer más", "El 80 %", "Acompañamiento", "Cursos"):
        assert text in page
    assert client.get(start).url == reverse("plans:detail", args=here)


def test_an_action_is_written_on_one_page(planned, signed_in):
    response = signed_in(planned.director).post(url(planned, "action_new"), action_data(planned))

    action = Action.objects.get(name="Aulas abiertas")
    assert response.url == url(planned, "action", action.uid)
    assert action.number == 3
    assert [f.planned for f in action.fundings.all()] == [4_500_000]
    assert list(action.milestones.values_list("name", "weight")) == [
        ("Diagnóstico", 50),
        ("Muestra final", 50),
    ]
    assert action.requirements.get().milestone.name == "Muestra final"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Escriba el nombre de la acción."),
        (
            {"ends_on": "01-03-2026"},
            "La fecha de término debe ser igual o posterior al 09-03-2026.",
        ),
        ({"hitos-0-weight": "60", "hitos-1-weight": "60"}, "suman 120 %; deben sumar 100 %."),
        ({"money_SEP": "mucho"}, "por ejemplo 4500000"),
        ({"hitos-2-due_on": "01-05-2026"}, "Escriba el nombre del hito."),
        ({"starts_on": "ayer"}, "por ejemplo 15-06-2026"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(planned, signed_in, wrong, said):
    response = signed_in(planned.director).post(
        url(planned, "action_new"), action_data(planned, **wrong)
    )

    assert response.status_code == 422
    assert said in body(response)
    assert "Muestra final" in body(response)
    assert Action.objects.count() == 2


def test_another_row_comes_without_javascript_and_without_complaints(planned, signed_in):
    data = action_data(planned, name="", **{"mas-hitos": "1"})

    response = signed_in(planned.director).post(url(planned, "action_new"), data)

    page = body(response)
    assert response.status_code == 200
    assert 'name="hitos-3-name"' in page
    assert "Diagnóstico" in page
    assert "Escriba el nombre" not in page


class FormReader(HTMLParser):
    """What a browser would send of the page's form, untouched."""

    def __init__(self):
        super().__init__()
        self.data, self.select, self.area = {}, None, None

    def add(self, name, value):
        self.data.setdefault(name, []).append(value)

    def handle_starttag(self, tag, attributes):
        attrs = dict(attributes)
        if tag == "select":
            self.select = attrs["name"]
        elif tag == "option" and self.select and "selected" in attrs:
            self.add(self.select, attrs.get("value", ""))
        elif tag == "textarea":
            self.area = attrs["name"]
            self.add(self.area, "")
        elif tag == "input" and "name" in attrs:
            is_box = attrs.get("type") in {"checkbox", "radio"}
            if not is_box or "checked" in attrs:
                self.add(attrs["name"], attrs.get("value", "on" if is_box else ""))

    def handle_data(self, data):
        if self.area:
            self.data[self.area][-1] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None


def form_of(client, address):
    reader = FormReader()
    reader.feed(body(client.get(address)).split('class="plan-form', 1)[1])
    return reader.data


def test_opening_and_saving_an_action_changes_nothing(planned, signed_in):
    client, address = signed_in(planned.director), url(planned, "action_edit", planned.first.uid)
    before = snapshots.action(Action.objects.get(pk=planned.first.pk))

    response = client.post(address, form_of(client, address))

    assert response.status_code == 302, response.context["form"].errors
    assert snapshots.action(Action.objects.get(pk=planned.first.pk)) == before


def test_a_dropped_row_goes_to_the_bin(planned, signed_in):
    client, address = signed_in(planned.director), url(planned, "action_edit", planned.first.uid)
    data = form_of(client, address)

    client.post(address, {**data, "hitos-0-drop": "on", "hitos-1-weight": "100"})

    live = Milestone.objects.live().filter(action=planned.first)
    assert list(live.values_list("name", "weight")) == [("Hito 2", 100)]
    assert Milestone.objects.filter(action=planned.first).count() == 2


def test_two_who_write_one_goal_see_both_texts_and_decide(planned, signed_in):
    client, address = signed_in(planned.planner), url(planned, "goal_edit", planned.goal.uid)
    strategic.change_goal(planned.goal, by=planned.director, revision=0, text="Lo de la directora")

    response = client.post(address, {"text": "Lo del encargado", "revision": "0"})

    page = body(response)
    assert response.status_code == 409
    assert planned.director.user.name in page
    assert "Lo de la directora" in page
    assert "Lo del encargado" in page
    assert Goal.objects.get().text == "Lo de la directora"

    revision = re.search(r'name="revision" value="(\d+)"', page).group(1)
    client.post(address, {"text": "Lo del encargado", "revision": revision})
    assert Goal.objects.get().text == "Lo del encargado"


def test_leaving_the_others_text_writes_nothing(planned, signed_in):
    client, address = signed_in(planned.planner), url(planned, "goal_edit", planned.goal.uid)
    strategic.change_goal(planned.goal, by=planned.director, revision=0, text="Lo de la directora")

    client.post(address, {"text": "Lo mío", "revision": "1", "decide": "theirs"})

    assert Goal.objects.get().text == "Lo de la directora"


def test_two_who_write_one_action_lose_nothing(planned, draft, signed_in):
    client, address = signed_in(planned.planner), url(planned, "action_edit", planned.first.uid)
    data = form_of(client, address)
    actions.change(
        planned.first,
        draft(planned.strategy, name="De la directora"),
        by=planned.director,
        revision=0,
    )

    response = client.post(address, {**data, "name": "Del encargado"})

    assert response.status_code == 409
    assert "De la directora" in body(response)
    assert "Del encargado" in body(response)
    assert Action.objects.get(pk=planned.first.pk).name == "De la directora"


def test_keeping_ones_own_brings_back_the_row_that_the_other_took_out(planned, draft, signed_in):
    client, address = signed_in(planned.planner), url(planned, "action_edit", planned.first.uid)
    data = form_of(client, address)
    without = draft(planned.strategy, milestones=0)
    actions.change(planned.first, without, by=planned.director, revision=0)

    again = client.post(address, data)
    client.post(address, {**data, "revision": again.context["form"]["revision"].value()})

    live = Milestone.objects.live().filter(action=planned.first)
    assert list(live.values_list("name", flat=True)) == ["Hito 1", "Hito 2"]
    assert Milestone.objects.filter(action=planned.first).count() == 2


def test_after_approval_the_form_asks_why(approved, signed_in):
    client, address = signed_in(approved.director), url(approved, "action_edit", approved.first.uid)
    data = form_of(client, address)

    refused = client.post(address, {**data, "name": "Cambiada"})
    assert "escriba por qué cambia la acción" in body(refused)
    client.post(address, {**data, "name": "Cambiada", "reason": "Cambió el horario"})

    assert Action.objects.get(pk=approved.first.pk).name == "Cambiada"


def test_a_stage_goes_to_the_owner_and_back_through_the_page(planned, signed_in):
    director, owner = signed_in(planned.director), signed_in(planned.owner)
    address = url(planned, "stage", StageKind.STRATEGIC)

    assert "Enviar al sostenedor" in body(director.get(address))
    director.post(address, {"mover": "enviar"})
    assert "Retirar el envío" in body(director.get(address))
    without = owner.post(address, {"mover": "devolver", "comment": ""})
    assert "Escriba qué debe corregir la escuela." in body(without)
    owner.post(address, {"mover": "devolver", "comment": "Falta el cómo"})
    assert "Falta el cómo" in body(director.get(address))
    director.post(address, {"mover": "enviar"})
    owner.post(address, {"mover": "aprobar"})

    assert Stage.objects.get(kind=StageKind.STRATEGIC).status == StageStatus.APPROVED
    assert PlanYear.objects.get().version_no == 4


def test_what_is_missing_leads_to_where_it_is_written(planned, signed_in):
    client = signed_in(planned.director)
    strategic.add_objective(planned.plan, by=planned.director, text="Sin meta todavía")

    page = body(client.get(url(planned, "stage", StageKind.STRATEGIC)))

    objective = Objective.objects.get(text="Sin meta todavía")
    assert url(planned, "goal_new", objective.uid) in page
    assert "Falta 1 dato" in page
    strong = re.findall(r'<(?:a|button) class="govuk-button"[^>]*>', page)
    first = [tag for tag in strong if url(planned, "goal_new", objective.uid) in tag]
    assert len(first) == 1  # the thing to do first is the strong button; sending is not open yet
    assert not any("enviar" in tag for tag in strong)


@pytest.mark.parametrize("move", ["enviar", "retirar", "aprobar", "devolver", "borrar", ""])
def test_a_move_that_is_not_open_is_refused_on_the_page(approved, signed_in, move):
    response = signed_in(approved.director).post(
        url(approved, "stage", StageKind.PLANNING), {"mover": move, "comment": "x"}
    )

    assert response.status_code == 422
    assert approved.year.stages.get(kind=StageKind.PLANNING).status == StageStatus.APPROVED


def test_the_next_year_is_opened_from_the_stages_page(approved, signed_in):
    client = signed_in(approved.director)
    assert "Abrir el año siguiente" in body(client.get(url(approved, "stages")))

    client.post(url(approved, "open_year"))

    assert PlanYear.objects.filter(year=2027).exists()
    page = client.get(reverse("plans:stage", args=(approved.school.code, 2027, "strategic")))
    assert "Aprobada el" in body(page)


def test_things_of_another_school_are_not_found_under_ones_own_plan(planned, signed_in, actor):
    school = SchoolFactory()
    by = actor(Role.DIRECTOR, school)
    plans.start(school, by=by, start_year=2026)
    client = signed_in(by)

    for name, thing in (
        ("seal_edit", planned.seal),
        ("objective_edit", planned.objective),
        ("goal_edit", planned.goal),
        ("strategy_edit", planned.strategy),
        ("indicator_edit", planned.indicator),
        ("action_edit", planned.first),
        ("action", planned.first),
    ):
        address = reverse(f"plans:{name}", args=(school.code, 2026, thing.uid))
        assert client.get(address).status_code == 404, name


def test_text_of_people_is_never_markup(planned, signed_in):
    strategic.change_seal(
        planned.seal, by=planned.director, revision=0, name="<script>alert(1)</script>"
    )
    stages.send_strategic(planned.year, by=planned.director)
    client = signed_in(planned.director)

    for name, more in (("detail", ()), ("history", ()), ("version", (1,))):
        page = body(client.get(url(planned, name, *more)))
        assert "<script>alert" not in page, name
        assert "&lt;script&gt;alert" in page, name
