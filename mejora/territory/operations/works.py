"""Registering works and investments, changing them, and their photographs.

Each write is atomic, asks its rule, claims the row's revision and records a WorkChange.
"""

from __future__ import annotations

from typing import Any, TypedDict

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.files import checking, storing
from mejora.files.checking import NotAccepted
from mejora.files.kinds import Family
from mejora.monitoring.operations.evidence import space_of
from mejora.network.access import Actor
from mejora.network.models import Owner, School
from mejora.plans.operations.writing import claim, living
from mejora.territory import works_rules as rules
from mejora.territory.works import Work, WorkPhoto
from mejora.territory.works_history import recorded, snapshot


class WorkSaid(TypedDict, total=False):
    """What a person says of a work; the fields that are left out stay as they are."""

    school: School
    name: str
    kind: str
    funding: str
    planned: int | None
    spent: int | None
    state: str
    starts_on: Any
    ends_on: Any
    description: str


@transaction.atomic
def register(owner: Owner, said: WorkSaid, *, by: Actor) -> Work:
    require(rules.can_register(by, owner))
    require(rules.is_of(said["school"], owner))
    work = Work(owner=owner, **_tidy(said))
    work.full_clean(exclude=["uid"])
    work.save()
    recorded(work, None, by=by)
    return work


@transaction.atomic
def change(work: Work, said: WorkSaid, *, revision: int, by: Actor) -> Work:
    require(rules.can_write(by, work))
    work = living(claim(work, revision))
    school = said.get("school")
    if school is not None and school != work.school:
        require(rules.is_of(school, work.owner))
    before = snapshot(work)
    for name, value in _tidy(said).items():
        setattr(work, name, value)
    work.full_clean(exclude=["uid"])
    work.save()
    recorded(work, before, by=by)
    return work


def _tidy(said: WorkSaid) -> dict[str, Any]:
    """One space between words: totals are told by the owner's own words for where money is from."""
    return {**said, "funding": " ".join(said["funding"].split())} if "funding" in said else {**said}


@transaction.atomic
def remove(work: Work, *, revision: int, reason: str = "", by: Actor) -> Work:
    """Into the bin, with its photographs as they are; `restore` brings it back."""
    require(rules.can_write(by, work))
    work = living(claim(work, revision))
    before = snapshot(work)
    work.removed_at, work.removed_by = timezone.now(), by.user
    work.removed_reason = reason.strip()[:200]
    work.save()
    recorded(work, before, by=by)
    return work


@transaction.atomic
def restore(work: Work, *, by: Actor) -> Work:
    require(rules.can_write(by, work))
    work = claim(work, work.revision)
    if not work.removed_at:
        raise Refused("La obra no está en la papelera.")
    before = snapshot(work)
    work.removed_at, work.removed_by, work.removed_reason = None, None, ""
    work.save()
    recorded(work, before, by=by)
    return work


def add_photo(
    work: Work, upload: File[Any], *, alt: str, shows_people: bool, by: Actor
) -> WorkPhoto:
    """Keep a photograph with its words. Refuses what is no picture, and the same one twice.

    Not atomic as a whole: the file is looked at and stored before the transaction begins.
    """
    require(rules.can_write(by, work))
    checked = checking.check(upload)
    if checked.kind.family is not Family.IMAGE:
        raise NotAccepted("Elija una foto: JPG, PNG, WEBP o HEIC.")
    with storing.keeping(checked, space=space_of(work.school)) as kept, transaction.atomic():
        work = living(Work.objects.select_for_update(of=("self",)).get(pk=work.pk))
        file = storing.enter(kept, by=by.user, may_hold_personal_data=shows_people)
        if WorkPhoto.objects.live().filter(work=work, file=file).exists():
            raise Refused("Esa foto ya está en la obra.")
        photo = WorkPhoto(work=work, file=file, alt=alt.strip(), by=by.user, at=timezone.now())
        photo.full_clean(exclude=["uid"])
        photo.save()
        recorded(photo, None, by=by)
        return photo


@transaction.atomic
def remove_photo(photo: WorkPhoto, *, by: Actor) -> WorkPhoto:
    photo = _locked(photo, by)
    if photo.removed_at:
        raise Refused("La foto ya está en la papelera.")
    before = snapshot(photo)
    photo.removed_at, photo.removed_by = timezone.now(), by.user
    photo.save()
    recorded(photo, before, by=by)
    return photo


@transaction.atomic
def restore_photo(photo: WorkPhoto, *, by: Actor) -> WorkPhoto:
    """Refuses where the same picture was added again meanwhile."""
    photo = _locked(photo, by)
    if not photo.removed_at:
        raise Refused("La foto no está en la papelera.")
    if WorkPhoto.objects.live().filter(work=photo.work_id, file=photo.file_id).exists():
        raise Refused("Esa foto ya está de nuevo en la obra.")
    before = snapshot(photo)
    photo.removed_at, photo.removed_by = None, None
    photo.save()
    recorded(photo, before, by=by)
    return photo


def _locked(photo: WorkPhoto, by: Actor) -> WorkPhoto:
    work = Work.objects.select_for_update(of=("self",)).get(pk=photo.work_id)
    require(rules.can_write(by, work))
    return WorkPhoto.objects.select_related("work__school", "file").get(pk=photo.pk)
