"""What every request passes through."""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from mejora.core import memory, requests
from mejora.core.decisions import Refused

GetResponse = Callable[[HttpRequest], HttpResponse]

# What a GET may write: the session, the password that allauth rehashes, the limits' counters,
# transactions' own words.
WRITABLE_BY_GET = ("django_session", "cache", "account_email")
READING = ("SELECT", "WITH", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SET")


class GetWroteError(RuntimeError):
    """A page that is only looked at tried to change something: a bug, found here."""


def roomy(get_response: GetResponse) -> GetResponse:
    """Outermost: everything that a request calls has room for its frames."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return memory.on_one_chunk(get_response, request)

    return middleware


def request_id(get_response: GetResponse) -> GetResponse:
    """Give the request a name of its own, which the Changes that it makes share."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = requests.enter(uuid.uuid4())
        try:
            return get_response(request)
        finally:
            requests.leave(token)

    return middleware


def private(get_response: GetResponse) -> GetResponse:
    """Pages are one person's: no proxy keeps them, and a browser asks again before it shows one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware


def readable(get_response: GetResponse) -> GetResponse:
    """No address holds a NUL: nobody types one, and PostgreSQL breaks on it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("Un NUL en la dirección.")
        return get_response(request)

    return middleware


def get_never_writes(get_response: GetResponse) -> GetResponse:
    """Refuse every writing statement of a GET, but on the tables named above."""

    def guard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.lstrip("( ").split(None, 4)
        if words and words[0].upper() not in READING:
            table = next((w.strip('"') for w in words[1:] if w.startswith('"')), "")
            if table not in WRITABLE_BY_GET:
                raise GetWroteError(f"Un GET intentó escribir: {sql[:80]}")
        return execute(sql, params, many, context)

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        with connection.execute_wrapper(guard):
            return get_response(request)

    return middleware


class refusals:  # noqa: N801 - reads as a function in the list of middleware
    """A refusal becomes a page that says why and how to go on, with status 403."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return render(request, "403.html", {"reason": error.reason}, status=403)
        return None


class compressed(GZipMiddleware):  # noqa: N801 - reads as a function in the list of middleware
    """Pages and tables go out compressed (with Django's random padding against BREACH); pictures,
    PDF and other files already are, and a stream is left alone."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.get("Content-Type", "")
        if response.streaming or not kind.startswith("text/"):
            return response
        return super().process_response(request, response)
