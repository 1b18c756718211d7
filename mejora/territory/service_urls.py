"""Addresses of the Service's report: /territorio/informe/…"""

from django.urls import path

from mejora.territory.views import service

app_name = "service"
_OBJECTIVE, _ACTION = (
    "territorio/informe/objetivos/<uuid:uid>",
    "territorio/informe/acciones/<uuid:uid>",
)
_YEAR = "territorio/informe/<int:year>"
urlpatterns = [
    path("territorio/informe/", service.home, name="home"),
    path(f"{_YEAR}/", service.page, name="report"),
    path(f"{_YEAR}/comenzar/", service.start, name="start"),
    path(f"{_YEAR}/presentacion/", service.context, name="context"),
    path(f"{_YEAR}/objetivos/nuevo/", service.objective_new, name="objective_new"),
    path(f"{_YEAR}/emitir/", service.issue, name="issue"),
    path(f"{_YEAR}/ediciones/<int:number>/", service.edition, name="edition"),
    path(f"{_OBJECTIVE}/", service.objective, name="objective"),
    path(f"{_OBJECTIVE}/quitar/", service.objective_remove, name="objective_remove"),
    path(f"{_OBJECTIVE}/recuperar/", service.objective_restore, name="objective_restore"),
    path(f"{_OBJECTIVE}/acciones/elegir/", service.choose, name="choose"),
    path(f"{_OBJECTIVE}/acciones/nueva/", service.action_new, name="action_new"),
    path(f"{_ACTION}/", service.action, name="action"),
    path(f"{_ACTION}/subir/", service.action_raise, name="action_raise"),
    path(f"{_ACTION}/quitar/", service.action_remove, name="action_remove"),
    path(f"{_ACTION}/recuperar/", service.action_restore, name="action_restore"),
]
