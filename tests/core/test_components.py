import datetime as dt
import re

import pytest
from django import forms
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from mejora.core import components, notices
from mejora.core.components import Range, Step
from mejora.core.forms import CommaDecimalField, DayField, WholeNumberField
from mejora.core.icons import ICONS
from mejora.plans.enums import StageStatus


def draw(source, address="/", **context):
    request = RequestFactory().get(address)
    return Template(source).render(Context({"request": request, **context}))


def test_every_state_of_a_stage_has_a_mark_with_words():
    assert set(components.STAGE_MARKS) == set(StageStatus.values)
    for status in StageStatus:
        assert components.MARKS[components.STAGE_MARKS[status]].word in components.stage_state(
            status
        )


def test_every_mark_has_its_drawing():
    assert {mark.icon for mark in components.MARKS.values()} <= set(ICONS)


@pytest.mark.parametrize(
    ("level", "pct", "solid", "maybe"),
    [
        (Range(0, 0), None, None, None),
        (Range(1, 24), None, None, ("0", "25")),
        (Range(50, 74), None, "50", ("50", "25")),
        (Range(75, 99), None, "75", ("75", "25")),
        (Range(100, 100), None, "100", None),
        (Range(50, 74), 62, "62", None),
        (Range(1, 24), 1, "1", None),
    ],
)
def test_the_bar_is_solid_where_sure_and_hatched_where_it_may_be(level, pct, solid, maybe):
    drawn = components.level_bar(level, pct)
    sure = re.search(r'bar__solid" width="(\d+)%', drawn)
    unsure = re.search(r'bar__maybe" x="(\d+)%" width="(\d+)%', drawn)

    assert (sure and sure[1]) == solid
    assert (unsure and unsure.groups()) == maybe
    assert ("bar__tick" in drawn) is (solid == "100")


def test_an_unreported_bar_is_dashed_and_says_so():
    drawn = components.level(None)

    assert "bar--none" in drawn
    assert "bar__solid" not in drawn
    assert "Sin informar" in drawn


def test_a_glass_that_can_be_pressed_is_heard_with_name_and_level():
    drawn = components.glass(
        Range(50, 74), name="Aulas <en> terreno", href="/a/1/", label="Intermedia"
    )

    assert "Aulas &lt;en&gt; terreno: 50–74\u202f% Intermedia" in drawn
    assert 'href="/a/1/"' in drawn
    assert "step-3" in drawn


@pytest.mark.parametrize(
    ("pct", "step"), [(0, 0), (1, 1), (24, 1), (25, 2), (50, 3), (74, 3), (99, 4), (100, 5)]
)
def test_a_percentage_stands_on_its_step_of_the_scale(pct, step):
    assert components.step(pct) == step


def test_heat_tells_overdue_waiting_and_future_apart():
    assert ">s/i<" in components.heat(None)
    assert ">–<" in components.heat(None, state="future")
    assert "s/i" not in components.heat(None, state="waiting")
    assert ">0<" in components.heat(0)


def test_what_people_wrote_is_escaped_in_every_component():
    bad = "<script>"
    drawn = [
        components.mark("late", bad),
        components.initials(bad, name=True),
        components.refused_button(bad, bad, "/x/", bad),
        components.breadcrumbs([bad, "/x/", bad]),
        components.heat(3, href="/x/", name=bad),
        components.progress_bar(1, 2, bad),
        draw("{% chip t '/x/' 3 %}{% removable t '/x/' %}{% sort_link t 'n' %}", t=bad),
    ]

    assert all(bad not in piece for piece in drawn)
    assert all("&lt;script&gt;" in piece for piece in drawn)


@pytest.mark.parametrize(
    ("days", "tone"), [(-1, "mark--late"), (0, "mark--soon"), (7, "mark--soon"), (8, "quiet")]
)
def test_what_is_due_turns_warm_within_a_week(today, days, tone):
    drawn = draw("{% due on %}", on=today + dt.timedelta(days=days))

    assert tone in drawn


def test_what_is_done_is_no_longer_due(today):
    assert draw("{% due on done=True %}", on=today) == ""


def test_a_refused_button_keeps_the_focus_and_says_why():
    drawn = components.refused_button("Cerrar agosto", "Faltan 7.", "/faltan/", "Ver cuáles")

    assert 'aria-disabled="true"' in drawn
    assert " disabled" not in drawn
    assert "Faltan 7." in drawn


# The address is the state ----------------------------------------------------------------------


def test_the_pager_keeps_the_query_and_names_its_range():
    page = Paginator(range(8920), 30).get_page(2)
    drawn = draw("{% pager page noun='escuelas' %}", "/escuelas/?q=rio&orden=-nombre", page=page)

    assert "31–60 de 8.920 escuelas" in drawn
    assert 'href="?q=rio&amp;orden=-nombre&amp;pagina=3"' in drawn
    assert drawn.count('aria-current="page"') == 1


def test_a_pager_of_one_page_has_only_its_count():
    page = Paginator(range(3), 30).get_page(1)

    drawn = draw("{% pager page %}", page=page)

    assert "1–3 de 3" in drawn
    assert "href" not in drawn


def test_a_changed_filter_starts_at_the_first_page():
    drawn = draw("{% set_query estado='sin' q=None %}", "/?q=rio&pagina=4&comuna=a&comuna=b")

    assert drawn == "?comuna=a&amp;comuna=b&amp;estado=sin"


def test_a_column_pressed_again_turns_round():
    assert "?orden=nombre" in draw("{% sort_link 'Escuela' 'nombre' %}")
    assert "?orden=-nombre" in draw("{% sort_link 'Escuela' 'nombre' %}", "/?orden=nombre")
    assert "ascending" in draw("{% sort_aria 'nombre' %}", "/?orden=nombre")
    assert draw("{% sort_aria 'nombre' %}") == ""


# Fields ---------------------------------------------------------------------------------------


class Form(forms.Form):
    name = forms.CharField(
        label="Nombre",
        help_text="Diga qué se hará.",
        error_messages={"required": "Escriba el nombre de la acción."},
    )
    note = forms.CharField(label="Nota", required=False, widget=forms.Textarea)
    level = forms.ChoiceField(
        choices=[("1", "Uno")], widget=forms.RadioSelect, label="Nivel", help_text="Elija uno."
    )
    ends_on = DayField(label="Término", required=False)
    amount = WholeNumberField(label="Monto", required=False, min_value=0)
    weight = CommaDecimalField(label="Peso", required=False, min_value=0, max_value=100)


def test_a_field_ties_its_hint_and_its_error_to_its_control():
    drawn = Form({}).as_div()

    control = re.search(r'<input[^>]*name="name"[^>]*>', drawn)[0]
    described = re.search(r'aria-describedby="([^"]+)"', control)[1].split()
    assert described == ["id_name_helptext", "id_name_error"]
    assert all(f'id="{name}"' in drawn for name in described)
    assert 'aria-invalid="true"' in control
    assert "govuk-input" in control


def test_a_group_of_choices_is_described_as_a_whole():
    drawn = Form({})["level"].as_field_group()

    described = re.search(r'<fieldset[^>]*aria-describedby="([^"]+)"', drawn)[1].split()
    assert described == ["id_level_helptext", "id_level_error"]
    assert all(f'id="{name}"' in drawn for name in described)


def test_the_summary_says_the_same_words_and_leads_to_the_control():
    drawn = draw("{% include 'components/error_summary.html' with form=form only %}", form=Form({}))

    assert "Hay 2 datos por corregir" in drawn
    assert '<a href="#id_name">Escriba el nombre de la acción.</a>' in drawn
    assert 'href="#id_level"' in drawn
    assert 'id="id_level"' in str(Form({})["level"])


def test_a_form_without_errors_has_no_summary():
    assert "corregir" not in draw(
        "{% include 'components/error_summary.html' with form=form only %}", form=Form()
    )


def test_only_optional_fields_say_so():
    form = Form()

    assert "(opcional)" in form["note"].as_field_group()
    assert "(opcional)" not in form["name"].as_field_group()


@pytest.mark.parametrize("text", ["15-06-2026", "15/6/2026", " 15.06.2026 ", "2026-06-15"])
def test_a_day_is_understood_as_people_write_it(text):
    assert DayField().clean(text) == dt.date(2026, 6, 15)


@pytest.mark.parametrize("text", ["31-02-2026", "06-15-2026", "ayer"])
def test_what_is_no_day_is_refused_with_an_example(text):
    with pytest.raises(forms.ValidationError, match="por ejemplo 15-06-2026"):
        DayField().clean(text)


@pytest.mark.parametrize(
    ("text", "value"), [("4500000", 4500000), ("4.500.000", 4500000), ("$ 1.234", 1234), ("0", 0)]
)
def test_whole_pesos_may_carry_points_and_the_sign(text, value):
    assert WholeNumberField().clean(text) == value


@pytest.mark.parametrize("text", ["4,5", "4.50", "1.2345", "cuatro"])
def test_what_is_not_whole_is_refused(text):
    with pytest.raises(forms.ValidationError):
        WholeNumberField().clean(text)


@pytest.mark.parametrize(
    ("text", "value"), [("3,5", "3.5"), ("3.5", "3.5"), ("1.234,5", "1234.5"), ("1.234", "1234")]
)
def test_decimals_go_with_a_comma(text, value):
    assert str(CommaDecimalField().clean(text)) == value


@pytest.mark.parametrize("text", ["Infinity", "NaN", "3,5,1", "tres"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(forms.ValidationError, match="con coma"):
        CommaDecimalField().clean(text)


def test_a_figure_keeps_its_limits():
    form = Form({"name": "a", "level": "1", "weight": "101", "amount": "-1"})

    assert set(form.errors) == {"weight", "amount"}


# Notices and steps -------------------------------------------------------------------------------


def test_a_notice_comes_back_as_it_was_sent(rf):
    class Store(list):
        def add(self, level, message, extra_tags=""):
            self.append(Message(level, message, extra_tags))

    request = rf.get("/")
    request._messages = Store()

    notices.done(request, "Enviado.", "40 «acciones»", undo="/deshacer/")

    assert notices.read(request._messages[0]) == notices.Notice(
        "done", "Enviado.", "40 «acciones»", undo_url="/deshacer/"
    )


def test_a_plain_message_that_looks_like_data_stays_text():
    from django.contrib.messages import SUCCESS

    assert notices.read(Message(SUCCESS, '{"kind": 1}')) == notices.Notice("done", '{"kind": 1}')


def test_the_stepper_shows_time_gone_only_where_it_is_known():
    drawn = draw(
        "{% stepper steps %}",
        steps=[
            Step("Planificación", "approved"),
            Step("Implementación", "partial", word="En curso", share=70, today=True),
            Step("Evaluación", "not_started"),
        ],
    )

    assert [drawn.count(f"stepper__step--{bar}") for bar in ("full", "part", "open")] == [1, 1, 1]
    assert drawn.count("hoy") == 1
    assert 'width="70%"' in drawn


# Pages -----------------------------------------------------------------------------------------

PUBLIC = ["/componentes/", "/ayuda/", "/privacidad/", "/accesibilidad/", "/atajos/"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_open_without_signing_in(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*PUBLIC, "/cuenta/entrar/"])
def test_no_page_asks_the_strict_policy_for_an_exception(client, address):
    body = client.get(address).content.decode()

    assert " style=" not in body
    assert "<style" not in body
    assert not re.search(r"\son[a-z]+=", body)
    assert not re.search(r"<script(?![^>]*\bsrc=)", body)


@pytest.mark.django_db
def test_a_missing_page_offers_a_way_on(client):
    response = client.get("/no-existe/")

    assert response.status_code == 404
    assert "Ir al inicio" in response.content.decode()


def test_the_page_for_our_own_failures_asks_nothing_of_the_database():
    from django.template.loader import get_template

    assert "Algo falló" in get_template("500.html").render({})


def test_vendored_files_are_as_they_were_fetched():
    from tools import vendor

    assert vendor.check() == []
