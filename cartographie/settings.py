"""Every setting, read here from the environment and nowhere else; safe by default.

Without DATABASE_URL the embedded PostgreSQL is used, for the demonstration and for development.
"""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import environ

from cartographie import embedded
from cartographie.secret import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / ".data")))

# What this installation is

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
IS_LOCAL = DEMO or DEBUG or embedded.is_wanted()
HTTPS = env.bool("HTTPS", default=not IS_LOCAL)

LANDLORD_NAME = env("LANDLORD_NAME", default="Mon bailleur")
HELP_CONTACT = env("HELP_CONTACT", default="l'administration de l'outil")
DPO_CONTACT = env("DPO_CONTACT", default="notre délégué à la protection des données")
LANDLORD_COLOR = env("LANDLORD_COLOR", default="#0b5c8a")
DEFAULT_DEPARTEMENT = env("DEFAULT_DEPARTEMENT", default="85")
TILES = env("TILES", default="ign")
OFFLINE = env.bool("OFFLINE", default=True)

SECRET_KEY = secret_key(env("SECRET_KEY", default=""), data_dir=DATA_DIR, may_generate=IS_LOCAL)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if IS_LOCAL else []
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Django

INSTALLED_APPS = [
    "partners",
    # Simple: autodiscovery would import the admin of django-leaflet, which needs GDAL.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.messages",
    "cartographie.staticfiles.StaticFilesConfig",
    "axes",
    "csp",
    "django_htmx",
    "leaflet",
    "pghistory",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
if find_spec("django_linear_migrations"):
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "partners.middleware.BadInputMiddleware",
    "partners.middleware.KnownMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partners.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
    "partners.middleware.RefusedMethodMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partners.context.site",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja"],
        "OPTIONS": {"environment": "partners.jinja.environment"},
    },
]

# A record's form has hundreds of fields: Jinja writes them several times faster.
FORM_RENDERER = "partners.jinja.Fields"

ROOT_URLCONF = "cartographie.urls"
WSGI_APPLICATION = "cartographie.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# Database. `jit` and the start of other processes cost more than any query here.

DATABASES = {
    "default": {
        "ENGINE": "cartographie.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": "-c jit=off -c max_parallel_workers_per_gather=0",
            "connect_timeout": 10,
        },
    }
}
if embedded.is_wanted():
    DATABASES["default"] |= embedded.connection(DATA_DIR)
else:
    DATABASES["default"] |= {
        key: value
        for key, value in env.db_url("DATABASE_URL").items()
        if key in {"NAME", "USER", "PASSWORD", "HOST", "PORT"}
    }

# History: only what may write carries who does it.

PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# Accounts

AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "partners.accounts.AccountBackend",
]
PASSWORD_LENGTH = 12
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 3600  # seconds

# A session ends with the browser or after a working day: counters are shared, and a session left
# open is somebody else's. « Rester connecté » keeps it thirty days (`partners.sessions`).
SESSION_ENGINE = "partners.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# By name and address together, or one person behind the office's proxy would lock out all.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "partners.views.account.locked"
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "partners.accounts.locked_name"
AXES_SENSITIVE_PARAMETERS = ["username", "next", "csrfmiddlewaretoken"]
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

# Security (rules R3, R7, R13)

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "strict-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "partners.views.pages.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "partners.uploads.handler.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # a record with all its permanences and its zone

# API. No browsable pages and no guessing of formats: JSON, and problems in French.

REVIEW_MONTHS = env.int("REVIEW_MONTHS", default=12)
URGENT_REVIEW_MONTHS = env.int("URGENT_REVIEW_MONTHS", default=6)
API_RATE = env("API_RATE", default="300/min")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "partners.api.authentication.TokenAuthentication",
        "partners.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": ["partners.api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["partners.api.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "partners.api.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["partners.api.throttling.AccountThrottle"],
    "EXCEPTION_HANDLER": "partners.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Cartographie des partenaires",
    "DESCRIPTION": (
        "L'annuaire des partenaires d'un bailleur social. Un jeton se demande à l'administration. "
        "N'envoyez ici aucune information sur un locataire, ni dans un texte, ni dans une adresse."
    ),
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["partners.api.schema.finish"],
}

TILE_LAYERS = {
    "ign": {
        "url": (
            "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
            "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&FORMAT=image/png"
            "&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
        ),
        "origin": "https://data.geopf.fr",
        "attribution": "Fond de carte © IGN, Plan IGN V2 – contours © IGN Admin Express",
    },
    "osm": {
        "url": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "origin": "https://tile.openstreetmap.org",
        "attribution": "Fond de carte © contributeurs OpenStreetMap – contours © IGN Admin Express",
    },
    "aucun": {"url": "", "origin": "", "attribution": "Contours © IGN Admin Express"},
}
TILE_LAYER = TILE_LAYERS.get(TILES, TILE_LAYERS["ign"])

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", *filter(None, [TILE_LAYER["origin"]])],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Where an address is (Base Adresse Nationale), when a manager asks; "" for never

GEOCODER_URL = env("GEOCODER_URL", default="https://data.geopf.fr/geocodage")

# Static files

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "cartographie.staticfiles.PackedStorage"},
}

# E-mail: an SMTP server, or nothing; files in the demonstration.

EMAIL_URL = env("EMAIL_URL", default="")
vars().update(env.email_url_config(EMAIL_URL or "dummymail://"))
EMAIL_DIR = DATA_DIR / "courriels"
if DEMO:  # whatever EMAIL_URL says: its town halls have their real addresses
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(EMAIL_DIR)
EMAIL_TIMEOUT = 20
CAMPAIGN_PAUSE = env.float("CAMPAIGN_PAUSE", default=1)  # seconds between two letters
SITE_URL = env(
    "SITE_URL",
    default="http://127.0.0.1:8000" if IS_LOCAL else f"https://{next(iter(ALLOWED_HOSTS), '')}",
).rstrip("/")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env(
    "EMAIL_FROM", default=f"ne-pas-repondre@{urlsplit(SITE_URL).hostname or 'localhost'}"
)

# Logs. Nothing that a person typed may reach one (rule R3).

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "quiet": {
            "()": "cartographie.logs.QuietFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # Both repeat what a client sent: an unknown path, a forged host.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
