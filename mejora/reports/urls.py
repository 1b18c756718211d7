from django.urls import URLPattern, URLResolver, include, path

from mejora.reports.documents import views as documents
from mejora.reports.views import (
    approvals,
    assistance,
    board,
    board_now,
    figures,
    files,
    home,
    lists,
    progress,
    records,
    service,
)

_PERIOD = "escuelas/<str:code>/monitoreo/<int:year>/<period:slug>/"
_YEAR = "escuelas/<str:code>/plan/<int:year>/"
_named: list[URLPattern | URLResolver] = [
    path("avance/", progress.table, name="progress"),
    path("avance/<int:year>/", progress.table, name="progress"),
    path("avance/<int:year>/csv/", progress.table_csv, name="progress_csv"),
    path("avance/<int:year>/xlsx/", lists.progress_workbook, name="progress_xlsx"),
    path("avance/<int:year>/escuelas/", progress.schools, name="progress_schools"),
    path("tablero/", board_now.page, name="board"),
    path("tablero/<int:year>/", board_now.page, name="board"),
    path("tablero/<int:year>/niveles/", board.listing, name="board_levels"),
    path("tablero/<int:year>/alertas/", board_now.alerts, name="board_alerts"),
    path("tablero/<int:year>/informes/", board.reports, name="board_reports"),
    path("aprobaciones/", approvals.listing, name="approvals"),
    path("descargar/<slug:listed>/<slug:ending>/", lists.of_place, name="list"),
    path(f"{_YEAR}descargar/<slug:listed>/<slug:ending>/", lists.of_year, name="year_list"),
    path("archivos/", files.listing, name="files"),
    path("archivos/<uuid:uid>/", files.page, name="file"),
    path("archivos/<uuid:uid>/descargar/", files.download, name="file_download"),
    path("archivos/<uuid:uid>/cancelar/", files.cancel, name="file_cancel"),
    path("archivos/<uuid:uid>/retomar/", files.resume, name="file_resume"),
    path("archivos/<uuid:uid>/eliminar/", files.delete, name="file_delete"),
    path("escuelas/<str:code>/expediente/", records.take, name="record"),
    path("importar/expediente/", records.bring, name="record_import"),
    path("escuelas/<str:code>/plan/<int:year>/pdf/", documents.plan, name="plan_pdf"),
    path(f"{_PERIOD}informe/", documents.monitoring, name="monitoring_pdf"),
    path(f"{_PERIOD}papel/<str:kind>/", documents.monitoring_form, name="monitoring_form"),
    path("apoyo/informes/<uuid:uid>/pdf/", documents.feedback_pdf, name="feedback_pdf"),
    path("apoyo/informes/<uuid:uid>/docx/", documents.feedback_docx, name="feedback_docx"),
    path(
        "asistencia/<uuid:uid>/informe/descargar/<slug:ending>/",
        assistance.report,
        name="assistance_report",
    ),
    path(
        "asistencia/<uuid:uid>/irregularidades/descargar/<slug:ending>/",
        assistance.irregularities,
        name="irregularities_report",
    ),
    path("territorio/informe/<int:year>/<slug:ending>/", service.draft, name="service"),
    path(
        "territorio/informe/<int:year>/ediciones/<int:number>/<slug:ending>/",
        service.edition,
        name="service_edition",
    ),
    path("escuelas/<str:code>/plan/<int:year>/cifras/", figures.page, name="figures"),
    path("escuelas/<str:code>/plan/<int:year>/cifras/pdf/", figures.pdf, name="figures_pdf"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    # "home" belongs to no app: it is where signing in leads.
    path("", home.home, name="home"),
    path("", include((_named, "reports"))),
]
