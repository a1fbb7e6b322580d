"""The addresses of the translators' screens, and those of wagtail-localize in whose place they stand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page
from wagtail_localize.wagtail_hooks import page_listing_more_buttons

from cms.translating import files, views
from pagekit.translation import translation_of


class TranslationsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return views.may_follow_translations(request.user)


class TranslationViewSet(ViewSet):
    name = url_prefix = "translations"
    icon = "globe"
    menu_label = _("Translations")
    menu_order = 85
    menu_item_class = TranslationsMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", views.BoardView.as_view(), name="index"),
            path("<int:pk>/", views.JobView.as_view(), name="job"),
            path("<int:pk>/po/", files.DownloadView.as_view(http_method_names=["get"]), name="download"),
            path("start/<int:page_id>/<slug:code>/", views.StartView.as_view(), name="start"),
            path("po/", files.UploadView.as_view(), name="upload"),
            path("po/<slug:code>.zip", files.ArchiveView.as_view(), name="archive"),
        ]


@hooks.register("register_admin_viewset")
def register_translations() -> TranslationViewSet:
    return TranslationViewSet()


# Before those of wagtail-localize, whose views make live copies, publish past the moderation, or fail on a bad file.
@hooks.register("register_admin_urls", order=-1)
def stand_in_for_localize() -> list[URLPattern]:
    return [
        path("localize/submit/page/<int:page_id>/", views.of_page),
        path("localize/update/<int:translation_source_id>/", views.of_source),
        path("localize/translate/<int:pk>/pofile/upload/", files.UploadView.as_view()),
    ]


# Its buttons ask three questions of the database for every row of every list; the editor's head has them too. Wagtail
# offers no way to withdraw a hook, and asks for the buttons before it would let us drop them.
hooks._hooks["register_page_listing_more_buttons"].remove((page_listing_more_buttons, 0))


@hooks.register("before_edit_page", order=-1)
def read_what_is_in_moderation(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A translation in moderation is read beside its original, and not changed."""
    if page.workflow_in_progress and (work := translation_of(page)):
        return redirect("translations:job", work.pk)
    return None


@hooks.register("register_log_actions")
def register_review(actions: Any) -> None:
    actions.register_action("pagekit.review_translation", _("Review the translation"), _("Translation reviewed"))
