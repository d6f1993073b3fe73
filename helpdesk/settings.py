"""All settings, read from the environment (see .env.example for each one)."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from helpdesk import env

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules
if not TESTING:
    env.load_dotenv(BASE_DIR / ".env")

VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).absolute()
if not TESTING and sys.argv[1:2] != ["up"]:
    env.load_dotenv(VAR_DIR / "servers.env")  # where the servers of a running `make run` answer
DEBUG = env.boolean("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    SECRET_KEY = env.secret_file(VAR_DIR / "secret_key", create=sys.argv[1:2] == ["up"])  # production sets SECRET_KEY
if not SECRET_KEY and not TESTING and "compilemessages" not in sys.argv:
    raise ImproperlyConfigured("SECRET_KEY is not set: put a long random text there (make run writes one by itself).")
SECRET_KEY = SECRET_KEY or "only-for-tests"

# Links in mails and signatures are built from this, never from the Host header.
PUBLIC_URL = env.url("PUBLIC_URL", "http://127.0.0.1:8000", {"http", "https"}).rstrip("/")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS: list[str] = env.words("ALLOWED_HOSTS", sorted({str(_public.hostname), "127.0.0.1", "localhost"}))
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
SECURE = _public.scheme == "https"

# --- Parts ---------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "helpdesk.apps.HelpdeskConfig",
    "accounts",
    "hours",
    "customers",
    "channels_app",
    "faq",
    "tickets.apps.TicketsConfig",
    "surveys",
    "metrics",
    "metrics.archive",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "template_partials",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "anymail",
    "django_linear_migrations",
]
MIDDLEWARE = [
    "helpdesk.logs.RequestIdMiddleware",
    "helpdesk.health.DatabaseDownMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "faq.middleware.OwnDomainMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.StaffMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "helpdesk.urls"
ASGI_APPLICATION = "helpdesk.asgi.application"
LOADERS = ["helpdesk.lib.indented.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", LOADERS)])],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "helpdesk.templatetags.ui",
                "helpdesk.templatetags.fixed",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "helpdesk.context.page",
                "helpdesk.context.desk",
            ],
        },
    }
]

# --- Stores --------------------------------------------------------------------------------------------------------
DATABASE_URL = env.url("DATABASE_URL", "postgres://comptoir@127.0.0.1:5432/comptoir", {"postgres", "postgresql"})
REDIS_URL = env.url("REDIS_URL", "redis://127.0.0.1:6379/0", {"redis", "rediss", "unix"})
try:
    _database = dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)
except ValueError as error:
    raise ImproperlyConfigured(f"DATABASE_URL: {error}") from None
# The second time that a connection asks something with helpdesk.lib.compiled, PostgreSQL keeps its plan.
_options = {"connect_timeout": 5, "prepare_threshold": 1}
_database["OPTIONS"] = _options | _database.get("OPTIONS", {})
DATABASES: dict[str, Any] = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "helpdesk.lib.cache.ForgivingRedisCache",  # a cache that is away is a cache miss
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "comptoir",
    }
}

STORAGE_URL = env.url("STORAGE_URL", f"file://{VAR_DIR / 'media'}", {"file", "s3"})
_storage = urlsplit(STORAGE_URL)
if _storage.scheme == "file":
    _attachments: dict[str, Any] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": unquote(_storage.path),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
else:  # s3://key:secret@endpoint-host/bucket?region=...&tls=0
    _query = parse_qs(_storage.query)
    _attachments = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(_storage.username or ""),
            "secret_key": unquote(_storage.password or ""),
            "endpoint_url": f"{'http' if _query.get('tls') == ['0'] else 'https'}://{_storage.netloc.rpartition('@')[2]}",
            "bucket_name": _storage.path.strip("/"),
            "region_name": _query.get("region", [None])[0],
            "default_acl": "private",
            "file_overwrite": False,
        },
    }
STORAGES = {
    "default": _attachments,
    "staticfiles": {  # the names of hashed files are known after collectstatic only
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "helpdesk.statics.HashedFiles"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "helpdesk.statics.NodeFilesFinder",
]
NODE_MODULES = BASE_DIR / "node_modules"
NODE_FILES = {  # the only files of npm packages that are ever served
    "vendor/htmx.js": "htmx.org/dist/htmx.esm.min.js",
    "vendor/squire.js": "squire-rte/dist/squire.mjs",
    "vendor/purify.js": "dompurify/dist/purify.min.js",
    "vendor/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "vendor/inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MIMETYPES = {".speculationrules": "application/speculationrules+json"}

# --- Work in the background ----------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY = False  # the row is the truth: a lost wake-up costs seconds, a blocked page costs users
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "inbox": {"task": "channels_app.tasks.finish_inbox", "schedule": 5.0, "options": {"expires": 10}},
    "outbox": {"task": "channels_app.tasks.deliver_due", "schedule": 5.0, "options": {"expires": 10}},
    "reactions": {"task": "tickets.tasks.finish_reactions", "schedule": 5.0, "options": {"expires": 10}},
    "timers": {"task": "tickets.tasks.sweep", "schedule": 5.0, "options": {"expires": 10}},
    "rules": {"task": "tickets.tasks.run_timed_rules", "schedule": 30.0, "options": {"expires": 30}},
    "webhooks": {"task": "tickets.tasks.deliver_webhooks", "schedule": 5.0, "options": {"expires": 10}},
    "digests": {"task": "tickets.tasks.mail_digests", "schedule": 60.0, "options": {"expires": 60}},
    "pushes": {"task": "tickets.tasks.push_notifications", "schedule": 30.0, "options": {"expires": 30}},
    "surveys": {"task": "surveys.tasks.ask", "schedule": 5.0, "options": {"expires": 10}},
    "kept-files": {"task": "tickets.kept_files.forget_kept_files", "schedule": 3600.0, "options": {"expires": 3600}},
    "mass-answers": {"task": "tickets.mass.say_due", "schedule": 5.0, "options": {"expires": 10}},
    "notices": {"task": "tickets.notices.send_due", "schedule": 5.0, "options": {"expires": 10}},
    "hand-out": {"task": "tickets.tasks.hand_out", "schedule": 15.0, "options": {"expires": 15}},
    "chats": {"task": "tickets.tasks.abandon_chats", "schedule": 30.0, "options": {"expires": 30}},
    "complaints": {"task": "tickets.tasks.remind_complaints", "schedule": 300.0, "options": {"expires": 300}},
    "mailboxes": {"task": "channels_app.tasks.poll_channels", "schedule": 60.0, "options": {"expires": 60}},
    "pulse": {"task": "helpdesk.pulse", "schedule": 10.0, "options": {"expires": 10}},
    "figures": {"task": "metrics.tasks.refresh", "schedule": 5.0, "options": {"expires": 10}},
    "figures-check": {"task": "metrics.tasks.check", "schedule": crontab(hour="2", minute="10")},
    "figures-alerts": {"task": "metrics.tasks.watch", "schedule": 1800.0, "options": {"expires": 1800}},
    "figures-causes": {"task": "metrics.tasks.find_causes", "schedule": 1800.0, "options": {"expires": 1800}},
    "archives": {"task": "metrics.archive.jobs.work", "schedule": 5.0, "options": {"expires": 10}},
    "archive-files": {"task": "metrics.archive.jobs.forget_files", "schedule": 3600.0, "options": {"expires": 3600}},
    "figures-reports": {"task": "metrics.tasks.report", "schedule": 60.0, "options": {"expires": 60}},
    "ledger": {"task": "channels_app.tasks.check_ledger", "schedule": 86400.0},
    "links": {"task": "faq.tasks.check_links", "schedule": 86400.0},
    "search-words": {"task": "tickets.search.learn", "schedule": 10.0, "options": {"expires": 10}},
    "new-products": {"task": "tickets.article_gaps.ask_for_articles", "schedule": 86400.0},
}

# --- Mail ----------------------------------------------------------------------------------------------------------
EMAIL_URL = env.url("EMAIL_URL", "", {"smtp", "smtps"})  # unset: replies are kept and shown on /outbox/
OUTBOX_PATIENCE = env.integer("OUTBOX_PATIENCE_PERCENT", 100, least=1, most=1000) / 100  # scales the outbox's waits
SMTP_LISTEN = env.listen("SMTP_LISTEN", "")
MAIL_MAX_BYTES = env.integer("MAIL_MAX_BYTES", 50 * 1024 * 1024, least=1024)
ALLOW_PRIVATE_HOSTS = env.boolean("ALLOW_PRIVATE_HOSTS", False)  # webhooks and OAuth to hosts of one's own network
BLOCK_PRIVATE_MAIL_HOSTS = env.boolean("BLOCK_PRIVATE_MAIL_HOSTS", False)  # for hosting shops one does not know
ANYMAIL: dict[str, Any] = {}
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "comptoir@localhost")  # password resets; never a no-reply
if EMAIL_URL:
    _mail = urlsplit(EMAIL_URL)
    _tls = parse_qs(_mail.query).get("tls", ["0"])[0].lower()
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or (465 if _mail.scheme == "smtps" else 25)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps" or _tls in ("ssl", "implicit")
    EMAIL_USE_TLS = not EMAIL_USE_SSL and _tls in ("1", "true", "yes", "starttls")
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "helpdesk.mail.LoggedMail"

# --- Who logs in ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backend.StaffBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to whoever a stranger names
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Comptoir] "  # else the Host header's
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"reset_password": "20/m/ip,5/m/key", "login_failed": False}
USERSESSIONS_TRACK_ACTIVITY = False  # five queries and a write on each request, to know a little more
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Comptoir"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username"], ["ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_IPWARE_PROXY_COUNT = env.integer("PROXY_COUNT", 0)
ADMIN_EMAIL = env.text("ADMIN_EMAIL", "admin@example.com")
ADMIN_PASSWORD = env.text("ADMIN_PASSWORD")

# --- Sessions and browser security ---------------------------------------------------------------------------------
SESSION_ENGINE = "accounts.sessions"  # in the database: a login outlives a cache
SESSION_COOKIE_NAME = "comptoir_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "comptoir_csrf"
CSRF_FAILURE_VIEW = "helpdesk.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_SSL_REDIRECT = False  # the proxy's work
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.integer("PROXY_COUNT", 0) else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "manifest-src": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# --- REST API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["helpdesk.api.DeclaredPolicy"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "helpdesk.api.Cursor",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["helpdesk.api.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": env.text("API_RATE", "700/min")},
    "EXCEPTION_HANDLER": "helpdesk.api.errors",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Comptoir",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "helpdesk.api.schema.describe_refusals",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ChannelKind": "channels_app.models.ChannelKind",
        "DeadlineKind": ["first_reply", "next_reply", "resolution"],
        "DeadlineState": ["running", "paused", "met", "missed", "cancelled"],
        "EventKind": "tickets.models.EventKind",
        "IdentityKind": "customers.models.Identity.Kind",
        "InboundState": "channels_app.models.InboundMessage.State",
        "Role": "accounts.models.Role",
        "SurveyKind": "surveys.models.Kind",
        "SurveyState": "surveys.models.State",
        "TicketState": "tickets.states.State",
    },
}

# --- Languages and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.text("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- What we see of it ---------------------------------------------------------------------------------------------
LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
LOG_FORMAT = env.text("LOG_FORMAT", "line")  # "line" to read, "json" to collect
METRICS_TOKEN = env.text("METRICS_TOKEN")
SENTRY_DSN = env.text("SENTRY_DSN")
LOGGING_CONFIG = None  # helpdesk.logs sets it up
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS and redirects follow PUBLIC_URL and the proxy
    "security.W008",
    "auth.W004",  # e-mail addresses are unique whatever their case: a constraint that the check does not see
]
