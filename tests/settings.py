"""The product's settings with a folder of its own and the few lines that tests need different."""

import os
import tempfile

os.environ["MEJORA_DATA"] = tempfile.mkdtemp(prefix="mejora-test-")
for name in ("HOST", "MEJORA_ORIGIN", "EMAIL_URL", "MEJORA_TODAY"):
    os.environ.pop(name, None)

from mejora.settings import *  # noqa: E402, F403
from mejora.settings import DATA, DATABASES, STORAGES, TEMPLATES  # noqa: E402


class UndefinedVariable(str):
    """A template that names something that is not there fails instead of showing nothing."""

    def __mod__(self, name):
        raise AssertionError(f"La plantilla usa «{name}», que no existe")

    def __contains__(self, text):
        return text == "%s" or super().__contains__(text)


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, so that real threads meet in it as they do in production.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Rows come and go with the same keys from test to test: nothing drawn is kept.
    "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MIDDLEWARE = [m for m in MIDDLEWARE if "whitenoise" not in m]  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
