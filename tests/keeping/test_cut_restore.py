"""A restore that is killed at any of its moves leaves what was there, whole."""

import subprocess
import sys

import pytest

from tests.keeping.installation import ROOT
from tests.keeping.test_backup import filled, install  # noqa: F401 - fixtures

RESTORE = """
import os, shutil
from pathlib import Path
moves = 0
def dying(real):
    def moved(*args):
        global moves
        moves += 1
        if moves == {at}:
            os._exit(9)
        return real(*args)
    return moved
import mejora.keeping.swapping as swapping
Path.rename, Path.replace = dying(Path.rename), dying(Path.replace)
swapping.Swap.finish = dying(swapping.Swap.finish)
from mejora.keeping import restore
try:
    restore.restore(Path({path!r}), replace=True)
finally:
    print("moves", moves)
"""


def leftovers(installation):
    return sorted(p.name for p in installation.folder.iterdir() if "restaur" in p.name)


@pytest.fixture
def other(filled, install):  # noqa: F811 - fixtures
    """An installation with work of its own, and what it holds."""
    found = install("other", like=filled[0])
    found.python("from mejora.plans.models import Plan; Plan.objects.update(vision='Otra')")
    (found.folder / "secret_key").write_text("otra clave, la de antes")
    (found.folder / "files" / "ab").mkdir(exist_ok=True)
    (found.folder / "files" / "ab" / "suyo").write_text("x")
    return found


def test_killed_at_each_move_the_next_command_finds_what_was_there(filled, other):  # noqa: F811
    rows, files, key = other.rows(), other.files(), other.key()
    deaths = 0
    for at in range(1, 20):
        died = run(other, RESTORE.format(at=at, path=str(filled[1])))
        if died.returncode == 0:
            break
        assert died.returncode == 9, died.stderr
        deaths += 1

        assert other.run("prepare").returncode == 0  # whatever comes first mends it

        if other.rows() != rows:  # PostgreSQL had committed: then all of it is the new
            assert other.url
            assert (other.rows(), other.key()) == (filled[0].rows(), filled[0].key())
            assert other.files() == filled[0].files()
            break
        assert (other.rows(), other.files(), other.key()) == (rows, files, key)
        assert leftovers(other) == []
    assert deaths >= 4


def test_killed_while_it_is_still_preparing_the_remains_go(filled, other):  # noqa: F811
    rows, key = other.rows(), other.key()
    code = f"""
import os
from pathlib import Path
from mejora.keeping import restore
restore._build = lambda *args: os._exit(9)
restore.restore(Path({str(filled[1])!r}), replace=True)
"""
    assert run(other, code).returncode == 9
    assert leftovers(other) != []

    assert other.run("check").returncode == 3  # the file that nobody names
    assert leftovers(other) == []
    assert (other.rows(), other.key()) == (rows, key)


def test_after_a_restore_the_remains_of_another_are_gone_and_the_old_is_kept(filled, other):  # noqa: F811
    assert run(other, RESTORE.format(at=2, path=str(filled[1]))).returncode == 9

    done = other.run("restore", filled[1], "--replace")

    assert done.returncode == 0, done.stderr
    assert other.rows() == filled[0].rows()
    assert [name[:18] for name in leftovers(other)] == ["antes-de-restaurar"]


def run(installation, code):
    start = "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'mejora.settings'; "
    return subprocess.run(
        [sys.executable, "-c", f"{start}django.setup()\n{code}"],
        env=installation.environment(), cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
