"""Taking back the files that say something of schools and their years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mejora.core.decisions import Refused
from mejora.network import naming
from mejora.network.enums import CHILE, Dependency, OwnerKind
from mejora.network.facts import Enrolment, Performance
from mejora.network.importers import bulk, enrolment
from mejora.network.importers.directory_landing import YEAR, Keys, add_owners, facts
from mejora.network.importers.records import Outcome, Payload
from mejora.network.importers.undoing import (
    USED,
    Thing,
    Undoing,
    chunks,
    delete,
    hanging,
)
from mejora.network.models import (
    Country,
    ImportBatch,
    Owner,
    School,
    SchoolCode,
    SchoolYear,
    SlepTerritory,
)
from mejora.people.models import User

Row = tuple[str, str, Payload, Payload | None]  # outcome, key, payload, before
# Columns with what people call them; "" goes along in silence.
_YEAR = dict(
    zip(
        YEAR,
        (
            *("el nombre", "la comuna", "el Deprov", "el sostenedor", "la dependencia"),
            *("el estado", "la zona", "la matrícula", ""),
        ),
        strict=True,
    )
)
# Of a year that the batch added: nobody put it on the roster or gave it a SEP class since.
_ADDED = {**_YEAR, "in_roster": "", "roster_reason": "", "has_sep": "", "sep_batch": ""}
_UNTOUCHED = (False, "", None, None)
_SCHOOL = {
    "current_year": "",
    "check_digit": "el dígito verificador",
    "latitude": "la ubicación",
    "longitude": "la ubicación",
    "name": "el nombre",
    "commune": "la comuna",
    "office": "el Deprov",
    "owner": "el sostenedor",
}
_COUNTS = {
    "total": "la matrícula",
    **dict.fromkeys(enrolment.COUNTS, "la matrícula por nivel"),
    "batch": "",
}


def staged(batch: ImportBatch) -> Iterator[Row]:
    """What landed, in the order of the file."""
    rows = batch.rows.order_by("line", "pk")
    yield from rows.values_list("outcome", "key", "payload", "before").iterator()


@dataclass(slots=True)
class _Schools:
    """The schools of a batch as they stand, by RBD, and their rows of the batch's year."""

    year: int
    pks: dict[str, int]
    years: dict[str, int]
    present: dict[str, int]
    names: dict[str, str]

    @classmethod
    def load(cls, batch: ImportBatch) -> _Schools:
        year = int(batch.year or 0)  # nothing of these lands without its year
        rows = School.objects.values_list("code", "pk", "current_year", "name")
        pks, present, names = {}, {}, {}
        for code, pk, newest, name in rows.iterator():
            pks[code], present[code], names[code] = pk, newest, name
        years = SchoolYear.objects.filter(year=year).values_list("school__code", "pk")
        return cls(year, pks, dict(years.iterator()), present, names)

    def label(self, code: str) -> str:
        return f"«{self.names.get(code, code)}» (RBD {code}), año {self.year}"


@dataclass(slots=True)
class _Said:
    """What files said of schools, as the database holds it today.

    The owner of a "Servicio Local" school follows from its commune: when the list of SLEP changed
    since, that touched nothing of what the file said.
    """

    keys: Keys
    sleps: dict[str, str]

    @classmethod
    def load(cls) -> _Said:
        sleps = SlepTerritory.objects.values_list("commune__code", "owner__key")
        return cls(Keys.load(), dict(sleps))

    def _today(self, said: Payload) -> Payload:
        owner = said["owner"]
        if said["dependency"] == Dependency.SLEP:
            owner = self.sleps.get(said["commune"])
        return {**said, "owner": owner if owner in self.keys.owners else None}

    def year(self, said: Payload) -> tuple[Any, ...]:
        """In the order of `YEAR`, before the batch."""
        return facts(self._today(said), self.keys)

    def own_year(self, batch: ImportBatch, payload: Payload) -> tuple[Any, ...]:
        """A year as the batch added it, in the order of `_ADDED`."""
        return (*self.year(payload), batch.pk, *_UNTOUCHED)

    def place(self, said: Payload) -> tuple[Any, ...]:
        """A school's present, in the order of `_SCHOOL` after its year."""
        keys, owner = self.keys, self.keys.owner(self._today(said)["owner"])
        lat, lon = (None if said[n] is None else Decimal(said[n]) for n in ("lat", "lon"))
        commune, office = keys.communes[said["commune"]], keys.office(said["office"])
        return (said["digit"], lat, lon, said["name"], commune, office, owner)


# The directory ---------------------------------------------------------------------------------


def undo_directory(batch: ImportBatch, *, by: User | None) -> list[str]:
    undoing, rows = Undoing(batch), list(staged(batch))
    if any(before is not None and "year" not in before for *_, before in rows):
        raise Refused(
            "Esta carga es anterior a que Mejora guardara lo que había antes. Importe el archivo "
            "anterior, que deja los datos como estaban."
        )
    again = _bring_owners_back(rows)
    _undo_new_schools(undoing, rows)
    _undo_known_schools(undoing, rows)
    made = (payload["owner"] for _, _, payload, _ in rows if payload.get("makes_owner"))
    remove_owners((*made, *again))
    return undoing.finish()


def _bring_owners_back(rows: Iterable[Row]) -> set[str]:
    """Municipal owners of before that went when an earlier batch was undone."""
    kinds = (f"{OwnerKind.DAEM}:", f"{OwnerKind.CORPORATION}:")
    wanted = set[str]()
    for *_, before in rows:
        if before is not None:
            wanted |= {before.get("owner") or "", (before["year"] or {}).get("owner") or ""}
    wanted = {key for key in wanted if key.startswith(kinds)}
    missing = wanted - set(Owner.objects.filter(key__in=wanted).values_list("key", flat=True))
    add_owners(Country.objects.get(code=CHILE), missing)
    return missing


def _undo_new_schools(undoing: Undoing, rows: Sequence[Row]) -> None:
    """Schools that came with the file go with their code and their year, whole or not at all."""
    schools, said = _Schools.load(undoing.batch), _Said.load()
    new = [(code, p) for outcome, code, p, _ in rows if outcome == Outcome.NEW]
    if not new:
        return
    used = hanging(School, besides=(SchoolYear, SchoolCode))
    years_of = _years_of(schools.pks[code] for code, _ in new if code in schools.pks)
    going: list[str] = []
    written: dict[str, tuple[Any, ...]] = {}
    for code, payload in new:
        pk = schools.pks.get(code)
        if pk is None:
            continue
        if pk in used or years_of.get(pk, set()) - {schools.years.get(code)}:
            undoing.keep(schools.label(code), USED)
        else:
            going.append(code)
            written[code] = said.own_year(undoing.batch, payload)
    things = [
        Thing(schools.years[code], schools.label(code), written[code], None)
        for code in going
        if code in schools.years
    ]
    gone = undoing.put_back(SchoolYear, _ADDED, things)
    pks = [schools.pks[c] for c in going if c not in schools.years or schools.years[c] in gone]
    codes = SchoolCode.objects.filter(school__in=pks)
    delete(SchoolCode, list(codes.values_list("pk", flat=True)))
    delete(School, pks)


def _years_of(schools: Iterable[int]) -> dict[int, set[int]]:
    wanted, found = set(schools), dict[int, set[int]]()
    for school, pk in SchoolYear.objects.values_list("school_id", "pk").iterator():
        if school in wanted:
            found.setdefault(school, set()).add(pk)
    return found


def _undo_known_schools(undoing: Undoing, rows: Sequence[Row]) -> None:
    batch, said = undoing.batch, _Said.load()
    schools = _Schools.load(batch)
    added, corrected, present = [], [], []
    for outcome, code, payload, before in rows:
        if outcome != Outcome.CHANGED or before is None or code not in schools.years:
            continue
        pk, label = schools.years[code], schools.label(code)
        if before["year"] is None:
            added.append(Thing(pk, label, said.own_year(batch, payload), None))
        else:
            was = (*said.year(before["year"]), before["year"]["batch"])
            corrected.append(Thing(pk, label, (*said.year(payload), batch.pk), was))
        if payload["present"] and schools.present[code] == schools.year:
            thing = _present(schools, code, payload, before, said)
            present.append((code, thing, before))
    stuck = _without_another_year(schools, present)
    gone = undoing.put_back(SchoolYear, _ADDED, added, stuck=stuck)
    undoing.put_back(SchoolYear, _YEAR, corrected)
    stays = {thing.pk for thing in added} - gone
    going_back = [t for code, t, _ in present if schools.years[code] not in stays]
    changed = undoing.put_back(School, _SCHOOL, going_back)
    find_again(changed)


def _without_another_year(
    schools: _Schools, present: Iterable[tuple[str, Thing, Payload]]
) -> dict[int, str]:
    """Years that cannot go, because the one that was the present before is no longer there."""
    known = set(SchoolYear.objects.values_list("school_id", "year"))
    reason = "porque ya no está el año que era el último antes"
    return {
        schools.years[code]: reason
        for code, thing, before in present
        if (thing.pk, before["current"]) not in known
    }


def _present(schools: _Schools, code: str, payload: Payload, before: Payload, said: _Said) -> Thing:
    """A school's present: what the batch wrote and what it was."""
    wrote = (schools.year, *said.place(payload))
    was = (before["current"], *said.place(before))
    return Thing(schools.pks[code], f"«{schools.names[code]}» (RBD {code})", wrote, was)


def find_again(schools: Iterable[int]) -> None:
    """Bring the text that search looks in up to the name, place and owner that came back."""
    for chunk in chunks(schools):
        found = School.objects.filter(pk__in=chunk)
        rows = found.values_list("pk", "code", "name", "commune__name", "owner__name")
        texts = [
            (naming.search_text(code, name, commune, owner or ""), pk)
            for pk, code, name, commune, owner in rows
        ]
        bulk.update(School, ("search_text",), texts)


def remove_owners(keys: Iterable[str]) -> None:
    """Owners that the batch made, where nothing is theirs any more."""
    made = list(Owner.objects.filter(key__in=set(keys)).values_list("pk", flat=True))
    if made:
        delete(Owner, set(made) - hanging(Owner))


# Files that add to a school's year -------------------------------------------------------------


def _stuck(schools: _Schools, codes: Iterable[str], *, counted: bool) -> dict[int, str]:
    """Of years that the batch added, those that others need: the present one of its school and,
    where `counted`, the one whose pupils another file says."""
    others = set[str]()
    if counted:
        found = Enrolment.objects.filter(year=schools.year)
        others = set(found.values_list("school__code", flat=True))
    reasons = {}
    for code in codes:
        if schools.present.get(code) == schools.year:
            reasons[schools.years[code]] = "porque es el último año de la escuela"
        elif code in others:
            reasons[schools.years[code]] = USED
    return reasons


def undo_roster(batch: ImportBatch, *, by: User | None) -> list[str]:
    """Schools leave the roster again; years that were made for it go."""
    undoing, schools = Undoing(batch), _Schools.load(batch)
    made = _made_by(batch, schools)
    marked, added = [], []
    for outcome, code, payload, before in staged(batch):
        pk = schools.years.get(code)
        if pk is None:
            continue
        label, reason = schools.label(code), payload["reason"]
        if outcome == Outcome.NEW and pk in made:
            added.append((code, Thing(pk, label, (True, reason, batch.pk, None), None)))
        else:
            was = (True, before["reason"]) if before else (False, "")
            marked.append(Thing(pk, label, (True, reason), was))
    stuck = _stuck(schools, (code for code, _ in added), counted=True)
    going = [t for _, t in added if t.pk not in stuck]
    undoing.put_back(SchoolYear, _MADE, going)
    marked += [Thing(t.pk, t.label, t.wrote[:2], (False, "")) for _, t in added if t.pk in stuck]
    undoing.put_back(SchoolYear, _ROSTER, marked)
    return undoing.finish()


_ROSTER = {"in_roster": "la nómina", "roster_reason": "el motivo"}
_MADE = {**_ROSTER, "batch": "", "sep_batch": ""}


def _made_by(batch: ImportBatch, schools: _Schools) -> set[int]:
    """The years that the batch added, as far as no directory took them over since."""
    found = SchoolYear.objects.filter(year=schools.year, batch=batch)
    return set(found.values_list("pk", flat=True))


def undo_sep(batch: ImportBatch, *, by: User | None) -> list[str]:
    undoing, schools = Undoing(batch), _Schools.load(batch)
    added, corrected = [], []
    for _, code, payload, before in staged(batch):
        pk = schools.years.get(code)
        if pk is None:
            continue
        said = (payload["has_sep"], payload["sep_class"], batch.pk)
        if before is None:
            wrote = (*said, batch.pk, False, "")
            added.append((code, Thing(pk, schools.label(code), wrote, None)))
        else:
            was = (before["has_sep"], before["sep_class"], before["sep_batch"])
            corrected.append(Thing(pk, schools.label(code), said, was))
    stuck = _stuck(schools, (code for code, _ in added), counted=True)
    undoing.put_back(SchoolYear, _SEP_ADDED, [thing for _, thing in added], stuck=stuck)
    undoing.put_back(SchoolYear, _SEP, corrected)
    return undoing.finish()


_SEP = {"has_sep": "el convenio SEP", "sep_class": "la clase SEP", "sep_batch": ""}
_SEP_ADDED = {**_SEP, "batch": "", "in_roster": "", "roster_reason": ""}


def undo_enrolment(batch: ImportBatch, *, by: User | None) -> list[str]:
    undoing, schools, said = Undoing(batch), _Schools.load(batch), _Said.load()
    rows = list(staged(batch))
    _undo_counts(undoing, schools, rows)
    added, totals = [], []
    for _, code, payload, before in rows:
        pk = schools.years.get(code)
        if pk is None or before is None:
            continue
        if made := payload.get("makes_year"):
            wrote = said.own_year(batch, made)
            added.append((code, Thing(pk, schools.label(code), wrote, None)))
        else:
            total = (payload["total"],)
            totals.append(Thing(pk, schools.label(code), total, (before["says"],)))
    stuck = _stuck(schools, (code for code, _ in added), counted=False)
    undoing.put_back(SchoolYear, _ADDED, [thing for _, thing in added], stuck=stuck)
    undoing.put_back(SchoolYear, {"enrolment": "la matrícula del año"}, totals)
    made_years = (payload.get("makes_year") or {} for _, _, payload, _ in rows)
    remove_owners(made["owner"] for made in made_years if made.get("makes_owner"))
    return undoing.finish()


def _undo_counts(undoing: Undoing, schools: _Schools, rows: Iterable[Row]) -> None:
    found = Enrolment.objects.filter(year=schools.year).values_list("school__code", "pk")
    pks = dict(found.iterator())
    things = []
    for outcome, code, payload, before in rows:
        if code not in pks:
            continue
        wrote = (*(payload[name] for name in enrolment.NUMBERS), undoing.batch.pk)
        was = None
        if outcome == Outcome.CHANGED and before:
            was = (*(before[name] for name in enrolment.NUMBERS), before["batch"])
        things.append(Thing(pks[code], schools.label(code), wrote, was))
    undoing.put_back(Enrolment, _COUNTS, things)


def undo_performance(batch: ImportBatch, *, by: User | None) -> list[str]:
    undoing, schools = Undoing(batch), _Schools.load(batch)
    found = Performance.objects.filter(year=schools.year)
    pks = {
        (code, level): pk for code, level, pk in found.values_list("school__code", "level", "pk")
    }
    things = []
    for _, code, payload, before in staged(batch):
        pk = pks.get((code, payload["level"]))
        if pk is not None:
            wrote = (payload["category"], payload["is_new"], batch.pk)
            was = (before["category"], before["is_new"], before["batch"]) if before else None
            things.append(Thing(pk, schools.label(code), wrote, was))
    names = {"category": "la categoría", "is_new": "", "batch": ""}
    undoing.put_back(Performance, names, things)
    return undoing.finish()
