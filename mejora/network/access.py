"""Who sees what and who may do what: one table, as data.

From `TABLE` come the queries (`schools`, `plan_years`), the rules of every app (`Actor.may`), the
tests of every address by every role, and the page "Quién ve qué" that people read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from mejora.core import clock, here
from mejora.core.here import Here
from mejora.network.enums import PlaceKind, Role

if TYPE_CHECKING:
    from mejora.network.models import Membership, School
    from mejora.people.models import User


class Deed(models.TextChoices):
    """What a person may do, in the words of the page "Quién ve qué"."""

    SEE_SCHOOL = "see_school", "Ver la ficha del establecimiento"
    SEE_PROGRESS = "see_progress", "Ver el plan en cifras: etapas y cuántas acciones hay por nivel"
    SEE_AMOUNTS = "see_amounts", "Ver los montos del plan por fuente y dimensión"
    READ_PLAN = "read_plan", "Leer el plan, sus versiones y su historial"
    WRITE_PLAN = "write_plan", "Escribir el plan"
    SEND_STAGE = "send_stage", "Enviar una etapa al sostenedor"
    DECIDE_STAGE = "decide_stage", "Aprobar o devolver una etapa"
    REPORT_ALL = "report_all", "Monitorear todas las acciones y revisar informes"
    REPORT_OWN = "report_own", "Informar las acciones a cargo"
    SEE_EVIDENCE = "see_evidence", "Ver las evidencias"
    INVITE = "invite", "Invitar personas a su lugar y terminar su participación"
    SEE_TERRITORY = "see_territory", "Ver el avance del territorio por etapa y estado"
    RECORD_CONTACT = "record_contact", "Anotar llamadas a la escuela y ver las de su lugar"
    IMPORT_NETWORK = "import_network", "Importar directorios y listados"
    IMPORT_PLANS = "import_plans", "Importar la tabla del PME de sus establecimientos"
    TAKE_RECORD = "take_record", "Llevarse el expediente de la escuela"
    IMPORT_PACKAGE = "import_package", "Importar el expediente de una escuela"
    READ_SUPPORT = "read_support", "Leer planes de apoyo, sesiones y compromisos"
    WRITE_SUPPORT = "write_support", "Escribir planes de apoyo, sesiones y compromisos"
    ANSWER_SUPPORT = "answer_support", "Responder los compromisos de su escuela"
    RECEIVE_FEEDBACK = "receive_feedback", "Recibir y responder informes de retroalimentación"
    LEAD_SUPPORT = "lead_support", "Cerrar planes de apoyo y llevar el catálogo del Servicio"
    READ_CYCLE = "read_cycle", "Leer el ciclo de asistencia técnica de la Secretaría"
    PREPARE_CYCLE = "prepare_cycle", "Analizar, programar e informar la asistencia técnica"
    CARRY_CYCLE = "carry_cycle", "Registrar la ejecución y el seguimiento de la asistencia técnica"
    LEAD_CYCLE = "lead_cycle", "Revisar la alineación, verificar y reportar irregularidades"
    SEE_ASSISTANCE = "see_assistance", "Ver la asistencia técnica que recibe la escuela"
    ASK_ASSISTANCE = "ask_assistance", "Pedir asistencia técnica y evaluar la recibida"
    READ_FIGURES = "read_figures", "Ver la asistencia, la matrícula y las alertas"
    WRITE_FIGURES = "write_figures", "Importar asistencia, matrícula y cupos, y atender sus alertas"
    SEE_WORKS = "see_works", "Ver las obras e inversiones"
    WRITE_WORKS = "write_works", "Registrar obras e inversiones, con sus fotos"
    READ_ACCOUNT = "read_account", "Leer el informe de gestión del Servicio"
    WRITE_ACCOUNT = "write_account", "Escribir el informe de gestión del Servicio"
    ISSUE_ACCOUNT = "issue_account", "Emitir el informe de gestión del Servicio"


class Reach(StrEnum):
    """When a deed is open to a role, at the places of its membership."""

    NEVER = "no"
    ALWAYS = "sí"
    BEGUN = "desde que la escuela empieza a registrar"
    SENT = "desde el primer envío"
    RUNNING = "mientras dura el apoyo"


_SCHOOL_TEAM = (Role.DIRECTOR, Role.PLANNER)
# Who decides on the plans of an owner's schools (in Colombia the Secretaría's quality leader), and
# who supports those schools.
_DECIDERS = (Role.OWNER, Role.QUALITY_LEAD)
_SUPPORTERS = (Role.ADVISER, Role.DISTRICT_LEAD, Role.PROFESSIONAL, Role.OPERATIVE)
_SECRETARIAT = (Role.QUALITY_LEAD, Role.PROFESSIONAL, Role.OPERATIVE)
_EVERYONE = dict.fromkeys(Role, Reach.ALWAYS)

TABLE: Mapping[Deed, Mapping[Role, Reach]] = {
    Deed.SEE_SCHOOL: _EVERYONE,
    Deed.SEE_PROGRESS: _EVERYONE,
    Deed.SEE_AMOUNTS: {
        **dict.fromkeys((*_SCHOOL_TEAM, Role.RESPONSIBLE, Role.ANALYST), Reach.ALWAYS),
        **dict.fromkeys(_DECIDERS, Reach.BEGUN),
        **dict.fromkeys((Role.SUPERVISOR, *_SUPPORTERS), Reach.SENT),
    },
    Deed.READ_PLAN: {
        **dict.fromkeys((*_SCHOOL_TEAM, Role.RESPONSIBLE), Reach.ALWAYS),
        **dict.fromkeys(_DECIDERS, Reach.BEGUN),
        **dict.fromkeys((Role.SUPERVISOR, *_SUPPORTERS), Reach.SENT),
    },
    Deed.WRITE_PLAN: dict.fromkeys(_SCHOOL_TEAM, Reach.ALWAYS),
    Deed.SEND_STAGE: {Role.DIRECTOR: Reach.ALWAYS},
    Deed.DECIDE_STAGE: dict.fromkeys(_DECIDERS, Reach.ALWAYS),
    Deed.REPORT_ALL: dict.fromkeys(_SCHOOL_TEAM, Reach.ALWAYS),
    Deed.REPORT_OWN: dict.fromkeys((*_SCHOOL_TEAM, Role.RESPONSIBLE), Reach.ALWAYS),
    Deed.SEE_EVIDENCE: {
        **dict.fromkeys((*_SCHOOL_TEAM, Role.RESPONSIBLE), Reach.ALWAYS),
        **dict.fromkeys(_DECIDERS, Reach.BEGUN),
    },
    Deed.INVITE: {
        **dict.fromkeys((Role.DIRECTOR, Role.DISTRICT_LEAD, Role.ADMINISTRATOR), Reach.ALWAYS),
        **dict.fromkeys(_DECIDERS, Reach.ALWAYS),
    },
    Deed.SEE_TERRITORY: {
        **dict.fromkeys((*_DECIDERS, Role.SUPERVISOR, *_SUPPORTERS), Reach.ALWAYS),
        **dict.fromkeys((Role.ANALYST, Role.ADMINISTRATOR), Reach.ALWAYS),
    },
    Deed.RECORD_CONTACT: dict.fromkeys((*_DECIDERS, Role.SUPERVISOR, *_SUPPORTERS), Reach.ALWAYS),
    Deed.IMPORT_NETWORK: dict.fromkeys((Role.ANALYST, Role.ADMINISTRATOR), Reach.ALWAYS),
    Deed.IMPORT_PLANS: dict.fromkeys((*_DECIDERS, Role.ANALYST, Role.ADMINISTRATOR), Reach.ALWAYS),
    Deed.TAKE_RECORD: {
        **dict.fromkeys((Role.DIRECTOR, Role.ADMINISTRATOR), Reach.ALWAYS),
        **dict.fromkeys(_DECIDERS, Reach.BEGUN),
    },
    Deed.IMPORT_PACKAGE: {Role.ADMINISTRATOR: Reach.ALWAYS},
    Deed.READ_FIGURES: {
        **dict.fromkeys((*_SCHOOL_TEAM, Role.OWNER, Role.SUPERVISOR), Reach.ALWAYS),
        **dict.fromkeys((Role.ADVISER, Role.DISTRICT_LEAD), Reach.ALWAYS),
        **dict.fromkeys((Role.ANALYST, Role.ADMINISTRATOR), Reach.ALWAYS),
    },
    Deed.WRITE_FIGURES: {
        **dict.fromkeys((Role.OWNER, Role.DISTRICT_LEAD), Reach.ALWAYS),
        **dict.fromkeys((Role.ANALYST, Role.ADMINISTRATOR), Reach.ALWAYS),
    },
    Deed.READ_SUPPORT: {
        **dict.fromkeys((*_SCHOOL_TEAM, Role.RESPONSIBLE), Reach.ALWAYS),
        **dict.fromkeys((*_DECIDERS, Role.SUPERVISOR, *_SUPPORTERS), Reach.ALWAYS),
        Role.ADVISER: Reach.RUNNING,
    },
    Deed.WRITE_SUPPORT: {
        **dict.fromkeys((*_DECIDERS, *_SUPPORTERS), Reach.ALWAYS),
        Role.ADVISER: Reach.RUNNING,
    },
    Deed.ANSWER_SUPPORT: dict.fromkeys(_SCHOOL_TEAM, Reach.ALWAYS),
    Deed.RECEIVE_FEEDBACK: {Role.DIRECTOR: Reach.ALWAYS},
    Deed.LEAD_SUPPORT: dict.fromkeys((*_DECIDERS, Role.DISTRICT_LEAD), Reach.ALWAYS),
    Deed.READ_CYCLE: dict.fromkeys(_SECRETARIAT, Reach.ALWAYS),
    Deed.PREPARE_CYCLE: dict.fromkeys((Role.QUALITY_LEAD, Role.PROFESSIONAL), Reach.ALWAYS),
    Deed.CARRY_CYCLE: dict.fromkeys(_SECRETARIAT, Reach.ALWAYS),
    # D02.03 gives activities 4, 8 and 10 to the leader alone.
    Deed.LEAD_CYCLE: {Role.QUALITY_LEAD: Reach.ALWAYS},
    Deed.SEE_ASSISTANCE: dict.fromkeys(
        (*_SCHOOL_TEAM, Role.RESPONSIBLE, *_SECRETARIAT), Reach.ALWAYS
    ),
    Deed.ASK_ASSISTANCE: dict.fromkeys(_SCHOOL_TEAM, Reach.ALWAYS),
    Deed.SEE_WORKS: dict.fromkeys(
        (*_SCHOOL_TEAM, Role.RESPONSIBLE, Role.OWNER, Role.DISTRICT_LEAD), Reach.ALWAYS
    ),
    Deed.WRITE_WORKS: dict.fromkeys((Role.OWNER, Role.DISTRICT_LEAD), Reach.ALWAYS),
    Deed.READ_ACCOUNT: dict.fromkeys((Role.OWNER, Role.DISTRICT_LEAD, Role.ADVISER), Reach.ALWAYS),
    Deed.WRITE_ACCOUNT: dict.fromkeys((Role.OWNER, Role.DISTRICT_LEAD), Reach.ALWAYS),
    Deed.ISSUE_ACCOUNT: {Role.OWNER: Reach.ALWAYS},
}
# What a former owner keeps of the years in which the school was its own.
_OF_FORMER_OWNERS = frozenset(
    {Deed.SEE_PROGRESS, Deed.SEE_AMOUNTS, Deed.READ_PLAN, Deed.SEE_EVIDENCE}
)
# A deed of the whole country, not of one school: only a membership of the country opens it.
COUNTRY_WIDE = frozenset({Deed.IMPORT_NETWORK, Deed.IMPORT_PACKAGE})


def reach(deed: Deed, role: Role | str) -> Reach:
    return TABLE[deed].get(Role(role), Reach.NEVER)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person with the memberships in force today; every rule asks this."""

    user: User
    memberships: tuple[Membership, ...]
    current: Membership | None = None

    def with_reach(self, deed: Deed) -> Iterable[tuple[Membership, Reach]]:
        for membership in self.memberships:
            found = reach(deed, membership.role)
            if found is not Reach.NEVER:
                yield membership, found

    @property
    def countries(self) -> frozenset[int]:
        """The countries in which the person takes part at all: there is nothing beyond."""
        return frozenset(m.within.pk for m in self.memberships)

    def may_somewhere(self, deed: Deed) -> bool:
        """Whether any membership opens the deed at all: what the navigation asks."""
        if deed in COUNTRY_WIDE:
            return any(m.country_id for m, _ in self.with_reach(deed))
        return any(True for _ in self.with_reach(deed))

    def reach_at(self, deed: Deed, school: School) -> Reach:
        """The widest reach that the person has for `deed` at this school. No query: the school
        comes with its commune when regions matter."""
        widest = Reach.NEVER
        order = (Reach.NEVER, Reach.RUNNING, Reach.SENT, Reach.BEGUN, Reach.ALWAYS)
        for membership, found in self.with_reach(deed):
            if covers(membership, school) and order.index(found) > order.index(widest):
                widest = found
        return widest

    def may(self, deed: Deed, school: School) -> bool:
        """For deeds whose reach does not depend on the plan's state."""
        return self.reach_at(deed, school) is Reach.ALWAYS


def covers(membership: Membership, school: School) -> bool:
    """Whether the school is, today, within the membership's place."""
    match membership.place_kind:
        case PlaceKind.SCHOOL:
            return membership.school_id == school.pk
        case PlaceKind.OWNER:
            return membership.owner_id == school.owner_id
        case PlaceKind.OFFICE:
            return membership.office_id == school.office_id
        case PlaceKind.REGION:
            return membership.region_id == school.commune.region_id
        case PlaceKind.COUNTRY:
            return membership.country_id == school.country_id


_SCHOOL_PATH = {
    PlaceKind.SCHOOL: "pk",
    PlaceKind.OWNER: "owner",
    PlaceKind.OFFICE: "office",
    PlaceKind.REGION: "commune__region",
    PlaceKind.COUNTRY: "country",
}
_NOTHING = Q(pk__in=())


def covered(memberships: Iterable[Membership], prefix: str = "") -> Q:
    """The schools (at `prefix`) that the memberships' places cover today."""
    ids: dict[str, set[int]] = {}
    for membership in memberships:
        kind = membership.place_kind
        path = prefix + _SCHOOL_PATH[kind]
        ids.setdefault(f"{path}__in", set()).add(getattr(membership, f"{kind.value}_id"))
    found = Q()
    for path, values in ids.items():
        found |= Q(**{path: sorted(values)})
    return found


def schools(actor: Actor, deed: Deed) -> Q:
    """The schools within the places where the person may do `deed`; also those that a former
    owner had, because it keeps seeing its own years."""
    members = [m for m, _ in actor.with_reach(deed)]
    if not members:
        return _NOTHING
    within = covered(members)
    owners = [m.owner_id for m in members if m.owner_id]
    if owners and deed in {Deed.SEE_SCHOOL, Deed.SEE_PROGRESS, Deed.READ_PLAN}:
        from mejora.network.models import SchoolYear

        within |= Q(
            Exists(SchoolYear.objects.filter(school=OuterRef("pk"), owner__in=sorted(owners)))
        )
    return within


def batches(actor: Actor, deed: Deed) -> Q:
    """The imports of a kind that `deed` opens: for a membership of the country all of its own,
    for an owner's or a school's those made for that place."""
    members = [m for m, _ in actor.with_reach(deed)]
    countries = sorted({m.country_id for m in members if m.country_id})
    if deed in COUNTRY_WIDE:
        return Q(country__in=countries)
    owners = sorted({m.owner_id for m in members if m.owner_id})
    schools = sorted({m.school_id for m in members if m.school_id})
    of_places = Q(owner__in=owners) | Q(school__in=schools) | Q(school__owner__in=owners)
    return of_places | Q(country__in=countries)


def plan_years(actor: Actor, deed: Deed) -> Q:
    """The years of plans within reach of `deed`.

    BEGUN and SENT look at the plan year itself. A former owner sees, read only, the years in
    which the school was its own.
    """
    by_reach: dict[Reach, list[Membership]] = {}
    for membership, found in actor.with_reach(deed):
        by_reach.setdefault(found, []).append(membership)
    if not by_reach:
        return _NOTHING
    condition = {Reach.ALWAYS: Q(), Reach.BEGUN: Q(is_begun=True), Reach.SENT: Q(version_no__gt=0)}
    total = Q(pk__in=())
    for found, members in by_reach.items():
        within = covered(members, "school__")
        owners = sorted({m.owner_id for m in members if m.owner_id})
        if owners and deed in _OF_FORMER_OWNERS:
            within |= _was_owned_by(owners)
        total |= within & condition.get(found, _NOTHING)
    return total


def _was_owned_by(owners: list[int]) -> Q:
    from mejora.network.models import SchoolYear

    return Q(
        Exists(
            SchoolYear.objects.filter(
                school=OuterRef("school"), year=OuterRef("year"), owner__in=owners
            )
        )
    )


def actor_for(user: User, *, on: dt.date | None = None, current_id: int | None = None) -> Actor:
    """The person with the memberships in force, in one query. `current_id` is the place chosen
    in the header; the first membership stands in when it is not theirs or has ended."""
    from mejora.network.models import Membership

    found = tuple(Membership.objects.filter(user=user).in_force(on or clock.today()).with_places())
    current = next((m for m in found if m.pk == current_id), found[0] if found else None)
    return Actor(user=user, memberships=found, current=current)


@contextmanager
def speaking_to(user: User | None) -> Iterator[None]:
    """For jobs: in the words, the time and the money of the person whom they work for."""
    current = actor_for(user).current if user else None
    if current is None:
        yield
        return
    country = current.within
    with here.at(Here(country.code, country.tz, country.currency)):
        yield
