"""The ways through the territory's pages, as far as each person goes."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from mejora.network.access import Deed
from mejora.territory import rules
from mejora.territory.works_rules import owner_for

register = template.Library()


@register.inclusion_tag("territory/parts/tabs.html", takes_context=True)
def territory_tabs(context: Context) -> dict[str, Any]:
    """Figures, alerts, works, the Service's report; nothing where there is only one way."""
    request = context["request"]
    actor, here = request.actor, request.resolver_match.view_name
    ways = []
    if rules.can_see_figures(actor):
        ways += [("Cifras", "territory:figures"), ("Alertas", "territory:alerts")]
    if actor.may_somewhere(Deed.SEE_WORKS):
        ways.append(("Obras e inversiones", "works:list"))
    if owner_for(actor, Deed.READ_ACCOUNT):
        ways.append(("Informe de gestión", "service:home"))
    entries = [
        (name, reverse(view), here == view or (view == "service:home" and here[:8] == "service:"))
        for name, view in ways
    ]
    return {"entries": entries if len(entries) > 1 else [], "label": "Territorio"}
