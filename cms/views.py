"""Answers that belong to no app: errors, health, robots."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.views.decorators.http import require_safe

from accounts import kept

# Addresses that no machine need read, by name.
CLOSED = ("search", "sign_in", "my_institution", "mail_preferences")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that came without its proof of origin; what was typed into a long form goes with it.

    Not where the browser names another site as the origin: nobody typed that here.
    """
    is_ours = kept.is_kept(request) and reason.startswith("CSRF ")
    if is_ours and not request.user.is_authenticated:
        return kept.keep_and_sign_in(request)
    return render(request, "errors/csrf.html", kept.carried(request) if is_ours else {}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # Without the request: its host may be what is wrong with it.
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("errors/500.html"), status=500)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be read by machines but the countless answers of search and what asks for a sign-in."""
    closed = ["/admin/", *(translate_url(reverse(name), code) for name in CLOSED for code, _name in settings.LANGUAGES)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in dict.fromkeys(closed))]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; for probes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
