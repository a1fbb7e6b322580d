"""PO files on their way out and in: of one translation, of all that the board shows in a language."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View
from wagtail_localize.models import Translation

from cms.translating.board import BoardFilter, chosen, pages_for
from cms.translating.views import JobView, TranslatingScreen
from pagekit.acts import Refused
from pagekit.po import MOST_FILES, archive_of, file_name, files_in, take_po
from pagekit.translation import locales_of


class PoForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".po,.zip"}),
        help_text=_("A PO file of one page, or a ZIP of such files. A file is taken whole or not at all."),
    )


class UploadView(TranslatingScreen, TemplateView):
    """Takes PO files, and names every entry that cannot be taken."""

    page_title = _("Translations from PO files")
    template_name = "admin/cms/translation_files.html"
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not locales_of(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = PoForm(request.POST, request.FILES)
        # The editor of wagtail-localize sends a file for the page that stands there.
        only = get_object_or_404(Translation, pk=kwargs["pk"]) if "pk" in kwargs else None
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        upload = form.cleaned_data["file"]
        try:
            files = files_in(upload.name, upload.read())
        except Refused as refusal:
            form.add_error("file", str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        results = [take_po(name, data, by=request.user, only=only) for name, data in files.items()]
        if len(results) == 1 and results[0].is_taken and (work := results[0].translation):
            messages.success(request, self.told(results[0].written))
            return redirect("translations:job", work.pk)
        is_sound = all(result.is_taken for result in results)
        context = self.get_context_data(form=PoForm(), results=results)
        return self.render_to_response(context, status=200 if is_sound else 422)

    @staticmethod
    def told(written: int) -> str:
        return ngettext(
            "The file was taken: %(count)d text is new.", "The file was taken: %(count)d texts are new.", written
        ) % {"count": written}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"form": PoForm()} | kwargs))


class ArchiveView(TranslatingScreen, View):
    """The PO files of one language for what the board shows: all pages that were started and are not in moderation."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        locale = next((one for one in locales_of(request.user) if one.language_code == code), None)
        if locale is None:
            raise PermissionDenied
        form = BoardFilter(request.GET)
        form.is_valid()
        asked = form.cleaned_data | {"language": locale}
        pages = chosen(pages_for(request.user), asked, [locale])
        works = Translation.objects.filter(
            enabled=True,
            target_locale=locale,
            source__object_id__in=pages.order_by().values("translation_key"),
        ).select_related("source", "target_locale")
        response = HttpResponse(archive_of(works.order_by("pk")[:MOST_FILES]), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="po-{code}.zip"'
        return response


class DownloadView(JobView):
    """The PO file of one translation."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(str(self.translation.export_po()), content_type="text/x-gettext-translation")
        response["Content-Disposition"] = f'attachment; filename="{file_name(self.translation)}"'
        return response
