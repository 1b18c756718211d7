"""The instruments of `data/`: read, checked, loaded, and never changed under an answer."""

import shutil

import pytest

from mejora.participation import loader, reading
from mejora.participation.models import Answer, Instrument, Question
from mejora.participation.reader import InstrumentError, read
from tests.factories import SchoolFactory, UserFactory
from tests.factories.participation import RUBRIC, answered, begun

RUBRIC_FILE = "cl_apoyo_rubrica.toml"


@pytest.fixture
def folder(tmp_path):
    """A copy of the instruments that a test may spoil."""
    return shutil.copytree(loader.DATA, tmp_path / "data")


def spoil(folder, old, new, name=RUBRIC_FILE):
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.django_db
def test_the_guides_ask_what_the_source_asks():
    """Counted by hand in the source: 9 + 3 + 4 in Ejecución, 6 + 5 + 6 in Evaluación."""
    asked = {
        code: [len(part.lines) for part in reading.sheet(Instrument.objects.get(code=code))]
        for code in ("cl-apoyo-ejecucion", "cl-apoyo-evaluacion", RUBRIC)
    }

    assert asked == {
        "cl-apoyo-ejecucion": [9, 3, 4],
        "cl-apoyo-evaluacion": [6, 5, 6],
        RUBRIC: [1, 1, 2],
    }


@pytest.mark.django_db
def test_every_no_of_a_guide_has_a_suggestion_that_says_whose_it_is():
    for instrument in Instrument.objects.filter(kind="guide", country_code="CL"):
        for part in reading.sheet(instrument):
            for line in part.lines:
                assert bool(line.suggestion) == bool(line.choices), line.question.text
                assert not line.suggestion or line.suggestion.whose == "criterio de Mejora"


@pytest.mark.django_db
def test_each_criterion_of_the_rubric_has_three_levels_with_their_words():
    levels = [
        [(choice.value, choice.label) for choice in line.choices if choice.text]
        for part in reading.sheet(Instrument.objects.get(code=RUBRIC))
        for line in part.lines
    ]

    assert levels == [[(1, "Logro incipiente"), (2, "Medianamente Logrado"), (3, "Logrado")]] * 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "level"', 'kind = "nivel"', "dice «nivel»"),
        ('title = "Coherencia"', 'titel = "Coherencia"', "falta title"),
        ("value = 3", 'value = "3"', "falta value (int)"),
        ('code = "entre-etapas"', 'code = "en-cada-etapa"', "«en-cada-etapa» está repetido"),
        ("[[scale]]\nvalue = 3", "[[step]]\nvalue = 3", "tiene 3 niveles; la escala tiene 2"),
        ('source = "', 'origin = "', "falta source"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_with_its_reason(folder, old, new, said):
    with pytest.raises(InstrumentError) as error:
        read(spoil(folder, old, new))

    assert any(said in problem for problem in error.value.problems), error.value.problems


@pytest.mark.django_db
def test_the_same_files_again_change_nothing(folder):
    assert loader.load_all(folder) == 0


@pytest.mark.django_db
def test_new_words_are_taken_in_and_answers_stay(folder):
    response = begun(SchoolFactory(), UserFactory(), code=RUBRIC)
    answered(response, response.begun_by, value=2)

    spoil(folder, 'text = "Coherencia entre etapas"', 'text = "Coherencia entre las etapas"')

    assert loader.load_all(folder) == 1
    assert Question.objects.filter(text="Coherencia entre las etapas").exists()
    assert Answer.objects.filter(response=response).count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "entre-etapas"', 'code = "otra"'),
        ('kind = "level"', 'kind = "rating"'),
        ("value = 3", "value = 4"),
    ],
)
def test_what_was_loaded_never_comes_to_mean_something_else(folder, old, new):
    """A level asked as a rating keeps its values, and is refused all the same."""
    spoil(folder, old, new)

    with pytest.raises(InstrumentError, match="ya está cargada"):
        loader.load_all(folder)


@pytest.mark.django_db
def test_two_files_with_one_code_are_refused(folder):
    shutil.copy(folder / RUBRIC_FILE, folder / "copia.toml")

    with pytest.raises(InstrumentError, match="ya está en"):
        loader.load_all(folder)
