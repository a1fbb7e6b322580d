"""Flat lists of pages in the admin: what the person may edit, in the language the person works in."""

from typing import Any, ClassVar

import django_filters
from django.db.models import IntegerField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn, ParentPageColumn
from wagtail.admin.views.pages.listing import IndexView, PageFilterSet
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.models import Locale, WorkflowState, get_default_page_content_type

from pagekit.models import source_language

STATES = (
    ("draft", _("draft, never published")),
    ("moderation", _("in moderation")),
    ("published", _("published")),
    ("changed", _("published, with changes waiting")),
    ("archived", _("no longer published")),
)


class ContentPageFilterSet(PageFilterSet):
    """Filters of every list of pages: where the draft stands, and the language (the source's, unless asked)."""

    # One site and no tree to speak of, and who changed a page says more than who made it.
    site = None
    has_child_pages = None
    owner = None
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state")
    locale = django_filters.ModelChoiceFilter(label=_("Language"), queryset=Locale.objects.all())

    def in_state(self, pages: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "moderation":
            return pages.filter(pk__in=moderated())
        return pages.filter(
            {
                "draft": Q(live=False, first_published_at=None),
                "published": Q(live=True),
                "changed": Q(live=True, has_unpublished_changes=True),
                "archived": Q(live=False, first_published_at__isnull=False),
            }[value]
        )


def moderated() -> QuerySet[Any]:
    """The keys of pages in moderation, to be asked inside another question."""
    running = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS, base_content_type=get_default_page_content_type()
    )
    return running.values_list(Cast("object_id", IntegerField()), flat=True)


# So many keys are handed back to the database; it looks through the texts once for them, else for every question.
MOST_FOUND = 500


class ContentPageIndex(IndexView):
    """Without a chosen language the sources, which hold the facts; translators, who edit none, see their own."""

    base_filterset_class = ContentPageFilterSet

    def get_base_queryset(self) -> Any:
        pages = super().get_base_queryset().select_related("locale")
        if self.request.GET.get("locale"):
            return pages
        source = Locale.objects.get(language_code=source_language())
        return pages.filter(locale=source) if self.has_rights_in(source) else pages

    def has_rights_in(self, language: Locale) -> bool:
        """Whether the person has any right in the tree of a language.

        Not whether there is a page for them: that would look through all pages at each list.
        """
        granted = self.permission_policy.get_cached_permissions_for_user(self.request.user)
        return self.request.user.is_superuser or any(grant.page.locale_id == language.pk for grant in granted)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        # Wagtail looks up its step of moderation for each page anew; they are few.
        steps: dict[int, Any] = {}
        for page in context["object_list"]:
            for state in page._current_workflow_states:
                if step := state.current_task_state:
                    step.task = steps.setdefault(step.task_id, step.task)
        return context

    def search_queryset(self, queryset: Any) -> Any:
        # Wagtail's search refuses every filter on a field that is not in its index, and would list all it finds.
        if not self.is_searching:
            return queryset
        titled = Q()
        for word in self.search_query.split():
            titled &= Q(title__icontains=word) | Q(draft_title__icontains=word)
        matching = queryset.filter(titled | self.found_otherwise(self.search_query))
        found = list(matching.order_by().values_list("pk", flat=True)[: MOST_FOUND + 1])
        return queryset.filter(pk__in=found) if len(found) <= MOST_FOUND else matching

    def found_otherwise(self, text: str) -> Q:
        """What else finds a page than the words of its title."""
        return Q()


class ContentPageListing(PageListingViewSet):
    index_view_class = ContentPageIndex
    list_per_page = 25
    columns: ClassVar[list[Any]]

    @staticmethod
    def columns_with(*own: Any, above: Any) -> list[Any]:
        """Title, the page above under the name ``above``, the columns of the list itself, state and last change."""
        return [
            BulkActionsColumn("bulk_actions"),
            PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
            *own,
            ParentPageColumn("parent", label=above),
            PageStatusColumn("status", label=_("State"), sort_key="live", width="12%"),
            DateColumn(
                "latest_revision_created_at", label=_("Last change"), sort_key="latest_revision_created_at", width="12%"
            ),
        ]
