"""When a contact or a follower hears from us: working days, the steps of the ladder, who joins at which step; pure.

The law is the section "Clock" of the domain rules; when an answer is due stands in ``recommendations.rules``. Days
are days in Warsaw; nothing here asks what day it is.
"""

import datetime as dt

from dateutil.easter import easter
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notices.choices import Addressed, Pace, Stage
from recommendations.rules import DEPUTY_AFTER, MODERATOR_AFTER, SILENT_AFTER, Clock, State, is_early

# "Monthly three times" is reckoned in the days at which others join: 30, 60, 90.
LADDER: tuple[tuple[Stage, int], ...] = (
    (Stage.BEFORE_30, -30),
    (Stage.BEFORE_7, -7),
    (Stage.ON_DAY, 0),
    (Stage.AFTER_30, DEPUTY_AFTER.days),
    (Stage.AFTER_60, MODERATOR_AFTER.days),
    (Stage.AFTER_90, SILENT_AFTER.days),
)
ORDER = tuple(Stage)
SATURDAY = 5
# The law of 6 December 2024 (Journal of Laws, item 1965) made Christmas Eve a public holiday.
CHRISTMAS_EVE_SINCE = 2025
EPIPHANY_SINCE = 2011
FIXED = ((1, 1), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
# Easter, Easter Monday, Pentecost, Corpus Christi: days from Easter Sunday.
MOVABLE = (0, 1, 49, 60)


# --- Working days


def holidays(year: int) -> frozenset[dt.date]:
    """The public holidays of Poland in a year; Sundays besides them are no working days either."""
    days = {dt.date(year, month, day) for month, day in FIXED}
    days |= {easter(year) + dt.timedelta(days=after) for after in MOVABLE}
    if year >= EPIPHANY_SINCE:
        days.add(dt.date(year, 1, 6))
    if year >= CHRISTMAS_EVE_SINCE:
        days.add(dt.date(year, 12, 24))
    return frozenset(days)


def is_working_day(day: dt.date) -> bool:
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def working_day_from(day: dt.date) -> dt.date:
    """The day itself, or the next working day."""
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def week_of(day: dt.date) -> str:
    """The week as it stands in the key of a digest: ``2026-W47``, from Monday to Sunday."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def last_day_of_week(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=6 - day.weekday())


# --- The ladder


def wants_first_notice(clock: Clock, state: State, *, is_campaign: bool) -> bool:
    """Whether a contact is to hear of it for the first time; of early editions only in the campaign."""
    if clock.notified_on is not None or clock.is_collective or state.closure:
        return False
    return is_campaign or not is_early(clock)


def mailed_on(due: dt.date, days: int) -> dt.date:
    """The day of the step that stands so many days after ``due`` (before it, if negative): a working day."""
    return working_day_from(due + dt.timedelta(days=days))


def stage_on(clock: Clock, due: dt.date, day: dt.date) -> Stage | None:
    """The last step that was reached by a day, however late it is asked for; None before the first one.

    An early edition is reminded of its day, and never told that it has passed.
    """
    reached = [stage for stage, days in LADDER if mailed_on(due, days) <= day and (days <= 0 or not is_early(clock))]
    return reached[-1] if reached else None


def stage_this_week(clock: Clock, due: dt.date, day: dt.date) -> Stage | None:
    """The step reached by the end of the week, for a digest that goes out anyway: the week has no second one.

    Nobody is told beforehand that a day has passed.
    """
    ahead = stage_on(clock, due, last_day_of_week(day))
    if ahead is None or is_after(ahead):
        return stage_on(clock, due, day)
    return ahead


def is_after(stage: Stage) -> bool:
    """Whether the step says that the day has passed."""
    return ORDER.index(stage) > ORDER.index(Stage.ON_DAY)


def is_reached(stage: Stage, by: Stage) -> bool:
    """Whether who was told ``by`` has heard what ``stage`` would say."""
    return ORDER.index(by) >= ORDER.index(stage)


def addressed_at(stage: Stage) -> frozenset[Addressed]:
    """Who is told at a step: the deputy from 30 days after the day on, the moderators from 60 days on."""
    addressed = {Addressed.CONTACT}
    if ORDER.index(stage) >= ORDER.index(Stage.AFTER_30):
        addressed.add(Addressed.DEPUTY)
    if ORDER.index(stage) >= ORDER.index(Stage.AFTER_60):
        addressed.add(Addressed.MODERATOR)
    return frozenset(addressed)


# --- How often


PACE_WEEKS = {Pace.WEEKLY: 1, Pace.FORTNIGHTLY: 2, Pace.MONTHLY: 4, Pace.LATE: 1}
# What comes on time whatever somebody chose: without the first notice no clock starts, and the day is the day.
ON_TIME = frozenset({Stage.FIRST, Stage.ON_DAY})


def is_wanted(pace: str, stage: Stage) -> bool:
    """Whether who chose this pace is told of a step at all."""
    return pace != Pace.LATE or stage in ON_TIME or is_after(stage)


def is_too_soon(pace: str, last: dt.date | None, day: dt.date) -> bool:
    """Whether the last mail of its kind, queued on the day ``last``, is too near for this pace; counted in weeks."""
    if last is None:
        return False
    return first_day_of_week(day) - first_day_of_week(last) < dt.timedelta(weeks=PACE_WEEKS[Pace(pace)])


# --- Sending


RETRIES = tuple(dt.timedelta(minutes=minutes) for minutes in (5, 30, 2 * 60, 8 * 60, 24 * 60))
ATTEMPTS = len(RETRIES) + 1


def retry_after(attempts: int) -> dt.timedelta | None:
    """How long to wait after so many failed attempts; None when it is given up."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else None


# --- Reply links, invitations and pauses


LINK_LIFE = dt.timedelta(days=35)
LONGEST_PAUSE = dt.timedelta(days=180)
# Uses of one link in a minute; programs that read mails beforehand open a link some few times.
USES_A_MINUTE = 20


# As long as the link by which somebody who forgot the password sets another.
INVITATION_LIFE = dt.timedelta(hours=24)


def is_link_over(issued_at: dt.datetime, now: dt.datetime) -> bool:
    return now >= issued_at + LINK_LIFE


def is_invitation_over(issued_at: dt.datetime, now: dt.datetime) -> bool:
    return now >= issued_at + INVITATION_LIFE


def pause_fault(until: dt.date, *, today: dt.date) -> Promise | None:
    """Why no mail may be paused until that day, and what to do instead; None where it may."""
    if until <= today:
        return _("Pause: the day is not in the future. Give the day from which mails are wanted again.")
    if until - today > LONGEST_PAUSE:
        return _("Pause: longer than 180 days. Give an earlier day, or ask the moderators to name another contact.")
    return None


# --- Following by mail


CONFIRM_WITHIN = dt.timedelta(hours=48)
# Within which a second request for the same thing sends no second mail.
CONFIRM_AGAIN_AFTER = dt.timedelta(hours=1)
# An address that refuses mail for good is of no use to anybody.
REFUSED_KEPT = dt.timedelta(days=30)
# Questions that wait at one address: whoever types it in cannot fill somebody's mailbox.
MOST_QUESTIONS = 5
MOST_FOLLOWED = 50
# Of one client, for all public forms together.
FORMS_A_MINUTE = 10
FORM_USES_KEPT = dt.timedelta(hours=1)
# Of one section of a digest; the page has the rest.
MOST_NEWS = 30
# Of one section, so many wait to be sent; at the sending those that are public still are told or counted.
MOST_NEWS_KEPT = 200
MONTHS = 12
MOST_A_MONTH = 5


def is_confirmation_over(asked_at: dt.datetime, now: dt.datetime) -> bool:
    return now >= asked_at + CONFIRM_WITHIN


def one_spelling(address: str) -> str:
    """An address as it is kept: whoever types it in capitals is nobody else."""
    return address.strip().lower()


def first_day_of_week(day: dt.date) -> dt.date:
    """The Monday before whose beginning the news lies that a digest of this week tells."""
    return day - dt.timedelta(days=day.weekday())


def mails_a_month(weeks: int) -> int:
    """About how many digests a month, if there was news in so many weeks of a year; 0: fewer than one."""
    return min(MOST_A_MONTH, round(weeks / MONTHS))
