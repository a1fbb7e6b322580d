"""Imported once by the process from which the programs of tests/processes.py are forked."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
django.setup()
