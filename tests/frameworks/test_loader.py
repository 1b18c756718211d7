"""Loading: all or nothing, as often as wanted, and never against what plans rely on."""

import pytest

from mejora.frameworks import catalogue, loader
from mejora.frameworks.models import Area, Edition, Label, Term
from mejora.frameworks.reader import FrameworkError
from tests.frameworks.test_reader import SOUND

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "xx.toml").write_text(SOUND, encoding="utf-8")
    yield tmp_path
    catalogue.forget()


def rewrite(folder, before, after):
    path = folder / "xx.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Edition, Area, Term, Label)]


def test_loading_twice_changes_nothing_and_asks_once(folder, django_assert_num_queries):
    assert loader.load_all(folder) == 1
    before = everything()

    with django_assert_num_queries(3):  # the savepoint around one look at the edition
        assert loader.load_all(folder) == 0

    assert everything() == before


def test_a_new_word_and_a_new_item_are_added(folder):
    loader.load_all(folder)
    rewrite(folder, '"Dimensión" }', '"Dimensión" }, { from = 2026, text = "Ámbito" }')

    assert loader.load_all(folder) == 1

    area = catalogue.of_edition(Edition.objects.get(code="prueba").pk).area_by_code("A")
    assert [area.label(y) for y in (2019, 2023, 2025, 2026)] == [
        "Área", "Área", "Dimensión", "Ámbito",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('code = "A1"', 'code = "A2"', "el área «A1» ya está cargada"),
        ('code = "todo"', 'code = "casi"', "«todo» de la tabla level ya está cargado"),
        ("min = 50", "min = 40", "«todo» de la tabla level"),
    ],
)
def test_what_plans_may_use_never_leaves_nor_changes_its_meaning(folder, before, after, said):
    loader.load_all(folder)
    rewrite(folder, before, after)
    rewrite(folder, "max = 49", "max = 39" if "40" in after else "max = 49")
    stored = everything()

    with pytest.raises(FrameworkError) as refusal:
        loader.load_all(folder)

    assert any(said in p and p.startswith("xx.toml") for p in refusal.value.problems)
    assert everything() == stored


def test_two_files_with_one_edition_are_refused(folder):
    (folder / "yy.toml").write_text(SOUND, encoding="utf-8")

    with pytest.raises(FrameworkError, match=r"yy\.toml.*ya está en xx\.toml"):
        loader.load_all(folder)


def test_one_bad_file_keeps_every_file_out(folder):
    bad = SOUND.replace('"prueba"', '"otra"').replace('parent = "A"', 'parent = "Z"')
    (folder / "yy.toml").write_text(bad, encoding="utf-8")

    with pytest.raises(FrameworkError):
        loader.load_all(folder)

    assert not Edition.objects.filter(code="prueba").exists()
