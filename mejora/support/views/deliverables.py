"""An ATE's advisory: its months, its hours, its products and what the school says of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from mejora.core import clock, notices
from mejora.core.decisions import Refused, require
from mejora.files.sending import sent
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans.views.writing import FormPage, run, saved
from mejora.support import deliverable_rules, rules
from mejora.support.deliverable_forms import (
    AdvisoryForm,
    DeliverableFileForm,
    DeliverableForm,
    ReturnForm,
)
from mejora.support.deliverables import Deliverable, DeliverableFile
from mejora.support.enums import DeliverableStatus, SessionStatus
from mejora.support.models import Session, SupportChange, SupportPlan
from mejora.support.operations import deliverables as operations
from mejora.support.producing import PRODUCERS
from mejora.support.program import Program, month_of, program
from mejora.support.views import pages
from mejora.support.views.plans import form_methods, starting_owner

_STATES = {-1: "past", 0: "now", 1: "ahead"}
_WAITS = frozenset({DeliverableStatus.PENDING, DeliverableStatus.RETURNED})


@dataclass(frozen=True, slots=True)
class Month:
    number: int
    text: str
    first: dt.date
    last: dt.date
    state: str


def months_of(plan: SupportPlan, told: Program, today: dt.date) -> list[Month]:
    """The programme's months as this advisory's calendar has them."""
    found = []
    for number, text in enumerate(told.months, 1):
        first, last = month_of(plan.starts_on, number)
        side = (first > today) - (last < today)
        found.append(Month(number, text, first, last, _STATES[side]))
    return found


def worked(plan: SupportPlan) -> Decimal:
    """Hours of the sessions that were held."""
    held = Session.objects.live().filter(plan=plan, status=SessionStatus.HELD)
    return held.aggregate(total=Sum("hours"))["total"] or Decimal(0)


@require_safe
def listed(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """The advisory at a glance: where it is, hours used, what is handed over and what is due."""
    plan, today, told = pages.opened(request, uid), clock.today(), program()
    rows = Deliverable.objects.live().filter(plan=plan)
    counted = rows.annotate(files_now=Count("files", filter=Q(files__removed_at__isnull=True)))
    things = counted.order_by("month", "due_on", "pk")
    context = pages.context(
        request,
        plan,
        "support:deliverables",
        program=told,
        months=months_of(plan, told, today),
        things=[(thing, thing.status in _WAITS and thing.due_on < today) for thing in things],
        accepted=sum(thing.status == DeliverableStatus.ACCEPTED for thing in things),
        worked=worked(plan),
    )
    return render(request, "support/deliverables.html", context)


@form_methods
def new(request: SignedInRequest) -> HttpResponse:
    """An advisory for a school of the person's place."""
    owner, told = starting_owner(request), program()
    require(rules.can_lead(request.actor, owner))
    form = AdvisoryForm(
        request.POST or None,
        owner=owner,
        initial={"starts_on": clock.today(), "hours": told.hours},
    )
    made: list[SupportPlan] = []

    def write() -> None:
        school = form.cleaned_data["school"]
        made.append(operations.begin(owner, form.said(), school, by=request.actor))

    words = FormPage("Nueva asesoría ATE", reverse("support:home"), "Asesoría creada.")
    answer = run(
        request,
        form,
        words,
        write,
        context={"over_url": words.back, "program": told},
        template="support/advisory_form.html",
        changes=SupportChange,
    )
    return redirect("support:deliverables", made[0].uid) if made else answer


@require_safe
def one(request: SignedInRequest, uid: UUID) -> HttpResponse:
    return _page(request, _found(request, uid))


def _found(request: SignedInRequest, uid: UUID) -> Deliverable:
    readable = Deliverable.objects.visible_to(request.actor).with_parts()
    return get_object_or_404(readable, uid=uid)


def _page(
    request: SignedInRequest,
    thing: Deliverable,
    *,
    upload: DeliverableFileForm | None = None,
    giving_back: ReturnForm | None = None,
) -> HttpResponse:
    """A product with its files and what may be done with it now."""
    actor, files = request.actor, list(thing.files.live().select_related("file", "by"))
    wanted = program().wanted(thing.code)
    produced = [(key, PRODUCERS[key].label) for key in wanted.produced] if wanted else []
    context = pages.context(
        request,
        thing.plan,
        thing=thing,
        wanted=wanted,
        files=files,
        produced=produced,
        is_late=thing.status in _WAITS and thing.due_on < clock.today(),
        may_prepare=deliverable_rules.can_prepare(actor, thing),
        may_deliver=deliverable_rules.can_deliver(actor, thing, files=len(files)),
        may_withdraw=deliverable_rules.can_withdraw(actor, thing),
        may_decide=deliverable_rules.can_decide(actor, thing),
        may_undecide=deliverable_rules.can_undecide(actor, thing),
        may_open=_may_open(request, thing.plan),
        upload=upload or DeliverableFileForm(),
        giving_back=giving_back or ReturnForm(initial={"revision": thing.revision}),
    )
    failed = any(form is not None and form.errors for form in (upload, giving_back))
    return render(request, "support/deliverable.html", context, status=422 if failed else 200)


@form_methods
def edit(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Its name and its deadline."""
    thing = _found(request, uid)
    require(deliverable_rules.can_prepare(request.actor, thing))
    form = DeliverableForm(
        request.POST or None, instance=thing, initial={"revision": thing.revision}
    )
    back = reverse("support:deliverable", args=[uid])
    return pages.form_page(
        request,
        thing.plan,
        form,
        FormPage("Producto", back, "Producto guardado."),
        lambda: operations.change(
            thing, form.said(), revision=form.cleaned_data["revision"], by=request.actor
        ),
        thing=thing,
    )


@require_POST
def attach(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """A file that somebody brings."""
    thing = _found(request, uid)
    require(deliverable_rules.can_prepare(request.actor, thing))
    form = DeliverableFileForm(request.POST, request.FILES)

    def write() -> None:
        told = form.cleaned_data
        operations.attach(thing, told["file"], by=request.actor, shows_people=told["shows_people"])

    if form.is_valid() and saved(form, write):
        notices.done(request, "Archivo agregado.")
        return redirect("support:deliverable", uid)
    return _page(request, thing, upload=form)


@require_POST
def produce(request: SignedInRequest, uid: UUID, kind: str) -> HttpResponse:
    """What Mejora makes of the school's plan as it stands now."""
    thing = _found(request, uid)
    require(deliverable_rules.can_prepare(request.actor, thing))
    school = pages.schools_of(thing.plan)[0]
    try:
        found = operations.produce(thing, kind, school, by=request.actor)
    except Refused as error:
        notices.failed(request, "No se adjuntó.", error.reason)
    else:
        notices.done(request, f"{found.made_of}: adjunto tal como está hoy.")
    return redirect("support:deliverable", uid)


def _may_open(request: SignedInRequest, plan: SupportPlan) -> bool:
    """Files are opened by those who write the advisory and by the school that receives it."""
    writes = SupportPlan.objects.visible_to(request.actor, Deed.WRITE_SUPPORT)
    answers = (request.actor.may(Deed.ANSWER_SUPPORT, s) for s in pages.schools_of(plan))
    return any(answers) or writes.filter(pk=plan.pk).exists()


def _file(request: SignedInRequest, uid: UUID, **wanted: Any) -> DeliverableFile:
    things = Deliverable.objects.visible_to(request.actor)
    rows = DeliverableFile.objects.filter(deliverable__in=things.values("pk"), **wanted)
    parts = rows.select_related("file", "deliverable__plan__owner", "deliverable__plan__lead")
    return get_object_or_404(parts, uid=uid)


@require_GET
def file(request: SignedInRequest, uid: UUID, name: str) -> FileResponse:
    found = _file(request, uid, removed_at=None)
    if not _may_open(request, found.deliverable.plan):
        raise Refused("Los archivos los abren quien asesora y la dirección de la escuela.")
    return sent(found.file)


@require_POST
def file_remove(request: SignedInRequest, uid: UUID) -> HttpResponse:
    found = _file(request, uid, removed_at=None)
    operations.take_off(found, by=request.actor)
    notices.done(
        request,
        "Archivo en la papelera.",
        undo=reverse("support:deliverable_file_restore", args=[uid]),
    )
    return redirect("support:deliverable", found.deliverable.uid)


@require_POST
def file_restore(request: SignedInRequest, uid: UUID) -> HttpResponse:
    found = _file(request, uid, removed_at__isnull=False)
    operations.put_back(found, by=request.actor)
    notices.done(request, "Archivo de vuelta en el producto.")
    return redirect("support:deliverable", found.deliverable.uid)


def _deed(
    request: SignedInRequest, uid: UUID, do: Callable[..., Deliverable], said: str, undo: str = ""
) -> HttpResponse:
    """One step of a product, as it stood when the page was drawn."""
    thing = _found(request, uid)
    seen = request.POST.get("revision", "")
    do(thing, revision=int(seen) if seen.isdecimal() else thing.revision, by=request.actor)
    notices.done(request, said, undo=reverse(undo, args=[uid]) if undo else "")
    return redirect("support:deliverable", uid)


@require_POST
def deliver(request: SignedInRequest, uid: UUID) -> HttpResponse:
    said = "Entregado. La escuela ya lo ve."
    return _deed(request, uid, operations.deliver, said, "support:deliverable_withdraw")


@require_POST
def withdraw(request: SignedInRequest, uid: UUID) -> HttpResponse:
    return _deed(request, uid, operations.withdraw, "Entrega retirada.")


@require_POST
def accept(request: SignedInRequest, uid: UUID) -> HttpResponse:
    said = "Producto aceptado."
    return _deed(request, uid, operations.accept, said, "support:deliverable_undecide")


@require_POST
def undecide(request: SignedInRequest, uid: UUID) -> HttpResponse:
    return _deed(request, uid, operations.undecide, "La respuesta quedó deshecha.")


@require_POST
def give_back(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """The school says what is missing."""
    thing = _found(request, uid)
    require(deliverable_rules.can_decide(request.actor, thing))
    form = ReturnForm(request.POST)

    def write() -> None:
        operations.return_(thing, by=request.actor, **form.cleaned_data)

    if form.is_valid() and saved(form, write):
        undo = reverse("support:deliverable_undecide", args=[uid])
        notices.done(request, "Producto devuelto a quien asesora.", undo=undo)
        return redirect("support:deliverable", uid)
    return _page(request, thing, giving_back=form)
