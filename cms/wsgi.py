"""The WSGI entry point that gunicorn serves."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from cms.machine import Trouble
from search.analysis import load_dictionaries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")

try:
    application = get_wsgi_application()
except Trouble as trouble:
    sys.stderr.write(f"{trouble}\n")
    # To gunicorn it says that the site cannot be loaded: it stops, and starts no worker after worker.
    sys.exit(4)

# Before the workers fork: they share the dictionaries, and nobody's first question waits for them.
load_dictionaries()
