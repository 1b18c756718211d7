"""Addresses of the support: /apoyo/…, and /escuelas/<code>/apoyo/ for who receives it."""

from django.urls import URLPattern, path

from mejora.support import deliverable_urls, feedback_urls
from mejora.support.views import lists, parts, plans, records, sessions

app_name = "support"
_PLAN = "apoyo/planes/<uuid:uid>/"
_SESSION = "apoyo/sesiones/<uuid:uid>/"
urlpatterns: list[URLPattern] = [
    path("apoyo/", lists.home, name="home"),
    path("apoyo/catalogo/", lists.catalogue, name="catalogue"),
    path("apoyo/catalogo/<uuid:uid>/", lists.own_term, name="own_term"),
    path("apoyo/catalogo/<uuid:uid>/quitar/", lists.own_term_remove, name="own_term_remove"),
    path("apoyo/catalogo/<uuid:uid>/recuperar/", lists.own_term_restore, name="own_term_restore"),
    path("apoyo/catalogo/<slug:kind>/nuevo/", lists.own_term_new, name="own_term_new"),
    path("escuelas/<str:code>/apoyo/", lists.school, name="school"),
    path("apoyo/planes/nuevo/", plans.plan_new, name="plan_new"),
    path(_PLAN, plans.plan, name="plan"),
    path(f"{_PLAN}modificar/", plans.plan_edit, name="plan_edit"),
    path(f"{_PLAN}cerrar/", plans.plan_close, name="plan_close"),
    path(f"{_PLAN}reabrir/", plans.plan_reopen, name="plan_reopen"),
    path(f"{_PLAN}carta-gantt/", plans.gantt, name="gantt"),
    path(f"{_PLAN}historial/", plans.changes, name="history"),
    path(f"{_PLAN}objetivos/nuevo/", parts.objective_new, name="objective_new"),
    path("apoyo/objetivos/<uuid:uid>/", parts.objective, name="objective"),
    path(
        "apoyo/objetivos/<uuid:uid>/indicadores/nuevo/", parts.indicator_new, name="indicator_new"
    ),
    path("apoyo/indicadores/<uuid:uid>/", parts.indicator, name="indicator"),
    path("apoyo/indicadores/<uuid:uid>/mediciones/nueva/", parts.reading_new, name="reading_new"),
    path("apoyo/mediciones/<uuid:uid>/", parts.reading, name="reading"),
    path("apoyo/objetivos/<uuid:uid>/acciones/nueva/", parts.action_new, name="action_new"),
    path("apoyo/acciones/<uuid:uid>/", parts.action, name="action"),
    path("apoyo/acciones/<uuid:uid>/fuerza-mayor/", records.adjust, name="adjust"),
    path("apoyo/fuerza-mayor/<uuid:uid>/<str:name>", records.document, name="document"),
    path("apoyo/quitar/<slug:kind>/<uuid:uid>/", records.remove, name="remove"),
    path("apoyo/recuperar/<slug:kind>/<uuid:uid>/", records.restore, name="restore"),
    path(f"{_PLAN}sesiones/", sessions.sessions, name="sessions"),
    path(f"{_PLAN}sesiones/nueva/", sessions.session_new, name="session_new"),
    path(_SESSION, sessions.session, name="session"),
    path(f"{_SESSION}agenda/", sessions.session_edit, name="session_edit"),
    path(f"{_SESSION}acta/", sessions.session_hold, name="session_hold"),
    path(f"{_SESSION}suspender/", sessions.session_cancel, name="session_cancel"),
    path(f"{_SESSION}compromisos/nuevo/", sessions.commitment_new, name="commitment_new"),
    path("apoyo/compromisos/<uuid:uid>/", sessions.commitment, name="commitment"),
    path(
        "apoyo/compromisos/<uuid:uid>/modificar/", sessions.commitment_edit, name="commitment_edit"
    ),
    path(
        "apoyo/compromisos/<uuid:uid>/reabrir/",
        sessions.commitment_reopen,
        name="commitment_reopen",
    ),
    *feedback_urls.urlpatterns,
    *deliverable_urls.urlpatterns,
]
