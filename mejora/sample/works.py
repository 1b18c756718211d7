"""Made-up works of the made-up Service, with their photographs and what was recorded of them."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from mejora.files import checking, storing
from mejora.files.models import StoredFile
from mejora.monitoring.operations.evidence import space_of
from mejora.network.access import Actor
from mejora.network.models import Owner, School
from mejora.people.models import User
from mejora.sample.bank import DATA
from mejora.sample.chance import Chance
from mejora.sample.evidence import photo
from mejora.territory.works import Work, WorkChange, WorkPhoto
from mejora.territory.works_history import change_of

MILLION = 1_000_000


def write(
    owner: Owner, schools: Sequence[School], by: User, on: dt.date, kept: ExitStack
) -> list[Work]:
    """Write the works once the schools are there. `kept` undoes the files if all fails."""
    read: list[Mapping[str, Any]] = tomllib.loads((DATA / "obras.toml").read_text("utf-8"))["work"]
    named = {school.name: school for school in schools}
    told = [each for each in read if each["school"] in named]
    chance = Chance(f"works {on}")
    works = [_work(each, owner, named[each["school"]], chance, on) for each in told]
    Work.objects.bulk_create(works)
    photos: list[WorkPhoto] = []
    for work, each in zip(works, told, strict=True):
        people = each.get("people", ())
        for number, alt in enumerate(each.get("photos", ())):
            photos.append(_photo(work, alt, number in people, by, chance, on, kept))
    StoredFile.objects.bulk_create([photo.file for photo in photos])
    WorkPhoto.objects.bulk_create(photos)
    hand = Actor(by, ())
    changes = [change_of(w, None, by=hand, at=_moment(chance, w, on)) for w in works]
    changes += [change_of(p, None, by=hand, at=p.at) for p in photos]
    WorkChange.objects.bulk_create(sorted(changes, key=lambda change: change.at))
    return works


def _work(
    told: Mapping[str, Any], owner: Owner, school: School, chance: Chance, on: dt.date
) -> Work:
    return Work(
        uid=chance.uid(),
        owner=owner,
        school=school,
        name=told["name"],
        kind=told["kind"],
        funding=told["funding"],
        state=told["state"],
        planned=_money(told.get("planned")),
        spent=_money(told.get("spent")),
        starts_on=_away(on, told["from"], chance.randint(2, 26)),
        ends_on=_away(on, told["to"], 28),
        description=told.get("text", ""),
    )


def _away(on: dt.date, months: int, day: int) -> dt.date:
    """A day of the month that lies so many months before or after."""
    month = on.year * 12 + on.month - 1 + months
    return dt.date(month // 12, month % 12 + 1, day)


def _money(millions: float | None) -> int | None:
    return None if millions is None else round(millions * MILLION)


def _moment(chance: Chance, work: Work, on: dt.date) -> dt.datetime:
    """Registered some weeks before it begins, never after the day one looks."""
    begins = work.starts_on or on
    at = chance.moment(min(begins, on) - dt.timedelta(days=chance.randint(20, 60)))
    return min(at, timezone.now())


def _photo(
    work: Work,
    alt: str,
    shows_people: bool,
    by: User,
    chance: Chance,
    on: dt.date,
    kept: ExitStack,
) -> WorkPhoto:
    stem = f"obra-{work.school.code}-{chance.randint(100, 999)}"
    content = photo(chance, f"{work.school.name}. Datos de ejemplo.")
    checked = checking.check(ContentFile(content, f"{stem}.jpg"))
    uid = chance.uid()
    # Left by an installation whose database was thrown away: nothing refers to it.
    default_storage.delete(storing.path_of(uid))
    space = space_of(work.school)
    bytes_kept = kept.enter_context(storing.keeping(checked, space=space, uid=uid))
    at = chance.moment(min(work.ends_on or on, on) - dt.timedelta(days=chance.randint(3, 20)))
    file = StoredFile(
        uid=bytes_kept.uid,
        space=space,
        sha256=checked.sha256,
        stored_sha256=checked.stored_sha256,
        size=checked.size,
        mime=checked.kind.mime,
        original_name=checked.name,
        uploaded_by=by,
        uploaded_at=at,
        may_hold_personal_data=shows_people,
        retain_until=storing.retention(at.date()) if shows_people else None,
    )
    return WorkPhoto(uid=chance.uid(), work=work, file=file, alt=alt, by=by, at=at)
