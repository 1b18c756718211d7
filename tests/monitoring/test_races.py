"""Two people on one row, on real threads: one is saved, the other is told, nothing is half-done."""

import threading

import pytest
from django.db import connection

from mejora.core.decisions import Conflict
from mejora.monitoring.models import ProgressReport
from mejora.monitoring.operations import reports
from mejora.network.enums import Role
from mejora.plans.enums import Entity
from mejora.plans.models import Change, Milestone
from tests.factories.monitoring import action_with_milestones, implementing_year, month

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("begun", [False, True])
def test_two_people_on_one_row_are_never_mixed(begun, today, actor):
    year = implementing_year()
    people = [actor(Role.DIRECTOR, year.school), actor(Role.PLANNER, year.school)]
    action, august = action_with_milestones(year, weights=(50, 50)), month(year, 8)
    boxes = [m.pk for m in action.milestones.all()]
    if begun:
        reports.save_report(action, august, by=people[0], revision=None, note="Antes")
    revision, said, barrier = 0 if begun else None, [], threading.Barrier(2)

    def save(place):
        try:
            barrier.wait()
            reports.save_report(
                action,
                august,
                by=people[place],
                revision=revision,
                note=f"Persona {place}",
                milestones=[boxes[place]],
            )
            said.append(place)
        except Conflict:
            said.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert "conflict" in said
    assert len(said) == 2
    winner = next(place for place in said if place != "conflict")
    report = ProgressReport.objects.get()
    assert (report.note, report.pct) == (f"Persona {winner}", 50)
    met = Milestone.objects.filter(done_on__isnull=False)
    assert [m.pk for m in met] == [boxes[winner]]
    assert Change.objects.filter(entity=Entity.REPORT).count() == 1 + begun
