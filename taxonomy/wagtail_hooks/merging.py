"""The screens that merge two rows of a vocabulary and take a merge back."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from pagekit.acts import Refused
from taxonomy.services.merging import merge, return_of, source_pages, take_back
from taxonomy.wagtail_hooks.forms import MergeForm
from taxonomy.wagtail_hooks.screens import RowScreen

LISTED_TITLES = 50


class MergeView(RowScreen, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """Makes one row a synonym of another; asks once, says what it did, and refuses in words."""

    header_icon = "collapse-down"
    page_title = _("Merge into another")
    form_class = MergeForm
    template_name = "admin/taxonomy/merge.html"

    def get_form(self, form_class: Any = None) -> MergeForm:
        form: MergeForm = super().get_form(form_class)
        others = self.model._default_manager.filter(merged_into=None).exclude(pk=self.row.pk)
        into: Any = form.fields["into"]
        into.queryset = others
        return form

    def form_valid(self, form: MergeForm) -> HttpResponse:
        into = form.cleaned_data["into"]
        try:
            merge(self.row, into=into, by=self.request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(
            self.request, gettext("“%(row)s” is now a synonym of “%(into)s”.") % {"row": self.row, "into": into}
        )
        return redirect(self.index_url_name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            row=self.row, action_url=self.request.path, submit_button_label=_("Merge"), **kwargs
        )


class TakeBackView(RowScreen, TemplateView):
    """Says what would come back to a row that was merged away and what stays, and takes the merge back on a press."""

    header_icon = "history"
    page_title = _("Take the merge back")
    template_name = "admin/taxonomy/take_back.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.row.merged_into_id:
            raise Http404
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            done = take_back(self.row, by=request.user)
        except Refused:
            return self.render_to_response(self.get_context_data(**kwargs), status=422)
        messages.success(
            request,
            ngettext(
                "“%(row)s” is a row of its own again, with %(count)s page.",
                "“%(row)s” is a row of its own again, with %(count)s pages.",
                len(done.things),
            )
            % {"row": self.row, "count": len(done.things)},
        )
        return redirect(self.edit_url_name, self.row.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(row=self.row, **kwargs)
        try:
            found = return_of(self.row)
        except Refused as refusal:
            return context | {"refusal": refusal}
        return context | {
            "found": found,
            "rows": [*found.children, *found.synonyms],
            "coming": listed_titles(found.things),
            "staying": listed_titles(found.staying),
        }


def listed_titles(keys: Iterable[Any]) -> dict[str, Any]:
    """How many, the first titles, and how many more there are."""
    number = len(set(keys))
    titles = list(source_pages(keys).order_by("title").values_list("title", flat=True)[:LISTED_TITLES])
    return {"number": number, "titles": titles, "more": number - len(titles)}
