"""Kinds of issuers and words of a forum."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ForumKind(models.TextChoices):
    FORUM = "forum", _("forum")
    ROUND_TABLE = "round-table", _("round table")
    WORKSHOP = "workshop", _("workshop")
    SEMINAR = "seminar", _("seminar")
    DEBATE = "debate", _("debate or panel")
    AWARD_ROUND = "award-round", _("award round")
    CAMPAIGN = "campaign", _("campaign")
    PROJECT = "project", _("project")
    PROGRAMME = "programme", _("programme")
    INSTITUTION = "institution", _("institution's addresses")
    PETITION = "petition", _("petition")
    AUDIT = "audit", _("audit")
    MOTION = "motion", _("motion")


# What lists show as forums and workshops; the rest are other sources of recommendations.
GATHERINGS = frozenset(
    {ForumKind.FORUM, ForumKind.ROUND_TABLE, ForumKind.WORKSHOP, ForumKind.SEMINAR, ForumKind.DEBATE}
)


class GroupKind(models.TextChoices):
    GROUP = "group", _("working group")
    TRACK = "track", _("track")
    DEBATE = "debate", _("debate")
    PANEL = "panel", _("panel")
    JURY = "jury", _("jury")


class Precision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    RANGE = "range", _("range")
    ABOUT = "about", _("about")
    BEFORE = "before", _("before")
    AFTER = "after", _("after")
    UNKNOWN = "unknown", _("not known")


# A date known only as a bound counts as "no date" in the year facet and gives ND in references (domain.md, References).
UNDATED = frozenset({Precision.BEFORE, Precision.AFTER, Precision.UNKNOWN})


class SetState(models.TextChoices):
    COMPLETE = "complete", _("complete")
    PARTIAL = "partial", _("partial")
    NOT_RECOVERED = "not_recovered", _("not recovered")


class BodyRole(models.TextChoices):
    ORGANISER = "organiser", _("organiser")
    PARTNER = "partner", _("partner")
    FUNDER = "funder", _("funder")
    PUBLISHER = "publisher", _("publisher")
    HOST = "host", _("host")
    MEDIA_PATRON = "media_patron", _("media patron")


class NameKind(models.TextChoices):
    OFFICIAL = "official", _("official name")
    ALIAS = "alias", _("other name")


class EffectState(models.TextChoices):
    OPEN = "open", pgettext_lazy("expected effect", "open")
    REACHED = "reached", _("reached")
    PARTLY = "partly", _("reached in part")
    NOT_REACHED = "not_reached", _("not reached")
