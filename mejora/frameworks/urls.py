from django.urls import URLPattern, URLResolver, path

from mejora.frameworks import views

app_name = "frameworks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("catalogos/", views.catalogue_list, name="catalogue_list"),
    path("catalogos/<slug:country>/<slug:code>/", views.catalogue, name="catalogue"),
]
