"""A school's year made of the rows of the table: the plan where there is none, the year with its
stages, the chain, the level of each action, the record of it all.

Everything is computed before the database is touched. What changes keep is what `snapshots` would
read afterwards (`check` compares them), and versions are the year as it would be frozen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from mejora.core.folding import fold
from mejora.core.identifiers import ordered_uid
from mejora.frameworks.catalogue import Catalogue
from mejora.frameworks.models import Area, TermKind
from mejora.monitoring import periods
from mejora.monitoring import snapshots as monitoring_snapshots
from mejora.monitoring.importers.pme_places import Place
from mejora.monitoring.importers.pme_tables import Keys, Tables
from mejora.monitoring.models import Period, ProgressReport
from mejora.network.importers.parts import Staged
from mejora.network.importers.records import Payload
from mejora.network.models import ImportBatch, School
from mejora.plans import snapshots, workflow
from mejora.plans.enums import Entity, StageKind, StageStatus
from mejora.plans.models import (
    Action,
    Change,
    Funding,
    Objective,
    Plan,
    PlanYear,
    Stage,
    StageEvent,
    Strategy,
    Version,
)

SUBAREA, NORMATIVE = Action.subareas.through, Action.normative_plans.through
# As snapshots.canonical writes.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


_OF_ACTION = (
    *("objective", "strategy", "area", "subareas", "normative_plans", "number", "name"),
    *("description", "starts_on", "ends_on", "responsible_text", "program_text", "ate_provider"),
    *("imported_total", "funding"),
)
_OF_REPORT = ("action", "level", "justification", "note")
# What a year's tree holds by uid, whatever the stage.
TREE = ("seals", "objectives", "goals", "strategies", "indicators", "readings", "actions")


class Form:
    """A snapshot's text with gaps for what differs from row to row; the rest is written once."""

    def __init__(self, blank: snapshots.Snapshot, gaps: Sequence[str]) -> None:
        self.gaps = sorted(gaps)
        parts = [
            f'"{name}":' + ("%s" if name in gaps else _encode(value).replace("%", "%%"))
            for name, value in sorted(blank.items())
        ]
        self.text = "{" + ",".join(parts) + "}"

    def fill(self, said: snapshots.Snapshot) -> str:
        values = [said[name] for name in self.gaps]
        return self.text % tuple(
            [encode_basestring(v) if isinstance(v, str) else _text(v) for v in values]
        )


def _text(value: Any) -> str:
    """As `_encode`, quicker for what most values are."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return _listed(tuple(value))
    return str(value) if type(value) is int else _encode(value)


@lru_cache(maxsize=2000)
def _listed(codes: tuple[str, ...]) -> str:
    """The same few lists of codes stand in a country's table hundreds of thousands of times."""
    return _encode(codes)


@dataclass(slots=True)
class Frame:
    """What every school of a part shares: the year, the words' keys, the moment."""

    batch: ImportBatch
    year: int
    book: Catalogue
    now: dt.datetime
    areas: dict[str, int] = field(init=False)
    levels: dict[str, int] = field(init=False)
    whys: dict[str, int] = field(init=False)
    plans: dict[str, int] = field(init=False)
    sources: dict[str, int] = field(init=False)
    whole: periods.Span = field(init=False)
    today: str = field(init=False)
    moment: Any = field(init=False)  # as the database takes it
    year_text: str = field(init=False)
    action: Form = field(init=False)
    report: Form = field(init=False)

    def __post_init__(self) -> None:
        tops = self.book.areas
        self.areas = {a.code: a.pk for top in tops for a in (top, *top.children)}
        self.levels = {t.code: t.pk for t in self.book.levels}
        self.whys = {t.code: t.pk for t in self.book.justifications}
        self.plans = {t.code: t.pk for t in self.book.normative_plans}
        self.sources = {t.code: t.pk for t in self.book.of(TermKind.FUNDING)}
        self.whole = periods.school_year(self.book.edition, self.year)
        self.today = timezone.localdate(self.now).isoformat()
        at = Change._meta.get_field("at")
        self.moment = at.get_db_prep_save(self.now, connection)
        self.year_text = _encode(snapshots.plan_year(PlanYear(year=self.year)))
        self.action = Form(_blank_action(), _OF_ACTION)
        self.report = Form(_blank_report(self.whole, self.now), _OF_REPORT)

    @property
    def alike(self) -> dict[type[models.Model], dict[str, Any]]:
        """What the rows of each table have in common."""
        signed = {"batch": self.batch.pk, "at": self.now}
        return {
            PlanYear: {"is_begun": True},
            ProgressReport: {"at": self.now, "reviewed_at": self.now},
            StageEvent: signed,
            Change: {**signed, "before": None},
            Version: {"taken_at": self.now, "schema_no": snapshots.SCHEMA_NO},
        }


def _blank_action() -> snapshots.Snapshot:
    """The snapshot of an action that says nothing: its names are told in one place alone."""
    day = dt.date(2000, 1, 1)
    thing = Action(pk=0, objective=Objective(), area=Area(code=""), starts_on=day, ends_on=day)
    lists = ("subareas", "normative_plans", "fundings", "milestones", "requirements")
    vars(thing)["_prefetched_objects_cache"] = {name: [] for name in lists}
    return snapshots.action(thing)


def _blank_report(whole: periods.Span, now: dt.datetime) -> snapshots.Snapshot:
    period = Period(starts_on=whole.starts_on, ends_on=whole.ends_on)
    thing = ProgressReport(action=Action(), period=period, reviewed_at=now)
    return monitoring_snapshots.report(thing)


def counts(rows: Sequence[Staged], schools: int) -> dict[type[models.Model], int]:
    """How many keys a part needs at most."""
    texts = len({(row.key, row.payload["objective"]) for row in rows})
    ways = {(row.key, row.payload["objective"], row.payload["strategy"]) for row in rows}
    return {
        **dict.fromkeys((Plan, PlanYear, Period), schools),
        Objective: texts,
        Strategy: len(ways),
        Action: len(rows),
        Stage: schools * len(workflow.ORDER),
        StageEvent: schools * len(workflow.ORDER),
    }


def build(place: Place, rows: Sequence[Staged], keys: Keys, frame: Frame) -> Tables:
    """The rows of every table for a school that has no such year yet."""
    return _Builder(place, keys, frame).build(rows)


class _Builder:
    def __init__(self, place: Place, keys: Keys, frame: Frame) -> None:
        self.place, self.keys, self.frame = place, keys, frame
        self.tables = Tables()
        # The year's tree, kind by kind: uid to the text of its snapshot.
        self.tree: dict[str, dict[str, str]] = {
            kind: {uid: _encode(said) for uid, said in told.items()}
            for kind, told in place.told.items()
        }
        self.objectives = dict(place.objectives)
        self.strategies: dict[tuple[int, str], tuple[int, str]] = {}
        self.by_text: dict[tuple[str, str], tuple[int, str, int | None, str | None]] = {}
        self.reported = 0

    def build(self, rows: Sequence[Staged]) -> Tables:
        self._open()
        planned = [self._action(number, row.payload) for number, row in enumerate(rows, 1)]
        if any(row.payload["level"] for row in rows):
            self._reports(planned, [row.payload for row in rows])
        self._stages(len(rows))
        return self.tables

    # --- The plan and its year ---

    def _open(self) -> None:
        place, frame = self.place, self.frame
        plan = place.plan or self._new_plan()
        self.plan, self.plan_text = plan, _encode(snapshots.plan(plan))
        self.year = self.keys.take(PlanYear)
        self.year_uid = ordered_uid()[0]
        if place.plan is None:
            self._record(Entity.PLAN, plan.uid.hex, str(plan), self.plan_text, of_year=False)
        self._record(Entity.PLAN_YEAR, self.year_uid, f"PME {frame.year}", frame.year_text)

    def _new_plan(self) -> Plan:
        """The file does not tell when the cycle began: it is taken to begin with this year, and
        to leave room for a later plan (criterio de Mejora)."""
        frame, place = self.frame, self.place
        edition = frame.book.edition
        end = frame.year + edition.cycle_years - 1
        if place.ends_before:
            end = min(end, place.ends_before - 1)
        plan = Plan(
            pk=self.keys.take(Plan),
            uid=UUID(ordered_uid()[0]),
            edition=edition,
            start_year=frame.year,
            end_year=end,
            school=School(pk=place.school, uid=place.uid),
        )
        row = (plan.pk, plan.uid.hex, place.school, edition.pk, frame.year, end)
        self.tables.add(Plan, row)
        return plan

    # --- The chain ---

    def _above(self, payload: Payload) -> tuple[int, str, int | None, str | None]:
        """Objective and strategy of a row, by their folded texts: key and uid of each."""
        texts = payload["objective"], payload["strategy"]
        found = self.by_text.get(texts)
        if found is None:
            objective = self._objective(texts[0])
            strategy = self._strategy(objective, texts[1]) if texts[1] else (None, None)
            found = self.by_text[texts] = (*objective, *strategy)
        return found

    def _objective(self, text: str) -> tuple[int, str]:
        known_as = fold(text)
        if known_as not in self.objectives:
            pk, uid = self.keys.take(Objective), ordered_uid()
            self.place.last_order += 1
            order = self.place.last_order
            self.tables.add(Objective, (pk, uid[0], self.plan.pk, text, order))
            said: snapshots.Snapshot = {"text": text, "area": None, "seals": [], "order": order}
            self._keep("objectives", Entity.OBJECTIVE, uid, text, _encode(said), of_year=False)
            self.objectives[known_as] = pk, uid[1]
        return self.objectives[known_as]

    def _strategy(self, objective: tuple[int, str], text: str) -> tuple[int, str]:
        known_as = objective[0], fold(text)
        if known_as not in self.strategies:
            pk, uid = self.keys.take(Strategy), ordered_uid()
            order = len(self.strategies) + 1
            self.tables.add(Strategy, (pk, uid[0], self.year, objective[0], text, order))
            said = {"objective": objective[1], "goal": None, "text": text, "order": order}
            self._keep("strategies", Entity.STRATEGY, uid, text, _encode(said))
            self.strategies[known_as] = pk, uid[1]
        return self.strategies[known_as]

    def _action(self, number: int, payload: Payload) -> tuple[int, str]:
        """Everything of an action but its level."""
        frame, tables = self.frame, self.tables
        objective, objective_uid, strategy, strategy_uid = self._above(payload)
        pk, uid = self.keys.take(Action), ordered_uid()
        level = payload["level"]
        tables.add(
            Action,
            (
                pk, uid[0], self.year, objective, strategy, frame.areas[payload["area"]], number,
                payload["name"], payload["description"], payload["starts"], payload["ends"],
                payload["responsible"], payload["program"], payload["ate"], payload["total"],
                frame.levels[level] if level else None, frame.today if level else None,
            ),
        )  # fmt: skip
        for code in payload["subareas"]:
            tables.add(SUBAREA, (pk, frame.areas[code]))
        for code in payload["plans"]:
            tables.add(NORMATIVE, (pk, frame.plans[code]))
        for code, planned in payload["funding"].items():
            tables.add(Funding, (pk, frame.sources[code], planned))
        said = {
            "objective": objective_uid,
            "strategy": strategy_uid,
            "area": payload["area"],
            "subareas": payload["subareas"],
            "normative_plans": payload["plans"],
            "number": number,
            "name": payload["name"],
            "description": payload["description"],
            "starts_on": payload["starts"],
            "ends_on": payload["ends"],
            "responsible_text": payload["responsible"],
            "program_text": payload["program"],
            "ate_provider": payload["ate"],
            "imported_total": payload["total"],
            "funding": payload["funding"],
        }
        text = frame.action.fill(said)
        self._keep("actions", Entity.ACTION, uid, payload["name"], text)
        return pk, uid[1]

    # --- The levels: one report of the whole year, which is all that the table tells ---

    def _reports(self, planned: Sequence[tuple[int, str]], told: Sequence[Payload]) -> None:
        frame, whole = self.frame, self.frame.whole
        period = self.keys.take(Period)
        days = (whole.starts_on, whole.ends_on, whole.due_on)
        self.tables.add(Period, (period, self.year, 1, *(day.isoformat() for day in days)))
        for (action, action_uid), payload in zip(planned, told, strict=True):
            level, why = payload["level"], payload["why"]
            if not level:
                continue
            uid = ordered_uid()
            justified = frame.whys[why] if why else None
            row = (uid[0], action, period, frame.levels[level], justified, payload["note"])
            self.tables.add(ProgressReport, row)
            said = {
                "action": action_uid,
                "level": level,
                "justification": why,
                "note": payload["note"],
            }
            text = frame.report.fill(said)
            self._keep("reports", Entity.REPORT, uid, payload["name"], text)
            self.reported += 1

    # --- The stages: approved by this import, all in one Version ---

    def _stages(self, planned: int) -> None:
        """The chain is whole, so what comes before the implementation is approved too. The
        implementation is, once every action has its level."""
        kinds = workflow.ORDER if self.plan.start_year == self.frame.year else workflow.ORDER[1:]
        statuses: dict[str, str] = {}
        last: tuple[StageKind, int] | None = None
        for kind in kinds:
            status = self._status(kind, planned)
            statuses[kind] = status
            approved = status == StageStatus.APPROVED
            stage = self.keys.take(Stage)
            decided = (self.frame.moment, self.frame.batch.pk) if approved else (None, None)
            self.tables.add(Stage, (stage, self.year, kind.value, status.value, *decided))
            if status == StageStatus.NOT_STARTED:
                continue
            move = workflow.IMPORT if approved else workflow.BEGIN
            event = self.keys.take(StageEvent)
            before = StageStatus.NOT_STARTED.value
            self.tables.add(StageEvent, (event, stage, move.name, before, status.value))
            if approved:
                last = kind, event
        if last:
            self._freeze(*last)
        now, standing = workflow.standing(statuses)
        row = (
            self.year, self.year_uid, self.plan.pk, self.place.school, self.frame.year,
            now.value, standing.value, int(last is not None),
        )  # fmt: skip
        self.tables.add(PlanYear, row)

    def _status(self, kind: StageKind, planned: int) -> StageStatus:
        if kind in {StageKind.STRATEGIC, StageKind.PLANNING}:
            return StageStatus.APPROVED
        if kind == StageKind.EVALUATION or not self.reported:
            return StageStatus.NOT_STARTED
        return StageStatus.APPROVED if self.reported == planned else StageStatus.PARTIAL

    def _freeze(self, kind: StageKind, event: int) -> None:
        """One Version for all the stages that this import approves: they are approved in the same
        moment, and the last of them holds what the others do."""
        text = self._canonical(kind)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        self.tables.add(Version, (self.year, event, 1, text, sha256))

    def _canonical(self, kind: StageKind) -> str:
        """The year's tree as `snapshots.canonical` writes it, of the texts that stand already:
        what the stages up to this one hold."""
        parts: dict[str, str] = {"plan": self.plan_text, "year": self.frame.year_text, "done": "{}"}
        for name in TREE:
            parts[name] = self._part(name)
        if kind == StageKind.IMPLEMENTATION:
            parts |= {"reports": self._part("reports"), "evidence": "{}"}
        return "{" + ",".join(f'"{name}":{parts[name]}' for name in sorted(parts)) + "}"

    def _part(self, name: str) -> str:
        told = self.tree.get(name, {})
        return "{" + ",".join(f'"{uid}":{told[uid]}' for uid in sorted(told)) + "}"

    # --- The record ---

    def _keep(
        self,
        kind: str,
        entity: Entity,
        uid: tuple[str, str],
        label: str,
        text: str,
        *,
        of_year: bool = True,
    ) -> None:
        """Into the tree and into the history: both tell the same."""
        self.tree.setdefault(kind, {})[uid[1]] = text
        self._record(entity, uid[0], label, text, of_year=of_year)

    def _record(
        self, entity: Entity, uid: str, label: str, text: str, *, of_year: bool = True
    ) -> None:
        year = self.year if of_year else None
        row = (self.plan.pk, year, entity.value, uid, label[:200], text)
        self.tables.add(Change, row)
