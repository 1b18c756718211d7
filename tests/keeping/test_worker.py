"""A worker that starts goes on with what the one before it had in hand when it died."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from mejora.keeping import supervisor, worker
from mejora.network import operations, tasks
from mejora.network.enums import BatchKind, BatchState
from mejora.network.models import ImportBatch, School
from tests.factories.files import directory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def checked(settings, tmp_path):
    """A directory of one school that was looked at and not yet saved."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    file = ContentFile(directory({}).encode(), name="directorio.csv")
    batch = operations.receive(file, kind=BatchKind.DIRECTORY, year=None, by=None)
    operations.check(batch)
    return batch


def cut(batch):
    """As a worker leaves it that is killed while it lands the batch."""
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=BatchState.APPLYING, heartbeat_at=timezone.now()
    )
    tasks.land_batch.enqueue(batch.pk)
    DBTaskResult.objects.ready().get().claim("murió")


def work():
    call_command("db_worker", "--queue-name", "*", "--batch", "--no-startup-delay", verbosity=0)


def test_what_the_dead_worker_had_in_hand_goes_on_without_anybody(checked):
    cut(checked)

    assert worker.take_up() == 1
    work()

    checked.refresh_from_db()
    assert (checked.state, School.objects.count()) == (BatchState.APPLIED, 1)
    assert not DBTaskResult.objects.running().exists()


def test_a_command_that_lands_its_file_itself_is_left_alone(checked):
    ImportBatch.objects.filter(pk=checked.pk).update(state=BatchState.APPLYING)

    assert worker.take_up() == 0

    assert not DBTaskResult.objects.exists()


def test_what_waits_already_is_not_queued_twice(checked):
    cut(checked)
    operations.resume_all()  # as `up` does before the worker starts

    worker.take_up()

    assert DBTaskResult.objects.ready().count() == 1


def test_what_ended_meanwhile_is_not_begun_again(checked):
    cut(checked)
    operations.land(ImportBatch.objects.get(pk=checked.pk))

    assert worker.take_up() == 0

    assert not DBTaskResult.objects.ready().exists()


def test_a_job_that_takes_its_worker_along_each_time_waits_for_somebody(checked):
    for number in range(1, worker.MOST + 1):
        DBTaskResult.objects.ready().delete()
        cut(checked)
        assert worker.take_up() == int(number < worker.MOST)

    checked.refresh_from_db()
    assert checked.state == BatchState.APPLYING


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the process is told its database by file"
)
def test_the_process_that_up_starts_takes_up_and_works(checked, tmp_path):
    cut(checked)
    child = supervisor.worker()
    code = (
        "from django.conf import settings; import django; django.setup(); "
        f"settings.DATABASES['default']['NAME'] = {connection.settings_dict['NAME']!r}; "
        f"from mejora.keeping import worker; worker.main()"
    )
    assert child.command == [sys.executable, "-m", "mejora.keeping.worker"]
    process = subprocess.Popen(
        [sys.executable, "-c", code], env={**child.environment, "MEJORA_DATA": str(tmp_path)}
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            checked.refresh_from_db()
            if checked.state == BatchState.APPLIED:
                break
            time.sleep(0.1)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert checked.state == BatchState.APPLIED
