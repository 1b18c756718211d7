"""The record of all that the sample wrote: Changes, and a Version per sending and decision.

Asked after the rows are written, because snapshots name keys.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from mejora.monitoring import snapshots as monitoring_snapshots
from mejora.network.access import Actor
from mejora.people.models import User
from mejora.plans import snapshots, workflow
from mejora.plans.enums import Entity, StageKind
from mejora.plans.models import Change, PlanYear, Version
from mejora.plans.recording import change_of
from mejora.plans.snapshots import Snapshot
from mejora.sample.rows import Rows
from mejora.sample.stories import Author, Story, YearStory
from mejora.sample.timeline import BY_NAME

EXTENDED = "Se amplía el plazo: faltaban sesiones por suspensión de clases"


def write(rows: Rows, story: Story, author: Author) -> None:
    """`author` wrote the plan itself; reports, ticks and evidence name who made them."""
    teller = _Teller(story, author)
    for change in sorted(teller.changes(), key=lambda change: change.at):
        rows.add(change)
    for year in story.years:
        for version in teller.versions(year):
            rows.add(version)


class _Teller:
    def __init__(self, story: Story, author: Author) -> None:
        self.story = story
        self.author = author
        # Each thing's snapshot once: changes and versions tell the same.
        self.told: dict[UUID, Snapshot] = {}
        self.as_approved: dict[UUID, Snapshot] = {}

    def changes(self) -> Iterator[Change]:
        story, first = self.story, self.story.years[0]
        at = self._opened(first)
        yield self._new(Entity.PLAN, story.plan, snapshots.plan, at)
        for number, year in enumerate(story.years):
            yield from self._year(year, self._opened(year) if number else at)
        begun = first.at(StageKind.STRATEGIC, "begin") or first.at(StageKind.STRATEGIC, "import")
        yield from self._assessed(begun or at)
        for entity, things, snapshot in (
            (Entity.SEAL, story.seals, snapshots.seal),
            (Entity.OBJECTIVE, story.objectives, snapshots.objective),
            (Entity.GOAL, story.goals, snapshots.goal),
        ):
            for thing in things:
                yield self._new(entity, thing, snapshot, begun or at)
        for indicator in story.assessed_indicators:
            yield self._new(Entity.INDICATOR, indicator, snapshots.indicator, begun or at)

    def _assessed(self, at: dt.datetime) -> Iterator[Change]:
        """The self-assessment of the first year; each judgement says who made it and when."""
        found = self.story.assessed
        if found is None:
            return
        yield self._new(Entity.SELF_ASSESSMENT, found.row, snapshots.self_assessment, at)
        for made in found.judgements:
            by = made.by
            yield self._new(Entity.JUDGEMENT, made, snapshots.judgement, made.at, by=by)
        last = max((made.at for made in found.judgements), default=at)
        for factor in found.factors:
            yield self._new(Entity.CRITICAL_FACTOR, factor, snapshots.critical_factor, last)

    def _opened(self, year: YearStory) -> dt.datetime:
        """A year is opened just before its first move; untouched ones in the first days of it."""
        if year.moves:
            return year.moves[0].at - dt.timedelta(minutes=20)
        return self.story.chance.moment(dt.date(year.row.year, 3, 2))

    def _new(
        self,
        entity: Entity,
        thing: Any,
        snapshot: Any,
        at: dt.datetime,
        *,
        year: PlanYear | None = None,
        by: Author | None = None,
        label: str = "",
    ) -> Change:
        self.told[thing.uid] = snapshot(thing)
        return self._change(
            entity, thing.uid, label or str(thing), None, self.told[thing.uid], at, year, by
        )

    def _change(
        self,
        entity: Entity,
        uid: UUID,
        label: str,
        before: Snapshot | None,
        after: Snapshot,
        at: dt.datetime,
        year: PlanYear | None,
        by: Author | None = None,
    ) -> Change:
        author = by or self.author
        return change_of(
            self.story.plan,
            entity,
            uid,
            label,
            before=before,
            after=after,
            by=Actor(author, ()) if isinstance(author, User) else author,
            plan_year=year,
            at=at,
        )

    def _year(self, year: YearStory, at: dt.datetime) -> Iterator[Change]:
        row = year.row
        said = snapshots.plan_year(row)
        empty = {**said, "evaluation_summary": ""}
        yield self._change(Entity.PLAN_YEAR, row.uid, str(row), None, empty, at, row)
        evaluated = year.at(StageKind.EVALUATION, "begin")
        if evaluated:
            yield self._change(Entity.PLAN_YEAR, row.uid, str(row), empty, said, evaluated, row)
        kind = StageKind.PLANNING
        begun = year.at(kind, "begin") or year.at(kind, "import") or at
        yield from self._planned(year, begun)
        yield from self._monitored(year)

    def _planned(self, year: YearStory, at: dt.datetime) -> Iterator[Change]:
        row, minute = year.row, dt.timedelta(minutes=4)
        for strategy in year.strategies:
            yield self._new(Entity.STRATEGY, strategy, snapshots.strategy, at, year=row)
        for indicator in year.indicators:
            yield self._new(Entity.INDICATOR, indicator, snapshots.indicator, at, year=row)
        for number, made in enumerate(year.actions, 1):
            written = at + number * minute
            change = self._new(Entity.ACTION, made.action, snapshots.action, written, year=row)
            extended = year.changed.get(made.action.uid)
            if extended:
                before = {**self.told[made.action.uid], **extended[0]}
                self.as_approved[made.action.uid] = change.after = before
            yield change
            if extended:
                after = self.told[made.action.uid]
                name = made.action.name
                later = self._change(
                    Entity.ACTION, made.action.uid, name, before, after, extended[1], row
                )
                later.reason = EXTENDED
                yield later
        for reading in year.readings:
            on = self.story.chance.moment(reading.on)
            yield self._new(Entity.READING, reading, snapshots.reading, on, year=row)

    def _monitored(self, year: YearStory) -> Iterator[Change]:
        row = year.row
        if year.monitoring:
            chosen = year.at(StageKind.IMPLEMENTATION, "begin") or year.moves[-1].at
            yield self._new(
                Entity.MONITORING_PLAN,
                year.monitoring,
                monitoring_snapshots.monitoring_plan,
                chosen,
                year=row,
                label=f"Monitoreo {row.year}",
            )
        for milestone, user, at in year.ticked:
            after = snapshots.milestone_done(milestone)
            yield self._change(
                Entity.MILESTONE_DONE, milestone.uid, milestone.name, None, after, at, row, user
            )
        for report in year.reports:
            yield from self._report(year, report)
        for use in year.evidence:
            snapshot, name = monitoring_snapshots.evidence, use.file.original_name
            yield self._new(Entity.EVIDENCE, use, snapshot, use.at, year=row, by=use.by, label=name)

    def _report(self, year: YearStory, report: Any) -> Iterator[Change]:
        """What a responsible said is accepted later by the team, in a Change of its own."""
        change = self._new(
            Entity.REPORT,
            report,
            monitoring_snapshots.report,
            report.at,
            year=year.row,
            by=report.reported_by,
            label=report.action.name,
        )
        if report.reviewed_at is None or report.reviewed_at == report.at:
            yield change
            return
        after = self.told[report.uid]
        answer = {"is_reviewed", "changes_asked", "is_answered"}
        waiting = {name: said for name, said in after.items() if name not in answer}
        waiting["is_reviewed"] = False
        change.after = waiting
        yield change
        yield self._change(
            Entity.REPORT,
            report.uid,
            report.action.name,
            waiting,
            after,
            report.reviewed_at,
            year.row,
            report.reviewed_by,
        )

    # --- Versions ---

    def versions(self, year: YearStory) -> Iterator[Version]:
        number = 0
        cache: dict[str, tuple[str, str]] = {}
        for event, move in zip(year.events, year.moves, strict=True):
            if not BY_NAME[move.name].takes_version:
                continue
            number += 1
            if move.kind not in cache:
                cache[move.kind] = snapshots.canonical(self._tree(year, move.kind))
            text, sha256 = cache[move.kind]
            yield Version(
                plan_year=year.row,
                event=event,
                number=number,
                content=text,
                sha256=sha256,
                schema_no=snapshots.SCHEMA_NO,
                taken_at=move.at,
            )

    def _tree(self, year: YearStory, kind: StageKind) -> Snapshot:
        """The year as `snapshots.year_tree` would have found it at that stage."""
        stage = workflow.ORDER.index(kind)
        planned, done, judged = stage >= 1, stage >= 2, stage >= 3
        story = self.story
        summary = year.row.evaluation_summary if judged else ""
        actions = self._of(made.action for made in year.actions) if planned else {}
        if not done:
            actions = {uid: self.as_approved.get(UUID(uid), told) for uid, told in actions.items()}
        return {
            "plan": self.told[story.plan.uid],
            "year": {**snapshots.plan_year(year.row), "evaluation_summary": summary},
            "seals": self._of(story.seals),
            "objectives": self._of(story.objectives),
            "goals": self._of(story.goals),
            "strategies": self._of(year.strategies) if planned else {},
            "indicators": {
                **self._of(story.assessed_indicators),
                **(self._of(year.indicators) if planned else {}),
            },
            "readings": self._of(year.readings) if done else {},
            "actions": actions,
            "done": {
                str(milestone.uid): milestone.done_on.isoformat()
                for milestone, _, _ in (year.ticked if done else ())
                if milestone.done_on
            },
            **self._judged(year),
            **(self._extra(year) if done else {}),
        }

    def _judged(self, year: YearStory) -> Snapshot:
        found = self.story.assessed
        if found is None:
            return {}
        of_year = found.judgements if found.row.year == year.row.year else []
        return {"judgements": self._of(of_year), "factors": self._of(found.factors)}

    def _extra(self, year: YearStory) -> Snapshot:
        return {"reports": self._of(year.reports), "evidence": self._of(year.evidence)}

    def _of(self, things: Iterable[Any]) -> Snapshot:
        return {str(thing.uid): self.told[thing.uid] for thing in things}
