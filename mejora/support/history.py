"""The changes of a support plan, told by the one presentation of all aggregates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from mejora.core import wording
from mejora.network.models import Membership, School
from mejora.participation.models import Instrument
from mejora.plans.enums import Direction
from mejora.plans.history import Entry, Say, told_of
from mejora.plans.models import Objective
from mejora.support.enums import (
    ActionStatus,
    Approach,
    CommitmentStatus,
    Coverage,
    Effect,
    OwnTermKind,
    SessionStatus,
    SupportKind,
    SupportStage,
    SupportStatus,
)
from mejora.support.models import (
    OwnTerm,
    Session,
    SessionSchool,
    SupportAction,
    SupportChange,
    SupportObjective,
    SupportPlan,
)

WORDS = {
    "kind": "Tipo",
    "owner": "Servicio o sostenedor",
    "approach": "Estrategia",
    "stage": "Etapa",
    "lead": "Profesional a cargo",
    "hours": "Horas",
    "status": "Estado",
    "schools": "Escuelas",
    "eje": "Eje de trabajo",
    "text": "Texto",
    "capacity": "Capacidad",
    "practice": "Práctica",
    "serves": "Objetivos del PME",
    "objective": "Objetivo de apoyo",
    "target": "Meta",
    "responsible": "Responsable",
    "responsible_text": "Responsable, de palabra",
    "done_on": "Hecha el",
    "cause": "Razón",
    "effect": "Efecto",
    "document": "Documento",
    "name_before": "Decía",
    "starts_before": "Iniciaba",
    "ends_before": "Terminaba",
    "replacement": "La reemplaza",
    "starts_at": "Hora",
    "where": "Lugar",
    "agenda": "Tabla",
    "minutes": "Acta",
    "status_reason": "Por qué se suspendió",
    "attendance": "Asistencia",
    "session": "Sesión",
    "due_on": "Plazo",
    "why": "Por qué",
    "answered_in": "Respondido en",
    "instrument": "Pauta",
    "support_response": "Respuestas de quien acompaña",
    "school_response": "Respuestas de la escuela",
    "from_on": "Desde",
    "to_on": "Hasta",
    "achievements": "Cumplimiento de logros",
    "participation": "Participación de la comunidad",
    "emerging": "Situaciones emergentes",
    "next_steps": "Orientaciones y próximos pasos",
    "sent": "Enviado",
    "read": "Leído",
    "answer": "Respuesta de la escuela",
    "sha256": "Huella de lo enviado",
}
_CODES: dict[str, str] = {
    value: str(label)
    for choices in (
        *(ActionStatus, Approach, CommitmentStatus, Coverage, OwnTermKind),
        *(SessionStatus, SupportKind, SupportStage, SupportStatus, Direction),
    )
    for value, label in choices.choices
}


def told(changes: Iterable[SupportChange], plan: SupportPlan, seen: set[int]) -> list[Entry]:
    """The changes in the order given, with the names behind their keys; who came only from the
    schools `seen`. Seven queries."""
    names = {str(uid): text for uid, text in _names(plan)}
    people = dict(_people(plan))
    of_plan = School.objects.filter(support_places__plan=plan)
    schools = {school.code: school.name for school in of_plan}
    shown = {school.code for school in of_plan if school.pk in seen}

    titles = dict(Instrument.objects.values_list("code", "title"))

    def linked(value: str) -> str:
        return names.get(value, value)

    def person(value: int) -> str:
        return people.get(value, "una persona que ya no está")

    def place(part: Mapping[str, Any]) -> str:
        more = [_code(part["coverage"])] if part["coverage"] else []
        return " · ".join([schools.get(part["school"], part["school"]), *more])

    def attendance(value: Mapping[str, Mapping[str, int | None]]) -> str:
        return "; ".join(
            f"{schools.get(code, code)}: {_counted(numbers)}"
            for code, numbers in value.items()
            if code in shown
        )

    sayers: dict[str, Say] = {
        **dict.fromkeys(("kind", "approach", "stage", "status", "direction"), _code),
        **dict.fromkeys(
            (
                *("starts_on", "ends_on", "due_on", "on", "done_on", "starts_before"),
                *("ends_before", "from_on", "to_on"),
            ),
            _day,
        ),
        **dict.fromkeys(("baseline", "target", "value", "hours"), _figure),
        **dict.fromkeys(("objective", "eje", "replacement", "session", "answered_in"), linked),
        **dict.fromkeys(("lead", "responsible"), person),
        "serves": lambda value: wording.sentence(f"«{linked(uid)}»" for uid in value),
        "schools": lambda value: wording.sentence(place(part) for part in value),
        "attendance": attendance,
        "effect": lambda value: str(Effect(value).label),
        "instrument": lambda value: titles.get(str(value)) or str(value),
        **dict.fromkeys(("support_response", "school_response"), lambda value: "iniciadas"),
    }
    return told_of(changes, WORDS, sayers)


def _names(plan: SupportPlan) -> Iterable[tuple[object, str]]:
    yield from SupportObjective.objects.filter(plan=plan).values_list("uid", "text")
    yield from SupportAction.objects.filter(objective__plan=plan).values_list("uid", "name")
    yield from OwnTerm.objects.filter(owner=plan.owner_id).values_list("uid", "text")
    served = Objective.objects.filter(support_objectives__plan=plan)
    yield from served.values_list("uid", "text")
    for uid, on in Session.objects.filter(plan=plan).values_list("uid", "on"):
        yield uid, f"la sesión del {on:%d-%m-%Y}"


def _people(plan: SupportPlan) -> Iterable[tuple[int, str]]:
    """Whoever can have answered for something: of the plan's schools and of its owner."""
    schools = plan.places.values("school")
    found = Membership.objects.filter(school__in=schools) | Membership.objects.filter(
        owner=plan.owner_id
    )
    return found.values_list("pk", "user__name")


def _code(value: str) -> str:
    return _CODES.get(value, value)


def _day(value: str) -> str:
    return wording.number_date(dt.date.fromisoformat(value))


def _figure(value: Any) -> str:
    return str(value).replace(".", ",")


def _counted(numbers: Mapping[str, int | None]) -> str:
    words = [
        f"{SessionSchool._meta.get_field(name).verbose_name} {number}"  # type: ignore[union-attr]  # a plain field
        for name, number in numbers.items()
        if number is not None
    ]
    return ", ".join(words) or "s/i"
