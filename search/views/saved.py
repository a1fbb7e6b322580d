"""The searches a reader has saved: the page is the same for everybody, the list is in the reader's own browser."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """An empty list and the words of one entry; the script fills it, and without scripts the page tells of the feed."""
    return render(request, "search/saved.html", {"title": _("Saved searches")})
