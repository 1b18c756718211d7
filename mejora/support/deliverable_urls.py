"""Addresses of an ATE's advisory: /apoyo/planes/<uid>/productos/, /apoyo/productos/…"""

from django.urls import URLPattern, path

from mejora.support.views import deliverables

_THING = "apoyo/productos/<uuid:uid>/"
_FILE = "apoyo/productos/archivos/<uuid:uid>/"

urlpatterns: list[URLPattern] = [
    path("apoyo/asesorias/nueva/", deliverables.new, name="advisory_new"),
    path("apoyo/planes/<uuid:uid>/productos/", deliverables.listed, name="deliverables"),
    path(_THING, deliverables.one, name="deliverable"),
    path(f"{_THING}modificar/", deliverables.edit, name="deliverable_edit"),
    path(f"{_THING}archivos/", deliverables.attach, name="deliverable_attach"),
    path(f"{_THING}adjuntar/<slug:kind>/", deliverables.produce, name="deliverable_produce"),
    path(f"{_THING}entregar/", deliverables.deliver, name="deliverable_deliver"),
    path(f"{_THING}retirar/", deliverables.withdraw, name="deliverable_withdraw"),
    path(f"{_THING}aceptar/", deliverables.accept, name="deliverable_accept"),
    path(f"{_THING}devolver/", deliverables.give_back, name="deliverable_return"),
    path(f"{_THING}reconsiderar/", deliverables.undecide, name="deliverable_undecide"),
    path(f"{_FILE}quitar/", deliverables.file_remove, name="deliverable_file_remove"),
    path(f"{_FILE}recuperar/", deliverables.file_restore, name="deliverable_file_restore"),
    path(f"{_FILE}<str:name>", deliverables.file, name="deliverable_file"),
]
