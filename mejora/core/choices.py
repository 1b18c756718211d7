"""Choices whose names are sentences of ours: said as the reader's country says them."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.enums import ChoicesType

from mejora.core.speech import said, say

if TYPE_CHECKING:
    # The type checker knows Django's own choices alone; ours have the same shape.
    from django.db.models import TextChoices as SpokenChoices
else:

    class SpokenType(ChoicesType):
        @property
        def choices(self) -> list[tuple[Any, Any]]:
            """For fields and forms, which keep them: each name is decided when it is shown."""
            return [(member.value, said(member._label_)) for member in self]

    class SpokenChoices(models.TextChoices, metaclass=SpokenType):
        @enum.property
        def label(self) -> str:
            return say(self._label_)


__all__ = ["SpokenChoices"]
