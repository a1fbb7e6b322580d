"""What only the whole site can add to the admin: the order of the menu, the warning on the dashboard, offered tags."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import Site

from cms import guides  # noqa: F401 - its hooks
from cms.desk import REPLACED, DeskListView, DeskPanel
from cms.models import PublisherSettings
from cms.translating import bulk, viewset  # noqa: F401 - their hooks
from search.analysis import place
from taxonomy.models import Tag

# Forums 50, recommendations 60, follow-up 70, vocabularies 80 are set where they stand; these follow.
MENU_ORDER = {"reports": 90, "explorer": 100}
MOST_OFFERED = 12


@hooks.register("construct_main_menu")
def order_menu(request: HttpRequest, items: list[Any]) -> None:
    for item in items:
        item.order = MENU_ORDER.get(item.name, item.order)


@hooks.register("insert_global_admin_css")
def put_on_our_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin/theme.css"))


@hooks.register("insert_global_admin_js")
def leave_dates_as_typed() -> str:
    return format_html('<script src="{}"></script>', static("js/admin/dates.js"))


@hooks.register("insert_global_admin_js")
def count_what_was_typed_early() -> str:
    return format_html('<script src="{}"></script>', static("js/admin/early.js"))


@hooks.register("construct_help_menu")
def drop_links_to_other_hosts(request: HttpRequest, items: list[Any]) -> None:
    """The admin's help leads to Wagtail's own pages in English, which say nothing about this site."""
    items[:] = [item for item in items if not item.url.startswith("http")]


class UnsetPublisherPanel(Component):
    """Says on the dashboard what readers find as "not set", to who can set it."""

    name = "unset_publisher"
    template_name = "admin/cms/unset_publisher.html"
    order = 10

    def __init__(self, settings: PublisherSettings) -> None:
        self.settings = settings

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        url = reverse("wagtailsettings:edit", args=["cms", "publishersettings", self.settings.site_id])
        return {"missing": self.settings.missing, "url": url}


@hooks.register("construct_homepage_panels")
def warn_of_unset_publisher(request: HttpRequest, panels: list[Any]) -> None:
    site = Site.find_for_request(request)
    user: Any = request.user
    if site is None or not user.has_perm("cms.change_publishersettings"):
        return
    settings = PublisherSettings.for_site(site)
    if settings.missing:
        panels.append(UnsetPublisherPanel(settings))


@hooks.register("construct_homepage_panels")
def lay_the_desk(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [panel for panel in panels if not isinstance(panel, REPLACED)]
    panels.append(DeskPanel(request.user))


def tags_like(text: str) -> list[str]:
    """Names of tags that hold every word of ``text``, in whatever inflection, the last one perhaps unfinished.

    A tag that was merged away brings the one that it became; tags that begin as typed stand first.
    """
    words = place(text, "pl")
    found: dict[str, bool] = {}
    for tag in Tag.objects.select_related("merged_into").order_by("name"):
        held = [word for label in tag.labels for word in place(label, "pl")]
        keys = {key for word in held for key in word.keys}
        forms = [form for word in held for form in word.surface]
        if words and all(
            keys.intersection(word.keys) or any(form.startswith(typed) for form in forms for typed in word.surface)
            for word in words
        ):
            name = (tag.merged_into or tag).name
            found[name] = found.get(name, False) or name.casefold().startswith(text.casefold().strip())
    return sorted(found, key=lambda name: (not found[name], name))[:MOST_OFFERED]


def offered_tags(request: HttpRequest) -> JsonResponse:
    return JsonResponse(tags_like(request.GET.get("term", "")[:100]), safe=False)


@hooks.register("register_admin_urls")
def register_screens() -> list[URLPattern]:
    return [
        path("offered-tags/", offered_tags, name="offered_tags"),
        path("desk/<slug:name>/", DeskListView.as_view(), name="editorial_desk"),
    ]
