"""Several files at once as evidence of one action: each is kept or refused on its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.files import File

from mejora.core import speech
from mejora.core.decisions import Refused
from mejora.monitoring.models import EvidenceUse
from mejora.monitoring.operations import evidence
from mejora.network.access import Actor
from mejora.plans.models import Action, EvidenceRequirement, Milestone


@dataclass(slots=True)
class Filed:
    """What became of each file; `again` were already evidence of the action."""

    kept: list[EvidenceUse] = field(default_factory=list)
    again: list[EvidenceUse] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def choices(action: Action) -> list[tuple[str, str]]:
    """What a file may prove: the action, one of its means of verification, one milestone."""
    requirements = EvidenceRequirement.objects.live().filter(action=action)
    milestones = Milestone.objects.live().filter(action=action)
    means, milestone = speech.say("Medio de verificación"), speech.say("Hito")
    return [
        ("", speech.say("La acción en general")),
        *((f"r{r.pk}", f"{means}: {r.text}") for r in requirements),
        *((f"m{m.pk}", f"{milestone}: {m.name}") for m in milestones),
    ]


def proved(action: Action, choice: str) -> tuple[Milestone | None, EvidenceRequirement | None]:
    """The part of the action that a choice names; none for the action in general."""
    kind, pk = choice[:1], choice[1:]
    if kind == "m":
        return Milestone.objects.live().get(action=action, pk=pk), None
    if kind == "r":
        found = EvidenceRequirement.objects.live().select_related("milestone")
        return None, found.get(action=action, pk=pk)
    return None, None


def add(
    action: Action, uploads: Iterable[File[Any]], *, by: Actor, choice: str, shows_people: bool
) -> Filed:
    filed = Filed()
    milestone, requirement = proved(action, choice)
    for upload in uploads:
        try:
            use, is_again = evidence.add_evidence(
                action,
                upload,
                by=by,
                shows_people=shows_people,
                milestone=milestone,
                requirement=requirement,
            )
        except Refused as error:
            filed.refused.append((upload.name or "archivo", error.reason))
        else:
            (filed.again if is_again else filed.kept).append(use)
    return filed
