"""What somebody typed into a form whose session was over when it was sent: it goes with them through the sign-in.

Without an account nothing is stored: the text travels, signed, in the sign-in form itself, and comes into the new
session only once the person is signed in. From there the page that it was meant for takes it.
"""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.forms import SignInForm

SALT = "accounts.kept"
FIELD = "kept"
HOURS = 2
# As signed and packed; a form longer than that is none of ours.
LONGEST = 400_000


def keep_and_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer to a POST of nobody: the sign-in form, which carries what was posted; files cannot be carried."""
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    sealed = signing.dumps({"path": request.path, "typed": typed.urlencode()}, salt=SALT, compress=True)
    context = {
        "form": SignInForm(request),
        "next": request.path,
        "kept": sealed if len(sealed) <= LONGEST else "",
        "is_too_long": len(sealed) > LONGEST,
        "had_files": bool(request.FILES),
    }
    return render(request, "accounts/sign_in.html", context, status=403)


def bring_in(request: HttpRequest) -> None:
    """Put what the sign-in form carried into the session of the person who has just signed in."""
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
