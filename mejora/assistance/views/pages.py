"""What every page of a cycle begins with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from mejora.assistance import guards, rules
from mejora.assistance.enums import SHORT, Activity
from mejora.assistance.models import Cycle
from mejora.assistance.reading import OVER, Whole
from mejora.network.middleware import SignedInRequest

form_methods = require_http_methods(["GET", "HEAD", "POST"])
# Name of the address, words of the tab, activity that it belongs to.
SECTIONS: tuple[tuple[str, str, int], ...] = (
    ("assistance:cycle", "Proceso", 0),
    ("assistance:analysis", "Análisis", Activity.ANALYSE),
    ("assistance:needs", "Necesidades", Activity.NEEDS),
    ("assistance:classes", "Clasificación", Activity.STRATEGY),
    ("assistance:pam", "PAM", Activity.ALIGNMENT),
    ("assistance:follow_ups", "Seguimiento", Activity.FOLLOW_UP),
    ("assistance:ratings", "Evaluación", Activity.RATING),
    ("assistance:verification", "Verificación", Activity.VERIFICATION),
    ("assistance:report", "Informe", Activity.REPORT),
    ("assistance:irregularities", "Irregularidades", Activity.IRREGULARITIES),
    ("assistance:records", "Registros", 0),
    ("assistance:history", "Historial", 0),
)
# Where each activity is worked on.
PLACE = {activity: name for name, _, activity in SECTIONS if activity}
PLACE[Activity.SUPPORT] = "assistance:cycle"


def opened(request: SignedInRequest, uid: UUID) -> Whole:
    """The cycle, where its person may read it."""
    visible = Cycle.objects.visible_to(request.actor).select_related("owner")
    return Whole(get_object_or_404(visible, uid=uid))


def shown(
    request: SignedInRequest, whole: Whole, template: str, here: str, /, **more: Any
) -> HttpResponse:
    """A page of the cycle with its head, its tabs and what is to be done there."""
    cycle = whole.cycle
    tabs = [(label, reverse(name, args=[cycle.uid]), name == here) for name, label, _ in SECTIONS]
    context = {
        "cycle": cycle,
        "whole": whole,
        "tabs": tabs,
        "turn": turn(request, whole, here),
        **more,
    }
    return render(request, template, context)


def turn(request: SignedInRequest, whole: Whole, here: str) -> dict[str, Any] | None:
    """What the activity in which the cycle stands needs, on its own page and on the cycle's."""
    number = whole.activity
    if number == OVER:
        return None
    place = PLACE[Activity(number)]
    if here not in (place, "assistance:cycle"):
        return None
    closes = number in rules.CLOSES
    return {
        "activity": Activity(number),
        "name": SHORT[Activity(number)],
        "lacking": guards.lacking(whole, number),
        "may": rules.can_close(request.actor, whole, number) if closes else None,
        "href": reverse("assistance:close", args=[whole.cycle.uid, number]) if closes else "",
        "place": "" if here == place else reverse(place, args=[whole.cycle.uid]),
    }
