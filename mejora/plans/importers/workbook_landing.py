"""What was accepted of a workbook is written by the same operations as on the screens.

Whatever they refuse now was not so when the file was checked: the batch is checked again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from mejora.core.decisions import Refused
from mejora.frameworks.models import Area, Term, TermKind
from mejora.network.importers.kinds import Stale
from mejora.network.importers.records import Payload
from mejora.network.models import ImportBatch
from mejora.plans import workflow
from mejora.plans.drafts import ActionDraft, MilestoneDraft, RequirementDraft
from mejora.plans.importers.standing import Said, Standing, revision_of
from mejora.plans.importers.workbook_shape import MONEY, PARTS_OF_ACTION, Part
from mejora.plans.models import Action, PlanYear
from mejora.plans.operations import actions, annual, strategic
from mejora.plans.operations import bin as bins
from mejora.plans.recording import Importing, importing

REMOVED = "Quitado con la planilla"


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    """Write all accepted rows of the batch's school and year. Raises `Stale`."""
    try:
        found = PlanYear.objects.with_place().get(school=batch.school, year=batch.year or 0)
        plan_year = workflow.locked(found)
        written = [row for _, _, payload in rows for row in payload.get("rows", [payload])]
        _Landing(plan_year, importing(batch, batch.applied_by), written).run()
    except (Refused, ValidationError) as error:
        raise Stale from error


@dataclass(slots=True)
class _ActionRows:
    """The rows of one action: its own, and those of its parts."""

    own: Payload | None
    milestones: list[Payload]
    requirements: list[Payload]

    @property
    def reason(self) -> str:
        rows = [*([self.own] if self.own else []), *self.milestones, *self.requirements]
        return next((str(row["reason"]) for row in rows if row["reason"]), "")


class _Landing:
    def __init__(self, plan_year: PlanYear, by: Importing, rows: Sequence[Payload]) -> None:
        self.plan_year, self.by, self.rows = plan_year, by, rows
        self.standing = Standing(plan_year)
        self.made: dict[str, Any] = {}

    def run(self) -> None:
        self._check_fresh()
        for part in _WRITERS:
            for row in self._rows(part):
                if not row["removes"]:
                    _WRITERS[part](self, row)
        for token, rows in self._actions().items():
            self._write_action(token, rows)
        for part in reversed(list(Part)):
            for row in self._rows(part) if part not in _PARTS_ONLY else ():
                if row["removes"]:
                    self._remove(part, row)

    def _check_fresh(self) -> None:
        """Everything stands at the writing that the file was compared with."""
        for row in self.rows:
            thing = self.standing.things[Part(row["part"])].get(row["token"])
            if revision_of(thing) != row["revision"]:
                raise Stale

    def _rows(self, part: Part) -> Iterable[Payload]:
        return (row for row in self.rows if row["part"] == part.value)

    def thing(self, part: Part, token: str | None) -> Any:
        """What a row is about, or what it names: made by this landing, or standing already."""
        return None if not token else self.made.get(token) or self.standing.things[part][token]

    # What is written on its own ---------------------------------------------------------------

    def write_seal(self, row: Payload) -> None:
        self._save(row, Part.SEAL, strategic.add_seal, strategic.change_seal,
                   self.plan_year.plan, dict(row["said"]))  # fmt: skip

    def write_objective(self, row: Payload) -> None:
        said = row["said"]
        fields = {
            "text": said["text"],
            "area": self.areas[said["area"]] if said.get("area") else None,
            "seals": [self.thing(Part.SEAL, token) for token in said.get("seals", ())],
        }
        self._save(row, Part.OBJECTIVE, strategic.add_objective, strategic.change_objective,
                   self.plan_year.plan, fields)  # fmt: skip

    def write_goal(self, row: Payload) -> None:
        fields = _figures(row["said"])
        above = self.thing(Part.OBJECTIVE, fields.pop("objective"))
        self._save(row, Part.GOAL, strategic.add_goal, strategic.change_goal, above, fields)

    def write_strategy(self, row: Payload) -> None:
        said = row["said"]
        fields = {
            "text": said["text"],
            "objective": self.thing(Part.OBJECTIVE, said["objective"]),
            "goal": self.thing(Part.GOAL, said.get("goal")),
        }
        self._save(row, Part.STRATEGY, annual.add_strategy, annual.change_strategy,
                   self.plan_year, fields)  # fmt: skip

    def write_indicator(self, row: Payload) -> None:
        fields = _figures(row["said"])
        above = self.thing(Part.STRATEGY, fields.pop("strategy"))
        self._save(row, Part.INDICATOR, annual.add_indicator, annual.change_indicator, above,
                   fields)  # fmt: skip

    def _save(
        self,
        row: Payload,
        part: Part,
        add: Callable[..., Any],
        change: Callable[..., Any],
        above: Any,
        fields: dict[str, Any],
    ) -> None:
        token = row["token"]
        if token in self.standing.things[part]:
            now = self.standing.things[part][token]
            kept = _as_stored(now, fields, self.standing.said[part][token])
            made = change(now, by=self.by, revision=now.revision, **kept)
        else:
            made = add(above, by=self.by, **fields)
        self.made[token] = made

    # Actions, whole with their parts ------------------------------------------------------------

    def _actions(self) -> dict[str, _ActionRows]:
        found: dict[str, _ActionRows] = {}
        for row in self.rows:
            if row["part"] not in {part.value for part in PARTS_OF_ACTION}:
                continue
            own = row["part"] == Part.ACTION.value
            token = row["token"] if own else self._action_of(row)
            rows = found.setdefault(token, _ActionRows(None, [], []))
            if own:
                rows.own = row
            elif row["part"] == Part.MILESTONE.value:
                rows.milestones.append(row)
            else:
                rows.requirements.append(row)
        return {t: rows for t, rows in found.items() if not (rows.own and rows.own["removes"])}

    def _action_of(self, row: Payload) -> str:
        known = self.standing.said[Part(row["part"])].get(row["token"])
        return str((known or row["said"])["action"])

    def _write_action(self, token: str, rows: _ActionRows) -> None:
        now = self.standing.things[Part.ACTION].get(token)
        draft = draft_of(now) if now else None
        if rows.own:
            draft = self._with_own(draft, rows.own, token)
        if draft is None:
            raise Refused("La acción ya no está en el plan.")
        draft = self._with_parts(draft, rows)
        if now is None:
            self.made[token] = actions.add(self.plan_year, draft, by=self.by, reason=rows.reason)
            return
        # Its strategy, moved to another objective in this landing, has taken it along.
        revision = Action.objects.values_list("revision", flat=True).get(pk=now.pk)
        self.made[token] = actions.change(
            now, draft, by=self.by, revision=revision, reason=rows.reason
        )

    def _with_own(self, draft: ActionDraft | None, row: Payload, token: str) -> ActionDraft:
        said = row["said"]
        texts = {name: said.get(name, "") for name in _TEXTS}
        if draft is not None:
            texts = _as_stored(draft, texts, self.standing.said[Part.ACTION][token])
        fields: dict[str, Any] = {
            **texts,
            "area": self.areas[said["area"]],
            "starts_on": dt.date.fromisoformat(said["starts_on"]),
            "ends_on": dt.date.fromisoformat(said["ends_on"]),
            "strategy": self.thing(Part.STRATEGY, said.get("strategy")),
            "subareas": [self.areas[code] for code in said.get("subareas", ())],
            "normative_plans": [self.plans[code] for code in said.get("normative_plans", ())],
            "is_disabled": bool(said.get("is_disabled")),
            "says_total": True,
            "imported_total": said.get("imported_total"),
            "funding": {
                self.sources[name.removeprefix(MONEY)]: amount
                for name, amount in said.items()
                if name.startswith(MONEY) and amount
            },
        }
        return replace(draft, **fields) if draft else ActionDraft(**fields)

    def _with_parts(self, draft: ActionDraft, rows: _ActionRows) -> ActionDraft:
        """Milestones in the order of Mejora and then of the file; means of verification too."""
        tokens = [str(m.uid) for m in draft.milestones]
        milestones = dict(zip(tokens, draft.milestones, strict=True))
        for row in rows.milestones:
            self._place(row, milestones, self._milestone(row, milestones))
        order = list(milestones)
        requirements = {
            str(r.uid): (r, tokens[r.milestone] if r.milestone is not None else None)
            for r in draft.requirements
        }
        for row in rows.requirements:
            said = row["said"]
            old = requirements.get(row["token"])
            text = said.get("text", "")
            made = replace(old[0], text=text) if old else RequirementDraft(text=text)
            self._place(row, requirements, (made, said.get("milestone")))
        return replace(
            draft,
            milestones=list(milestones.values()),
            requirements=[
                replace(r, milestone=order.index(m) if m in order else None)
                for r, m in requirements.values()
            ],
        )

    def _milestone(self, row: Payload, known: dict[str, MilestoneDraft]) -> MilestoneDraft:
        said = row["said"]
        due = said.get("due_on")
        fields = {
            "name": said.get("name", ""),
            "due_on": dt.date.fromisoformat(due) if due else None,
            "weight": said.get("weight"),
        }
        old = known.get(row["token"])
        return replace(old, **fields) if old else MilestoneDraft(**fields)

    def _place(self, row: Payload, parts: dict[str, Any], made: Any) -> None:
        if row["removes"]:
            parts.pop(row["token"], None)
        else:
            parts[row["token"]] = made

    def _remove(self, part: Part, row: Payload) -> None:
        thing = self.standing.things[part][row["token"]]
        thing.refresh_from_db(fields=["revision"])
        reason = row["reason"] or REMOVED
        bins.remove(thing, by=self.by, revision=thing.revision, reason=reason)

    @cached_property
    def areas(self) -> dict[str, Area]:
        return {a.code: a for a in Area.objects.filter(edition=self.plan_year.plan.edition_id)}

    @cached_property
    def plans(self) -> dict[str, Term]:
        return self._terms(TermKind.NORMATIVE_PLAN)

    @cached_property
    def sources(self) -> dict[str, Term]:
        return self._terms(TermKind.FUNDING)

    def _terms(self, kind: TermKind) -> dict[str, Term]:
        found = Term.objects.filter(edition=self.plan_year.plan.edition_id, kind=kind)
        return {term.code: term for term in found}


_TEXTS = (
    "name", "description", "responsible_text", "resources_needed", "program_text", "ate_provider",
    "ate_service",
)  # fmt: skip
_PARTS_ONLY = {Part.MILESTONE, Part.REQUIREMENT}
_WRITERS: dict[Part, Callable[[_Landing, Payload], None]] = {
    Part.SEAL: _Landing.write_seal,
    Part.OBJECTIVE: _Landing.write_objective,
    Part.GOAL: _Landing.write_goal,
    Part.STRATEGY: _Landing.write_strategy,
    Part.INDICATOR: _Landing.write_indicator,
}


def _as_stored(thing: Any, fields: dict[str, Any], now: Said) -> dict[str, Any]:
    """Texts that the file did not change, exactly as they are stored: a cell gives them back
    without the spaces around them."""
    return {
        name: getattr(thing, name) if isinstance(value, str) and now.get(name) == value else value
        for name, value in fields.items()
    }


def _figures(said: Said) -> dict[str, Any]:
    """The fields of a goal or an indicator, its figures as decimals."""
    fields = dict(said)
    for name in ("baseline", "target"):
        fields[name] = Decimal(fields[name]) if fields.get(name) is not None else None
    return fields


def draft_of(action: Action) -> ActionDraft:
    """An action as its form would send it unchanged. Reads what `Standing` prefetched."""
    milestones = [m for m in _in_order(action.milestones.all()) if not m.removed_at]
    place = {m.pk: n for n, m in enumerate(milestones)}
    requirements = [r for r in _in_order(action.requirements.all()) if not r.removed_at]
    return ActionDraft(
        **{name: getattr(action, name) for name in _TEXTS},
        area=action.area,
        starts_on=action.starts_on,
        ends_on=action.ends_on,
        strategy=action.strategy,
        objective=None if action.strategy else action.objective,
        subareas=list(action.subareas.all()),
        normative_plans=list(action.normative_plans.all()),
        responsible=action.responsible,
        is_disabled=action.is_disabled,
        funding={f.source: f.planned for f in action.fundings.all()},
        milestones=[
            MilestoneDraft(m.name, m.uid, m.due_on, m.weight, list(m.people.all()))
            for m in milestones
        ],
        requirements=[
            RequirementDraft(r.text, r.uid, place.get(r.milestone_id or 0)) for r in requirements
        ],
    )


def _in_order(parts: Any) -> list[Any]:
    return sorted(parts, key=lambda part: (part.order, part.pk))
