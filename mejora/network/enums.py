"""Kinds of places, roles and facts of the network, with the words that people read."""

from django.db import models

from mejora.core.choices import SpokenChoices

# The countries whose files and forms Mejora knows, by their ISO code.
CHILE, COLOMBIA = "CL", "CO"


class OwnerKind(models.TextChoices):
    SLEP = "slep", "Servicio Local de Educación Pública"
    DAEM = "muni", "Municipal (DAEM o DEM)"
    CORPORATION = "corp", "Corporación municipal"
    PRIVATE = "priv", "Particular subvencionado"
    ADMIN = "admin", "Administración delegada"
    ETC = "etc", "Entidad territorial certificada"


class Dependency(models.TextChoices):
    """COD_DEPE of the official directory, source: its codebook."""

    CORPORATION = "1", "Corporación Municipal"
    DAEM = "2", "Municipal DAEM"
    SUBSIDISED = "3", "Particular Subvencionado"
    PAID = "4", "Particular Pagado"
    DELEGATED = "5", "Administración Delegada"
    SLEP = "6", "Servicio Local de Educación"
    # Colombia: COLE_NATURALEZA of the SABER 11 file.
    OFFICIAL = "O", "Oficial"
    NON_OFFICIAL = "N", "No oficial"


OF_COUNTRY = {
    "CL": tuple(d for d in Dependency if d.value.isdecimal()),
    "CO": (Dependency.OFFICIAL, Dependency.NON_OFFICIAL),
}


def dependencies(country: str) -> list[tuple[str, str]]:
    """The dependencies that a country's directory knows, as a select offers them."""
    return [(each.value, str(each.label)) for each in OF_COUNTRY.get(country, ())]


class Regime(models.TextChoices):
    """Régimen of a Colombian school that is not official, per year (Presidencia, 10-01-2008)."""

    REGULATED = "LR", "Libertad Regulada"
    WATCHED = "LV", "Libertad Vigilada"
    CONTROLLED = "RC", "Régimen Controlado"


class Operating(models.TextChoices):
    """ESTADO_ESTAB of the official directory, source: its codebook."""

    OPEN = "1", "Funcionando"
    RECESS = "2", "En receso"
    CLOSED = "3", "Cerrado"
    NO_PUPILS = "4", "Autorizado sin matrícula"


class SchoolLevel(models.TextChoices):
    """The two levels for which the Agencia de Calidad gives a category."""

    BASIC = "basic", "Básica"
    SECONDARY = "secondary", "Media"


class Category(models.TextChoices):
    """Categoría de Desempeño, in the words of the Agencia's files; and why there is none."""

    HIGH = "high", "Alto"
    MEDIUM = "medium", "Medio"
    MEDIUM_LOW = "medium_low", "Medio-Bajo"
    LOW = "low", "Insuficiente"
    FEW_PUPILS = "few_pupils", "Sin categoría: baja matrícula"
    NO_DATA = "no_data", "Sin categoría: falta de información"


class CodeScheme(models.TextChoices):
    RBD = "rbd", "RBD"
    DANE = "dane", "DANE"


class Role(SpokenChoices):
    DIRECTOR = "director", "Dirección"
    PLANNER = "planner", "Encargado PME o jefatura UTP"
    RESPONSIBLE = "responsible", "Responsable de acciones"
    OWNER = "owner", "Sostenedor"
    SUPERVISOR = "supervisor", "Supervisión"
    ADVISER = "adviser", "Asesoría"
    DISTRICT_LEAD = "district_lead", "Jefatura de apoyo técnico-pedagógico"
    QUALITY_LEAD = "quality_lead", "Líder de calidad educativa"
    PROFESSIONAL = "professional", "Profesional de calidad educativa"
    OPERATIVE = "operative", "Técnico operativo de calidad educativa"
    ANALYST = "analyst", "Análisis"
    ADMINISTRATOR = "administrator", "Administración"


class PlaceKind(SpokenChoices):
    SCHOOL = "school", "Establecimiento"
    OWNER = "owner", "Sostenedor"
    OFFICE = "office", "Departamento provincial"
    REGION = "region", "Región"
    COUNTRY = "country", "País"


class BatchKind(SpokenChoices):
    DIRECTORY = "directory", "Directorio oficial de establecimientos"
    SLEPS = "sleps", "Listado de SLEP"
    ROSTER = "roster", "Establecimientos que deben tener PME"
    ENROLMENT = "enrolment", "Matrícula por establecimiento"
    PERFORMANCE = "performance", "Categoría de desempeño"
    SEP = "sep", "Clasificación SEP"
    ATE = "ate", "Registro de asesorías (ATE)"
    PME = "pme", "Tabla del PME"
    SCHOOL_REPORT = "school-report", "Reporte de la plataforma"
    WORKBOOK = "workbook", "Planilla de la escuela"
    PACKAGE = "package", "Expediente de una escuela"
    ATTENDANCE = "attendance", "Asistencia mensual por estudiante"
    FIGURES = "figures", "Asistencia y matrícula por mes"
    CAPACITY = "capacity", "Cupos por establecimiento"
    SCHOOLS = "schools", "Establecimientos de una Secretaría"
    SABER = "saber", "Clasificación SABER 11"
    SAMPLE = "sample", "Datos de ejemplo"


class BatchState(models.TextChoices):
    WAITING = "waiting", "En espera"
    CHECKING = "checking", "Revisando"
    CHECKED = "checked", "Revisado, sin guardar"
    APPLYING = "applying", "Guardando"
    APPLIED = "applied", "Importado"
    UNDOING = "undoing", "Deshaciendo"
    UNDONE = "undone", "Deshecho"
    REFUSED = "refused", "Rechazado"
    DISCARDED = "discarded", "Descartado"
