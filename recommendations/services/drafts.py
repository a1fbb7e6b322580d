"""Drafts of replies: kept while a person types, given back to nobody else, gone once the reply is sent.

Who takes over somebody's mandate, or an item that was handed over, takes over the drafts as well: they are the
institution's work (docs/decisions/0012).
``way`` is empty for who is signed in; a mailed link has its own name, and shows only what was typed behind it.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from recommendations.models import Assignment, ReplyDraft
from taxonomy.models import Mandate, Organisation

# Longer than any field may be when it is sent: what is too long is kept as well, and said to be so then.
LONGEST = 20_000


class OtherDraft(Refused):
    """Another form of the same person has kept ``draft`` since this one was opened."""

    def __init__(self, draft: ReplyDraft) -> None:
        super().__init__(
            _("Not kept as a draft: another tab kept its own text at %(time)s. Choose which of the two stays.")
            % {"time": f"{timezone.localtime(draft.saved_at):%H:%M}"}
        )
        self.draft = draft


def mark_of(draft: ReplyDraft | None) -> str:
    """What a form remembers of the draft that it was opened over."""
    return draft.saved_at.isoformat() if draft else ""


def is_others(draft: ReplyDraft, data: Mapping[str, str], base: str) -> bool:
    """Whether the draft was kept by another form after this one was opened, and says something else."""
    if mark_of(draft) == base or draft.data.get("tab") == data.get("tab", ""):
        return False
    return any(draft.data.get(name, "") != value for name, value in data.items() if name not in {"tab", "seen"})


def draft_of(user: Any, assignment: Assignment, way: str = "") -> ReplyDraft | None:
    """What this person typed, else what the person left whose mandate or item is theirs now."""
    own = ReplyDraft.objects.filter(user=user, assignment=assignment, way=way).first()
    return own if own or way else _left_to(user, assignment)


def _left_to(user: Any, assignment: Assignment) -> ReplyDraft | None:
    mandates = Mandate.objects.filter(organisation=assignment.answering)
    answering = mandates.active().values("user")
    writers = Q(user__in=mandates.passed_to(user).values("user"))
    if assignment.taken_over_by_id:
        # The row was handed over, and those who answered for the body before it no longer reach it.
        before = Organisation.objects.filter(successions_from__successor=assignment.taken_over_by_id)
        writers |= Q(user__in=Mandate.objects.active().filter(organisation__in=before).values("user"))
    left = ReplyDraft.objects.filter(writers, assignment=assignment, way="").exclude(user__in=answering)
    return left.order_by("-saved_at").first()


@transaction.atomic
def keep_draft(
    assignment: Assignment,
    *,
    user: Any,
    data: Mapping[str, str],
    file: Any = None,
    drops_file: bool = False,
    way: str = "",
    base: str | None = None,
) -> ReplyDraft | None:
    """Keep what one person typed about one item in place of what was kept before; a file stays until it is replaced.

    ``base``: the mark of the draft that the form was opened over (``mark_of``; empty for none), None where nobody
    asks. OtherDraft where another form has kept something else since; ``data["tab"]`` tells the forms apart.

    ``data["seen"]`` is the newest entry that the form knew. None where this person has sent a reply since: what
    arrives late, from a form that is already sent, is no draft. Refused where a field is longer than ``LONGEST``.
    """
    if any(len(value) > LONGEST for value in data.values()):
        raise Refused(_("The draft was not kept: a text is longer than 20,000 characters. Shorten it."))
    seen = data.get("seen", "")
    if (
        seen.isdecimal()
        and len(seen) < 19
        and assignment.follow_ups.filter(pk__gt=int(seen), recorded_by=user).exists()
    ):
        return None
    kept = draft_of(user, assignment, way)
    # SQLite locks by the transaction; elsewhere the row that is there.
    draft = kept and ReplyDraft.objects.select_for_update().filter(pk=kept.pk).first()
    if draft is not None and base is not None and is_others(draft, data, base):
        raise OtherDraft(draft)
    draft = draft or ReplyDraft(assignment=assignment, way=way)
    draft.user = user
    draft.data, draft.saved_at = dict(data), timezone.now()
    old = draft.file.name if draft.file and (file is not None or drops_file) else ""
    storage = draft.file.storage
    if file is not None:
        draft.file_name = (file.name or "")[-255:]
        file.seek(0)
        # Under a name of ours: that of the sender may be anything.
        draft.file.save("evidence", file, save=False)
    elif drops_file:
        draft.file, draft.file_name = "", ""
    draft.save()
    if old:
        transaction.on_commit(lambda: storage.delete(old))
    return draft


def forget_draft(assignment: Assignment, *, user: Any, way: str | None = None) -> None:
    """Delete what was typed on one way, or on every way: once the item is answered, no mailed link opens it."""
    found = ReplyDraft.objects.filter(user=user, assignment=assignment)
    for draft in found if way is None else found.filter(way=way):
        draft.delete()
    if not way and (left := _left_to(user, assignment)):
        left.delete()


def drop_file(draft: ReplyDraft) -> None:
    """Remove the file of a deleted draft, once the deletion stands."""
    if draft.file:
        name, storage = str(draft.file.name), draft.file.storage
        transaction.on_commit(lambda: storage.delete(name))
