"""Production, and `make run`: debug off, everything that a deployment check asks for."""

from cms.machine import Trouble, kept_key
from cms.settings.base import *  # noqa: F403 - Django's way to build on settings
from cms.settings.base import SECRET_KEY, VAR_DIR, env

# The key that `make run` made: commands called by hand are then of the same site.
SECRET_KEY = SECRET_KEY or kept_key(VAR_DIR)
if not SECRET_KEY:
    raise Trouble(
        "SECRET_KEY is not set. Put a long random text into the environment variable SECRET_KEY "
        "(`make run` makes one by itself in var/)."
    )

# `make run` serves plain HTTP on loopback and switches this off; a browser would drop the cookies otherwise.
HTTPS = env.switch("HTTPS", True)

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if env.switch("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Or ten wrong passwords of anybody would close the address of everybody: that of the proxy.
    AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address_told_by_proxy"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
if HTTPS:
    # The prefix makes browsers refuse a cookie of that name from a subdomain or without TLS.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    MESSAGE_STORAGE = "cms.notes.HostStorage"
