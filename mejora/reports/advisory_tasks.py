"""What an ATE's advisory asks now: of who advises, products due; of the school, those to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from mejora.core import wording
from mejora.network.access import Actor, Deed
from mejora.network.models import School
from mejora.reports.tasks import Task
from mejora.support.deliverables import Deliverable
from mejora.support.enums import DeliverableStatus, SupportKind
from mejora.support.models import SupportPlan

NEAR = dt.timedelta(days=30)
NOUNS = "producto de la asesoría,productos de la asesoría"


def of_supporter(plans: Sequence[SupportPlan], today: dt.date) -> Task | None:
    """Products that came back, are late or due within thirty days. One query where there is an
    advisory among the plans, else none."""
    advisories = [plan.pk for plan in plans if plan.kind == SupportKind.ATE]
    if not advisories:
        return None
    waiting = Deliverable.objects.live().filter(
        plan__in=advisories,
        status__in=[DeliverableStatus.PENDING, DeliverableStatus.RETURNED],
        due_on__lte=today + NEAR,
    )
    found = list(waiting.select_related("plan").order_by("due_on", "pk"))
    if not found:
        return None
    first = found[0]
    is_late = first.due_on < today
    one = len(found) == 1
    return Task(
        mark="triangle" if is_late else "document",
        tone="late" if is_late else "soon",
        title=f"Entregar {wording.counted(len(found), NOUNS)}",
        why=f"{_quoted(found)}.",
        when=f"{'Venció' if is_late else 'Vence'} el {wording.long_date(first.due_on)}",
        when_tone="late" if is_late else "soon",
        button="Abrir el producto" if one else "Ver los productos",
        href=reverse("support:deliverable", args=[first.uid])
        if one
        else reverse("support:deliverables", args=[first.plan.uid]),
    )


def of_school(actor: Actor, school: School) -> Task | None:
    """Products handed over that wait for the school's answer. One query."""
    if not actor.may(Deed.ANSWER_SUPPORT, school):
        return None
    waiting = Deliverable.objects.live().filter(
        plan__removed_at__isnull=True,
        plan__places__school=school,
        status=DeliverableStatus.DELIVERED,
    )
    found = list(waiting.select_related("delivered_by").order_by("delivered_at", "pk"))
    if not found:
        return None
    first = found[0]
    return Task(
        mark="document",
        tone="soon",
        title=f"Responder {wording.counted(len(found), NOUNS)}",
        why=f"{_quoted(found)}. Acéptelo, o devuélvalo diciendo qué falta.",
        when=f"Llegó el {wording.long_date(first.delivered_at)}" if first.delivered_at else "",
        button="Ver el producto",
        href=reverse("support:deliverable", args=[first.uid]),
    )


def _quoted(found: Sequence[Deliverable]) -> str:
    shown = wording.sentence(f"«{each.title}»" for each in found[:2])
    others = len(found) - 2
    return f"{shown} y {others} más" if others > 0 else shown
