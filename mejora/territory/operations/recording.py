"""What an alert and its steps say, and how their changes are kept."""

from __future__ import annotations

from mejora.network.access import Actor
from mejora.network.models import ImportBatch
from mejora.plans import recording
from mejora.plans.snapshots import Snapshot
from mejora.territory.models import Alert, AlertChange, AlertStep


def alert(row: Alert) -> Snapshot:
    return {
        "rule": row.rule,
        "band": str(row.band),
        "since": f"{row.since_year}-{row.since_month:02}",
        "until": f"{row.until_year}-{row.until_month:02}",
        "set_aside_until": row.set_aside_until.isoformat() if row.set_aside_until else None,
        "set_aside_reason": row.set_aside_reason,
        "is_closed": row.closed_at is not None,
        "closing_note": row.closing_note,
    }


def step(row: AlertStep) -> Snapshot:
    return {
        "kind": row.kind,
        "text": row.text,
        **{
            name: str(thing.uid) if (thing := getattr(row, name)) else None
            for name in ("action", "commitment", "session")
        },
    }


def of_alert(
    row: Alert, *, before: Snapshot | None, by: Actor | ImportBatch, reason: str = ""
) -> AlertChange | None:
    """The change, not yet saved; None where nothing changed."""
    after = alert(row)
    if before == after:
        return None
    told = recording.facts(row.uid, str(row), before=before, after=after, by=by)
    change = AlertChange(alert=row, entity=AlertChange.Entity.ALERT, **told)
    change.reason = reason[:200]
    return change


def of_step(row: AlertStep, *, by: Actor | ImportBatch) -> AlertChange:
    told = recording.facts(row.uid, str(row), before=None, after=step(row), by=by)
    return AlertChange(alert=row.alert, entity=AlertChange.Entity.STEP, **told)
