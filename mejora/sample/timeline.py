"""When each stage of a year moved, and the rows that say so, as `plans.workflow` writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mejora.network.models import ImportBatch
from mejora.people.models import User
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Stage, StageEvent
from mejora.sample import bank
from mejora.sample.chance import Chance
from mejora.sample.rows import Rows
from mejora.sample.stories import Author, Move, YearStory

# Month and day on which a stage is begun, sent and decided in an ordinary year.
ORDINARY = {
    StageKind.STRATEGIC: ((3, 3), (3, 9), (3, 13)),
    StageKind.PLANNING: ((3, 6), (3, 17), (3, 25)),
    StageKind.IMPLEMENTATION: ((4, 1), (12, 16), (12, 21)),
    StageKind.EVALUATION: ((12, 18), (12, 26), (12, 29)),
}
STEPS = {
    StageStatus.NOT_STARTED: (),
    StageStatus.PARTIAL: (workflow.BEGIN,),
    StageStatus.SENT: (workflow.BEGIN, workflow.SEND),
    StageStatus.RETURNED: (workflow.BEGIN, workflow.SEND, workflow.RETURN),
    StageStatus.APPROVED: (workflow.BEGIN, workflow.SEND, workflow.APPROVE),
}
BY_NAME = {transition.name: transition for transition in workflow.TRANSITIONS}


@dataclass(frozen=True)
class Hands:
    """Who begins, sends and decides."""

    writer: Author
    sender: User
    decider: Author


def statuses(kinds: Iterable[StageKind], position: str) -> dict[StageKind, StageStatus]:
    """Approved before the place that `position` ("planning sent") names, untouched after it."""
    at, status = position.split()
    place = workflow.ORDER.index(StageKind(at))
    found = {}
    for kind in kinds:
        order = workflow.ORDER.index(kind)
        found[kind] = StageStatus.APPROVED if order < place else StageStatus.NOT_STARTED
        if order == place:
            found[kind] = StageStatus(status)
    return found


def plan_moves(
    year: YearStory, position: str, *, on: dt.date, chance: Chance, hands: Hands
) -> list[Move]:
    """The moves that led to `position`, on ordinary days where the calendar allows it; what waits
    now was sent in the last three weeks. In order, and none after `on`."""
    comment = chance.choice(bank.read("relato")["returns"]["comments"])
    standing = statuses(workflow.stage_kinds(year.row), position)
    found = []
    for kind, status in standing.items():
        steps = STEPS[status]
        for number, transition in enumerate(steps):
            month, day = ORDINARY[kind][number]
            wanted = dt.date(year.row.year, month, day) + dt.timedelta(days=chance.randint(0, 2))
            if status in (StageStatus.SENT, StageStatus.RETURNED) and number:
                wanted = on - dt.timedelta(
                    days=chance.randint(1, 9) + 12 * (len(steps) - 1 - number)
                )
            who = {workflow.BEGIN: hands.writer, workflow.SEND: hands.sender}
            told = comment if transition is workflow.RETURN else ""
            by = who.get(transition, hands.decider)
            found.append(Move(kind, transition.name, chance.moment(wanted), by, told))
    return _in_order(found, on, chance)


def _in_order(moves: list[Move], on: dt.date, chance: Chance) -> list[Move]:
    """Earlier moves give way to later ones, and all to today."""
    latest = chance.moment(on - dt.timedelta(days=1))
    kept: list[Move] = []
    for move in reversed(moves):
        at = min(move.at, latest)
        kept.append(replace(move, at=at))
        latest = chance.moment(at.date() - dt.timedelta(days=chance.randint(1, 2)))
    return kept[::-1]


def approved_by_import(kind: StageKind, at: dt.datetime, batch: ImportBatch) -> Move:
    return Move(kind, workflow.IMPORT.name, at, batch)


def write(rows: Rows, year: YearStory) -> None:
    """Stages and events, and where the year stands because of them."""
    stages = {
        kind: rows.add(Stage(plan_year=year.row, kind=kind, status=StageStatus.NOT_STARTED))
        for kind in workflow.stage_kinds(year.row)
    }
    for move in year.moves:
        stage, transition = stages[move.kind], BY_NAME[move.name]
        year.events.append(
            rows.add(
                StageEvent(
                    stage=stage,
                    transition=transition.name,
                    from_status=stage.status,
                    to_status=transition.target,
                    by=move.by if isinstance(move.by, User) else None,
                    batch=move.by if isinstance(move.by, ImportBatch) else None,
                    at=move.at,
                    comment=move.comment,
                )
            )
        )
        stage.status = transition.target
        _date(stage, move)
    row = year.row
    row.stage_now, row.status_now = workflow.standing({k: s.status for k, s in stages.items()})
    row.is_begun = bool(year.moves)
    row.version_no = sum(BY_NAME[move.name].takes_version for move in year.moves)


def _date(stage: Stage, move: Move) -> None:
    if move.name == workflow.SEND.name and isinstance(move.by, User):
        stage.sent_at, stage.sent_by = move.at, move.by
    elif move.name != workflow.BEGIN.name:
        stage.decided_at = move.at
        if isinstance(move.by, User):
            stage.decided_by = move.by
        else:
            stage.decided_in = move.by
