"""Feedback reports: drafted from what was recorded, written, sent, read and answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mejora.core import wording
from mejora.core.decisions import Refused, require
from mejora.network import access, memberships
from mejora.network.access import Actor, Deed
from mejora.network.models import School
from mejora.people.operations import tell
from mejora.plans.operations.writing import claim, living
from mejora.support import drafting, feedback_rules, snapshots
from mejora.support.feedback import FeedbackReport
from mejora.support.models import SupportPlan
from mejora.support.operations import writing
from mejora.support.recording import recorded


@transaction.atomic
def draft(
    plan: SupportPlan,
    school: School,
    *,
    from_on: dt.date,
    to_on: dt.date,
    by: Actor,
    at: dt.datetime | None = None,
) -> FeedbackReport:
    """A draft whose sections already say what was recorded from `from_on` to `to_on`."""
    plan = writing.opened(plan, by)
    if not plan.places.filter(school=school).exists():
        raise Refused(f"{school} no es de este plan de apoyo.")
    report = FeedbackReport(plan=plan, school=school, from_on=from_on, to_on=to_on)
    for name, text in drafting.sections(drafting.gather(report)).items():
        setattr(report, name, text)
    report.full_clean(exclude=["uid"])
    report.save()
    recorded(report, None, by=by, at=at)
    return report


@transaction.atomic
def write(
    report: FeedbackReport, fields: Mapping[str, str], *, revision: int, by: Actor
) -> FeedbackReport:
    """The sections as whoever drafts wants them."""
    report = _taken(report, revision)
    require(feedback_rules.can_edit(by, report))
    before = snapshots.feedback(report)
    for name, text in fields.items():
        setattr(report, name, text)
    report.full_clean(exclude=["uid"])
    report.save()
    recorded(report, before, by=by)
    return report


@transaction.atomic
def send(
    report: FeedbackReport, *, revision: int, by: Actor, at: dt.datetime | None = None
) -> FeedbackReport:
    """Freeze what it says, with what was recorded until now, and show it to the school."""
    report = _taken(report, revision)
    require(feedback_rules.can_edit(by, report))
    if missing := feedback_rules.missing_to_send(report):
        raise Refused(f"Antes de enviar falta escribir: {wording.sentence(missing)}.")
    before = snapshots.feedback(report)
    report.sent_at, report.sent_by = at or timezone.now(), by.user
    drafting.freeze(report, drafting.gather(report))
    report.save()
    recorded(report, before, by=by, at=at)
    heads = memberships.people_at(report.school, access.TABLE[Deed.RECEIVE_FEEDBACK])
    _tell(heads, report, f"{by.user} envió un informe de retroalimentación", by=by, at=at)
    return report


@transaction.atomic
def read(report: FeedbackReport, *, by: Actor, at: dt.datetime | None = None) -> FeedbackReport:
    """The school's receipt; given once, the first stands."""
    report = _locked(report)
    require(feedback_rules.can_receive(by, report))
    if report.read_at:
        return report
    before = snapshots.feedback(report)
    report.read_at, report.read_by = at or timezone.now(), by.user
    report.revision += 1
    report.save()
    recorded(report, before, by=by, at=at)
    return report


@transaction.atomic
def answer(
    report: FeedbackReport, text: str, *, by: Actor, at: dt.datetime | None = None
) -> FeedbackReport:
    """What the school says to it, once; whoever answers has read it."""
    report = read(report, by=by, at=at)
    require(feedback_rules.can_answer(by, report))
    if not text.strip():
        raise Refused("Escriba la respuesta.")
    before = snapshots.feedback(report)
    report.answer = text.strip()
    report.answered_at, report.answered_by = at or timezone.now(), by.user
    report.revision += 1
    report.save()
    recorded(report, before, by=by, at=at)
    if report.sent_by_id is not None:
        title = f"{report.school} respondió el informe de retroalimentación"
        _tell([report.sent_by_id], report, title, detail=report.answer, by=by, at=at)
    return report


@transaction.atomic
def remove(report: FeedbackReport, *, revision: int, by: Actor) -> FeedbackReport:
    """A draft that is not wanted goes to the bin; what was sent stays."""
    report = _taken(report, revision)
    require(feedback_rules.can_edit(by, report))
    before = snapshots.feedback(report)
    report.removed_at, report.removed_by = timezone.now(), by.user
    report.save()
    recorded(report, before, by=by)
    return report


@transaction.atomic
def restore(report: FeedbackReport, *, by: Actor) -> FeedbackReport:
    report = _locked(report)
    require(feedback_rules.can_edit(by, report))
    if report.removed_at is None:
        return report
    before = snapshots.feedback(report)
    report.removed_at, report.removed_by = None, None
    report.revision += 1
    report.save()
    recorded(report, before, by=by)
    return report


def _tell(
    people: list[int],
    report: FeedbackReport,
    title: str,
    *,
    by: Actor,
    at: dt.datetime | None,
    detail: str = "",
) -> None:
    href = reverse("support:feedback", args=[report.uid])
    others = [key for key in people if key != by.user.pk]
    tell(others, title, href=href, detail=detail or str(report), at=at)


def _taken(report: FeedbackReport, revision: int) -> FeedbackReport:
    _locked(report)
    claim(report, revision)
    return living(_locked(report))


def _locked(report: FeedbackReport) -> FeedbackReport:
    found = FeedbackReport.objects.select_for_update(of=("self",))
    return found.select_related("plan__owner", "plan__lead", "school__commune").get(pk=report.pk)
