"""The name of the request being served, for what is recorded while serving it."""

from contextvars import ContextVar
from uuid import UUID

_current: ContextVar[UUID | None] = ContextVar("request_id", default=None)


def current_request_id() -> UUID | None:
    """None outside a request: commands and jobs."""
    return _current.get()


enter = _current.set
leave = _current.reset
