"""The official's list: what the institutions are asked for which a person answers, what is due first."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pagekit.models import attach_pages
from pagekit.pagination import paginate
from recommendations.choices import Answer, Show
from recommendations.models import FollowUp
from recommendations.models.lists import attach_issuer_pages
from recommendations.models.narrowing import hidden_from_readers
from recommendations.querysets import moments_between
from recommendations.services import items
from recommendations.services.reply import answers_for
from taxonomy.models import Organisation

SECTIONS: dict[int, Promise] = {
    items.LATE: gettext_lazy("Overdue"),
    items.UNANSWERED: gettext_lazy("Waiting for a first answer"),
    items.OPEN: gettext_lazy("Open"),
    items.CLOSED: gettext_lazy("Closed"),
}
# What stands under an item as buttons; the other answers are on the form.
BUTTONS = frozenset({Answer.NO_CHANGE, Answer.IN_PROGRESS, Answer.IMPLEMENTED, Answer.NOT_OURS, Answer.POSITION})
MARKED = (Show.WAITING, Show.RETURNED, Show.DISPUTED)


@dataclass(frozen=True)
class Line:
    """One item of the page that is shown; its row says in ``section`` where it stands."""

    assignment: Any
    due: dt.date | None
    last_entry: FollowUp | None
    answers: list[tuple[str, Any]]
    marks: list[Any]

    @property
    def title(self) -> Promise:
        return SECTIONS[self.assignment.section]


@dataclass(frozen=True)
class Filter:
    """A way to narrow the list: its label, how many it shows, and the query string that leads there."""

    label: str
    count: int
    query: str
    is_chosen: bool


@require_safe
@never_cache
@login_required
def my_institution(request: HttpRequest) -> HttpResponse:
    """Lists by what is to be done, of all institutions or of one; without a choice what is due, else everything."""
    today = timezone.localdate()
    user: Any = request.user
    own = user.mandates.active(today).filter(organisation=OuterRef("pk"))
    held = list(Organisation.objects.held_by(user).select_related("parent").annotate(is_own=Exists(own)))
    keys = [body.pk for body in held]
    rows = items.items_of(user, today, hidden_from_readers(), keys)
    shows = items.shows_of(keys, today)
    outlooks = items.outlook_by_body(rows, shows, today)
    # A unit that is asked nothing is no news for who answers for it among others.
    bodies = [body for body in held if body.pk in outlooks or body.is_own]
    bodies.sort(key=lambda body: (body.label, body.pk))
    body = next((one for one in bodies if one.code == request.GET.get("institution")), None)
    asked = [found for pk, found in outlooks.items() if body is None or pk == body.pk]
    totals = sum((one.counts for one in asked), Counter[str]())
    chosen = request.GET.get("show", "")
    show = Show(chosen) if chosen in Show.values else Show.DUE if totals[Show.DUE] else Show.ALL
    mine = rows.answered_by([body]) if body else rows
    shown = items.in_their_order(mine.filter(shows[show]), [one.pk for one in bodies])
    # Keys first: the database sorts thousands of them, and loads whole rows for one page.
    page = paginate(request, shown.values_list("pk", flat=True), count=totals[show])
    loaded = items.in_their_order(rows.filter(pk__in=list(page.object_list)), [one.pk for one in bodies])
    return render(
        request,
        "recommendations/my_institution.html",
        {
            "title": _("My institution"),
            "list_page": page,
            "lines": lines_of(loaded, shows),
            "bodies": bodies,
            "unasked": [one for one in bodies if one.pk not in outlooks and body in {None, one}],
            "filters": filters_by_state(totals, show, body),
            "institutions": filters_by_body(outlooks, bodies, show if chosen else None, body),
            "open_count": totals["open"],
            "item_count": totals[Show.ALL],
            "show": show,
            "counts": totals,
            "moments": moments_of(outlooks.values()),
            "next_due": min((one.next_due for one in asked if one.next_due), default=None),
        },
    )


def moments_of(outlooks: Iterable[items.Outlook]) -> dict[str, dt.datetime]:
    """What the publication box says of everything the person is asked; nothing where nothing is."""
    found = list(outlooks)
    published = [one.published_at for one in found if one.published_at]
    return moments_between(min(published, default=None), *published, *(one.changed_at for one in found))


def lines_of(shown: Any, shows: dict[Show, Q]) -> list[Line]:
    """The items of one page with their pages and last entries."""
    marks = {f"stands_{show.value}": Case(When(shows[show], then=Value(True)), default=Value(False)) for show in MARKED}
    related = "organisation__parent", "taken_over_by", "recommendation__forum", "recommendation__working_group__forum"
    rows = list(shown.select_related(*related).annotate(**marks))
    last: dict[int, FollowUp] = {}
    # Oldest first: the newest entry of each row stays.
    for entry in FollowUp.objects.filter(assignment__in=[row.pk for row in rows]).in_order():
        last[entry.assignment_id] = entry
    facts = [row.recommendation for row in rows]
    attach_pages(facts)
    attach_issuer_pages(facts)
    return [
        Line(
            row,
            items.due_of(row),
            last.get(row.pk),
            [one for one in answers_for(row) if one[0] in BUTTONS],
            [show.label for show in MARKED if getattr(row, f"stands_{show.value}")],
        )
        for row in rows
        if row.recommendation.page
    ]


def filters_by_state(counts: Counter[str], show: Show, body: Organisation | None) -> list[Filter]:
    of_body = f"&institution={body.code}" if body else ""
    return [Filter(str(one.label), counts[one], f"?show={one.value}{of_body}", one == show) for one in Show]


def filters_by_body(
    outlooks: dict[int, items.Outlook], bodies: list[Organisation], show: Show | None, body: Organisation | None
) -> list[Filter]:
    """All institutions or one, where a person answers for several; counted as a click on them shows."""
    if len(bodies) < 2:
        return []
    name = show or Show.ALL
    counts = {pk: found.counts[name] for pk, found in outlooks.items()}
    of_show = f"&show={name.value}" if show else ""
    found = [
        Filter(one.label, counts.get(one.pk, 0), f"?institution={one.code}{of_show}", one == body) for one in bodies
    ]
    every = Filter(_("all institutions"), sum(one.count for one in found), f"?{of_show.lstrip('&')}", body is None)
    return [every, *found]
