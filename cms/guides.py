"""The guides of docs/guides in the admin: who may do a job reads there how it is done."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from markdown_it import MarkdownIt
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permission_policies.pages import PagePermissionPolicy

from pagekit.translation import may_translate

FOLDER: Path = settings.BASE_DIR / "docs"


def may_on_pages(verb: str) -> Callable[[Any], bool]:
    return lambda user: PagePermissionPolicy().user_has_permission(user, verb)


class Guide(NamedTuple):
    label: Promise
    is_for: Callable[[Any], bool]


GUIDES = {
    "redaktor": Guide(_("Guide for editors"), may_on_pages("add")),
    "moderator": Guide(_("Guide for moderators"), may_on_pages("publish")),
    "tlumacz": Guide(_("Guide for translators"), may_translate),
    "administrator": Guide(_("Guide for administrators"), lambda user: bool(user.keeps())),
    "badacz": Guide(_("Guide for researchers"), lambda user: True),
    "urzednik": Guide(_("Guide for officials"), may_on_pages("publish")),
}


def html_of(text: str) -> SafeString:
    """A guide as HTML: tags in it are text, links to other guides and pictures lead into the admin."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    image = reverse("guide_image", args=["NAME"]).replace("NAME.png", "")
    text = re.sub(
        r"\]\((\w+)\.md(#[^)]*)?\)", lambda link: f"]({reverse('guide', args=[link[1]])}{link[2] or ''})", text
    )
    # The text is a file of the project, and its HTML is escaped by the parser.
    return mark_safe(markdown.render(text.replace("](../images/", f"]({image}")))  # noqa: S308


class GuideView(WagtailAdminTemplateMixin, TemplateView):
    """One guide, for whoever is let into the admin: there is nothing secret in it."""

    template_name = "admin/cms/guide.html"
    header_icon = "help"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        name = kwargs["name"]
        if name not in GUIDES:
            raise Http404
        self.page_title = GUIDES[name].label
        self.text = (FOLDER / "guides" / f"{name}.md").read_text(encoding="utf-8")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # The page has a heading of its own.
        _heading, _line, text = self.text.partition("\n")
        return super().get_context_data(guide=html_of(text), **kwargs)


def guide_image(request: HttpRequest, name: str) -> FileResponse:
    file = FOLDER / "images" / f"{name}.png"
    if not file.is_file():
        raise Http404
    return FileResponse(file.open("rb"), content_type="image/png")


class GuideMenuItem(MenuItem):
    guide: Guide

    def is_shown(self, request: HttpRequest) -> bool:
        return self.guide.is_for(request.user)


def item_of(name: str, guide: Guide, order: int) -> GuideMenuItem:
    item = GuideMenuItem(
        guide.label, reverse("guide", args=[name]), name=f"guide-{name}", icon_name="help", order=order
    )
    item.guide = guide
    return item


for order, (name, guide) in enumerate(GUIDES.items()):
    hooks.register("register_help_menu_item", lambda name=name, guide=guide, order=order: item_of(name, guide, order))


@hooks.register("register_admin_urls")
def register_guides() -> list[URLPattern]:
    return [
        path("guides/<slug:name>/", GuideView.as_view(), name="guide"),
        path("guides/images/<slug:name>.png", guide_image, name="guide_image"),
    ]
