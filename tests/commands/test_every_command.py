"""Every command of `python -m mejora`, as whoever administers it meets them: help, folder,
database, exit status, and one line per reason."""

import argparse
import os
import re
import subprocess
import sys

import pytest

from mejora.__main__ import COMMANDS, DONE, INPUT_REFUSED, USAGE, main, parser
from tests.factories.files import directory
from tests.keeping.installation import ROOT, Installation

DIRECTORY = directory({}, {"RBD": "91002"})
BAD_ROWS = directory({}, {"COD_DEPE": "9"}, {"RBD": "x"})
ENGLISH = re.compile(r"\b(usage|options|positional|arguments|show|help|exit|default)\b")


def subparsers(of):
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield name, sub
                yield from ((f"{name} {deep}", p) for deep, p in subparsers(sub))


EVERY = [("", parser()), *subparsers(parser())]


# Help and misuse: nothing is touched ------------------------------------------------------------


@pytest.mark.parametrize("words", [words for words, _ in EVERY])
def test_help_is_spanish_and_whole(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*words.split(), "--help"])

    said = capsys.readouterr()
    assert (ended.value.code, said.err) == (0, "")
    assert said.out.startswith("uso: python -m mejora")
    own = re.sub(r"--[a-z-]+", "", said.out)
    assert not ENGLISH.findall(own)


@pytest.mark.parametrize(("words", "found"), EVERY, ids=[words or "mejora" for words, _ in EVERY])
def test_every_word_of_every_command_is_explained(words, found):
    for action in found._actions:
        if not isinstance(action, argparse._SubParsersAction):
            assert action.help, f"{words}: {action.dest}"


MISUSED = [
    "", "nada", "up --port x", "sample x", "sample --on ayer", "import", "import directory",
    "import nada x.csv", "import directory no-existe.csv", "import directory x.csv --year x",
    "export", "export plans", "export nada --out x", "report", "report progress --year x",
    "report progress --format pdf", "user", "user add", "user add x --role director",
    "user add x --role director --place school:1", "user add a@b.cl --role rey --place school:1",
    "user add a@b.cl --role director --place luna:1", "backup", "restore", "check x", "prepare x",
]  # fmt: skip


@pytest.fixture
def prepared(monkeypatch):
    from mejora.commands import prepare

    monkeypatch.setattr(prepare, "prepare", lambda: None)


@pytest.mark.django_db
@pytest.mark.parametrize("words", MISUSED)
def test_wrong_usage_is_two_and_says_what_is_wrong_in_spanish(words, prepared, capsys):
    try:
        status = main(words.split())
    except SystemExit as ended:
        status = ended.code

    said = capsys.readouterr()
    assert (status, said.out) == (USAGE, "")
    assert said.err.strip()
    assert not ENGLISH.findall(re.sub(r"--[a-z-]+", "", said.err))


# On folders of their own: made, migrated, refused -----------------------------------------------

# What each command answers on a folder that did not exist a moment ago.
FIRST = {
    "prepare": ([], DONE),
    "check": ([], DONE),
    "export": (["schools", "--out", "{out}"], DONE),
    "report": (["progress"], INPUT_REFUSED),
    "backup": (["{out}"], DONE),
    "restore": (["{missing}"], INPUT_REFUSED),
    "user": (["add", "ana@escuela.cl", "--role", "analyst", "--place", "country:CL"], DONE),
    "import": (["directory", "{directory}"], DONE),
    "sample": (["--if-empty"], DONE),
    "up": (["--port", "{taken}"], INPUT_REFUSED),
}


@pytest.fixture
def files(tmp_path):
    import socket

    (tmp_path / "directorio.csv").write_text(DIRECTORY)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield {
            "out": tmp_path / "salida",
            "missing": tmp_path / "no-existe",
            "directory": tmp_path / "directorio.csv",
            "taken": taken.getsockname()[1],
        }


def test_every_command_is_in_the_table():
    assert set(FIRST) == set(COMMANDS)


@pytest.fixture
def brand_new(tmp_path):
    made = Installation(tmp_path / "recién" / "data")
    yield made
    made.drop()


@pytest.mark.parametrize("command", sorted(set(FIRST) - {"sample"}))
def test_on_a_new_folder_it_makes_what_it_needs(command, brand_new, files):
    words, status = FIRST[command]

    done = brand_new.run(command, *(word.format(**files) for word in words))

    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    if status == INPUT_REFUSED:
        assert done.stderr.strip()
    if command == "restore":
        return  # refused before anything is made
    assert (brand_new.folder / "secret_key").stat().st_mode & 0o077 == 0
    with brand_new.connected() as ask:
        assert ask("SELECT count(*) FROM frameworks_edition") > 0
        assert ask("SELECT count(*) FROM network_region") == 16 + 33  # Chile, Colombia
    # The database that was named is the one that was used.
    assert (brand_new.folder / "mejora.sqlite3").exists() == (not brand_new.url)


def test_each_reason_stands_on_a_line_of_its_own_and_nothing_changed(brand_new, tmp_path):
    path = tmp_path / "malo.csv"
    path.write_text(BAD_ROWS)

    done = brand_new.run("import", "directory", path)

    assert done.returncode == INPUT_REFUSED
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "Fila 3, columna COD_DEPE",
        "Fila 4, columna RBD",
    ]
    with brand_new.connected() as ask:
        assert ask("SELECT count(*) FROM network_school") == 0


WRONG_SURROUNDINGS = {
    "MEJORA_ORIGIN": "mejora.example.cl",
    "EMAIL_URL": "correo",
    "PORT": "ochenta",
    "MEJORA_TODAY": "ayer",
    "DATABASE_URL": "nada://x",
}


@pytest.mark.parametrize("name", WRONG_SURROUNDINGS)
def test_a_setting_that_means_nothing_is_named_and_is_wrong_usage(name, tmp_path):
    own = {**os.environ, "MEJORA_DATA": str(tmp_path), name: WRONG_SURROUNDINGS[name]}
    if name != "DATABASE_URL":
        own.pop("DATABASE_URL", None)
    own.pop("DJANGO_SETTINGS_MODULE", None)

    done = subprocess.run(
        [sys.executable, "-m", "mejora", "check"],
        env=own, cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert done.returncode == USAGE, done.stderr[-1000:]
    assert name in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_data_folder_that_cannot_be_made_is_said_without_a_traceback(tmp_path):
    (tmp_path / "archivo").write_text("")
    own = {**os.environ, "MEJORA_DATA": str(tmp_path / "archivo" / "data")}
    own.pop("DJANGO_SETTINGS_MODULE", None)

    done = subprocess.run(
        [sys.executable, "-m", "mejora", "check"],
        env=own, cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert done.returncode == USAGE
    assert "MEJORA_DATA" in done.stderr
    assert "Traceback" not in done.stderr
