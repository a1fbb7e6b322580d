"""The words of the mail: what is sent, to whom, how reply links and invitations end; and what readers tell us."""

import enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """The steps of the ladder, from the first notice on (domain.md, "Clock")."""

    FIRST = "first", _("first notice")
    BEFORE_30 = "before_30", _("30 days before")
    BEFORE_7 = "before_7", _("7 days before")
    ON_DAY = "on_day", _("on the day")
    AFTER_30 = "after_30", _("30 days after")
    AFTER_60 = "after_60", _("60 days after")
    AFTER_90 = "after_90", _("90 days after")


class Pace(models.TextChoices):
    """How often somebody wants to hear of us; no first notice and no mail of the day itself waits for it."""

    WEEKLY = "weekly", _("every week in which there is something")
    FORTNIGHTLY = "fortnightly", _("every second week at most")
    MONTHLY = "monthly", _("every fourth week at most")
    LATE = "late", _("reminders only of what is due today or overdue")


class Addressed(enum.Enum):
    """As what somebody gets a reminder."""

    CONTACT = "contact"
    DEPUTY = "deputy"
    MODERATOR = "moderator"


class Kind(models.TextChoices):
    """What a mail is about."""

    REMINDER = "reminder", _("reminder")
    RECEIPT = "receipt", _("receipt of an answer")
    FINDING = "finding", _("result of an assessment")
    NOT_ME = "not_me", _("a contact says: it is not me")
    INVITATION = "invitation", _("invitation")
    DIGEST = "digest", _("news of the week")
    CONFIRM = "confirm", _("question whether to follow")
    REMARKS = "remarks", _("what readers told us")
    ANSWER = "answer", _("answer to a reader")
    SUBMITTED = "submitted", _("pages that wait for approval")
    RETURNED = "returned", _("pages that were sent back")
    APPROVED = "approved", _("pages that were approved")
    NOT_PUBLIC = "not_public", _("pages that did not become public on their day")
    COMMENTED = "commented", _("comments on drafts")
    TRANSLATE = "translate", _("pages to be translated")


# What those who write, approve and translate hear of pages.
OF_PAGES = frozenset({Kind.SUBMITTED, Kind.RETURNED, Kind.APPROVED, Kind.NOT_PUBLIC, Kind.COMMENTED, Kind.TRANSLATE})


class RemarkKind(models.TextChoices):
    """What a reader tells us about a recommendation."""

    WRONG = "wrong", _("Something is wrong here")
    NEW = "new", _("There is something new")
    OTHER = "other", _("Something else")


class RemarkState(models.TextChoices):
    """How far moderators are with it."""

    NEW = "new", _("new")
    TAKEN_UP = "taken_up", _("taken up")
    TURNED_DOWN = "turned_down", _("turned down")
    DONE = "done", _("done")


CLOSED_REMARKS = frozenset({RemarkState.TURNED_DOWN, RemarkState.DONE})


class Ending(models.TextChoices):
    """Why a reply link was ended before its time."""

    NOT_ME = "not_me", _("the person is not the contact")
    REVOKED = "revoked", _("revoked")


class InvitationEnding(models.TextChoices):
    """Why an invitation was ended before anybody accepted it."""

    REPLACED = "replaced", _("replaced by a newer one")
    REVOKED = "revoked", _("revoked")


class Act(models.TextChoices):
    """What somebody did with a reply link."""

    OPENED = "opened", _("opened")
    ANSWERED = "answered", _("answered")
    REFUSED = "refused", _("sent something that could not be recorded")
    PAUSED = "paused", _("paused")
    NOT_ME = "not_me", _("said: it is not me")
