import pytest
from django.core.files.base import ContentFile

from mejora.network import operations
from mejora.network.enums import BatchKind, BatchState


@pytest.fixture
def bring(settings, tmp_path):
    """`bring(text)`: received, checked and, unless told otherwise, landed."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }

    def bring(content, kind=BatchKind.DIRECTORY, *, year=None, land=True, by=None):
        raw = content.encode() if isinstance(content, str) else content
        file = ContentFile(raw, name="archivo.csv")
        batch = operations.receive(file, kind=kind, year=year, by=by)
        operations.check(batch)
        if land and batch.state == BatchState.CHECKED:
            operations.land(batch)
        return batch

    return bring
