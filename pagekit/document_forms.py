"""The form of an uploaded file: it says what search knows of its text, and keeps what was public as it was."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm

from pagekit.kept import was_public
from pagekit.models import TextState


class DocumentForm(BaseDocumentForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "file" in self.fields:
            self.fields["file"].help_text = TextState(self.instance.text_state).label

    def clean_file(self) -> Any:
        """The file; a new one in the place of one that readers could take is refused."""
        if "file" in self.changed_data and was_public(self.instance):
            raise ValidationError(
                _(
                    "This file was public, and pages or evidence cite what it says. "
                    "Upload the new one as another document, and put that in its place."
                )
            )
        return self.cleaned_data["file"]
