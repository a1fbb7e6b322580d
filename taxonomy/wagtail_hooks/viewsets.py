"""The vocabularies in the admin, each with its fields and columns."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.model import ModelViewSetGroup

from taxonomy.models import AffectedGroup, Organisation, Place, Succession, Tag, Theme
from taxonomy.wagtail_hooks.choosers import other_names, what_it_is
from taxonomy.wagtail_hooks.forms import OrganisationForm, PlaceForm, TagForm
from taxonomy.wagtail_hooks.mandates import MandateViewSet
from taxonomy.wagtail_hooks.rows import LABELS, MERGED_INTO, LabelFilterSet, RowIndex, RowViewSet, label_columns, listed


class ThemeViewSet(RowViewSet):
    model = Theme
    icon = "list-ul"
    row_panels = ("code", LABELS, "parent", "position", "definition_pl", "synonyms")
    filterset_class = LabelFilterSet.of(Theme)
    list_display = listed("code", Column("parent", label=_("Parent theme"), accessor=lambda row: row.parent or ""))


class AffectedGroupViewSet(RowViewSet):
    model = AffectedGroup
    icon = "user"
    row_panels = ("code", LABELS)
    filterset_class = LabelFilterSet.of(AffectedGroup)
    list_display = listed("code")


class PlaceViewSet(RowViewSet):
    model = Place
    icon = "globe"
    form_class = PlaceForm
    row_panels = ("code", LABELS, "region_pl", "adjectives", "reference_code")
    filterset_class = LabelFilterSet.of(Place)
    list_display = listed("code", "region_pl", "reference_code")


class OrganisationIndex(RowIndex):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().prefetch_related("names")


class OrganisationViewSet(RowViewSet):
    model = Organisation
    index_view_class = OrganisationIndex
    icon = "group"
    form_class = OrganisationForm
    # One body follows another by a succession: its assignments and log are history.
    is_merged = False
    row_panels = (
        "code",
        LABELS,
        FieldPanel(
            "kind", help_text=_("“Group of institutions” has no officials, no clock, no place in response rates.")
        ),
        FieldRowPanel(["level", "place"]),
        "parent",
        FieldRowPanel(["address", "email"]),
        InlinePanel(
            "names",
            heading=_("Other and former names"),
            label=_("Name"),
            help_text=_("Search and choosers find the institution by each of them."),
        ),
    )
    list_display = (
        "label_pl",
        "code",
        Column("kind", label=_("Kind"), accessor=what_it_is, sort_key="kind"),
        "level",
        BooleanColumn("is_collective", label=_("Group"), sort_key="is_collective"),
        Column("names", label=_("Other names"), accessor=other_names),
        Column("missing", label=_("Labels missing in"), accessor=lambda row: ", ".join(row.missing_labels)),
    )
    filterset_class = LabelFilterSet.of(Organisation, "kind", "level", "is_collective")


class SuccessionViewSet(RowViewSet):
    model = Succession
    icon = "arrow-right-full"
    is_merged = False
    row_panels = ("predecessor", "successor", "starts_on", "source_url")
    list_display = ("__str__", "starts_on")
    search_fields = ("predecessor__label_pl", "successor__label_pl")


class TagViewSet(RowViewSet):
    model = Tag
    icon = "tag"
    form_class = TagForm
    row_panels = (
        FieldPanel("name", help_text=_("The Polish label. Renaming keeps the address and all that bears the tag.")),
        FieldRowPanel(["label_en", "label_uk", "label_ru"]),
    )
    search_fields = ("name", "label_en", "label_uk", "label_ru")
    filterset_class = LabelFilterSet.of(Tag)
    list_display = ("name", *label_columns(), "slug", MERGED_INTO)


class VocabularyGroup(ModelViewSetGroup):
    menu_label = _("Vocabularies")
    menu_name = "vocabularies"
    menu_icon = "tag"
    menu_order = 80
    items = (
        ThemeViewSet,
        TagViewSet,
        OrganisationViewSet,
        PlaceViewSet,
        AffectedGroupViewSet,
        SuccessionViewSet,
        MandateViewSet,
    )

    def __init__(self) -> None:
        # Apps above have vocabularies too: they offer them by this hook, since we may not know them.
        offered = (found for offer in hooks.get_hooks("register_vocabulary") for found in offer())
        self.items = (*type(self).items, *offered)
        super().__init__()
