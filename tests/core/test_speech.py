"""Sentences written with Chile's words, said as another country says them."""

import pytest

from mejora.core import here, speech
from mejora.core.here import Here
from mejora.core.speech import say, say_own
from mejora.core.spoken import marked

pytestmark = pytest.mark.django_db
COLOMBIA = Here("CO", "America/Bogota", "COP")


@pytest.fixture(autouse=True)
def fresh():
    speech.forget()
    yield
    speech.forget()


SAID = [
    ("Agregar acción", "Agregar actividad"),
    ("40 acciones atrasadas", "40 actividades atrasadas"),
    ("Enviada al sostenedor", "Enviada a la Secretaría"),
    ("Corresponde al sostenedor de la escuela.", "Corresponde a la Secretaría de la escuela."),
    ("Las escuelas de la comuna", "Las escuelas del municipio"),
    ("Todas las comunas", "Todos los municipios"),
    ("Todas las dimensiones", "Todas las áreas"),
    ("Elija la dimensión", "Elija el área"),
    ("de la dimensión", "del área"),
    ("Hitos cumplidos", "Tareas cumplidas"),
    ("El plan lo escriben la dirección y el encargado PME.",
     "El plan lo escriben la rectoría y el líder del PMI."),
    (" 4 de 5 hitos cumplidos, 1 hito atrasado.", " 4 de 5 tareas cumplidas, 1 tarea atrasada."),
    ("Falta un medio de verificación.", "Falta una evidencia esperada."),
    ("Su PME 2026", "Su PMI 2026"),
    ("Objetivo estratégico", "Objetivo"),
    ("La acción «Acción por la comuna»", "La actividad «Acción por la comuna»"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "told"), SAID, ids=[w for w, _ in SAID])
def test_a_sentence_agrees_with_its_new_words(written, told):
    with here.at(COLOMBIA):
        assert say(written) == told
        assert say(told) == told  # said twice, it stays
    assert say(written) == written  # and in Chile it is as written


UNTOUCHED = [
    '<a href="/escuelas/90012/monitoreo/?comuna=05101">',
    '<input name="comuna" id="id_comuna" class="comuna hito-late">',
    "#hito-cumplido",
]


@pytest.mark.parametrize("code", UNTOUCHED)
def test_addresses_and_attributes_are_not_sentences(code):
    with here.at(COLOMBIA):
        assert say(code) == code


def test_a_template_marks_its_text_and_leaves_variables_alone():
    source = '{% extends "a.html" %}<h1>Acción {{ action.name }}</h1>\n<p>Nada</p>'

    assert marked(source) == (
        '{% extends "a.html" %}{% said %}<h1>Acción {% endsaid %}{{ action.name }}'
        "</h1>\n<p>Nada</p>"
    )


def test_what_people_typed_stays_as_they_typed_it(rf):
    from django.template import engines

    page = engines["django"].from_string(
        '{% said %}Acción: {% endsaid %}{{ name }}, {{ n|counted:"acción,acciones" }}'
    )
    with here.at(COLOMBIA):
        shown = page.render({"name": "Acción por la comuna", "n": 2})

    assert shown == "Actividad: Acción por la comuna, 2 actividades"


def test_between_quotes_stands_a_name_but_in_a_template_a_button_of_ours():
    with here.at(COLOMBIA):
        assert say("Mover «Acción por la comuna»") == "Mover «Acción por la comuna»"
        assert say_own("Elija «Enviar al sostenedor».") == "Elija «Enviar a la Secretaría»."


@pytest.mark.parametrize("name", ["Agregar una acción del PAM", "las acciones correctivas"])
def test_what_only_sounds_like_an_action_of_the_plan_keeps_its_name(name):
    with here.at(COLOMBIA):
        assert say(name) == name
