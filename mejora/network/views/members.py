"""The people of a place: who works there, who was invited, who left; and one's own places."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mejora.core import clock, notices
from mejora.core.decisions import Refused, require
from mejora.network import emails, memberships
from mejora.network import memberships_operations as operations
from mejora.network.access import TABLE, Actor, Deed, reach
from mejora.network.enums import PlaceKind, Role
from mejora.network.invitations import Invitation
from mejora.network.membership_forms import InviteForm
from mejora.network.memberships import Place
from mejora.network.memberships_operations import Sent
from mejora.network.middleware import PLACE_KEY, SignedInRequest
from mejora.network.models import Membership

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
def members(request: SignedInRequest, kind: str = "", code: str = "") -> HttpResponse:
    """Who works at a place (one's own, without an address); POST invites somebody to it."""
    place = memberships.named_place(request.actor, kind, code)
    require(memberships.can_see_members(request.actor, place))
    roles = memberships.invitable_roles(request.actor, place)
    if request.method == "POST" and not roles:
        raise Refused("Usted no puede invitar personas a este lugar.")
    form = InviteForm(request.POST or None, roles=roles)
    if request.method == "POST" and form.is_valid():
        email, role = form.cleaned_data["email"], form.cleaned_data["role"]
        try:
            _mailed(request, lambda: operations.invite(email, role, place, by=request.actor))
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect(members_url(place))
    return render(request, "network/members.html", _page(request, place, form))


def _page(request: SignedInRequest, place: Place, form: InviteForm) -> dict[str, Any]:
    may_invite = bool(memberships.invitable_roles(request.actor, place))
    people = memberships.members_at(place)
    page = Paginator(people.in_force(clock.today()), PER_PAGE).get_page(request.GET.get("pagina"))
    former: list[Membership] = []
    invited: list[Invitation] = []
    if may_invite:
        former = list(people.over(clock.today())[:PER_PAGE])
        invited = list(memberships.invitations_at(place)[:PER_PAGE])
    text = request.GET.get("q", "").strip()
    return {
        "place": place,
        "place_kind": memberships.kind_of(place),
        "place_words": memberships.address_of(place),
        "form": form,
        "may_invite": may_invite,
        "page": page,
        "rows": [(m, memberships.can_end(request.actor, m)) for m in page],
        "former": [(m, memberships.can_restore(request.actor, m)) for m in former],
        "invited": [(i, memberships.can_change_invitation(request.actor, i)) for i in invited],
        "reaches_further": _reaches_further(request.actor),
        "q": text,
        "found": [
            (place, memberships.kind_of(place).label, members_url(place))
            for place in (memberships.search_places(request.actor, text) if text else [])
        ],
    }


def members_url(place: Place) -> str:
    return reverse("network:place_members", args=memberships.address_of(place))


def _reaches_further(actor: Actor) -> bool:
    """Whether the person may invite at more places than the one where they stand."""
    wide = {PlaceKind.OWNER, PlaceKind.COUNTRY}
    return any(m.place_kind in wide for m, _ in actor.with_reach(Deed.INVITE))


def _mailed(request: HttpRequest, send: Callable[[], Sent]) -> None:
    """Send an invitation and say what happened to its mail. Where no mail leaves the machine,
    whoever invites receives the link to hand over."""
    try:
        sent = send()
    except (smtplib.SMTPException, OSError):
        notices.failed(
            request,
            "La invitación quedó guardada, pero el correo no salió.",
            "Pruebe «Enviar de nuevo» en unos minutos.",
        )
        return
    title = f"Invitación para {sent.invitation.email} lista."
    if emails.reach_people():
        notices.done(request, title, "El enlace le llegará por correo y sirve 14 días.")
    else:
        notices.done(request, title, f"Sin servidor de correo: entréguele este enlace. {sent.link}")


@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a participation at once; the notice offers to undo it."""
    membership = _membership(request.actor, pk)
    operations.end(membership, by=request.actor)
    notices.done(
        request,
        f"{membership.user} ya no participa aquí.",
        "Lo que hizo se conserva.",
        undo=reverse("network:membership_restore", args=[pk]),
    )
    return redirect(members_url(membership.place))


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    membership = _membership(request.actor, pk)
    operations.restore(membership, by=request.actor)
    notices.done(request, f"{membership.user} participa de nuevo.")
    return redirect(members_url(membership.place))


def _membership(actor: Actor, pk: int) -> Membership:
    found = Membership.objects.with_places().filter(pk=pk).first()
    if found is None or not memberships.can_see_members(actor, found.place):
        raise Http404
    return found


@require_POST
def send_again(request: SignedInRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request.actor, pk)
    _mailed(request, lambda: operations.send_again(invitation, by=request.actor))
    return redirect(members_url(invitation.place))


@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request.actor, pk)
    operations.revoke(invitation, by=request.actor)
    notices.done(request, f"Invitación a {invitation.email} retirada.", "El enlace ya no abre.")
    return redirect(members_url(invitation.place))


def _invitation(actor: Actor, pk: int) -> Invitation:
    found = Invitation.objects.with_places().filter(pk=pk).first()
    if found is None or not memberships.invitable_roles(actor, found.place):
        raise Http404
    return found


@require_POST
def switch_place(request: SignedInRequest) -> HttpResponse:
    """Stand at another of one's own places, and go on to `next` if it is an address of ours."""
    asked = request.POST.get("membership", "")
    chosen = next((m for m in request.actor.memberships if str(m.pk) == asked), None)
    if chosen is None:
        raise Refused("Ese lugar no está entre los suyos, o su participación terminó.")
    request.session[PLACE_KEY] = chosen.pk
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts=None, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target) if safe else redirect("home")


@require_GET
def who_sees_what(request: SignedInRequest) -> HttpResponse:
    """The table by which Mejora decides, for those about whom it decides."""
    own = {m.role for m in request.actor.memberships}
    roles = [(role, role.value in own) for role in Role]
    rows = [(deed, [(role, reach(deed, role), mine) for role, mine in roles]) for deed in TABLE]
    invitable = [
        (giver, [role for role in Role if role in given])
        for giver, given in memberships.INVITABLE.items()
    ]
    context = {"roles": roles, "rows": rows, "invitable": invitable}
    return render(request, "network/who_sees_what.html", context)
