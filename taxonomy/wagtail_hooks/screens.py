"""What screens of one row of a vocabulary share."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry


class RowScreen(WagtailAdminTemplateMixin):
    """A screen of ``row``, for who may change rows of its vocabulary; the path to it leads over list and form."""

    model: Any = None
    index_url_name = ""
    edit_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not policy_registry.get_by_type(self.model).user_has_permission(request.user, "change"):
            raise PermissionDenied
        self.row = get_object_or_404(self.model, pk=kwargs["pk"])
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_page_subtitle(self) -> str:
        return str(self.row)

    def above(self) -> list[dict[str, Any]]:
        """What stands in the path between the form and this screen."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.model._meta.verbose_name_plural},
            {"url": reverse(self.edit_url_name, args=[self.row.pk]), "label": str(self.row)},
            *self.above(),
            {"url": "", "label": self.get_page_title()},
        ]
