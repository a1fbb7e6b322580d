"""Help for who writes a recommendation: asked again while typing, with what stands in the form; saves nothing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from wagtail.admin.viewsets.base import ViewSet

from recommendations.forms import TEXT_LENGTH
from recommendations.models import RecommendationPage


@require_POST
def writing_help(request: HttpRequest, page_id: int) -> HttpResponse:
    """The hints for a draft with the title and wording of the form, for who edits its page."""
    page = get_object_or_404(RecommendationPage.objects.sources(), pk=page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    draft: Any = page.get_latest_revision_as_object()
    draft.title = request.POST.get("title", "")[:255]
    draft.text = request.POST.get("text", "")[:TEXT_LENGTH]
    return render(request, "admin/recommendations/_writing_help.html", {"draft": draft})


class WritingViewSet(ViewSet):
    name = "writing"
    icon = "help"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:page_id>/", writing_help, name="help")]
