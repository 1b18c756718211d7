"""The calls to a school: noting one, the earlier ones, taking one's own back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from mejora.core import clock, notices
from mejora.core.decisions import require
from mejora.network import contacts_operations as operations
from mejora.network import contacts_rules as rules
from mejora.network import navigation
from mejora.network.contact_forms import ContactForm
from mejora.network.contacts import Contact
from mejora.network.enums import Role
from mejora.network.middleware import SignedInRequest
from mejora.network.models import Membership, School

SHOWN = 50


@require_http_methods(["GET", "POST"])
def contacts(request: SignedInRequest, code: str) -> HttpResponse:
    """The newest calls of the person's own place to a school; POST notes one down."""
    visible = School.objects.visible_to(request.actor).select_related("commune")
    school = get_object_or_404(visible, code=code)
    require(rules.can_record(request.actor, school))
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        contact = operations.record(school, by=request.actor, **form.cleaned_data)
        undo = reverse("network:contact_remove", args=[contact.uid])
        notices.done(request, f"Llamada a {school.name} registrada.", undo=undo)
        return redirect(navigation.address("reports:board"))
    noted = Contact.objects.visible_to(request.actor).in_force().filter(school=school)
    listed = noted.select_related("membership__user", "school__commune")[:SHOWN]
    heads = Membership.objects.filter(school=school, role=Role.DIRECTOR).select_related("user")
    context = {
        "school": school,
        "form": form,
        "rows": [(each, rules.can_remove(request.actor, each)) for each in listed],
        "head": heads.in_force(clock.today()).last(),
        "board_url": navigation.address("reports:board"),
    }
    return render(request, "network/contacts.html", context)


@require_POST
def remove(request: SignedInRequest, uid: str) -> HttpResponse:
    """Take a call back; the notice offers to undo it."""
    contact = _contact(request, uid)
    operations.remove(contact, by=request.actor)
    undo = reverse("network:contact_restore", args=[uid])
    notices.done(request, f"Llamada a {contact.school} retirada.", undo=undo)
    return redirect("network:contacts", contact.school.code)


@require_POST
def restore(request: SignedInRequest, uid: str) -> HttpResponse:
    contact = _contact(request, uid)
    operations.restore(contact, by=request.actor)
    notices.done(request, f"Llamada a {contact.school} registrada de nuevo.")
    return redirect("network:contacts", contact.school.code)


def _contact(request: SignedInRequest, uid: str) -> Contact:
    visible = Contact.objects.visible_to(request.actor)
    return get_object_or_404(visible.select_related("school"), uid=uid)
