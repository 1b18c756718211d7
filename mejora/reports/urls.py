from django.urls import URLPattern, URLResolver, include, path

from mejora.reports.documents import views as documents
from mejora.reports.views import progress

_named: list[URLPattern | URLResolver] = [
    path("avance/", progress.table, name="progress"),
    path("avance/<int:year>/", progress.table, name="progress"),
    path("avance/<int:year>/csv/", progress.table_csv, name="progress_csv"),
    path("avance/<int:year>/escuelas/", progress.schools, name="progress_schools"),
    path("escuelas/<str:code>/plan/<int:year>/pdf/", documents.plan, name="plan_pdf"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("", include((_named, "reports")))]
