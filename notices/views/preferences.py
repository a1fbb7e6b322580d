"""What a signed-in person gets by mail, in which language, and from when on again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from notices.forms import MailPreferenceForm
from notices.services.recipients import forget_bounce, has_bounced, preference_of
from notices.services.reply_links import revoke_links


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def mail_preferences(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = MailPreferenceForm(request.POST or None, instance=preference_of(user))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("mail_preferences")
    return render(
        request,
        "notices/mail_preferences.html",
        {"title": _("Mails"), "form": form, "has_bounced": has_bounced(user)},
        status=422 if form.errors else 200,
    )


@require_POST
@login_required
def mail_try_again(request: HttpRequest) -> HttpResponse:
    """The address that refused mail is tried again with the next one."""
    forget_bounce(request.user)
    messages.success(request, _("The next mail goes to this address again."))
    return redirect("mail_preferences")


@require_POST
@login_required
def reply_links_end(request: HttpRequest) -> HttpResponse:
    """No link that was mailed to the person opens anything any more."""
    revoke_links(request.user)
    messages.success(request, _("The links of all mails sent so far have ended."))
    return redirect("mail_preferences")
