from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "mejora.reports"
    label = "reports"
    verbose_name = "informes"

    def ready(self) -> None:
        """Tell the pages and the worker what can be prepared as a job."""
        from mejora.reports import prepared, record
        from mejora.reports.documents import for_advisories, monitoring_bundle
        from mejora.reports.lists import taking

        for_advisories.register()
        prepared.register(taking.KIND, taking.PREPARED)
        prepared.register(monitoring_bundle.NAME, monitoring_bundle.PREPARED)
        prepared.register(record.NAME, record.PREPARED)
