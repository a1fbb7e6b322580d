"""The official's two pages: what my institution is asked, and one form to answer."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pagekit.acts import Refused
from pagekit.models import attach_pages
from pagekit.pagination import paginate
from recommendations import rules
from recommendations.choices import Implementation, Position
from recommendations.forms import ReplyForm, answers_for
from recommendations.models import Assignment, FollowUp
from recommendations.models.lists import attach_issuer_pages
from recommendations.querysets import AssignmentQuerySet
from recommendations.services.follow_up import Overtaken, newest_entry
from recommendations.services.log import clock_of, entries_of

# In the order of the page: what is open comes first.
OVERDUE, UNANSWERED, OPEN, CLOSED = range(4)
SECTIONS: dict[int, Promise] = {
    OVERDUE: gettext_lazy("Overdue"),
    UNANSWERED: gettext_lazy("Waiting for a first answer"),
    OPEN: gettext_lazy("Open"),
    CLOSED: gettext_lazy("Closed"),
}


@dataclass(frozen=True)
class Item:
    """One thing an institution is asked, as the official sees it."""

    assignment: Assignment
    section: int
    due: dt.date | None
    last_entry: FollowUp | None
    answers: list[tuple[str, Any]]

    @property
    def title(self) -> Promise:
        return SECTIONS[self.section]

    @property
    def order(self) -> tuple[Any, ...]:
        body = self.assignment.organisation
        return body.label, body.pk, self.section, self.due or dt.date.max, self.assignment.recommendation.reference


def item_of(assignment: Assignment, today: dt.date) -> Item:
    entries = entries_of(assignment)
    state, clock = rules.state_of(entries, today=today), clock_of(assignment)
    is_silent = state.position == Position.NO_ANSWER and state.implementation == Implementation.NO_INFORMATION
    if state.closure:
        section = CLOSED
    elif rules.is_overdue(clock, state, today):
        section = OVERDUE
    else:
        section = UNANSWERED if is_silent else OPEN
    said = rules.in_order(entries)
    rows = {follow_up.pk: follow_up for follow_up in assignment.follow_ups.all()}
    last_entry = rows[said[-1].id] if said else None
    return Item(assignment, section, rules.next_due(clock, state), last_entry, answers_for(assignment))


def held_by(request: HttpRequest) -> AssignmentQuerySet:
    """What this person may answer: rows of the institutions whose mandate they hold, of visible recommendations."""
    rows: AssignmentQuerySet = Assignment.objects.held_by(request.user).visible_to(request.user)
    return rows.filter(is_withdrawn=False, organisation__is_collective=False)


@require_safe
@never_cache
@login_required
def my_institution(request: HttpRequest) -> HttpResponse:
    """The items of every institution the person holds an active mandate for, what is due first."""
    today = timezone.localdate()
    user: Any = request.user
    mandates = user.mandates.active().select_related("organisation").order_by("organisation__label_pl", "organisation")
    rows = (
        held_by(request)
        .select_related("organisation", "recommendation__forum", "recommendation__working_group__forum")
        .prefetch_related("follow_ups__assessments")
    )
    items = sorted((item_of(row, today) for row in rows), key=lambda item: item.order)
    page = paginate(request, items)
    facts = [item.assignment.recommendation for item in page.object_list]
    attach_pages(facts)
    attach_issuer_pages(facts)
    bodies = list(dict.fromkeys(mandate.organisation for mandate in mandates))
    asked = {item.assignment.organisation_id for item in items}
    dues = [item.due for item in items if item.due and item.due >= today]
    return render(
        request,
        "recommendations/my_institution.html",
        {
            "title": _("My institution"),
            "list_page": page,
            "bodies": bodies,
            "unasked": [body for body in bodies if body.pk not in asked],
            "open_count": sum(item.section != CLOSED for item in items),
            "overdue_count": sum(item.section == OVERDUE for item in items),
            "item_count": len(items),
            "next_due": min(dues, default=None),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def follow_up_create(request: HttpRequest, assignment: int) -> HttpResponse:
    """Answer for one item; another institution's item does not exist here (404)."""
    rows = held_by(request).select_related(
        "organisation", "recommendation__forum", "recommendation__working_group__forum"
    )
    row: Assignment = get_object_or_404(rows, pk=assignment)
    newer: list[FollowUp] = []
    if request.method == "POST":
        form = ReplyForm(request.POST, assignment=row)
        if form.is_valid():
            try:
                form.save(request.user)
            except Overtaken as overtaken:
                # The same words over the log as it stands now: whoever has read it may save again.
                newer = overtaken.newer
                data = request.POST.copy()
                data["seen"] = str(newest_entry(row))
                form = ReplyForm(data, assignment=Assignment.objects.get(pk=row.pk))
                form.add_error(None, str(overtaken))
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Saved. Readers see the entry with its date at once."))
                return redirect("my_institution")
        status = 409 if newer else 422
    else:
        status = 200
        form = ReplyForm(assignment=row, initial=first_values(row, request.GET.get("answer", "")))
    return render(request, "recommendations/follow_up_form.html", form_context(row, form, newer), status=status)


def form_context(row: Assignment, form: ReplyForm, newer: list[FollowUp]) -> dict[str, Any]:
    """What the page of the form shows; ``newer``: entries that were added while it was filled in."""
    attach_pages([row.recommendation])
    entries = row.follow_ups.newest_first().select_related("declared_by").prefetch_related("evidence__document")
    return {
        "title": _("Answer for %(institution)s") % {"institution": row.organisation},
        "assignment": row,
        "recommendation": row.recommendation,
        "form": form,
        "entries": entries[:10],
        "newer": newer,
    }


def first_values(row: Assignment, answer: str) -> dict[str, Any]:
    """What stands in the form when it is opened."""
    return {"seen": newest_entry(row), "answer": answer, "when": timezone.localdate().strftime("%d.%m.%Y")}
