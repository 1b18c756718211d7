"""What the team answers to a report: it is accepted, or changes are asked for."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mejora.core.decisions import Conflict, Refused, require
from mejora.monitoring import periods, rules, snapshots
from mejora.monitoring.models import ProgressReport
from mejora.monitoring.operations.reports import locked_with, record_report
from mejora.network.access import Actor
from mejora.people import operations as notifying
from mejora.plans.rules import Stages

LONGEST = 300


@transaction.atomic
def accept_report(
    report: ProgressReport, *, by: Actor, revision: int | None = None
) -> ProgressReport:
    """The team accepts what a responsible reported. `revision` is what the person read: Conflict
    when the report says something else by now."""
    at, found = _to_review(report, revision)
    require(rules.can_review(by, at, found))
    return _answer(found, "", at, by=by)


@transaction.atomic
def ask_changes(
    report: ProgressReport, text: str, *, by: Actor, revision: int | None = None
) -> ProgressReport:
    """The team says what has to be changed; the responsible reports again."""
    at, found = _to_review(report, revision)
    require(rules.can_ask_changes(by, at, found))
    text = " ".join(text.split())
    if not text:
        raise Refused("Escriba qué hay que cambiar.")
    if len(text) > LONGEST:
        raise Refused(f"Escriba qué hay que cambiar en no más de {LONGEST} letras.")
    return _answer(found, text, at, by=by)


def _to_review(report: ProgressReport, revision: int | None) -> tuple[Stages, ProgressReport]:
    at, _ = locked_with(report.action)
    found = snapshots.reports_with_parts(ProgressReport.objects.all()).get(pk=report.pk)
    if revision is not None and found.revision != revision:
        raise Conflict("El informe cambió mientras usted lo revisaba. Léalo de nuevo.")
    return at, found


def _answer(report: ProgressReport, asked: str, at: Stages, *, by: Actor) -> ProgressReport:
    before = snapshots.report(report)
    report.reviewed_by, report.reviewed_at = by.user, timezone.now()
    report.changes_asked = asked
    report.revision += 1
    report.save()
    record_report(report, before, at, by=by, now=report.reviewed_at)
    _tell_author(report, by=by)
    return report


def _tell_author(report: ProgressReport, *, by: Actor) -> None:
    """Whoever reported learns what came of it."""
    author = report.reported_by_id
    if author is None or author == by.user.pk:
        return
    done = "pidió cambios en" if report.is_asked else "aceptó"
    notifying.tell(
        [author],
        f"{by.user} {done} su informe de «{report.action.name}»",
        href=reverse("monitoring:report", args=[report.action.uid, periods.slug(report.period)]),
        detail=report.changes_asked,
        at=report.reviewed_at,
    )
