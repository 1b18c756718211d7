"""What the form of an action says, whole: the shape that its operations take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from mejora.frameworks.models import Area, Term
from mejora.network.models import Membership
from mejora.plans.models import Objective, Strategy


@dataclass(frozen=True, slots=True)
class MilestoneDraft:
    """`uid` is empty for a new one; an existing one that the draft leaves out goes to the bin.
    Without a weight it shares what the others leave."""

    name: str
    uid: UUID | None = None
    due_on: dt.date | None = None
    weight: int | None = None
    people: Sequence[Membership] = ()


@dataclass(frozen=True, slots=True)
class RequirementDraft:
    """A means of verification: of the action, or of the milestone at that place of the draft."""

    text: str
    uid: UUID | None = None
    milestone: int | None = None


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """Everything that is written on the form of an action."""

    name: str
    area: Area
    starts_on: dt.date
    ends_on: dt.date
    strategy: Strategy | None = None
    objective: Objective | None = None
    description: str = ""
    subareas: Sequence[Area] = ()
    normative_plans: Sequence[Term] = ()
    responsible_text: str = ""
    responsible: Membership | None = None
    resources_needed: str = ""
    program_text: str = ""
    ate_provider: str = ""
    ate_service: str = ""
    is_disabled: bool = False
    funding: Mapping[Term, int] = field(default_factory=dict)
    milestones: Sequence[MilestoneDraft] = ()
    requirements: Sequence[RequirementDraft] = ()
    # What a file said in total, beside its sources: only files say it, forms leave it as it is.
    says_total: bool = False
    imported_total: int | None = None


def shared_weights(weights: Sequence[int | None]) -> list[int]:
    """Fill the empty weights with equal parts of what is left to 100, in whole numbers.

    `[None, None, None]` → `[34, 33, 33]`; `[50, None, None]` → `[50, 25, 25]`.
    """
    empty = sum(w is None for w in weights)
    if not empty:
        return [w for w in weights if w is not None]
    left = max(0, 100 - sum(w for w in weights if w is not None))
    each, extra = divmod(left, empty)
    parts = iter([each + 1] * extra + [each] * (empty - extra))
    return [next(parts) if w is None else w for w in weights]
