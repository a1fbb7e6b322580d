"""The status of search among the reports, and a banner on the dashboard when an index is not well."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from search.views.status import PERMISSION, StatusView, banner


class StatusMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.has_perm(PERMISSION))


@hooks.register("register_admin_urls")
def register_status() -> list[URLPattern]:
    return [path("reports/search/", StatusView.as_view(), name="search_status")]


@hooks.register("register_reports_menu_item")
def register_menu_item() -> StatusMenuItem:
    return StatusMenuItem(
        _("Status of search"), reverse("search_status"), name="search-status", icon_name="search", order=1100
    )


@hooks.register("construct_homepage_panels")
def warn_of_search(request: HttpRequest, panels: list[Any]) -> None:
    if panel := banner(request.user):
        panels.append(panel)
