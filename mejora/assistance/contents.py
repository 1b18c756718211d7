"""What the two papers of a cycle say, as plain data: the consolidated report of activity 9 and the
report of irregularities of activity 10. Frozen when they are issued; until then, as of today."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, Max

from mejora.assistance.enums import (
    AssistanceState,
    Branch,
    Klass,
    Outcome,
    Target,
)
from mejora.assistance.models import (
    Assistance,
    CycleChange,
    FollowUp,
    PamAction,
    PamReading,
)
from mejora.assistance.reading import Whole
from mejora.assistance.reporting import Irregularity
from mejora.assistance.verifying import Case
from mejora.core import wording
from mejora.participation.enums import QuestionKind
from mejora.participation.models import Answer, Choice, Question
from mejora.support.enums import SessionStatus
from mejora.support.models import Session, SupportPlanSchool

Content = dict[str, Any]
# What F01.03.F02 asks is not in the source: the columns are Mejora's.
OWN_FORM = (
    "Formato propio: las columnas oficiales de F01.03.F02 las fija su instructivo, que no se "
    "conoce."
)


def of_report(whole: Whole) -> Content:
    """Counts, shares and lists; ratings as distribution, never as an average."""
    return {
        "owner": whole.cycle.owner.name,
        "year": whole.cycle.year,
        "period": [
            wording.number_date(whole.cycle.starts_on),
            wording.number_date(whole.cycle.ends_on),
        ],
        "texts": _texts(whole),
        "schools": _schools(whole),
        "assistances": [_assistance(a) for a in whole.assistances],
        "pam": _pam(whole),
        "ratings": ratings(whole),
        "cases": _cases(whole),
        "deliveries": [target.label for target in Target],
        "is_sample": any(i.school.is_sample for i in whole.inclusions),
    }


def _texts(whole: Whole) -> Content:
    report = whole.report
    if report is None:
        return {"results": "", "analysis": "", "proposals": ""}
    return {
        "results": report.results,
        "analysis": report.analysis,
        "proposals": report.proposals,
    }


def _schools(whole: Whole) -> Content:
    classes = Counter(i.klass for i in whole.inclusions)
    included = [i for i in whole.inclusions if i.klass]
    outcomes = Counter(i.outcome for i in included)
    return {
        "total": len(whole.inclusions),
        "integral": classes[Klass.INTEGRAL],
        "pointed": classes[Klass.POINTED],
        "meets": outcomes[Outcome.MEETS],
        "fails": outcomes[Outcome.FAILS],
        "unknown": outcomes[Outcome.UNKNOWN],
    }


def _assistance(assistance: Assistance) -> Content:
    return {
        "name": str(assistance),
        "modality": assistance.get_modality_display(),
        "state": assistance.get_state_display(),
        "starts": wording.number_date(assistance.plan.starts_on),
        "ends": wording.number_date(assistance.plan.ends_on),
        "finished": wording.number_date(assistance.finished_on) if assistance.finished_on else "",
        "schools": assistance.school_count,
        "sessions": assistance.session_count,
        "tasks": [assistance.task_done, assistance.task_count],
        "ratings": assistance.rating_count,
        "pam": assistance.pam_action.number if assistance.pam_action else None,
    }


def _pam(whole: Whole) -> list[Content]:
    """Each action of the PAM with its newest reading."""
    last = FollowUp.objects.filter(cycle=whole.cycle).first()
    readings = dict(
        PamReading.objects.filter(follow_up=last).values_list("pam_action", "value") if last else ()
    )
    return [
        {
            "number": action.number,
            "text": action.text,
            "indicator": action.indicator,
            "target": f"{wording.thousands(action.target, 2)} {action.unit}".strip(),
            "value": wording.thousands(readings.get(action.pk), 2),
        }
        for action in PamAction.objects.live().filter(cycle=whole.cycle)
    ]


def ratings(whole: Whole) -> list[Content]:
    """For each closed question, how many schools chose what, best first. Only evaluations handed
    in until the deadline exist: later ones are refused."""
    answers = Answer.objects.filter(response__rating__cycle=whole.cycle, value__isnull=False)
    counts = {
        (row["question"], row["value"]): row["n"]
        for row in answers.values("question", "value").annotate(n=Count("pk")).order_by()
    }
    asked = Question.objects.filter(pk__in={question for question, _ in counts})
    asked = asked.exclude(kind=QuestionKind.TEXT).order_by("component__order", "order")
    return [
        {
            "question": question.text,
            "answers": [
                [choice.label, counts.get((question.pk, choice.value), 0)]
                for choice in _choices(question)
            ],
        }
        for question in asked.prefetch_related("choices")
    ]


def _choices(question: Question) -> list[Choice]:
    return sorted(question.choices.all(), key=lambda choice: -choice.value)


def _cases(whole: Whole) -> list[Content]:
    found = Case.objects.filter(cycle=whole.cycle).select_related("assistance__plan", "requirement")
    return [
        {
            "branch": case.branch,
            "branch_name": Branch(case.branch).label,
            "assistance": str(case.assistance),
            "what": case.requirement.text if case.requirement else case.description,
            "treatment": case.treatment,
            "state": case.get_state_display(),
        }
        for case in found
    ]


def of_filing(whole: Whole) -> Content:
    """One line per school: what it received and when, what it does not meet, what shows that it
    goes on so, and whether it was reported in the year before."""
    rows = Irregularity.objects.live().filter(cycle=whole.cycle)
    listed = list(rows.select_related("school__commune", "cycle"))
    schools = [row.school_id for row in listed]
    received = _received(whole, schools)
    sectors = {i.school_id: i.get_sector_display() for i in whole.inclusions}
    before = Irregularity.objects.live().filter(
        school__in=schools, cycle__year__lt=whole.cycle.year, cycle__filing_rows__isnull=False
    )
    years: dict[int, list[int]] = {}
    for school, year in before.order_by("cycle__year").values_list("school", "cycle__year"):
        years.setdefault(school, []).append(year)
    return {
        "owner": whole.cycle.owner.name,
        "year": whole.cycle.year,
        "note": OWN_FORM,
        "is_sample": any(row.school.is_sample for row in listed),
        "rows": [
            {
                "dane": row.school.code,
                "school": row.school.name,
                "commune": row.school.commune.name,
                "sector": sectors.get(row.school_id, ""),
                "received": received.get(row.school_id, []),
                "norm": row.norm,
                "evidence": row.evidence,
                "proposal": row.proposal,
                "before": years.get(row.school_id, []),
            }
            for row in listed
        ],
    }


def _received(whole: Whole, schools: list[int]) -> dict[int, list[str]]:
    """The assistances carried out and the sessions held with each school, with their days."""
    found: dict[int, list[str]] = {}
    done = SupportPlanSchool.objects.filter(
        school__in=schools,
        plan__assistance__cycle=whole.cycle,
        plan__assistance__state=AssistanceState.DONE,
    ).select_related("plan__assistance")
    for place in done.order_by("plan__starts_on"):
        day = wording.number_date(place.plan.assistance.finished_on)
        found.setdefault(place.school_id, []).append(f"{place.plan.name} (terminada el {day})")
    sessions = Session.objects.live().filter(
        plan__assistance__cycle=whole.cycle,
        status=SessionStatus.HELD,
        places__school__in=schools,
    )
    days: dict[int, list[str]] = {}
    for school, on in sessions.order_by("on").values_list("places__school", "on"):
        days.setdefault(school, []).append(wording.number_date(on))
    for school, each in days.items():
        if school in schools:
            found.setdefault(school, []).append(f"Sesiones: {', '.join(each)}")
    return found


def last_written(whole: Whole) -> dict[str, Any]:
    """Per kind of row of the cycle: when it was written last, for the register of records."""

    rows = CycleChange.objects.filter(cycle=whole.cycle).order_by()
    return dict(rows.values("entity").annotate(at=Max("at")).values_list("entity", "at"))
