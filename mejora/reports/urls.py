from django.urls import URLPattern, URLResolver, include, path

from mejora.reports.documents import views as documents
from mejora.reports.views import approvals, board, home, progress

_named: list[URLPattern | URLResolver] = [
    path("avance/", progress.table, name="progress"),
    path("avance/<int:year>/", progress.table, name="progress"),
    path("avance/<int:year>/csv/", progress.table_csv, name="progress_csv"),
    path("avance/<int:year>/escuelas/", progress.schools, name="progress_schools"),
    path("tablero/", board.listing, name="board"),
    path("tablero/<int:year>/", board.listing, name="board"),
    path("aprobaciones/", approvals.listing, name="approvals"),
    path("escuelas/<str:code>/plan/<int:year>/pdf/", documents.plan, name="plan_pdf"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    # "home" belongs to no app: it is where signing in leads.
    path("", home.home, name="home"),
    path("", include((_named, "reports"))),
]
