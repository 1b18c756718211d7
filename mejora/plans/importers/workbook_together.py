"""What rows of the workbook must be to each other: a part of its action, a goal of its objective,
weights up to a hundred, nothing left hanging from what is removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mejora.core import wording
from mejora.plans.importers.standing import Said, Standing
from mejora.plans.importers.workbook_rows import Entry, listed
from mejora.plans.importers.workbook_shape import PARTS_OF_ACTION, Part
from mejora.plans.models import Strategy

# What each kind of thing may carry: the kinds below it, and the field that names it there.
_BELOW = {
    Part.OBJECTIVE: ((Part.GOAL, "objective"), (Part.STRATEGY, "objective")),
    Part.GOAL: ((Part.STRATEGY, "goal"),),
    Part.STRATEGY: ((Part.ACTION, "strategy"),),
}


def check(entries: Sequence[Entry], standing: Standing) -> None:
    """Mark what does not fit, row by row."""
    state = _State(entries, standing)
    for entry in entries:
        if entry.writes and not entry.removes:
            _check_place(entry, state)
    _check_weights(entries, state)


def hold_together(entries: Sequence[Entry], standing: Standing) -> None:
    """After the rules: what needs a refused row is refused too, an action comes in whole with its
    parts or not at all, and nothing goes while something living hangs from it."""
    tokens = {entry.token: entry for entry in entries}
    for entry in entries:
        if entry.writes and not entry.removes:
            _check_needs(entry, tokens)
    _whole_actions(entries)
    for entry in reversed(entries):
        if entry.writes and entry.removes:
            _check_hanging(entry, _State(entries, standing))


class _State:
    """What everything would say once the workbook has landed."""

    def __init__(self, entries: Sequence[Entry], standing: Standing) -> None:
        self.standing = standing
        self.by_token = {entry.token: entry for entry in entries}

    def said(self, part: Part, token: str) -> Said:
        entry = self.by_token.get(token)
        if entry is not None and (entry.writes or entry.is_new):
            return entry.said
        return self.standing.said[part].get(token, {})

    def living(self, part: Part) -> Iterator[tuple[str, Said]]:
        """What stays and what comes, in the order of Mejora and then of the file."""
        new = [e.token for e in self.by_token.values() if e.part is part and e.is_new]
        for token in (*self.standing.said[part], *new):
            entry = self.by_token.get(token)
            if entry is None or not self._goes(entry):
                yield token, self.said(part, token)

    def _goes(self, entry: Entry) -> bool:
        """Is removed, or never comes because it is refused."""
        return entry.removes if entry.writes else entry.is_new


def _check_place(entry: Entry, state: _State) -> None:
    said = entry.said
    match entry.part:
        case Part.STRATEGY if goal := said.get("goal"):
            if state.said(Part.GOAL, goal).get("objective") != said.get("objective"):
                entry.fail("goal", "not-of-objective", "esa meta es de otro objetivo.")
        case Part.GOAL | Part.MILESTONE | Part.REQUIREMENT | Part.INDICATOR:
            _check_stays(entry)
    milestone = said.get("milestone")
    its = state.said(Part.MILESTONE, milestone).get("action") if milestone else None
    if milestone and its != said.get("action"):
        entry.fail("milestone", "not-of-action", "ese hito es de otra acción.")


_ABOVE = {
    Part.GOAL: "objective",
    Part.INDICATOR: "strategy",
    Part.MILESTONE: "action",
    Part.REQUIREMENT: "action",
}


def _check_stays(entry: Entry) -> None:
    """As on the screens, what hangs directly from a thing does not move to another."""
    name = _ABOVE[entry.part]
    if entry.now is not None and entry.said.get(name) != entry.now.get(name):
        one = entry.page.sheet.noun[0]
        entry.fail(name, "moved", f"este {one} ya está en otro lugar y no se mueve: quítelo allí y "
                   "agréguelo aquí en una fila nueva.")  # fmt: skip


def _check_weights(entries: Sequence[Entry], state: _State) -> None:
    """Of each action whose milestones the file touches: up to 100, and a warning below it."""
    touched: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.part is Part.MILESTONE and entry.writes:
            touched.setdefault(str(entry.said.get("action")), []).append(entry)
    weights: dict[str, list[int | None]] = {}
    for _, said in state.living(Part.MILESTONE):
        weights.setdefault(str(said.get("action")), []).append(said.get("weight"))
    for action, rows in touched.items():
        own = weights.get(action, [])
        total = sum(weight or 0 for weight in own)
        for entry in rows:
            if total > 100:
                entry.fail("weight", "over-100", f"los pesos de los hitos de esta acción suman "
                           f"{wording.percent(total)}; deben sumar 100 %.")  # fmt: skip
            elif total < 100 and own and None not in own and not entry.removes:
                entry.warn("weight", "under-100", "los pesos de los hitos de esta acción suman "
                           f"{wording.percent(total)}; complete 100 %.")  # fmt: skip


def _check_needs(entry: Entry, tokens: Mapping[str, Entry]) -> None:
    for column in entry.page.sheet.columns:
        if column.to is None:
            continue
        value = entry.said.get(column.field)
        for token in value if isinstance(value, list) else [value]:
            target = tokens.get(token or "")
            if target is None:
                continue
            if target.is_new and target.is_refused:
                entry.fail(column.field, "needs-row", f"depende de la fila {target.row.line} de "
                           f"{target.page.title}, que tiene errores.")  # fmt: skip
            elif target.removes and target.writes:
                entry.fail(column.field, "needs-removed", f"la fila {target.row.line} de "
                           f"{target.page.title} se quita en esta misma planilla.")  # fmt: skip


def _whole_actions(entries: Sequence[Entry]) -> None:
    """An action is written whole: an error in one of its rows keeps all of them out."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.part in PARTS_OF_ACTION:
            token = entry.token if entry.part is Part.ACTION else _action_of(entry)
            groups.setdefault(token, []).append(entry)
    for rows in groups.values():
        wrong = next((entry for entry in rows if entry.is_refused), None)
        if wrong is None:
            continue
        for entry in rows:
            if entry.writes:
                where = f"la fila {wrong.row.line} de {wrong.page.title}"
                why = f"no se guarda porque {where}, de la misma acción, tiene errores."
                entry.fail(entry.first_changed, "not-whole", why)


def _action_of(entry: Entry) -> str:
    return str(entry.said.get("action") or (entry.now or {}).get("action") or entry.token)


def _check_hanging(entry: Entry, state: _State) -> None:
    names = [
        str(said.get("name") or said.get("text"))
        for part, field in _BELOW.get(entry.part, ())
        for _, said in state.living(part)
        if said.get(field) == entry.token
    ]
    names += _of_other_years(entry, state.standing)
    if names:
        entry.fail("remove", "hanging", f"antes hay que quitar o mover lo que depende de esto: "
                   f"{listed(names)}.")  # fmt: skip


def _of_other_years(entry: Entry, standing: Standing) -> list[str]:
    if entry.part not in {Part.OBJECTIVE, Part.GOAL}:
        return []
    others = Strategy.objects.live().exclude(plan_year=standing.plan_year)
    own = others.filter(**{entry.part.value: entry.thing})
    return [f"{text} ({year})" for text, year in own.values_list("text", "plan_year__year")]
