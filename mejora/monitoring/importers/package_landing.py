"""The short write of a record: every new row in the order in which others name it, then the proof
that the school says here what the record says."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.core.files.storage import default_storage
from django.db import IntegrityError, models

from mejora.core import clock
from mejora.core.decisions import Refused
from mejora.files import storing
from mejora.files.models import StoredFile
from mejora.monitoring.importers import package_comparing, package_values
from mejora.monitoring.importers.package_comparing import Comparison, Found
from mejora.monitoring.package import people
from mejora.monitoring.package.archive import FILES, MB, Record
from mejora.monitoring.package.kinds import BY_MODEL, KINDS, Field, Kind, Row
from mejora.network.importers.records import Outcome
from mejora.network.models import ImportBatch, Membership, School
from mejora.people.models import User
from mejora.plans.models import Change, PlanYear

NOWHERE = "sin-cuenta.invalid"  # no mail is ever delivered to a name under .invalid (RFC 2606)


def land(batch: ImportBatch, record: Record, made: Comparison) -> None:
    """In the caller's transaction. What fails leaves no file behind."""
    landing = _Landing(batch, record, made)
    try:
        landing.write()
        landing.prove()
    except IntegrityError as error:
        landing.drop_files()
        raise Refused("El expediente no cabe aquí: choca con algo que ya existe.") from error
    except BaseException:
        landing.drop_files()
        raise


def put_back(batch: ImportBatch, record: Record, made: Comparison, changed: list[Found]) -> None:
    """Rows that the record changed, as they were before."""
    landing = _Landing(batch, record, made)
    for found in changed:
        landing.change(found)


def email_of(school: str, name: str) -> str:
    """A person who is only a name in the record of a school, always the same row."""
    return f"{uuid.uuid5(uuid.NAMESPACE_URL, f'mejora:{school}:{name}')}@{NOWHERE}"


class _Landing:
    def __init__(self, batch: ImportBatch, record: Record, made: Comparison) -> None:
        self.batch, self.record, self.made = batch, record, made
        self.pks = {name: dict(known) for name, known in made.pks.items()}
        self.codes = package_values.catalogue({k: list(v.values()) for k, v in made.rows.items()})
        self.school = made.school
        self.users: dict[str, int] = {}
        self.members: dict[str, int] = {}
        self.files: list[str] = []

    def write(self) -> None:
        by_kind: dict[str, list[Found]] = defaultdict(list)
        for found in self.made.found:
            by_kind[found.kind.name].append(found)
        if self.school:  # whoever writes in these years meanwhile waits, or is waited for
            list(PlanYear.objects.select_for_update().filter(school=self.school).order_by("pk"))
        for kind in KINDS:
            self._add(kind, [f for f in by_kind[kind.name] if f.outcome is Outcome.NEW])
            for found in by_kind[kind.name]:
                if found.outcome is Outcome.CHANGED:
                    self.change(found)

    def _add(self, kind: Kind, new: list[Found]) -> None:
        things = [kind.model(**self._values(kind, found.row)) for found in new]
        if kind.model is StoredFile:
            self._store(cast("list[StoredFile]", things))
        kind.model._base_manager.bulk_create(things, batch_size=200)
        for found, thing in zip(new, things, strict=True):
            self.pks[kind.name][found.key] = thing.pk
            if isinstance(thing, School):
                self.school = thing
        for link in kind.links():
            rows = [found.row[link.name] for found in new]
            self._link(link, zip([thing.pk for thing in things], rows, strict=True))

    def change(self, found: Found) -> None:
        """Only what differs, so that what is the same keeps the people of this installation."""
        kind, before = found.kind, found.before or {}
        differs = {name for name in found.row if found.row[name] != before.get(name)}
        values = self._values(kind, found.row, differs)
        pk = self.pks[kind.name][found.key]
        if values:
            kind.model._base_manager.filter(pk=pk).update(**values)
        for link in kind.links():
            if link.name in differs:
                own = {link.m2m_field_name(): pk}
                cast(Any, link.remote_field.through)._base_manager.filter(**own).delete()
                self._link(link, [(pk, found.row[link.name])])

    def _link(
        self,
        link: models.ManyToManyField[Any, Any],
        wanted: Iterable[tuple[int, list[str]]],
    ) -> None:
        through = cast(Any, link.remote_field.through)
        own, other = f"{link.m2m_field_name()}_id", f"{link.m2m_reverse_field_name()}_id"
        through._base_manager.bulk_create(
            [
                through(**{own: pk, other: self._pk(link.related_model, value)})
                for pk, values in wanted
                for value in values
            ],
            batch_size=200,
        )

    def _values(self, kind: Kind, row: Row, only: set[str] | None = None) -> dict[str, Any]:
        values = {
            field.attname: self._value(field, row[field.name])
            for field in kind.fields()
            if only is None or field.name in only
        }
        if kind.model is Change:
            for name in ("before", "after"):
                values[name] = self._local(row[name])
        if only is None:
            values |= self._own(kind)
        return values

    def _own(self, kind: Kind) -> dict[str, Any]:
        """What the record leaves out because it is this school's, here."""
        if kind.model is StoredFile:
            return {"space": f"school:{self._here().uid}"}
        if any(field.name == "school" for field in kind.model._meta.concrete_fields):
            return {"school_id": self._here().pk}
        return {}

    def _here(self) -> School:
        assert self.school is not None  # noqa: S101 - the school is among the first kinds
        return self.school

    def _value(self, field: Field, value: Any) -> Any:
        if field.is_relation:
            return self._pk(field.related_model, value)
        return field.to_python(value)

    def _pk(self, model: Any, value: Any) -> int | None:
        if model is ImportBatch:
            return self.batch.pk if value else None
        if value is None:
            return None
        if model is User:
            return self._user(value)
        if model is Membership:
            return self._member(value)
        if model in BY_MODEL:
            return self.pks[BY_MODEL[model].name][value]
        return self.codes[model][value]

    def _user(self, name: str) -> int:
        """Who wrote it elsewhere: a name, without an account."""
        if name not in self.users:
            email = email_of(self.made.about.school, name)
            known = {"name": name, "has_account": False, "is_active": False, "password": "!"}
            known["is_sample"] = self._here().is_sample
            user, _ = User.objects.get_or_create(email=email, defaults=known)
            self.users[name] = user.pk
        return self.users[name]

    def _member(self, reference: str) -> int:
        """The one of that name and role at the school, or a name that took part until yesterday."""
        if not self.members:
            found = people.references(self._here())
            self.members = {told: pk for pk, told in sorted(found.items(), reverse=True)}
        if reference not in self.members:
            name, role = people.read(reference)
            day = clock.today() - dt.timedelta(days=1)
            made = Membership.objects.create(
                user_id=self._user(name), role=role, school=self._here(), from_on=day, to_on=day
            )
            self.members[reference] = made.pk
        return self.members[reference]

    def _local(self, snapshot: people.Snapshot | None) -> people.Snapshot | None:
        """A snapshot with the keys of here."""
        if snapshot and "school" in snapshot:
            snapshot = {**snapshot, "school": str(self._here().uid)}
        return people.renamed(snapshot, self._member)

    def _store(self, files: list[StoredFile]) -> None:
        for file in files:
            with SpooledTemporaryFile(max_size=8 * MB) as copy:
                for data in self.record.chunks(FILES + file.stored_sha256):
                    copy.write(data)
                copy.seek(0)
                storing.put(file.path, cast("IO[bytes]", copy))
            self.files.append(file.path)

    def drop_files(self) -> None:
        for path in self.files:
            default_storage.delete(path)

    def prove(self) -> None:
        """The school taken along from here says what the record says."""
        again = package_comparing.stands(self._here(), self.made.rows)[0]
        for kind in KINDS:
            if kind.known:
                continue
            for key, row in self.made.rows[kind.name].items():
                if again[kind.name].get(key) != row:
                    raise Refused(f"No se pudo guardar igual: {kind.title}, {key[:80]}.")
