"""Addresses that leave the product: in mail, on paper, in what a command prints."""

import socket

from django.conf import settings


def absolute(path: str) -> str:
    """The whole address of a path, from the settings and never from the request.

    A request says any host it likes; a link to a new password must not lead there.
    """
    if settings.ORIGIN:
        return f"{settings.ORIGIN}{path}"
    wildcard = settings.HOST in {"0.0.0.0", "::"}  # noqa: S104 - compared, not listened on
    host = socket.gethostname() if wildcard else settings.HOST
    if ":" in host:
        host = f"[{host}]"
    return f"http://{host}:{settings.PORT}{path}"
