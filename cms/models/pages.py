"""The top floor's own pages: the home page of each language, and text pages."""

from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_localize.fields import TranslatableField

from pagekit.blocks import ContentBlocks
from pagekit.fields import SafeRichTextField
from pagekit.models import AbstractContentPage


class HomePage(AbstractContentPage):
    lead = models.TextField(_("lead"), blank=True)
    intro = SafeRichTextField(_("introduction"), blank=True)

    translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("title"),
        TranslatableField("lead"),
        TranslatableField("intro"),
        TranslatableField("search_description"),
    ]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, "lead", "intro"]
    subpage_types: ClassVar[list[str]] = [
        "forums.ForumIndexPage",
        "recommendations.RecommendationIndexPage",
        "cms.ContentPage",
    ]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("home page")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """The page at the address below this one, in one step: Wagtail's own walk asks twice for every level.

        No page of ours answers for addresses below its own, so the whole path names one page or none.
        """
        if not path_components:
            return super().route(request, path_components)
        wanted = f"{self.url_path}{'/'.join(path_components)}/"
        # By its slug as well, which has an index: without one, every page of the site is read to find this one.
        named = Page.objects.filter(slug=path_components[-1], url_path=wanted)
        page = named.select_related("locale", "content_type").first()
        if page is None:
            raise Http404
        found = page.specific
        found.locale = page.locale
        return found.route(request, [])


class ContentPage(AbstractContentPage):
    lead = models.TextField(_("lead"), blank=True)
    body = StreamField(ContentBlocks(), verbose_name=_("text"), blank=True)

    translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("title"),
        TranslatableField("lead"),
        TranslatableField("body"),
        TranslatableField("search_description"),
    ]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, "lead", "body"]
    subpage_types: ClassVar[list[str]] = ["cms.ContentPage"]
    template = "cms/content_page.html"

    class Meta:
        verbose_name = _("text page")
        verbose_name_plural = _("text pages")
