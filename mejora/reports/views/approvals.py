"""What schools sent and nobody has decided yet, and what was returned and has not come back."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mejora.core import clock
from mejora.core.decisions import require
from mejora.network.middleware import SignedInRequest
from mejora.plans.enums import StageStatus
from mejora.reports import approvals

PAGE_SIZE = 30
TURNS = {
    "": ("Todas", approvals.PENDING),
    "sostenedor": ("Las tiene el sostenedor", (StageStatus.SENT,)),
    "escuela": ("Las tiene la escuela", (StageStatus.RETURNED,)),
}


@require_safe
def listing(request: SignedInRequest) -> HttpResponse:
    require(approvals.can_see(request.actor))
    found = approvals.pending(request.actor)
    turn = request.GET.get("turno", "")
    _, statuses = TURNS.get(turn, TURNS[""])
    page = Paginator(found.filter(status__in=statuses), PAGE_SIZE).get_page(
        request.GET.get("pagina")
    )
    chips = [
        (slug, name, found.filter(status__in=which).count())
        for slug, (name, which) in TURNS.items()
    ]
    today = clock.today()
    context = {
        "page": page,
        "rows": [approvals.told(stage, today) for stage in page],
        "chips": chips,
        "turn": turn,
        "today": today,
        "long_wait": approvals.LONG_WAIT,
    }
    return render(request, "reports/approvals.html", context)
