"""What a person may bring in, by groups: each kind of file in one line, with where to begin."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from mejora.network import navigation, rules
from mejora.network.access import Actor
from mejora.network.enums import BatchKind, PlaceKind
from mejora.network.importers.kinds import KINDS
from mejora.network.importers.templates import TEMPLATES
from mejora.network.models import Owner

# Where one sees what a kind of the apps above brought, and what that is called; what the others
# brought is seen in the list of schools.
RESULTS: dict[str, tuple[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Way:
    """`says` is what the file brings; `has_template` where Mejora has one of its own."""

    kind: BatchKind
    icon: str
    title: str
    says: str
    button: str
    url: str = ""

    @property
    def has_template(self) -> bool:
        return self.kind in TEMPLATES

    @property
    def address(self) -> str:
        return self.url or f"{reverse('network:import_new')}?tipo={self.kind}"


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    ways: tuple[Way, ...]


_NETWORK = (
    Way(
        BatchKind.DIRECTORY,
        "school",
        "Directorio oficial de establecimientos",
        "El CSV de datos abiertos del Ministerio, de cualquier año: nombres, comunas, "
        "dependencia, estado y matrícula.",
        "Importar directorio",
    ),
    Way(
        BatchKind.SLEPS,
        "map",
        "Listado de SLEP",
        "Dice qué comunas son de cada Servicio Local y completa el sostenedor de sus escuelas.",
        "Importar listado",
    ),
    Way(
        BatchKind.ATE,
        "people",
        "Registro de asesorías (ATE)",
        "Qué servicios están registrados, de quién son y hasta cuándo están vigentes.",
        "Importar registro",
    ),
)
_COLOMBIAN = (
    Way(
        BatchKind.SCHOOLS,
        "school",
        "Establecimientos y sedes",
        "Una fila por sede, con municipio, sector, matrícula y régimen. La Secretaría se conoce "
        "por el municipio.",
        "Importar establecimientos",
    ),
    Way(
        BatchKind.SABER,
        "document",
        "Clasificación de planteles SABER 11",
        "El archivo del ICFES tal como se descarga. Trae la categoría de cada establecimiento y "
        "agrega los que falten.",
        "Importar SABER 11",
    ),
)
_YEARLY = (
    Way(
        BatchKind.ROSTER,
        "list",
        "Nómina: establecimientos que deben tener PME",
        "Con ella se sabe quién no ha empezado.",
        "Importar nómina",
    ),
    Way(
        BatchKind.ENROLMENT,
        "people",
        "Resumen oficial de matrícula",
        "El CSV de datos abiertos, de 2016 en adelante: estudiantes por nivel y sexo.",
        "Importar matrícula",
    ),
    Way(
        BatchKind.PERFORMANCE,
        "chart",
        "Categoría de desempeño",
        "El Excel de la Agencia de Calidad, de básica o de media.",
        "Importar categorías",
    ),
    Way(
        BatchKind.SEP,
        "list",
        "Clasificación SEP",
        "Autónomo, Emergente, En Recuperación o Sin convenio, por escuela y año.",
        "Importar clasificación",
    ),
)
_MONTHLY = (
    Way(
        BatchKind.ATTENDANCE,
        "people",
        "Asistencia mensual por estudiante",
        "El archivo del SIGE, una fila por estudiante y mes. Se suma por escuela al leerlo: Mejora "
        "no guarda a ningún estudiante ni el archivo.",
        "Sumar asistencia",
    ),
    Way(
        BatchKind.FIGURES,
        "chart",
        "Asistencia y matrícula por mes",
        "Matrícula, retiros y días de asistencia de cada escuela, mes a mes.",
        "Importar cifras",
    ),
    Way(
        BatchKind.CAPACITY,
        "school",
        "Cupos por establecimiento",
        "Cuántos estudiantes puede recibir cada escuela en el año.",
        "Importar cupos",
    ),
)
_PLANS = (
    Way(
        BatchKind.PME,
        "document",
        "Tabla oficial de acciones del PME",
        "La «Implementación PME» de datos abiertos, 49 columnas: una fila por acción, en CSV o "
        "Excel.",
        "Importar acciones",
    ),
)


def groups(actor: Actor) -> list[Group]:
    """The groups with something for this person; empty ones are left out."""
    found = [
        Group("Escuelas y sostenedores", _open(actor, (*_NETWORK, *_COLOMBIAN))),
        Group("Datos de cada año", _open(actor, _YEARLY)),
        Group("Datos de cada mes", _open(actor, _MONTHLY)),
        Group("Planes", (*_open(actor, _PLANS), *_of_schools(actor), *_record(actor))),
    ]
    return [group for group in found if group.ways]


def choices(actor: Actor) -> list[tuple[str, str]]:
    """The kinds that the page of one file offers."""
    ways = (*_NETWORK, *_COLOMBIAN, *_YEARLY, *_MONTHLY, *_PLANS)
    return [(way.kind.value, way.kind.label) for way in _open(actor, ways)]


def owner_of(actor: Actor) -> Owner | None:
    """Whose schools a file speaks of: the owner's whose place is chosen in the header."""
    return actor.current.owner if actor.current else None


def place_of(actor: Actor, kind: BatchKind) -> Owner | None:
    """The owner, where a file of this kind is an owner's."""
    return owner_of(actor) if KINDS[kind].place == PlaceKind.OWNER else None


def _open(actor: Actor, ways: tuple[Way, ...]) -> tuple[Way, ...]:
    return tuple(
        way
        for way in ways
        if way.kind in KINDS and rules.can_bring(actor, way.kind, owner=place_of(actor, way.kind))
    )


def _of_schools(actor: Actor) -> tuple[Way, ...]:
    """The page of each school whose plan the person writes."""
    deed = KINDS[BatchKind.WORKBOOK].deed if BatchKind.WORKBOOK in KINDS else None
    if deed is None:
        return ()
    return tuple(
        Way(
            BatchKind.WORKBOOK,
            "document",
            f"Planilla o reporte de {membership.school}",
            "El plan en Excel, que se descarga de Mejora y vuelve, o el reporte de la plataforma.",
            "Ir a la planilla",
            navigation.address("plans:files", membership.school.code),
        )
        for membership, _ in actor.with_reach(deed)
        if membership.school
    )


def _record(actor: Actor) -> tuple[Way, ...]:
    address = navigation.address("reports:record_import")
    if not address or BatchKind.PACKAGE not in KINDS:
        return ()
    if not rules.can_bring(actor, BatchKind.PACKAGE):
        return ()
    way = Way(
        BatchKind.PACKAGE,
        "school",
        "Expediente completo de una escuela",
        "El archivo que otra instalación de Mejora entrega con todo lo de una escuela.",
        "Importar expediente",
        address,
    )
    return (way,)
