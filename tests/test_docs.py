"""What the documents point to exists: files, headings, pictures, commands, options, settings."""

import argparse
import re
import shlex
import tomllib
from pathlib import Path

import pytest

import mejora
from mejora import __main__ as command

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("*.md", "docs/**/*.md", "mejora/static/vendor/*.md")
DOCUMENTS = sorted(path for place in PLACES for path in ROOT.glob(place))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
TARGETS = re.compile(r"^([a-z]+):", re.MULTILINE)
PICTURE_LIMIT = 150_000


def of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """The anchors of the headings, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def broken_links(path: Path) -> list[str]:
    broken = []
    for found in LINK.finditer(path.read_text()):
        address = found[1] or found[2]
        if re.match(r"[a-z]+:", address):
            continue
        name, _, anchor = address.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(address)
    return broken


def words_of_commands(path: Path) -> list[list[str]]:
    """What follows `python -m mejora`, in the text between backticks and on lines of code."""
    text = path.read_text().replace("\\|", "|")
    code = re.findall(r"`{3}[a-z]*\n(.*?)`{3}", text, re.DOTALL)
    code += re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    lines = (line for block in code for line in block.splitlines())
    said = (re.search(r"python -m mejora\s+(.*)", line) for line in lines)
    return [shlex.split(found[1], comments=True) for found in said if found]


def options_of(name: str) -> set[str]:
    """Every option of a command, those of the commands below it included."""
    parsers = [command.parser()]
    options: set[str] = set()
    wanted: str | None = name
    while parsers:
        for action in parsers.pop()._actions:
            if isinstance(action, argparse._SubParsersAction):
                below = action.choices
                parsers += [below[wanted]] if wanted in below else below.values()
                wanted = None
            else:
                options.update(action.option_strings)
    return options


@pytest.mark.parametrize("path", DOCUMENTS, ids=of)
def test_every_link_inside_the_repository_leads_somewhere(path):
    assert broken_links(path) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=of)
def test_every_command_shown_exists_with_its_options(path):
    unknown = []
    for words in words_of_commands(path):
        name = words[0]
        if not re.fullmatch(r"[a-z]+", name):
            continue  # a placeholder, as in the usage that --help prints
        known = options_of(name) if name in command.COMMANDS else set()
        strange = [word for word in words if word.startswith("--") and word not in known]
        if name not in command.COMMANDS or strange:
            unknown.append(" ".join(words))
    assert unknown == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=of)
def test_every_target_of_make_shown_exists(path):
    targets = set(TARGETS.findall((ROOT / "Makefile").read_text()))
    assert set(re.findall(r"`?make ([a-z]+)`|^make ([a-z]+)$", path.read_text())) <= {
        (target, "") for target in targets
    } | {("", target) for target in targets}


def test_the_settings_in_the_guide_are_those_that_the_code_reads():
    guide = (ROOT / "docs/guia/administracion.md").read_text()
    table = guide.split("## Variables")[1].split("## ")[0]
    told = {name for row in re.findall(r"^\| (`.+?) \|", table, re.M) for name in row.split("`")}
    told = {name for name in told if re.fullmatch(r"[A-Z_]+", name)}
    read = re.findall(r"environ(?:\.get\(|\[)\"(\w+)\"", (ROOT / "mejora/settings.py").read_text())
    assert told == set(read)


def test_pictures_are_light_and_every_one_is_shown():
    shown = {
        (path.parent / (found[1] or found[2])).resolve()
        for path in DOCUMENTS
        for found in LINK.finditer(path.read_text())
    }
    for picture in (ROOT / "docs/images").iterdir():
        assert picture in shown, f"{picture.name} is shown nowhere"
        assert picture.stat().st_size <= PICTURE_LIMIT, picture.name


def test_broken_links_and_unknown_commands_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# A title\n[a](gone.md) [b](#a-title) [c](#nothing) [d](https://example.org)\n"
        "`python -m mejora backup FILE --fast`\n```\npython -m mejora fly\n```\n"
    )
    assert broken_links(page) == ["gone.md", "#nothing"]
    assert sorted(words_of_commands(page)) == [["backup", "FILE", "--fast"], ["fly"]]
    assert "--replace" in options_of("restore")
    assert "--fast" not in options_of("backup")


def test_the_version_is_the_same_wherever_it_stands():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)

    assert {mejora.VERSION, project["version"], newest and newest[1]} == {mejora.VERSION}
