"""What a person is given and what is taken away again: roles, mandates, and in the end the access itself.

Administrators do all of it. Moderators say which officials answer for an institution, and give nobody anything else.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from accounts.models import KEEPING
from notices.choices import InvitationEnding
from notices.models import Invitation
from notices.services.invitations import end_waiting, invite, require_keeper
from notices.services.reply_links import revoke_links
from pagekit.acts import Refused
from pagekit.versions import fingerprint
from recommendations.models import Assignment
from recommendations.services.actors import is_moderator
from recommendations.services.items import ANSWERING
from taxonomy.models import Mandate, Organisation
from taxonomy.services.mandates import end_mandates, in_words, officials, pass_mandate_on, write_mandate

BACKEND = "accounts.backends.AccountBackend"


@dataclass(frozen=True)
class Left:
    """An institution for which nobody answers any more, and how many of its items are open."""

    organisation: Organisation
    items: int


@dataclass(frozen=True)
class Ended:
    """What ended with an access."""

    mandates: list[Mandate]
    links: int
    left: list[Left] = field(default_factory=list)


@transaction.atomic
def set_mandate(
    person: Any,
    organisation: Organisation,
    *,
    by: Any,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    mandate: Mandate | None = None,
    seen: str = "",
) -> Mandate:
    """Give the person a mandate, or change the one they hold there, as ``write_mandate``; kept is who made it what.

    ``seen`` is the fingerprint of the mandate that was shown: Refused where it was changed since. A moderator is
    refused everybody but ``officials``, and a mandate that is over.
    """
    # In this order everywhere: the person, then the mandates.
    get_user_model().objects.select_for_update().get(pk=person.pk)
    held = Mandate.objects.select_related("organisation").get(pk=mandate.pk) if mandate else None
    require_giver(by, person, held)
    if held and seen and fingerprint(held) != seen:
        raise Refused(
            _("Not saved: somebody changed this mandate meanwhile; now it is %(mandate)s. Open it again.")
            % {"mandate": in_words(held)}
        )
    before = in_words(held) if held else ""
    written = write_mandate(person, organisation, role=role, starts_on=starts_on, ends_on=ends_on, mandate=held)
    log(
        instance=written,
        action="wagtail.edit" if held else "wagtail.create",
        user=by,
        data={"mandate": in_words(written), "before": before},
    )
    return written


@transaction.atomic
def hand_on(mandate: Mandate, *, to: Any, by: Any, starts_on: dt.date) -> Mandate:
    """As ``pass_mandate_on``, by who may name both people; kept is who passed it on."""
    get_user_model().objects.select_for_update().get(pk=to.pk)
    held = Mandate.objects.select_related("organisation", "user").get(pk=mandate.pk)
    require_giver(by, held.user, held)
    require_giver(by, to, None)
    before = in_words(held)
    after = pass_mandate_on(held, to=to, starts_on=starts_on)
    held.refresh_from_db()
    log(instance=held, action="wagtail.edit", user=by, data={"mandate": in_words(held), "before": before})
    log(instance=after, action="wagtail.create", user=by, data={"mandate": in_words(after), "before": ""})
    return after


def require_giver(by: Any, person: Any, held: Mandate | None) -> None:
    """Refused unless ``by`` may say for whom the person answers, or change the mandate ``held``."""
    if by is None or by.keeps(person):
        require_other(by, person, _("Nobody changes their own mandates. Ask another administrator."))
        return
    if not (by.is_active and is_moderator(by)):
        raise Refused(_("Not allowed: only moderators and administrators name contacts and deputies. Ask one."))
    if not officials().filter(pk=person.pk).exists():
        raise Refused(
            _(
                "Not allowed: a moderator names only accounts of officials, which have answered for an institution "
                "before and have no other role. Ask an administrator."
            )
        )
    if held and held.ends_on is not None and held.ends_on < timezone.localdate():
        raise Refused(_("This mandate is over, and who answered when is history. Write a new one."))


@transaction.atomic
def set_roles(person: Any, *, by: Any, wanted: Iterable[str], offered: Iterable[str]) -> bool:
    """Give the person exactly the ``wanted`` of the ``offered`` groups, by name; others are left. Answer whether it
    changed anything.

    Refused for one's own roles, and where nobody would be left who keeps accounts.
    """
    require_other(by, person, _("Nobody changes their own roles. Ask another administrator."))
    hold_keepers()
    held = set(person.groups.filter(name__in=set(offered)).values_list("name", flat=True))
    new, old = set(wanted) - held, held - set(wanted)
    if not (new or old):
        return False
    person.groups.remove(*Group.objects.filter(name__in=old))
    person.groups.add(*Group.objects.filter(name__in=new))
    require_somebody_left()
    log(instance=person, action="notices.roles", user=by, data={"added": sorted(new), "removed": sorted(old)})
    return True


@transaction.atomic
def end_access(person: Any, *, by: Any) -> Ended:
    """Nothing opens for the person any more: no sign-in, no session, no mailed link; roles and mandates end today.

    What they recorded stays, their drafts stay theirs and are shown to nobody. Refused for one's own access, and for
    that of the last administrator who can sign in.
    """
    require_other(by, person, _("Not ended: nobody ends their own access. Ask another administrator."))
    hold_keepers()
    row = get_user_model().objects.select_for_update().get(pk=person.pk)
    if not row.is_active:
        raise Refused(_("Not ended: the access of this person was ended before."))
    roles = sorted(row.groups.values_list("name", flat=True))
    links = revoke_links(row)
    mandates = end_mandates(row)
    row.groups.clear()
    end_waiting(row, InvitationEnding.REVOKED)
    row.is_active = False
    # Sessions hold a trace of the password, links that reset it too: with it they end for good, also should the
    # access be restored.
    row.set_unusable_password()
    row.save(update_fields=["is_active", "password"])
    require_somebody_left()
    log(
        instance=row,
        action="notices.end_access",
        user=by,
        data={"roles": roles, "mandates": [in_words(mandate) for mandate in mandates], "links": links},
    )
    return Ended(mandates, links, left_behind(row))


@transaction.atomic
def restore_access(person: Any, *, by: Any) -> Invitation:
    """The account is open again, without roles or mandates, and its person is invited to set a new password."""
    require_other(by, person, _("Not restored: ask another administrator."))
    row = get_user_model().objects.select_for_update().get(pk=person.pk)
    if row.is_active:
        raise Refused(_("Not restored: the access of this person is open."))
    row.is_active = True
    row.set_unusable_password()
    row.save(update_fields=["is_active", "password"])
    log(instance=row, action="notices.restore_access", user=by)
    return invite(row, by=by)


def require_other(by: Any, person: Any, sentence: str) -> None:
    """Refused unless an administrator, who is not the person, changes the access of the person."""
    require_keeper(by, person)
    if by is not None and by.pk == person.pk:
        raise Refused(sentence)


def keepers() -> Any:
    """Open accounts that may keep accounts, whether or not anybody can sign in to them yet."""
    users = get_user_model().objects
    found = users.filter(is_active=True)
    for name in KEEPING:
        found = found.filter(pk__in=users.with_perm(name, backend=BACKEND).values("pk"))
    return found.order_by("pk")


def hold_keepers() -> None:
    """Two administrators who end each other's access at once do so one after the other."""
    list(keepers().select_for_update().values_list("pk"))


def require_somebody_left() -> None:
    """Refused where no account is left that can sign in and keep accounts; asked after the change, which then falls."""
    if not any(user.has_usable_password() for user in keepers()):
        raise Refused(_("Not done: nobody would be left who keeps accounts. Make another person administrator first."))


def left_behind(person: Any) -> list[Left]:
    """The institutions of the person's mandates, past ones too, whose open items have nobody to answer for them."""
    bodies = Organisation.objects.filter(pk__in=person.mandates.order_by().values("organisation"))
    orphaned = Assignment.objects.orphaned().annotate(body=ANSWERING).filter(body__in=bodies)
    counts = dict(orphaned.order_by().values("body").annotate(number=Count("pk")).values_list("body", "number"))
    return [Left(body, counts[body.pk]) for body in bodies.order_by("label_pl") if body.pk in counts]
