"""Ways into the recommendations: by theme, tag, place and institution, and what changed lately."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from forums.models import Forum
from pagekit.models import attach_pages
from pagekit.pagination import paginate
from recommendations.choices import Badge
from recommendations.models import Assignment, Recommendation
from recommendations.models.browsing import (
    Standing,
    counted_badges,
    counted_organisations,
    counted_places,
    counted_tags,
    roots,
    standing_in,
    standing_of,
    theme_branches,
)
from recommendations.models.lists import NEWEST, attach_issuer_pages, changed, in_order, listed
from recommendations.models.lists import changes as all_changes
from recommendations.models.narrowing import Narrowing, survivor
from recommendations.models.past_tally import past_answers, past_badges
from recommendations.models.tally import mark_of
from recommendations.rules import Moment
from recommendations.services.answering import answering_of
from recommendations.services.past import AskedDay, asked_day, put_list_back, rows_on
from taxonomy.models import Organisation, Place, Tag, Theme

# Names in a column are read at a glance, so more of them stand on one page than of recommendations.
NAMES_PER_PAGE = 100


def crumb(title: str, name: str, *arguments: str) -> tuple[str, str]:
    return title, reverse(name, args=arguments)


def page_of(request: HttpRequest, recommendations: Any, order: str = NEWEST) -> Any:
    """One page of recommendations, in one of ORDERS, with all that their lines show; ``day`` is the past day that the
    address asks for."""
    day = asked_day(request.GET)
    found = recommendations.issued_by(day.moment) if day.moment else recommendations
    page: Any = paginate(request, in_order(found, order))
    page.object_list = listed(page.object_list)
    if day.moment:
        put_list_back(page.object_list, day.moment)
    page.day = day
    return page


def list_of(request: HttpRequest, recommendations: Any) -> dict[str, Any]:
    """One page of recommendations, and what the publication box says of all of them."""
    return {"recommendations": page_of(request, recommendations), "moments": recommendations.moments()}


def moments_of_all(request: HttpRequest) -> dict[str, Any]:
    """What the publication box says of a page that counts all recommendations."""
    return {"moments": Recommendation.objects.visible_to(request.user).moments()}


@require_safe
def theme_list(request: HttpRequest) -> HttpResponse:
    day = asked_day(request.GET)
    context = {
        "title": _("Themes"),
        "description": _("A recommendation counts under each of its themes, and once under every theme above them."),
        "branches": roots(theme_branches(day.moment)),
        "day": day,
        **moments_of_all(request),
    }
    return render(request, "taxonomy/theme_list.html", context)


@require_safe
def theme(request: HttpRequest, code: str) -> HttpResponse:
    """A theme with its sub-themes; a recommendation of a sub-theme belongs to it too."""
    found = get_object_or_404(Theme, code=code)
    if found.merged_into_id:
        return redirect("theme", survivor(found).code, permanent=True)
    branch = theme_branches(asked_day(request.GET).moment)[found.pk]
    above = branch.theme.ancestors()[::-1]
    recommendations = Recommendation.objects.visible_to(request.user).about(branch.themes())
    return render(
        request,
        "taxonomy/theme.html",
        {
            "title": branch.theme.label,
            "crumbs": [crumb(_("Themes"), "theme_list"), *(crumb(one.label, "theme", one.code) for one in above)],
            "branch": branch,
            "theme": branch.theme,
            "narrowing": Narrowing(theme=found.code),
            **list_of(request, recommendations),
        },
    )


@require_safe
def status_list(request: HttpRequest) -> HttpResponse:
    """Every state that a recommendation can have, in the order of the scale, with how many have or had it."""
    day = asked_day(request.GET)
    counts = Counter(badges_on(day.moment).values()) if day.moment else counted_badges()
    return render(
        request,
        "recommendations/status_list.html",
        {
            "title": _("By status"),
            "description": _(
                "A recommendation stands where its least advanced open lead addressee stands; "
                "where none leads, all open ones count."
            ),
            "crumbs": [crumb(_("State in figures"), "standing")],
            "statuses": [(badge, counts.get(badge, 0)) for badge in Badge],
            "total": sum(counts.values()),
            "day": day,
            **moments_of_all(request),
        },
    )


@require_safe
def status(request: HttpRequest, code: str) -> HttpResponse:
    """The recommendations that have a state today, or had it on a past day."""
    if code not in Badge.values:
        raise Http404
    day = asked_day(request.GET)
    visible = Recommendation.objects.visible_to(request.user)
    if day.moment:
        listed_here = {"recommendations": with_badge_on(request, code, day), "moments": visible.moments()}
    else:
        listed_here = list_of(request, visible.filter(badge=code))
    return render(
        request,
        "recommendations/status.html",
        {
            "title": str(Badge(code).label).capitalize(),
            "crumbs": [crumb(_("State in figures"), "standing"), crumb(_("By status"), "status_list")],
            "badge": code,
            **listed_here,
        },
    )


def badges_on(moment: Moment) -> dict[int, str]:
    return past_badges(moment, mark_of(Narrowing()))


def with_badge_on(request: HttpRequest, code: str, day: AskedDay) -> Any:
    """As ``page_of``: one page of those that had a badge on a past day, which no column holds."""
    assert day.moment is not None  # noqa: S101 - asked for a past day only
    badges = badges_on(day.moment)
    visible = Recommendation.objects.visible_to(request.user)
    in_order = visible.issued_by(day.moment).newest_first().values_list("pk", flat=True)
    page: Any = paginate(request, [pk for pk in in_order if badges.get(pk) == code])
    page.object_list = listed(visible.filter(pk__in=page.object_list).newest_first())
    put_list_back(page.object_list, day.moment)
    page.day = day
    return page


@require_safe
def tag_list(request: HttpRequest) -> HttpResponse:
    day = asked_day(request.GET)
    context = {
        "title": _("Tags"),
        "description": _("Free words that editors give; themes are the ordered list."),
        "tags": paginate(request, counted_tags(day.moment), NAMES_PER_PAGE),
        "day": day,
        **moments_of_all(request),
    }
    return render(request, "taxonomy/tag_list.html", context)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """The recommendations under a tag; 404 for a tag that nothing visible has, whatever drafts may hold."""
    found = get_object_or_404(Tag, slug=slug)
    if found.merged_into_id:
        return redirect("tag", survivor(found).slug, permanent=True)
    tagged = Recommendation.objects.visible_to(request.user).filter(tagged__tag=found)
    recommendations = page_of(request, tagged)
    # Of a past day the list may be empty though the tag is known.
    if not recommendations.paginator.count and not (recommendations.day.moment and tagged.exists()):
        raise Http404
    context = {
        "title": found.label,
        "crumbs": [crumb(_("Tags"), "tag_list")],
        "tag": found,
        "recommendations": recommendations,
        "moments": tagged.moments(),
    }
    return render(request, "taxonomy/tag.html", context)


@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    day = asked_day(request.GET)
    context = {
        "title": _("Places"),
        "description": _("Towns and regions that recommendations are about, with how many name each."),
        "places": paginate(request, counted_places(day.moment), NAMES_PER_PAGE),
        "day": day,
        **moments_of_all(request),
    }
    return render(request, "taxonomy/place_list.html", context)


@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """A place: the recommendations about it, the forums held in it, its institutions that were asked something."""
    found = get_object_or_404(Place, code=code)
    if found.merged_into_id:
        return redirect("place", survivor(found).code, permanent=True)
    forums = Forum.objects.visible_to(request.user).filter(place=found).with_pages()
    listed_here = list_of(request, Recommendation.objects.visible_to(request.user).filter(places=found))
    moment = listed_here["recommendations"].day.moment
    organisations = list(counted_organisations(moment).filter(place=found)[:NAMES_PER_PAGE])
    put_answers_back(organisations, moment)
    return render(
        request,
        "taxonomy/place.html",
        {
            "title": found.label,
            "crumbs": [crumb(_("Places"), "place_list")],
            "place": found,
            "forums": forums,
            "organisations": organisations,
            **listed_here,
        },
    )


def put_answers_back(bodies: Iterable[Any], moment: Moment | None) -> None:
    """Give the bodies, in memory, ``answered`` as of a past day; they keep that of today where none is asked for."""
    answers = past_answers(moment, mark_of(Narrowing())) if moment else {}
    for body in bodies if moment else ():
        body.answered = answers.get(body.pk, 0)


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    """The bodies that were asked, today or by a past day, and how often each had taken a position then."""
    day = asked_day(request.GET)
    organisations = paginate(request, counted_organisations(day.moment), NAMES_PER_PAGE)
    put_answers_back(organisations.object_list, day.moment)
    context = {
        "title": _("Institutions"),
        "description": _("Whom the recommendations ask, and how often each took a position."),
        "organisations": organisations,
        "day": day,
        **moments_of_all(request),
    }
    return render(request, "taxonomy/organisation_list.html", context)


@require_safe
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """What a body was asked and what it answered, by what is open; its names, units, and who came before and after."""
    found = get_object_or_404(Organisation.objects.select_related("parent", "place"), code=code)
    if found.merged_into_id:
        return redirect("organisation", survivor(found).code, permanent=True)
    day = asked_day(request.GET)
    rows = rows_on(found, day.moment) if day.moment else assignments_of(found, request.user)
    assignments = paginate(request, rows)
    recommendations = [assignment.recommendation for assignment in assignments.object_list]
    attach_pages(recommendations)
    attach_issuer_pages(recommendations)
    names = list(found.names.all())
    # How fast a body answers is reckoned for today alone.
    answering = None if day.moment else answering_of(found)
    attach_pages([row.recommendation for row in answering.overdue] if answering else [])
    return render(
        request,
        "taxonomy/organisation.html",
        {
            "title": found.label,
            "description": in_one_sentence(found, standing_in(rows) if day.moment else standing_of(found)),
            "crumbs": [crumb(_("Institutions"), "organisation_list")],
            "organisation": found,
            "day": day,
            "assignments": assignments,
            "moments": Recommendation.objects.visible_to(request.user).addressed_to(found).moments(),
            "answering": answering,
            "narrowing": Narrowing(addressee=found.code),
            "aliases": [name for name in names if not name.is_former],
            "former_names": [name for name in names if name.is_former],
            "units": found.units.filter(merged_into=None),
            "predecessors": found.successions_to.select_related("predecessor").order_by("starts_on"),
            "successors": found.successions_from.select_related("successor").order_by("starts_on"),
        },
    )


def in_one_sentence(organisation: Organisation, standing: Standing) -> str:
    """What it was asked and which positions it took, in whole numbers; a collective has nobody who could answer."""
    if not standing.asked:
        sentence = _("Asked nothing by itself.")
    else:
        sentence = ngettext("Asked once", "Asked %(count)s times", standing.asked) % {"count": standing.asked}
        if organisation.is_collective:
            sentence = _("%(asked)s; a group of institutions has nobody who could answer for all of it.") % {
                "asked": sentence
            }
        elif standing.answered:
            answers = ngettext("took a position once", "took a position %(count)s times", standing.answered)
            sentence = f"{sentence}, {answers % {'count': standing.answered}}."
        else:
            sentence = _("%(asked)s, no position known.") % {"asked": sentence}
    if standing.as_member:
        member = ngettext(
            "Something is known of it as one of a group that was asked once.",
            "Something is known of it as one of groups that were asked %(count)s times.",
            standing.as_member,
        )
        sentence = f"{sentence} {member % {'count': standing.as_member}}"
    return sentence


def assignments_of(organisation: Organisation, user: Any) -> Any:
    return (
        Assignment.objects.visible_to(user)
        .addressed_to(organisation)
        .filter(is_withdrawn=False)
        .by_what_is_open()
        .select_related("recommendation__forum", "recommendation__working_group__forum", "member_of__organisation")
    )


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Wordings and entries of the log, by the moment they became public, newest first."""
    page = paginate(request, all_changes())
    page.object_list = changed(page.object_list)
    context = {
        "title": _("Latest changes"),
        "description": _("Wordings and follow-up entries, by the day they were published here, newest first."),
        "changes": page,
        **moments_of_all(request),
    }
    return render(request, "recommendations/changes.html", context)
