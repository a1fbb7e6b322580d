"""Opening an account for somebody, and the mailed link by which they take it over.

The account works from the first day on: its mandates hold and its reminders go out, but nobody signs in before a
password is set behind the link, and the reset of passwords sends nothing to an account that has none. The link is
signed and has a row: it holds for 24 hours, once, as long as no newer one was sent. Whether it still holds is asked at
every use and stored nowhere.
"""

import datetime as dt
import enum
import re
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.users.models import UserProfile

from notices import rules
from notices.choices import InvitationEnding, Kind
from notices.models import Invitation, MailPreference
from notices.services.queue import queue
from notices.services.recipients import forget_bounce
from pagekit.acts import Refused

NOT_IN_A_NAME = re.compile(r"[^\w.@+-]")


class Standing(enum.Enum):
    """Whether an invitation can be accepted, and if not, why."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REPLACED = "replaced"
    REVOKED = "revoked"
    OVER = "over"
    CLOSED = "closed"


# What somebody reads who comes too late, and what to do.
ENDED: dict[Standing, Promise] = {
    Standing.ACCEPTED: _("This invitation was used: the password is set. Sign in with it."),
    Standing.REPLACED: _("A newer invitation was sent to you. Open the link of the newest mail."),
    Standing.REVOKED: _("This invitation was withdrawn. Ask an administrator if you need an account."),
    Standing.OVER: _("The invitation was valid for 24 hours. Ask an administrator to send another one."),
    Standing.CLOSED: _("This invitation was withdrawn. Ask an administrator if you need an account."),
}


def require_keeper(by: Any, person: Any = None) -> None:
    """Refused unless ``by`` is an administrator who may change the access of ``person``; None: a command."""
    if by is not None and not by.keeps(person):
        raise Refused(_("Not allowed: only an administrator opens accounts and changes access. Ask one."))


def username_for(email: str) -> str:
    """The name to sign in with: the address, which nobody has to learn."""
    return NOT_IN_A_NAME.sub("-", email.strip().lower())[:150]


def account_of(email: str) -> Any:
    """The account that holds an address, in any case of letters; None where there is none."""
    users = get_user_model().objects.filter(Q(email__iexact=email.strip()) | Q(username=username_for(email)))
    return users.order_by("pk").first()


@transaction.atomic
def open_account(email: str, *, by: Any, language: str, first_name: str = "", last_name: str = "") -> Any:
    """A new account without password, role or mandate, whose mails and screens are in ``language``.

    Refused where the address is none, or belongs to an account already.
    """
    require_keeper(by)
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(_("E-mail: this is no address. Write it as name@office.pl.")) from error
    if held := account_of(address):
        raise Refused(taken(held))
    person = get_user_model()(
        username=username_for(address), email=address, first_name=first_name.strip(), last_name=last_name.strip()
    )
    person.set_unusable_password()
    try:
        person.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        # Somebody else opened it a moment ago.
        raise Refused(taken(person)) from error
    MailPreference.objects.create(user=person, language=language)
    profile = UserProfile.get_for_user(person)
    profile.preferred_language = language
    profile.save(update_fields=["preferred_language"])
    log(instance=person, action="notices.open_account", user=by)
    return person


def taken(account: Any) -> str:
    values = {"name": account.get_username()}
    if account.is_active:
        return _("There is an account with this address: %(name)s. Change it on the person's screen.") % values
    return _("There was an account with this address: %(name)s. Restore it on the person's screen.") % values


@transaction.atomic
def invite(user: Any, *, by: Any) -> Invitation:
    """Queue a mail with a new link to the person; a link that was sent before opens nothing any more.

    Refused where the access was ended, or a password is set already.
    """
    require_keeper(by, user)
    person = get_user_model().objects.select_for_update().get(pk=user.pk)
    if not person.is_active:
        raise Refused(_("Not invited: the access of this person was ended. Restore it first."))
    if person.has_usable_password():
        raise Refused(_("Not invited: this person has a password. Who forgot it asks at /admin/password_reset/."))
    if not person.email:
        raise Refused(_("Not invited: the account has no e-mail address. Enter one in the account data."))
    end_waiting(person, InvitationEnding.REPLACED)
    # A mailbox that refused mail may have been mended: who invites wants it tried.
    forget_bounce(person)
    invitation = Invitation.objects.create(user=person, invited_by=by)
    queue(person, kind=Kind.INVITATION, occasion=f"invitation-{invitation.pk}", invitation=invitation)
    log(instance=person, action="notices.invite", user=by)
    return invitation


@transaction.atomic
def revoke_invitation(user: Any, *, by: Any) -> None:
    """The link that waits opens nothing any more; the account stays as it is. Refused where none waits."""
    require_keeper(by, user)
    if not end_waiting(user, InvitationEnding.REVOKED):
        raise Refused(_("Not revoked: no invitation of this person waits to be accepted."))
    log(instance=user, action="notices.revoke_invitation", user=by)


def end_waiting(user: Any, ending: InvitationEnding) -> int:
    waiting = Invitation.objects.waiting().filter(user=user)
    return int(waiting.update(ended_at=timezone.now(), ending=ending))


def signer_of(invitation: Invitation) -> Signer:
    # Another salt than that of a reply link: the one is never taken for the other.
    # The address is signed too: a link that went to a wrong one opens nothing once it is put right.
    person = invitation.user
    return Signer(sep=".", salt=f"notices.invitation.{person.pk}.{invitation.nonce}.{person.email}")


def token_of(invitation: Invitation) -> str:
    """What stands in the address: the number of the invitation and the signature."""
    return signer_of(invitation).sign(str(invitation.pk))


def find_invitation(token: str) -> Invitation | None:
    """The invitation of a token; None for one that we did not sign."""
    number = token.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    invitation: Invitation | None = Invitation.objects.filter(pk=int(number)).select_related("user").first()
    if invitation is None:
        return None
    try:
        signer_of(invitation).unsign(token)
    except BadSignature:
        return None
    return invitation


def standing_of(invitation: Invitation, now: dt.datetime | None = None) -> Standing:
    if invitation.ended_at is not None:
        return Standing.REVOKED if invitation.ending == InvitationEnding.REVOKED else Standing.REPLACED
    if not invitation.user.is_active:
        return Standing.CLOSED
    if invitation.accepted_at is not None or invitation.user.has_usable_password():
        return Standing.ACCEPTED
    if rules.is_invitation_over(invitation.created_at, now or timezone.now()):
        return Standing.OVER
    return Standing.OPEN


@transaction.atomic
def accept(invitation: Invitation, *, password: str) -> Any:
    """Set the password of the invited person, who may sign in from now on; the invitation is used up.

    Refused where it no longer holds, also by a moment, or the password is too weak.
    """
    person = get_user_model().objects.select_for_update().get(pk=invitation.user_id)
    # Read behind the lock: of two clicks the second finds what the first has done.
    row = Invitation.objects.select_related("user").get(pk=invitation.pk)
    standing = standing_of(row)
    if standing != Standing.OPEN:
        raise Refused(ENDED[standing])
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    person.set_password(password)
    person.save(update_fields=["password"])
    row.accepted_at = timezone.now()
    row.save(update_fields=["accepted_at"])
    log(instance=person, action="notices.accept_invitation", user=person)
    return person
