"""People in a record are names: "Ana Soto" for who wrote, "Ana Soto (responsible)" for a place.

Snapshots keep people of the school by the key of their participation, which means nothing in
another installation: on the way out it becomes the name, on the way in the key again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from mejora.network.models import Membership, School

UNKNOWN = "Persona sin nombre"
NOBODY = "Persona sin nombre (responsible)"
Snapshot = dict[str, Any]


def told(name: str, role: str) -> str:
    return f"{name or UNKNOWN} ({role})"


def read(reference: str) -> tuple[str, str]:
    """Name and role; ValueError where it is no such thing."""
    name, separator, role = reference.removesuffix(")").rpartition(" (")
    if not separator or not name or not reference.endswith(")"):
        raise ValueError(f"«{reference}» no es una persona con su rol")
    return name, role


def references(school: School) -> dict[int, str]:
    """Every participation at the school, those that ended too, by its key."""
    found = Membership.objects.filter(school=school).values_list("pk", "user__name", "role")
    return {pk: told(name, role) for pk, name, role in found}


def renamed(snapshot: Snapshot | None, say: Callable[[Any], Any]) -> Snapshot | None:
    """The snapshot of an action with its people put in other terms; any other as it is."""
    if snapshot is None or "milestones" not in snapshot:
        return snapshot
    changed = dict(snapshot)
    if changed.get("responsible") is not None:
        changed["responsible"] = say(changed["responsible"])
    changed["milestones"] = [
        {**part, "people": sorted({say(person) for person in part.get("people", ())})}
        for part in changed["milestones"]
    ]
    return changed


def of_version(content: str, people: Mapping[int, str]) -> dict[str, str]:
    """The names behind the keys that a version's content keeps; the content stays as it is."""
    found: set[int] = set()
    for action in json.loads(content).get("actions", {}).values():
        found.update(person for part in action["milestones"] for person in part["people"])
        if action["responsible"] is not None:
            found.add(action["responsible"])
    return {str(pk): people[pk].rpartition(" (")[0] for pk in sorted(found) if pk in people}
