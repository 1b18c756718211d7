"""Addresses of instruments and feedback reports: /apoyo/planes/<uid>/pautas/, /apoyo/informes/…"""

from django.urls import URLPattern, path

from mejora.support.views import applications, feedback

_PLAN = "apoyo/planes/<uuid:uid>/"
_REPORT = "apoyo/informes/<uuid:uid>/"
_ADVICE = "apoyo/sugerencias/<slug:code>/"

urlpatterns: list[URLPattern] = [
    path(f"{_PLAN}pautas/", applications.follow_up, name="follow_up"),
    path(f"{_PLAN}pautas/nueva/", applications.new, name="application_new"),
    path("apoyo/pautas/<uuid:uid>/", applications.application, name="application"),
    path(_ADVICE, applications.advice, name="advice"),
    path(
        f"{_ADVICE}<slug:component>/<slug:question>/", applications.advice_edit, name="advice_edit"
    ),
    path("apoyo/informes/", feedback.listing, name="feedback_list"),
    path(f"{_PLAN}informes/nuevo/", feedback.new, name="feedback_new"),
    path(_REPORT, feedback.report, name="feedback"),
    path(f"{_REPORT}enviar/", feedback.send, name="feedback_send"),
    path(f"{_REPORT}leido/", feedback.read, name="feedback_read"),
    path(f"{_REPORT}responder/", feedback.answer, name="feedback_answer"),
    path(f"{_REPORT}quitar/", feedback.remove, name="feedback_remove"),
    path(f"{_REPORT}recuperar/", feedback.restore, name="feedback_restore"),
]
