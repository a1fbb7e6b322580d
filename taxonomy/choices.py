"""Words of the vocabularies that code asks about."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    LOCAL = "local", _("local")
    REGIONAL = "regional", _("regional (voivodeship)")
    NATIONAL = "national", _("national")
    EU = "eu", _("European Union")


class OrganisationKind(models.TextChoices):
    MINISTRY = "ministry", _("ministry")
    CENTRAL_OFFICE = "central-office", _("central office")
    COURT_OR_OMBUDSMAN = "court-or-ombudsman", _("court, ombudsman or audit office")
    VOIVODESHIP_OFFICE = "voivodeship-office", _("voivodeship office")
    CITY = "city", _("city or commune")
    MUNICIPAL_UNIT = "municipal-unit", _("municipal unit")
    UNIVERSITY = "university", _("university")
    NGO = "ngo", _("non-governmental organisation")
    INTERNATIONAL = "international", _("international organisation or programme")
    MEDIA = "media", _("media")
    CLASS = "class", _("group of institutions")
    UNKNOWN = "unknown", _("kind not known")


class MandateRole(models.TextChoices):
    CONTACT = "contact", _("contact")
    DEPUTY = "deputy", _("deputy")
