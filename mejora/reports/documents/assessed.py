"""The self-assessment on paper: the profile by area and process, and the critical factors."""

from __future__ import annotations

from mejora.frameworks import catalogue
from mejora.plans import profile
from mejora.plans.assessment import CriticalFactor
from mejora.plans.models import Objective, PlanYear
from mejora.plans.profile import Row as ProfileRow
from mejora.reports.documents.parts import Row


def assessed(plan_year: PlanYear) -> Row | None:
    """None where the framework has no self-assessment by components. Three queries."""
    book, year = catalogue.of_edition(plan_year.plan.edition_id), plan_year.year
    if not book.edition.has_critical_factors:
        return None
    found = profile.of_year(book, plan_year.plan, year)
    rows = []
    for area in found.areas:
        rows += [_row(area.whole, year, strong=True)]
        rows += [_row(process, year) for process in area.processes]
    return {
        "edition": book.edition.name,
        "levels": [f"{step.order} {step.label(year)}" for step in profile.scale(book)],
        "rows": [*rows, _row(found.whole, year, strong=True)],
        "factors": _factors(plan_year),
    }


def _row(row: ProfileRow, year: int, *, strong: bool = False) -> Row:
    return {
        "name": row.area.label(year) if row.area else "Todo el establecimiento",
        "strong": strong,
        "cells": [_cell(share) for share in row.shares],
        "pending": str(row.pending),
    }


def _cell(share: profile.Share) -> str:
    if share.percent is None:
        return "–"
    percent = f"{share.percent:f}".replace(".", ",")
    return f"{share.count} ({percent}\N{NARROW NO-BREAK SPACE}%)"


def _factors(plan_year: PlanYear) -> list[Row]:
    book = catalogue.of_edition(plan_year.plan.edition_id)
    answers: dict[int, list[str]] = {}
    links = Objective.factors.through.objects.filter(
        objective__plan=plan_year.plan_id, objective__removed_at__isnull=True
    )
    for factor, text in links.values_list("criticalfactor_id", "objective__text"):
        answers.setdefault(factor, []).append(text)
    rows = CriticalFactor.objects.live().filter(assessment__plan=plan_year.plan_id).in_order()
    return [
        {
            "text": factor.text,
            "component": book.area(factor.area_id).label(plan_year.year),
            "scores": [str(n) for n in (factor.urgency, factor.tendency, factor.impact)],
            "total": str(factor.total),
            "objectives": " · ".join(answers.get(factor.pk, [])) or "ninguno todavía",
        }
        for factor in rows
    ]
