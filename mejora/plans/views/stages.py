"""The stages of a year: what is missing, sending, taking back, deciding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from mejora.core import notices, speech
from mejora.core.decisions import Decision, Refused
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans import rules, workflow
from mejora.plans.enums import StageKind
from mejora.plans.forms.chain import DecisionForm
from mejora.plans.missing import Missing
from mejora.plans.models import Stage, StageEvent
from mejora.plans.operations import stages
from mejora.plans.sending import SENDERS
from mejora.plans.views import pages
from mejora.plans.views.pages import Page


@dataclass(frozen=True, slots=True)
class Moves:
    """What this person may do with a stage now, each with its reason."""

    send: Decision
    withdraw: Decision
    approve: Decision
    give_back: Decision


@require_safe
def stage_list(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    page = pages.opened(request, code, year)
    next_year = rules.can_open_year(request.actor, page.plan_year.plan, year + 1, today=page.today)
    context = page.context(
        "plans:stages",
        stages=list(page.at.by_kind.items()),
        events=_events(*page.at.by_kind.values()),
        next_year=next_year,
        transitions=TOLD,
    )
    return render(request, "plans/stages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def stage(request: SignedInRequest, code: str, year: int, kind: StageKind) -> HttpResponse:
    """One stage. Its buttons and its operations ask the same rules."""
    page = pages.opened(request, code, year)
    if kind not in page.at.by_kind:
        return redirect("plans:stages", code=code, year=year)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(page, kind, form):
        return redirect("plans:stage", code=code, year=year, kind=kind)
    writes = request.actor.may(Deed.WRITE_PLAN, page.at.school)
    missing = _missing(page, kind) if writes else []
    context = page.context(
        "plans:stages",
        kind=kind,
        its=page.at[kind],
        form=form,
        blocking=[m for m in missing if m.is_blocking],
        advisable=[m for m in missing if not m.is_blocking],
        moves=_moves(page, kind, missing),
        events=_events(page.at[kind]),
        transitions=TOLD,
        is_open=writes and page.at.is_open(kind),
        writes=writes,
    )
    status = 422 if form.errors else 200
    return render(request, "plans/stage.html", context, status=status)


def _decided(page: Page, kind: StageKind, form: DecisionForm) -> bool:
    """Do what was asked; a refusal stands on the form, at the comment where that is what lacks."""
    wanted, comment = page.request.POST.get("mover", ""), form.cleaned_data["comment"]
    try:
        notices.done(page.request, _move(page, kind, wanted, comment))
    except Refused as error:
        lacks_comment = wanted == "devolver" and not comment
        form.add_error("comment" if lacks_comment else None, error.reason)
        return False
    return True


def _missing(page: Page, kind: StageKind) -> list[Missing]:
    """Only while it can be sent: what is sent or approved lacks nothing."""
    sender = SENDERS.get(kind)
    if sender is None or not page.at.is_open(kind):
        return []
    plan_year = page.plan_year
    if kind == StageKind.STRATEGIC and plan_year.year != plan_year.plan.start_year:
        plan_year = workflow.strategic_year(plan_year.plan)
    return sender.missing(plan_year)


def _moves(page: Page, kind: StageKind, missing: list[Missing]) -> Moves:
    actor, at = page.request.actor, page.at
    return Moves(
        send=rules.can_send(actor, at, kind, missing),
        withdraw=rules.can_withdraw(actor, at, kind),
        approve=rules.can_approve(actor, at, kind),
        give_back=rules.can_return(actor, at, kind),
    )


def _move(page: Page, kind: StageKind, wanted: str, comment: str) -> str:
    """Do what the pressed button says; the words tell that it was done."""
    year, by = page.plan_year, page.request.actor
    moves: dict[str, tuple[Callable[[], object], str]] = {
        "enviar": (lambda: SENDERS[kind].send(year, by=by), "quedó enviada al sostenedor."),
        "retirar": (lambda: stages.withdraw(year, kind, by=by), "volvió a la escuela."),
        "aprobar": (
            lambda: stages.approve(year, kind, by=by, comment=comment),
            "quedó aprobada.",
        ),
        "devolver": (
            lambda: stages.return_(year, kind, by=by, comment=comment),
            "quedó devuelta a la escuela.",
        ),
    }
    if wanted not in moves or (wanted == "enviar" and kind not in SENDERS):
        raise Refused("Elija qué hacer con la etapa.")
    move, told = moves[wanted]
    move()
    return f"La etapa {kind.label} {told}"


def _events(*its: Stage) -> list[StageEvent]:
    found = StageEvent.objects.filter(stage__in=its).select_related("by", "stage")
    return list(found.annotate(version_number=F("version__number")))


TOLD = {
    "begin": "comenzó el registro",
    "send": speech.said("envió al sostenedor"),
    "withdraw": "retiró el envío",
    "return": "devolvió a la escuela",
    "approve": "aprobó",
    "import": "aprobó por carga de datos",
}
