"""Development: runserver, debug pages, mail on the console, no secrets to set."""

from cms.settings.base import *  # noqa: F403 - Django's way to build on settings

DEBUG = True
SECRET_KEY = SECRET_KEY or "development-only-never-in-production"  # noqa: F405 - of base
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
