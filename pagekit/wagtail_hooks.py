"""What every page of ours brings to Wagtail: the door of documents, the actions of the editor, what choosers offer."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import PublishMenuItem, SubmitForModerationMenuItem
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.permissions import register_permission_policy
from wagtail.query import PageQuerySet

from pagekit import bulk  # noqa: F401 - its hook
from pagekit.doors import is_open, seen_in_admin
from pagekit.explorer import ExplorerViewSet
from pagekit.models import AbstractContentPage, CustomDocument
from pagekit.referrers import KeptFiles, may_take
from pagekit.scheduling import REFUSED
from pagekit.versions import CHANGED, RESTORED

register_permission_policy(
    CustomDocument,
    KeptFiles(CustomDocument, auth_model="wagtaildocs.Document", owner_field_name="uploaded_by_user"),
    # Wagtail has registered its own for the class.
    exact_class=True,
)


@hooks.register("before_serve_document")
def serve_only_what_is_visible(document: Any, request: HttpRequest) -> None:
    # A draft's file must not be there for who guesses its address; 404, because 403 would say that it exists.
    if not may_take(request.user, document):
        raise Http404
    document.opens_in_browser = "open" in request.GET


@hooks.register("register_admin_viewset")
def register_explorer() -> ExplorerViewSet:
    return ExplorerViewSet()


@hooks.register("construct_page_action_menu")
def offer_moderation_instead_of_publishing(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Nobody has "Publish": publication is an approval (pagekit.publication); submitting is first."""
    items[:] = [item for item in items if not isinstance(item, PublishMenuItem)]
    # The first item is the button that everybody sees; an approval, where there is one, stays before it.
    items.sort(key=lambda item: (item.name != "approve", not isinstance(item, SubmitForModerationMenuItem)))


@hooks.register("construct_reports_menu")
def offer_no_report_that_is_refused(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if is_open(request, item.url)]


@hooks.register("construct_page_chooser_queryset")
def choose_only_what_is_seen(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    return seen_in_admin(request.user, pages)


@hooks.register("register_page_header_buttons")
def show_what_would_change(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[HeaderButton]:
    """One click from the editor's screen to facts and text side by side: what readers see, and the draft."""
    is_ours = issubclass(page.specific_class or Page, AbstractContentPage)
    if view_name == "edit" and is_ours and page.live and page.has_unpublished_changes:
        yield HeaderButton(
            _("Compare with what is published"),
            url=page.specific.address_of_changes(),
            icon_name="duplicate",
            priority=5,
        )


@hooks.register("register_log_actions")
def register_actions(actions: Any) -> None:
    actions.register_action(CHANGED, _("Change"), _("Changed"))
    actions.register_action(RESTORED, _("Restore"), _("An earlier version restored"))

    @actions.register_action(REFUSED)
    class RefusedFormatter(LogFormatter):
        label = _("Not published on its day")

        def format_message(self, log_entry: Any) -> str:
            return str(log_entry.data["reason"])
