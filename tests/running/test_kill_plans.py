"""Pulling the plug on a long table of plans, at any moment of saving it and of taking it back: a
school is whole or not there, and the job goes on where it was."""

import json
import random
import subprocess
import sys
import time

from tests.factories.pme import table
from tests.keeping.installation import ROOT
from tests.running.serving import Browser
from tests.running.test_kill import SEED, sound

SCHOOLS, EACH = 150, 30
FILL = f"""
import json
from mejora.network.models import School
from tests.factories import SchoolFactory
there = School.objects.first()
same = {{"commune": there.commune, "owner": there.owner}}
print(json.dumps([SchoolFactory(code=str(80001 + n), **same).code for n in range({SCHOOLS})]))
"""
PER_SCHOOL = """
import json
from django.db.models import Count
from mejora.plans.models import PlanYear
years = PlanYear.objects.filter(year=2024).annotate(n=Count("actions"))
print(json.dumps(dict(years.values_list("school__code", "n"))))
"""


def a_table(installation, folder):
    codes = json.loads(installation.python(FILL))
    path = folder / "pme.csv"
    path.write_text(table(*({"RBD": code} for code in codes for _ in range(EACH))))
    return path


def wait_for(installation, state, *, saved=0, seconds=60):
    """Until the batch is in `state` and at least `saved` schools of it are done there."""
    with installation.connected() as ask:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            now = ask("SELECT state FROM network_importbatch")
            done = ask("SELECT progress FROM network_importbatch") or 0
            if now == state and done >= saved:
                return
            time.sleep(0.002)
    raise AssertionError(f"la carga quedó en «{now}» con {done}")


def whole_schools(installation):
    found = json.loads(installation.python(PER_SCHOOL))
    assert set(found.values()) <= {EACH}
    return len(found)


def test_a_cut_table_of_plans_leaves_whole_schools_and_is_gone_on_with(installed, tmp_path):
    installation, about, server = installed
    path, chance = a_table(installation, tmp_path), random.Random(SEED)
    command = [sys.executable, "-m", "mejora", "import", "pme", str(path)]
    running = subprocess.Popen(
        command, env=installation.environment(), cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(installation, "applying", saved=1)
    time.sleep(chance.uniform(0, 0.3))
    running.kill()
    running.wait()
    assert 0 < whole_schools(installation) < SCHOOLS
    sound(installation)

    analyst = Browser(server.start()).sign_in(about["analyst"])
    wait_for(installation, "applied")
    assert whole_schools(installation) == SCHOOLS
    page = "/importar/1/"
    analyst.get(page)
    assert analyst.post(f"{page}deshacer/", {}).status == 302
    wait_for(installation, "undoing", saved=1)
    time.sleep(chance.uniform(0, 0.3))
    server.kill()
    assert whole_schools(installation) < SCHOOLS
    sound(installation)

    server.start()
    wait_for(installation, "undone")
    assert whole_schools(installation) == 0
    status, left = server.stop()
    assert (status, left) == (0, [])
    sound(installation)
