"""Following by machine: what happened as Atom, what is due as a calendar; each by the filter that its address holds."""

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pagekit.models import attach_pages
from recommendations import rules
from recommendations.choices import Implementation
from recommendations.models import Assessment, Assignment, FollowUp
from recommendations.models.narrowing import Narrowing, read_narrowing
from recommendations.services.log import clock_of, state_in_caches
from recommendations.templatetags.recommendation_tags import basis_words, refers_to, says, stage_says
from recommendations.transfer.calendar import TYPE, Deadline, written
from recommendations.transfer.events import AnyEvent, Event, StageEvent, events_of, stage_events_of

ENTRIES = 50
MOST_DEADLINES = 5_000
EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""When a feed without entries says it was last changed: a constant, or every visit would look like news."""

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
OF_FEEDS = ("reference", "addressee", "theme", "issuer", "year")
"""What narrows a feed or a calendar; a range of days would end it."""
LONGEST_NAME, MOST_NAMES = 40, 5
"""How much of the names that an address should not hold is said back."""


def clean(text: str) -> str:
    """The text without the characters that XML forbids."""
    return FORBIDDEN.sub(" ", text)


class DatedFeed(Atom1Feed):
    """Atom that says when the list was last changed, even if it is empty."""

    last_changed = EPOCH

    def latest_post_date(self) -> dt.datetime:
        return self.last_changed


def conditional(request: HttpRequest, text: str, content_type: str, language: str) -> HttpResponse:
    """The text; 304 to who has this very one already. To be asked about each time: what is hidden must not wait."""
    content = text.encode("utf-8", "replace")
    # Of the whole text: a renamed theme or a corrected title is news to who keeps it, an unpublished entry too.
    etag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(content, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    response["Content-Language"] = language
    response["X-Robots-Tag"] = "noindex"
    return response


def refused(narrowing: Narrowing) -> HttpResponse | None:
    """The answer to an address that holds something wrongly, where a list of everything would pass for the answer."""
    told = []
    if narrowing.wrong:
        text = _("Nothing here answers to: %(names)s. Correct the address or leave it out.")
        told.append(text % {"names": ", ".join(narrowing.wrong)})
    if narrowing.unknown:
        told.append(not_known(narrowing.unknown, narrowing.offered))
    return bad_address(told) if told else None


def not_known(names: Sequence[str], offered: Sequence[str]) -> str:
    """That parameters mean nothing here, and which do."""
    text = _("This address does not know: %(names)s. It knows: %(offered)s.")
    shown = ", ".join(clean(name[:LONGEST_NAME]) for name in names[:MOST_NAMES])
    return text % {"names": shown, "offered": ", ".join(offered)}


def bad_address(told: Sequence[str]) -> HttpResponse:
    """What is wrong with the address of a file or feed, in sentences."""
    return HttpResponse("\n".join(told), status=400, content_type="text/plain; charset=utf-8")


def name_of(narrowing: Narrowing) -> str:
    """What is followed, in words."""
    followed = [str(one) for one in (narrowing.recommendation, narrowing.organisation) if one]
    if followed:
        return " · ".join(followed)
    return _("a choice of recommendations") if narrowing.query else _("all recommendations")


@require_safe
def status_feed(request: HttpRequest) -> HttpResponse:
    """What was written in the logs last, and what was found about it; at most fifty, the newest first."""
    narrowing = read_narrowing(request.GET, OF_FEEDS, is_followed=True)
    if refusal := refused(narrowing):
        return refusal
    language, absolute = get_language() or "pl", request.build_absolute_uri
    events = newest(narrowing, request)
    own = absolute(reverse("status_feed") + (f"?{narrowing.query}" if narrowing.query else ""))
    site, what = _("Forums on Migration Policy"), _("Status events")
    made = DatedFeed(
        title=clean(f"{what}: {name_of(narrowing)} – {site}"),
        link=absolute(subject_path(narrowing)),
        description=None,
        language=language,
        feed_url=own,
        feed_guid=own,
        author_name=site,
    )
    made.last_changed = events[0].public_at if events else EPOCH
    for event in events:
        made.add_item(**entry_of_feed(event))
    return conditional(request, made.writeString("utf-8"), Atom1Feed.content_type, language)


def subject_path(narrowing: Narrowing) -> str:
    """The page that a feed or calendar belongs to."""
    if narrowing.recommendation:
        return reverse("reference", kwargs={"reference": narrowing.reference})
    if narrowing.organisation:
        return reverse("organisation", args=[narrowing.addressee])
    return reverse("standing") + (f"?{narrowing.query}" if narrowing.query else "")


def newest(narrowing: Narrowing, request: HttpRequest) -> list[AnyEvent]:
    """The events that became public last, the newest first."""
    entries = narrowing.entries()
    last = list(entries.order_by("-recorded_at", "-pk").values_list("pk", flat=True)[:ENTRIES])
    public = Assessment.objects.filter(public_from__lte=timezone.localdate(), follow_up__in=entries.values("pk"))
    found = list(public.order_by("-public_from", "-recorded_at").values_list("follow_up", flat=True)[:ENTRIES])
    rows: list[FollowUp] = list(
        FollowUp.objects.filter(Q(pk__in=last) | Q(pk__in=found))
        .select_related("assignment__recommendation", "assignment__organisation", "declared_by", "competent_body")
        .with_public_assessments()
    )
    told = narrowing.stage_entries().order_by("-recorded_at", "-pk").values_list("pk", flat=True)[:ENTRIES]
    events: list[AnyEvent] = [
        *events_of(rows, request.build_absolute_uri),
        *stage_events_of(told, request.build_absolute_uri),
    ]
    return sorted(events, key=lambda event: (event.public_at, event.id), reverse=True)[:ENTRIES]


def entry_of_feed(event: AnyEvent) -> dict[str, Any]:
    title, text = words_of_stage(event) if isinstance(event, StageEvent) else words_of_log(event)
    return {
        "title": clean(title),
        "link": event.address,
        "unique_id": f"{event.address.split('#')[0]}#{event.id}",
        # A summary is HTML by definition, and nobody has written any.
        "description": escape(clean(text)),
        "pubdate": event.public_at,
        "updateddate": event.public_at,
    }


def words_of_stage(event: StageEvent) -> tuple[str, str]:
    """What is told of a stage: its title and its text."""
    entry = event.entry
    said = stage_says(entry) if entry.is_retraction else f"{stage_says(entry)}, {refers_to(entry)}"
    title = f"{entry.chosen.recommendation.reference} · {entry.chosen.stage}: {said}"
    return title, "\n".join(filter(None, [entry.text, entry.result]))


def words_of_log(event: Event) -> tuple[str, str]:
    entry, assessment = event.entry, event.assessment
    if assessment:
        said, text = _("assessment:") + f" {assessment.get_finding_display()}", assessment.text
    else:
        said = f"{says(entry) or entry.get_kind_display()}, {refers_to(entry)} ({basis_words(entry)})"
        text = entry.text
    reference, organisation = entry.assignment.recommendation.reference, entry.assignment.organisation.label
    return f"{reference} · {organisation}: {said}", text


@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    """Until when institutions are to answer, and the target dates, as whole days of a calendar."""
    narrowing = read_narrowing(request.GET, OF_FEEDS, is_followed=True)
    if refusal := refused(narrowing):
        return refusal
    text = written(
        deadlines_of(narrowing, request),
        name=_("Deadlines") + f": {name_of(narrowing)}",
        product=_("Forums on Migration Policy"),
    )
    response = conditional(request, text, f"{TYPE}; charset=utf-8", get_language() or "pl")
    response["Content-Disposition"] = 'inline; filename="terminy.ics"'
    return response


def deadlines_of(narrowing: Narrowing, request: HttpRequest) -> list[Deadline]:
    rows: list[Assignment] = list(narrowing.assignments().on_the_clock().order_by("pk")[:MOST_DEADLINES])
    facts = [row.recommendation for row in rows]
    attach_pages(facts)
    found = []
    for row in rows:
        due = rules.next_due(clock_of(row), state_in_caches(row))
        target = None if row.implementation == Implementation.IMPLEMENTED else row.target_on
        for name, on, what in (("answer", due, _("answer or report due")), ("target", target, _("target date"))):
            if on is not None:
                found.append(deadline(row, name, on, what, request))
    return sorted(found, key=lambda one: (one.on, one.uid))


def deadline(row: Assignment, name: str, on: dt.date, what: str, request: HttpRequest) -> Deadline:
    fact = row.recommendation
    title = fact.page.title if fact.page else ""
    return Deadline(
        uid=f"{fact.reference}-A{row.number}-{name}@{request.get_host()}",
        on=on,
        summary=f"{row.organisation.label}: {what} ({fact.reference})",
        description=title,
        address=request.build_absolute_uri(reverse("reference", kwargs={"reference": fact.reference})),
        changed_at=max(
            moment for moment in (fact.last_change_at, fact.published_at, row.notified_at) if moment is not None
        ),
    )
