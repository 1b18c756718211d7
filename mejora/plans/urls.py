"""Addresses of a plan: /escuelas/<code>/plan/<year>/…"""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from mejora.plans.enums import StageKind
from mejora.plans.views import (
    actions,
    annual,
    assessment,
    bin,
    chain,
    files,
    stages,
    strategic,
    tabs,
)

SLUGS = {
    StageKind.STRATEGIC: "estrategica",
    StageKind.PLANNING: "planificacion",
    StageKind.IMPLEMENTATION: "implementacion",
    StageKind.EVALUATION: "evaluacion",
}
_KINDS = {slug: kind for kind, slug in SLUGS.items()}


class StageConverter:
    """A stage by its Spanish word."""

    regex = "|".join(SLUGS.values())

    def to_python(self, value: str) -> StageKind:
        return _KINDS[value]

    def to_url(self, value: str) -> str:
        return SLUGS[StageKind(value)]


register_converter(StageConverter, "stage")

_year: list[URLPattern | URLResolver] = [
    path("", chain.detail, name="detail"),
    path("carta-gantt/", tabs.gantt_chart, name="gantt"),
    path("recursos/", tabs.money_table, name="money"),
    path("planes-normativos/", tabs.normative, name="normative"),
    path("historial/", tabs.changes, name="history"),
    path("versiones/", tabs.version_list, name="versions"),
    path("versiones/<int:number>/", tabs.version, name="version"),
    path("etapas/", stages.stage_list, name="stages"),
    path("etapas/<stage:kind>/", stages.stage, name="stage"),
    path("abrir-siguiente/", strategic.open_year, name="open_year"),
    path("vision-y-mision/", strategic.basis, name="basis"),
    path("autoevaluacion/", assessment.overview, name="assessment"),
    path("autoevaluacion/<slug:area>/", assessment.area, name="assessment_area"),
    path("autoevaluacion/<slug:area>/<str:component>/", assessment.judge, name="judge"),
    path("factores-criticos/", assessment.factors, name="factors"),
    path("factores-criticos/nuevo/", assessment.factor, name="factor_new"),
    path("factores-criticos/<uuid:uid>/", assessment.factor, name="factor_edit"),
    path("sellos/nuevo/", strategic.seal, name="seal_new"),
    path("sellos/<uuid:uid>/", strategic.seal, name="seal_edit"),
    path("objetivos/nuevo/", strategic.objective, name="objective_new"),
    path("objetivos/<uuid:uid>/", strategic.objective, name="objective_edit"),
    path("objetivos/<uuid:uid>/metas/nueva/", strategic.goal_new, name="goal_new"),
    path("metas/<uuid:uid>/", strategic.goal_edit, name="goal_edit"),
    path(
        "metas/<uuid:uid>/indicadores/nuevo/", strategic.goal_indicator, name="goal_indicator_new"
    ),
    path("estrategias/nueva/", annual.strategy, name="strategy_new"),
    path("estrategias/<uuid:uid>/", annual.strategy, name="strategy_edit"),
    path("estrategias/<uuid:uid>/indicadores/nuevo/", annual.indicator_new, name="indicator_new"),
    path("indicadores/<uuid:uid>/", annual.indicator_edit, name="indicator_edit"),
    path("indicadores/<uuid:uid>/mediciones/nueva/", annual.reading_new, name="reading_new"),
    path("mediciones/<uuid:uid>/", annual.reading_edit, name="reading_edit"),
    path("acciones/nueva/", actions.edit, name="action_new"),
    path("acciones/<uuid:uid>/", actions.action, name="action"),
    path("acciones/<uuid:uid>/modificar/", actions.edit, name="action_edit"),
    path("planilla.xlsx", files.workbook, name="workbook"),
    path("papelera/", bin.bin_page, name="bin"),
    path("quitar/<slug:kind>/<uuid:uid>/", bin.remove, name="remove"),
    path("recuperar/<slug:kind>/<uuid:uid>/", bin.restore, name="restore"),
]

app_name = "plans"
urlpatterns: list[URLPattern | URLResolver] = [
    path("escuelas/<str:code>/importar/", files.school_files, name="files"),
    path("escuelas/<str:code>/plan/", strategic.start, name="start"),
    path("escuelas/<str:code>/plan/<int:year>/", include(_year)),
]
