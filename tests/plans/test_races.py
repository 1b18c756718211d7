"""Two people at the same moment, on real threads and a real database."""

import threading

import pytest
from django.db import connection

from mejora.core.decisions import Conflict, Refused
from mejora.network.enums import Role
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Action, Change, Goal, StageEvent
from mejora.plans.operations import actions, bin, stages, strategic

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run each call on a thread of its own, all from the same instant; what each gave or raised."""
    ready = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(n, call):
        ready.wait()
        try:
            results[n] = call()
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def refused(results, kind=Refused):
    return [r for r in results if isinstance(r, kind)]


def test_two_who_approve_at_once_approve_once(planned, actor):
    colleague = actor(Role.OWNER, planned.school.owner)
    stages.send_strategic(planned.year, by=planned.director)

    results = at_once(
        lambda: stages.approve(planned.year, StageKind.STRATEGIC, by=planned.owner),
        lambda: stages.approve(planned.year, StageKind.STRATEGIC, by=colleague),
    )

    assert len(refused(results)) == 1
    assert StageEvent.objects.filter(transition="approve").count() == 1
    planned.year.refresh_from_db()
    assert planned.year.version_no == 2


def test_approving_and_withdrawing_at_once_end_in_one_of_both(planned):
    stages.send_strategic(planned.year, by=planned.director)

    results = at_once(
        lambda: stages.approve(planned.year, StageKind.STRATEGIC, by=planned.owner),
        lambda: stages.withdraw(planned.year, StageKind.STRATEGIC, by=planned.director),
    )

    assert len(refused(results)) == 1
    stage = planned.year.stages.get(kind=StageKind.STRATEGIC)
    assert stage.status in {StageStatus.APPROVED, StageStatus.PARTIAL}


def test_two_who_write_the_same_goal_never_overwrite_each_other(planned):
    results = at_once(
        *(
            lambda text=text: strategic.change_goal(
                planned.goal, by=planned.director, revision=0, text=text
            )
            for text in ("Una", "Dos", "Tres")
        )
    )

    assert len(refused(results, Conflict)) == 2
    written = Goal.objects.get(pk=planned.goal.pk)
    assert written.revision == 1
    assert Change.objects.filter(entity_uid=written.uid).count() == 2
    assert Change.objects.filter(entity_uid=written.uid).first().after["text"] == written.text


def test_actions_added_at_once_get_numbers_of_their_own(planned, draft):
    ready = draft(planned.strategy)

    results = at_once(
        *(lambda: actions.add(planned.year, ready, by=planned.director) for _ in range(4))
    )

    assert not refused(results, Exception)
    numbers = sorted(Action.objects.values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_no_action_is_hung_from_a_strategy_that_leaves_at_that_moment(planned, draft):
    for action in (planned.first, planned.second):
        bin.remove(action, by=planned.director, revision=0)
    ready = draft(planned.strategy)

    at_once(
        lambda: actions.add(planned.year, ready, by=planned.director),
        lambda: bin.remove(planned.strategy, by=planned.planner, revision=0),
    )

    planned.strategy.refresh_from_db()
    hanging = Action.objects.live().filter(strategy=planned.strategy).count()
    assert bool(hanging) == (planned.strategy.removed_at is None)


def test_sending_and_writing_at_once_send_what_the_version_says(planned):
    at_once(
        lambda: stages.send_strategic(planned.year, by=planned.director),
        lambda: strategic.change_seal(planned.seal, by=planned.planner, revision=0, name="Último"),
    )

    planned.seal.refresh_from_db()
    content = planned.year.versions.get().content
    assert f'"name":"{planned.seal.name}"' in content
