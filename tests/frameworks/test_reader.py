"""What the reader of frameworks refuses, and that it says where."""

import pytest

from mejora.frameworks.loader import DATA
from mejora.frameworks.reader import FrameworkError, read

SOUND = """
[edition]
country = "CL"
code = "prueba"
name = "Marco de prueba"
valid_from = 2020-04-07
source = "ley"
certainty = "seen"

[sources]
ley = "Una ley"

[[area]]
code = "A"
source = "ley"
certainty = "seen"
labels = [{ from = 2020, text = "Área" }, { from = 2024, text = "Dimensión" }]

[[subarea]]
code = "A1"
parent = "A"
source = "ley"
certainty = "seen"
labels = [{ from = 2020, text = "Subárea" }]

[[level]]
code = "nada"
min = 0
max = 49
source = "ley"
certainty = "seen"
labels = [{ from = 2020, text = "Nada" }]

[[level]]
code = "todo"
min = 50
max = 100
source = "ley"
certainty = "seen"
labels = [{ from = 2020, text = "Todo" }]
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "xx.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_sound_file_is_read_whole(written):
    spec = read(written(SOUND))

    assert [(a.code, a.depth, a.parent) for a in spec.areas] == [("A", 1, ""), ("A1", 2, "A")]
    assert [label.text for label in spec.areas[0].labels] == ["Área", "Dimensión"]
    assert spec.terms[1].options == {"min": 50, "max": 100}
    assert spec.areas[0].labels[0].source == "Una ley"


REFUSED = [
    ("repeated code", 'code = "A1"\nparent', 'code = "A"\nparent', "«A»: el código está repetido"),
    ("repeated term", 'code = "todo"', 'code = "nada"', "tabla level, «nada»: el código está"),
    ("no source", 'code = "A"\nsource = "ley"', 'code = "A"', "tabla area, «A»: falta la fuente"),
    ("unknown source", 'code = "A"\nsource = "ley"', 'code = "A"\nsource = "x"', "la fuente «x»"),
    ("source without words", 'ley = "Una ley"', 'ley = " "', "no dice cuál es"),
    ("broken parent", 'parent = "A"', 'parent = "B"', "depende de «B», que no está en [[area]]"),
    ("parent too deep", "[[subarea]]", "[[standard]]", "que no está en [[subarea]]"),
    ("certainty", 'certainty = "seen"\nlabels = [{ from = 2020, text = "Subárea" }]',
     'certainty = "casi"\nlabels = [{ from = 2020, text = "Subárea" }]', "certainty dice «casi»"),
    ("no label", 'labels = [{ from = 2020, text = "Subárea" }]', "", "falta la etiqueta"),
    ("empty label", 'text = "Subárea"', 'text = ""', "etiqueta de 2020: falta el texto"),
    ("a year twice", "{ from = 2024,", "{ from = 2020,", "cada uno va una vez"),
    ("gap of levels", "min = 50", "min = 60", "tabla level, «todo»: va de 60 a 100"),
    ("levels stop early", "max = 100", "max = 90", "los niveles llegan hasta 90"),
    ("unknown field", 'parent = "A"', 'padre = "A"', "no se conoce el campo «padre»"),
    ("unknown table", "[[subarea]]", "[[comarca]]", "tabla comarca: no se conoce esta tabla"),
    ("wrong type", "min = 50", 'min = "50"', "min dice «50»; se esperaba int"),
    ("no edition code", 'code = "prueba"', "", "[edition]: falta code"),
    ("not TOML", "[sources]", "[sources", "no se puede leer como TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])  # fmt: skip # noqa: E501
def test_a_broken_file_is_refused_and_says_where(written, before, after, said):
    assert before in SOUND

    with pytest.raises(FrameworkError) as refusal:
        read(written(SOUND.replace(before, after, 1)))

    assert all(problem.startswith("xx.toml") for problem in refusal.value.problems)
    assert any(said in problem for problem in refusal.value.problems), refusal.value.problems


def test_every_problem_of_a_file_is_told_at_once(written):
    broken = SOUND.replace('parent = "A"', 'parent = "B"').replace("min = 50", "min = 60")

    with pytest.raises(FrameworkError) as refusal:
        read(written(broken))

    assert len(refusal.value.problems) == 2


def test_chile_has_what_its_sources_show():
    spec = read(DATA / "cl_pme.toml")
    count = dict.fromkeys(("area", "subarea", "standard"), 0)
    for area in spec.areas:
        count[area.table] += 1
    terms = {}
    for term in spec.terms:
        terms.setdefault(term.table, []).append(term)

    assert count == {"area": 5, "subarea": 12, "standard": 58}
    assert [(t.options["min"], t.options["max"]) for t in terms["level"]] == [
        (0, 0), (1, 24), (25, 49), (50, 74), (75, 99), (100, 100),
    ]  # fmt: skip
    assert [t.code for t in terms["justification"]] == [str(n) for n in range(1, 12)]
    assert sum(t.options.get("column", "").startswith("ESTIM_") for t in terms["funding"]) == 9
    assert (
        sum(t.options.get("column", "").startswith("PLAN_") for t in terms["normative_plan"]) == 7
    )
    assert all(t.certainty == "second_hand" for t in terms["justification"])


def test_stages_and_states_have_the_codes_of_the_plans():
    from mejora.plans.enums import StageKind, StageStatus

    spec = read(DATA / "cl_pme.toml")

    assert [t.code for t in spec.terms if t.table == "stage"] == StageKind.values
    assert [t.code for t in spec.terms if t.table == "state"] == StageStatus.values
