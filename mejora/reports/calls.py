"""Which schools to call first, and why: open rules, each with its reason in words.

The rules and their points are a "criterio de Mejora"; the page shows them with what each school
got. They say who may need help, not who works well or badly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Max, QuerySet

from mejora.core import wording
from mejora.monitoring.models import EvidenceUse
from mejora.network.access import Actor, Deed
from mejora.network.contacts import Contact
from mejora.network.enums import Role
from mejora.network.models import Membership, School
from mejora.plans.enums import StageStatus
from mejora.plans.models import PlanYear, Stage
from mejora.reports import board
from mejora.reports.board_months import NO_LINE, Line
from mejora.reports.roster import at_current_place

SHOWN = 5
RESTS = 7  # days after a call in which the school is left in peace
MONTH_POINTS, MOST_MONTHS = 3, 4
FALL_FROM, FALL_STEP, MOST_FALL = 15, 10, 5
MOST_MILESTONES = 5
RETURN_FROM, RETURN_STEP, MOST_RETURN = 14, 7, 4
PROOF_FROM, PROOF_STEP, MOST_PROOF = 60, 30, 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a school for the rules."""

    on: dt.date
    line: Line = NO_LINE
    overdue: int = 0
    returned: tuple[str, dt.date] | None = None  # the stage and the day of its return
    proved_on: dt.date | None = None
    is_implementing: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`weigh` gives a reason, or None where the rule has nothing to say."""

    name: str
    points: str
    weigh: Callable[[Facts], Reason | None]


@dataclass(frozen=True, slots=True)
class Need:
    """A school's reasons, by rule; the heaviest first when they are told."""

    school: int
    by_rule: tuple[Reason | None, ...]
    rests: bool = False

    @property
    def points(self) -> int:
        return sum(reason.points for reason in self.by_rule if reason)

    @property
    def reasons(self) -> list[Reason]:
        return sorted((r for r in self.by_rule if r), key=lambda reason: -reason.points)


def _silence(facts: Facts) -> Reason | None:
    missing = facts.line.missing
    if not missing:
        return None
    points = MONTH_POINTS * min(len(missing), MOST_MONTHS)
    return Reason(points, _silence_text(missing, list(facts.line.cells)))


def _silence_text(missing: Sequence[dt.date], begun: Sequence[dt.date]) -> str:
    names = [wording.month_name(month) for month in missing]
    if len(names) == 1:
        return f"Sin informe en {names[0]}"
    if len(names) == 2:
        return f"Sin informe en {names[0]} ni {names[1]}"
    if [month for month in begun if missing[0] <= month <= missing[-1]] == list(missing):
        return f"Sin informe de {names[0]} a {names[-1]}"
    return f"Sin informe en {len(names)} meses; el último, {names[-1]}"


def _fall(facts: Facts) -> Reason | None:
    told = facts.line.told[-2:]
    if len(told) < 2:
        return None
    before, now = told
    lost = (before.pct or 0) - (now.pct or 0)
    if lost < FALL_FROM:
        return None
    text = (
        f"Acciones al día: {wording.percent(before.pct)} en {wording.month_name(before.month)}, "
        f"{wording.percent(now.pct)} en {wording.month_name(now.month)}"
    )
    return Reason(min(lost // FALL_STEP, MOST_FALL), text)


def _milestones(facts: Facts) -> Reason | None:
    if not facts.overdue:
        return None
    words = wording.counted(facts.overdue, "hito atrasado,hitos atrasados")
    of = f" de {facts.line.milestone_count}" if facts.line.milestone_count else ""
    return Reason(min(facts.overdue, MOST_MILESTONES), f"{words}{of}")


def _returned(facts: Facts) -> Reason | None:
    if facts.returned is None:
        return None
    stage, since = facts.returned
    days = (facts.on - since).days
    if days < RETURN_FROM:
        return None
    points = min(days // RETURN_STEP, MOST_RETURN)
    return Reason(points, f"{stage}: devuelta hace {days} días, sin respuesta")


def _proof(facts: Facts) -> Reason | None:
    if not facts.is_implementing or not facts.line.told:
        return None
    if facts.proved_on is None:
        return Reason(MOST_PROOF, "Sin ninguna evidencia este año")
    days = (facts.on - facts.proved_on).days
    if days < PROOF_FROM:
        return None
    points = min(days // PROOF_STEP, MOST_PROOF)
    return Reason(points, f"Sin evidencia nueva desde {wording.month_name(facts.proved_on)}")


RULES: tuple[Rule, ...] = (
    Rule(
        "Meses sin informe, con su plazo vencido",
        f"{MONTH_POINTS} por mes, hasta {MONTH_POINTS * MOST_MONTHS}",
        _silence,
    ),
    Rule(
        f"Acciones al día: baja {FALL_FROM} puntos o más entre los dos últimos meses informados",
        f"1 por cada {FALL_STEP} puntos de baja, hasta {MOST_FALL}",
        _fall,
    ),
    Rule("Hitos atrasados", f"1 por hito, hasta {MOST_MILESTONES}", _milestones),
    Rule(
        f"Etapa devuelta hace {RETURN_FROM} días o más, sin respuesta",
        f"1 por cada {RETURN_STEP} días, hasta {MOST_RETURN}",
        _returned,
    ),
    Rule(
        f"Sin evidencia nueva en {PROOF_FROM} días o más, estando en Implementación",
        f"1 por cada {PROOF_STEP} días, hasta {MOST_PROOF}",
        _proof,
    ),
)


# From the plans to the needs --------------------------------------------------------------------


@dataclass(frozen=True)
class Needs:
    """Every school of the place with what the rules say of it."""

    by_school: Mapping[int, Need]
    contacts: Mapping[int, dt.date] = field(default_factory=dict)

    def first(self, schools: Mapping[int, School]) -> list[Need]:
        """Those to call today: most points first; at a tie the school with the earlier name."""
        waiting = [n for n in self.by_school.values() if n.points and not n.rests]
        waiting = [need for need in waiting if need.school in schools]
        waiting.sort(key=lambda need: (-need.points, schools[need.school].name, need.school))
        return waiting[:SHOWN]

    @property
    def resting(self) -> int:
        """How many have reasons and were called a short while ago."""
        return sum(bool(need.points) and need.rests for need in self.by_school.values())

    def points(self, school: int) -> int:
        need = self.by_school.get(school)
        return need.points if need else 0


def needs(
    actor: Actor,
    plan_years: QuerySet[PlanYear],
    lines: Mapping[int, Line],
    overdue: Mapping[int, int],
    on: dt.date,
) -> Needs:
    """What the rules say of each school whose plan the person may read. Four queries."""
    contacts = last_contacts(actor)
    facts = _facts(actor, plan_years, lines, overdue, on)
    return Needs(
        {school: _need(school, each, contacts) for school, each in facts.items()}, contacts
    )


def _need(school: int, facts: Facts, contacts: Mapping[int, dt.date]) -> Need:
    called = contacts.get(school)
    rests = called is not None and (facts.on - called).days < RESTS
    return Need(school, tuple(rule.weigh(facts) for rule in RULES), rests)


def _facts(
    actor: Actor,
    plan_years: QuerySet[PlanYear],
    lines: Mapping[int, Line],
    overdue: Mapping[int, int],
    on: dt.date,
) -> dict[int, Facts]:
    returned = _returns(actor)
    proved = _last_proofs(plan_years)
    implementing = set(board.implementing(plan_years).values_list("school", flat=True))
    return {
        school: Facts(
            on=on,
            line=lines.get(school, NO_LINE),
            overdue=overdue.get(school, 0),
            returned=returned.get(school),
            proved_on=proved.get(school),
            is_implementing=school in implementing,
        )
        for school in {*lines, *returned}
    }


def _returns(actor: Actor) -> dict[int, tuple[str, dt.date]]:
    """Of each school, the stage that was returned the longest ago and has not come back."""
    there = at_current_place(actor, Deed.SEE_TERRITORY)
    years = PlanYear.objects.visible_to(there, Deed.READ_PLAN)
    found = Stage.objects.filter(status=StageStatus.RETURNED, plan_year__in=years.values("pk"))
    oldest: dict[int, tuple[str, dt.date]] = {}
    for stage in found.select_related("plan_year").order_by("decided_at", "pk"):
        if stage.decided_at:
            name = f"{stage.get_kind_display()} {stage.plan_year.year}"
            oldest.setdefault(stage.plan_year.school_id, (name, wording.day(stage.decided_at)))
    return oldest


def _last_proofs(plan_years: QuerySet[PlanYear]) -> dict[int, dt.date]:
    used = EvidenceUse.objects.live().filter(action__plan_year__in=plan_years.values("pk"))
    rows = used.order_by().values_list("action__plan_year__school").annotate(last=Max("at"))
    return {school: wording.day(last) for school, last in rows}


def last_contacts(actor: Actor) -> dict[int, dt.date]:
    """The day of the newest call to each school that the person's own place noted."""
    there = at_current_place(actor, Deed.RECORD_CONTACT)
    noted = Contact.objects.visible_to(there).in_force().order_by()
    return dict(noted.values_list("school").annotate(last=Max("on")))


# Who answers there ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """A school to call: its place in the list, why, and who answers."""

    number: int
    school: School
    enrolment: int | None
    need: Need
    head: str

    @property
    def reasons(self) -> list[Reason]:
        return self.need.reasons


def calls(
    found: Iterable[Need],
    schools: Mapping[int, School],
    enrolments: Mapping[int, int | None],
    on: dt.date,
) -> list[Call]:
    found = list(found)
    heads = _heads([need.school for need in found], on)
    return [
        Call(number, schools[n.school], enrolments.get(n.school), n, heads.get(n.school, ""))
        for number, n in enumerate(found, 1)
    ]


def _heads(schools: list[int], on: dt.date) -> dict[int, str]:
    """ "Elena Vidal, directora": who heads each school now, the newest where there are two."""
    members = Membership.objects.filter(school__in=schools, role=Role.DIRECTOR).in_force(on)
    return {
        member.school_id or 0: f"{member.user}, "
        f"{(member.user.position or member.get_role_display()).lower()}"
        for member in members.select_related("user").order_by("from_on", "pk")
    }
