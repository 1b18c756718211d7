"""One thing said of several actions of a month at once: a level, the same as before, accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models, transaction

from mejora.core.decisions import Conflict, Refused
from mejora.frameworks.models import Term
from mejora.monitoring.grid import Month, Row
from mejora.monitoring.operations import reports, reviews, undo
from mejora.network.access import Actor


class Mark(models.TextChoices):
    LEVEL = "nivel", "Poner un nivel"
    SAME = "igual", "Dejar igual que antes"
    ACCEPT = "aceptar", "Aceptar los informes por revisar"


@dataclass(slots=True)
class Done:
    """What was written, and what was not and why."""

    rows: list[Row] = field(default_factory=list)
    left: list[tuple[Row, str]] = field(default_factory=list)


@transaction.atomic
def apply(
    month: Month,
    keys: set[str],
    deed: Mark,
    *,
    by: Actor,
    revisions: Mapping[str, int | None],
    level: Term | None = None,
) -> Done:
    """Say `deed` of the actions with these keys. `revisions` is what the person saw of each. What
    a rule refuses, or somebody else wrote meanwhile, is left as it was and told."""
    done = Done()
    for row in month.rows:
        if row.key not in keys:
            continue
        try:
            _write(row, deed, revisions.get(row.key), level, by=by)
        except Conflict:
            done.left.append((row, "otra persona la informó mientras usted elegía"))
        except Refused as error:
            done.left.append((row, error.reason))
        else:
            done.rows.append(row)
    return done


def _write(row: Row, deed: Mark, revision: int | None, level: Term | None, *, by: Actor) -> None:
    if deed == Mark.ACCEPT:
        if row.report is None or not row.waits_for_review:
            raise Refused("No tiene un informe por revisar.")
        reviews.accept_report(row.report, by=by, revision=revision)
        return
    reports.save_report(
        row.action, row.month.period, by=by, revision=revision, **_said(row, deed, level)
    )


def _said(row: Row, deed: Mark, level: Term | None) -> reports.Said:
    if deed == Mark.SAME and row.ticks:
        return {"milestones": [tick.milestone.pk for tick in row.ticks if tick.is_met]}
    if row.ticks:
        raise Refused("Tiene hitos: su nivel sale de los que se cumplen.")
    if deed == Mark.LEVEL:
        return {"level": level}
    if row.before.level is None:
        raise Refused("No hay un nivel anterior que repetir.")
    return {"level": Term.objects.get(pk=row.before.level.pk)}


@transaction.atomic
def take_back(month: Month, keys: set[str], *, by: Actor) -> Done:
    """Undo one's own last saving of each; what somebody wrote since stays."""
    done = Done()
    for row in month.rows:
        if row.key not in keys:
            continue
        try:
            undo.undo_report(row.action, month.period, by=by)
        except Refused as error:
            done.left.append((row, error.reason))
        else:
            done.rows.append(row)
    return done
