"""Publishing a whole set from the page of its forum or group: a moderator ticks, the drafts are approved in batches.

What is ticked and what became of it is kept in the session until the moderator closes the report: a batch that was
interrupted goes on where it stopped, and what was approved is not approved again.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import Page

from pagekit.acts import Refused
from recommendations.choices import Approval
from recommendations.models import Recommendation
from recommendations.services.set_publication import Waiting, approve_draft, may_publish_set, waiting_under

BATCH = 20
"""Drafts approved in one request; each in a transaction of its own."""


class Run:
    """What was ticked under one issuer, kept in the session: what is left, and what became of the rest."""

    def __init__(self, request: HttpRequest, issuer: Page) -> None:
        self.session = request.session
        self.name = f"set-publication-{issuer.pk}"
        kept = self.session.get(self.name) or {}
        self.left: list[list[int]] = kept.get("left", [])
        self.done: list[list[Any]] = kept.get("done", [])
        self.failed: list[list[Any]] = kept.get("failed", [])

    def start(self, ticked: list[list[int]]) -> None:
        self.left, self.done, self.failed = ticked, [], []
        self.keep()

    def keep(self) -> None:
        # At once: whatever stops the process, what was ticked is known to the next request.
        self.session[self.name] = {"left": self.left, "done": self.done, "failed": self.failed}
        self.session.save()

    def close(self) -> None:
        self.session.pop(self.name, None)

    def go_on(self, issuer: Page, by: Any) -> None:
        """Approve the next batch; a draft that is refused is kept with the sentence, and the next one is taken."""
        for pk, revision in self.left[:BATCH]:
            try:
                self.done.append([pk, approve_draft(issuer, page=pk, revision=revision, by=by).value])
            except Refused as refused:
                self.failed.append([pk, str(refused)])
        self.left = self.left[BATCH:]
        self.keep()

    @property
    def total(self) -> int:
        return len(self.left) + self.looked_at

    @property
    def looked_at(self) -> int:
        return len(self.done) + len(self.failed)

    def lines(self) -> list[dict[str, Any]]:
        """What became of each draft so far, what failed first: page, words, and the reference it has now."""
        pages = Page.objects.in_bulk([pk for pk, _said in (*self.failed, *self.done)])
        facts = Recommendation.objects.filter(translation_key__in=[page.translation_key for page in pages.values()])
        references = dict(facts.values_list("translation_key", "reference"))
        said = [(pk, sentence, True) for pk, sentence in self.failed]
        said += [(pk, Approval(word).label, False) for pk, word in self.done]
        return [
            {
                "page": pages[pk],
                "said": words,
                "is_failed": is_failed,
                "reference": references.get(pages[pk].translation_key, ""),
            }
            for pk, words, is_failed in said
            if pk in pages
        ]


class PublishSetView(WagtailAdminTemplateMixin, TemplateView):
    """What waits under a forum or group, with what hinders it; ticked rows are approved in the order of the set."""

    template_name = "admin/recommendations/publish_set.html"
    page_title = _("Publish the set")
    header_icon = "check"
    issuer: Page

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.issuer = get_object_or_404(Page, pk=kwargs["page_id"])
        if not may_publish_set(request.user, self.issuer):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def run(self) -> Run:
        return Run(self.request, self.issuer)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "")
        if act == "close":
            self.run.close()
            return redirect(request.path)
        if act != "go-on":
            ticked = self.ticked(request.POST.getlist("draft"))
            if not ticked:
                messages.warning(request, gettext("Nothing was ticked, so nothing was done."))
                return redirect(request.path)
            self.run.start(ticked)
        self.run.go_on(self.issuer, request.user)
        # With scripts the next batch follows by itself; what is opened later waits for a person.
        return redirect(f"{request.path}?going" if self.run.left else request.path)

    def ticked(self, marks: list[str]) -> list[list[int]]:
        """Page and revision of each mark: those that wait in the order of the set, then whatever else was sent."""
        order = [one.mark for one in waiting_under(self.issuer, self.request.user)]
        wanted = [*(mark for mark in order if mark in marks), *(mark for mark in marks if mark not in order)]
        parts = [mark.partition(":") for mark in wanted if len(mark) < 40]
        return [[int(pk), int(revision)] for pk, _colon, revision in parts if pk.isdecimal() and revision.isdecimal()]

    def get_page_subtitle(self) -> str:
        return str(self.issuer.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        issuer = {"url": reverse("wagtailadmin_explore", args=[self.issuer.pk]), "label": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, issuer, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows: list[Waiting] = waiting_under(self.issuer, self.request.user)
        return super().get_context_data(
            rows=rows,
            issuer_pk=self.issuer.pk,
            free_count=sum(not row.hindrance for row in rows),
            is_ticked="all" in self.request.GET,
            run=self.run if self.run.total else None,
            lines=self.run.lines(),
            goes_on="going" in self.request.GET and bool(self.run.left),
            batch=BATCH,
            **kwargs,
        )


class SetViewSet(ViewSet):
    name = "sets"
    icon = "check"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:page_id>/publish/", PublishSetView.as_view(), name="publish")]


@hooks.register("register_page_header_buttons")
def publish_from_the_issuer(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[HeaderButton]:
    if may_publish_set(user, page):
        yield HeaderButton(
            PublishSetView.page_title, url=reverse("sets:publish", args=[page.pk]), icon_name="check", priority=16
        )
