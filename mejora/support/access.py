"""Which support plans and commitments a person reaches: the table of `network.access`, asked of
the plan's owner and schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from mejora.core import clock
from mejora.network import access as network
from mejora.network.access import Deed, Reach
from mejora.network.enums import PlaceKind
from mejora.support.enums import SupportStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mejora.network.access import Actor
    from mejora.network.models import Membership

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
    """Of sessions: as their plan. Of elsewhere: those of the schools within the person's places."""
    from mejora.support.models import SupportPlan

    wanted = deed or Deed.READ_SUPPORT
    plans = SupportPlan.objects.live().visible_to(actor, wanted)
    members = [m for found in _by_reach(actor, wanted).values() for m in found]
    elsewhere = network.covered(members, "school__") if members else _NOTHING
    return Q(session__plan__in=plans.values("pk")) | (Q(session__isnull=True) & elsewhere)


def _by_reach(actor: Actor, deed: Deed) -> dict[Reach, list[Membership]]:
    found: dict[Reach, list[Membership]] = {}
    for membership, reach in actor.with_reach(deed):
        found.setdefault(reach, []).append(membership)
    return found


def _of(members: Iterable[Membership]) -> Q:
    """The plans of the members' owners; for whoever stands elsewhere, those of its schools."""
    from mejora.support.models import SupportPlanSchool

    owners = sorted({m.owner_id for m in members if m.owner_id})
    others = [m for m in members if m.place_kind is not PlaceKind.OWNER]
    found = Q(owner__in=owners) if owners else _NOTHING
    if others:
        schools = SupportPlanSchool.objects.filter(plan=OuterRef("pk"))
        found |= Q(Exists(schools.filter(network.covered(others, "school__"))))
    return found
