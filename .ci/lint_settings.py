"""The test settings with the migration linter, which nothing but `make lint` needs."""

from cms.settings.test import *  # noqa: F403 - Django's way to build on settings
from cms.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
