"""A backup brings everything back, is refused when damaged, and never gets in the way."""

import gzip
import io
import json
import os
import shutil
import tarfile
import threading
from dataclasses import replace

import pytest
from django.db import connection

from mejora.keeping import archive, locking, restore
from mejora.keeping import backup as backups
from mejora.keeping.archive import BackupError
from mejora.plans.models import Change, Plan
from mejora.plans.operations import strategic
from tests.factories import MembershipFactory
from tests.keeping.conftest import carried_school
from tests.keeping.installation import Installation


@pytest.fixture
def install(tmp_path):
    made = []

    def make(name, like=None):
        made.append(Installation(tmp_path / name, like))
        return made[-1]

    yield make
    for installation in made:
        installation.drop()


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """An installation with a school at work, and its backup. Tests only read them."""
    folder = tmp_path_factory.mktemp("filled")
    installation = Installation(folder / "data")
    installation.fill()
    done = installation.run("backup", folder / "all.mejora")
    assert done.returncode == 0, done.stderr
    yield installation, folder / "all.mejora", done
    installation.drop()


def rewritten(source, target, *, manifest=None, table=None):
    """The same backup with something else in it and a checksum that fits."""
    with archive.reading(source) as (said, tar):
        changed = replace(said, **(manifest or {}))
        with archive.writing(target, changed) as writer:
            for name in said.parts:
                content = archive.part(tar, name).read()
                if table and name == f"tables/{table[0]}.jsonl.gz":
                    content = gzip.compress(table[1](gzip.decompress(content)))
                writer.add_bytes(name, content)
    return target


def test_a_wiped_installation_comes_back_row_by_row_and_file_by_file(filled, install):
    before, file, _ = filled
    after = install("wiped")

    done = after.run("restore", file)

    assert done.returncode == 0, done.stderr
    assert after.rows() == before.rows()
    assert after.files() == before.files()
    assert len(after.files()) == 1
    assert after.key() == before.key()
    sound = after.run("check")
    assert sound.returncode == 0, sound.stdout
    assert [p.name for p in after.folder.iterdir() if "restaur" in p.name] == []


GO_ON = """
from tests import factories
for made in ("Commune", "Owner", "School", "User"):
    getattr(factories, f"{made}Factory").reset_sequence(500)
from tests.keeping.conftest import carried_school
carried_school()
"""


def test_work_goes_on_after_a_restore(filled, install):
    """New rows get keys of their own, although the old ones came with theirs."""
    _, file, _ = filled
    after = install("going-on")
    after.run("restore", file)

    after.python(GO_ON)

    assert after.run("check").returncode == 0


def test_the_backup_is_private_and_says_what_it_holds(filled):
    _, file, done = filled

    assert file.stat().st_mode & 0o777 == 0o600
    assert "1 archivo" in done.stdout
    assert "guárdelo en un lugar seguro" in done.stdout
    with tarfile.open(file) as tar:  # any tar program opens it
        manifest = json.load(tar.extractfile("manifest.json"))
    assert manifest["format"] == archive.FORMAT
    assert manifest["rows"]["plans_action"] == 2
    assert manifest["warnings"] == []


def test_a_backup_is_never_written_over_another(filled):
    installation, file, _ = filled
    before = file.read_bytes()

    done = installation.run("backup", file)

    assert done.returncode == 3
    assert "ya existe" in done.stderr
    assert file.read_bytes() == before


def test_no_half_backup_is_left_where_writing_fails(filled, tmp_path):
    manifest = archive.Manifest("1", "sqlite", "2026-11-20T10:00:00+00:00", [], False)

    with pytest.raises(FileNotFoundError), archive.writing(tmp_path / "x.mejora", manifest) as w:
        w.add("secret_key", (tmp_path / "gone").open("rb"), 1)

    assert list(tmp_path.iterdir()) == []


def read_whole(path):
    with archive.reading(path) as (manifest, tar):
        for name in manifest.parts:
            archive.part(tar, name).read()


def test_any_damaged_byte_is_refused(filled, tmp_path):
    _, file, _ = filled
    whole = file.read_bytes()
    read_whole(file)
    places = {0, 1, 257, 512, 513, *range(0, len(whole), len(whole) // 97)}
    places |= {len(whole) - n for n in (1, 2, 30, 65, 66, archive.TRAILER, archive.TRAILER + 1)}
    damaged = tmp_path / "damaged.mejora"

    for place in sorted(places):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupError):
            read_whole(damaged)


def test_a_cut_or_lengthened_file_is_refused(filled, tmp_path):
    _, file, _ = filled
    whole = file.read_bytes()
    other = tmp_path / "other.mejora"

    for content in (
        b"",
        whole[:10],
        whole[: len(whole) // 2],
        whole[:-1],
        whole + b"\n",
        b"x" * 200,
    ):
        other.write_bytes(content)
        with pytest.raises(BackupError, match="dañado"):
            read_whole(other)


def test_a_damaged_backup_changes_nothing_and_says_so(filled, install, tmp_path):
    _, file, _ = filled
    damaged = tmp_path / "damaged.mejora"
    content = bytearray(file.read_bytes())
    content[5000] ^= 1
    damaged.write_bytes(content)
    fresh = install("fresh")

    done = fresh.run("restore", damaged)

    assert done.returncode == 3
    assert "está dañado" in done.stderr
    assert not (fresh.folder / "files").exists()


def test_a_backup_of_a_newer_mejora_is_refused(filled, tmp_path):
    _, file, _ = filled
    newer = rewritten(file, tmp_path / "format.mejora", manifest={"format": archive.FORMAT + 1})
    with pytest.raises(BackupError, match="versión más nueva"):
        restore.restore(newer, replace=True)


@pytest.mark.django_db
def test_a_backup_with_unknown_migrations_is_refused(filled, tmp_path):
    _, file, _ = filled
    unknown = rewritten(
        file, tmp_path / "migrations.mejora", manifest={"migrations": [["plans", "0999_tomorrow"]]}
    )

    with pytest.raises(BackupError, match=r"plans\.0999_tomorrow"):
        restore.restore(unknown, replace=True)


def test_an_installation_with_data_is_replaced_only_when_told_and_kept_aside(filled, install):
    before, file, _ = filled
    other = install("other", like=before)
    other.python("from mejora.plans.models import Plan; Plan.objects.update(vision='Otra')")
    (other.folder / "secret_key").write_text("otra clave")
    rows, key = other.rows(), other.key()
    assert rows != before.rows()

    refused = other.run("restore", file)

    assert refused.returncode == 3
    assert "--replace" in refused.stderr
    assert (other.rows(), other.key()) == (rows, key)

    done = other.run("restore", file, "--replace")

    assert done.returncode == 0, done.stderr
    assert other.rows() == before.rows()
    assert other.files() == before.files()
    aside = next(p for p in other.folder.iterdir() if p.name.startswith("antes-de-restaurar"))
    assert (aside / "secret_key").read_text() == key
    assert str(aside) in done.stdout
    assert len(list((aside / "files").rglob("*"))) == 2


def test_rows_that_do_not_fit_together_change_nothing(filled, install, tmp_path):
    """The checksum fits, the content does not: found at the very end, and all is as before."""
    original, file, _ = filled
    other = install("unfit", like=original)
    rows, files, key = other.rows(), other.files(), other.key()

    def without_schools(content):
        return content.split(b"\n", 1)[0] + b"\n"

    unfit = rewritten(
        file,
        tmp_path / "unfit.mejora",
        table=("network_school", without_schools),
        manifest={"rows": {**_rows_of(file), "network_school": 0}},
    )
    done = other.run("restore", unfit, "--replace")

    assert done.returncode == 3
    assert "no se cambió nada" in done.stderr
    assert (other.rows(), other.files(), other.key()) == (rows, files, key)
    assert [p.name for p in other.folder.iterdir() if "restaur" in p.name] == []


def _rows_of(file):
    with archive.reading(file) as (manifest, _):
        return manifest.rows


def test_a_table_with_a_row_too_few_changes_nothing(filled, install, tmp_path):
    _, file, _ = filled
    short = rewritten(
        file, tmp_path / "short.mejora",
        table=("network_communealias", lambda c: c.rsplit(b"\n", 2)[0] + b"\n"),
    )  # fmt: skip

    done = install("short").run("restore", short)

    assert done.returncode == 3
    assert "se esperaban" in done.stderr


def test_nothing_is_restored_under_a_running_mejora(filled, install):
    _, file, _ = filled
    busy = install("busy")
    busy.run("prepare")

    with locking.holding(busy.folder, alone=False):
        done = busy.run("restore", file)

    assert done.returncode == 3
    assert "está en marcha" in done.stderr


# The tables as they were when the network had its first migration only, with the rows of `rows`
# that fit; then that version's backup.
OLDER = """
import json
from pathlib import Path
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from mejora.core import birth
from mejora.keeping import backup, restore
executor = MigrationExecutor(connection)
graph = executor.loader.graph
first = ("network", "0001_initial")
later = next(n.key for n in graph.node_map[first].children if n.key[0] == "network")
targets = restore._newest(executor, set(graph.nodes) - set(graph.backwards_plan(later)))
birth.create(targets)
backup.apps = executor.loader.project_state(targets).apps
rows = json.loads(Path({rows!r}).read_text())
with transaction.atomic(), connection.cursor() as cursor:
    for model in backup.apps.get_models(include_auto_created=True):
        columns = {{field.column for field in model._meta.local_concrete_fields}}
        for row in map(json.loads, rows.get(model._meta.db_table, [])):
            kept = {{name: value for name, value in row.items() if name in columns}}
            names = ", ".join(map(connection.ops.quote_name, kept))
            marks = ", ".join(["%s"] * len(kept))
            cursor.execute(
                f'INSERT INTO "{{model._meta.db_table}}" ({{names}}) VALUES ({{marks}})'
                " ON CONFLICT DO NOTHING",
                [json.dumps(v) if isinstance(v, dict | list) else v for v in kept.values()],
            )
backup.backup(Path({path!r}))
"""


def test_a_backup_of_an_older_version_is_brought_up_to_date(filled, install, tmp_path):
    old, new = install("old"), install("new")
    rows = filled[0].rows()
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    old.folder.mkdir()
    shutil.copytree(filled[0].folder / "files", old.folder / "files")
    path = str(tmp_path / "old.mejora")
    old.python(OLDER.format(path=path, rows=str(tmp_path / "rows.json")))
    with archive.reading(tmp_path / "old.mejora") as (manifest, _):
        assert "network_invitation" not in manifest.rows

    done = new.run("restore", tmp_path / "old.mejora")

    assert done.returncode == 0, done.stderr
    assert new.rows()["plans_action"] == rows["plans_action"]
    assert new.rows()["network_invitation"] == []
    assert new.run("check").returncode == 0


@pytest.mark.django_db(transaction=True)
def test_a_backup_taken_while_people_save_is_of_one_moment(today, private_files, tmp_path):
    """Each saving writes a seal and its record: a backup never has one without the other, and
    nobody's saving fails because of it."""
    year = carried_school()
    director = MembershipFactory._meta.model.objects.filter(role="director").get().user
    from mejora.network import access

    stop, errors, saved = threading.Event(), [], []
    reopen(year)

    def save_on():
        try:
            actor = access.actor_for(director)
            while not stop.is_set():
                seal = strategic.add_seal(Plan.objects.get(), by=actor, name=f"Sello {len(saved)}")
                saved.append(seal.pk)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=save_on)
    thread.start()
    try:
        for n in range(3):
            while len(saved) < 3 * n + 1 and not errors:
                pass
            backups.backup(tmp_path / f"{n}.mejora")
    finally:
        stop.set()
        thread.join()

    assert errors == []
    counts = [count_seals(tmp_path / f"{n}.mejora") for n in range(3)]
    assert all(seals == recorded for seals, recorded in counts)
    assert counts[0][0] < counts[2][0]


def reopen(year):
    """The strategic stage open again, so that seals can be written."""
    from mejora.plans.models import Stage

    Stage.objects.filter(plan_year=year, kind="strategic").update(
        status="partial", sent_at=None, sent_by=None, decided_at=None, decided_by=None
    )
    assert Change.objects.exists()


def count_seals(path):
    with archive.reading(path) as (_, tar):
        seals = lines(tar, "plans_seal")
        changes = [c for c in lines(tar, "plans_change") if "seal" in c]
    return len(seals), len(changes)


def lines(tar, table):
    content = archive.part(tar, f"tables/{table}.jsonl.gz").read()
    return [json.loads(line) for line in gzip.open(io.BytesIO(content))][1:]


@pytest.mark.django_db
def test_a_missing_file_is_told_and_the_rest_is_saved(today, private_files, tmp_path):
    carried_school()
    path = next(p for p in private_files.rglob("*") if p.is_file())
    path.unlink()

    manifest = backups.backup(tmp_path / "x.mejora")

    assert len(manifest.warnings) == 1
    assert "Archivo que falta en el disco" in manifest.warnings[0]
    read_whole(tmp_path / "x.mejora")


@pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="necesita PostgreSQL")
def test_a_backup_of_postgresql_is_restored_in_sqlite(filled, install, monkeypatch):
    _, file, _ = filled
    monkeypatch.delenv("DATABASE_URL")
    small = install("sqlite")

    assert small.run("restore", file).returncode == 0
    assert small.run("check").returncode == 0
    again = small.folder / "again.mejora"
    assert small.run("backup", again).returncode == 0
    with archive.reading(file) as (one, _), archive.reading(again) as (two, _):
        assert one.parts == two.parts
