"""Settings of every process: one file, from the environment only."""

from pathlib import Path

from csp.constants import NONE, SELF

from ehospital.config import environment

PACKAGE = Path(__file__).resolve().parent.parent
DATA = environment.data_folder()

# A demo shows its tour, its inbox and its sign-in buttons; it answers on loopback only and is never a production.
DEMO = environment.flag("EHOSPITAL_DEMO")
DEBUG = False
SECRET_KEY = environment.secret_key()
HOSPITAL_NAME = environment.text("EHOSPITAL_NAME", example="St Olav's Hospital", default="E-Hospital")
# Who writes the International Patient Summary that the pages hand out: doors never import each other.
PATIENT_SUMMARY = "ehospital.fhir.exporting.summary.file"
ALLOWED_HOSTS = environment.hosts()
IMMUNISATION_SCHEDULE = environment.text(
    "EHOSPITAL_IMMUNISATION_SCHEDULE", example="/etc/ehospital/schedule.csv", default=""
)
PROXY_CHILD_AGE = environment.number("EHOSPITAL_PROXY_CHILD_AGE", default=16, least=10, most=21)
INSIDE_NETWORKS = environment.networks("EHOSPITAL_INSIDE_NETWORKS", default="127.0.0.0/8,::1/128")
HTTPS = environment.flag("EHOSPITAL_HTTPS", default=False)
NATS_URL = environment.nats_url()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_htmx",
    "procrastinate.contrib.django",
    "ehospital.foundation",
    "ehospital.people",
    "ehospital.estate",
    "ehospital.messaging",
    "ehospital.clinical",
    "ehospital.monitoring",
    "ehospital.web",
]

MIDDLEWARE = [
    "ehospital.web.kit.requests.RequestNumberMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ehospital.web.kit.stations.StationMiddleware",
    "ehospital.web.kit.requests.ActorMiddleware",
]

ROOT_URLCONF = "ehospital.config.urls"
ASGI_APPLICATION = "ehospital.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "ehospital.web.templatetags.kit",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "ehospital.web.kit.context.shell",
            ],
        },
    }
]
COTTON_DIR = "kit"
FORM_RENDERER = "ehospital.web.kit.forms.KitRenderer"

# Pooled and bounded per process, so that no burst of requests can exhaust the database.
DATABASES = {"default": environment.database()}
_options = DATABASES["default"]["OPTIONS"]
assert isinstance(_options, dict)
_options.setdefault("connect_timeout", "5")
_options["pool"] = {
    "min_size": 1,
    "max_size": environment.number("EHOSPITAL_DATABASE_POOL", default=10, least=1, most=500),
    "timeout": 10,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["ehospital.people.signing_in.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "ehospital.people.signing_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    # Lock-out is per name *and* address (people.signing_in): nobody can lock a colleague out, neither from another desk
    # nor from behind the one address that a whole hospital may share. One address that tries many names is slowed by
    # "login" alone.
    "login_failed": "5/300s/key",
    "reset_password": "10/m/ip,3/m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
# Addresses are typed by the desk or the administrator, who give the accounts; nobody signs up with a foreign one.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = HOSPITAL_NAME

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60  # one long shift
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN" if DEMO else "DENY"
CSRF_FAILURE_VIEW = "ehospital.web.errors.views.csrf_failure"

# Nothing from elsewhere, nothing inline: what a page may run is what this installation ships.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        # The tour of a demo shows the portal in a phone frame; nothing else may frame a page.
        "frame-src": [SELF] if DEMO else [NONE],
        "frame-ancestors": [SELF] if DEMO else [NONE],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.time_zone()
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": environment.file_store(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 0
ANTIVIRUS = environment.antivirus()

CACHES = {
    # In the database, so that rate limits and lock-outs hold across every copy of the web process.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "foundation_cache"}
}

for _name, _value in environment.email(demo=DEMO).items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text(
    "EHOSPITAL_EMAIL_FROM", example="hospital@example.org", default="hospital@localhost"
)

# Text messages leave through the gateway of EHOSPITAL_SMS_URL, or through a class of the hospital's own.
SMS_URL = environment.web_address("EHOSPITAL_SMS_URL", example="https://sms.example/v1/messages")
SMS_TOKEN = environment.text("EHOSPITAL_SMS_TOKEN", example="(the gateway's token)", default="")
SMS_FROM = environment.text("EHOSPITAL_SMS_FROM", example="+4721000000", default="")
SMS_GATEWAY = environment.text(
    "EHOSPITAL_SMS_GATEWAY",
    example="hospital.texting.Gateway",
    default=f"ehospital.messaging.channels.sms.{'HttpGateway' if SMS_URL else 'NoGateway'}",
)
VAPID_KEY = environment.vapid_key()
VAPID_CONTACT = environment.text(
    "EHOSPITAL_VAPID_CONTACT", example="mailto:it@hospital.example", default=f"mailto:{DEFAULT_FROM_EMAIL}"
)
PUSH_LOOPBACK = False  # no variable sets it: tests listen on this machine

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.log_level()},
    "loggers": {"django.server": {"level": "WARNING"}, "procrastinate": {"level": "WARNING"}},
}
