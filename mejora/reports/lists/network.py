"""Schools, owners, people and what was wrong in a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, QueryDict

from mejora.core import clock
from mejora.core.decisions import require
from mejora.core.sheets_out import Column, Kind, Table, Value
from mejora.network import listing, memberships, rules
from mejora.network.access import Actor
from mejora.network.enums import Dependency, Operating, PlaceKind
from mejora.network.forms import OwnerFilterForm, SchoolFilterForm, stage_choices
from mejora.network.models import ImportBatch, ImportIssue, Membership
from mejora.plans.enums import StageStatus
from mejora.reports.lists.base import Query, about, chosen, number, stem

_TERRITORIES = {PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.OFFICE}


def _form_data(query: Query) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(query)
    return data


def schools(actor: Actor, query: Query) -> Table:
    """The list of schools with its filters and order."""
    year = clock.today().year
    wide = actor.current is not None and actor.current.place_kind in _TERRITORIES
    form = SchoolFilterForm(_form_data(query), is_territory=wide)
    filters = form.filters(query.get("orden", "nombre"))
    found = listing.schools(actor, filters, year)
    stages = dict(stage_choices())

    def rows() -> Iterator[list[Value]]:
        shown: Any = listing.with_facts(found, filters, year)  # annotated by it
        for school in shown.iterator(chunk_size=2000):
            yield [
                school.code,
                school.check_digit,
                school.name,
                school.commune.region.name,
                school.commune.name,
                school.owner.name if school.owner else None,
                Dependency(school.dependency).label if school.dependency else None,
                Operating(school.operating).label if school.operating else None,
                school.enrolment,
                stages.get(school.stage or ""),
                StageStatus(school.status).of_stage if school.status else None,
            ]

    columns = [
        Column("RBD", Kind.CODE),
        Column("DV", width=4),
        Column("Establecimiento", width=44),
        Column("Región"),
        Column("Comuna", width=20),
        Column("Sostenedor", width=36),
        Column("Dependencia", width=24),
        Column("Estado", width=20),
        Column("Matrícula", Kind.WHOLE),
        Column(f"Etapa del PME {year}", width=22),
        Column("Estado de la etapa", width=22),
    ]
    lines = about(actor, ("Filtros", _words(form)))
    return Table("Escuelas", stem("escuelas"), columns, rows, found.count(), lines)


def _words(form: Any) -> str:
    """What a form of filters says, as its labels say it."""
    said = {}
    for name, value in form.cleaned_data.items():
        choices = dict(getattr(form.fields[name], "choices", ()))
        said[str(form.fields[name].label)] = choices.get(value, value) if value else ""
    return chosen(said)


def owners(actor: Actor, query: Query) -> Table:
    form = OwnerFilterForm(_form_data(query))
    form.is_valid()
    said = form.cleaned_data
    found = listing.owners(
        actor, q=said.get("q", ""), kind=said.get("tipo", ""), region=said.get("region", "")
    )

    def rows() -> Iterator[list[Value]]:
        counted: Any = found  # annotated by the list
        for owner in counted.iterator(chunk_size=2000):
            kind = owner.get_kind_display()
            yield [owner.key, owner.name, kind, owner.open_count, owner.pupils]

    columns = [
        Column("Clave", width=14),
        Column("Sostenedor", width=48),
        Column("Tipo", width=24),
        Column("Escuelas en funcionamiento", Kind.WHOLE, 16),
        Column("Matrícula", Kind.WHOLE),
    ]
    lines = about(actor, ("Filtros", _words(form)))
    return Table("Sostenedores", stem("sostenedores"), columns, rows, found.count(), lines)


def members(actor: Actor, query: Query) -> Table:
    """Who works at a place today; the address of each only for whoever may invite there."""
    place = memberships.named_place(actor, query.get("tipo", ""), query.get("codigo", ""))
    require(memberships.can_see_members(actor, place))
    invites = bool(memberships.invitable_roles(actor, place))
    found = memberships.members_at(place).in_force(clock.today())

    def rows() -> Iterator[list[Value]]:
        for each in found.iterator(chunk_size=2000):
            yield [*_member(each), *([each.user.email] if invites else [])]

    columns = [
        Column("Persona", width=36),
        Column("Cargo", width=36),
        Column("Rol", width=18),
        Column("Desde", Kind.DATE),
        Column("Hasta", Kind.DATE),
        *([Column("Correo", width=36)] if invites else []),
    ]
    lines = about(actor, ("De", str(place)))
    name = stem("personas", place)
    return Table(f"Personas de {place}", name, columns, rows, found.count(), lines)


def _member(membership: Membership) -> list[Value]:
    user = membership.user
    role = membership.get_role_display()
    return [user.name or user.email, user.position, role, membership.from_on, membership.to_on]


def issues(actor: Actor, query: Query) -> Table:
    """What was wrong or odd in a file that was brought in, errors first."""
    batches = ImportBatch.objects.visible_to(actor).select_related("school", "owner")
    batch = batches.filter(pk=number(query, "carga") or 0).first()
    if batch is None:
        raise Http404
    require(rules.can_act_on(actor, batch))
    found = ImportIssue.objects.filter(batch=batch).order_by("-is_error", "line", "pk")

    def rows() -> Iterator[list[Value]]:
        for each in found.iterator(chunk_size=2000):
            kind = "Error" if each.is_error else "Aviso"
            yield [each.line or None, each.sheet, each.column, each.value, each.message, kind]

    columns = [
        Column("Fila", Kind.WHOLE, 8),
        Column("Hoja", width=16),
        Column("Columna", width=24),
        Column("Dice el archivo", width=36),
        Column("Qué pasa y qué se esperaba", width=70),
        Column("Tipo", width=10),
    ]
    lines = about(actor, ("Archivo", batch.file_name), ("Contenido", batch.get_kind_display()))
    title = f"Revisión de {batch.file_name or 'la nómina elegida'}"
    return Table(title, stem("revision", batch.pk), columns, rows, found.count(), lines)


def imports(actor: Actor, query: Query) -> Table:
    """What was brought in, the newest first, with what each file changed."""
    require(rules.can_see_imports(actor))
    found = ImportBatch.objects.visible_to(actor).select_related(
        "by", "applied_by", "school", "owner"
    )

    def rows() -> Iterator[list[Value]]:
        for each in found.iterator(chunk_size=2000):
            yield [
                each.file_name or "Nómina elegida",
                each.get_kind_display(),
                each.year,
                str(each.school or each.owner or ""),
                each.get_state_display(),
                each.at,
                str(each.by or "Línea de órdenes"),
                each.applied_at,
                str(each.applied_by or ""),
                each.rows_read,
                each.rows_new,
                each.rows_changed,
                each.rows_same,
                each.rows_refused,
                each.message,
            ]

    columns = [
        Column("Archivo", width=40),
        Column("Contenido", width=36),
        Column("Año", Kind.NUMBER, 7),
        Column("De", width=36),
        Column("Estado", width=20),
        Column("Recibido", Kind.MOMENT),
        Column("Por"),
        Column("Guardado", Kind.MOMENT),
        Column("Lo guardó"),
        *(Column(word, Kind.WHOLE) for word in ("Filas", "Nuevas", "Con cambios", "Iguales")),
        Column("Con error", Kind.WHOLE),
        Column("Mensaje", width=60),
    ]
    return Table("Cargas", stem("cargas"), columns, rows, found.count(), about(actor))
