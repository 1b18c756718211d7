"""One row of the grid: reading what was written in it, saving it, and what to show afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from mejora.frameworks.models import Term
from mejora.monitoring import filing
from mejora.monitoring.cells import CONFLICT, FAILED, SAVED, UNTOUCHED, Outcome, options
from mejora.monitoring.enums import Resources
from mejora.monitoring.forms import ReportForm
from mejora.monitoring.grid import Row
from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.monitoring.operations import reports
from mejora.monitoring.operations.reports import Said
from mejora.monitoring.snapshots import is_review
from mejora.network.access import Actor
from mejora.plans.enums import Entity
from mejora.plans.models import Change, Goal, Objective, Strategy


def save(row: Row, data: Mapping[str, Any], *, by: Actor, only_touched: bool = False) -> Outcome:
    """Write what the row says. Conflict goes up to the caller, who shows both texts.

    `…-decide` says what the person chose at a conflict, `…-same` that nothing changed since the
    period before.
    """
    form = ReportForm(data, row=row)
    if not form.is_valid():
        reasons = [str(error) for errors in form.errors.values() for error in errors]
        return failed(row, data, " ".join(reasons))
    decided = data.get(form.add_prefix("decide"), "")
    is_same = data.get("same") == str(row.action.pk)
    if decided == "theirs" or (
        only_touched and not decided and not is_same and not form.is_touched()
    ):
        return Outcome(UNTOUCHED)
    said = form.said()
    revision = form.cleaned_data["revision"]
    if decided:
        revision = _number(data.get(form.add_prefix("against"), ""))
        if decided == "both":
            said = _joined(row, said)
    if is_same:
        said = _as_before(row, said)
    try:
        reports.save_report(row.action, row.month.period, by=by, revision=revision, **said)
    except ValidationError as error:
        return failed(row, data, " ".join(error.messages))
    return Outcome(SAVED)


def failed(row: Row, data: Mapping[str, Any], reason: str) -> Outcome:
    """Not saved and why, with everything that was written."""
    cleaned = _written(row, data)
    return Outcome(
        FAILED,
        reason,
        note=data.get(f"{row.prefix}-note", ""),
        level=cleaned.get("level"),
        met=frozenset(cleaned.get("milestones", [])),
    )


def _written(row: Row, data: Mapping[str, Any]) -> dict[str, Any]:
    form = ReportForm(data, row=row)
    form.is_valid()
    return form.cleaned_data


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _joined(row: Row, mine: Said) -> Said:
    """Both texts, all milestones that either of them ticked, the rest as one's own."""
    joined: Said = {**mine}
    theirs = row.report.note if row.report else ""
    own = mine.get("note", "")
    joined["note"] = theirs if own in theirs else f"{theirs}\n{own}".strip()
    if "milestones" in mine:
        already = {tick.milestone.pk for tick in row.ticks if tick.is_met}
        joined["milestones"] = already | set(mine["milestones"])
    return joined


def _as_before(row: Row, said: Said) -> Said:
    """The level of the period before, or the milestones as they stand."""
    if row.ticks:
        return {**said, "milestones": [t.milestone.pk for t in row.ticks if t.is_met]}
    if row.before.level is None:
        return said
    return {**said, "level": Term.objects.get(pk=row.before.level.pk)}


def conflict(row: Row, data: Mapping[str, Any]) -> Outcome:
    """Both texts of a row that somebody saved first. `row` is read again, as it stands now."""
    cleaned = _written(row, data)
    report = row.report
    met = frozenset(cleaned.get("milestones", []))
    mine = _words(row, cleaned.get("level"), met, cleaned.get("note", ""))
    stored = frozenset(t.milestone.pk for t in row.ticks if t.is_met)
    theirs = _words(row, report.level_id if report else None, stored, report.note if report else "")
    other = report.reported_by if report else None
    return Outcome(
        CONFLICT,
        mine=mine,
        theirs=theirs,
        other=other.name if other else "Otra persona",
        against=report.revision if report else None,
        revision=cleaned.get("revision"),
        note=cleaned.get("note", ""),
        level=cleaned.get("level"),
        met=met,
    )


def _words(row: Row, level: int | None, met: frozenset[int], note: str) -> str:
    if row.ticks:
        count = len(met & {tick.milestone.pk for tick in row.ticks})
        said = f"{count} de {len(row.ticks)} hitos"
    elif level:
        said = row.month.catalogue.term(level).level_text(row.month.plan_year.year)
    else:
        said = "Sin nivel"
    return f"{said}. {note}" if note else f"{said}, sin nota."


@dataclass(frozen=True, slots=True)
class Line:
    """A change in words."""

    at: dt.datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """What was asked to be changed in a report: by whom, when, and what it said then. `by` is
    "Usted" to who asked."""

    text: str
    by: str
    at: dt.datetime
    said: str


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str


_RESOURCES = tuple((kind.value, kind.label) for kind in Resources)


@dataclass(frozen=True, slots=True)
class Detail:
    """What an open row shows beside the row itself."""

    row: Row
    review: Review | None
    justifications: SafeString
    resources: SafeString
    proves: list[tuple[str, str]]
    justification_is_confirmed: bool
    changes: list[Line]
    change_count: int
    evidence: list[EvidenceUse]
    chain: list[Link]


def detail(row: Row) -> Detail:
    month, year = row.month, row.month.plan_year.year
    chosen = row.report.justification_id if row.report else None
    terms = month.catalogue.justifications
    texts = tuple((t.pk, f"{t.code} · {t.label(year)}") for t in terms)
    changes, count = _changes(row)
    return Detail(
        row=row,
        review=review(row),
        justifications=options(texts, chosen, "Elegir"),
        resources=options(_RESOURCES, row.report.resources if row.report else "", "Elegir"),
        proves=filing.choices(row.action),
        justification_is_confirmed=all(t.word_is_confirmed(year) for t in terms),
        changes=changes,
        change_count=count,
        evidence=_evidence(row),
        chain=_chain(row),
    )


def _evidence(row: Row) -> list[EvidenceUse]:
    if not row.month.sees_evidence:
        return []
    found = EvidenceUse.objects.live().filter(action=row.action)
    return list(found.select_related("file", "milestone", "requirement"))


def review(row: Row) -> Review | None:
    """What was asked about the row's report, answered or not; None where nothing was. One query
    where there is something to tell."""
    report = row.report
    if report is None or not report.changes_asked:
        return None
    asked = (
        Change.objects.filter(entity=Entity.REPORT, entity_uid=report.uid)
        .filter(after__changes_asked=report.changes_asked, after__is_answered=False)
        .select_related("by")
        .first()
    )
    if asked is None or asked.after is None:
        return None
    said = _reach(asked.after, row)
    note = asked.after["note"]
    words = f"{said}. {note}" if note else f"{said}, sin nota."
    return Review(report.changes_asked, _who(asked, row.month.actor), asked.at, words)


def _changes(row: Row) -> tuple[list[Line], int]:
    """The newest five about this action's monitoring, and how many there are."""
    reports_uids = ProgressReport.objects.filter(action=row.action).values("uid")
    milestones = row.action.milestones.values("uid")
    about = Q(entity=Entity.REPORT, entity_uid__in=reports_uids)
    about |= Q(entity=Entity.MILESTONE_DONE, entity_uid__in=milestones)
    if row.month.sees_evidence:
        uses = EvidenceUse.objects.filter(action=row.action).values("uid")
        about |= Q(entity=Entity.EVIDENCE, entity_uid__in=uses)
    found = Change.objects.filter(about, plan_year=row.month.plan_year)
    newest = list(found.select_related("by")[:5])
    lines = [Line(c.at, _who(c, row.month.actor), describe(c, row)) for c in newest]
    return lines, len(newest) if len(newest) < 5 else found.count()


def _who(change: Change, actor: Actor) -> str:
    if change.by is None:
        return "Carga de datos"
    return "Usted" if change.by_id == actor.user.pk else change.by.name


def describe(change: Change, row: Row) -> str:
    """A change of the monitoring in a few words."""
    before, after = change.before or {}, change.after or {}
    if change.entity == Entity.MILESTONE_DONE:
        verb = "cumplido" if after.get("done_on") else "desmarcado"
        return f"hito «{change.label}» {verb}"
    if change.entity == Entity.EVIDENCE:
        if after.get("removed"):
            return f"quitó «{change.label}»"
        return f"agregó «{change.label}»" if not before else f"cambió «{change.label}»"
    if not after:
        return "deshizo su informe"
    return _describe_report(before, after, row)


def _describe_report(before: dict[str, Any], after: dict[str, Any], row: Row) -> str:
    said = []
    was, now = _reach(before, row), _reach(after, row)
    if was != now:
        said.append(f"de {was} a {now}" if was else f"informó {now}")
    words = {
        "note": "nota",
        "justification": "justificación",
        "resources": "recursos",
        "real_start": "inicio real",
        "real_end": "término real",
    }
    said += [
        word for name, word in words.items() if (before.get(name) or "") != (after[name] or "")
    ]
    if is_review(before, after):
        said.append(_answer(after))
    return ", ".join(said) or "guardó sin cambios"


def _answer(after: dict[str, Any]) -> str:
    if after["is_reviewed"]:
        return "aceptó el informe"
    if after.get("changes_asked") and not after["is_answered"]:
        return f"pidió cambios: «{after['changes_asked']}»"
    if after.get("changes_asked"):
        return "informó de nuevo lo mismo"
    return "lo dejó por revisar"


def _reach(said: dict[str, Any], row: Row) -> str:
    if said.get("pct") is not None:
        return f"{said['pct']}\N{NARROW NO-BREAK SPACE}%"
    level = next((t for t in row.month.levels if t.code == said.get("level")), None)
    return level.range_text if level else ""


def _chain(row: Row) -> list[Link]:
    """Up from the action: objective, goal, strategy, each a link into the plan's chain."""
    month = row.month
    plan = reverse("plans:detail", args=(month.school.code, month.plan_year.year))
    strategy = (
        Strategy.objects.select_related("goal").get(pk=row.action.strategy_id)
        if row.action.strategy_id
        else None
    )
    objectives = list(
        Objective.objects.live().filter(plan=month.plan_year.plan_id).values_list("pk", "uid")
    )
    place = next((n for n, (pk, _) in enumerate(objectives, 1) if pk == row.action.objective_id), 0)
    objective = Objective.objects.only("uid", "text").get(pk=row.action.objective_id)
    label = f"Objetivo {place}" if place else "Objetivo"
    links = [Link(label, f"{plan}#o-{objective.uid}")]
    if strategy and strategy.goal:
        links.append(Link(_goal_label(strategy.goal, place), f"{plan}#g-{strategy.goal.uid}"))
    if strategy:
        links.append(Link(_short(strategy.text), f"{plan}#s-{strategy.uid}"))
    return links


def _goal_label(goal: Goal, place: int) -> str:
    siblings = list(Goal.objects.live().filter(objective=goal.objective_id).values_list("pk"))
    number = next((n for n, (pk,) in enumerate(siblings, 1) if pk == goal.pk), 0)
    return f"Meta {place}.{number}" if place and number else "Meta"


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:7]) + ("…" if len(words) > 7 else "")
