"""The long job of the reports, and its sign of life. It may be killed and run again: the row tells
where it was.
"""

from __future__ import annotations

import threading
from types import TracebackType

from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from mejora.network import access
from mejora.people.operations import tell
from mejora.reports.enums import ExportState
from mejora.reports.models import Export
from mejora.reports.prepared import Cancelled

BEAT = 1.0  # seconds


@task()
def prepare_export(pk: int) -> None:
    from mejora.reports import operations

    export = Export.objects.select_related("by").get(pk=pk)
    with access.speaking_to(export.by):
        operations.produce(export)
    _tell(pk)


def _tell(pk: int) -> None:
    """Whoever asked for the file learns that it is ready, or why it is not."""
    export = Export.objects.filter(pk=pk).exclude(state=ExportState.CANCELLED).first()
    if export is not None and export.by_id is not None:
        tell(
            [export.by_id],
            f"{export}: {export.get_state_display().lower()}",
            href=reverse("reports:files"),
        )


class Pulse(threading.Thread):
    """Says every second how far the job is that writes `export`, and notices when it lost it.

    On a connection of its own: the job reads with an open cursor, and in SQLite a connection that
    reads cannot write once somebody else has written. And a step that takes long (a PDF, closing
    a workbook) still lives.
    """

    def __init__(self, export: Export) -> None:
        super().__init__(daemon=True, name=f"pulse-{export.pk}")
        self._mine = Export.objects.filter(
            pk=export.pk, state=ExportState.RUNNING, attempt=export.attempt
        )
        self._row = Export.objects.filter(pk=export.pk)
        self._done, self._total = 0, 0
        self._over, self._lost = threading.Event(), threading.Event()

    def tell(self, done: int, total: int) -> None:
        """How far the job is. Raises `Cancelled` once the file is no longer this job's."""
        self._done, self._total = done, max(done, total)
        if self._lost.is_set():
            raise Cancelled

    @property
    def total(self) -> int:
        return self._total

    def __enter__(self) -> Pulse:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        try:
            while not self._over.wait(BEAT):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        now = timezone.now()
        try:
            hit = self._mine.update(done=self._done, total=self._total, heartbeat_at=now)
            if not hit and self._row.exists():
                self._lost.set()
        except OperationalError:
            return  # somebody holds the database: said at the next beat
