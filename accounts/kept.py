"""What somebody typed into a form whose session was over when it was sent: it goes with them through the sign-in.

Without an account nothing is stored: the text travels, signed, in the sign-in form itself, and comes into the new
session only once the person is signed in. From there the page that it was meant for takes it. The same way goes what
was typed into a form that is older than the session, because its person signed in anew elsewhere.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts.forms import SignInForm

SALT = "accounts.kept"
FIELD = "kept"
HOURS = 2
# As signed and packed; a form longer than that is none of ours.
LONGEST = 400_000
View = TypeVar("View", bound=Callable[..., Any])


def keeps_typed(view: View) -> View:
    """Mark a view, or the ``dispatch`` of one, that gives back on GET what ``take`` finds for its address."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def is_kept(request: HttpRequest) -> bool:
    """Whether what was sent goes to a view that is marked so."""
    return request.method == "POST" and bool(
        request.resolver_match and getattr(request.resolver_match.func, "keeps_typed", False)
    )


class KeptMiddleware:
    """Answers a POST of nobody to a marked view, before the view or the admin around it sends the person away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        return keep_and_sign_in(request) if is_kept(request) and not request.user.is_authenticated else None


def carried(request: HttpRequest) -> dict[str, Any]:
    """What was posted, as the forms of the sign-in and of the refusal carry it; files cannot be carried."""
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    sealed = signing.dumps({"path": request.path, "typed": typed.urlencode()}, salt=SALT, compress=True)
    return {
        "next": request.get_full_path(),
        "kept": sealed if len(sealed) <= LONGEST else "",
        "is_too_long": len(sealed) > LONGEST,
        "had_files": bool(request.FILES),
    }


def keep_and_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer to a POST of nobody: the sign-in form, which carries what was posted."""
    response = render(request, "accounts/sign_in.html", {"form": SignInForm(request), **carried(request)}, status=403)
    add_never_cache_headers(response)
    return response


def bring_in(request: HttpRequest) -> None:
    """Put what a form carried into the session of the person who is signed in by now."""
    sealed = request.POST.get(FIELD, "")
    if not sealed or len(sealed) > LONGEST:
        return
    try:
        request.session[FIELD] = signing.loads(sealed, salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        # Damaged, forged or too old: then nothing was kept.
        return


def take(request: HttpRequest) -> QueryDict | None:
    """What was kept for this very address, once."""
    found: Any = request.session.get(FIELD)
    if not found or found["path"] != request.path:
        return None
    del request.session[FIELD]
    return QueryDict(found["typed"])
