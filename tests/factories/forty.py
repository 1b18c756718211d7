"""A plan of forty actions such as a school writes: for documents, pages and their speed."""

import datetime as dt

from mejora.frameworks.models import Area, Term
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import EvidenceRequirement, Funding
from tests.factories.network import SchoolFactory
from tests.factories.people import UserFactory
from tests.factories.plans import (
    ActionFactory,
    GoalFactory,
    IndicatorFactory,
    MilestoneFactory,
    ObjectiveFactory,
    PlanFactory,
    PlanYearFactory,
    SealFactory,
    StrategyFactory,
)

OBJECTIVES = (
    ("GP", "Fortalecer la comprensión lectora y el razonamiento matemático en todos los cursos, "
     "con acompañamiento al aula y nivelación oportuna."),
    ("LI", "Asegurar un liderazgo que use datos para decidir."),
    ("CE", "Consolidar una convivencia que ponga en práctica los sellos y cuide la salud mental "
     "de la comunidad."),
    ("GR", "Disponer a tiempo de personas, recursos y espacios."),
)  # fmt: skip
NAMES = (
    "Plan de acompañamiento y retroalimentación docente", "Trabajo colaborativo y de co-enseñanza",
    "Nivelación pedagógica", "Taller de lenguaje y matemática",
    "Apoyo fonológico para estudiantes de prekínder a 2.º básico", "Talleres de reforzamiento",
    "Monitoreo de resultados institucionales", "Jornada de reflexión y consejo de profesores",
    "Aulas en terreno", "Implementar y dar seguimiento al plan de lectura de toda la escuela",
)  # fmt: skip
MILESTONES = ("Diagnóstico de los cursos", "Evaluación intermedia", "Muestra con las familias")
DESCRIPTION = (
    "El equipo técnico observa dos clases al semestre de cada docente con la pauta acordada, "
    "conversa lo observado dentro de la semana y deja un compromiso por escrito. En noviembre se "
    "compara con el diagnóstico de marzo."
)
LEVELS = (None, (0, None), (20, 20), (25, None), (60, 60), (75, None), (100, 100))


def plan_of_forty(actions=40, **school_fields):
    """Four objectives, nine strategies, forty actions with three milestones and money each."""
    school = SchoolFactory(name="Escuela Básica Los Maitenes", check_digit="5", **school_fields)
    plan = PlanFactory(
        school=school, start_year=2025,
        vision="Ser una escuela rural donde cada estudiante aprende, participa y cuida su entorno.",
        mission="Formamos personas que leen, preguntan y colaboran, con las familias y el valle.",
    )  # fmt: skip
    year = PlanYearFactory(plan=plan, year=2026)
    seals = [
        SealFactory(plan=plan, name="Aprendemos juntos: nadie se queda atrás", order=1,
                    text="Altas expectativas con apoyo a tiempo."),
        SealFactory(plan=plan, name="Escuela intercultural, parte del territorio", order=2),
    ]  # fmt: skip
    person = UserFactory()
    for number in range(1, 5):
        _objective(year, number, seals, actions // 4, person)
    return year


def _objective(year, number, seals, actions, person):
    code, text = OBJECTIVES[number - 1]
    area = Area.objects.get(edition=year.plan.edition, code=code)
    objective = ObjectiveFactory(plan=year.plan, area=area, text=text, order=number)
    objective.seals.set(seals[: 1 + number % 2])
    goal = GoalFactory(
        objective=objective, baseline=52, target=80, unit="%", due_year=2028,
        text="A diciembre de 2028, el 80 % de estudiantes de 2.º a 8.º logra nivel adecuado.",
    )  # fmt: skip
    strategies = [
        StrategyFactory(plan_year=year, objective=objective, goal=goal, order=n) for n in range(2)
    ]
    for strategy in strategies:
        IndicatorFactory(strategy=strategy, baseline=4, target=18, unit="docentes",
                         name="Docentes con tres visitas retroalimentadas")  # fmt: skip
    for n in range(actions):
        _action(year, strategies[n % 2], area, (number - 1) * actions + n, person)


def _action(year, strategy, area, n, person):
    edition = year.plan.edition
    level = LEVELS[n % len(LEVELS)]
    action = ActionFactory(
        plan_year=year, strategy=strategy, objective=strategy.objective, area=area, number=n + 1,
        name=NAMES[n % len(NAMES)], description=DESCRIPTION if n % 3 else "",
        starts_on=dt.date(2026, 3 + n % 4, 2 + n % 20), ends_on=dt.date(2026, 9 + n % 4, 10),
        responsible_text="Rodrigo Carrasco, jefe de UTP" if n % 5 else "",
        resources_needed="Impresiones, cuadernos de registro y horas no lectivas." if n % 2 else "",
        ate_provider="Aprender Sur SpA" if n % 9 == 4 else "", is_disabled=n == 33,
        level_now=level and Term.objects.get(
            edition=edition, kind="level", min__lte=level[0], max__gte=level[0]
        ),
        pct_now=level[1] if level else None, reported_on=level and dt.date(2026, 9, 4),
    )  # fmt: skip
    action.subareas.set(Area.objects.filter(parent=area).order_by("order")[: 1 + n % 2])
    action.normative_plans.set(
        Term.objects.filter(edition=edition, kind="normative_plan").order_by("order")[
            n % 5 : n % 5 + n % 3
        ]
    )
    for m in range(3):
        MilestoneFactory(
            action=action, name=MILESTONES[m], weight=(33, 33, 34)[m], order=m,
            due_on=dt.date(2026, 5 + 3 * m, 8 + n % 20),
            done_on=dt.date(2026, 5, 10) if m == 0 else None, done_by=person if m == 0 else None,
        )  # fmt: skip
    for order, text in enumerate(
        ("Pauta de observación aplicada", "Acta del consejo")[: 1 + n % 2]
    ):
        EvidenceRequirement.objects.create(action=action, text=text, order=order)
    sources = Term.objects.filter(edition=edition, kind="funding").order_by("order")
    for source in sources[n % 3 : n % 3 + n % 3]:
        Funding.objects.create(action=action, source=source, planned=350_000 * (n + 1))


def approve_planning(year):
    """The planning approved, the implementation begun: what a school prints in September."""
    by = UserFactory()
    at = dt.datetime(2026, 5, 14, 12, tzinfo=dt.UTC)
    year.stages.filter(kind=StageKind.PLANNING).update(
        status=StageStatus.APPROVED, sent_at=at, sent_by=by, decided_at=at, decided_by=by
    )
    year.stages.filter(kind=StageKind.IMPLEMENTATION).update(status=StageStatus.PARTIAL)
    year.stage_now, year.status_now = StageKind.IMPLEMENTATION, StageStatus.PARTIAL
    year.is_begun, year.version_no = True, 3
    year.save()
