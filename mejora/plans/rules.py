"""May this person do this to a plan now? Each answer carries the reason that the page shows.

Only reads. Every rule takes the person and where the plan stands (`stages_of`); the button and the
operation ask the same one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.frameworks.models import Edition
from mejora.network.access import Actor, Deed, Reach
from mejora.network.models import School
from mejora.plans import workflow
from mejora.plans.assessment import CriticalFactor
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.missing import Missing
from mejora.plans.models import (
    Action,
    Goal,
    Indicator,
    Objective,
    Plan,
    PlanYear,
    Reading,
    Seal,
    Stage,
)

_MAY_NOT_WRITE = (
    "El plan lo escriben la dirección y el encargado PME (o la jefatura UTP) de la escuela."
)
_BEFORE = {
    StageKind.PLANNING: StageKind.STRATEGIC,
    StageKind.IMPLEMENTATION: StageKind.PLANNING,
    StageKind.EVALUATION: StageKind.IMPLEMENTATION,
}


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages that count for one year: its own, and the strategic one of its plan."""

    plan_year: PlanYear
    by_kind: Mapping[StageKind, Stage]

    def __getitem__(self, kind: StageKind) -> Stage:
        return self.by_kind[kind]

    def status(self, kind: StageKind) -> StageStatus:
        return StageStatus(self.by_kind[kind].status)

    def is_open(self, kind: StageKind) -> bool:
        return self.status(kind) in workflow.OPEN

    @property
    def school(self) -> School:
        return self.plan_year.school


def stages_of(plan_year: PlanYear) -> Stages:
    """One query: the year's stages and the plan's strategic one, with who sent and decided."""
    found = Stage.objects.filter(
        Q(plan_year=plan_year) | Q(plan_year__plan=plan_year.plan_id, kind=StageKind.STRATEGIC)
    ).select_related("sent_by", "decided_by")
    by_kind = {StageKind(stage.kind): stage for stage in found}
    return Stages(plan_year, {k: by_kind[k] for k in workflow.ORDER if k in by_kind})


def visible_stages(actor: Actor, code: str, year: int) -> Stages | None:
    """The year of a school's plan with its stages, if the person may read it: one query."""
    readable = PlanYear.objects.visible_to(actor).filter(school__code=code, year=year)
    found = list(
        Stage.objects.filter(
            Q(plan_year__in=readable)
            | Q(plan_year__plan__in=readable.values("plan"), kind=StageKind.STRATEGIC)
        ).select_related(
            "sent_by",
            "decided_by",
            "plan_year__plan__edition",
            "plan_year__school__commune__region",
            "plan_year__school__owner",
            "plan_year__school__country",
        )
    )
    plan_year = next((s.plan_year for s in found if s.plan_year.year == year), None)
    if plan_year is None:
        return None
    plan_year.plan.school = plan_year.school
    by_kind = {StageKind(stage.kind): stage for stage in found}
    return Stages(plan_year, {k: by_kind[k] for k in workflow.ORDER if k in by_kind})


def _closed(at: Stages, kind: StageKind) -> Decision:
    if at.status(kind) == StageStatus.SENT:
        return refused(
            f"La {kind.label} está enviada al sostenedor. Para cambiarla, la dirección debe "
            "retirar el envío."
        )
    return refused(f"La {kind.label} está aprobada y ya no se cambia.")


def sees_evidence(actor: Actor, school: School) -> bool:
    """Whether whoever reads the plan may see its files too, their names included: a name may tell
    of a pupil."""
    return actor.reach_at(Deed.SEE_EVIDENCE, school) is not Reach.NEVER


def can_start(actor: Actor, school: School, year: int) -> Decision:
    """A school begins a plan where none covers the year yet."""
    if not actor.may(Deed.WRITE_PLAN, school):
        return refused(_MAY_NOT_WRITE)
    covering = Plan.objects.filter(school=school, end_year__gte=year).order_by("start_year").first()
    if covering:
        return refused(f"La escuela ya tiene el {covering}, que llega más allá de {year}.")
    return ALLOWED


def can_open_year(actor: Actor, plan: Plan, year: int, *, today: dt.date) -> Decision:
    """The next year of a plan is opened once, in order, from the calendar year before it on, and
    not before the former year has anything (criterio de Mejora)."""
    if not actor.may(Deed.WRITE_PLAN, plan.school):
        return refused(_MAY_NOT_WRITE)
    if not plan.start_year <= year <= plan.end_year:
        return refused(f"El año {year} está fuera del {plan}.")
    if year > today.year + 1:
        return refused(f"El año {year} se podrá abrir desde el 1 de enero de {year - 1}.")
    begun = dict(PlanYear.objects.filter(school=plan.school_id).values_list("year", "is_begun"))
    if year in begun:
        return refused(f"El año {year} ya está abierto.")
    if year > plan.start_year and year - 1 not in begun:
        return refused(f"Antes hay que abrir el año {year - 1}.")
    if year > plan.start_year and not begun[year - 1]:
        return refused(f"Antes hay que registrar algo en el año {year - 1}.")
    return ALLOWED


def can_last(school: School, edition: Edition, years: int) -> Decision:
    """Whether a plan of this edition may last so many years: the school chooses only where the
    edition says so (Colombia: from one year on; the most is criterio de Mejora)."""
    if edition.country_code != school.country.code:
        return refused("Ese marco es de otro país.")
    if edition.cycle_years_max is None:
        allowed = years == edition.cycle_years
    else:
        allowed = 1 <= years <= edition.cycle_years_max
    if not allowed:
        most = edition.cycle_years_max or edition.cycle_years
        return refused(f"Un plan de este marco dura hasta {most} años.")
    return ALLOWED


def can_write_strategy(actor: Actor, at: Stages) -> Decision:
    """Vision, seals, objectives and goals: while the strategic stage is open."""
    if not actor.may(Deed.WRITE_PLAN, at.school):
        return refused(_MAY_NOT_WRITE)
    if not at.is_open(StageKind.STRATEGIC):
        return _closed(at, StageKind.STRATEGIC)
    return ALLOWED


def can_assess(actor: Actor, at: Stages) -> Decision:
    """The self-assessment of a year and its critical factors: in the plan's first year while the
    strategic stage is open, in the others while their planning is (criterio de Mejora)."""
    if not at.plan_year.plan.edition.has_critical_factors:
        return refused("El marco de este plan no tiene autoevaluación por componentes en Mejora.")
    if at.plan_year.year == at.plan_year.plan.start_year:
        return can_write_strategy(actor, at)
    return can_write_planning(actor, at)


def can_write_planning(actor: Actor, at: Stages) -> Decision:
    """Strategies and indicators: while the year's planning is open, even when the strategic
    stage is still partial or sent."""
    if not actor.may(Deed.WRITE_PLAN, at.school):
        return refused(_MAY_NOT_WRITE)
    if not at.is_open(StageKind.PLANNING):
        return _closed(at, StageKind.PLANNING)
    return ALLOWED


def can_write_action(actor: Actor, at: Stages) -> Decision:
    """Actions: while planning is open, and again during the implementation ("Implementación is
    where one or more actions may be modified": MINEDUC's webinar of 2025)."""
    writing = can_write_planning(actor, at)
    if writing or not actor.may(Deed.WRITE_PLAN, at.school):
        return writing
    if at.status(StageKind.PLANNING) != StageStatus.APPROVED:
        return writing
    if not at.is_open(StageKind.IMPLEMENTATION):
        return _closed(at, StageKind.IMPLEMENTATION)
    return ALLOWED


def can_write_readings(actor: Actor, at: Stages) -> Decision:
    """Readings of an indicator: until the year's evaluation is sent."""
    if not actor.may(Deed.WRITE_PLAN, at.school):
        return refused(_MAY_NOT_WRITE)
    if not at.is_open(StageKind.EVALUATION):
        return _closed(at, StageKind.EVALUATION)
    return ALLOWED


def can_remove(actor: Actor, at: Stages, thing: object) -> Decision:
    """Who may write a thing now may put it in the bin and bring it back."""
    match thing:
        case Seal() | Objective() | Goal():
            return can_write_strategy(actor, at)
        case CriticalFactor():
            return can_assess(actor, at)
        case Indicator() if thing.strategy_id is None:
            return can_write_strategy(actor, at)
        case Action():
            return can_write_action(actor, at)
        case Reading():
            return can_write_readings(actor, at)
        case _:
            return can_write_planning(actor, at)


def is_changing_approved(at: Stages) -> bool:
    """Whether what is written now changes a planning already approved: then a reason is asked."""
    return at.status(StageKind.PLANNING) == StageStatus.APPROVED


def can_send(
    actor: Actor, at: Stages, kind: StageKind, missing: Sequence[Missing] = ()
) -> Decision:
    """The school's director sends a stage once the one before it is sent or approved and nothing
    that is needed is missing. The implementation waits for the planning's approval."""
    if not actor.may(Deed.SEND_STAGE, at.school):
        return refused("Enviar una etapa corresponde a la dirección de la escuela.")
    if at.status(kind) not in workflow.SEND.sources:
        return _not_sendable(at, kind)
    before = _BEFORE.get(kind)
    if before and not _far_enough(at, kind, before):
        return refused(f"Antes hay que enviar la etapa {before.label}.")
    blocking = sum(m.is_blocking for m in missing)
    if blocking:
        what = "Falta 1 dato" if blocking == 1 else f"Faltan {blocking} datos"
        return refused(f"{what} por completar antes de enviar.")
    return ALLOWED


def _not_sendable(at: Stages, kind: StageKind) -> Decision:
    if at.status(kind) == StageStatus.NOT_STARTED:
        return refused(f"La {kind.label} todavía no tiene nada registrado.")
    if at.status(kind) == StageStatus.SENT:
        return refused(f"La {kind.label} ya está enviada al sostenedor.")
    return refused(f"La {kind.label} ya está aprobada.")


def _far_enough(at: Stages, kind: StageKind, before: StageKind) -> bool:
    enough = {StageStatus.APPROVED}
    if kind != StageKind.IMPLEMENTATION:
        enough.add(StageStatus.SENT)
    return at.status(before) in enough


def can_implement(at: Stages) -> Decision:
    """Whether the year's implementation may have content at all: after planning is approved."""
    if at.status(StageKind.PLANNING) != StageStatus.APPROVED:
        return refused("La Implementación comienza cuando se aprueba la Planificación Anual.")
    if not at.is_open(StageKind.IMPLEMENTATION):
        return _closed(at, StageKind.IMPLEMENTATION)
    return ALLOWED


def can_withdraw(actor: Actor, at: Stages, kind: StageKind) -> Decision:
    """The school takes back what nobody has decided yet (criterio de Mejora)."""
    if not actor.may(Deed.SEND_STAGE, at.school):
        return refused("Retirar un envío corresponde a la dirección de la escuela.")
    if at.status(kind) != StageStatus.SENT:
        return refused(f"La {kind.label} no está enviada.")
    after = next((k for k, before in _BEFORE.items() if before == kind), None)
    if after and after in at.by_kind and at.status(after) == StageStatus.SENT:
        return refused(f"Antes hay que retirar el envío de {after.label}.")
    return ALLOWED


def can_return(actor: Actor, at: Stages, kind: StageKind) -> Decision:
    """The school's owner decides what was sent, and never the person who sent it."""
    if not actor.may(Deed.DECIDE_STAGE, at.school):
        return refused("Aprobar o devolver una etapa corresponde al sostenedor de la escuela.")
    if at.status(kind) != StageStatus.SENT:
        return refused(f"La {kind.label} no está enviada.")
    if at[kind].sent_by_id == actor.user.pk:
        return refused("Usted envió esta etapa; otra persona del sostenedor debe decidirla.")
    return ALLOWED


def can_approve(actor: Actor, at: Stages, kind: StageKind) -> Decision:
    """As returning, and in order: no stage is approved before the one before it."""
    deciding = can_return(actor, at, kind)
    before = _BEFORE.get(kind)
    if deciding and before and at.status(before) != StageStatus.APPROVED:
        return refused(f"Antes hay que aprobar la etapa {before.label}.")
    return deciding
