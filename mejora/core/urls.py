from django.urls import URLPattern, URLResolver, path

from mejora.core import views

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("componentes/", views.components_page, name="components"),
    path("ayuda/", views.help_page, name="help"),
    path("privacidad/", views.privacy, name="privacy"),
    path("accesibilidad/", views.accessibility, name="accessibility"),
    path("atajos/", views.shortcuts, name="shortcuts"),
]
