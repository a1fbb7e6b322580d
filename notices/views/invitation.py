"""The page behind an invitation: whoever has its address sets the password, once.

It must not stay behind (no store) or be found (no index), and its address goes to no other host. Opening it changes
nothing, so programs that read mails beforehand do no harm.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from notices.forms import PasswordForm
from notices.services.invitations import ENDED, Standing, accept, find_invitation, standing_of
from pagekit.acts import Refused


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = find_invitation(token)
    if found is None:
        raise Http404
    standing = standing_of(found)
    if standing != Standing.OPEN:
        return closed_to_others(ended(request, str(ENDED[standing])))
    form = PasswordForm(found.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person: Any = accept(found, password=form.cleaned_data["new_password1"])
        except Refused as refused:
            return closed_to_others(ended(request, str(refused)))
        if request.user.is_authenticated:
            # Somebody else on this machine: the door would let them through as themselves.
            logout(request)
        messages.success(
            request, _("The password is set. Sign in with the user name %(name)s.") % {"name": person.get_username()}
        )
        return closed_to_others(redirect("sign_in"))
    context = {
        "title": _("Choose a password"),
        "form": form,
        "person": found.user,
        "bodies": [mandate.organisation for mandate in found.user.mandates.active().select_related("organisation")],
        "conditions": password_validators_help_texts(),
    }
    return closed_to_others(render(request, "notices/invitation.html", context, status=422 if form.errors else 200))


def ended(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "notices/invitation_ended.html", {"sentence": sentence}, status=410)


def closed_to_others(response: HttpResponse) -> HttpResponse:
    # Not "no-referrer", as for a reply link: the form's proof of origin needs the origin.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
