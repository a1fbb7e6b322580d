"""What the lists and forms of all vocabularies share: columns and filters of labels, search, versions, merging."""

from collections.abc import Callable, Iterable
from typing import Any

import django_filters
from django.conf import settings
from django.db import transaction
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button, HeaderButton

from pagekit.versions import keep_version, values_of
from taxonomy.querysets import with_words
from taxonomy.wagtail_hooks.forms import RowForm
from taxonomy.wagtail_hooks.merging import MergeView, TakeBackView
from taxonomy.wagtail_hooks.versions import RowHistory, VersionView


def other_languages() -> list[tuple[str, str]]:
    """The languages beside Polish, in which a label may be missing."""
    return [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


SEEN_BY = ("change", "view")
LABELS = MultiFieldPanel(
    [FieldRowPanel(["label_pl", "label_en"]), FieldRowPanel(["label_uk", "label_ru"])],
    heading=_("Labels"),
    help_text=_("Polish is needed; a language without a label shows the Polish one."),
)


def button_of_merging(row: Any, merge: str, take_back: str, kind: type[Button] = Button) -> Button:
    """To merge the row into another, or to take that back."""
    if row.merged_into_id:
        return kind(_("Take the merge back"), url=reverse(take_back, args=[row.pk]), icon_name="history", priority=30)
    return kind(_("Merge into another"), url=reverse(merge, args=[row.pk]), icon_name="collapse-down", priority=30)


class RowIndex(generic.IndexView):
    any_permission_required = SEEN_BY
    merge_url_name = ""
    take_back_url_name = ""

    def get_base_queryset(self) -> Any:
        related = [field.name for field in self.model._meta.fields if field.is_relation]
        return super().get_base_queryset().select_related(*related)

    def search_queryset(self, queryset: Any) -> Any:
        if not self.is_searching:
            return queryset
        fields: Iterable[str] = getattr(self.model, "found_by", None) or self.search_fields or ()
        return with_words(queryset, self.search_query, fields)

    def get_list_more_buttons(self, instance: Any) -> list[Button]:
        buttons: list[Button] = super().get_list_more_buttons(instance)
        if self.merge_url_name and self.user_has_permission("change"):
            buttons.append(button_of_merging(instance, self.merge_url_name, self.take_back_url_name))
        return buttons


class RowEdit(generic.EditView):
    merge_url_name = ""
    take_back_url_name = ""

    def save_instance(self) -> Any:
        """Save, and keep in the log what stood before and what stands now."""
        with transaction.atomic():
            # One after the other: of two who save at once the second is told of the first.
            held = self.model._default_manager.select_for_update().get(pk=self.object.pk)
            before = values_of(held)
            row = self.form.save()
            keep_version(row, before, by=self.request.user)
        return row

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons: list[Button] = list(super().header_more_buttons)
        if self.merge_url_name:
            buttons.append(button_of_merging(self.object, self.merge_url_name, self.take_back_url_name, HeaderButton))
        return buttons


class LabelFilterSet(WagtailFilterSet):
    """Filters of a vocabulary whose rows have a label in each language."""

    missing = django_filters.ChoiceFilter(label=_("Label missing in"), choices=other_languages, method="without_label")

    def without_label(self, rows: Any, name: str, language: str) -> Any:
        return rows.filter(**{f"label_{language}": ""})

    @classmethod
    def of(cls, model: type[Any], *fields: str) -> type[Any]:
        """The filters of one vocabulary, with those of its own ``fields``."""
        meta = type("Meta", (), {"model": model, "fields": list(fields)})
        return type(f"{model.__name__}FilterSet", (cls,), {"Meta": meta})


class RowViewSet(ModelViewSet):
    """A vocabulary in the admin: listed, searched by every name, edited; never deleted, never copied."""

    form_class: type[RowForm] = RowForm
    row_panels: Iterable[Any] = ()
    is_merged = True
    # Whether an earlier state may be made the present one by a press.
    is_restored = True
    history_view_class = RowHistory
    copy_view_enabled = False
    add_to_admin_menu = False
    index_view_class = RowIndex
    edit_view_class = RowEdit
    search_fields: tuple[str, ...] = ("label_pl",)
    search_backend_name = None
    list_per_page = 50

    def get_edit_handler(self) -> Any:
        handler = ObjectList(list(self.row_panels), base_form_class=self.form_class)
        return handler.bind_to_model(self.model)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        names = {f"{name}_url_name": self.get_url_name(name) for name in ("merge", "take_back") if self.is_merged}
        view_kwargs: dict[str, Any] = super().get_common_view_kwargs(**names, **kwargs)
        return view_kwargs

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns: list[URLPattern] = super().get_urlpatterns()
        if self.is_merged:
            patterns.append(path("merge/<int:pk>/", self.construct_view(MergeView), name="merge"))
            patterns.append(path("merge/<int:pk>/take-back/", self.construct_view(TakeBackView), name="take_back"))
        if self.is_restored:
            version = self.construct_view(VersionView)
            patterns.append(path("history/<int:pk>/<int:entry>/", version, name="version"))
        return patterns

    def get_history_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        version_url_name = self.get_url_name("version") if self.is_restored else ""
        found: dict[str, Any] = super().get_history_view_kwargs(version_url_name=version_url_name, **kwargs)
        return found


MERGED_INTO = Column("merged_into", label=_("Merged into"), accessor=lambda row: row.merged_into or "")


def label_columns() -> list[Column]:
    """The labels beside the Polish one; a dash where one is missing."""

    def reader(field: str) -> Callable[[Any], str]:
        return lambda row: getattr(row, field) or "–"

    return [
        Column(field, label=name, accessor=reader(field), sort_key=field)
        for field, name in ((f"label_{code}", name) for code, name in other_languages())
    ]


def listed(*between: Any) -> list[Any]:
    return ["label_pl", *label_columns(), *between, MERGED_INTO]
