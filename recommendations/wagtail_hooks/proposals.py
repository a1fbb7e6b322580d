"""Names that no vocabulary has, in the admin: what moderators decide about them, and what editors are told of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages as admin_messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from accounts import kept
from forums.models import ForumPage, WorkingGroupPage
from pagekit.acts import Refused
from recommendations.choices import Subject, Verdict
from recommendations.models import ProposalDecision, RecommendationPage
from recommendations.rules.proposals import proposed_in
from recommendations.services.proposals import VOCABULARIES, Proposed, accept, identify, may_decide, open_under, refuse
from recommendations.transfer.words import Words
from recommendations.wagtail_hooks.intake import typed_before
from taxonomy.choices import Level, OrganisationKind
from taxonomy.models import Theme
from taxonomy.services.rows import free_code

FIELDS = {Subject.ORGANISATION: ("kind", "level"), Subject.THEME: ("parent",)}


class DecisionForm(forms.Form):
    """One decision about one proposed name; what was proposed is filled in and may be corrected."""

    verdict = forms.ChoiceField(label=_("Decision"), choices=Verdict.choices, widget=forms.RadioSelect)
    label_pl = forms.CharField(label=_("Name in the vocabulary"), max_length=200, required=False)
    code = forms.SlugField(label=_("Code"), max_length=80, required=False, help_text=_("Stands in addresses."))
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices, required=False)
    level = forms.ChoiceField(label=_("Level"), choices=[("", "---------"), *Level.choices], required=False)
    parent: Any = forms.ModelChoiceField(
        label=_("Parent theme"), queryset=Theme.objects.current().order_by("label_pl"), required=False
    )
    row: Any = forms.ModelChoiceField(label=_("The same as"), queryset=Theme.objects.none(), required=False)
    reason = forms.CharField(label=_("Reason of the refusal"), max_length=500, required=False)

    def __init__(self, proposed: Proposed, data: Any = None, *, prefix: str) -> None:
        subject = proposed.key[0]
        said = proposed.row
        super().__init__(
            data,
            prefix=prefix,
            initial={
                "label_pl": said["label"],
                "code": free_code(VOCABULARIES[subject], said["label"]),
                "kind": said["kind"],
                "level": said["level"],
                "parent": said["parent"],
            },
        )
        for other in Subject:
            if other != subject:
                for name in FIELDS[other]:
                    del self.fields[name]
        row: Any = self.fields["row"]
        row.queryset = VOCABULARIES[subject].objects.current().order_by("label_pl")
        self.proposed = proposed

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        needed: dict[Any, tuple[str, ...]] = {
            Verdict.ACCEPTED: ("label_pl", "code"),
            Verdict.SAME: ("row",),
            Verdict.REFUSED: ("reason",),
        }
        for name in needed.get(cleaned.get("verdict"), ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Missing: this decision needs it."))
        return cleaned

    def decide(self, page: Page, by: Any) -> None:
        said = self.cleaned_data
        key = self.proposed.key
        if said["verdict"] == Verdict.ACCEPTED:
            values = {name: said[name] for name in ("label_pl", *FIELDS[Subject(key[0])])}
            accept(page, key, by=by, code=said["code"], **values)
        elif said["verdict"] == Verdict.SAME:
            identify(page, key, by=by, row=said["row"])
        else:
            refuse(page, key, by=by, reason=said["reason"])


class ProposalsView(WagtailAdminTemplateMixin, TemplateView):
    """What the drafts at and below a page propose; a decision saves nothing in any draft and holds for all of them."""

    template_name = "admin/recommendations/proposals.html"
    page_title = _("Proposed names")
    header_icon = "tag"
    page: Page

    @kept.keeps_typed
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.page = get_object_or_404(Page, pk=kwargs["pk"])
        if self.page.specific_class not in (RecommendationPage, ForumPage, WorkingGroupPage):
            raise Http404
        if not may_decide(request.user, self.page):
            raise PermissionDenied
        response: Any = super().dispatch(request, *args, **kwargs)
        return response

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = {"url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]), "label": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, edit, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = typed_before(request)
        return self.render_to_response(self.get_context_data(sent=self.form_of(typed) if typed else None))

    def form_of(self, data: Any) -> DecisionForm | None:
        """The form of the name that was decided about; None where somebody else decided meanwhile."""
        subject, _colon, name = data.get("key", "").partition(":")
        found = (one for one in open_under(self.page) if one.key == (subject, name))
        return next((DecisionForm(one, data, prefix=data.get("prefix", "")[:20]) for one in found), None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_of(request.POST)
        if form is None:
            messages.error(request, gettext("Not done: somebody decided about this name meanwhile."))
            return redirect(request.path)
        if form.is_valid():
            try:
                form.decide(self.page, request.user)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, gettext("Decided: %(name)s.") % {"name": form.proposed.row["label"]})
                return redirect(request.path)
        return self.render_to_response(self.get_context_data(sent=form), status=422)

    def get_context_data(self, sent: DecisionForm | None = None, **kwargs: Any) -> dict[str, Any]:
        words = Words()
        lines = []
        for place, one in enumerate(open_under(self.page)):
            is_sent = sent is not None and one.key == sent.proposed.key
            form = sent if is_sent else DecisionForm(one, prefix=f"name-{place}")
            lines.append((one, form, words.alike(one.key[0], one.row["label"]), Subject(one.key[0]).label))
        return super().get_context_data(page=self.page, lines=lines, **kwargs)


class ProposalViewSet(ViewSet):
    name = "proposals"
    icon = "tag"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:pk>/", ProposalsView.as_view(), name="decide")]


@hooks.register("before_edit_page")
def tell_of_proposals(request: HttpRequest, page: Page) -> None:
    """Above the editor's screen: names that wait for a decision, and what was decided about those of this draft."""
    if request.method != "GET" or not isinstance(page, RecommendationPage) or not page.latest_revision:
        return
    keys = dict(proposed_in(page.latest_revision.content)) if page.is_source else {}
    if not keys:
        return
    decisions = ProposalDecision.objects.filter(name__in=[name for _subject, name in keys])
    by_key = {(one.subject, one.name): one for one in decisions.select_related("organisation", "theme")}
    for key, row in keys.items():
        if (one := by_key.get(key)) is None:
            continue
        if one.verdict == Verdict.REFUSED:
            told = gettext("“%(name)s” was refused by a moderator: %(reason)s")
            messages.warning(request, told % {"name": row["label"], "reason": one.reason})
        else:
            told = gettext("“%(name)s” stands in the vocabulary: %(row)s.")
            messages.info(request, told % {"name": row["label"], "row": one.organisation or one.theme})
    waiting = [row["label"] for key, row in keys.items() if key not in by_key]
    if waiting and may_decide(request.user, page):
        told = gettext("The draft proposes names that no vocabulary has: %(names)s.")
        button = admin_messages.button(reverse("proposals:decide", args=[page.pk]), gettext("Decide"))
        admin_messages.info(request, told % {"names": ", ".join(waiting)}, buttons=[button])
