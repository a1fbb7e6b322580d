"""Permanent references: they stand outside the language prefixes and resolve for ever (domain.md, References)."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pagekit.models import attach_pages, source_language
from recommendations.choices import LinkKind
from recommendations.models import Recommendation, Wording
from recommendations.models.editorial import Tombstone, tombstone_of
from recommendations.models.lists import OLDEST, attach_issuer_pages, in_order
from recommendations.models.narrowing import BESIDE
from recommendations.models.record import record_of
from recommendations.models.threads import repeats
from recommendations.services.publication import resolve_reference
from recommendations.transfer import citation
from recommendations.transfer.events import log_of
from recommendations.transfer.export import citation_of, columns, tombstone_columns, with_nulls
from recommendations.views.browse import page_of
from recommendations.views.feeds import bad_address

FEWEST_OF_A_THREAD = 2
TYPES = {
    "json": "application/json",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
}


class Withdrawn(Http404):
    """Readers ask for what was taken off: not found, unless ``or_tombstone`` answers."""

    def __init__(self, tombstone: Tombstone) -> None:
        super().__init__(str(tombstone.recommendation))
        self.tombstone = tombstone


def or_tombstone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """``view``, and in the place of what was taken off its tombstone, at each of its permanent addresses."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Withdrawn as gone:
            if kwargs.get("form") == "json":
                return JsonResponse(with_nulls(tombstone_columns(gone.tombstone)), status=gone.tombstone.status)
            with translation.override(kwargs.get("language") or translation.get_language_from_request(request)):
                response = gone.tombstone.served(request)
                response["Content-Language"] = translation.get_language() or ""
            return for_each_reader(response)

    return wrapped


def visible_or_404(text: str, user: Any) -> Recommendation:
    """The recommendation that a reference or alias names, if readers may see it; a hidden one is as unknown as none.

    Withdrawn, if it was withdrawn from publication or unpublished.
    """
    # PostgreSQL refuses a NUL in any text.
    named = None if "\x00" in text else resolve_reference(text)
    found = named and (
        Recommendation.objects.visible_to(user)
        .select_related("forum", "working_group__forum")
        .filter(pk=named.pk)
        .first()
    )
    if not found:
        if named and (tombstone := tombstone_of(named)):
            raise Withdrawn(tombstone)
        raise Http404
    return found


@require_safe
@or_tombstone
def thread(request: HttpRequest, reference: str) -> HttpResponse:
    """What was asked again across editions, the first time first; one address, that of the first, for all of them."""
    named = visible_or_404(reference, request.user)
    chain = repeats([named.pk]).get(named.pk, frozenset())
    visible = Recommendation.objects.visible_to(request.user).filter(pk__in=chain)
    asked = in_order(visible, OLDEST)
    if asked.count() < FEWEST_OF_A_THREAD:
        raise Http404
    first = asked.first()
    if first is not None and first.reference != reference:
        query = request.GET.urlencode()
        return redirect(reverse("thread", args=[first.reference]) + (f"?{query}" if query else ""))
    page = page_of(request, visible, OLDEST)
    is_past = page.day.moment is not None
    return render(
        request,
        "recommendations/thread.html",
        {
            "title": _("Asked again across editions"),
            "description": (
                _("Recommendations that repeat one another, the oldest first.")
                if is_past
                else _("Recommendations that repeat one another, the oldest first, each as it stands today.")
            ),
            "recommendations": page,
            "moments": visible.moments(),
        },
    )


def merged_into(found: Recommendation, user: Any) -> Recommendation:
    """The visible recommendation that this one was merged into, through every step; itself where there is none."""
    passed = [found.pk]
    while merging := (
        Recommendation.objects.visible_to(user)
        .filter(links__target=found, links__kind=LinkKind.MERGES)
        .exclude(pk__in=passed)
        .select_related("forum", "working_group__forum")
        .order_by("links__id")
        .first()
    ):
        found = merging
        passed.append(found.pk)
    return found


def for_each_reader(response: HttpResponse) -> HttpResponse:
    """Tell caches that the answer depends on the reader's language."""
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
@or_tombstone
def reference(request: HttpRequest, reference: str) -> HttpResponse:
    """302 to the page in the reader's language, or the source where there is no translation.

    A day that is asked for goes along. What was merged into another leads there; its versions and its record stand
    under their own reference for ever.
    """
    found = merged_into(visible_or_404(reference, request.user), request.user)
    attach_pages([found], translation.get_language_from_request(request))
    return for_each_reader(redirect(with_query(request, found.page.get_url(request))))


@require_safe
def without_slash(request: HttpRequest, path: str) -> HttpResponse:
    """301 to the permanent address proper, whatever stands there."""
    return redirect(with_query(request, f"/{quote(path)}"), permanent=True)


def with_query(request: HttpRequest, address: str) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{address}?{query}" if query else address


def visible_wordings(found: Recommendation, user: Any, **which: Any) -> list[Wording]:
    return list(Wording.objects.visible_to(user).filter(recommendation=found, **which).order_by("language", "-number"))


@require_safe
@or_tombstone
def reference_version(request: HttpRequest, reference: str, number: str, language: str | None = None) -> HttpResponse:
    """One published wording as it stood, what it changed, and whether a newer one exists."""
    found = visible_or_404(reference, request.user)
    every = visible_wordings(found, request.user, language__in={language or source_language(), source_language()})
    wordings = [one for one in every if one.language == (language or source_language())]
    wording = next((one for one in wordings if one.number == int(number)), None)
    if wording is None:
        raise Http404
    earlier = next((one for one in wordings if one.number == wording.number - 1), None)
    address = wording.path(found.reference)
    if request.path != address:
        return redirect(address, permanent=True)
    with translation.override(language or translation.get_language_from_request(request)):
        attach_pages([found], wording.language)
        attach_issuer_pages([found], wording.language)
        cited = citation_of(found, wording, address=request.build_absolute_uri(address))
        context = {
            "title": f"{wording.title} – {cited.number}",
            "description": wording.text,
            "recommendation": found,
            "wording": wording,
            "newest": wordings[0],
            # Of a translation: what it translates.
            "original": next((one for one in every if one.language != wording.language), None),
            "versions": wordings,
            # A published wording stays as it is.
            "moments": dict.fromkeys(("created", "published", "updated"), wording.published_at),
            "earlier": earlier,
            "changes": wording.changes_from(earlier) if earlier else [],
            "cited": cited,
            "cite": {"text": citation.plain(cited), "citation": cited, "path": address},
        }
        response = render(request, "recommendations/version.html", context)
        response["Content-Language"] = translation.get_language() or ""
    return for_each_reader(response)


@require_safe
@or_tombstone
def handed_over(
    request: HttpRequest, reference: str, form: str, number: str | None = None, language: str | None = None
) -> HttpResponse:
    """The record as JSON, or the citation of one version (the newest of the source language) for a reference manager.

    The language is that of the address, never the reader's: a program must get the same from everywhere.
    """
    asked = [name for name in BESIDE if name in request.GET]
    if asked and form == "json":
        text = _("This file is of today, with the dates of all that was recorded. Leave out: %(names)s.")
        return bad_address([text % {"names": ", ".join(asked)}])
    found = visible_or_404(reference, request.user)
    language = language or source_language()
    wordings = visible_wordings(found, request.user)
    wording = next((one for one in wordings if one.language == language and number in (None, str(one.number))), None)
    if wording is None:
        raise Http404
    with translation.override(language):
        text = formatted(request, found, form, wording, wordings if number is None else [wording])
    response = HttpResponse(text, content_type=f"{TYPES[form]}; charset=utf-8")
    if form in {"bib", "ris"}:
        response["Content-Disposition"] = f'attachment; filename="{found.reference}-v{wording.number}.{form}"'
    response["Content-Language"] = language
    return response


def formatted(request: HttpRequest, found: Recommendation, form: str, wording: Wording, wordings: list[Wording]) -> str:
    attach_pages([found], wording.language)
    record = record_of(found.page)
    if form == "json":
        address = request.build_absolute_uri(reverse("reference", kwargs={"reference": found.reference}))
        own = [(one, request.build_absolute_uri(one.path(found.reference))) for one in wordings]
        whole = with_nulls(columns(record, own, address=address)) | {"log": log_of(record, request.build_absolute_uri)}
        return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    cited = citation_of(
        record.fact,
        wording,
        address=request.build_absolute_uri(wording.path(found.reference)),
        keywords=tuple(word.label for word in [*record.themes, *record.tags]),
    )
    if form == "csl.json":
        return json.dumps(citation.csl(cited), ensure_ascii=False, indent=2) + "\n"
    return citation.bibtex(cited) if form == "bib" else citation.ris(cited)
