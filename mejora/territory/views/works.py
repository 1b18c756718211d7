"""The register of works and investments: its list, a work with its photographs, its forms."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mejora.core import notices
from mejora.core.decisions import Refused, require
from mejora.files.sending import sent
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans.forms.chain import ReasonForm
from mejora.plans.views.writing import FormPage, run
from mejora.territory import works_history, works_listing
from mejora.territory import works_rules as rules
from mejora.territory.forms.works import PhotoForm, WorkFilterForm, WorkForm
from mejora.territory.operations import works as operations
from mejora.territory.operations.works import WorkSaid
from mejora.territory.works import Work, WorkChange, WorkPhoto

form_methods = require_http_methods(["GET", "HEAD", "POST"])
CHANGES_SHOWN = 30


@require_GET
def listing(request: SignedInRequest) -> HttpResponse:
    """The works of the person's place; the address holds filters, order and page."""
    require(rules.can_see(request.actor))
    seen = works_listing.seen(request.actor)
    form = WorkFilterForm(request.GET, works=seen)
    chosen = form.chosen()
    found = works_listing.filtered(seen, chosen)
    order = request.GET.get("orden", "obra")
    ordered = works_listing.ordered(found, order).select_related("school__commune")
    states = works_listing.by_state(found)
    owner = rules.owner_for(request.actor, Deed.WRITE_WORKS)
    context = {
        "page": Paginator(ordered, works_listing.PER_PAGE).get_page(request.GET.get("pagina")),
        "form": form,
        "chosen": chosen,
        "order": order,
        "by_state": states,
        "by_funding": works_listing.by_funding(found),
        "total": works_listing.total(states),
        "may_register": owner is not None,
    }
    return render(request, "territory/works.html", context)


@form_methods
def register(request: SignedInRequest) -> HttpResponse:
    owner = rules.owner_for(request.actor, Deed.WRITE_WORKS)
    if owner is None:
        raise Refused(rules.NOT_YOURS)
    form = WorkForm(request.POST or None, owner=owner)
    words = FormPage(
        "Registrar una obra o inversión",
        reverse("works:list"),
        "Obra o inversión registrada.",
        save="Registrar",
    )
    return run(
        request,
        form,
        words,
        lambda: operations.register(owner, cast(WorkSaid, form.said()), by=request.actor),
        context={},
        template="territory/work_form.html",
    )


@form_methods
def edit(request: SignedInRequest, uid: UUID) -> HttpResponse:
    work = _work(request, uid)
    require(rules.can_write(request.actor, work))
    form = WorkForm(request.POST or None, instance=work, owner=work.owner)
    words = FormPage("Cambiar la obra", _address(work), "Cambios guardados.", over=work.name)

    def write() -> None:
        said = form.said()
        revision = said.pop("revision")
        operations.change(work, cast(WorkSaid, said), revision=revision, by=request.actor)

    return run(
        request,
        form,
        words,
        write,
        context={"work": work},
        thing=work,
        form_kwargs={"owner": work.owner},
        template="territory/work_form.html",
        changes=WorkChange,
    )


@form_methods
def detail(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """A work: what is known of it, its photographs, its history; POST adds a photograph."""
    work = _work(request, uid)
    may_write = rules.can_write(request.actor, work)
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(may_write)
        if form.is_valid() and _add_photo(request, work, form):
            return redirect(_address(work))
    changes = WorkChange.objects.filter(work=work).select_related("by")
    context = {
        "work": work,
        "photos": work.photos.all(),
        "may_write": may_write,
        "form": form,
        "entries": works_history.told(changes[:CHANGES_SHOWN]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "territory/work.html", context, status=status)


def _add_photo(request: SignedInRequest, work: Work, form: PhotoForm) -> bool:
    said = form.cleaned_data
    try:
        operations.add_photo(
            work,
            said["upload"],
            alt=said["alt"],
            shows_people=said["shows_people"],
            by=request.actor,
        )
    except Refused as error:
        form.add_error("upload", error.reason)
        return False
    notices.done(request, "Foto agregada.")
    return True


@form_methods
def remove(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Ask why, then put it in the bin; the notice takes it back."""
    work = _work(request, uid)
    require(rules.can_write(request.actor, work))
    form = ReasonForm(request.POST or None, is_needed=False, initial={"revision": work.revision})
    if request.method == "POST" and form.is_valid():
        try:
            operations.remove(work, by=request.actor, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            undo = reverse("works:restore", args=[work.uid])
            notices.done(request, "Obra en la papelera.", f"«{work.name}»", undo=undo)
            return redirect("works:list")
    context = {"work": work, "form": form}
    return render(
        request, "territory/work_remove.html", context, status=422 if form.errors else 200
    )


@require_POST
def restore(request: SignedInRequest, uid: UUID) -> HttpResponse:
    visible = Work.objects.visible_to(request.actor).filter(removed_at__isnull=False)
    work = get_object_or_404(visible.with_place(), uid=uid)
    operations.restore(work, by=request.actor)
    notices.done(request, "Obra de vuelta en la lista.")
    return redirect(_address(work))


@require_POST
def remove_photo(request: SignedInRequest, uid: UUID) -> HttpResponse:
    photo = _photo(request, uid)
    operations.remove_photo(photo, by=request.actor)
    undo = reverse("works:photo_restore", args=[photo.uid])
    notices.done(request, "Foto en la papelera.", undo=undo)
    return redirect(_address(photo.work))


@require_POST
def restore_photo(request: SignedInRequest, uid: UUID) -> HttpResponse:
    photo = _photo(request, uid)
    operations.restore_photo(photo, by=request.actor)
    notices.done(request, "Foto de vuelta en la obra.")
    return redirect(_address(photo.work))


@require_GET
def photo(request: SignedInRequest, uid: UUID) -> FileResponse:
    """The picture itself, to whoever sees the work; it was drawn anew when it came in."""
    found = _photo(request, uid)
    if found.removed_at:
        raise Http404
    return sent(found.file)


def _work(request: SignedInRequest, uid: UUID) -> Work:
    photos = Prefetch("photos", WorkPhoto.objects.live().select_related("file"))
    visible = Work.objects.live().visible_to(request.actor).with_place()
    return get_object_or_404(visible.prefetch_related(photos), uid=uid)


def _photo(request: SignedInRequest, uid: UUID) -> WorkPhoto:
    works = Work.objects.live().visible_to(request.actor)
    found = WorkPhoto.objects.filter(work__in=works).select_related("file", "work")
    return get_object_or_404(found, uid=uid)


def _address(work: Work) -> str:
    return reverse("works:detail", args=[work.uid])
