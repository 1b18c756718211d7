"""A stored file as an answer: never from a public folder, never as a page of Mejora."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from mejora.files.models import StoredFile


def sent(file: StoredFile) -> FileResponse:
    """Only pictures open in the browser, because they were drawn anew when they came in. All else
    is downloaded, so that nothing from outside ever runs as a page of Mejora."""
    try:
        content = default_storage.open(file.path)
    except FileNotFoundError as error:
        raise Http404("El archivo no está en el almacén.") from error
    response = FileResponse(
        content,
        as_attachment=not file.is_image,
        filename=file.original_name,
        content_type=file.mime,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
