"""The worker of long jobs, as `up` starts it. What the one before it had in hand when it died goes
on first, so that nobody has to notice.

There is one worker per database: whatever is marked as being worked on when it starts was cut.
"""

from __future__ import annotations

from collections.abc import Collection

# During so many of its runs the worker died: it then waits until somebody looks at it.
MOST = 3


class WorkerDied(Exception):  # noqa: N818 - how a job ended; nothing is raised
    """The process ended in the middle of the job, without a word."""


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    take_up()
    call_command("db_worker", "--queue-name", "*", "--interval", "1", "--no-startup-delay")


def take_up() -> int:
    """Queue again what was cut, and close the runs that nobody ended. Returns how many jobs."""
    from django_tasks_db.models import DBTaskResult

    from mejora.network import operations, tasks
    from mejora.reports import operations as files

    left = list(DBTaskResult.objects.running())
    cut = {run.args_kwargs["args"][0] for run in left if run.task_path.startswith(tasks.__name__)}
    count = operations.resume_cut(cut - _given_up(cut)) + files.resume_all()
    for run in left:
        run.set_failed(WorkerDied())
    return count


def _given_up(batches: Collection[int]) -> set[int]:
    """Imports that wait already, or during which the worker died too often."""
    from django_tasks_db.models import DBTaskResult

    from mejora.network import tasks

    died = f"{WorkerDied.__module__}.{WorkerDied.__qualname__}"
    of_imports = DBTaskResult.objects.filter(task_path__startswith=tasks.__name__)
    found = set()
    for pk in batches:
        runs = of_imports.filter(args_kwargs__args=[pk])
        deaths = runs.filter(exception_class_path=died).count() + 1
        if deaths >= MOST or runs.ready().exists():
            found.add(pk)
    return found


if __name__ == "__main__":
    # By its name, so that what it writes is found again whoever asks.
    from mejora.keeping import worker

    worker.main()
