"""Who gets the news of the week, and the queue that follows from it: plan, then act.

A digest of a week tells what became public before its Monday and was not told yet, on the first working day on which it
is planned. Planning twice plans nothing twice, planning late tells the same. Each saved search is asked once, however
many follow it. Who edits a working group gets the news of its recommendations without having asked.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from wagtail.models import GroupPagePermission

from forums.models import WorkingGroup, WorkingGroupPage
from notices import rules
from notices.choices import Kind
from notices.models import MailPreference, Message, Subscriber, Subscription
from notices.services.news import Piece, news_between
from notices.services.recipients import obstacle, obstacle_for, paced, preference_of
from notices.services.reminders import SERVED, SLOW
from recommendations.models import Recommendation
from search.engines.base import EngineUnavailable
from search.models import SavedSearch
from search.views.answers import one_mask
from search.views.followed import addressees_of, found_by, reference_of, refuse_unless_indexed
from search.views.touched import Touched

BATCH = 500
WEEK = dt.timedelta(days=7)
# For an editor who wanted none, or was away: older news stands on the pages.
LOOKS_BACK = dt.timedelta(days=35)


@dataclass(frozen=True)
class Share:
    """What is told under one heading: ``search-3`` or ``group-7``."""

    of: str
    pieces: tuple[Piece, ...]

    def as_json(self) -> dict[str, Any]:
        """Keys, and no number of them: until the mail goes out some may be hidden, which it must not count."""
        kept = self.pieces[-rules.MOST_NEWS_KEPT :]
        return {"of": self.of, "pieces": [one.key for one in kept], "is_cut": len(kept) < len(self.pieces)}


@dataclass(frozen=True)
class Digest:
    """``recipient`` is an account or a subscriber; ``withheld`` says why it is not sent, and is empty where it is."""

    recipient: Any
    shares: tuple[Share, ...]
    withheld: str = ""

    @property
    def name(self) -> str:
        """Whom it goes to, for who runs the command."""
        return self.recipient.address if isinstance(self.recipient, Subscriber) else self.recipient.get_username()


@dataclass(frozen=True)
class Plan:
    day: dt.date
    until: dt.datetime
    digests: tuple[Digest, ...] = ()
    withheld: tuple[Digest, ...] = ()
    # Those who have heard, with these digests, of all that became public before ``until``.
    subscriptions: tuple[int, ...] = ()
    editors: tuple[Any, ...] = ()
    searches: int = 0
    is_working_day: bool = True


@dataclass
class Editor:
    """An account with rights on the branch of a working group, and the recommendations of each group there."""

    user: Any
    told_until: dt.datetime
    groups: dict[int, frozenset[int]] = field(default_factory=dict)

    def shares(self, pieces: Iterable[Piece]) -> list[Share]:
        fresh = [piece for piece in pieces if piece.public_at >= self.told_until]
        return [
            Share(f"group-{group}", told)
            for group, facts in self.groups.items()
            if (told := tuple(piece for piece in fresh if piece.recommendation in facts))
        ]


def plan_digests(day: dt.date) -> Plan:
    """What would be mailed on a day: to followers, and to editors of groups."""
    until = timezone.make_aware(dt.datetime.combine(rules.first_day_of_week(day), dt.time.min))
    if not rules.is_working_day(day):
        return Plan(day, until, is_working_day=False)
    subscriptions = list(
        Subscription.objects.confirmed()
        .filter(told_until__lt=until)
        .select_related("subscriber", "saved_search")
        .order_by("subscriber", "pk")
    )
    editors = editors_of_groups(until)
    starts = [one.told_until for one in (*subscriptions, *editors) if one.told_until]
    pieces = news_between(min(starts), until) if starts else []
    matches = matches_of({one.saved_search_id: one.saved_search for one in subscriptions}.values(), pieces)
    drafts = with_editors(digests_of_followers(day, subscriptions, matches), editors, pieces, day)
    withheld = tuple(draft for draft in drafts if draft.withheld)
    stopped = {draft.recipient for draft in withheld}
    return Plan(
        day,
        until,
        tuple(draft for draft in drafts if not draft.withheld),
        withheld,
        tuple(one.pk for one in subscriptions if one.subscriber not in stopped),
        tuple(editor.user for editor in editors if editor.user not in stopped),
        len(matches) if pieces else 0,
    )


def matches_of(searches: Iterable[SavedSearch], pieces: list[Piece]) -> dict[int, tuple[Piece, ...] | None]:
    """The news that each saved search asks for, one search for each; None for one that cannot be asked now."""
    matches: dict[int, tuple[Piece, ...] | None] = {}
    touched = Touched({piece.recommendation for piece in pieces})
    is_behind = False
    try:
        refuse_unless_indexed(touched.pks)
    except EngineUnavailable:
        is_behind = bool(pieces)
    with one_mask():
        for saved in searches if pieces else ():
            matches[saved.pk] = None
            if is_behind and not reference_of(saved):
                continue
            try:
                found = found_by(saved, touched)
            except EngineUnavailable:
                continue
            bodies = {"", *addressees_of(saved)} if found else set()
            matches[saved.pk] = tuple(
                piece for piece in pieces if piece.recommendation in found and (bodies == {""} or piece.body in bodies)
            )
    return matches


def digests_of_followers(
    day: dt.date, subscriptions: Iterable[Subscription], matches: Mapping[int, tuple[Piece, ...] | None]
) -> list[Digest]:
    """One for each address that has news, or of which that is not known."""
    served = served_in(day, "subscriber")
    found = []
    for subscriber, group in groupby(subscriptions, key=lambda one: one.subscriber):
        own = list(group)
        if any(matches.get(one.saved_search_id, ()) is None for one in own):
            found.append(Digest(subscriber, (), "the search does not answer, or its index has not followed yet"))
            continue
        shares = [share_of(one, matches.get(one.saved_search_id) or ()) for one in own]
        if any(share.pieces for share in shares):
            reason = SERVED if subscriber.pk in served else obstacle_for(subscriber, day)
            found.append(Digest(subscriber, tuple(share for share in shares if share.pieces), reason))
    return found


def share_of(subscription: Subscription, pieces: Iterable[Piece]) -> Share:
    since = subscription.told_until
    told = tuple(piece for piece in pieces if since is not None and piece.public_at >= since)
    return Share(f"search-{subscription.saved_search_id}", told)


def with_editors(
    drafts: list[Digest], editors: Iterable[Editor], pieces: Iterable[Piece], day: dt.date
) -> list[Digest]:
    """The drafts with those of editors; who follows something under the same address gets one mail for both."""
    editors = list(editors)
    served, slow = served_in(day, "recipient"), paced([editor.user for editor in editors], Kind.DIGEST, day)
    places = {draft.recipient.address: place for place, draft in enumerate(drafts) if not draft.withheld}
    found = list(drafts)
    for editor in editors:
        shares = tuple(editor.shares(pieces))
        if not shares:
            continue
        reason = SERVED if editor.user.pk in served else obstacle(editor.user, Kind.DIGEST, day)
        reason = reason or (SLOW if editor.user.pk in slow else "")
        place = places.get(rules.one_spelling(editor.user.email))
        if place is not None and not reason:
            found[place] = replace(found[place], shares=(*shares, *found[place].shares))
        else:
            found.append(Digest(editor.user, shares, reason))
    return found


def served_in(day: dt.date, whom: str) -> set[int]:
    """The keys of accounts (recipient) or addresses (subscriber) that have a digest of this week."""
    rows = Message.objects.filter(kind=Kind.DIGEST, occasion=rules.week_of(day), **{f"{whom}__isnull": False})
    return set(rows.values_list(whom, flat=True))


def editors_of_groups(until: dt.datetime) -> list[Editor]:
    """Who may change a working group and what stands below it, without moderating the whole site."""
    groups = dict(WorkingGroup.objects.visible_to().values_list("translation_key", "pk"))
    branches = WorkingGroupPage.objects.sources().filter(translation_key__in=groups)
    paths = {path: groups[key] for path, key in branches.values_list("path", "translation_key")}
    rights: dict[int, set[str]] = defaultdict(set)
    rows = GroupPagePermission.objects.filter(page__in=branches.order_by().values("pk"))
    for group, path in rows.values_list("group", "page__path"):
        rights[group].add(path)
    issued: dict[int, set[int]] = defaultdict(set)
    of_groups = Recommendation.objects.filter(working_group__in=paths.values())
    for fact, group in of_groups.order_by().values_list("pk", "working_group"):
        issued[group].add(fact)
    people = get_user_model().objects.filter(is_active=True, groups__in=list(rights)).exclude(email="")
    found = []
    for user in people.select_related("mail_preference").prefetch_related("groups").distinct().order_by("pk"):
        tops = tuple(path for group in user.groups.all() for path in rights.get(group.pk, ()))
        told = preference_of(user).told_until or until - WEEK
        below = {group: frozenset(issued[group]) for path, group in sorted(paths.items()) if path.startswith(tops)}
        found.append(Editor(user, max(told, until - LOOKS_BACK), below))
    return found


def queue_digests(plan: Plan) -> int:
    """Queue the digests of a plan and note how far everybody has been told; answer how many were not queued before.

    In batches, each one act: a run that is broken off is finished by the next one.
    """
    week = rules.week_of(plan.day)
    queued = Message.objects.filter(kind=Kind.DIGEST, occasion=week)
    before = queued.count()
    for some in batched(plan.digests):
        with transaction.atomic():
            subscribers = [one.recipient.pk for one in some if isinstance(one.recipient, Subscriber)]
            # Who has ended everything since the plan was made is left out; the others are held until they are told.
            held = set(Subscriber.objects.select_for_update().filter(pk__in=subscribers).values_list("pk", flat=True))
            left = [one for one in some if not isinstance(one.recipient, Subscriber) or one.recipient.pk in held]
            Message.objects.bulk_create(
                [Message(kind=Kind.DIGEST, occasion=week, news=news_of(one), **whom(one.recipient)) for one in left],
                ignore_conflicts=True,
            )
            own = Subscription.objects.confirmed().filter(subscriber__in=held, told_until__lt=plan.until)
            own.update(told_until=plan.until)
    for keys in batched(plan.subscriptions):
        Subscription.objects.filter(pk__in=keys, told_until__lt=plan.until).update(told_until=plan.until)
    for user in plan.editors:
        MailPreference.objects.update_or_create(user=user, defaults={"told_until": plan.until})
    return queued.count() - before


def whom(recipient: Any) -> dict[str, Any]:
    return {"subscriber" if isinstance(recipient, Subscriber) else "recipient": recipient}


def news_of(digest: Digest) -> list[dict[str, Any]]:
    return [share.as_json() for share in digest.shares]


def batched(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
