"""The form of an uploaded file: it says what search knows of its text."""

from typing import Any

from wagtail.documents.forms import BaseDocumentForm

from pagekit.models import TextState


class DocumentForm(BaseDocumentForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "file" in self.fields:
            self.fields["file"].help_text = TextState(self.instance.text_state).label
