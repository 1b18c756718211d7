"""Settings, read from the environment; safe when nothing is set, refusing what they do not know.

MEJORA_DATA    folder for database, files, key and mail (default: var/ beside the package)
DATABASE_URL   another database, e.g. postgres://user:password@host/name
HOST, PORT     where it listens (default 127.0.0.1:8000)
MEJORA_ORIGIN  the address people type, e.g. https://mejora.example.cl
EMAIL_URL      smtp://user:password@host:587 or smtps://...; without it mail is written to a folder
MEJORA_TODAY   a fixed date (YYYY-MM-DD), for demonstrations and tests
"""

import datetime as dt
import ipaddress
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from mejora.core import secret

django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("MEJORA_DATA") or PACKAGE.parent / "var").resolve()
try:
    DATA.mkdir(parents=True, exist_ok=True)
except OSError as _error:
    raise ImproperlyConfigured(
        f"MEJORA_DATA: no se puede usar la carpeta {DATA} ({_error.strerror})."
    ) from None


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


HOST = os.environ.get("HOST") or "127.0.0.1"
try:
    PORT = int(os.environ.get("PORT") or 8000)
    dt.date.fromisoformat(os.environ.get("MEJORA_TODAY") or "2026-01-01")
except ValueError as _error:
    raise ImproperlyConfigured(
        f"PORT es un número y MEJORA_TODAY una fecha, AAAA-MM-DD ({_error})."
    ) from None
ORIGIN = (os.environ.get("MEJORA_ORIGIN") or "").rstrip("/")
# The sample's accounts have a published password: they sign in only where nobody else can reach.
SAMPLE_SIGN_IN = _loopback(HOST) and not ORIGIN

SECRET_KEY = secret.key(DATA / "secret_key")
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
if ORIGIN:
    _origin = urlsplit(ORIGIN)
    if _origin.scheme not in {"http", "https"} or not _origin.hostname:
        raise ImproperlyConfigured(
            "MEJORA_ORIGIN debe ser una dirección completa, como https://mejora.example.cl"
        )
    ALLOWED_HOSTS.append(_origin.hostname)
    CSRF_TRUSTED_ORIGINS = [ORIGIN]
elif not _loopback(HOST):
    ALLOWED_HOSTS.append("*" if HOST in {"0.0.0.0", "::"} else HOST)  # noqa: S104 - compared, not bound to

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    "mejora.core",
    "mejora.people",
    "mejora.frameworks",
    "mejora.files",
    "mejora.network",
    "mejora.plans",
    "mejora.monitoring",
    "mejora.participation",
    "mejora.support",
    "mejora.territory",
    "mejora.assistance",
    "mejora.reports",
]

MIDDLEWARE = [
    "mejora.core.middleware.roomy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mejora.core.middleware.compressed",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mejora.core.middleware.readable",
    "mejora.core.middleware.request_id",
    "mejora.core.middleware.private",
    "mejora.core.middleware.get_never_writes",
    "mejora.core.middleware.refusals",
    "mejora.network.middleware.actor",
]

ROOT_URLCONF = "mejora.urls"
WSGI_APPLICATION = "mejora.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "mejora.network.context.shell",
            ],
            "builtins": ["mejora.core.templatetags.mejora"],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "mejora.core.spoken.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
        },
    }
]
FORM_RENDERER = "mejora.core.forms.Renderer"

if os.environ.get("DATABASE_URL"):
    try:
        _database = dj_database_url.config(conn_max_age=600, conn_health_checks=True)
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL debe ser como postgres://usuario:clave@servidor/base"
        ) from None
    if _database.get("ENGINE") == "django.db.backends.postgresql":
        # Our queries are short: compiling one takes longer than running it.
        _options = _database.setdefault("OPTIONS", {})
        _options["options"] = f"{_options.get('options', '')} -c jit=off".strip()
    DATABASES = {"default": _database}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA / "mejora.sqlite3"),
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                # A writer waits for its turn instead of failing half-way with "locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                    "PRAGMA mmap_size=268435456; PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY"
                ),
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # In the database, so that the limits on sign-in hold across processes and machines.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # Parts of pages that are drawn alike until something is written; per process, some 20 MB.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 300,
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["mejora.people.backends.EmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "mejora.people.passwords.NotLikeThePerson",
        "OPTIONS": {"user_attributes": ["name", "email", "position"]},
    },
    {"NAME": "mejora.people.passwords.MinimumLength", "OPTIONS": {"min_length": 12}},
    {"NAME": "mejora.people.passwords.NotCommon"},
    {"NAME": "mejora.people.passwords.NotOnlyDigits"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "mejora.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an account exists only by invitation to that address
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session stays; every other one ends
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password is told to its owner
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_FORMS = {
    "login": "mejora.people.forms.LoginForm",
    "change_password": "mejora.people.forms.ChangePasswordForm",
    "reset_password": "mejora.people.forms.ResetPasswordForm",
    "reset_password_from_key": "mejora.people.forms.ResetPasswordKeyForm",
}
# Per address of the network generously: a whole school may stand behind one.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "60/10m/ip,5/10m/key",
    "reset_password": "20/10m/ip,3/10m/key",
}

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mejora.core.errors.csrf_failure"
if ORIGIN.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sesion", "__Host-csrf"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the limits count who stands before that same proxy
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "es"
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "America/Santiago"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # the whole month of a big school in one form
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "mejora.files.uploads.Limit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600

DEFAULT_FROM_EMAIL = os.environ.get("MEJORA_MAIL_FROM") or "Mejora <no-responder@localhost>"
if os.environ.get("EMAIL_URL"):
    _mail = urlsplit(os.environ["EMAIL_URL"])
    if _mail.scheme not in {"smtp", "smtps"} or not _mail.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL debe ser smtp://usuario:clave@servidor:587 o smtps://usuario:clave@servidor"
        )
    EMAIL_HOST = _mail.hostname
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA / "mail"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "failures": {"class": "logging.StreamHandler", "formatter": "line", "level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # The worker tells of each start and end, in English; only a job that failed is news.
    "loggers": {
        name: {"handlers": ["failures"], "propagate": False}
        for name in ("django_tasks", "django_tasks_db")
    },
}
