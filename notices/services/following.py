"""Following by mail without an account: asked for by anybody, confirmed by who reads the mail, ended with one press.

Of a person nothing is kept but the address, the language of the mails and what is followed; all of it goes with the
last following. Whoever asks is answered alike, whether the address is known here or not.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from notices import rules
from notices.choices import Kind
from notices.models import FormUse, Message, Subscriber, Subscription
from pagekit.acts import Refused
from search.models import SavedSearch


@transaction.atomic
def ask_to_follow(wanted: SavedSearch, *, address: str, language: str) -> None:
    """Queue the question whether the owner of the address wants this; ``wanted`` need not be saved.

    Nothing is queued for what is followed already, for what was asked within the hour, and for an address at which
    five questions wait: a stranger can fill nobody's mailbox.
    """
    now = timezone.now()
    forget_unconfirmed(now)
    subscriber = locked(Subscriber.objects, address=rules.one_spelling(address), defaults={"language": language})
    saved = locked(SavedSearch.objects, question=wanted.question, language=wanted.language)
    subscription = subscriber.subscriptions.filter(saved_search=saved).first()
    others = subscriber.subscriptions.exclude(saved_search=saved)
    is_full = others.filter(confirmed_at=None).count() >= rules.MOST_QUESTIONS or others.count() >= rules.MOST_FOLLOWED
    if subscription is None and not is_full:
        subscription = Subscription.objects.create(subscriber=subscriber, saved_search=saved, asked_at=now)
    elif subscription is None or subscription.confirmed_at or now < subscription.asked_at + rules.CONFIRM_AGAIN_AFTER:
        forget_empty()
        return
    else:
        subscription.asked_at = now
        subscription.save(update_fields=["asked_at"])
    Message.objects.create(
        subscriber=subscriber,
        kind=Kind.CONFIRM,
        occasion=f"subscription-{subscription.pk}-{now:%Y%m%d%H%M%S}",
        subscription=subscription,
    )


def locked(rows: Any, **values: Any) -> Any:
    """The row of these values, made if there is none, and locked: nobody finds it empty and deletes it meanwhile."""
    while True:
        row, _is_new = rows.get_or_create(**values)
        if found := rows.select_for_update().filter(pk=row.pk).first():
            return found


@transaction.atomic
def confirm(subscription: Subscription, *, language: str) -> None:
    """It counts from now on, in the language of the page; again changes nothing. Refused once the time is over."""
    row: Any = Subscription.objects.select_for_update().select_related("subscriber").filter(pk=subscription.pk).first()
    now = timezone.now()
    if row is None or is_over(row):
        raise Refused(_("Not saved: the link was valid for 48 hours. Ask for it again on the page you want to follow."))
    if row.confirmed_at is not None:
        return
    row.confirmed_at = row.told_until = now
    row.save(update_fields=["confirmed_at", "told_until"])
    row.subscriber.language, row.subscriber.bounced_at = language, None
    row.subscriber.save(update_fields=["language", "bounced_at"])


def is_over(subscription: Subscription) -> bool:
    """Whether nobody confirmed it while there was time."""
    return subscription.confirmed_at is None and rules.is_confirmation_over(subscription.asked_at, timezone.now())


@transaction.atomic
def end_subscription(subscription: Subscription) -> None:
    """Nothing more about this; with the last one the address is gone."""
    subscription.delete()
    forget_empty()


@transaction.atomic
def end_all(subscriber: Subscriber) -> None:
    subscriber.delete()
    forget_empty()


def pause_subscriptions(subscriber: Subscriber, *, until: dt.date | None) -> None:
    """No news before that day, which may be 180 days off; Refused otherwise. What happens meanwhile is told then.

    ``until`` None ends a pause.
    """
    if until is not None and (fault := rules.pause_fault(until, today=timezone.localdate())):
        raise Refused(fault)
    Subscriber.objects.filter(pk=subscriber.pk).update(paused_until=until)


@transaction.atomic
def forget_unconfirmed(now: dt.datetime) -> int:
    """Delete what nobody confirmed in time, with its address, and addresses that have refused mail for a month.

    Marks of clients go as well. Answers how many requests were not confirmed.
    """
    FormUse.objects.filter(used_at__lte=now - rules.FORM_USES_KEPT).delete()
    refused, _rows = Subscriber.objects.filter(bounced_at__lte=now - rules.REFUSED_KEPT).delete()
    given_up = Subscription.objects.given_up(now)
    number = given_up.count()
    if number:
        given_up.delete()
    if number or refused:
        forget_empty()
    return number


def forget_empty() -> None:
    """Delete addresses that follow nothing, and saved searches that nobody follows."""
    for rows, name in ((Subscriber.objects.all(), "subscriber"), (SavedSearch.objects.all(), "saved_search")):
        empty = rows.filter(~Exists(Subscription.objects.filter(**{name: OuterRef("pk")})))
        # Asked again once they are locked: somebody may have begun to follow them since.
        held = list(empty.select_for_update(skip_locked=True).values_list("pk", flat=True))
        if held:
            empty.filter(pk__in=held).delete()


def is_too_often(client: str) -> bool:
    """Note one use of a public form by a client; whether it was one too many within a minute."""
    now = timezone.now()
    recent = FormUse.objects.filter(client=client, used_at__gt=now - dt.timedelta(minutes=1))
    if recent.count() >= rules.FORMS_A_MINUTE:
        return True
    FormUse.objects.create(client=client, used_at=now)
    return False
