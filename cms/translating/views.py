"""The screens of translators and of the moderators who read after them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Locale, Page, TaskState
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_localize.models import Translation, TranslationSource

from cms.models import ModerationTask
from cms.translating.board import BoardFilter, chosen, lines_of, pages_for
from pagekit.acts import Refused
from pagekit.doors import seen_in_admin
from pagekit.models import source_language
from pagekit.pagination import paginate
from pagekit.translation import (
    fragments_of,
    hand_over,
    locales_of,
    may_review,
    review,
    send,
    take_back,
    target_of,
)

PER_PAGE = 25


def may_follow_translations(user: Any) -> bool:
    """Whether the person has any right on pages at all."""
    policy = PagePermissionPolicy()
    return bool(policy.user_has_any_permission(user, {"add", "change", "publish"}))


class TranslatingScreen(WagtailAdminTemplateMixin):
    header_icon = "globe"
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_follow_translations(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": reverse("translations:index"), "label": BoardView.page_title}]


class BoardView(TranslatingScreen, TemplateView):
    """Rows are originals, columns languages; each cell leads to what is next."""

    page_title = _("Translations")
    template_name = "admin/cms/translations.html"

    @cached_property
    def mine(self) -> list[Locale]:
        return locales_of(self.request.user)

    @cached_property
    def columns(self) -> list[Locale]:
        """The languages of the person who translates; all of them for who only follows."""
        return self.mine or list(Locale.objects.exclude(language_code=source_language()).order_by("pk"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        form = BoardFilter(self.request.GET)
        form.is_valid()
        asked = form.cleaned_data
        columns = [asked["language"]] if asked.get("language") else self.columns
        list_page = paginate(self.request, chosen(pages_for(user), asked, columns), PER_PAGE)
        kept = self.request.GET.copy()
        kept.pop("page", None)
        return super().get_context_data(
            form=form,
            columns=columns,
            lines=lines_of(list_page.object_list, columns, self.mine),
            list_page=list_page,
            kept=kept.urlencode(),
            mine=self.mine,
            **kwargs,
        )


class StartView(TranslatingScreen, View):
    """Hands one original to the translators of one language, and leads to its translation."""

    http_method_names = ["post"]  # noqa: RUF012 - Django's own way

    def post(self, request: HttpRequest, page_id: int, code: str) -> HttpResponse:
        page = get_object_or_404(seen_in_admin(request.user, Page.objects.filter(pk=page_id))).specific
        locale = next((one for one in locales_of(request.user) if one.language_code == code), None)
        if locale is None:
            raise PermissionDenied
        if not hasattr(page, "is_source"):
            raise Http404
        return redirect("translations:job", hand_over(page, locale, by=request.user).pk)


class JobView(TranslatingScreen, TemplateView):
    """One page in one language: its texts beside those of the original, and whatever the person may do with it."""

    page_title = _("Translation")
    template_name = "admin/cms/translation.html"
    acts = frozenset({"send", "take_back", "review", "approve", "reject"})

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        works = Translation.objects.filter(enabled=True).select_related("source", "target_locale")
        self.translation: Translation = get_object_or_404(works, pk=kwargs["pk"])
        self.page = target_of(self.translation)
        if self.page is None:
            raise Http404

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.page.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return f"{self.translation.source.object_repr} → {self.translation.target_locale.get_display_name()}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_subtitle()}]

    @cached_property
    def step(self) -> TaskState | None:
        """The moderation in which the translation is."""
        state = self.page.current_workflow_task_state if self.page.workflow_in_progress else None
        return state.specific if state else None

    @cached_property
    def task(self) -> ModerationTask | None:
        return self.step.task.specific if self.step else None

    def decisions(self) -> set[str]:
        """What the person may decide of the translation in moderation."""
        if self.task is None:
            return set()
        return {name for name, _label, _asks in self.task.get_actions(self.page, self.request.user)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "")
        if act not in self.acts:
            raise Http404
        told = getattr(self, act)(request.user)
        messages.success(request, told)
        return redirect("translations:job", self.translation.pk)

    def send(self, user: Any) -> str:
        send(self.translation, by=user)
        return gettext("The translation is in moderation. A moderator who wrote none of it compares and publishes it.")

    def take_back(self, user: Any) -> str:
        take_back(self.page, by=user)
        return gettext("The translation is yours again.")

    def review(self, user: Any) -> str:
        review(self.page, by=user)
        return gettext("Marked as reviewed; readers see the day.")

    def approve(self, user: Any) -> str:
        self.decide(user, "approve")
        return gettext("Published, and marked as reviewed.")

    def reject(self, user: Any) -> str:
        self.decide(user, "reject")
        return gettext("Returned to the translators.")

    def decide(self, user: Any, name: str) -> None:
        if self.task is None:
            raise Refused(gettext("Not done: the translation is no longer in moderation."))
        if not self.task.user_can_access_editor(self.page, user):
            raise PermissionDenied
        self.task.on_action(self.step, user, name, comment=self.request.POST.get("comment", "")[:2000])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, page = self.request.user, self.page
        locale = self.translation.target_locale
        source = TranslationSource.get_source_instance(self.translation.source)
        (line,) = lines_of([source], [locale], locales_of(user))
        last = (
            None
            if self.step
            else TaskState.objects.filter(workflow_state__object_id=str(page.pk)).order_by("-pk").first()
        )
        return super().get_context_data(
            work=self.translation,
            cell=line.cells[0],
            source=source,
            target=page,
            fragments=list(fragments_of(self.translation)),
            step=self.step,
            decisions=self.decisions(),
            returned=last if last and last.status == TaskState.STATUS_REJECTED else None,
            may_review=not page.reviewed_on and not self.step and may_review(page, user),
            **kwargs,
        )


def of_source(request: HttpRequest, translation_source_id: int) -> HttpResponseRedirect:
    """Where wagtail-localize would update translations: they are kept up by themselves, the board says how far."""
    source = get_object_or_404(TranslationSource, pk=translation_source_id)
    return board_of(request, Page.objects.filter(translation_key=source.object_id, locale=source.locale_id))


def of_page(request: HttpRequest, page_id: int) -> HttpResponseRedirect:
    """Where wagtail-localize would submit a page: the board starts it, language by language."""
    return board_of(request, Page.objects.filter(pk=page_id))


def board_of(request: HttpRequest, pages: Any) -> HttpResponseRedirect:
    page = get_object_or_404(seen_in_admin(request.user, pages))
    return HttpResponseRedirect(f"{reverse('translations:index')}?{urlencode({'title': page.title[:100]})}")
