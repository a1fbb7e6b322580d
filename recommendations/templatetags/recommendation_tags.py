"""Recommendations for templates of any floor: lists of an issuer, counts, newest outcomes, the record of a page."""

import datetime as dt
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from forums.models import Forum, WorkingGroup
from forums.templatetags.forum_tags import coarse_words
from pagekit.models import attach_pages
from pagekit.pagination import paginate
from pagekit.shown import ancestors_of
from pagekit.templatetags.pagekit_tags import day_month_year, month_year
from recommendations import rules
from recommendations.choices import (
    ACCEPTING,
    Badge,
    Basis,
    EntryKind,
    FactPrecision,
    Finding,
    Implementation,
    Position,
    StageEntryKind,
)
from recommendations.models import (
    ActionStage,
    Assignment,
    FollowUp,
    Recommendation,
    RecommendationPage,
    StageEntry,
    Wording,
)
from recommendations.models.lists import (
    INFORMATION,
    NEWEST,
    ORDERS,
    Change,
    Counts,
    changed,
    changes,
    counts,
    counts_by_issuer,
    in_order,
    listed,
    newest_outcomes,
)
from recommendations.models.record import Record, record_of
from recommendations.services.log import clock_of, state_in_caches
from recommendations.services.past import AskedDay, put_list_back, put_record_back
from recommendations.services.past import asked_day as read_day
from recommendations.templatetags.state_tags import SIGNS
from recommendations.transfer import citation
from recommendations.transfer.citation import Citation
from recommendations.transfer.export import citation_of, moment

register = template.Library()


SET = 100
"""Recommendations of one issuer on a page: sets of a group are seen whole, what an archive brings in is not."""


@register.simple_tag(takes_context=True)
def asked_day(context: template.Context) -> AskedDay:
    """The past day that the address asks for (recommendations.services.past); previews always show today."""
    request: HttpRequest | None = context.get("request")
    return read_day(request.GET) if request and not getattr(request, "is_preview", False) else AskedDay()


@register.simple_tag(takes_context=True)
def recommendations_of(
    context: template.Context, issuer: Forum | WorkingGroup | None, numbers: dict[Forum | WorkingGroup, int]
) -> Page[Recommendation]:
    """What a forum or group issued itself, in the original order, ready for components/recommendation_item.html.

    None (a draft that has no fact yet) has issued nothing. The issuer is known here, so its page is not attached.
    ``numbers`` are the counts of all issuers, which the page has anyway. On a past day the set is whole, too: it was
    issued at once.
    """
    name = "forum" if isinstance(issuer, Forum) else "working_group"
    issued = Recommendation.objects.visible_to().filter(**{name: issuer}) if issuer else Recommendation.objects.none()
    issued = issued.with_addressees().order_by("number", "reference")
    page = paginate(context["request"], issued, SET, count=numbers.get(issuer, 0) if issuer else 0)
    page.object_list = list(page.object_list)
    attach_pages(page.object_list)
    if moment := asked_day(context).moment:
        put_list_back(page.object_list, moment)
    return page


@register.simple_tag
def whose_words(words: Record | Citation) -> str:
    """Whether a wording is the source's own: neither our summary nor a translation is."""
    if words.is_restated:
        return _("Our summary, translated from Polish") if words.is_translated else _("In our summary")
    return _("Translation of the verbatim Polish wording") if words.is_translated else _("Verbatim")


@register.simple_tag
def recommendation_counts() -> Counts:
    """The numbers of the whole site, each with what it is taken from (recommendations.models.lists.Counts)."""
    return counts()


@register.simple_tag
def recommendation_counts_by_issuer() -> dict[Forum | WorkingGroup, int]:
    """To be kept in a variable and asked by the filter ``count_of``: one query for a whole list of issuers."""
    return counts_by_issuer()


@register.filter
def count_of(numbers: dict[Forum | WorkingGroup, int], issuer: Forum | WorkingGroup) -> int:
    """How many recommendations the forum or group issued itself."""
    return numbers.get(issuer, 0)


@register.simple_tag
def latest_outcomes(limit: int = 5) -> list[FollowUp]:
    """What addressees lately answered or did: entries with ``assignment.recommendation.page``."""
    return newest_outcomes(limit)


@register.simple_tag
def latest_changes(limit: int = 5) -> list[Change]:
    return changed(changes()[:limit])


@register.simple_tag
def action_stages_of(forum: Forum | None) -> list[ActionStage]:
    """The stages in which recommendations chosen after this forum are carried out; none for a draft without a fact."""
    return list(ActionStage.objects.filter(forum=forum).newest_first()) if forum else []


@register.simple_tag(takes_context=True)
def record(context: template.Context, page: RecommendationPage) -> Record:
    """Everything that the page of a recommendation shows (recommendations.models.record.Record)."""
    # Kept on the page: the head and the body of a template cannot share variables.
    kept: Record | None = getattr(page, "_shown_record", None)
    if kept is None:
        is_preview = getattr(context.get("request"), "is_preview", False)
        # The pages above are read for the way back anyway; the issuer is mostly one of them.
        kept = page._shown_record = record_of(page, is_preview=is_preview, above=ancestors_of(page))
        if moment := asked_day(context).moment:
            put_record_back(kept, moment)
    return kept


@register.simple_tag(takes_context=True)
def cited(context: template.Context, record: Record) -> dict[str, Any] | None:
    """How to cite the newest wording of this page: ``text``, ``citation`` and ``path``; None before publication."""
    wording, request = record.wording, context.get("request")
    if wording is None or request is None:
        return None
    path = wording.path(record.fact.reference)
    keywords = tuple(word.label for word in [*record.themes, *record.tags])
    citation_ = citation_of(record.fact, wording, address=request.build_absolute_uri(path), keywords=keywords)
    return {"text": citation.plain(citation_), "citation": citation_, "path": path}


@register.simple_tag(takes_context=True)
def creative_work(context: template.Context, record: Record) -> dict[str, Any]:
    """The recommendation for machines (schema.org): our record, and what it is based on."""
    request: HttpRequest | None = context.get("request")
    page, fact = record.page, record.fact
    address = page.get_url(request) or ""
    work: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": page.title,
        "text": page.text,
        "identifier": fact.reference,
        "inLanguage": page.locale.language_code,
        "url": request.build_absolute_uri(address) if request else address,
        "keywords": [word.label for word in [*record.themes, *record.tags]],
        "spatialCoverage": [place.label for place in record.places],
        "about": [group.label for group in record.affected_groups],
        "isBasedOn": fact.source_url,
        "version": str(record.wording.number) if record.wording else "",
        "datePublished": moment(page.first_published_at) if page.first_published_at else "",
        "dateModified": moment(page.last_published_at) if page.last_published_at else "",
    }
    if record.issuer_page:
        issued = {"@type": "Organization", "name": record.issuer_page.title}
        # A restated text is not the issuer's own: it stands beside the record, not as its author.
        work["sourceOrganization" if record.is_restated else "author"] = issued
    return {name: value for name, value in work.items() if value}


@register.simple_tag(takes_context=True)
def recommendation_list(context: template.Context) -> dict[str, Any]:
    """One page of all recommendations in the order that ``?sort=`` names, with the other orders as links.

    On a past day (``?on=``) what was issued by then, with the state of that day; not in the order of the last
    information, which would have to be worked out for all of them.
    """
    request = context["request"]
    day = asked_day(context)
    offered = {name: label for name, label in ORDERS.items() if day.moment is None or name != INFORMATION}
    wanted = request.GET.get("sort", NEWEST)
    order = wanted if wanted in offered else NEWEST
    recommendations = Recommendation.objects.visible_to()
    if day.moment:
        recommendations = recommendations.issued_by(day.moment)
    page = paginate(request, in_order(recommendations, order))
    page.object_list = listed(page.object_list, get_language())
    if day.moment:
        put_list_back(page.object_list, day.moment)
    sorted_by = "" if order == NEWEST else f"sort={order}"
    orders = [
        {
            "query": "&".join(filter(None, (f"sort={name}", day.query))),
            "label": label,
            "is_current": name == order,
        }
        for name, label in offered.items()
    ]
    query = "&".join(filter(None, (sorted_by, day.query)))
    kept = [] if order == NEWEST else [("sort", order)]
    return {"page": page, "orders": orders, "query": query, "day": day, "kept": kept, "back": sorted_by}


@register.filter
def version_path(wording: Wording, reference: str) -> str:
    return wording.path(reference)


# How each kind of entry is coloured where it moves nothing by itself.
QUIET = {EntryKind.CLOSURE: "none", EntryKind.REOPENING: "todo"}


def stands_confirmed(entry: FollowUp) -> bool:
    """Whether an assessor confirmed the entry, and none found it weakened since; its assessments are newest first."""
    found = (one.finding for one in entry.public_assessments)
    return next((one for one in found if one in {Finding.CONFIRMS, Finding.WEAKENED}), None) == Finding.CONFIRMS


@register.filter
def entry_tone(entry: FollowUp) -> str:
    """The tone (badge.css) of an entry on the timeline."""
    if entry.implementation == Implementation.IMPLEMENTED:
        return SIGNS[Badge.DECLARED][1]
    if entry.implementation == Implementation.PARTIALLY_IMPLEMENTED:
        # A claim that nobody confirmed counts as in progress.
        confirmed = stands_confirmed(entry)
        return SIGNS[Badge.PARTIALLY_IMPLEMENTED if confirmed else Badge.IN_PROGRESS][1]
    if entry.implementation:
        return SIGNS[Badge(entry.implementation)][1]
    if entry.closure:
        return SIGNS[Badge(f"closed_{entry.closure}")][1]
    if entry.position in ACCEPTING:
        return "doing"
    return "stop" if entry.position == Position.DECLINED else QUIET.get(EntryKind(entry.kind), "none")


@register.filter
def says(entry: FollowUp) -> str:
    """What the entry states, in the words of its kind; a note states nothing."""
    if entry.position:
        return _("Position: %(position)s") % {"position": entry.get_position_display()}
    if entry.implementation == Implementation.IMPLEMENTED:
        return str((Badge.VERIFIED if stands_confirmed(entry) else Badge.DECLARED).label).capitalize()
    if entry.implementation == Implementation.PARTIALLY_IMPLEMENTED:
        confirmed = stands_confirmed(entry)
        label = str(entry.get_implementation_display()).capitalize()
        return label if confirmed else f"{label} ({_('claimed, not confirmed')})"
    if entry.implementation:
        return str(entry.get_implementation_display()).capitalize()
    if entry.closure:
        return str(entry.get_closure_display()).capitalize()
    return "" if entry.kind == EntryKind.NOTE else str(entry.get_kind_display()).capitalize()


@register.filter
def basis_words(entry: FollowUp) -> str:
    """On what the entry stands: the addressee's word, an assessor's finding, or a published source."""
    if entry.kind == EntryKind.LETTER:
        return _("our letter to the addressee")
    if entry.kind == EntryKind.SILENCE:
        return _("our own note: nothing reached us")
    if entry.basis == Basis.OWN_STATEMENT:
        if entry.declared_by_id == entry.assignment.organisation_id:
            return _("statement of the addressee")
        return _("statement of: %(body)s") % {"body": entry.declared_by}
    if entry.kind in {EntryKind.CLOSURE, EntryKind.REOPENING}:
        return _("decision of the editors")
    if entry.is_by_assessor:
        return _("our assessment from a source")
    return _("note from a source") if entry.kind == EntryKind.NOTE else _("assessed from source")


COARSE = {
    FactPrecision.RANGE: gettext_lazy("from %(date)s"),
    FactPrecision.ABOUT: gettext_lazy("about %(date)s"),
    FactPrecision.BEFORE: gettext_lazy("before %(date)s"),
    FactPrecision.AFTER: gettext_lazy("after %(date)s"),
}


@register.filter
def stage_says(entry: StageEntry) -> str:
    """What an entry of a stage of action tells, in two words."""
    if entry.is_retraction:
        return _("taken back")
    return _("chosen to be carried out") if entry.kind == StageEntryKind.CHOICE else _("action")


@register.filter
def refers_to(entry: FollowUp | StageEntry) -> str:
    """The date an entry refers to, no more exactly than it is known."""
    day, precision = entry.refers_on, entry.refers_precision
    if day is None:
        return _("date not known")
    if precision == FactPrecision.YEAR:
        return str(day.year)
    if precision == FactPrecision.MONTH:
        return month_year(day)
    if precision in COARSE:
        is_genitive = precision in {FactPrecision.RANGE, FactPrecision.ABOUT}
        return COARSE[FactPrecision(precision)] % {"date": coarse_words(day, is_genitive=is_genitive)}
    return day_month_year(day)


@register.simple_tag
def unanswered_since(record: Record, row: Assignment) -> dt.date | None:
    """The day on which an answer was due, once it has not come for 90 days more; of today's state only, no query."""
    if record.moment is not None or row.is_withdrawn or row.notified_at is None:
        return None
    clock, state = clock_of(row), state_in_caches(row)
    first = rules.no_answer_from(clock, state)
    return rules.next_due(clock, state) if first is not None and first <= timezone.localdate() else None
