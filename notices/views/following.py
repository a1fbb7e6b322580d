"""Following by mail without an account: asking for it, confirming it, seeing and ending it by the key in a mail.

Opening a page changes nothing: programs open every link of a mail beforehand. The key stands in the address, so these
pages are like those of a reply link: no referrer, not stored, not found, and no second proof of where a form came from.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from axes.helpers import get_client_ip_address
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notices.forms import FollowForm, PauseForm
from notices.models import Subscriber, Subscription
from notices.services import following as services
from notices.services.keys import find_subscriber, find_subscription, looks_signed, subscriber_token
from notices.services.news import mails_a_month
from pagekit.acts import Refused
from search.engines.base import EngineUnavailable
from search.models import SavedSearch
from search.views.followed import addressees_of, followed, found_by, read_followed

View = Callable[..., HttpResponse]
Row = TypeVar("Row")


def mark_of(request: HttpRequest) -> str:
    """Of one client: nobody can read the address out of it."""
    return salted_hmac("notices.form_use", get_client_ip_address(request) or "", algorithm="sha256").hexdigest()


def too_often(request: HttpRequest) -> HttpResponse | None:
    """The answer to who sends public forms as no person does; None for everybody else. Counts the use."""
    if not services.is_too_often(mark_of(request)):
        return None
    sentence = _("Too many forms were sent from your network within a minute. Wait a minute and send it again.")
    response = render(request, "notices/sentence.html", {"title": _("Wait a minute"), "sentence": sentence}, status=429)
    response.headers["Retry-After"] = "60"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """What would be followed, how many mails that brings, and the form; the answer to a form is always the same."""
    language = get_language() or "pl"
    wanted = read_followed(request.GET, language)
    if wanted is None:
        raise Http404
    (one,) = followed([wanted], language)
    form = FollowForm(request.POST or None)
    if request.method == "POST":
        if response := too_often(request):
            return response
        if form.is_trap:
            return redirect("follow_sent")
        if form.is_valid():
            services.ask_to_follow(wanted, address=form.cleaned_data["email"], language=language)
            return redirect("follow_sent")
    return render(
        request,
        "notices/follow.html",
        {"title": _("Follow by mail"), "followed": one, "form": form, "a_month": estimate(wanted)},
        status=422 if form.errors else 200,
    )


def estimate(wanted: SavedSearch) -> int | None:
    """About how many mails a month; 0 for fewer than one, None while the search does not answer."""
    try:
        return mails_a_month(found_by(wanted), addressees_of(wanted))
    except EngineUnavailable:
        return None


@require_safe
def follow_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "notices/follow_sent.html", {"title": _("One more step")})


def gone(request: HttpRequest, sentence: str, *, back: str = "", words: str = "") -> HttpResponse:
    """The page of a link that has ended: what happened, and what to do."""
    context = {
        "title": _("The link has ended"),
        "sentence": sentence,
        "back": back or reverse("search"),
        "words": words,
    }
    return render(request, "notices/sentence.html", context, status=410)


def by_key(find: Callable[[str], Row | None]) -> Callable[[View], View]:
    """Give the view the row of a key that we signed; what is none of it may have been one, and is told so."""

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
            row = find(token)
            if row is not None:
                response = view(request, row, token=token, **kwargs)
            elif looks_signed(token):
                response = gone(
                    request,
                    _(
                        "What it opened is deleted: it was ended, or nobody confirmed it within 48 hours. To follow "
                        "something by mail, find it and ask for it again."
                    ),
                )
            else:
                raise Http404
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return never_cache(csrf_exempt(opened))

    return decorate


@by_key(find_subscription)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_confirm(request: HttpRequest, subscription: Subscription, *, token: str) -> HttpResponse:
    language = get_language() or "pl"
    if request.method == "POST":
        try:
            services.confirm(subscription, language=language)
        except Refused:
            return too_late(request, subscription)
        return redirect("subscriptions", token=subscriber_token(subscription.subscriber))
    if services.is_over(subscription):
        return too_late(request, subscription)
    (one,) = followed([subscription.saved_search], language)
    context: dict[str, Any] = {"title": _("Confirm"), "followed": one, "token": token}
    context["is_confirmed"] = subscription.confirmed_at is not None
    return render(request, "notices/follow_confirm.html", context)


def too_late(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    sentence = _("The link was valid for 48 hours, and nothing is sent. Ask for it again if you still want it.")
    back = f"{reverse('follow')}?{subscription.saved_search.question}"
    return gone(request, sentence, back=back, words=_("Follow by mail"))


@by_key(find_subscriber)
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: HttpRequest, subscriber: Subscriber, *, token: str) -> HttpResponse:
    """Everything that an address follows, each with a button; a POST pauses the mails, or ends the pause."""
    if "end_pause" in request.POST:
        services.pause_subscriptions(subscriber, until=None)
        return redirect("subscriptions", token=token)
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.pause_subscriptions(subscriber, until=form.cleaned_data["until"])
        return redirect("subscriptions", token=token)
    confirmed = subscriber.subscriptions.filter(confirmed_at__isnull=False)
    rows = list(confirmed.select_related("saved_search").order_by("pk"))
    shown = followed([row.saved_search for row in rows], get_language() or "pl")
    return render(
        request,
        "notices/subscriptions.html",
        {
            "title": _("What you follow"),
            "subscriber": subscriber,
            "is_paused": subscriber.is_paused(timezone.localdate()),
            "rows": list(zip(rows, shown, strict=True)),
            "token": token,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@by_key(find_subscriber)
@require_POST
def subscription_end(request: HttpRequest, subscriber: Subscriber, *, token: str, subscription: int) -> HttpResponse:
    row: Subscription | None = subscriber.subscriptions.filter(pk=subscription).first()
    if row is None:
        sentence = _("This has ended already; nothing more is sent about it.")
        return gone(request, sentence, back=reverse("subscriptions", args=[token]), words=_("What you follow"))
    is_last = not subscriber.subscriptions.exclude(pk=row.pk).exists()
    services.end_subscription(row)
    return ended(request) if is_last else redirect("subscriptions", token=token)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions_end(request: HttpRequest, token: str) -> HttpResponse:
    """One press ends everything; mail programs press by themselves (RFC 8058). Again, it is as ended as before."""
    subscriber = find_subscriber(token)
    if subscriber is None:
        response = ended(request)
    elif request.method == "POST":
        services.end_all(subscriber)
        response = ended(request)
    else:
        context = {"title": _("End these mails"), "subscriber": subscriber, "token": token}
        response = render(request, "notices/subscriptions_end.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def ended(request: HttpRequest) -> HttpResponse:
    """The same for an address that we do not know, and for one that we have just forgotten."""
    sentence = _("Nothing more is sent, and the address is deleted.")
    context = {"title": _("Ended"), "sentence": sentence, "back": reverse("search")}
    return render(request, "notices/sentence.html", context)
