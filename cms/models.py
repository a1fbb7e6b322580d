"""The top floor's own pages and the settings only the owner can fill in."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
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


@register_setting
class PublisherSettings(BaseSiteSetting):
    """Who publishes the site; what is not set is shown as not set, never invented."""

    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    unit = models.CharField(_("unit responsible"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)

    panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("publisher"), FieldPanel("unit"), FieldPanel("email"), FieldPanel("phone")],
            heading=_("Shown in the publication box of every page"),
        )
    ]

    class Meta:
        verbose_name = _("publisher")

    @property
    def missing(self) -> list[str]:
        """The names of the fields nobody has filled in yet."""
        return [
            str(self._meta.get_field(name).verbose_name)
            for name in ("publisher", "unit", "email", "phone")
            if not getattr(self, name)
        ]
