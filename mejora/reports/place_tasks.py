"""What the turn is of those who look after many schools, and of whoever runs the installation."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse

from mejora.core import wording
from mejora.network.access import Actor, Deed
from mejora.network.enums import BatchState
from mejora.network.models import ImportBatch, School, SchoolYear
from mejora.plans.enums import StageStatus
from mejora.reports import approvals, board, cycle_tasks
from mejora.reports.tasks import Task

NAMED = 3  # schools told by name in a task


def of_place(actor: Actor, year: int, today: dt.date) -> list[Task]:
    """What waits for a decision first, then what stopped, then what is late."""
    found = []
    if actor.may_somewhere(Deed.DECIDE_STAGE):
        found += [_decide(actor, today), _not_back(actor, today)]
    found.append(cycle_tasks.of_place(actor))
    for cut in board.cuts(actor, year, today):
        if cut.slug in _CUTS:
            found.append(_look_at(cut, year))
    return [task for task in found if task is not None]


def _decide(actor: Actor, today: dt.date) -> Task | None:
    waiting = approvals.pending(actor).filter(status=StageStatus.SENT)
    count = waiting.count()
    if not count:
        return None
    first = [approvals.told(stage, today) for stage in waiting[:NAMED]]
    named = wording.sentence(
        f"{each.stage.plan_year.school.name} ({wording.counted(each.days, 'día,días')})"
        for each in first
    )
    others = count - len(first)
    more = f" y {wording.counted(others, 'etapa más,etapas más')}" if others else ""
    return Task(
        mark="send",
        tone="late" if first[0].is_long else "soon",
        title=f"Decidir {wording.counted(count, 'etapa enviada,etapas enviadas')}",
        why=f"{named}{more}.",
        when=f"La más antigua espera desde el {wording.long_date(first[0].since)}",
        when_tone="late" if first[0].is_long else "soon",
        button="Revisar y decidir",
        href=f"{reverse('reports:approvals')}?turno=sostenedor",
    )


def _not_back(actor: Actor, today: dt.date) -> Task | None:
    returned = approvals.pending(actor).filter(status=StageStatus.RETURNED)
    long_ago = [
        each
        for each in (approvals.told(stage, today) for stage in returned[: NAMED + 1])
        if each.is_long
    ]
    if not long_ago:
        return None
    named = wording.sentence(each.stage.plan_year.school.name for each in long_ago[:NAMED])
    return Task(
        mark="return",
        tone="soon",
        title="Preguntar por lo devuelto que no ha vuelto",
        why=f"{named}: {wording.plural(len(long_ago), 'lleva,llevan')} "
        f"{approvals.LONG_WAIT} días o más con la escuela.",
        button="Ver lo devuelto",
        href=f"{reverse('reports:approvals')}?turno=escuela",
    )


_CUTS = {
    "con-atraso": (
        "Ver {} con algo atrasado",
        "Una acción pasó su fecha de término sin llegar a 100 %, o un hito venció. La lista va "
        "por necesidad, de más a menos.",
    ),
    "sin-monitoreo": (
        "Preguntar a {} por su monitoreo",
        f"En Implementación y sin ningún informe en {board.STALE_AFTER} días.",
    ),
    "anterior": (
        "Ayudar a {} a cerrar el año anterior",
        "Tienen una etapa sin aprobar de un PME anterior.",
    ),
}


def _look_at(cut: board.Cut, year: int) -> Task | None:
    count = cut.schools.count()
    if not count:
        return None
    title, why = _CUTS[cut.slug]
    return Task(
        mark="triangle" if cut.slug == "con-atraso" else "school",
        tone="late" if cut.slug == "con-atraso" else "soon",
        title=title.format(wording.counted(count, "escuela,escuelas")),
        why=why,
        button="Ver la lista",
        href=f"{reverse('reports:board')}?{urlencode({'mostrar': cut.slug, 'por': 'necesidad'})}",
    )


def of_installation(year: int) -> list[Task]:
    """What the data still lacks: directory, roster of the year, imports left half-way."""
    found = []
    new = reverse("network:import_new")
    if not School.objects.exists():
        found.append(
            Task(
                mark="upload",
                tone="soon",
                title="Cargar el directorio de establecimientos",
                why="Todavía no hay ningún establecimiento.",
                button="Importar el directorio",
                href=new,
            )
        )
    elif not SchoolYear.objects.filter(year=year, in_roster=True).exists():
        found.append(
            Task(
                mark="list",
                tone="soon",
                title=f"Cargar la nómina {year}",
                why=f"No se sabe qué establecimientos deben tener PME en {year}, y sin eso no hay "
                "avance que contar.",
                button="Importar la nómina",
                href=new,
            )
        )
    left = ImportBatch.objects.filter(state=BatchState.CHECKED).count()
    if left:
        found.append(
            Task(
                mark="clock",
                tone="quiet",
                title=f"Decidir {wording.counted(left, 'carga revisada,cargas revisadas')}",
                why="Se revisaron y todavía no se ha guardado nada.",
                button="Ver las cargas",
                href=reverse("network:import_list"),
            )
        )
    return found
