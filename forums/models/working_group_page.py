"""The pages of working groups: topic, areas, expected effects, and the state of their set."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail_localize.fields import TranslatableField

from forums.blocks import AreaBlock, EffectBlock
from forums.choices import GroupKind, SetState
from forums.models.forum_page import reference_segment
from forums.models.period import Period
from pagekit.fields import SafeRichTextField
from pagekit.models import AbstractContentPage
from taxonomy.models import Classified, Organisation, Place, Theme


class WorkingGroupPage(Classified, AbstractContentPage, Period):
    kind = models.CharField(_("kind"), max_length=10, choices=GroupKind.choices, default=GroupKind.GROUP)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    place = models.ForeignKey(
        Place,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("city"),
        help_text=_("Only where it differs from the forum's."),
    )
    programme_code = models.CharField(
        _("programme in references"),
        max_length=8,
        blank=True,
        validators=[reference_segment],
        help_text=_("Empty: the one of the forum above."),
    )
    group_code = models.CharField(_("segment in references"), max_length=8, blank=True, validators=[reference_segment])
    source_url = models.URLField(_("main source"), max_length=1000, blank=True)
    lead = models.TextField(_("in one sentence"), blank=True)
    topic = models.TextField(_("topic"), blank=True)
    description = SafeRichTextField(_("description"), blank=True)
    areas = StreamField([("area", AreaBlock())], verbose_name=_("areas"), blank=True)
    effects = StreamField([("effect", EffectBlock())], verbose_name=_("expected effects"), blank=True)
    set_state = models.CharField(
        _("recommendation set"), max_length=15, choices=SetState.choices, default=SetState.PARTIAL
    )
    set_note = models.TextField(
        _("about the set"), blank=True, help_text=_("Why it is not complete and where the rest should be.")
    )
    themes = ParentalManyToManyField(Theme, blank=True, related_name="+", verbose_name=_("themes"))

    translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("title"),
        TranslatableField("lead"),
        TranslatableField("topic"),
        TranslatableField("description"),
        TranslatableField("areas"),
        TranslatableField("effects"),
        TranslatableField("set_note"),
        TranslatableField("search_description"),
    ]
    subpage_types: ClassVar[list[str]] = ["forums.WorkingGroupPage", "recommendations.RecommendationPage"]
    template = "forums/working_group_page.html"

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("lead", help_text=_("Shown in lists and search results.")),
        FieldPanel("topic"),
        FieldPanel("description"),
        FieldPanel("areas", help_text=_("In the group's own order; they are numbered on the page.")),
        FieldPanel("effects", help_text=_("What the group announced that it would reach, in its own order.")),
        FieldPanel("set_state"),
        FieldPanel("set_note"),
    ]
    fact_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("kind"), FieldPanel("number"), FieldPanel("place"), FieldPanel("source_url")],
            heading=_("What and where"),
        ),
        MultiFieldPanel(
            [FieldPanel("starts_on"), FieldPanel("ends_on"), FieldPanel("precision"), FieldPanel("date_words")],
            heading=_("Dates"),
        ),
        InlinePanel("hosts", heading=_("Host institutions"), label=_("Institution")),
        InlinePanel("links", heading=_("Links"), label=_("Link")),
        FieldPanel("themes"),
        MultiFieldPanel([FieldPanel("programme_code"), FieldPanel("group_code")], heading=_("References")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Text")),
            ObjectList(fact_panels, heading=_("Facts")),
            ObjectList(Page.promote_panels, heading=_("Address")),
            ObjectList(AbstractContentPage.settings_panels, heading=_("Publication")),
        ]
    )

    class Meta:
        verbose_name = _("working group page")
        verbose_name_plural = _("working group pages")


class GroupHost(Orderable):
    page = ParentalKey(WorkingGroupPage, on_delete=models.CASCADE, related_name="hosts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=250, blank=True)


class GroupLink(Orderable):
    page = ParentalKey(WorkingGroupPage, on_delete=models.CASCADE, related_name="links")
    title = models.CharField(_("title"), max_length=250)
    url = models.URLField(_("address"), max_length=1000)
