"""The pages of forums: the draft of all facts, and the prose, one per language."""

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail_localize.fields import TranslatableField

from forums.blocks import SessionBlock
from forums.choices import BodyRole, ForumKind, NameKind
from forums.models.period import Period
from pagekit.fields import SafeRichTextField
from pagekit.models import AbstractContentPage
from taxonomy.models import Classified, Organisation, Place, Theme

reference_segment = RegexValidator(
    r"^[A-Z][A-Z0-9]{0,7}$", _("Write one to eight capital letters or digits, a letter first: FLPM, MD.")
)


class ForumIndexPage(AbstractContentPage):
    lead = models.TextField(_("lead"), blank=True)

    translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("title"),
        TranslatableField("lead"),
        TranslatableField("search_description"),
    ]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, "lead"]
    subpage_types: ClassVar[list[str]] = ["forums.ForumPage", "forums.WorkingGroupPage"]
    max_count_per_parent = 1
    template = "forums/forum_index_page.html"

    class Meta:
        verbose_name = _("list of forums")


class ForumPage(Classified, AbstractContentPage, Period):
    kind = models.CharField(_("kind"), max_length=20, choices=ForumKind.choices, default=ForumKind.FORUM)
    number = models.PositiveSmallIntegerField(_("number of the edition"), null=True, blank=True)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("city")
    )
    programme_code = models.CharField(
        _("programme in references"), max_length=8, validators=[reference_segment], help_text=_("For example FLPM.")
    )
    group_code = models.CharField(_("segment in references"), max_length=8, blank=True, validators=[reference_segment])
    source_url = models.URLField(_("main source"), max_length=1000, blank=True)
    lead = models.TextField(_("in one sentence"), blank=True)
    description = SafeRichTextField(_("description"), blank=True)
    participants = models.TextField(_("participants"), blank=True)
    not_known = SafeRichTextField(_("what is not known"), blank=True)
    programme = StreamField([("session", SessionBlock())], verbose_name=_("programme"), blank=True)
    themes = ParentalManyToManyField(Theme, blank=True, related_name="+", verbose_name=_("themes"))

    translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("title"),
        TranslatableField("lead"),
        TranslatableField("description"),
        TranslatableField("participants"),
        TranslatableField("not_known"),
        TranslatableField("programme"),
        TranslatableField("search_description"),
    ]
    subpage_types: ClassVar[list[str]] = [
        "forums.ForumPage",
        "forums.WorkingGroupPage",
        "recommendations.RecommendationPage",
    ]
    template = "forums/forum_page.html"

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("lead", help_text=_("What it was and why it matters; shown in lists and search results.")),
        FieldPanel("description"),
        FieldPanel("participants", help_text=_("How many and from where. Institutions only, no names of persons.")),
        FieldPanel("programme"),
        FieldPanel("not_known", help_text=_("What the sources do not say, and where the missing papers should be.")),
    ]
    fact_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("kind"), FieldPanel("number"), FieldPanel("place"), FieldPanel("source_url")],
            heading=_("What and where"),
        ),
        MultiFieldPanel(
            [FieldPanel("starts_on"), FieldPanel("ends_on"), FieldPanel("precision"), FieldPanel("date_words")],
            heading=_("Dates that the editors follow"),
        ),
        InlinePanel(
            "claimed_dates",
            heading=_("Dates by source"),
            label=_("Date"),
            help_text=_("Where sources disagree, enter each and mark the one that we follow, and why."),
        ),
        InlinePanel("names", heading=_("Official and other names"), label=_("Name")),
        InlinePanel("bodies", heading=_("Organisers, partners, funders"), label=_("Institution")),
        InlinePanel("venues", heading=_("Venues"), label=_("Venue")),
        FieldPanel("themes"),
        InlinePanel("links", heading=_("Links"), label=_("Link")),
        InlinePanel("sources", heading=_("Documents"), label=_("Document")),
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
        verbose_name = _("forum page")
        verbose_name_plural = _("forum pages")


class ForumName(Orderable):
    page = ParentalKey(ForumPage, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=250)
    kind = models.CharField(_("kind"), max_length=10, choices=NameKind.choices, default=NameKind.ALIAS)


class ForumDate(Orderable, Period):
    """What one source says about the date; conflicting ones stand side by side."""

    page = ParentalKey(ForumPage, on_delete=models.CASCADE, related_name="claimed_dates")
    source_title = models.CharField(_("source"), max_length=250)
    source_url = models.URLField(_("address of the source"), max_length=1000, blank=True)
    is_followed = models.BooleanField(_("the editors follow this one"), default=False)
    reason = models.CharField(_("why, or why not"), max_length=300, blank=True)

    class Meta(Orderable.Meta):
        pass


class ForumBody(Orderable):
    page = ParentalKey(ForumPage, on_delete=models.CASCADE, related_name="bodies")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=15, choices=BodyRole.choices)
    note = models.CharField(_("note"), max_length=250, blank=True)


class ForumVenue(Orderable):
    page = ParentalKey(ForumPage, on_delete=models.CASCADE, related_name="venues")
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=250, blank=True)


class ForumLink(Orderable):
    page = ParentalKey(ForumPage, on_delete=models.CASCADE, related_name="links")
    title = models.CharField(_("title"), max_length=250)
    url = models.URLField(_("address"), max_length=1000)


class ForumSource(Orderable):
    """A document of the forum: at an address or uploaded, with the pages that matter."""

    page = ParentalKey(ForumPage, on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(_("title"), max_length=250)
    url = models.URLField(_("address"), max_length=1000, blank=True)
    document = models.ForeignKey(
        "pagekit.CustomDocument", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pages = models.CharField(_("pages"), max_length=60, blank=True, help_text=_("For example 51-88."))
    note = models.CharField(_("note"), max_length=300, blank=True)
