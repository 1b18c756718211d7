"""What a page says after something was done: a bold sentence, the rest, a way back.

A notice travels in Django's messages as data, never as HTML, and is drawn by one template.
"""

import json
from dataclasses import asdict, dataclass, replace

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from mejora.core import speech


@dataclass(frozen=True, slots=True)
class Notice:
    kind: str  # done, soon, failed or info
    title: str
    text: str = ""
    undo_url: str = ""
    action_url: str = ""
    action: str = ""


TAG = "notice"
_KINDS = {messages.SUCCESS: "done", messages.WARNING: "soon", messages.ERROR: "failed"}


def read(message: Message) -> Notice:
    """The notice that a stored message carries; a plain text becomes its title."""
    if TAG in (message.extra_tags or "").split():
        return Notice(**json.loads(message.message))
    return Notice(_KINDS.get(message.level, "info"), str(message.message))


def add(request: HttpRequest, notice: Notice) -> None:
    title, text, action = (speech.say(t) for t in (notice.title, notice.text, notice.action))
    notice = replace(notice, title=title, text=text, action=action)
    level = next((level for level, kind in _KINDS.items() if kind == notice.kind), messages.INFO)
    messages.add_message(request, level, json.dumps(asdict(notice)), extra_tags=TAG)


def done(request: HttpRequest, title: str, text: str = "", *, undo: str = "") -> None:
    """`undo` is an address that takes it back by POST."""
    add(request, Notice("done", title, text, undo_url=undo))


def soon(request: HttpRequest, title: str, text: str = "") -> None:
    add(request, Notice("soon", title, text))


def failed(
    request: HttpRequest, title: str, text: str = "", *, href: str = "", action: str = ""
) -> None:
    add(request, Notice("failed", title, text, action_url=href, action=action))
