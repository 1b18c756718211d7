"""What a file says of a school's month, compared, written and taken back.

A month holds what two kinds of file say: the attendance, and the enrolment with its withdrawals.
A school's months go back together, and only while they still say what the batch wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mejora.core import wording
from mejora.network.importers import bulk
from mejora.network.importers.parts import Staged, Write
from mejora.network.importers.records import Checked, Issue, Outcome
from mejora.network.models import ImportBatch, ImportRow, School
from mejora.people.models import User
from mejora.territory.models import SchoolMonth
from mejora.territory.operations import raising

ATTENDANCE = ("attended_days", "possible_days", "records")
ENROLMENT = ("enrolled", "withdrawals")
# Groups of columns that one file says together, and where the file itself is noted.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "attendance_batch": ATTENDANCE,
    "figures_batch": ENROLMENT,
}
COLUMNS = (*ATTENDANCE, "attendance_batch", *ENROLMENT, "figures_batch")
LABELS = {
    "attended_days": "Días asistidos",
    "possible_days": "Días trabajados",
    "records": "Registros",
    "enrolled": "Matrícula",
    "withdrawals": "Retiros",
}
Key = tuple[str, int, int]  # RBD, year, month
Values = dict[str, int | None]  # by COLUMNS


@dataclass(slots=True)
class Schools:
    """Chile's schools, by RBD; `own` are those of the batch's owner, None when it has none."""

    names: dict[str, str]
    own: set[str] | None

    @classmethod
    def of(cls, batch: ImportBatch) -> Schools:
        found = School.objects.filter(country__code="CL")
        names = dict(found.values_list("code", "name"))
        if batch.owner_id is None:
            return cls(names, None)
        owned = found.filter(owner=batch.owner_id).values_list("code", flat=True)
        return cls(names, set(owned))

    def is_foreign(self, code: str) -> bool:
        return self.own is not None and code not in self.own


@dataclass(slots=True)
class Stored:
    """The months as they stand, read once for each year and month that a file speaks of."""

    months: dict[tuple[int, int], dict[str, Values]] = field(default_factory=dict)

    def of(self, code: str, year: int, month: int) -> Values | None:
        if (year, month) not in self.months:
            rows = SchoolMonth.objects.filter(year=year, month=month, school__country__code="CL")
            found = rows.values_list("school__code", *_NAMES)
            self.months[year, month] = {c: _values(v) for c, *v in found.iterator()}
        return self.months[year, month].get(code)

    def missing(self, seen: Collection[Key], schools: Schools) -> Iterable[Issue]:
        """Schools whose month Mejora has and the file, which speaks of that month, has not."""
        for (year, month), known in sorted(self.months.items()):
            for code in sorted(known):
                if (code, year, month) not in seen and not schools.is_foreign(code):
                    what = f"«{schools.names.get(code, code)}», {month_label(year, month)},"
                    text = f"{what} no está en este archivo. Se conserva lo que había."
                    yield Issue(0, "RBD", code, "absent", text[:400], is_error=False)


_NAMES = tuple(f"{name}_id" if name in GROUPS else name for name in COLUMNS)


def _values(found: Iterable[Any]) -> Values:
    return dict(zip(COLUMNS, found, strict=True))


def month_label(year: int, month: int) -> str:
    return f"{wording.month_name(month)} {year}"


def compare(
    row: tuple[int, str], key: Key, says: Values, schools: Schools, stored: Stored, issues: Any = ()
) -> Checked:
    """`row` is where it stands (line, sheet); `says` only what the file knows."""
    (line, sheet), (code, year, month) = row, key
    was = stored.of(code, year, month)
    if was and all(was[name] == value for name, value in says.items()):
        return Checked(line, code, Outcome.SAME, issues=tuple(issues), sheet=sheet)
    name = f"{schools.names[code]} · {month_label(year, month)}"
    payload: dict[str, Any] = {"name": name, "month": [year, month], "says": says, "was": was}
    if was:
        payload["shown"] = [
            [LABELS[n], _said(was[n]), _said(value)] for n, value in says.items() if was[n] != value
        ]
    outcome = Outcome.CHANGED if was else Outcome.NEW
    return Checked(line, code, outcome, payload, was, tuple(issues), sheet)


def _said(value: int | None) -> str:
    return "s/i" if value is None else wording.thousands(value)


# Writing ---------------------------------------------------------------------------------------


def prepare(batch: ImportBatch, rows: Sequence[Staged]) -> Write:
    """The months of some schools, each school whole; what is given back writes them."""
    return lambda: _write(batch, rows)


def _write(batch: ImportBatch, rows: Sequence[Staged]) -> list[Issue]:
    pks = dict(School.objects.filter(code__in={r.key for r in rows}).values_list("code", "pk"))
    now = _standing(pks.values(), {row.payload["month"][0] for row in rows})
    added, changed, left_out = [], [], []
    for row in rows:
        school, (year, month) = pks.get(row.key), row.payload["month"]
        pk, was = now.get((school or 0, year, month), (None, None))
        if school is None or was != row.payload["was"]:
            left_out.append(_left_out(row))
            continue
        values = tuple(_after(batch, was, row.payload["says"]).values())
        if pk is None:
            added.append((*values, school, year, month))
        else:
            changed.append((*values, pk))
    bulk.insert(SchoolMonth, (*COLUMNS, "school", "year", "month"), added)
    bulk.update(SchoolMonth, COLUMNS, changed)
    raising.look(pks.values(), batch)
    return left_out


def _standing(
    schools: Iterable[int], years: Iterable[int]
) -> dict[tuple[int, int, int], tuple[int, Values]]:
    found = SchoolMonth.objects.filter(school__in=list(schools), year__in=list(years))
    rows = found.values_list("school_id", "year", "month", "pk", *_NAMES)
    return {(s, y, m): (pk, _values(values)) for s, y, m, pk, *values in rows.iterator()}


def _after(batch: ImportBatch, was: Values | None, says: Values) -> Values:
    """The whole month once written: what the file says, and which file says it."""
    after = dict(was) if was else dict.fromkeys(COLUMNS)
    for batch_column, names in GROUPS.items():
        said = {name: says[name] for name in names if name in says}
        if said:
            after.update(said)
            after[batch_column] = batch.pk
            if batch_column == "attendance_batch" and "records" not in said:
                after["records"] = None  # a file that counts no records takes the old count along
    return after


def _left_out(row: Staged) -> Issue:
    text = (
        "Este mes cambió después de revisar el archivo. Quedó fuera: importe el archivo otra vez."
    )
    return Issue(row.line, "RBD", row.key, "month-moved", text, is_error=True)


# Taking back -----------------------------------------------------------------------------------


def undo(batch: ImportBatch, codes: Sequence[str], by: User | None) -> list[str]:
    """What the batch wrote of these schools goes back. A school of which another file wrote
    something since stays whole as it is, and a sentence says so."""
    schools = {code: (pk, name) for code, pk, name in _named(codes)}
    rows = list(ImportRow.objects.filter(batch=batch, key__in=codes).values_list("key", "payload"))
    years = {payload["month"][0] for _, payload in rows}
    now = _standing((pk for pk, _ in schools.values()), years)
    backs: dict[str, list[tuple[int, Values]]] = {}
    kept: dict[str, str] = {}
    for code, payload in rows:
        year, month = payload["month"]
        pk, values = now.get((schools.get(code, (0, ""))[0], year, month), (None, None))
        if pk is None or values is None:
            continue
        after = _back(batch, values, payload)
        if after is None:
            kept[code] = f"«{schools[code][1]}»: se conserva, porque otra carga escribió después."
        else:
            backs.setdefault(code, []).append((pk, after))
    _put_back([back for code in backs.keys() - kept.keys() for back in backs[code]])
    raising.withdraw((schools[c][0] for c in schools.keys() - kept.keys()), batch)
    return list(kept.values())


def _named(codes: Sequence[str]) -> Iterable[tuple[str, int, str]]:
    return School.objects.filter(code__in=codes).values_list("code", "pk", "name")


def _put_back(backs: Sequence[tuple[int, Values]]) -> None:
    """Months that say nothing any more go."""
    gone = [pk for pk, after in backs if all(after[name] is None for name in LABELS)]
    left = set(gone)
    bulk.update(SchoolMonth, COLUMNS, [(*a.values(), pk) for pk, a in backs if pk not in left])
    for start in range(0, len(gone), 900):
        bulk.delete(SchoolMonth, "id", gone[start : start + 900])


def _back(batch: ImportBatch, now: Values, payload: Mapping[str, Any]) -> Values | None:
    """The month as it should be; None where another file wrote it since."""
    wrote = _after(batch, payload["was"], payload["says"])
    was = payload["was"] or dict.fromkeys(COLUMNS)
    after = dict(now)
    for batch_column, names in GROUPS.items():
        if wrote[batch_column] != batch.pk:
            continue  # the file said nothing of this
        columns = (*names, batch_column)
        if any(now[name] != wrote[name] for name in columns):
            return None
        after.update({name: was[name] for name in columns})
    return after
