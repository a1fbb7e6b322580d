"""Settings that every way of running shares; the only package that reads the environment."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from cms.machine import mails_of
from cms.settings.variables import Variables

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = Variables()

# Everything the site writes by itself (database, uploads, index, generated secrets) lies in one ignored folder.
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.texts("ALLOWED_HOSTS", "127.0.0.1", "localhost", "[::1]")
CSRF_TRUSTED_ORIGINS = env.texts("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "cms.apps.CmsConfig",
    "notices.apps.NoticesConfig",
    "search.apps.SearchConfig",
    "recommendations.apps.RecommendationsConfig",
    "forums.apps.ForumsConfig",
    "taxonomy.apps.TaxonomyConfig",
    "pagekit.apps.PagekitConfig",
    "accounts.apps.AccountsConfig",
    "wagtail_localize",
    # Replaces wagtail.locales: wagtail-localize brings its own locale screens.
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    # Replaces wagtail.users: people are invited, and nobody raises own rights on the account screens.
    "cms.apps.PeopleConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "cms.apps.QuietAdminConfig",
    "wagtail",
    "modelcluster",
    "taggit",
    "axes",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pagekit.headers.HeadersMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # After sessions, before everything that prints: the address prefix decides the language.
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "pagekit.acts.RefusedMiddleware",
    "accounts.kept.KeptMiddleware",
    "pagekit.doors.DoorsMiddleware",
    # Last: it must see the result of every sign-in.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# The address of the database: sqlite:///path or postgres://user:password@host:port/name.
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Readers never wait for the one writer; a second writer waits, for a while, in line.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Otherwise every model without an explicit key warns (models.W042).
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Ours from the first migration on: put in later, it would mean rewriting every table that names a person.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.validators.PolishCommonPasswordValidator"},
]
# As an invitation: a link that sets a password lives a day at most.
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "my_institution"
WAGTAILADMIN_LOGIN_URL = "sign_in"
WAGTAIL_FRONTEND_LOGIN_URL = "/sign-in/"

# Wrong passwords: the account is closed for 15 minutes after five, an address after ten (accounts.lockout).
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username"]
# The lock of addresses is ours (accounts.lockout): with django-axes' own, five wrong tries would lock out an office.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out"

LANGUAGE_CODE = "pl"  # Wagtail's first migration makes the only Locale row out of it
TIME_ZONE = "Europe/Warsaw"
USE_I18N = True
USE_TZ = True
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    ("pl", "Polski"),
    ("en", "English"),
    ("uk", "Українська"),
    ("ru", "Русский"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Without it pages have no locale, and the admin offers no translation.
WAGTAIL_I18N_ENABLED = True
# Otherwise "translate" publishes the untranslated copy at once.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = env.folder("MEDIA_ROOT", VAR_DIR / "media")
# Served straight from the packages: collecting with a manifest takes longer than the whole first start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# A recommendation with its addressees and rows has more than Django's 1000 form fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

WAGTAIL_SITE_NAME = "Fora Polityk Migracyjnych"
# No slash at the end: workflow mails build their links from it.
WAGTAILADMIN_BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000")
# Otherwise every superuser gets a mail about every submission.
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
# Both would call outside hosts from the admin.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# The list of the operating system contains names that browsers refuse.
WAGTAIL_USER_TIME_ZONES = ["Europe/Warsaw", "Europe/Kyiv", "Europe/London", "Europe/Brussels", "UTC"]
WAGTAILDOCS_DOCUMENT_MODEL = "pagekit.CustomDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "pagekit.document_forms.DocumentForm"
WAGTAILIMAGES_IMAGE_MODEL = "pagekit.CustomImage"
# Documents that hold words and carry nothing that a browser would run; each is told by its content (pagekit.documents).
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "ods", "odt", "pdf", "pptx", "rtf", "txt", "xlsx"]
# Room for a long report with pictures. Every byte passes through a worker, on the way in and on the way out.
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"  # the only door that asks for permission
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
# "Integracja" and "integracja" are one tag, from the first day on.
TAGGIT_CASE_INSENSITIVE = True
# Cyrillic titles get a transliterated address (pagekit.models), never a percent-encoded one.
WAGTAIL_ALLOW_UNICODE_SLUGS = False
# The default of half a second makes the history noisy; nothing of ours hangs on an autosave.
WAGTAIL_AUTOSAVE_INTERVAL = 3000
WAGTAIL_MODERATION_ENABLED = True
# A corrected text goes back to the moderator who has not written it.
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_PASSWORD_REQUIRED_TEMPLATE = "password_required.html"
TAG_SPACES_ALLOWED = WAGTAIL_TAG_SPACES_ALLOWED = True
# A thirteenth tag sets nothing apart; the field in the editor stops there.
WAGTAIL_TAG_LIMIT = 12
WAGTAILEMBEDS_FINDERS: list[dict[str, object]] = []  # no request to any other host, ever
WAGTAILEMBEDS_RESPONSIVE_HTML = False

# The admin's own search: substring matching neither locks nor slows with size (docs/decisions/0005).
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database.fallback"}}

# The public search: ours. One folder per host for the embedded index; a second engine by its address.
SEARCH_DIR = env.folder("SEARCH_DIR", VAR_DIR / "search")
ELASTICSEARCH_URL = env.text("ELASTICSEARCH_URL")
ELASTICSEARCH_API_KEY = env.text("ELASTICSEARCH_API_KEY")
ELASTICSEARCH_CA_FILE = env.text("ELASTICSEARCH_CA_FILE")
ELASTICSEARCH_INDEX_PREFIX = env.text("ELASTICSEARCH_INDEX_PREFIX", "forum")
# As texts: what is no number is named by a check (search.checks), not by a traceback.
ELASTICSEARCH_SHARDS = env.text("ELASTICSEARCH_SHARDS", "1")
ELASTICSEARCH_REPLICAS = env.text("ELASTICSEARCH_REPLICAS", "1")
SEARCH_ENGINE = env.text("SEARCH_ENGINE", "embedded")
SEARCH_LISTENS = env.switch("SEARCH_LISTENS", True)

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What was counted for the figures: shared by the processes of a host, and kept over a restart.
    "counts": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR_DIR / "counts"),
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

# A mail server that does not answer must not hold up all others.
EMAIL_TIMEOUT = 20
vars().update(env.mail("EMAIL_URL", f"filemail:///{mails_of(VAR_DIR)}"))
if not env.text("EMAIL_URL"):
    EMAIL_BACKEND = "cms.mails.FileBackend"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "forum@localhost")

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cms.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # but for previews, which Wagtail itself marks as its own

# The strict policy of every public page; pagekit.headers loosens it for the admin alone.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "cms.log_lines.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": env.level("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": ["console"], "level": env.level("LOG_LEVEL", "WARNING"), "propagate": False},
    },
}

SITE_NAME = _("Forums on Migration Policy")
