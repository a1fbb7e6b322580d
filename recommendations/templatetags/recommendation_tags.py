"""Recommendations for templates of any floor: lists of an issuer, counts, newest outcomes, the record of a page."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import get_language

from forums.models import Forum, WorkingGroup
from pagekit.pagination import paginate
from pagekit.templatetags.pagekit_tags import ancestors_of
from recommendations.models import FollowUp, Recommendation, RecommendationPage
from recommendations.models.lists import (
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
from recommendations.transfer import citation
from recommendations.transfer.export import citation_of

register = template.Library()


@register.simple_tag
def recommendations_of(issuer: Forum | WorkingGroup | None) -> list[Recommendation]:
    """All that a forum or group issued itself, in the original order, ready for components/recommendation_item.html.

    None (a draft that has no fact yet) has issued nothing.
    """
    if issuer is None:
        return []
    name = "forum" if isinstance(issuer, Forum) else "working_group"
    return listed(Recommendation.objects.visible_to().filter(**{name: issuer}).order_by("number", "reference"))


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


@register.simple_tag(takes_context=True)
def record(context: template.Context, page: RecommendationPage) -> Record:
    """Everything that the page of a recommendation shows (recommendations.models.record.Record)."""
    request = context.get("request")
    # The pages above are read for the way back anyway; the issuer is mostly one of them.
    above = ancestors_of(page)
    return record_of(page, is_preview=getattr(request, "is_preview", False), above=above)


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
        "datePublished": page.first_published_at.isoformat() if page.first_published_at else "",
        "dateModified": page.last_published_at.isoformat() if page.last_published_at else "",
    }
    if record.issuer_page:
        issued = {"@type": "Organization", "name": record.issuer_page.title}
        # A restated text is not the issuer's own: it stands beside the record, not as its author.
        work["sourceOrganization" if record.is_restated else "author"] = issued
    return {name: value for name, value in work.items() if value}


@register.simple_tag(takes_context=True)
def recommendation_list(context: template.Context) -> dict[str, Any]:
    """One page of all recommendations in the order that ``?sort=`` names, with the other orders as links."""
    request = context["request"]
    wanted = request.GET.get("sort", NEWEST)
    order = wanted if wanted in ORDERS else NEWEST
    page = paginate(request, in_order(Recommendation.objects.visible_to(), order))
    page.object_list = listed(page.object_list, get_language())
    orders = [{"name": name, "label": label, "is_current": name == order} for name, label in ORDERS.items()]
    return {"page": page, "orders": orders, "query": "" if order == NEWEST else f"sort={order}"}
