"""Pulling the plug on the real product, at any moment: nothing half-done, nothing answered lost.

The server runs on the database that `DATABASE_URL` names (a new one in that server), or on SQLite.
"""

import io
import json
import random
import re
import subprocess
import sys
import threading
import time
from http.client import HTTPException

from PIL import Image

from tests.factories.files import directory
from tests.keeping.installation import ROOT
from tests.running.serving import Browser

ROUNDS = 3
SEED = 20261120
SCHOOLS = 1500
HTMX = {"HX-Request": "true"}

STATE = """
import json
from mejora.files.models import StoredFile
from mejora.keeping import check
from mejora.monitoring import periods
from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.plans.models import Change, Reading
changes = Change.objects.filter
print(json.dumps({
    "reports": {
        f"{r.action_id}-{periods.slug(r.period)}":
        [r.note, r.revision, changes(entity_uid=r.uid).count()]
        for r in ProgressReport.objects.select_related("period")
    },
    "readings": {r.note: changes(entity_uid=r.uid).count() for r in Reading.objects.all()},
    "evidence": {e.file.original_name: changes(entity_uid=e.uid).count()
                 for e in EvidenceUse.objects.select_related("file")},
    "loose": StoredFile.objects.filter(uses=None).count(),
    "findings": list(check.findings()),
}))
"""


def sound(installation):
    done = installation.run("check")
    assert (done.returncode, done.stdout) == (0, "La instalación está sana.\n"), done.stderr


class Hammer(threading.Thread):
    """Saves one thing after the other until the server is gone; keeps what was answered."""

    def __init__(self, browser, save):
        super().__init__(daemon=True)
        self.browser, self.save = browser, save
        self.answered, self.sent, self.problem = [], 0, None

    def run(self):
        while True:
            self.sent += 1
            try:
                answer, what = self.save(self.browser, self.sent)
            except (OSError, HTTPException):
                return
            if answer.status not in {200, 302}:
                self.problem = f"{answer.status}: {answer.text[:2000]}"
                return
            self.answered.append(what)


def report(about, place, month, name, revision):
    """Notes (and milestones) of one action in one month, one saving upon the other."""
    (pk, uid), named = about["actions"][place], about["months"][str(month)]
    key = f"{pk}-{named}"

    def save(browser, n):
        note = f"{name} {n}"
        fields = {f"a{pk}-note": note, f"a{pk}-boxes": "1"}
        if place == 0:
            fields[f"a{pk}-milestones"] = about["milestones"][: n % 3]
        seen = revision.get(key)
        if seen is not None:
            fields[f"a{pk}-revision"] = seen
        path = f"/escuelas/{about['code']}/monitoreo/2026/{named}/{uid}/"
        answer = browser.post(path, fields, **HTMX)
        found = re.search(rf'name="a{pk}-revision" value="(\d+)"', answer.text)
        if answer.status == 200:
            assert found, answer.text
            revision[key] = int(found.group(1))
        return answer, (key, note)

    return save


def reading(about, name):
    def save(browser, n):
        note = f"{name} {n}"
        indicators = f"/escuelas/{about['code']}/plan/2026/indicadores"
        path = f"{indicators}/{about['indicator']}/mediciones/nueva/"
        fields = {"on": f"{1 + n % 28:02d}-08-2026", "value": str(n), "note": note}
        answer = browser.post(path, {**fields, "revision": "0"})
        return answer, note

    return save


def photo(about, name):
    def save(browser, n):
        content = io.BytesIO()
        colour = random.Random(f"{name} {n}").randbytes(3)
        Image.new("RGB", (16, 16), tuple(colour)).save(content, "JPEG")
        path = f"/escuelas/{about['code']}/monitoreo/2026/evidencias/{about['actions'][1][1]}/"
        file = ("uploads", f"{name} {n}.jpg", content.getvalue())
        answer = browser.post(path, {"shows_people": "no", "proves": ""}, [file], **HTMX)
        return answer, file[1]

    return save


def test_a_cut_while_people_save_loses_nothing_that_was_answered(installed):
    installation, about, server = installed
    chance, answered = random.Random(SEED), {"reports": {}, "readings": [], "evidence": []}
    server.start()
    people = [Browser(server).sign_in(about["director"]) for _ in range(4)]
    seen = {}
    for round_ in range(ROUNDS):
        savers = [
            report(about, 0, 5, f"Ronda {round_} mayo", seen),
            report(about, 1, 6, f"Ronda {round_} junio", seen),
            reading(about, f"Ronda {round_} medición"),
            photo(about, f"Ronda {round_} foto"),
        ]
        hammers = [Hammer(*pair) for pair in zip(people, savers, strict=True)]
        for hammer in hammers:
            hammer.start()
        until_each_was_answered(hammers)
        time.sleep(chance.uniform(0, 0.8))
        server.kill()
        for hammer in hammers:
            hammer.join(timeout=30)
            assert hammer.problem is None
        may, june, readings, photos = hammers
        answered["reports"] |= dict(may.answered) | dict(june.answered)
        answered["readings"] += readings.answered
        answered["evidence"] += photos.answered

        state = json.loads(installation.python(STATE))
        nothing_is_lost_or_half_done(state, answered)
        seen = {key: row[1] for key, row in state["reports"].items()}
        server.start()
    assert people[0].get("/").status == 200  # who was signed in still is
    status, left = server.stop()
    assert (status, left) == (0, [])
    sound(installation)


def until_each_was_answered(hammers, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and all(h.problem is None for h in hammers):
        if all(hammer.answered for hammer in hammers):
            return
        time.sleep(0.01)
    raise AssertionError([h.problem or len(h.answered) for h in hammers])


def nothing_is_lost_or_half_done(state, answered):
    assert state["findings"] == []
    for key, note in answered["reports"].items():
        there = state["reports"][key][0]
        # What was on its way at the cut may have landed without anybody being told.
        on_its_way = [f"{note.rsplit(' ', 1)[0]} {int(note.rsplit(' ', 1)[1]) + 1}"]
        assert there in [note, *on_its_way]
    for _, revision, changes in state["reports"].values():
        assert changes == revision + 1  # one record per saving, none without its row
    for kind in ("readings", "evidence"):
        assert set(answered[kind]) <= set(state[kind])
        assert set(state[kind].values()) == {1}
    assert state["loose"] == 0  # no file's row without the evidence that it was sent as


def a_directory(folder):
    path = folder / "directorio.csv"
    path.write_text(directory(*({"RBD": str(50000 + n)} for n in range(SCHOOLS))))
    return path


def network(installation):
    """How many rows an import may have added, by table, and where each batch stands."""
    with installation.connected() as ask:
        tables = ("network_school", "network_schoolcode", "network_schoolyear")
        rows = [ask(f"SELECT count(*) FROM {table}") for table in tables]
        batches = ask("SELECT max(id) FROM network_importbatch") or 0
        found = "SELECT state FROM network_importbatch WHERE id = {}"
        return rows, [ask(found.format(pk + 1)) for pk in range(batches)]


def grown(before):
    return [count + SCHOOLS for count in before]


def newest(installation, wanted, pk=1, seconds=40):
    """Wait until that batch has come as far as `wanted`, or further."""
    order = ["waiting", "checking", "checked", "applying", "applied", "undoing", "undone"]
    state = None
    with installation.connected() as ask:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            state = ask(f"SELECT state FROM network_importbatch WHERE id = {pk}")
            if state and order.index(state) >= order.index(wanted):
                return
            time.sleep(0.005)
    raise AssertionError(f"la carga {pk} quedó en «{state}»")


def test_a_cut_of_the_import_command_leaves_all_or_nothing(installed, tmp_path):
    installation, _, _ = installed
    path, chance = a_directory(tmp_path), random.Random(SEED)
    before, _ = network(installation)
    command = [sys.executable, "-m", "mejora", "import", "directory", str(path)]
    for cut, stage in enumerate(["checking", "applying"], 1):
        running = subprocess.Popen(
            command, env=installation.environment(), cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        newest(installation, stage, pk=cut)
        time.sleep(chance.uniform(0, 0.2))
        running.kill()
        running.wait()
        rows, batches = network(installation)
        assert rows == (grown(before) if batches[-1] == "applied" else before)

    done = installation.run("import", "directory", path)

    assert done.returncode == 0, done.stderr
    assert network(installation)[0] == grown(before)
    sound(installation)


def test_a_cut_import_of_the_screens_is_taken_up_again_and_lands_once(installed, tmp_path):
    installation, about, server = installed
    path, chance = a_directory(tmp_path), random.Random(SEED)
    before, _ = network(installation)
    analyst = Browser(server.start()).sign_in(about["analyst"])
    file = [("file", path.name, path.read_bytes())]
    answer = analyst.post("/importar/nuevo/", {"kind": "directory", "year": ""}, file)
    assert answer.status == 302, answer.text
    page = answer.headers["Location"]

    newest(installation, "checking")
    time.sleep(chance.uniform(0, 0.3))
    server.kill()
    assert network(installation)[0] == before
    server.start()
    newest(installation, "checked")
    assert analyst.post(f"{page}guardar/", {}).status == 302
    time.sleep(chance.uniform(0, 1.5))
    server.kill()
    rows, batches = network(installation)
    assert rows == (grown(before) if batches == ["applied"] else before)
    server.start()
    newest(installation, "applied")

    assert network(installation) == (grown(before), ["applied"])
    assert f"{SCHOOLS:,}".replace(",", ".") in analyst.get(page).text
    sound(installation)


def test_a_cut_undoing_is_taken_up_again_and_takes_back_all(installed, tmp_path):
    """Cut twice at random moments: it is all there or all gone, and gone in the end."""
    installation, about, server = installed
    path, chance = a_directory(tmp_path), random.Random(SEED)
    before, _ = network(installation)
    assert installation.run("import", "directory", path).returncode == 0
    analyst = Browser(server.start()).sign_in(about["analyst"])

    assert analyst.post("/importar/1/deshacer/", {}).status == 302
    for _ in range(2):
        time.sleep(chance.uniform(0, 1.5))
        server.kill()
        rows, batches = network(installation)
        assert batches in (["undoing"], ["undone"])
        assert rows == (before if batches == ["undone"] else grown(before))
        server.start()
    newest(installation, "undone")

    assert network(installation) == (before, ["undone"])
    sound(installation)
