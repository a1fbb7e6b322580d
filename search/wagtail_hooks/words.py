"""The words of search in the admin: a vocabulary among the others, with a preview of what a change would find."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from search.models import WordGroup
from search.views.trial import try_words
from taxonomy.wagtail_hooks.policies import keep_rows
from taxonomy.wagtail_hooks.rows import RowIndex, RowViewSet

keep_rows(WordGroup)

LISTED_WORDS = 8


class WordPreview(WagtailAdminTemplateMixin, View):
    """Says for each word of the form, saved or not, how much it finds without the group, now, and as it is written."""

    template_name = "admin/search/words_preview.html"
    page_title = _("What these words find")
    header_icon = "search"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        policy = policy_registry.get_by_type(WordGroup)
        if not policy.user_has_any_permission(request.user, ("add", "change")):
            raise PermissionDenied
        group = WordGroup(
            kind=request.POST.get("kind", ""),
            is_active="is_active" in request.POST,
            **{f"words_{language}": request.POST.get(f"words_{language}", "") for language in ("pl", "en", "uk", "ru")},
        )
        context: dict[str, Any] = self.get_context_data(group=group)
        try:
            group.full_clean()
        except ValidationError as error:
            context["faults"] = [message for messages in error.message_dict.values() for message in messages]
        else:
            context["trials"] = try_words(group, instead_of=pk)
        return TemplateResponse(request, self.template_name, context)


def first_words(group: WordGroup) -> str:
    words = [text for _field, _line, text in group.lines]
    return ", ".join(words[:LISTED_WORDS]) + (" …" if len(words) > LISTED_WORDS else "")


class WordGroupViewSet(RowViewSet):
    model = WordGroup
    icon = "search"
    index_view_class = RowIndex
    is_merged = False
    row_panels = (
        HelpPanel(
            content=_(
                "Words and phrases of a group find each other at the reader's next search. "
                "Write them as in a dictionary, one a line; search knows their forms."
            )
        ),
        "kind",
        FieldRowPanel(["words_pl", "words_en"]),
        FieldRowPanel(["words_uk", "words_ru"]),
        FieldPanel("is_active", help_text=_("Take the tick away to switch the group off; groups are not deleted.")),
        HelpPanel(template="admin/search/words_preview_button.html"),
    )
    list_display = (
        Column("words", label=_("Words"), accessor=first_words),
        "kind",
        BooleanColumn("is_active", label=_("In force")),
        BooleanColumn("is_shipped", label=_("Came with the project"), accessor=lambda group: bool(group.code)),
    )
    list_filter = ("kind", "is_active")
    search_fields = ("words_pl", "words_en", "words_uk", "words_ru")

    def get_urlpatterns(self) -> list[URLPattern]:
        preview = WordPreview.as_view()
        return [
            *super().get_urlpatterns(),
            path("preview/", preview, name="preview_new"),
            path("preview/<int:pk>/", preview, name="preview"),
        ]


@hooks.register("register_vocabulary")
def register_words() -> list[Any]:
    return [WordGroupViewSet]
