from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "mejora.files"
    label = "files"
    verbose_name = "archivos"
