"""An advisory with its products: begun, prepared, handed over, accepted or returned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.files import checking, storing
from mejora.network import access, memberships
from mejora.network.access import Actor, Deed
from mejora.network.models import Owner, School
from mejora.people.operations import tell
from mejora.plans.operations.writing import claim, living
from mejora.support import deliverable_rules as rules
from mejora.support import rules as support_rules
from mejora.support.deliverables import Deliverable, DeliverableFile
from mejora.support.enums import DeliverableStatus as S
from mejora.support.enums import SupportKind
from mejora.support.models import SupportPlan
from mejora.support.operations import plans, writing
from mejora.support.operations.adjustments import space_of
from mejora.support.producing import PRODUCERS
from mejora.support.program import month_of, program
from mejora.support.recording import recorded, snapshot


@transaction.atomic
def begin(owner: Owner, fields: Mapping[str, Any], school: School, *, by: Actor) -> SupportPlan:
    """An advisory to one school, with the products of the programme and their deadlines: the last
    day of their month, or of the advisory where that comes first."""
    require(support_rules.can_lead(by, owner))
    plan = plans.create(owner, {**fields, "kind": SupportKind.ATE}, [school], by=by)
    for wanted in program().deliverables:
        last = month_of(plan.starts_on, wanted.month)[1]
        thing = Deliverable(
            plan=plan,
            code=wanted.code,
            title=wanted.title,
            month=wanted.month,
            due_on=min(last, plan.ends_on),
        )
        writing.create(thing, by=by)
    return plan


@transaction.atomic
def change(
    thing: Deliverable, fields: Mapping[str, Any], *, revision: int, by: Actor
) -> Deliverable:
    """Its name and its deadline."""
    thing = _taken(thing, revision)
    require(rules.can_prepare(by, thing))
    return _written(thing, fields, by=by)


def attach(
    thing: Deliverable,
    upload: File[Any],
    *,
    by: Actor,
    made_of: str = "",
    shows_people: bool = False,
) -> DeliverableFile:
    """Keep a file of the product. NotAccepted says why it is not kept."""
    require(rules.can_prepare(by, thing))
    checked = checking.check(upload)
    with storing.keeping(checked, space=space_of(thing.plan)) as kept, transaction.atomic():
        thing = _locked(thing)
        require(rules.can_prepare(by, thing))
        stored = storing.enter(kept, by=by.user, may_hold_personal_data=shows_people)
        if thing.files.live().filter(file=stored).exists():
            raise Refused("Ese archivo ya está en el producto.")
        found = DeliverableFile(
            deliverable=thing, file=stored, made_of=made_of, by=by.user, at=timezone.now()
        )
        return writing.create(found, by=by)


def produce(thing: Deliverable, kind: str, school: School, *, by: Actor) -> DeliverableFile:
    """Attach what Mejora makes of the school's plan as it stands now. Refused where there is
    nothing to make it of, or the person may not read it."""
    wanted = program().wanted(thing.code)
    producer = PRODUCERS.get(kind)
    if producer is None or wanted is None or kind not in wanted.produced:
        raise Refused("Mejora no hace ese documento para este producto.")
    require(rules.can_prepare(by, thing))
    made = producer.make(school, thing.plan.year, by)
    return attach(thing, ContentFile(made.content, made.name), by=by, made_of=made.made_of)


@transaction.atomic
def take_off(found: DeliverableFile, *, by: Actor) -> DeliverableFile:
    """A file that is not wanted goes to the bin."""
    require(rules.can_prepare(by, _locked(found.deliverable)))
    return _bin(found, by=by, is_removed=True)


@transaction.atomic
def put_back(found: DeliverableFile, *, by: Actor) -> DeliverableFile:
    require(rules.can_prepare(by, _locked(found.deliverable)))
    return _bin(found, by=by, is_removed=False)


def _bin(found: DeliverableFile, *, by: Actor, is_removed: bool) -> DeliverableFile:
    found = claim(found, found.revision)
    before = snapshot(found)
    found.removed_at = timezone.now() if is_removed else None
    found.removed_by = by.user if is_removed else None
    found.save()
    recorded(found, before, by=by)
    return found


@transaction.atomic
def deliver(thing: Deliverable, *, revision: int, by: Actor) -> Deliverable:
    """Hand it over: from then on it is the school's turn."""
    thing = _taken(thing, revision)
    require(rules.can_deliver(by, thing, files=thing.files.live().count()))
    done = _written(thing, {"status": S.DELIVERED, **_answer(None), **_handed(by)}, by=by)
    for place in thing.plan.places.select_related("school"):
        people = memberships.people_at(place.school, access.TABLE[Deed.ANSWER_SUPPORT])
        _tell(people, done, f"{by.user} entregó «{done.title}»", by=by)
    return done


@transaction.atomic
def withdraw(thing: Deliverable, *, revision: int, by: Actor) -> Deliverable:
    """Take back a handing over that the school has not answered."""
    thing = _taken(thing, revision)
    require(rules.can_withdraw(by, thing))
    fields = {"status": S.PENDING, "delivered_at": None, "delivered_by": None}
    return _written(thing, fields, by=by)


@transaction.atomic
def accept(thing: Deliverable, *, revision: int, by: Actor) -> Deliverable:
    thing = _taken(thing, revision)
    require(rules.can_decide(by, thing))
    return _decided(thing, S.ACCEPTED, "", "aceptó", by=by)


@transaction.atomic
def return_(thing: Deliverable, reason: str, *, revision: int, by: Actor) -> Deliverable:
    """The school says what is missing; the product is prepared and handed over again."""
    thing = _taken(thing, revision)
    require(rules.can_decide(by, thing))
    if not reason.strip():
        raise Refused("Escriba qué falta.")
    return _decided(thing, S.RETURNED, reason.strip(), "devolvió", by=by)


@transaction.atomic
def undecide(thing: Deliverable, *, revision: int, by: Actor) -> Deliverable:
    """Take back one's answer: it waits again."""
    thing = _taken(thing, revision)
    require(rules.can_undecide(by, thing))
    return _written(thing, {"status": S.DELIVERED, **_answer(None)}, by=by)


def _decided(thing: Deliverable, status: S, reason: str, verb: str, *, by: Actor) -> Deliverable:
    done = _written(thing, {"status": status, **_answer(by, reason)}, by=by)
    if done.delivered_by_id is not None:
        _tell([done.delivered_by_id], done, f"{by.user} {verb} «{done.title}»", by=by)
    return done


def _answer(by: Actor | None, reason: str = "") -> dict[str, Any]:
    return {
        "decided_at": timezone.now() if by else None,
        "decided_by": by.user if by else None,
        "reason": reason,
    }


def _handed(by: Actor) -> dict[str, dt.datetime | Any]:
    return {"delivered_at": timezone.now(), "delivered_by": by.user}


def _tell(people: list[int], thing: Deliverable, title: str, *, by: Actor) -> None:
    href = reverse("support:deliverable", args=[thing.uid])
    tell([key for key in people if key != by.user.pk], title, href=href, detail=thing.reason)


def _written(thing: Deliverable, fields: Mapping[str, Any], *, by: Actor) -> Deliverable:
    before = snapshot(thing)
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.full_clean(exclude=["uid"])
    thing.save()
    recorded(thing, before, by=by)
    return thing


def _taken(thing: Deliverable, revision: int) -> Deliverable:
    writing.locked(thing.plan)
    claim(thing, revision)
    return living(_locked(thing))


def _locked(thing: Deliverable) -> Deliverable:
    found = Deliverable.objects.select_for_update(of=("self",))
    return found.select_related("plan__owner", "plan__lead__user").get(pk=thing.pk)
