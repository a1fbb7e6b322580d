"""Who answers for an institution: mandates are given, ended and passed on."""

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pagekit.acts import Refused
from taxonomy.models import Mandate, Organisation, Succession
from taxonomy.querysets import MandateQuerySet


def in_words(mandate: Mandate) -> str:
    """A mandate in a line: the institution, the role, from and until."""
    until = date_format(mandate.ends_on, "j.m.Y") if mandate.ends_on else ""
    return f"{mandate} · {date_format(mandate.starts_on, 'j.m.Y')} – {until}".rstrip()


def officials() -> Any:
    """Open accounts that answer or answered for an institution and may do nothing else: whom moderators may name.

    So no moderator makes an official of anybody: an administrator did that, with the first mandate.
    """
    plain = get_user_model().objects.filter(is_active=True, is_superuser=False, groups=None, user_permissions=None)
    return plain.filter(pk__in=Mandate.objects.order_by().values("user"))


def contacts_of(organisation: Organisation) -> MandateQuerySet:
    """The mandates by which people answer for the body today."""
    found: MandateQuerySet = Mandate.objects.active().filter(organisation=organisation)
    return found


@transaction.atomic
def write_mandate(
    user: Any,
    organisation: Organisation,
    *,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    mandate: Mandate | None = None,
) -> Mandate:
    """Let the person answer for the body in a role, from one day until another; or change their ``mandate`` there.

    Both days count. Refused for a group of institutions, an end before the beginning, a mandate that is somebody
    else's or of another body, and days on which the person answers for the body by another mandate already.
    """
    if organisation.is_collective:
        raise Refused(_("Mandate: a group of institutions has no officials. Choose a single body."))
    if ends_on is not None and ends_on < starts_on:
        raise Refused(_("Mandate: it would end before it begins. Give a later last day."))
    # One after the other: two administrators at once would write the same mandate twice.
    get_user_model().objects.select_for_update().get(pk=user.pk)
    if mandate is None:
        row = Mandate(user=user, organisation=organisation)
    else:
        row = Mandate.objects.select_for_update().get(pk=mandate.pk)
        if row.user_id != user.pk or row.organisation_id != organisation.pk:
            raise Refused(_("Mandate: who held it and for which body is history. End it and write another one."))
    others = (
        Mandate.objects.filter(user=user, organisation=organisation).exclude(pk=row.pk).exclude(ends_on__lt=starts_on)
    )
    if ends_on is not None:
        others = others.exclude(starts_on__gt=ends_on)
    if others.exists():
        raise Refused(
            _("Mandate: this person answers for “%(body)s” in these days already. Change that mandate instead.")
            % {"body": organisation}
        )
    row.role, row.starts_on, row.ends_on = role, starts_on, ends_on
    row.save()
    return row


@transaction.atomic
def end_mandates(user: Any) -> list[Mandate]:
    """Today is the last day of every mandate of the person; answer which ended so.

    One that has not begun is taken back: nobody acted under it.
    """
    today = timezone.localdate()
    standing = Mandate.objects.select_for_update(of=("self",)).filter(user=user).exclude(ends_on__lte=today)
    ended = []
    for mandate in standing.select_related("organisation").order_by("pk"):
        if mandate.starts_on > today:
            mandate.delete()
        else:
            mandate.ends_on = today
            mandate.save(update_fields=["ends_on"])
        ended.append(mandate)
    return ended


@transaction.atomic
def pass_mandate_on(mandate: Mandate, *, to: Any, starts_on: dt.date) -> Mandate:
    """From ``starts_on`` the person ``to`` answers for the institution in the same role; the mandate before ends.

    The items belong to the institution, so they need no moving. Refused where the two would stand in each other's way.
    """
    before = Mandate.objects.select_for_update().select_related("organisation").get(pk=mandate.pk)
    if before.user_id == to.pk:
        raise Refused(_("Not passed on: this person holds the mandate. Choose another one."))
    if not to.is_active:
        raise Refused(_("Not passed on: the account of this person is closed. Choose another one."))
    if starts_on <= before.starts_on:
        raise Refused(_("Not passed on: the mandate began on that day or later. Give a later day."))
    if before.ends_on is not None and before.ends_on < starts_on:
        raise Refused(_("Not passed on: the mandate is over by then. Give an earlier day, or write a new mandate."))
    last_day = before.ends_on
    held = Mandate.objects.filter(user=to, organisation=before.organisation).exclude(ends_on__lt=starts_on)
    if held.exists():
        raise Refused(_("Not passed on: this person answers for the institution already. End this mandate instead."))
    before.ends_on = starts_on - dt.timedelta(days=1)
    before.save(update_fields=["ends_on"])
    return Mandate.objects.create(
        user=to, organisation=before.organisation, role=before.role, starts_on=starts_on, ends_on=last_day
    )


@transaction.atomic
def move_mandates(succession: Succession) -> list[tuple[Mandate, Mandate | None]]:
    """The contacts of the predecessor answer for the successor from today; answer each mandate with what follows it.

    The mandates before end today and stay as they were: who answered when is history. Nothing follows where the
    person answers for the successor already.
    """
    today = timezone.localdate()
    moved = []
    for before in contacts_of(succession.predecessor).select_for_update(of=("self",)):
        last_day = before.ends_on
        before.ends_on = today
        before.save(update_fields=["ends_on"])
        held = Mandate.objects.active(today).filter(user=before.user_id, organisation=succession.successor)
        after = None
        if not held.exists():
            after = Mandate.objects.create(
                user_id=before.user_id,
                organisation=succession.successor,
                role=before.role,
                starts_on=today,
                ends_on=last_day,
            )
        moved.append((before, after))
    return moved
