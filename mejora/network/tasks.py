"""The long jobs of the network. Each may be killed and run again: the batch tells where it was."""

from django_tasks import task

from mejora.network.models import ImportBatch


@task()
def check_batch(pk: int) -> None:
    from mejora.network import operations

    operations.check(ImportBatch.objects.select_related("file").get(pk=pk))


@task()
def land_batch(pk: int) -> None:
    from mejora.network import operations

    operations.land(ImportBatch.objects.get(pk=pk))


@task()
def undo_batch(pk: int) -> None:
    from mejora.network import operations

    operations.take_back(ImportBatch.objects.get(pk=pk))
