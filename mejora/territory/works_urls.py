"""Addresses of works and investments: /territorio/obras/…"""

from django.urls import path

from mejora.territory.views import works

app_name = "works"
urlpatterns = [
    path("territorio/obras/", works.listing, name="list"),
    path("territorio/obras/nueva/", works.register, name="new"),
    path("territorio/obras/<uuid:uid>/", works.detail, name="detail"),
    path("territorio/obras/<uuid:uid>/cambiar/", works.edit, name="edit"),
    path("territorio/obras/<uuid:uid>/quitar/", works.remove, name="remove"),
    path("territorio/obras/<uuid:uid>/recuperar/", works.restore, name="restore"),
    path("territorio/obras/fotos/<uuid:uid>/", works.photo, name="photo"),
    path("territorio/obras/fotos/<uuid:uid>/quitar/", works.remove_photo, name="photo_remove"),
    path("territorio/obras/fotos/<uuid:uid>/recuperar/", works.restore_photo, name="photo_restore"),
]
