"""Which support plans and commitments a person reaches: the table of `network.access`, asked of
the plan's owner and schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from mejora.core import clock
from mejora.network import access as network
from mejora.network.access import Deed, Reach
from mejora.support.enums import SupportStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mejora.network.access import Actor
    from mejora.network.models import Membership
    from mejora.support.models import SupportPlan

_NOTHING = Q(pk__in=())


def running() -> Q:
    """A support plan that is not closed and whose last day has not passed."""
    return Q(status=SupportStatus.RUNNING, ends_on__gte=clock.today())


def support_plans(actor: Actor, deed: Deed | None = None) -> Q:
    """The support plans within reach of `deed` (by default: to read)."""
    found = _NOTHING
    for reach, members in _by_reach(actor, deed or Deed.READ_SUPPORT).items():
        condition = running() if reach is Reach.RUNNING else Q()
        found |= _of(members) & condition
    return found


def commitments(actor: Actor, deed: Deed | None = None) -> Q:
    """Of sessions: as their plan, but from a school or an office only those of its own schools.
    Of elsewhere: those of the schools within the person's places."""
    from mejora.support.models import SupportPlan

    found = _NOTHING
    for reach, members in _by_reach(actor, deed or Deed.READ_SUPPORT).items():
        condition = running() if reach is Reach.RUNNING else Q()
        plans = SupportPlan.objects.live().filter(condition)
        at_owners, others = _apart(members)
        if at_owners:
            own = plans.filter(_of(at_owners))
            found |= Q(session__plan__in=own.values("pk"))
        if others:
            near = plans.filter(_of(others))
            found |= Q(session__plan__in=near.values("pk")) & network.covered(others, "school__")
        found |= Q(session__isnull=True) & network.covered(members, "school__")
    return found


def _apart(members: Iterable[Membership]) -> tuple[list[Membership], list[Membership]]:
    """Those who stand at an owner, and the others."""
    found = list(members)
    return [m for m in found if m.owner_id], [m for m in found if not m.owner_id]


def _by_reach(actor: Actor, deed: Deed) -> dict[Reach, list[Membership]]:
    found: dict[Reach, list[Membership]] = {}
    for membership, reach in actor.with_reach(deed):
        found.setdefault(reach, []).append(membership)
    return found


def _of(members: Iterable[Membership]) -> Q:
    """The plans of the members' owners; for whoever stands elsewhere, those of its schools."""
    from mejora.support.models import SupportPlanSchool

    at_owners, others = _apart(members)
    found = Q(owner__in=sorted({m.owner_id for m in at_owners})) if at_owners else _NOTHING
    if others:
        schools = SupportPlanSchool.objects.filter(plan=OuterRef("pk"))
        found |= Q(Exists(schools.filter(network.covered(others, "school__"))))
    return found


def seen_schools(actor: Actor, plan: SupportPlan) -> set[int]:
    """Of a network, the schools whose own affairs the person sees: all from the owner's place, its
    own from elsewhere."""
    members = [m for m, _ in actor.with_reach(Deed.READ_SUPPORT)]
    schools = [place.school for place in plan.places.select_related("school__commune")]
    if any(m.owner_id == plan.owner_id for m in members):
        return {school.pk for school in schools}
    return {s.pk for s in schools if any(network.covers(m, s) for m in members)}
