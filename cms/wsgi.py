"""The WSGI entry point that gunicorn serves."""

import gc
import os
import sys
from importlib import import_module

from django.conf import settings
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

# Before the workers fork: they share the dictionaries and the views, and nobody's first question waits for them.
load_dictionaries()
import_module(settings.ROOT_URLCONF)
# All this stays. To look through it for garbage would hold a reader up for a quarter of a second, now and then.
gc.collect()
gc.freeze()
