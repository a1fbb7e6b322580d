"""How far everything is: the dashboard, its tables as CSV, and all public status events as files."""

from dataclasses import replace
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pagekit.templatetags.pagekit_tags import day_month_year
from recommendations.models import Recommendation
from recommendations.models.figures import Chart, choices_offered, figures_of
from recommendations.models.narrowing import BESIDE, NAMES, OF_FIGURES, Known, Narrowing, read_narrowing
from recommendations.models.tally import note_asked
from recommendations.services.past import AskedDay, asked_day
from recommendations.transfer import events
from recommendations.transfer.export import Stamp
from recommendations.transfer.formats import MARK, cell, lines
from recommendations.views.feeds import not_known, refused

Answer = TypeVar("Answer", bound=HttpResponseBase)
CHARTS = ("implementation", "position", "closure", "theme", "issuer", "timeline")


def asked(
    request: HttpRequest, offered: tuple[str, ...] = NAMES, known: Known | None = None
) -> tuple[Narrowing, AskedDay]:
    """The filter and the day that the address holds; a day that is none is ``wrong``, too."""
    day = asked_day(request.GET)
    narrowing = read_narrowing(request.GET, offered, known, BESIDE)
    wrong = (*narrowing.wrong, "on") if day.is_wrong else narrowing.wrong
    return replace(narrowing, moment=day.moment, wrong=wrong), day


def query_of(narrowing: Narrowing, day: AskedDay) -> str:
    return "&".join(filter(None, (narrowing.query, day.query)))


def day_of_file(day: AskedDay) -> str:
    """The day in the name of a file: that of its state, marked if only what was known then counts."""
    if day.moment is None:
        return timezone.localdate().isoformat()
    return day.moment.on.isoformat() + ("-wg-wiedzy-z-dnia" if day.moment.is_as_known else "")


@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Pictures and tables of all requests, or of those of one theme, issuer, addressee and year; of any past day."""
    choices = choices_offered(may_lag=True)
    narrowing, day = asked(request, OF_FIGURES, choices.known(request.GET.get("theme", "").strip()))
    offered = choices.of(narrowing)
    labels = {"theme": _("theme"), "issuer": _("issuer"), "addressee": _("addressee"), "year": _("year of issue")}
    fields = [{"name": name, "label": labels[name], "choices": offered[name]} for name in OF_FIGURES]
    chosen = [(labels[name], one.label) for name in OF_FIGURES for one in offered[name] if one.is_chosen]
    if day.moment:
        date = day_month_year(day.moment.on)
        chosen.append((_("state on"), _("%(date)s, as known then") % {"date": date} if day.is_as_known else date))
    if query := query_of(narrowing, day):
        note_asked(query)
    return render(
        request,
        "recommendations/standing.html",
        {
            "title": _("State in figures"),
            "description": _("How far addressees are, what they answered and what changed, in whole numbers."),
            "narrowing": narrowing,
            "day": day,
            "filter": [(name, value) for name in OF_FIGURES if (value := getattr(narrowing, name))],
            # Not "query": that is what the search box of every page shows.
            "address_query": query,
            "figures": figures_of(narrowing, choices, may_lag=True),
            "fields": fields,
            "chosen": "; ".join(f"{label}: {value.lstrip('– ')}" for label, value in chosen),
            # Of the day the notice says it.
            "wrong": [labels[name] for name in narrowing.wrong if name in labels],
            "moments": Recommendation.objects.moments_without(choices.hidden),
            "unknown": not_known(narrowing.unknown, narrowing.offered) if narrowing.unknown else "",
        },
    )


@require_safe
def chart(request: HttpRequest, name: str) -> HttpResponse:
    """The table of one picture as CSV, by the same filter and day."""
    if name not in CHARTS:
        raise Http404
    narrowing, day = asked(request, OF_FIGURES)
    if refusal := refused(narrowing):
        return refusal
    found = next(one for one in figures_of(narrowing).charts if one.name == name)
    response = HttpResponse(MARK + lines(table_of(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="stan-{name}-{day_of_file(day)}.csv"'
    return as_list_of_a_moment(response)


def table_of(found: Chart) -> list[list[Any]]:
    """One line for each bar, with what it is taken from."""
    head = ["group_code", "group", "code", "label", "count", "of"]
    return [
        head,
        *(
            [cell(value) for value in (series.code, series.label, one.code, one.label, one.count, series.total)]
            for series in found.series
            for one in series.slices
        ),
    ]


@require_safe
def status_events(request: HttpRequest, form: str) -> HttpResponseBase:
    """Every public entry of the log and every public assessment that filter and day leave, streamed."""
    narrowing, day = asked(request)
    if refusal := refused(narrowing):
        return refusal
    language, own, query = get_language() or "pl", reverse("status_events", args=[form]), query_of(narrowing, day)
    stamp = Stamp(timezone.now(), request.build_absolute_uri(f"{own}?{query}" if query else own))
    found = events.batches(narrowing, language, request.build_absolute_uri)
    pieces = iter(()) if request.method == "HEAD" else events.write(form, found, stamp, language)
    response = StreamingHttpResponse(pieces, content_type=f"{events.TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="wpisy-{day_of_file(day)}.{form}"'
    response["Content-Language"] = language
    return as_list_of_a_moment(response)


def as_list_of_a_moment(response: Answer) -> Answer:
    """A list of a moment is no page to be found, and nobody else's list."""
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response
