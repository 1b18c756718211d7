"""Addresses of the cycle: /asistencia/… for the Secretaría, /escuelas/<code>/asistencia-tecnica/
for the school that asks, receives and rates."""

from django.urls import URLPattern, path

from mejora.assistance.views import assistances, cycles, deeds, rows, schools, sections

app_name = "assistance"
_CYCLE = "asistencia/<uuid:uid>/"
_ONE = "asistencia/programada/<uuid:uid>/"
_ROW = "asistencia/registro/<slug:kind>/<uuid:uid>/"
_SCHOOL = "escuelas/<str:code>/asistencia-tecnica/"
urlpatterns: list[URLPattern] = [
    path("asistencia/", cycles.home, name="home"),
    path("asistencia/iniciar/", cycles.start, name="start"),
    path(_CYCLE, cycles.cycle, name="cycle"),
    path(f"{_CYCLE}criterios/", cycles.settings, name="settings"),
    path(f"{_CYCLE}cerrar/<int:number>/", cycles.close, name="close"),
    path(f"{_CYCLE}historial/", cycles.changes, name="history"),
    path(f"{_CYCLE}analisis/", sections.analysis, name="analysis"),
    path(f"{_CYCLE}necesidades/", sections.needs, name="needs"),
    path(f"{_CYCLE}clasificacion/", sections.classes, name="classes"),
    path(f"{_CYCLE}pam/", sections.pam, name="pam"),
    path(f"{_CYCLE}pam/revisar/", deeds.align, name="align"),
    path(f"{_CYCLE}seguimiento/", sections.follow_ups, name="follow_ups"),
    path(f"{_CYCLE}seguimiento/nuevo/", deeds.follow_up, name="follow_up"),
    path(f"{_CYCLE}evaluacion/", sections.ratings, name="ratings"),
    path(f"{_CYCLE}evaluacion/consolidar/", deeds.consolidate, name="consolidate"),
    path(f"{_CYCLE}evaluacion/revisar/", deeds.review_ratings, name="review_ratings"),
    path(f"{_CYCLE}verificacion/", sections.verification, name="verification"),
    path(f"{_CYCLE}informe/", sections.report, name="report"),
    path(f"{_CYCLE}informe/emitir/", deeds.issue, name="issue"),
    path(f"{_CYCLE}informe/entregar/", deeds.deliver, name="deliver"),
    path(f"{_CYCLE}irregularidades/", sections.irregularities, name="irregularities"),
    path(f"{_CYCLE}irregularidades/presentar/", deeds.file, name="file"),
    path(f"{_CYCLE}irregularidades/recibido/", deeds.receive, name="receive"),
    path(f"{_CYCLE}registros/", sections.records, name="records"),
    path(f"{_CYCLE}programar/", assistances.new, name="assistance_new"),
    path(f"{_CYCLE}nuevo/<slug:kind>/", rows.new, name="row_new"),
    path(_ONE, assistances.page, name="assistance"),
    path(f"{_ONE}cambiar/", assistances.edit, name="assistance_edit"),
    path(f"{_ONE}iniciar/", assistances.begin, name="begin"),
    path(f"{_ONE}terminar/", assistances.finish, name="finish"),
    path(f"{_ONE}cancelar/", assistances.cancel, name="cancel"),
    path(f"{_ONE}verificar/", assistances.verify, name="verify"),
    path(f"{_ONE}tarea/", rows.task_new, name="task_new"),
    path(_ROW, rows.edit, name="row"),
    path(f"{_ROW}quitar/", rows.remove, name="row_remove"),
    path(f"{_ROW}recuperar/", rows.restore, name="row_restore"),
    path("asistencia/reportar/<uuid:uid>/", rows.irregularity_new, name="irregularity_new"),
    path(
        "asistencia/reportado/<uuid:uid>/quitar/",
        rows.irregularity_remove,
        name="irregularity_remove",
    ),
    path(_SCHOOL, schools.school, name="school"),
    path(f"{_SCHOOL}pedir/", schools.ask, name="ask"),
    path(f"{_SCHOOL}<uuid:uid>/evaluar/", schools.rate, name="rate"),
]
