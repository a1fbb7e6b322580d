"""The whole answer to a question, or the picks of a reader, as a file: streamed, in the engine's order."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recommendations.transfer.batches import batches
from recommendations.transfer.export import Stamp
from recommendations.transfer.formats import TYPES, write
from recommendations.views.feeds import bad_address, not_known
from search.engines.base import EngineUnavailable
from search.labels import labels_of, never_named
from search.templatetags.facet_tags import question_address
from search.views.address import KNOWN
from search.views.page import Asked, said_of
from search.views.picks import PARAMETER as PICK
from search.views.picks import read_picks
from search.views.whole import whole

RETRY_AFTER = 30


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Every recommendation that the search with these parameters finds, in one of TYPES."""
    asked = Asked.read(request)
    if refusal := refused(asked):
        return refusal
    try:
        found = whole(asked)
    except EngineUnavailable:
        return unavailable()
    return streamed(request, form, found, question_address(asked.typed.with_page(1).without_picks()))


@require_safe
def export_picks(request: HttpRequest, form: str) -> HttpResponseBase:
    """The picked recommendations, in one of TYPES; what cannot be found is left out."""
    picks = read_picks(request)
    return streamed(request, form, picks.pks, f"{reverse('search_compare')}?{picks.encoded}")


def streamed(request: HttpRequest, form: str, pks: Iterable[int], question: str) -> StreamingHttpResponse:
    """The file; permissions are asked once more for each batch, when it is read."""
    language = get_language() or "pl"
    stamp = Stamp(timezone.now(), request.build_absolute_uri(question))
    pieces = write(form, batches(pks, language, request.build_absolute_uri), stamp, language)
    if request.method == "HEAD":
        pieces = iter(())
    response = StreamingHttpResponse(pieces, content_type=content_type(form))
    response["Content-Disposition"] = f'attachment; filename="{file_name(form, stamp)}"'
    response["Content-Language"] = language
    # A list of a moment is no page to be found, and nobody else's list.
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response


def content_type(form: str) -> str:
    return TYPES[form] if form == "xlsx" else f"{TYPES[form]}; charset=utf-8"


def file_name(form: str, stamp: Stamp) -> str:
    """In plain letters, and sorted by day in any folder."""
    return f"rekomendacje-{stamp.day.isoformat()}.{form}"


def refused(asked: Asked) -> HttpResponse | None:
    """What of the address means nothing here, or None: the rest alone would be another question, and a filter by what
    nothing ever went by an empty answer to a slip."""
    if asked.address.unknown:
        return bad_address([not_known(asked.address.unknown, [name for name in KNOWN if name != PICK])])
    told = [note.text for note in asked.address.faults]
    told += said_of(never_named(asked.typed, labels_of([asked.typed], asked.typed.language)))
    return bad_address(told) if told else None


def unavailable() -> HttpResponse:
    """Why there is no file: half a list would pass for the whole."""
    text = _(
        "The search index does not answer at the moment, so the list would not be complete. Try again in a minute."
    )
    return HttpResponse(
        text, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": RETRY_AFTER}
    )
