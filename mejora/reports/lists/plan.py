"""The lists of one school's plan in a year: actions, milestones, money, history, versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from django.http import Http404

from mejora.core import clock
from mejora.core.sheets_out import Column, Kind, Table, Value
from mejora.frameworks import catalogue
from mejora.network.access import Actor, Deed
from mejora.plans import history, money
from mejora.plans.enums import Entity
from mejora.plans.models import Action, Indicator, Milestone, PlanYear, Stage, Version
from mejora.reports.lists import actions as actions_list
from mejora.reports.lists.base import CODE, YEAR, Query, about, chosen, number, stem

CHUNK = 500


def opened(actor: Actor, query: Query, deed: Deed = Deed.READ_PLAN) -> PlanYear:
    """The plan year that the address names; 404 where the person may not `deed` with it."""
    years = PlanYear.objects.visible_to(actor, deed).with_place()
    found = years.filter(school__code=query.get(CODE, ""), year=number(query, YEAR) or 0).first()
    if found is None:
        raise Http404
    return found


def of_plan(plan_year: PlanYear, actor: Actor, *lines: tuple[str, str]) -> list[tuple[str, str]]:
    school = plan_year.school
    return about(actor, ("Escuela", f"{school.name}, {school.code_label}"), *lines)


def _named(plan_year: PlanYear, *words: object) -> str:
    return stem(*words, plan_year.school.code, plan_year.year)


def actions(actor: Actor, query: Query) -> Table:
    plan_year = opened(actor, query)
    rows = actions_list.Rows([plan_year.pk], has_texts=True)
    title = f"Acciones del PME {plan_year.year} de {plan_year.school.name}"
    lines = of_plan(plan_year, actor, *actions_list.NOTES)
    name = _named(plan_year, "acciones")
    return Table(title, name, rows.columns, rows.read, rows.count(), lines)


def milestones(actor: Actor, query: Query) -> Table:
    plan_year = opened(actor, query)
    today = clock.today(plan_year.school.country.tz)
    found = (
        Milestone.objects.live()
        .filter(action__plan_year=plan_year, action__removed_at__isnull=True)
        .select_related("action", "done_by")
        .prefetch_related("people__user")
        .order_by("action__number", "order", "pk")
    )

    def rows() -> Iterator[list[Value]]:
        for each in found.iterator(chunk_size=CHUNK):
            is_late = each.done_on is None and each.due_on is not None and each.due_on < today
            yield [
                each.action.number,
                each.action.name,
                each.name,
                each.due_on,
                each.weight,
                each.done_on,
                str(each.done_by or ""),
                is_late and not each.action.is_disabled,
                "; ".join(member.user.name for member in each.people.all()),
            ]

    columns = [
        Column("N.º de acción", Kind.WHOLE, 9),
        Column("Acción", width=44),
        Column("Hito", width=44),
        Column("Fecha", Kind.DATE),
        Column("Peso (%)", Kind.WHOLE, 9),
        Column("Cumplido", Kind.DATE),
        Column("Lo marcó"),
        Column("Atrasado", width=10),
        Column("Personas", width=36),
    ]
    title = f"Hitos del PME {plan_year.year} de {plan_year.school.name}"
    name, lines = _named(plan_year, "hitos"), of_plan(plan_year, actor)
    return Table(title, name, columns, rows, found.count(), lines)


def funding(actor: Actor, query: Query) -> Table:
    """Each action with the money of every source; disabled ones left out, as in "Recursos"."""
    plan_year = opened(actor, query)
    found = money.of_year(plan_year)
    book = catalogue.of_edition(plan_year.plan.edition_id)
    odd: dict[int, list[str]] = {}
    for each in found.odd:
        odd.setdefault(each.action.number, []).append(each.text)

    def rows() -> Iterator[list[Value]]:
        for each in sorted(found.actions, key=lambda action: action.number):
            yield [
                each.number,
                each.name,
                book.area(each.area_id).label(plan_year.year),
                *(each.by_source.get(source.pk) for source in found.sources),
                each.total,
                each.imported_total,
                " ".join(odd.get(each.number, [])),
            ]

    columns = [
        Column("N.º", Kind.WHOLE, 7),
        Column("Acción", width=44),
        Column("Dimensión", width=26),
        *(Column(s.label(plan_year.year), Kind.MONEY, 16) for s in found.sources),
        Column("Total", Kind.MONEY, 16),
        Column("Total según el archivo", Kind.MONEY, 16),
        Column("Por revisar", width=60),
    ]
    title = f"Recursos del PME {plan_year.year} de {plan_year.school.name}"
    lines = of_plan(
        plan_year,
        actor,
        ("Montos", "Planificados, en pesos. Son estimaciones de la escuela."),
        ("Por revisar", "Criterio de Mejora: acciones sin monto, o fuera de proporción."),
    )
    name = _named(plan_year, "recursos")
    return Table(title, name, columns, rows, len(found.actions), lines)


def changes(actor: Actor, query: Query) -> Table:
    """The history: a row per field that changed, newest first; `count` is of changes."""
    plan_year = opened(actor, query)
    found = history.of_year(actor, plan_year)
    entity = query.get("que", "")
    if entity in Entity:
        found = found.filter(entity=entity)

    def rows() -> Iterator[list[Value]]:
        iterator = found.iterator(chunk_size=CHUNK)
        while part := list(islice(iterator, CHUNK)):
            for entry in history.told(part, plan_year.plan, plan_year.year):
                yield from _lines(entry)

    columns = [
        Column("Cuándo", Kind.MOMENT),
        Column("Quién"),
        Column("Qué hizo", width=20),
        Column("En qué", width=22),
        Column("Nombre", width=44),
        Column("Campo", width=24),
        Column("Decía", width=44),
        Column("Dice", width=44),
        Column("Por qué", width=36),
    ]
    title = f"Historial del PME {plan_year.year} de {plan_year.school.name}"
    what = Entity(entity).label if entity in Entity else ""
    lines = of_plan(plan_year, actor, ("Filtros", chosen({"Qué": what})))
    name = _named(plan_year, "historial")
    return Table(title, name, columns, rows, found.count(), lines)


def _lines(entry: history.Entry) -> Iterator[list[Value]]:
    change = entry.change
    what = change.get_entity_display()
    head: list[Value] = [change.at, entry.who, entry.verb, what, change.label]
    for line in entry.lines:
        yield [*head, line.label, line.before, line.after, change.reason]
    if not entry.lines:
        yield [*head, None, None, None, change.reason]


def stages(actor: Actor, query: Query) -> Table:
    """The stages of the year and of its plan, each with its versions."""
    plan_year = opened(actor, query)
    found = (
        Version.objects.filter(plan_year=plan_year)
        .select_related("event__stage", "event__by")
        .defer("content")
        .order_by("number")
    )

    def rows() -> Iterator[list[Value]]:
        for each in found.iterator(chunk_size=CHUNK):
            event = each.event
            yield [
                each.number,
                event.stage.get_kind_display() if event else None,
                event.get_to_status_display() if event else None,
                (str(event.by) if event.by else "Carga de datos") if event else None,
                each.taken_at,
                event.comment if event else None,
                each.sha256,
            ]

    columns = [
        Column("Versión", Kind.WHOLE, 9),
        Column("Etapa", width=22),
        Column("Quedó", width=22),
        Column("Quién"),
        Column("Cuándo", Kind.MOMENT),
        Column("Comentario", width=60),
        Column("Huella SHA-256", width=66),
    ]
    now = Stage.objects.filter(plan_year__plan=plan_year.plan_id).select_related("plan_year")
    states = "; ".join(
        f"{stage.get_kind_display()} {stage.plan_year.year}: {stage.state}"
        for stage in now.order_by("plan_year__year", "pk")
    )
    title = f"Versiones del PME {plan_year.year} de {plan_year.school.name}"
    lines = of_plan(plan_year, actor, ("Etapas hoy", states))
    name = _named(plan_year, "versiones")
    return Table(title, name, columns, rows, found.count(), lines)


def indicators(actor: Actor, query: Query) -> Table:
    """A row per reading; an indicator without any has one row all the same."""
    plan_year = opened(actor, query)
    found = (
        Indicator.objects.live()
        .filter(strategy__plan_year=plan_year, strategy__removed_at__isnull=True)
        .select_related("strategy")
        .prefetch_related("readings")
        .order_by("strategy__order", "strategy", "order", "pk")
    )

    def rows() -> Iterator[list[Value]]:
        for each in found.iterator(chunk_size=CHUNK):
            head: list[Value] = [
                each.strategy.text if each.strategy else None,
                each.name,
                each.unit,
                each.get_direction_display(),
                each.baseline,
                each.target,
            ]
            readings = [r for r in each.readings.all() if r.removed_at is None]
            for reading in readings:
                yield [*head, reading.on, reading.value, reading.note]
            if not readings:
                yield [*head, None, None, None]

    columns = [
        Column("Estrategia", width=44),
        Column("Indicador", width=44),
        Column("Unidad", width=14),
        Column("Se espera", width=10),
        Column("Línea base", Kind.FIGURE),
        Column("Meta del año", Kind.FIGURE),
        Column("Fecha", Kind.DATE),
        Column("Valor", Kind.FIGURE),
        Column("Nota", width=44),
    ]
    title = f"Indicadores del PME {plan_year.year} de {plan_year.school.name}"
    name, lines = _named(plan_year, "indicadores"), of_plan(plan_year, actor)
    return Table(title, name, columns, rows, found.count(), lines)


def normative(actor: Actor, query: Query) -> Table:
    """Each plan that a norm requires with the actions that serve it; one without any has a row."""
    plan_year = opened(actor, query)
    book = catalogue.of_edition(plan_year.plan.edition_id)
    serving: dict[int, list[list[Value]]] = defaultdict(list)
    found = Action.objects.live().filter(plan_year=plan_year, normative_plans__isnull=False)
    rows = found.order_by("number").values_list("normative_plans__pk", "number", "name")
    for term, of_action, name in rows:
        serving[term].append([of_action, name])
    made: list[list[Value]] = [
        [term.label(plan_year.year), *action]
        for term in book.normative_plans
        for action in serving.get(term.pk) or [[None, None]]
    ]
    columns = [
        Column("Plan por normativa", width=44),
        Column("N.º de acción", Kind.WHOLE, 9),
        Column("Acción", width=60),
    ]
    title = f"Planes por normativa del PME {plan_year.year} de {plan_year.school.name}"
    file, lines = _named(plan_year, "planes-normativos"), of_plan(plan_year, actor)
    return Table(title, file, columns, lambda: iter(made), len(made), lines)
