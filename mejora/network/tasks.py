"""The long jobs of the network. Each may be killed and run again: the batch tells where it was."""

from django.urls import reverse
from django_tasks import task

from mejora.network.models import ImportBatch


@task()
def check_batch(pk: int) -> None:
    from mejora.network import operations

    operations.check(ImportBatch.objects.select_related("file").get(pk=pk))
    _tell(pk)


@task()
def land_batch(pk: int) -> None:
    from mejora.network import operations

    operations.land(ImportBatch.objects.get(pk=pk))
    _tell(pk)


@task()
def undo_batch(pk: int) -> None:
    from mejora.network import operations

    operations.take_back(ImportBatch.objects.get(pk=pk))
    _tell(pk)


def _tell(pk: int) -> None:
    """Whoever brought the file learns that the job ended, and how."""
    from mejora.people.operations import tell

    batch = ImportBatch.objects.get(pk=pk)
    if batch.by_id is not None:
        tell(
            [batch.by_id],
            f"{batch.file_name}: {batch.get_state_display().lower()}",
            href=reverse("network:batch", args=[pk]),
            detail=batch.message,
        )
