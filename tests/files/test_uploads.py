"""A request that is too big never reaches the disk."""

import pytest
from django.core.exceptions import RequestDataTooBig

from mejora.files import uploads


def test_an_announced_excess_is_refused_before_reading():
    with pytest.raises(RequestDataTooBig):
        uploads.Limit().handle_raw_input(None, {}, uploads.MAX_REQUEST + 1, "x")


def test_what_comes_unannounced_is_counted(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_REQUEST", 10)
    limit = uploads.Limit()

    assert limit.receive_data_chunk(b"12345678", 0) == b"12345678"
    with pytest.raises(RequestDataTooBig):
        limit.receive_data_chunk(b"12345678", 8)


def test_every_upload_passes_by_the_limit(settings):
    assert settings.FILE_UPLOAD_HANDLERS[0] == "mejora.files.uploads.Limit"
