"""Lists and forms of the vocabularies, and the screen that merges two rows."""

from collections.abc import Callable, Iterable
from typing import Any

import django_filters
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from pagekit.acts import Refused
from pagekit.versions import keep_version, values_of
from taxonomy.models import AffectedGroup, Mandate, Organisation, Place, Succession, Tag, Theme
from taxonomy.querysets import with_words
from taxonomy.services import Label, merge, pass_mandate_on
from taxonomy.wagtail_hooks.choosers import other_names, what_it_is
from taxonomy.wagtail_hooks.forms import (
    MandateForm,
    MergeForm,
    OrganisationForm,
    PassOnForm,
    PlaceForm,
    RowForm,
    TagForm,
)
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


class RowIndex(generic.IndexView):
    any_permission_required = SEEN_BY
    merge_url_name = ""

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
        if self.merge_url_name and not instance.merged_into_id and self.user_has_permission("change"):
            url = reverse(self.merge_url_name, args=[instance.pk])
            buttons.append(Button(_("Merge into another"), url=url, icon_name="collapse-down", priority=30))
        return buttons


class RowEdit(generic.EditView):
    merge_url_name = ""

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
        if self.merge_url_name and not self.object.merged_into_id:
            url = reverse(self.merge_url_name, args=[self.object.pk])
            buttons.append(HeaderButton(_("Merge into another"), url=url, icon_name="collapse-down"))
        return buttons


class MergeView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """Makes one row a synonym of another; asks once, says what it did, and refuses in words."""

    model: type[Any] = Tag
    index_url_name = ""
    edit_url_name = ""
    merge_url_name = ""
    header_icon = "collapse-down"
    page_title = _("Merge into another")
    form_class = MergeForm
    template_name = "admin/taxonomy/merge.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not policy_registry.get_by_type(self.model).user_has_permission(request.user, "change"):
            raise PermissionDenied
        self.row: Label = get_object_or_404(self.model, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.row)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.model._meta.verbose_name_plural},
            {"url": reverse(self.edit_url_name, args=[self.row.pk]), "label": str(self.row)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_form(self, form_class: Any = None) -> MergeForm:
        form: MergeForm = super().get_form(form_class)
        others = self.model._default_manager.filter(merged_into=None).exclude(pk=self.row.pk)
        into: Any = form.fields["into"]
        into.queryset = others
        return form

    def form_valid(self, form: MergeForm) -> HttpResponse:
        into = form.cleaned_data["into"]
        try:
            merge(self.row, into=into)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        log(instance=self.row, action="taxonomy.merge", user=self.request.user, data={"into": str(into)})
        messages.success(
            self.request, gettext("“%(row)s” is now a synonym of “%(into)s”.") % {"row": self.row, "into": into}
        )
        return redirect(self.index_url_name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            row=self.row, action_url=self.request.path, submit_button_label=_("Merge"), **kwargs
        )


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
        merge_url_name = self.get_url_name("merge") if self.is_merged else ""
        view_kwargs: dict[str, Any] = super().get_common_view_kwargs(merge_url_name=merge_url_name, **kwargs)
        return view_kwargs

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns: list[URLPattern] = super().get_urlpatterns()
        if self.is_merged:
            patterns.append(path("merge/<int:pk>/", self.construct_view(MergeView), name="merge"))
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


class MandateIndex(RowIndex):
    def get_list_more_buttons(self, instance: Any) -> list[Button]:
        buttons: list[Button] = super().get_list_more_buttons(instance)
        is_over = instance.ends_on is not None and instance.ends_on < timezone.localdate()
        if not is_over and self.user_has_permission("change"):
            url = reverse("mandate:pass_on", args=[instance.pk])
            buttons.append(Button(_("Pass on to another person"), url=url, icon_name="arrow-right-full", priority=30))
        return buttons


class PassOnView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """One act: the mandate ends, the next person's begins, and the institution's items are seen by that one."""

    header_icon = "arrow-right-full"
    page_title = _("Pass on to another person")
    form_class = PassOnForm
    template_name = "admin/taxonomy/pass_on.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        policy = policy_registry.get_by_type(Mandate)
        if not all(policy.user_has_permission(request.user, verb) for verb in ("add", "change")):
            raise PermissionDenied
        mandates = Mandate.objects.select_related("organisation", "user")
        self.mandate: Mandate = get_object_or_404(mandates, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.mandate)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("mandate:index"), "label": Mandate._meta.verbose_name_plural},
            {"url": reverse("mandate:edit", args=[self.mandate.pk]), "label": str(self.mandate)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"for_user": self.request.user}

    def form_valid(self, form: PassOnForm) -> HttpResponse:
        to = form.cleaned_data["to"]
        try:
            after = pass_mandate_on(self.mandate, to=to, starts_on=form.cleaned_data["starts_on"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        log(instance=self.mandate, action="taxonomy.pass_on", user=self.request.user, data={"to": str(to)})
        messages.success(
            self.request,
            gettext("From %(day)s %(person)s answers for “%(body)s”.")
            % {"day": date_format(after.starts_on), "person": to, "body": after.organisation},
        )
        return redirect("mandate:index")

    def form_invalid(self, form: PassOnForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            mandate=self.mandate, action_url=self.request.path, submit_button_label=self.page_title, **kwargs
        )


class MandateViewSet(RowViewSet):
    model = Mandate
    index_view_class = MandateIndex
    icon = "key"
    is_merged = False
    # Who answered when is history; a mandate is given and ended by who may, never by a press on "restore".
    is_restored = False
    form_class = MandateForm
    row_panels = (
        FieldPanel(
            "user", help_text=_("The account of the official; it needs no group and has no access to the admin.")
        ),
        "organisation",
        "role",
        FieldRowPanel(
            ["starts_on", FieldPanel("ends_on", help_text=_("Empty: still in force. End it, never delete it."))]
        ),
    )
    list_display = ("organisation", "user", "role", "starts_on", "ends_on")
    list_filter = ("role",)
    search_fields = ("organisation__label_pl", "user__username")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("pass-on/<int:pk>/", PassOnView.as_view(), name="pass_on")]


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
