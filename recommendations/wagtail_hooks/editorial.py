"""Archive, withdrawal from publication and restoration in the admin: one screen for each act, linked from the page."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail import hooks
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import Page

from pagekit.acts import Refused
from pagekit.fields import LongTextField
from recommendations.choices import EditorialState
from recommendations.forms import TEXT_LENGTH
from recommendations.models import Recommendation, RecommendationPage
from recommendations.rules.editorial import FROM
from recommendations.services.editorial import archive, may_act, restore, withdraw
from recommendations.wagtail_hooks.draft_changes import DraftChangesView


class EditorialForm(forms.Form):
    reason = LongTextField(
        label=_("Reason"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Readers see it with the date, in Polish. No names of persons, and nothing of the wording."),
    )


class EditorialView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """One act on one recommendation; what it will do is said above the form, what was done before below it."""

    form_class: type[forms.Form] = EditorialForm
    template_name = "admin/recommendations/editorial.html"
    state: EditorialState
    act: Any
    page_title: Any
    fact: Recommendation
    page: RecommendationPage

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.page = get_object_or_404(RecommendationPage.objects.sources(), pk=kwargs["pk"])
        self.fact = get_object_or_404(Recommendation, translation_key=self.page.translation_key)
        if not may_act(request.user, self.page, self.fact.editorial_state, self.state):
            raise PermissionDenied
        if self.fact.editorial_state not in FROM[self.state]:
            raise Http404
        response: Any = super().dispatch(request, *args, **kwargs)
        return response

    def get_page_subtitle(self) -> str:
        return f"{self.fact.reference} · {self.page.title}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return [
            *self.breadcrumbs_items,
            {"url": edit, "label": self.page.title},
            {"url": "", "label": self.page_title},
        ]

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.act(self.fact, by=self.request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, gettext("Done. Readers see the reason with its date."))
        return redirect("wagtailadmin_pages:edit", self.page.pk)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            fact=self.fact,
            state=self.state,
            acts=self.fact.editorial_acts.all(),
            action_url=self.request.path,
            submit_button_label=self.page_title,
            **kwargs,
        )


class ArchiveView(EditorialView):
    state = EditorialState.ARCHIVED
    act = staticmethod(archive)
    page_title = _("Put into the archive")
    header_icon = "folder-inverse"


class WithdrawView(EditorialView):
    state = EditorialState.WITHDRAWN
    act = staticmethod(withdraw)
    page_title = _("Withdraw from publication")
    header_icon = "no-view"


class RestoreView(EditorialView):
    state = EditorialState.PUBLISHED
    act = staticmethod(restore)
    page_title = _("Restore")
    header_icon = "undo"


VIEWS: dict[str, type[EditorialView]] = {"archive": ArchiveView, "withdraw": WithdrawView, "restore": RestoreView}


class EditorialViewSet(ViewSet):
    name = "editorial"

    def get_urlpatterns(self) -> list[URLPattern]:
        acts = [path(f"<int:pk>/{name}/", view.as_view(), name=name) for name, view in VIEWS.items()]
        return [path("<int:pk>/changes/", DraftChangesView.as_view(), name="changes"), *acts]


@hooks.register("register_page_header_buttons")
def offer_editorial_acts(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[HeaderButton]:
    """On the editor's screen of what was public: the acts that this person may do now."""
    if view_name != "edit" or not page.first_published_at or page.specific_class is not RecommendationPage:
        return
    fact = Recommendation.objects.filter(translation_key=page.translation_key).first()
    if fact is None or not page.specific.is_source:
        return
    for name, view in VIEWS.items():
        if fact.editorial_state in FROM[view.state] and may_act(user, page, fact.editorial_state, view.state):
            address = reverse(f"editorial:{name}", args=[page.pk])
            yield HeaderButton(view.page_title, url=address, icon_name=view.header_icon, priority=80)
