#!/usr/bin/env python
"""Django's command line, for the site that `make run` serves unless DJANGO_SETTINGS_MODULE names other settings."""

import os
import sys

from django.core.management import execute_from_command_line

from cms.machine import Trouble

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("DJANGO_SETTINGS_MODULE") or "cms.settings.production"
    try:
        execute_from_command_line(sys.argv)
    except Trouble as trouble:
        sys.exit(str(trouble))
