"""The plan in figures on paper: the same figures as its page, for the same eyes."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from mejora.core import wording
from mejora.plans.enums import StageStatus
from mejora.plans.models import Stage
from mejora.reports.board import LevelCount
from mejora.reports.documents.parts import Row, bar, capital, owner_then, unconfirmed
from mejora.reports.documents.typesetting import typeset
from mejora.reports.figures import Figures, InArea

OWN_STATES = {StageStatus.RETURNED, StageStatus.APPROVED}


def figures_pdf(figures: Figures, *, at: dt.datetime | None = None) -> bytes:
    """The PDF/UA of figures that were read for one person."""
    at = at or timezone.now()
    return typeset("figures.typ", figures_data(figures, at=at), at=at)


def figures_data(figures: Figures, *, at: dt.datetime) -> Row:
    """All that the template prints, every number and date already in words."""
    plan_year = figures.plan_year
    school, year = plan_year.school, plan_year.year
    words = figures.book.words(year)
    return {
        "title": f"{words['plan']} {year} en cifras: {school.name}",
        "words": {key: capital(text) for key, text in words.items()},
        "year": str(year),
        "cycle": f"{plan_year.plan.start_year}–{plan_year.plan.end_year}",
        "school": school.name,
        "code": school.code_label,
        "commune": school.commune.name,
        "region": school.commune.region.name,
        "owner": owner_then(plan_year),
        "printed": f"{wording.number_date(at)}, {wording.clock_time(at)}",
        "is_sample": school.is_sample,
        "stages": [_stage(stage) for stage in figures.stages],
        "counts": [
            {"number": wording.thousands(number), "name": name} for number, name in figures.counts
        ],
        "disabled": _disabled(figures.disabled_count),
        "levels": [
            _level(each, figures.levels.total, year) for each in figures.levels.counts if each.count
        ],
        "areas": [_area(area) for area in figures.areas],
        "money": _money(figures),
        "no_money": figures.amounts.reason or "No se han registrado montos.",
        "notes": _notes(figures),
    }


def _notes(figures: Figures) -> list[str]:
    """What on these pages is not an official word, and where it comes from."""
    own = any(stage.status in OWN_STATES for stage in figures.stages)
    used = [each.level for each in figures.levels.counts if each.level and each.count]
    sources = figures.money.sources if figures.money else ()
    notes = unconfirmed([*used, *sources], figures.plan_year.year)
    if own:
        notes.insert(0, "«Devuelta» y «Aprobada» son palabras de Mejora (criterio de Mejora).")
    return notes


def _stage(stage: Stage) -> Row:
    return {
        "name": stage.get_kind_display(),
        "status": stage.state,
        "sent": wording.number_date(stage.sent_at) if stage.sent_at else "–",
        "decided": wording.number_date(stage.decided_at) if stage.decided_at else "–",
    }


def _disabled(count: int) -> str:
    if not count:
        return ""
    return f"Además hay {wording.counted(count, 'acción desactivada,acciones desactivadas')}."


def _level(each: LevelCount, total: int, year: int) -> Row:
    level = each.level
    return {
        "bar": bar(level.min, level.max) if level else bar(None, None),
        "name": level.level_text(year) if level else "Sin informar",
        "count": wording.thousands(each.count),
        "share": wording.percent(wording.share(each.count, total), 1),
    }


def _area(area: InArea) -> Row:
    parts = [{"name": name, "count": wording.thousands(count)} for name, count in area.parts]
    if area.without_part:
        parts.append({"name": "Sin indicar", "count": wording.thousands(area.without_part)})
    return {"name": area.name, "count": wording.thousands(area.count), "parts": parts}


def _money(figures: Figures) -> Row | None:
    """By source and area, as the page has it; None where there is none or it may not be seen."""
    money = figures.money
    if money is None or not money.total:
        return None
    return {
        "areas": figures.money_areas,
        "rows": [
            {
                "source": source,
                "cells": [wording.thousands(amount) for amount in amounts],
                "total": wording.thousands(total),
            }
            for source, amounts, total in figures.by_source
        ],
        "totals": [wording.thousands(row.total) for row in money.rows],
        "total": wording.money(money.total),
    }
