"""Admin addresses that Wagtail and wagtail-localize leave open to whoever may enter the admin, and who may pass.

Their generic views ask for a right on the model or on nothing at all, where ours hang on the very page. A door is
named by its view name; the rule behind it raises PermissionDenied or Http404. What is not listed asks by itself:
a test walks every admin address and looks for what an editor of another group must not see.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import resolve
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.query import PageQuerySet
from wagtail_localize.models import Translation

Rule = Callable[[HttpRequest, dict[str, Any]], None]
LARGEST_ID = 2**31 - 1


def seen_in_admin(user: Any, pages: PageQuerySet) -> PageQuerySet:
    """Those of ``pages`` that a person of the admin may know of: published ones, and where the person has rights."""
    if user.is_superuser or not PagePermissionPolicy().get_cached_permissions_for_user(user):
        return pages if user.is_superuser else pages.filter(live=True)
    explorable = PagePermissionPolicy().explorable_instances(user)
    return pages.filter(pk__in=explorable.order_by().values("pk")) | pages.filter(live=True)


def require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def numbers(texts: list[str]) -> set[int]:
    """The ids among ``texts``; what is none is ignored, as Wagtail ignores it."""
    return {int(text) for text in texts if text.isdecimal() and int(text) <= LARGEST_ID}


def may_see_page(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    require(seen_in_admin(request.user, Page.objects.filter(pk=kwargs["parent_page_id"])).exists())


def may_see_chosen(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    wanted = numbers(request.GET.getlist("id"))
    require(seen_in_admin(request.user, Page.objects.filter(pk__in=wanted)).count() == len(wanted))


def may_move(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    page = get_object_or_404(Page, pk=kwargs["page_to_move_id"])
    require(page.permissions_for_user(request.user).can_move())
    require(seen_in_admin(request.user, Page.objects.filter(pk=kwargs["destination_id"])).exists())


def may_read_reports(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    require(PagePermissionPolicy().user_has_permission(request.user, "publish"))


def target_page(kwargs: dict[str, Any]) -> Page:
    """A translation is its page: without one there is nothing to show, and Wagtail would answer 500."""
    translation = get_object_or_404(Translation.objects.select_related("source"), pk=kwargs["translation_id"])
    return get_object_or_404(Page, translation_key=translation.source.object_id, locale_id=translation.target_locale_id)


def may_see_target(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    require(target_page(kwargs).permissions_for_user(request.user).can_edit())


def may_edit_target(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    """In moderation nothing changes: what a moderator reads there is what would be published."""
    page = target_page(kwargs)
    require(page.permissions_for_user(request.user).can_edit() and not page.workflow_in_progress)


def may_restrict(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    # A translation is as private as its original.
    page = get_object_or_404(Page, pk=kwargs["page_id"])
    require(page.is_root() or page.locale.language_code == settings.LANGUAGE_CODE)


def may_act_on_many(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    if kwargs["model_name"].lower() == "user":
        # "Assign role" gives any group to anybody, oneself included.
        require(request.user.is_superuser)
    else:
        # The page that asks for confirmation prints the titles of what is refused, too.
        asked = request.GET.getlist("id")
        wanted = numbers(asked)
        if kwargs["model_name"].lower() == "page" and wanted:
            require(seen_in_admin(request.user, Page.objects.filter(pk__in=wanted)).count() == len(wanted))
        if kwargs["model_name"].lower() == "page" and "all" in asked:
            branch = (
                Page.objects.filter(pk__in=numbers(request.GET.getlist("childOf"))).first()
                or Page.get_first_root_node()
            )
            rights = {"add", "change", "publish"}
            require(PagePermissionPolicy().user_has_any_permission_for_instance(request.user, rights, branch))


def nobody(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    raise Http404


DOORS: dict[str, Rule] = {
    "wagtailadmin_choose_page_child": may_see_page,
    "wagtailadmin_choose_page_chosen_multiple": may_see_chosen,
    "wagtailadmin_pages:move_confirm": may_move,
    "wagtailadmin_reports:page_types_usage": may_read_reports,
    "wagtailadmin_reports:page_types_usage_results": may_read_reports,
    "wagtail_bulk_action": may_act_on_many,
    "wagtailadmin_error_test": nobody,
    "wagtailadmin_pages:set_privacy": may_restrict,
    # What is behind the next ones makes live copies in Polish, publishes past the moderation or loses translations;
    # the screens of cms.translating stand in their place.
    "wagtail_localize:submit_page_translation": nobody,
    "wagtail_localize:submit_snippet_translation": nobody,
    "wagtail_localize:snippets_api_listing": nobody,
    "wagtail_localize:snippets_api_detail": nobody,
    "wagtail_localize:update_translations": nobody,
    "wagtail_localize:convert_to_alias": nobody,
    "wagtail_localize:stop_translation": nobody,
    "wagtail_localize:machine_translate": nobody,
    "wagtail_localize:upload_pofile": nobody,
    "wagtail_localize:translations_report": may_read_reports,
    "wagtail_localize:translations_report_results": may_read_reports,
    "wagtail_localize:edit_string_translation": may_edit_target,
    "wagtail_localize:edit_override": may_edit_target,
    "wagtail_localize:download_pofile": may_see_target,
    "wagtail_localize:preview_translation": may_see_target,
}


def is_open(request: HttpRequest, address: str) -> bool:
    """Whether the rule of the door at this address lets the person in; an address without a rule is open."""
    door = resolve(address)
    rule = DOORS.get(door.view_name)
    try:
        if rule is not None:
            rule(request, door.kwargs)
    except (PermissionDenied, Http404):
        return False
    return True


class DoorsMiddleware:
    """Asks the rule of a door before its view; who may not enter the admin at all is sent away by Wagtail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        rule = DOORS.get(request.resolver_match.view_name) if request.resolver_match else None
        user: Any = request.user
        if rule is not None and user.is_authenticated and user.has_perm("wagtailadmin.access_admin"):
            rule(request, kwargs)
