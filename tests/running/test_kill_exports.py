"""Pulling the plug while a long file is prepared: nothing half-done, and it is taken up again.

On the database that `DATABASE_URL` names, or on SQLite, as the rest of `tests/running`.
"""

import csv
import io
import random
import time

from tests.running.serving import Browser

SEED = 20261120
ROWS = 60_000
ROUNDS = 2  # cuts; the third attempt is the last that begins by itself

ISSUES = f"""
from django.utils import timezone
from mejora.network.enums import BatchKind, BatchState
from mejora.network.models import Country, ImportBatch, ImportIssue
batch = ImportBatch.objects.create(
    kind=BatchKind.DIRECTORY, file_name="directorio.csv", state=BatchState.CHECKED,
    at=timezone.now(), country=Country.objects.get(code="CL"),
)
ImportIssue.objects.bulk_create(
    (ImportIssue(batch=batch, line=n, column="RBD", value="=1+1", code="x",
                 message="No es un RBD.", is_error=True) for n in range(2, {ROWS} + 2)),
    batch_size=5000,
)
print(batch.pk)
"""


def until(ask, wanted, seconds=90):
    """Wait for the export to say so; what it says while it does not."""
    said, deadline = None, time.monotonic() + seconds
    while time.monotonic() < deadline:
        said = ask("SELECT state FROM reports_export")
        if wanted(said):
            return said
        assert said not in {"failed", "cancelled"}, ask("SELECT message FROM reports_export")
        time.sleep(0.01)
    raise AssertionError(f"el archivo quedó en «{said}»")


def left_behind(installation):
    folder = installation.folder / ".preparando"
    return list(folder.rglob("*")) if folder.exists() else []


def test_a_cut_file_is_taken_up_again_whole_and_leaves_nothing_behind(installed):
    installation, about, server = installed
    chance = random.Random(SEED)
    batch = installation.python(ISSUES).strip()
    stored = len(installation.files())
    analyst = Browser(server.start()).sign_in(about["analyst"])
    answer = analyst.post(f"/descargar/revision/csv/?carga={batch}", {})
    assert answer.status == 302, answer.text
    page = answer.headers["Location"]

    with installation.connected() as ask:
        for _ in range(ROUNDS):
            until(ask, lambda said: said in {"running", "ready"})
            time.sleep(chance.uniform(0, 0.4))
            server.kill()
            state = ask("SELECT state FROM reports_export")
            whole = ask("SELECT count(*) FROM files_storedfile WHERE space LIKE 'export:%'")
            assert whole == (1 if state == "ready" else 0)
            assert len(installation.files()) <= stored + 1  # bytes without a row at most
            server.start()
        until(ask, lambda said: said == "ready")
        assert ask("SELECT attempt FROM reports_export") <= ROUNDS + 1

    assert "Descargar" in analyst.get(page).text
    file = analyst.get(f"{page}descargar/")
    rows = list(csv.reader(io.StringIO(file.body.decode("utf-8-sig")), delimiter=";"))
    assert (file.status, len(rows)) == (200, ROWS + 1)
    assert [rows[1][0], rows[-1][0]] == ["2", str(ROWS + 1)]
    assert left_behind(installation) == []
    status, left = server.stop()
    assert (status, left) == (0, [])
    assert installation.run("check").returncode == 0


def test_a_cancelled_file_stops_and_leaves_nothing(installed):
    installation, about, server = installed
    batch = installation.python(ISSUES).strip()
    analyst = Browser(server.start()).sign_in(about["analyst"])
    page = analyst.post(f"/descargar/revision/xlsx/?carga={batch}", {}).headers["Location"]

    with installation.connected() as ask:
        until(ask, lambda said: said == "running")
        assert analyst.post(f"{page}cancelar/", {}).status == 302
        assert ask("SELECT state FROM reports_export") == "cancelled"
        deadline = time.monotonic() + 20
        while left_behind(installation) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert left_behind(installation) == []
        assert ask("SELECT count(*) FROM files_storedfile WHERE space LIKE 'export:%'") == 0
        assert ask("SELECT state FROM reports_export") == "cancelled"
