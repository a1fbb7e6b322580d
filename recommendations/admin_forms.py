"""The form behind a recommendation's page: tags offered in any form of the word, and what a submission needs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.widgets import AdminTagWidget

from pagekit.admin_forms import ContentPageForm
from pagekit.models import source_language
from recommendations.choices import Subject

ISSUERS = {"issuing_forum", "issuing_group"}


class OfferedTags(AdminTagWidget):
    """Wagtail's tag field, asking our own list: existing tags first, whatever the inflection, none merged away."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-w-tag-url-value"] = reverse("offered_tags")
        return context


class RecommendationPageForm(ContentPageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "tags" in self.fields:
            self.fields["tags"].widget = OfferedTags(tag_model=self.fields["tags"].tag_model)
        for name in ISSUERS & self.fields.keys():
            # Their names are titles of pages: read together, not one by one.
            issuers = self.fields[name].queryset.with_pages(source_language())
            named = [(row.pk, row.page.title if row.page else row.programme_code) for row in issuers]
            self.fields[name].choices = [("", "---------"), *sorted(named, key=lambda choice: choice[1])]

    def choices_of(self, name: str, rows: Any) -> list[tuple[int, str]]:
        if name != "themes":
            return super().choices_of(name, rows)
        # A theme stands under its parents, which are named before it.
        paths = []
        for theme in rows.select_related("parent__parent__parent"):
            names = [str(above) for above in reversed([theme, *theme.ancestors()])]
            paths.append((theme.pk, " › ".join(names)))
        return sorted(paths, key=lambda choice: choice[1])

    def clean_tags(self) -> list[str]:
        """The tags as typed, a merged one by the name of the tag that it became."""
        typed: list[str] = self.cleaned_data["tags"]
        merged = self.fields["tags"].tag_model.objects.exclude(merged_into=None).select_related("merged_into")
        became = {tag.name.casefold(): tag.merged_into.name for tag in merged}
        return list(dict.fromkeys(became.get(name.casefold(), name) for name in typed))

    def check_complete(self) -> None:
        super().check_complete()
        data = self.cleaned_data
        has_source = data.get("source_url") or data.get("source_document")
        if "source_url" in self.fields and not has_source and "source_url" not in self.errors:
            self.add_error("source_url", _("Source: missing. Give its address, or choose the document below."))
        if "themes" in self.fields and not data.get("themes") and Subject.THEME not in self.proposed():
            self.add_error("themes", _("Themes: none chosen. Tick at least one."))
        self.check_addressees()
        self.check_links()

    def check_links(self) -> None:
        formset = self.formsets.get("links")
        for form in formset.forms if formset is not None and formset.is_valid() else ():
            data = form.cleaned_data
            if not data.get("kind") or data.get("DELETE"):
                continue
            if (target := data.get("target")) is None and not form.instance.target_key:
                form.add_error("target", _("Which recommendation: missing. Choose it, or delete the link."))
            elif target is not None and target.translation_key == self.instance.translation_key:
                form.add_error("target", _("A recommendation cannot be linked with itself. Choose another one."))

    def proposed(self) -> set[str]:
        """The vocabularies for which the draft proposes a name: what a moderator accepts stands in its place."""
        formset = self.formsets.get("proposals")
        forms = formset.forms if formset is not None and formset.is_valid() else ()
        kept = (form.cleaned_data for form in forms if form not in formset.deleted_forms)
        return {data["subject"] for data in kept if data.get("label")}

    def check_addressees(self) -> None:
        formset = self.formsets.get("addressees")
        if formset is None:
            return
        kept = [form for form in formset.forms if form not in formset.deleted_forms] if formset.is_valid() else None
        is_asked = any(form.cleaned_data.get("organisation") for form in kept or [])
        if kept is not None and not is_asked and Subject.ORGANISATION not in self.proposed():
            formset.non_form_errors().append(_("Whom it asks: nobody. Add at least one institution."))
        for form in kept or []:
            body = form.cleaned_data.get("organisation")
            if body is not None and body.merged_into_id:
                error = ValidationError(_("This row became “%(body)s”. Choose that one.") % {"body": body.merged_into})
                form.add_error("organisation", error)
