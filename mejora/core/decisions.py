"""The answer of a rule: yes, or no with the reason that a person reads."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from mejora.core import speech


@dataclass(frozen=True, slots=True)
class Decision:
    """True or false by itself; `reason` says why not and what to do."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(True)


class Refused(PermissionDenied):
    """Uncaught it becomes a 403 page; a view that can recover catches it and shows the reason."""

    @property
    def reason(self) -> str:
        return speech.say(str(self.args[0])) if self.args else ""


class Conflict(Refused):
    """Somebody else saved the same row first: nothing was written, both texts are at hand."""


def refused(reason: str) -> Decision:
    return Decision(False, speech.say(reason))


def require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.reason)
