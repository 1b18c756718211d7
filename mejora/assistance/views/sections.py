"""The pages of the activities: what was recorded, and the way to record more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mejora.assistance import contents, guards, rules
from mejora.assistance.enums import Branch, Entity, NeedState, Target
from mejora.assistance.models import (
    AlignmentReview,
    Assistance,
    CycleInput,
    FollowUp,
    Inclusion,
    Need,
    PamAction,
    PamReading,
)
from mejora.assistance.reading import supported_schools
from mejora.assistance.records import BY_CODE
from mejora.assistance.reporting import (
    Irregularity,
    RecordPolicy,
    Report,
)
from mejora.assistance.verifying import (
    Case,
    Requirement,
)
from mejora.assistance.views.pages import opened, shown
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.network.models import School

PER_PAGE = 30
# The rows of Mejora that are each record of section 6.
RECORD_ROWS = {
    "programacion": Entity.ASSISTANCE,
    "revision-pmi": Entity.INPUT,
    "seguimiento-pmi": Entity.FOLLOW_UP,
    "evaluacion": Entity.RATING,
    "F01.03.F02": Entity.FILING,
}


def _page(request: SignedInRequest, rows: Any) -> Any:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("pagina"))


@require_safe
def analysis(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    return shown(
        request,
        whole,
        "assistance/analysis.html",
        "assistance:analysis",
        page=_page(request, whole.inputs),
        may=rules.can_write(request.actor, whole, CycleInput),
    )


@require_safe
def needs(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """All needs, or those in one state; what schools asked is told apart by its origin."""
    whole = opened(request, uid)
    state = request.GET.get("estado", "")
    rows = [n for n in whole.needs if not state or n.state == state]
    chips = [("", "Todas", len(whole.needs))]
    chips += [(s.value, s.label, sum(n.state == s for n in whole.needs)) for s in NeedState]
    return shown(
        request,
        whole,
        "assistance/needs.html",
        "assistance:needs",
        page=_page(request, rows),
        chips=chips,
        state=state,
        may=rules.can_write(request.actor, whole, Need),
    )


@require_safe
def classes(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Every school of the jurisdiction: its facts, its class, and whether G3 demands it."""
    whole = opened(request, uid)
    cut = request.GET.get("ver", "")
    judged = [
        (i, guards.must_be_included(whole.cycle, i), guards.lacks_class(whole.cycle, i))
        for i in whole.inclusions
    ]
    cuts = {
        "": judged,
        "exigidos": [row for row in judged if row[1]],
        "faltan": [row for row in judged if row[2]],
        "incluidos": [row for row in judged if row[0].klass],
        "sin-clase": [row for row in judged if not row[0].klass],
    }
    names = ("Todos", "Que G3 exige", "Faltan por incluir", "Incluidos", "Sin clasificar")
    return shown(
        request,
        whole,
        "assistance/classes.html",
        "assistance:classes",
        page=_page(request, cuts.get(cut, judged)),
        chips=[(slug, n, len(cuts[slug])) for slug, n in zip(cuts, names, strict=True)],
        cut=cut,
        may=rules.can_write(request.actor, whole, Inclusion),
        helped=_helped(whole.cycle),
    )


def _helped(cycle: Any) -> set[int]:
    return set(School.objects.filter(supported_schools(cycle)).values_list("pk", flat=True))


@require_safe
def pam(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """The actions of the PAM, what hangs from each, and the reviews of the alignment."""
    whole = opened(request, uid)
    by_action: dict[int | None, list[Assistance]] = {}
    for assistance in whole.in_force:
        by_action.setdefault(assistance.pam_action_id, []).append(assistance)
    actions = PamAction.objects.live().filter(cycle=whole.cycle)
    values = _newest_values(actions)
    reviews = AlignmentReview.objects.filter(cycle=whole.cycle)
    reviews = reviews.select_related("by", "improvement")
    return shown(
        request,
        whole,
        "assistance/pam.html",
        "assistance:pam",
        actions=[(a, by_action.get(a.pk, []), values.get(a.pk)) for a in actions],
        unaligned=by_action.get(None, []),
        reviews=[(r, getattr(r, "improvement", None)) for r in reviews],
        may=rules.can_write(request.actor, whole, PamAction),
        may_align=rules.can_review_alignment(request.actor, whole),
    )


def _newest_values(actions: Iterable[PamAction]) -> dict[int, Any]:
    found = PamReading.objects.filter(pam_action__in=actions).order_by("follow_up__on", "pk")
    return dict(found.values_list("pam_action", "value"))


@require_safe
def follow_ups(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    rows = FollowUp.objects.filter(cycle=whole.cycle).select_related("by")
    return shown(
        request,
        whole,
        "assistance/follow_ups.html",
        "assistance:follow_ups",
        page=_page(request, rows.prefetch_related("readings__pam_action")),
        leads_to=guards.after_follow_up(
            period_over=whole.period_is_over, all_finished=whole.all_finished
        ),
        may=rules.can_follow_up(request.actor, whole),
    )


@require_safe
def ratings(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """How many evaluations came, who is pending, what they say, and the leader's review."""
    whole = opened(request, uid)
    over = [a for a in whole.in_force if a.is_over]
    return shown(
        request,
        whole,
        "assistance/ratings.html",
        "assistance:ratings",
        page=_page(request, over),
        answers=contents.ratings(whole),
        may_consolidate=rules.can_consolidate(request.actor, whole),
        may_review=rules.can_review_ratings(request.actor, whole),
    )


@require_safe
def verification(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Requirements, what is verified, and the deviations on their two branches."""
    whole = opened(request, uid)
    cases = Case.objects.filter(cycle=whole.cycle).select_related("assistance__plan", "requirement")
    by_branch = [(branch, [c for c in cases if c.branch == branch]) for branch in Branch]
    return shown(
        request,
        whole,
        "assistance/verification.html",
        "assistance:verification",
        requirements=Requirement.objects.live().filter(cycle=whole.cycle),
        branches=by_branch,
        page=_page(request, whole.in_force),
        may=rules.can_write(request.actor, whole, Requirement),
        may_lead=rules.can_do(request.actor, Deed.LEAD_CYCLE, whole.cycle),
    )


@require_safe
def report(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    return shown(
        request,
        whole,
        "assistance/report.html",
        "assistance:report",
        content=(whole.report and whole.report.content) or contents.of_report(whole),
        targets=[(target, whole.deliveries.get(target)) for target in Target],
        may=rules.can_write(request.actor, whole, Report),
        may_issue=rules.can_issue(request.actor, whole),
        may_deliver=rules.can_deliver(request.actor, whole),
    )


@require_safe
def irregularities(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """The schools of the report, and those that the three conditions of G10 would let in."""
    whole = opened(request, uid)
    rows = Irregularity.objects.live().filter(cycle=whole.cycle).select_related("school__commune")
    there = {row.school_id for row in rows}
    helped = _helped(whole.cycle)
    fit = Q(outcome="fails", is_systematic=True, school__in=helped)
    candidates = Inclusion.objects.filter(fit, cycle=whole.cycle).exclude(school__in=there)
    return shown(
        request,
        whole,
        "assistance/irregularities.html",
        "assistance:irregularities",
        rows=rows,
        candidates=candidates.select_related("school__commune"),
        note=contents.OWN_FORM,
        may=rules.can_report(request.actor, whole),
        may_file=rules.can_file(request.actor, whole),
    )


@require_safe
def records(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Section 6: each record, who keeps it, where and how long, and when it was last written."""
    whole = opened(request, uid)
    written = contents.last_written(whole)
    policies = RecordPolicy.objects.filter(cycle=whole.cycle)
    return shown(
        request,
        whole,
        "assistance/records.html",
        "assistance:records",
        rows=[
            (policy, BY_CODE[policy.code], written.get(RECORD_ROWS[policy.code]))
            for policy in sorted(policies, key=lambda p: list(BY_CODE).index(p.code))
        ],
        may=rules.can_write(request.actor, whole, RecordPolicy),
    )
