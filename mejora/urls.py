"""Addresses, in Spanish. Each app keeps its own."""

from django.urls import URLPattern, URLResolver, include, path

from mejora.core import errors

urlpatterns: list[URLPattern | URLResolver] = [
    path("cuenta/", include("mejora.people.account_urls")),
    path("", include("mejora.core.urls")),
    path("", include("mejora.people.urls")),
    path("", include("mejora.frameworks.urls")),
    path("", include("mejora.network.urls")),
    path("", include("mejora.plans.urls")),
    path("", include("mejora.monitoring.urls")),
    path("", include("mejora.support.urls")),
    path("", include("mejora.territory.works_urls")),
    path("", include("mejora.territory.service_urls")),
    path("", include("mejora.territory.urls")),
    path("", include("mejora.assistance.urls")),
    path("", include("mejora.reports.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
