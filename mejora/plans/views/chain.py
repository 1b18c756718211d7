"""The plan read as a chain: from the seal, from the action, from the evidence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import Max
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from mejora.core import speech
from mejora.core.htmx import render_part
from mejora.network import navigation
from mejora.network.middleware import SignedInRequest
from mejora.plans import chain, chain_goals
from mejora.plans.chain import ALL, Chain, Weak
from mejora.plans.models import Change
from mejora.plans.views import pages

FROM_SEAL, FROM_ACTION, FROM_EVIDENCE = "sello", "accion", "evidencia"
READINGS = {
    FROM_SEAL: "Desde el sello",
    FROM_ACTION: "Desde la acción",
    FROM_EVIDENCE: "Desde la evidencia",
}
WITHOUT_SEALS = {**READINGS, FROM_SEAL: "Desde el objetivo"}
WEAK_WORDS = {
    Weak.SEAL_ALONE: "sin objetivos",
    Weak.OBJECTIVE_UNSEALED: "sin sello",
    Weak.OBJECTIVE_NO_GOAL: "sin meta",
    Weak.OBJECTIVE_NO_STRATEGY: "sin estrategia este año",
    Weak.STRATEGY_NO_INDICATOR: "sin indicador",
    Weak.STRATEGY_NO_ACTION: "sin acciones",
    Weak.ACTION_UNPROVED: "sin medio de verificación",
    Weak.MILESTONE_LATE: "con atraso",
    Weak.EVIDENCE_MISSING: "por subir",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The chain as it stands on the page, and what the head above it must know."""

    html: SafeString
    lacks_strategies: bool


@require_safe
def detail(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The whole chain on one page; the address says what is shown of it."""
    page = pages.opened(request, code, year)
    drawn = _drawn(page)
    context = page.context(
        "plans:detail", chain_html=drawn.html, lacks_strategies=drawn.lacks_strategies
    )
    return render_part(request, "plans/detail.html", "chain", context)


def _drawn(page: pages.Page) -> Drawn:
    """Drawn once and kept until something of the plan is written: whoever may do the same sees the
    same, and every write leaves a Change. Only a person's new name shows up to five minutes late.
    """
    last = Change.objects.filter(plan=page.plan_year.plan_id).aggregate(last=Max("pk"))["last"]
    may = [(name, bool(value)) for name, value in page.context().items() if name[:4] == "may_"]
    asked = page.request.META.get("QUERY_STRING", "")
    state = f"{page.plan_year.pk} {last} {page.today} {may} {page.request.path}?{asked}"
    key = f"chain:{hashlib.sha256(state.encode()).hexdigest()}"
    kept: Drawn | None = caches["pages"].get(key)
    if kept is None:
        kept = _draw(page)
        caches["pages"].set(key, kept)
    return kept


def _draw(page: pages.Page) -> Drawn:
    asked, year = page.request.GET, page.plan_year.year
    reading = asked.get("desde", "") if asked.get("desde") in READINGS else FROM_SEAL
    weak = asked.get("falta", "") if asked.get("falta") in {ALL, *Weak} else ""
    codes = {area.code for area in page.book.areas_for_actions}
    area = asked.get("dimension", "") if asked.get("dimension") in codes else ""
    whole = chain.load(page.plan_year, today=page.today)
    chain.show_only(whole, weak=weak, area=area)
    has_strategies = page.book.edition.has_strategies
    if not has_strategies:
        chain_goals.add_indicators(whole, page.plan_year)
    context = page.context(
        request=page.request,
        chain=whole,
        numbers=_numbers(whole, has_strategies=has_strategies),
        has_strategies=has_strategies,
        factors={} if has_strategies else chain_goals.factors_of(page.plan_year),
        reading=reading,
        readings=[
            (slug, speech.say(text))
            for slug, text in (READINGS if has_strategies else WITHOUT_SEALS).items()
        ],
        weak=weak,
        weak_words=_weak_words(weak),
        area=area,
        areas=[(a.code, a.label(year)) for a in page.book.areas_for_actions],
        area_word=next((a.label(year) for a in page.book.areas_for_actions if a.code == area), ""),
        evidence_url=navigation.address("monitoring:evidence_list", *page.here),
        words=page.book.words(year),
    )
    return Drawn(
        html=render_to_string("plans/parts/chain.html", context),
        lacks_strategies=page.book.edition.has_strategies and not whole.strategies,
    )


def _weak_words(weak: str) -> str:
    if not weak:
        return ""
    return "Eslabones débiles" if weak == ALL else f"{_NOUN[Weak(weak)]} {WEAK_WORDS[Weak(weak)]}"


_NOUN = {
    Weak.SEAL_ALONE: "Sellos",
    Weak.OBJECTIVE_UNSEALED: "Objetivos",
    Weak.OBJECTIVE_NO_GOAL: "Objetivos",
    Weak.OBJECTIVE_NO_STRATEGY: "Objetivos",
    Weak.STRATEGY_NO_INDICATOR: "Estrategias",
    Weak.STRATEGY_NO_ACTION: "Estrategias",
    Weak.ACTION_UNPROVED: "Acciones",
    Weak.MILESTONE_LATE: "Hitos",
    Weak.EVIDENCE_MISSING: "Medios de verificación",
}


def _numbers(
    whole: Chain, *, has_strategies: bool
) -> list[tuple[int, str, list[tuple[Weak, int, str]]]]:
    """The chain in numbers: how many, of what, and the weak links among them."""
    goals = sum(len(o.goals) for o in whole.objectives)
    indicators = sum(len(s.indicators) for s in whole.strategies)
    indicators += sum(len(g.indicators) for o in whole.objectives for g in o.goals)
    milestones = sum(len(a.milestones) for a in whole.actions)
    files = sum(a.files for a in whole.actions)
    rows: list[tuple[int, str, tuple[Weak, ...]]] = [
        (sum(bool(s.pk) for s in whole.seals), "sello,sellos", (Weak.SEAL_ALONE,)),
        (
            len(whole.objectives),
            "objetivo,objetivos",
            (Weak.OBJECTIVE_UNSEALED, Weak.OBJECTIVE_NO_STRATEGY),
        ),
        (goals, "meta,metas", (Weak.OBJECTIVE_NO_GOAL,)),
        (len(whole.strategies), "estrategia,estrategias", (Weak.STRATEGY_NO_ACTION,)),
        (indicators, "indicador,indicadores", (Weak.STRATEGY_NO_INDICATOR,)),
        (len(whole.actions), "acción,acciones", (Weak.ACTION_UNPROVED,)),
        (milestones, "hito,hitos", (Weak.MILESTONE_LATE,)),
        (files, "evidencia,evidencias", (Weak.EVIDENCE_MISSING,)),
    ]
    return [
        (count, noun, [(w, whole.counts[w], _short_words(w)) for w in weak if whole.counts[w]])
        for count, noun, weak in rows
        if has_strategies or noun not in _OF_STRATEGIES
    ]


# What frameworks without strategies do not have.
_OF_STRATEGIES = ("sello,sellos", "estrategia,estrategias")


def _short_words(weak: Weak) -> str:
    """Beside the number of another noun the words name their own."""
    own = {
        Weak.OBJECTIVE_NO_GOAL: "objetivo sin meta,objetivos sin meta",
        Weak.STRATEGY_NO_INDICATOR: "estrategia sin ninguno,estrategias sin ninguno",
        Weak.MILESTONE_LATE: "con atraso,con atraso",
    }
    return own.get(weak, f"{WEAK_WORDS[weak]},{WEAK_WORDS[weak]}")
