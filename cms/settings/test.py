"""Tests: fast password hashing, mail in memory, folders that each test replaces by its own."""

import os
import tempfile
from pathlib import Path

# Nobody's own .env, in the processes that tests start neither; the settings read it while they are imported.
os.environ["ENV_FILE"] = ""

from cms.settings.base import *  # noqa: F403 - Django's way to build on settings
from cms.settings.base import CACHES, DATABASES, ELASTICSEARCH_URL

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
FOLDER_OF_TESTS = Path(tempfile.gettempdir()) / f"forum-tests-{os.getpid()}"
MEDIA_ROOT = FOLDER_OF_TESTS / "media"
SEARCH_DIR = FOLDER_OF_TESTS / "search"
CACHES["counts"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "counts"}
WHITENOISE_AUTOREFRESH = True
# A node is for the tests marked elastic; all others ask the embedded engine, whatever the environment says.
ELASTICSEARCH_TEST_URL, ELASTICSEARCH_URL = ELASTICSEARCH_URL, ""
if suffix := os.environ.get("TEST_DB_SUFFIX"):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"test-{suffix}.sqlite3")}
# Tests read the msgids, so that rewording a translation breaks none; journeys and the lint look at the catalogs.
LOCALE_PATHS = []
