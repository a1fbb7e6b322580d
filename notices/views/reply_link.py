"""The pages behind a mailed link: the items of one mail, one form for each, "it is not me" and a pause.

The address is the key: who has it answers for the institution, whoever is signed in. So it must not travel on (no
referrer), stay behind (no store) or be found (no index); and a form needs no second proof of where it came from: a
browser that may send no referrer sends no origin either. Opening changes nothing but the log of uses.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from notices.choices import Act
from notices.forms import PauseForm
from notices.models import ReplyLink
from notices.services import reply_links
from notices.services.reply_links import Hold
from pagekit.acts import Refused
from pagekit.models import attach_pages
from recommendations.forms import ReplyForm
from recommendations.models import Assignment, FollowUp
from recommendations.services.drafts import draft_of, forget_draft
from recommendations.services.recording import Overtaken, newest_entry
from recommendations.services.reply import answers_for
from recommendations.views.reply import first_values, form_context, save_draft

View = Callable[..., HttpResponse]

# Why a link opens nothing any more, and what to do.
ENDED: dict[Hold, Promise] = {
    Hold.OVER: gettext_lazy("The link was valid for 35 days. Sign in to answer, or wait for the next mail."),
    Hold.REVOKED: gettext_lazy("The link was revoked. Sign in to answer, or wait for the next mail."),
    Hold.DISOWNED: gettext_lazy("Somebody said with this link that it reached the wrong person. Nothing more is sent."),
    Hold.NO_MANDATE: gettext_lazy("You no longer answer for this institution. Write to the moderators if you do."),
}


def by_link(*, is_answered_shown: bool = False) -> Callable[[View], View]:
    """Give the view the link of a token that holds; say why where it does not."""

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
            link = reply_links.find_link(token)
            if link is None:
                raise Http404
            if reply_links.is_busy(link):
                response = closed(request, _("The link was used too often within a minute. Wait a minute."), 429)
                response.headers["Retry-After"] = "60"
            else:
                hold = reply_links.hold_of(link)
                if hold in ENDED:
                    response = closed(request, str(ENDED[hold]), 410)
                elif hold == Hold.ANSWERED and not is_answered_shown:
                    response = redirect("reply_link", token=token)
                else:
                    response = view(request, link, token=token, **kwargs)
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return never_cache(csrf_exempt(opened))

    return decorate


def closed(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(request, "notices/reply_link_ended.html", {"sentence": sentence}, status=status)


@by_link(is_answered_shown=True)
@require_http_methods(["GET", "HEAD"])
def reply_link(request: HttpRequest, link: ReplyLink, *, token: str) -> HttpResponse:
    """What the mail asked about: what still waits, and what is answered."""
    if request.method == "GET":
        reply_links.note_use(link, Act.OPENED)
    return link_page(request, link, token, PauseForm())


def link_page(
    request: HttpRequest, link: ReplyLink, token: str, pause_form: PauseForm, status: int = 200
) -> HttpResponse:
    waiting = {row.pk for row in reply_links.waiting_items(link)}
    rows = list(reply_links.items_of(link).select_related("recommendation", "organisation"))
    attach_pages([row.recommendation for row in rows])
    return render(
        request,
        "notices/reply_link.html",
        {
            "title": _("Answer for %(institution)s") % {"institution": link.mandate.organisation},
            "token": token,
            "asked": rows,
            "waiting": [(row, answers_for(row)) for row in rows if row.pk in waiting],
            "answered": [row for row in rows if row.pk not in waiting],
            "pause_form": pause_form,
        },
        status=status,
    )


@by_link()
@require_http_methods(["GET", "HEAD", "POST"])
def reply_link_item(request: HttpRequest, link: ReplyLink, *, token: str, assignment: int) -> HttpResponse:
    """The form of the official's own page for one item, answered as the holder of the mandate."""
    rows = reply_links.items_of(link).select_related(
        "organisation__parent", "taken_over_by__parent", "recommendation__forum", "recommendation__working_group__forum"
    )
    row: Assignment = get_object_or_404(rows, pk=assignment)
    if row.pk not in {waiting.pk for waiting in reply_links.waiting_items(link)}:
        return redirect("reply_link", token=token)
    newer: list[FollowUp] = []
    status = 200
    kept: dict[str, Any] = {"user": link.mandate.user, "way": reply_links.way_of(link)}
    draft = draft_of(assignment=row, **kept)
    if request.method == "POST":
        drops_file = "drop_file" in request.POST
        form = ReplyForm(request.POST, request.FILES, assignment=row, draft=None if drops_file else draft)
        if form.is_valid():
            try:
                reply_links.answer_by_link(link, form.save)
            except Overtaken as overtaken:
                newer = overtaken.newer
                draft = save_draft(request, row, form, drops_file=drops_file, **kept) or draft
                data = request.POST.copy()
                data["seen"] = str(newest_entry(row))
                form = ReplyForm(data, assignment=Assignment.objects.get(pk=row.pk), draft=draft)
                form.add_error(None, str(overtaken))
            except Refused as refused:
                form.refuse(refused)
            else:
                forget_draft(row, **kept)
                return redirect("reply_link", token=token)
        if not newer:
            draft = save_draft(request, row, form, drops_file=drops_file, **kept)
            form.draft = draft if draft and draft.file else None
        status = 409 if newer else 422
        reply_links.note_use(link, Act.REFUSED)
    else:
        if request.method == "GET":
            reply_links.note_use(link, Act.OPENED)
        values = first_values(row, request.GET.get("answer", ""), draft)
        form = ReplyForm(assignment=row, draft=draft, initial=values)
    context = form_context(row, form, newer) | {
        "token": token,
        "earlier": draft if not form.is_bound else None,
        "action": reverse("reply_link_item", args=[token, row.pk]),
        "back": reverse("reply_link", args=[token]),
    }
    return render(request, "notices/reply_link_item.html", context, status=status)


@by_link(is_answered_shown=True)
@require_POST
def reply_link_pause(request: HttpRequest, link: ReplyLink, *, token: str) -> HttpResponse:
    form = PauseForm(request.POST)
    if not form.is_valid():
        reply_links.note_use(link, Act.REFUSED)
        return link_page(request, link, token, form, status=422)
    reply_links.pause_by_link(link, until=form.cleaned_data["until"])
    return render(request, "notices/reply_link_paused.html", {"until": form.cleaned_data["until"], "token": token})


@by_link(is_answered_shown=True)
@require_POST
def reply_link_not_me(request: HttpRequest, link: ReplyLink, *, token: str) -> HttpResponse:
    reply_links.disown(link)
    return closed(request, _("Thank you. The moderators are told, and nothing more is sent to you."), 200)
