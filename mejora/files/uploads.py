"""Requests that are too big are stopped before they fill the disk."""

from __future__ import annotations

from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from mejora.files.kinds import LARGEST

# One video, or several smaller files, and the form around them.
MAX_REQUEST = 2 * LARGEST + 1_000_000


class Limit(FileUploadHandler):
    """Refuses by the announced length, and again by what really comes."""

    received = 0

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_REQUEST:
            raise RequestDataTooBig("Lo enviado pesa más de lo que se recibe de una vez.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MAX_REQUEST:
            raise RequestDataTooBig("Lo enviado pesa más de lo que se recibe de una vez.")
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None
