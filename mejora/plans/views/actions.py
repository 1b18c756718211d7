"""An action: its page, and the form that writes it whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.views.decorators.http import require_safe

from mejora.core import notices
from mejora.core.decisions import Conflict, require
from mejora.network.middleware import SignedInRequest
from mejora.plans import history, rules
from mejora.plans.forms import action as forms
from mejora.plans.models import Action, Change, EvidenceRequirement, Milestone, Strategy
from mejora.plans.operations import actions
from mejora.plans.views import pages
from mejora.plans.views.pages import Page
from mejora.plans.views.strategic import form_methods
from mejora.plans.views.writing import Clash, clash_of, reopen, saved

LAST_CHANGES = 5


@require_safe
def action(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    """All that is known of an action, with its way up the chain and its last changes."""
    page = pages.opened(request, code, year)
    thing = pages.found(_with_parts(page), uid=uid)
    changes = Change.objects.filter(entity_uid=thing.uid).select_related("by")[:LAST_CHANGES]
    book = page.book
    context = page.context(
        action=thing,
        area=book.area(thing.area_id).label(year),
        subareas=[book.area(a.pk).label(year) for a in thing.subareas.all()],
        normative_plans=[book.term(t.pk).label(year) for t in thing.normative_plans.all()],
        fundings=[(book.term(f.source_id).label(year), f.planned) for f in thing.fundings.all()],
        total=sum(f.planned for f in thing.fundings.all()),
        level=book.term(thing.level_now_id) if thing.level_now_id else None,
        level_word=book.term(thing.level_now_id).short_label(year) if thing.level_now_id else "",
        loose=[r for r in thing.requirements.all() if r.milestone_id is None],
        entries=history.told(changes, page.plan_year.plan, year),
        evidence_url=_evidence(page, thing),
    )
    return render(request, "plans/action.html", context)


def _evidence(page: Page, thing: Action) -> str:
    """Where its files stand, in an app above this one; empty while there is no such page."""
    try:
        return page.url("monitoring:evidence", thing.uid)
    except NoReverseMatch:
        return ""


def _with_parts(page: Page) -> Any:
    files = Count("evidence", filter=Q(evidence__removed_at__isnull=True))
    requirements = EvidenceRequirement.objects.live().annotate(files=files)
    milestones = Milestone.objects.live().prefetch_related("people__user")
    return (
        Action.objects.live()
        .filter(plan_year=page.plan_year)
        .select_related("strategy__goal", "objective", "responsible__user", "plan_year")
        .prefetch_related(
            "subareas",
            "normative_plans",
            "fundings",
            "objective__seals",
        )
        .prefetch_related(Prefetch("requirements", requirements))
        .prefetch_related(Prefetch("milestones", milestones))
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """Both lists of rows as one, for the summary of errors."""

    sets: tuple[Any, ...]

    def __iter__(self) -> Iterator[Any]:
        return (form for one in self.sets for form in one)

    def non_form_errors(self) -> list[str]:
        return [str(error) for one in self.sets for error in one.non_form_errors()]


@dataclass(slots=True)
class Desk:
    """The form of an action with its two lists of rows, bound or fresh."""

    page: Page
    thing: Action | None
    form: forms.ActionForm
    milestones: Any
    requirements: Any

    def is_valid(self) -> bool:
        parts = [self.form.is_valid(), self.milestones.is_valid(), self.requirements.is_valid()]
        if not all(parts):
            return False
        problem = forms.weight_error(self.milestones.kept)
        if problem:
            self.form.add_error(None, problem)
        return not problem

    def write(self) -> Action:
        milestones, requirements = self.milestones.kept, self.requirements.kept
        forms.placed(requirements, milestones)
        draft = self.form.draft(milestones, requirements)
        said = self.form.cleaned_data
        more = {"by": self.page.request.actor, "reason": said.get("reason", "")}
        if self.thing is None:
            return actions.add(self.page.plan_year, draft, **more)
        return actions.change(self.thing, draft, revision=said["revision"], **more)


def desk(page: Page, thing: Action | None, data: Any = None) -> Desk:
    for prefix in ("hitos", "medios"):
        if data is not None and f"mas-{prefix}" in data:
            data = forms.with_one_more(data, prefix)
    people = forms.people_of(page.plan_year, thing)
    choices = [(person.pk, person.user.name) for person in people]
    milestones = forms.MilestoneRows(
        data,
        prefix="hitos",
        initial=forms.milestone_rows(thing) if data is None else None,
        form_kwargs={"people": people, "choices": choices},
    )
    requirements = forms.RequirementRows(
        data,
        prefix="medios",
        initial=forms.requirement_rows(thing) if data is None else None,
        form_kwargs={"milestone_count": milestones.total_form_count()},
    )
    form = forms.ActionForm(
        data,
        plan_year=page.plan_year,
        book=page.book,
        action=thing,
        asks_reason=rules.is_changing_approved(page.at),
        initial=_asked(page) if thing is None else {},
    )
    return Desk(page, thing, form, milestones, requirements)


def _asked(page: Page) -> dict[str, Any]:
    """What the address begins a new action with: the strategy that lacks one, a name."""
    name = page.request.GET.get("nombre", "")[:300]
    return {**_strategy(page), **({"name": name} if name else {})}


def _strategy(page: Page) -> dict[str, Any]:
    asked = page.request.GET.get("estrategia", "")
    own = Strategy.objects.live().filter(plan_year=page.plan_year)
    found = next((s for s in own if str(s.uid) == asked), None) if asked else None
    return {"strategy": found.pk} if found else {}


@form_methods
def edit(request: SignedInRequest, code: str, year: int, uid: UUID | None = None) -> HttpResponse:
    """Write an action, new or not. "Agregar otro hito" comes back with what was typed."""
    page = pages.opened(request, code, year)
    require(rules.can_write_action(request.actor, page.at))
    own = Action.objects.live().filter(plan_year=page.plan_year).select_related("plan_year__plan")
    thing = pages.found(own, uid=uid) if uid else None
    if request.method != "POST":
        return _show(desk(page, thing))
    if request.POST.get("decide") == "theirs" and thing:
        return redirect(page.url("plans:action", thing.uid))
    at = desk(page, thing, request.POST)
    if "mas-hitos" in request.POST or "mas-medios" in request.POST:
        return _show(_unchecked(at))
    if not at.is_valid():
        return _show(at, status=422)
    return _save(at)


def _unchecked(at: Desk) -> Desk:
    """The same rows as typed, without complaints about what is not finished yet."""
    for form in (at.form, *at.milestones, *at.requirements):
        form._errors = {}
    return at


def _save(at: Desk) -> HttpResponse:
    page, made = at.page, []
    try:
        if not saved(at.form, lambda: made.append(at.write())):
            return _show(at, status=422)
    except Conflict:
        return _show_clash(at)
    notices.done(page.request, f"Acción {made[0].number} guardada.")
    return redirect(page.url("plans:action", made[0].uid))


def _show_clash(at: Desk) -> HttpResponse:
    if at.thing is None:
        raise Conflict("Otra persona guardó cambios mientras usted escribía.")
    now = Action.objects.select_related("plan_year__plan").get(pk=at.thing.pk)
    theirs = desk(at.page, now)
    clash = clash_of(now, at.form, theirs.form)
    reopen(at.form, now.revision)
    return _show(at, clash=clash, status=409)


def _show(at: Desk, *, clash: Clash | None = None, status: int = 200) -> HttpResponse:
    page, thing = at.page, at.thing
    back = page.url("plans:action", thing.uid) if thing else page.url("plans:detail")
    context = page.context(
        form=at.form,
        milestones=at.milestones,
        requirements=at.requirements,
        rows=Rows((at.milestones, at.requirements)),
        thing=thing,
        back=back,
        clash=clash,
    )
    return render(page.request, "plans/action_form.html", context, status=status)
