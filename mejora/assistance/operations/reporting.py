"""Activities 9 and 10: the consolidated report and its deliveries, the report F01.03.F02."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from mejora.assistance import contents, rules
from mejora.assistance.enums import Activity, Target
from mejora.assistance.models import Cycle
from mejora.assistance.operations.cycles import closed
from mejora.assistance.reading import Whole
from mejora.assistance.recording import added, changed, locked
from mejora.assistance.reporting import (
    Delivery,
    Filing,
    Report,
)
from mejora.core.decisions import Refused, require
from mejora.network.access import Actor, Deed


def seal(content: dict[str, Any]) -> str:
    """SHA-256 of the content as JSON with its keys in order."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def issue(cycle: Cycle, *, by: Actor) -> Report:
    """Freeze what the consolidated report says today."""
    whole = Whole(locked(cycle))
    require(rules.can_issue(by, whole))
    if whole.report is None:
        raise Refused("Primero escriba el informe.")
    content = contents.of_report(whole)
    said = {
        "content": content,
        "sha256": seal(content),
        "issued_at": timezone.now(),
        "issued_by": by.user,
    }
    return changed(whole.report, whole.report.revision, said, by=by)


@transaction.atomic
def deliver(cycle: Cycle, target: Target, *, on: dt.date, note: str = "", by: Actor) -> Delivery:
    whole = Whole(locked(cycle))
    require(rules.can_deliver(by, whole))
    standing = whole.deliveries.get(target)
    if standing:
        return changed(standing, standing.revision, {"on": on, "note": note}, by=by)
    row = Delivery(cycle=whole.cycle, target=target, on=on, by=by.user, note=note)
    return added(row, by=by)


@transaction.atomic
def file(cycle: Cycle, *, by: Actor) -> Filing:
    """Present the year's report of irregularities, also when there is no school to report: the
    cycle ends with it."""
    whole = Whole(locked(cycle))
    require(rules.can_file(by, whole))
    content = contents.of_filing(whole)
    row = Filing(
        cycle=whole.cycle, at=timezone.now(), by=by.user, content=content, sha256=seal(content)
    )
    filing = added(row, by=by)
    closed(whole.cycle, Activity.IRREGULARITIES, by=by)
    return filing


@transaction.atomic
def receive(filing: Filing, revision: int, *, on: dt.date, by: Actor) -> Filing:
    """The day when Inspección y Vigilancia received it."""
    require(rules.can_do(by, Deed.LEAD_CYCLE, locked(filing.cycle)))
    return changed(filing, revision, {"received_on": on}, by=by)
