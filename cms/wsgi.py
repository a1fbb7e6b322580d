"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from search.analysis import load_dictionaries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")

application = get_wsgi_application()

# Before the workers fork: they share the dictionaries, and nobody's first question waits for them.
load_dictionaries()
