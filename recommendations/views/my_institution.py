"""The official's list: what the institutions are asked for which a person answers, what is due first."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
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
from recommendations.models import Assignment, FollowUp
from recommendations.models.lists import attach_issuer_pages
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
    """One item of the page that is shown, with its row loaded."""

    item: items.Item
    assignment: Assignment
    last_entry: FollowUp | None
    answers: list[tuple[str, Any]]

    @property
    def title(self) -> Promise:
        return SECTIONS[self.item.section]

    @property
    def marks(self) -> list[Any]:
        """What waits for whom, in the words of the lists."""
        return [show.label for show in MARKED if show in self.item.shows]


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
    bodies = list(Organisation.objects.held_by(user).select_related("parent"))
    mandated = set(user.mandates.active(today).values_list("organisation", flat=True))
    found = items.items_of(user, today)
    asked = {item.organisation for item in found}
    # A unit that is asked nothing is no news for who answers for it among others.
    bodies = sorted(
        (body for body in bodies if body.pk in asked or body.pk in mandated), key=lambda body: (body.label, body.pk)
    )
    body = next((one for one in bodies if one.code == request.GET.get("institution")), None)
    mine = [item for item in found if body is None or item.organisation == body.pk]
    counts = items.counts_of(mine)
    chosen = request.GET.get("show", "")
    show = Show(chosen) if chosen in Show.values else Show.DUE if counts[Show.DUE] else Show.ALL
    places = {one.pk: place for place, one in enumerate(bodies)}
    shown = sorted(
        (item for item in mine if show in item.shows), key=lambda item: (places[item.organisation], item.order)
    )
    page = paginate(request, shown)
    dues = [item.due for item in mine if item.due and item.due >= today]
    return render(
        request,
        "recommendations/my_institution.html",
        {
            "title": _("My institution"),
            "list_page": page,
            "lines": lines_of(page.object_list, bodies),
            "bodies": bodies,
            "unasked": [one for one in bodies if one.pk not in asked and body in {None, one}],
            "filters": filters_by_state(counts, show, body),
            "institutions": filters_by_body(found, bodies, show if chosen else None, body),
            "open_count": sum(item.section != items.CLOSED for item in mine),
            "item_count": len(mine),
            "show": show,
            "counts": {one.value: count for one, count in counts.items()},
            "next_due": min(dues, default=None),
        },
    )


def lines_of(shown: Any, bodies: list[Organisation]) -> list[Line]:
    """The items of one page with their rows, pages and last entries."""
    by_body = {body.pk: body for body in bodies}
    rows = (
        Assignment.objects.filter(pk__in=[item.pk for item in shown])
        .select_related("recommendation__forum", "recommendation__working_group__forum")
        .in_bulk()
    )
    last: dict[int, FollowUp] = {}
    # Oldest first: the newest entry of each row stays.
    for entry in FollowUp.objects.filter(assignment__in=rows).in_order():
        last[entry.assignment_id] = entry
    facts = [row.recommendation for row in rows.values()]
    attach_pages(facts)
    attach_issuer_pages(facts)
    for row in rows.values():
        row.organisation = by_body[row.organisation_id]
    return [
        Line(item, row, last.get(item.pk), [one for one in answers_for(row) if one[0] in BUTTONS])
        for item in shown
        if (row := rows.get(item.pk)) is not None
    ]


def filters_by_state(counts: dict[Show, int], show: Show, body: Organisation | None) -> list[Filter]:
    of_body = f"&institution={body.code}" if body else ""
    return [Filter(str(one.label), counts[one], f"?show={one.value}{of_body}", one == show) for one in Show]


def filters_by_body(
    found: list[items.Item], bodies: list[Organisation], show: Show | None, body: Organisation | None
) -> list[Filter]:
    """All institutions or one, where a person answers for several; counted as a click on them shows."""
    if len(bodies) < 2:
        return []
    shown = [item for item in found if show is None or show in item.shows]
    of_show = f"&show={show.value}" if show else ""
    every = Filter(_("all institutions"), len(shown), f"?{of_show.lstrip('&')}", body is None)
    return [
        every,
        *(
            Filter(
                one.label,
                sum(item.organisation == one.pk for item in shown),
                f"?institution={one.code}{of_show}",
                one == body,
            )
            for one in bodies
        ),
    ]
