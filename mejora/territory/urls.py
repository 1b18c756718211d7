"""Addresses of the territory's figures and its alerts: /territorio/…"""

from django.urls import URLPattern, URLResolver, path

from mejora.territory.views import alerts, figures

app_name = "territory"
urlpatterns: list[URLPattern | URLResolver] = [
    path("territorio/", figures.territory, name="figures"),
    path("territorio/escuelas/", figures.schools, name="schools"),
    path("territorio/alertas/", alerts.alerts, name="alerts"),
    path("territorio/alertas/<uuid:uid>/", alerts.detail, name="alert"),
    path("territorio/alertas/<uuid:uid>/<slug:what>/", alerts.act, name="alert_act"),
    path("escuelas/<str:code>/asistencia/", figures.school, name="school"),
]
