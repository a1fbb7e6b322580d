"""What an editor works on: the draft of a recommendation's facts, and its prose, one page per language."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import ItemBase
from wagtail.admin.panels import (
    FieldPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.models import Orderable, Page
from wagtail.url_routing import RouteResult
from wagtail_localize.fields import TranslatableField

from forums.models import Forum, Period, WorkingGroup
from pagekit.acts import Refused
from pagekit.fields import SafeRichTextField
from pagekit.models import AbstractContentPage
from recommendations.admin_forms import RecommendationPageForm
from recommendations.choices import (
    AddresseeRole,
    EditorialState,
    LinkKind,
    SourceKind,
    WordingKind,
)
from recommendations.models.editorial import Tombstone, tombstone_of
from recommendations.models.proposal import decided
from recommendations.models.recommendation import Recommendation
from recommendations.models.source_status import STATUS_FIELDS, SourceStatus
from recommendations.rules.proposals import proposed_in, settled
from taxonomy.choices import Level
from taxonomy.models import AffectedGroup, Classified, Organisation, Place, Tag, Theme


def missing_for_publication(page: "RecommendationPage") -> list[str]:
    """What domain.md asks for before a recommendation may be published and this draft lacks, in words."""
    return missing_words(
        text=page.text,
        source=page.source_url or page.source_document_id,
        addressees=page.addressees.all(),
        themes=page.themes.all(),
    )


def missing_in(content: Mapping[str, Any]) -> list[str]:
    """The same, of a draft as its revision keeps it: many drafts are looked through without a question for each."""
    return missing_words(
        text=content.get("text") or "",
        source=content.get("source_url") or content.get("source_document"),
        addressees=content.get("addressees"),
        themes=content.get("themes"),
    )


def missing_words(*, text: str, source: Any, addressees: Any, themes: Any) -> list[str]:
    missing = []
    if not text.strip():
        missing.append(gettext("the wording"))
    if not source:
        missing.append(gettext("the source (an address or a document)"))
    if not addressees:
        missing.append(gettext("at least one addressee"))
    if not themes:
        missing.append(gettext("at least one theme"))
    return missing


class RecommendationIndexPage(AbstractContentPage):
    lead = models.TextField(_("lead"), blank=True)

    translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("title"),
        TranslatableField("lead"),
        TranslatableField("search_description"),
    ]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, "lead"]
    subpage_types: ClassVar[list[str]] = ["recommendations.RecommendationPage"]
    max_count_per_parent = 1
    template = "recommendations/recommendation_index_page.html"

    class Meta:
        verbose_name = _("list of recommendations")


class PageTag(ItemBase):
    content_object = ParentalKey(
        "recommendations.RecommendationPage", on_delete=models.CASCADE, related_name="tagged_items"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")


class RecommendationPage(Classified, AbstractContentPage, Period):
    text = models.TextField(
        _("wording"),
        help_text=_("What is asked for, in one or two sentences. Verbatim or in our words: say which below."),
    )
    wording_kind = models.CharField(
        _("wording is"), max_length=10, choices=WordingKind.choices, default=WordingKind.RESTATED
    )
    rationale = SafeRichTextField(_("rationale"), blank=True)
    # Only for a page under the list of recommendations; elsewhere the page above is the issuer.
    issuing_forum = models.ForeignKey(
        Forum, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issuing forum")
    )
    issuing_group = models.ForeignKey(
        WorkingGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issuing group")
    )
    source_kind = models.CharField(
        _("kind of source"), max_length=25, choices=SourceKind.choices, default=SourceKind.WORKING_GROUP
    )
    source_title = models.CharField(_("source"), max_length=300, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=1000, blank=True)
    source_document = models.ForeignKey(
        "pagekit.CustomDocument",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document of the source"),
    )
    source_locator = models.CharField(_("page or paragraph"), max_length=60, blank=True)
    is_local = models.BooleanField(_("local"), default=False)
    is_regional = models.BooleanField(_("regional (voivodeship)"), default=False)
    is_national = models.BooleanField(_("national"), default=False)
    is_eu = models.BooleanField(_("European Union"), default=False)
    themes = ParentalManyToManyField(Theme, blank=True, related_name="+", verbose_name=_("themes"))
    affected_groups = ParentalManyToManyField(
        AffectedGroup, blank=True, related_name="+", verbose_name=_("whom it concerns")
    )
    places = ParentalManyToManyField(Place, blank=True, related_name="+", verbose_name=_("places"))
    tags = ClusterTaggableManager(through=PageTag, blank=True, verbose_name=_("tags"))

    translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("title"),
        TranslatableField("text"),
        TranslatableField("rationale"),
        TranslatableField("search_description"),
    ]
    subpage_types: ClassVar[list[str]] = []
    parent_page_types: ClassVar[list[str]] = [
        "forums.ForumPage",
        "forums.WorkingGroupPage",
        "recommendations.RecommendationIndexPage",
    ]
    base_form_class = RecommendationPageForm
    template = "recommendations/recommendation_page.html"

    content_panels: ClassVar[list[Any]] = [
        TitleFieldPanel(
            "title", help_text=_("Our short title, four to nine words, without the name of an institution.")
        ),
        FieldPanel("text"),
        HelpPanel(template="admin/recommendations/writing_panel.html", heading=_("Writing help")),
        FieldPanel("wording_kind"),
        FieldPanel("rationale"),
        MultiFieldPanel(
            [
                FieldPanel("source_kind"),
                FieldPanel("source_title"),
                FieldPanel("source_url"),
                FieldPanel("source_document"),
                FieldPanel("source_locator"),
            ],
            heading=_("Source"),
            help_text=_("An address or a document is needed to publish; a page or paragraph where there is one."),
        ),
        InlinePanel(
            "addressees",
            heading=_("Whom it asks"),
            label=_("Addressee"),
            help_text=_("At least one. Essential ones decide the state of the whole."),
        ),
        MultiFieldPanel(
            [FieldPanel("starts_on"), FieldPanel("ends_on"), FieldPanel("precision"), FieldPanel("date_words")],
            heading=_("Date of issue"),
        ),
        MultiFieldPanel(
            [FieldPanel("is_local"), FieldPanel("is_regional"), FieldPanel("is_national"), FieldPanel("is_eu")],
            heading=_("Levels"),
        ),
        FieldPanel("themes"),
        FieldPanel("affected_groups"),
        FieldPanel("places"),
        FieldPanel("tags", help_text=_("Existing tags are offered while you type, in whatever form of the word.")),
        InlinePanel(
            "proposals",
            heading=_("Names that no vocabulary has"),
            label=_("Proposed name"),
            help_text=_(
                "An institution or a theme that cannot be chosen above. A moderator decides before publication."
            ),
        ),
        MultiFieldPanel(
            [FieldPanel("issuing_forum"), FieldPanel("issuing_group")],
            heading=_("Issuer"),
            help_text=_("Only where this page does not stand under its forum or group."),
        ),
        InlinePanel("links", heading=_("Related recommendations"), label=_("Link")),
        InlinePanel("identifiers", heading=_("Other identifiers"), label=_("Identifier")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Recommendation")),
            ObjectList(Page.promote_panels, heading=_("Address")),
            ObjectList(AbstractContentPage.settings_panels, heading=_("Publication")),
        ]
    )

    class Meta:
        verbose_name = _("recommendation page")
        verbose_name_plural = _("recommendation pages")

    def address_of_changes(self) -> str:
        # Of a translation there are no facts to compare, and Wagtail's own screen does.
        return reverse("editorial:changes", args=[self.pk]) if self.is_source else super().address_of_changes()

    # Set while a page that was taken off is asked for at its old address.
    tombstone: Tombstone | None = None

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """As Wagtail's; and the old address of a page that was taken off leads to its tombstone."""
        try:
            return super().route(request, path_components)
        except Http404:
            if path_components or not self.first_published_at:
                raise
            facts = Recommendation.objects.select_related("forum", "working_group__forum")
            found = facts.filter(translation_key=self.translation_key).first()
            self.tombstone = tombstone_of(found) if found else None
            if self.tombstone is None:
                raise
        return RouteResult(self)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self.tombstone.served(request) if self.tombstone else super().serve(request, *args, **kwargs)

    def refuse_publication(self, revision: Any) -> None:
        super().refuse_publication(revision)
        shelved = Recommendation.objects.filter(translation_key=self.translation_key)
        if self.is_source and shelved.exclude(editorial_state=EditorialState.PUBLISHED).exists():
            raise Refused(
                gettext(
                    "Not published: the recommendation is archived or withdrawn from publication. "
                    "Restore it first, with a reason."
                )
            )
        if self.is_source and (names := ", ".join(row.label for row in self.proposals.all())):
            raise Refused(
                gettext(
                    "Not published: nobody decided about the proposed name yet: %(names)s. Decide, then approve again."
                )
                % {"names": names}
            )
        if self.is_source and (missing := missing_for_publication(self)):
            raise Refused(
                gettext("Not published: %(missing)s missing. Add it and send the page to moderation again.")
                % {"missing": ", ".join(missing)}
            )

    def with_content_json(self, content: Any) -> Any:
        """As Wagtail's; a proposed name that a moderator decided about is the row that it stands for."""
        return super().with_content_json(settled(content, decided(key for key, _row in proposed_in(content))))

    @property
    def levels(self) -> list[Level]:
        chosen = {
            Level.NATIONAL: self.is_national,
            Level.REGIONAL: self.is_regional,
            Level.LOCAL: self.is_local,
            Level.EU: self.is_eu,
        }
        return [level for level, is_chosen in chosen.items() if is_chosen]


class PageAddressee(SourceStatus, Orderable):
    page = ParentalKey(RecommendationPage, on_delete=models.CASCADE, related_name="addressees")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    role = models.CharField(_("role"), max_length=12, choices=AddresseeRole.choices, default=AddresseeRole.ESSENTIAL)
    words = models.CharField(_("in the source's words"), max_length=250, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    panels: ClassVar[list[str]] = ["organisation", "role", "words", "note", *STATUS_FIELDS]

    class Meta(Orderable.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "organisation"], name="page_addressee_stands_once"),
        ]


class PageLink(Orderable):
    page = ParentalKey(RecommendationPage, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(_("kind"), max_length=12, choices=LinkKind.choices)
    target = models.ForeignKey(
        Recommendation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recommendation"),
        help_text=_("Empty where a file named one that is not published yet; the link appears with its publication."),
    )
    # Of a recommendation that is not published yet: the link holds from its publication on.
    target_key = models.UUIDField(null=True, blank=True, editable=False, db_index=True)


class PageIdentifier(Orderable):
    page = ParentalKey(RecommendationPage, on_delete=models.CASCADE, related_name="identifiers")
    identifier = models.CharField(_("identifier"), max_length=120)
