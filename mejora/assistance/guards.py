"""The guards G3, G4, G6, G7, G8 and G10 of D02.03, and what each other activity needs to close.

A guard only reads; it answers with what is still lacking, in sentences for people. Nothing lacking
means that the activity may be closed. Source: D02.03 Apoyar la gestión de los PMI, section 4;
what the text leaves open is said beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mejora.assistance.enums import Activity, Klass, Outcome, Sector, Target
from mejora.assistance.models import (
    Assistance,
    Cycle,
    Inclusion,
)
from mejora.assistance.reading import Whole, supported_schools
from mejora.core import wording
from mejora.network.colombia import SaberCategory
from mejora.network.enums import Regime
from mejora.network.models import School

NAMED = 3  # schools told by name in a reason


def must_be_included(cycle: Cycle, inclusion: Inclusion) -> str:
    """Why G3 demands the school, or nothing. From which SABER category on results count as low is
    the Secretaría's choice: the source gives no threshold."""
    low = SaberCategory.values.index(cycle.low_from)
    if inclusion.sector == Sector.OFFICIAL and inclusion.saber:
        if SaberCategory.values.index(inclusion.saber) >= low:
            return f"oficial con bajo desempeño en SABER ({inclusion.saber})"
    elif inclusion.sector == Sector.PRIVATE and inclusion.regime == Regime.CONTROLLED:
        return "no oficial en Régimen Controlado"
    return ""


def lacks_class(cycle: Cycle, inclusion: Inclusion) -> bool:
    """Either class will do, unless the Secretaría asks for integral support."""
    if not must_be_included(cycle, inclusion):
        return False
    return not inclusion.klass or (cycle.needs_integral and inclusion.klass != Klass.INTEGRAL)


def missing_of(assistance: Assistance) -> list[str]:
    """What activity 3 asks of a programmed assistance and it does not say."""
    said = {
        "responsable": assistance.responsible,
        "cronograma": assistance.task_count,
        "método de trabajo": assistance.method,
        "recursos": assistance.resources,
        "establecimientos": assistance.school_count,
    }
    return [name for name, value in said.items() if not value]


def analysis(whole: Whole) -> Iterator[str]:
    if not whole.inputs:
        yield "Falta registrar al menos una fuente consultada."


def needs(whole: Whole) -> Iterator[str]:
    if not whole.needs and not whole.note:
        yield "No hay necesidades. Escriba en la nota por qué la lista queda vacía."


def strategy(whole: Whole) -> Iterator[str]:
    """G3, and that each programmed assistance is whole."""
    lacking = [i for i in whole.inclusions if lacks_class(whole.cycle, i)]
    if lacking:
        word = "integralmente" if whole.cycle.needs_integral else "en la asistencia"
        yield f"G3: {_named([i.school for i in lacking])} {_must(len(lacking))} {word}."
    if not whole.in_force:
        yield "Falta programar al menos una asistencia."
    for assistance in whole.in_force:
        if missing := missing_of(assistance):
            yield f"A «{assistance}» le falta: {wording.sentence(missing)}."


def alignment(whole: Whole) -> Iterator[str]:
    """G4: the newest review says that every assistance is in the PAM."""
    if whole.review is None:
        yield "G4: falta la revisión de la alineación con el PAM."
    elif not whole.review.is_aligned:
        yield "G4: la última revisión dice que no todo está en el PAM."


def after_follow_up(*, period_over: bool, all_finished: bool) -> Activity:
    """G6: back to 5 while the period runs and something is pending; otherwise on to 7."""
    return Activity.RATING if period_over or all_finished else Activity.SUPPORT


def ratings(whole: Whole) -> Iterator[str]:
    """G7: put together after the deadline, reviewed by the leader, sent to E02.01."""
    if whole.ratings is None:
        yield "G7: falta consolidar las evaluaciones de los establecimientos."
        return
    if whole.ratings.reviewed_at is None:
        yield "G7: la líder o el líder no ha revisado el consolidado."
    if whole.ratings.sent_on is None:
        yield "G7: falta enviar las evaluaciones a E02.01 Medir la satisfacción del cliente."


def consolidation(whole: Whole) -> Iterator[str]:
    """Before the deadline only when every school has answered."""
    due, left = whole.cycle.ratings_due_on, whole.expected_ratings - whole.received_ratings
    if left > 0 and whole.today <= due:
        lacks = wording.plural(left, "falta,faltan")
        count = wording.counted(left, "evaluación,evaluaciones")
        yield f"G7: el plazo para evaluar termina el {wording.number_date(due)} y {lacks} {count}."


def verification(whole: Whole) -> Iterator[str]:
    """G8: every assistance verified, and both branches closed."""
    unverified = [a for a in whole.in_force if not a.verified]
    if unverified:
        count = wording.counted(len(unverified), "asistencia,asistencias")
        yield f"G8: {wording.plural(len(unverified), 'falta,faltan')} verificar {count}."
    deviating = sum(a.open_cases for a in whole.in_force)
    if deviating:
        count = wording.counted(deviating, "desviación abierta,desviaciones abiertas")
        yield f"G8: hay {count}; se cierra con una nueva verificación conforme."


def report(whole: Whole) -> Iterator[str]:
    if whole.report is None or whole.report.issued_at is None:
        yield "Falta emitir el informe consolidado."
    missing = [t for t in Target if t not in whole.deliveries]
    if missing:
        yield f"Falta registrar la entrega a {wording.sentence(t.value for t in missing)}."


def irregularities(whole: Whole) -> Iterator[str]:
    if whole.filing is None:
        yield "Falta presentar el reporte anual F01.03.F02."


def may_be_reported(whole: Whole, inclusion: Inclusion) -> Iterator[str]:
    """G10: the school was helped, still does not meet the norms on its PMI, and goes on so."""
    helped = School.objects.filter(supported_schools(whole.cycle), pk=inclusion.school_id)
    if not helped.exists():
        yield "G10: el establecimiento no recibió asistencia en este ciclo."
    if inclusion.outcome != Outcome.FAILS:
        yield "G10: no consta que todavía incumpla las normas u orientaciones sobre su PMI."
    elif not inclusion.is_systematic:
        yield "G10: no consta que la irregularidad sea sistemática."


OF: dict[int, Callable[[Whole], Iterator[str]]] = {
    Activity.ANALYSE: analysis,
    Activity.NEEDS: needs,
    Activity.STRATEGY: strategy,
    Activity.ALIGNMENT: alignment,
    Activity.RATING: ratings,
    Activity.VERIFICATION: verification,
    Activity.REPORT: report,
    Activity.IRREGULARITIES: irregularities,
}


def lacking(whole: Whole, activity: int) -> list[str]:
    """What keeps the activity open; 5 and 6 have no closing of their own."""
    guard = OF.get(activity)
    return list(guard(whole)) if guard else []


def _named(schools: list[School]) -> str:
    first = wording.sentence(s.name for s in schools[:NAMED])
    more = len(schools) - NAMED
    return first if more <= 0 else f"{', '.join(s.name for s in schools[:NAMED])} y {more} más"


def _must(count: int) -> str:
    return wording.plural(count, "debe quedar,deben quedar")
