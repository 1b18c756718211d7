"""A later table corrects what an earlier one brought, action by action, where nobody touched the
year between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from mejora.core.folding import fold
from mejora.frameworks.models import Area, Term
from mejora.monitoring import snapshots
from mejora.monitoring.importers.pme_building import Frame
from mejora.monitoring.importers.pme_places import Place
from mejora.monitoring.models import Period, ProgressReport
from mejora.monitoring.operations import reports
from mejora.network.importers.parts import Staged
from mejora.network.importers.records import Payload
from mejora.plans import snapshots as plan_snapshots
from mejora.plans import workflow
from mejora.plans.enums import Entity, StageKind
from mejora.plans.models import Action, Funding, Objective, PlanYear, Stage, Strategy
from mejora.plans.operations.actions import next_number
from mejora.plans.operations.writing import next_order
from mejora.plans.recording import record


def correct(place: Place, rows: Sequence[Staged], frame: Frame) -> None:
    """Write the rows of one school into its year; inside the caller's transaction."""
    if place.year is None:
        raise ValueError("Only a year that stands can be corrected.")
    year = workflow.locked(PlanYear.objects.get(pk=place.year.pk))
    _Corrector(year, frame).correct(rows)


class _Corrector:
    def __init__(self, year: PlanYear, frame: Frame) -> None:
        self.year, self.frame = year, frame
        self.objectives = {
            fold(o.text): o for o in Objective.objects.live().filter(plan=year.plan_id)
        }
        strategies = Strategy.objects.live().filter(plan_year=year)
        self.strategies = {(s.objective_id, fold(s.text)): s for s in strategies}

    def correct(self, rows: Sequence[Staged]) -> None:
        for row in rows:
            action = self._action(row.payload)
            self._level(action, row.payload)
        self._approve()

    def _action(self, said: Payload) -> Action:
        known = plan_snapshots.actions_with_parts(Action.objects.filter(plan_year=self.year))
        found = known.filter(pk=said["action"]).first() if "action" in said else None
        before = plan_snapshots.action(found) if found else None
        action = found or Action(plan_year=self.year, number=next_number(self.year), revision=-1)
        action.objective = self._objective(said["objective"])
        action.strategy = self._strategy(action.objective, said["strategy"])
        action.area_id = self.frame.areas[said["area"]]
        action.name, action.description = said["name"], said["description"]
        action.starts_on = dt.date.fromisoformat(said["starts"])
        action.ends_on = dt.date.fromisoformat(said["ends"])
        action.responsible_text, action.program_text = said["responsible"], said["program"]
        action.ate_provider, action.imported_total = said["ate"], said["total"]
        action.revision += 1
        action.full_clean(exclude=["uid"])
        action.save()
        self._write_parts(action, said)
        written = known.get(pk=action.pk)
        self._record(Entity.ACTION, written, before, plan_snapshots.action(written))
        return written

    def _write_parts(self, action: Action, said: Payload) -> None:
        frame = self.frame
        action.subareas.set(Area.objects.filter(pk__in=[frame.areas[c] for c in said["subareas"]]))
        plans = [frame.plans[code] for code in said["plans"]]
        action.normative_plans.set(Term.objects.filter(pk__in=plans))
        planned = {frame.sources[code]: amount for code, amount in said["funding"].items()}
        Funding.objects.filter(action=action).exclude(source__in=planned).delete()
        for source, amount in planned.items():
            Funding.objects.update_or_create(
                action=action, source_id=source, defaults={"planned": amount}
            )

    def _objective(self, text: str) -> Objective:
        known_as = fold(text)
        if known_as not in self.objectives:
            order = next_order(Objective.objects.filter(plan=self.year.plan_id))
            made = Objective.objects.create(plan=self.year.plan, text=text, order=order)
            self._record(Entity.OBJECTIVE, made, None, plan_snapshots.objective(made))
            self.objectives[known_as] = made
        return self.objectives[known_as]

    def _strategy(self, objective: Objective, text: str) -> Strategy | None:
        known_as = objective.pk, fold(text)
        if text and known_as not in self.strategies:
            order = next_order(Strategy.objects.filter(plan_year=self.year))
            made = Strategy.objects.create(
                plan_year=self.year, objective=objective, text=text, order=order
            )
            self._record(Entity.STRATEGY, made, None, plan_snapshots.strategy(made))
            self.strategies[known_as] = made
        return self.strategies[known_as] if text else None

    def _level(self, action: Action, said: Payload) -> None:
        """Into the report of the year; a table that tells no level takes none away."""
        if said["level"] is None:
            return
        period = self._period()
        known = snapshots.reports_with_parts(ProgressReport.objects.all())
        found = known.filter(action=action, period=period).first()
        before = snapshots.report(found) if found else None
        report = found or ProgressReport(action=action, period=period, revision=-1)
        report.level = Term.objects.get(pk=self.frame.levels[said["level"]])
        why = said["why"]
        report.justification = Term.objects.get(pk=self.frame.whys[why]) if why else None
        report.note = said["note"]
        report.at = report.reviewed_at = self.frame.now
        report.revision += 1
        if snapshots.report(report) != before:
            report.full_clean(exclude=["uid", "reported_by"])
            report.save()
            self._record(Entity.REPORT, report, before, snapshots.report(report))
            reports.follow_newest(action)

    def _period(self) -> Period:
        whole = self.frame.whole
        found, _ = Period.objects.get_or_create(
            plan_year=self.year,
            starts_on=whole.starts_on,
            defaults={"number": 1, "ends_on": whole.ends_on, "due_on": whole.due_on},
        )
        return found

    def _approve(self) -> None:
        """The implementation as it stands now is approved by this import, with its Version, once
        every action has its level."""
        living = Action.objects.live().filter(plan_year=self.year)
        stage = Stage.objects.get(plan_year=self.year, kind=StageKind.IMPLEMENTATION)
        if living.filter(level_now__isnull=True).exists():
            return
        workflow.move(
            stage,
            workflow.IMPORT,
            by=self.frame.batch,
            at=self.frame.now,
            extra=snapshots.year_extra(self.year),
        )

    def _record(
        self,
        entity: Entity,
        thing: Objective | Strategy | Action | ProgressReport,
        before: plan_snapshots.Snapshot | None,
        after: plan_snapshots.Snapshot,
    ) -> None:
        label = thing.action.name if isinstance(thing, ProgressReport) else str(thing)
        record(
            self.year.plan,
            entity,
            thing.uid,
            label,
            before=before,
            after=after,
            by=self.frame.batch,
            plan_year=None if entity is Entity.OBJECTIVE else self.year,
            at=self.frame.now,
        )
