"""Kinds and states of the cycle D02.03. Names of states are Mejora's: the official system's are
not known (source: D02.03, SECRETARÍA DE EDUCACIÓN, and what it does not say)."""

from django.db import models


class Activity(models.IntegerChoices):
    """The ten activities of D02.03, with the words of its headings."""

    ANALYSE = 1, "Analizar la caracterización de la entidad territorial y el perfil del sector"
    NEEDS = 2, "Identificar las necesidades de apoyo a la gestión de los PMI"
    STRATEGY = 3, "Definir la estrategia de asistencia técnica"
    ALIGNMENT = 4, "Revisar la alineación de la estrategia con el PAM"
    SUPPORT = 5, "Apoyar a los EE en la ejecución, seguimiento y evaluación de los PMI"
    FOLLOW_UP = 6, "Hacer seguimiento a las acciones de apoyo"
    RATING = 7, "Revisar la evaluación de la asistencia técnica"
    VERIFICATION = 8, "Verificar el cumplimiento de las actividades"
    REPORT = 9, "Generar información para la caracterización y el perfil"
    IRREGULARITIES = 10, "Reportar EE por indicios de irregularidades"


SHORT = {
    Activity.ANALYSE: "Analizar",
    Activity.NEEDS: "Necesidades",
    Activity.STRATEGY: "Estrategia",
    Activity.ALIGNMENT: "Alinear con el PAM",
    Activity.SUPPORT: "Apoyar",
    Activity.FOLLOW_UP: "Seguimiento",
    Activity.RATING: "Evaluación de los EE",
    Activity.VERIFICATION: "Verificar",
    Activity.REPORT: "Informe",
    Activity.IRREGULARITIES: "Irregularidades",
}


class Source(models.TextChoices):
    """What activity 1 reads, by the code of the subprocess that gives it (D02.03, activity 1)."""

    SELF_ASSESSMENT = "D01.03", "D01.03 Autoevaluación institucional"
    PEI = "D02.02", "D02.02 PEI ajustados o actualizados"
    PROFILE = "D01.04", "D01.04 Caracterización y perfil del sector educativo"
    MODEL = "C02.02", "C02.02 Cambios del PMI por un nuevo modelo educativo"
    CONTROL = "F01.03", "F01.03 Informes de evaluación con acciones correctivas"
    CURRICULUM = "D02.05", "D02.05 Cambios en el plan de estudios"


class Origin(models.TextChoices):
    ANALYSIS = "analysis", "Análisis de la Secretaría"
    CITIZEN = "citizen", "Atención al Ciudadano"
    SCHOOL = "school", "Solicitud del EE"


class NeedState(models.TextChoices):
    OPEN = "open", "Por atender"
    INCLUDED = "included", "En una asistencia"
    DECLINED = "declined", "No se atiende"


class Sector(models.TextChoices):
    """As `Dependency` says it of a Colombian school's year."""

    OFFICIAL = "O", "Oficial"
    PRIVATE = "N", "No oficial"


class Klass(models.TextChoices):
    INTEGRAL = "integral", "Acompañamiento integral"
    POINTED = "puntual", "Asesoría puntual"


class Outcome(models.TextChoices):
    """Whether, after the support, the school meets the norms and orientations on its PMI."""

    UNKNOWN = "", "Sin valorar"
    MEETS = "meets", "Cumple"
    FAILS = "fails", "Todavía no cumple"


class Modality(models.TextChoices):
    ACCOMPANY = "accompany", "Acompañamiento"
    ADVISE = "advise", "Asesoría"
    TRAIN = "train", "Capacitación"
    OTHER = "other", "Otra"


class AssistanceState(models.TextChoices):
    PROGRAMMED = "programmed", "Programada"
    RUNNING = "running", "En ejecución"
    DONE = "done", "Ejecutada"
    CANCELLED = "cancelled", "Cancelada"


class Met(models.TextChoices):
    YES = "yes", "Sí"
    PARTLY = "partly", "En parte"
    NO = "no", "No"


class Branch(models.TextChoices):
    """The two ways of activity 8, each with the code of the subprocess that it follows."""

    REQUIREMENT = "N01.04", "N01.04 Producto o servicio no conforme"
    FULFILMENT = "N01.02", "N01.02 Acción correctiva o preventiva"


class CaseState(models.TextChoices):
    OPEN = "open", "Por tratar"
    PLANNED = "planned", "Tratamiento definido"
    EXECUTED = "executed", "Ejecutado, por verificar de nuevo"
    CLOSED = "closed", "Cerrado"


class Target(models.TextChoices):
    """Where the results of activity 9 go (D02.03, activity 9)."""

    PROFILE = "D01.04", "D01.04 Caracterización y perfil del sector educativo"
    PAM = "D02.01", "D02.01 Plan de Apoyo al Mejoramiento"
    PEI = "D02.02", "D02.02 Gestión del PEI"
    CONTROL = "F01.03", "F01.03 Control del servicio educativo"
    BUILDINGS = "I02.04", "I02.04 Mantenimiento de infraestructura"
    MINISTRY = "MEN", "Ministerio de Educación Nacional"


class Entity(models.TextChoices):
    """What a change of a cycle is about."""

    CYCLE = "cycle", "Ciclo"
    CLOSING = "closing", "Cierre de actividad"
    INPUT = "input", "Fuente consultada"
    NEED = "need", "Necesidad"
    INCLUSION = "inclusion", "Clasificación"
    PAM_ACTION = "pam_action", "Acción del PAM"
    ASSISTANCE = "assistance", "Asistencia técnica"
    TASK = "task", "Tarea"
    REVIEW = "review", "Revisión de alineación"
    IMPROVEMENT = "improvement", "Acción de mejoramiento"
    FOLLOW_UP = "follow_up", "Seguimiento"
    RATING = "rating", "Evaluación del EE"
    RATINGS = "ratings", "Consolidado de evaluaciones"
    REQUIREMENT = "requirement", "Requisito"
    VERIFICATION = "verification", "Verificación"
    CASE = "case", "Desviación"
    REPORT = "report", "Informe consolidado"
    DELIVERY = "delivery", "Entrega"
    IRREGULARITY = "irregularity", "EE por reportar"
    FILING = "filing", "Reporte de irregularidades"
    POLICY = "policy", "Conservación de un registro"
