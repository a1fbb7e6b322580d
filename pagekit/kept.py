"""Files that readers could take once are kept, with the content they had: pages and evidence cite them."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from wagtail.models import Page, ReferenceIndex

from pagekit.acts import Refused
from pagekit.models import AbstractContentPage, CustomDocument, CustomImage
from pagekit.referrers import references


def remember_public_files(page: AbstractContentPage) -> None:
    """Mark the documents that a page refers to as it becomes public; ask after its references are written."""
    rows = ReferenceIndex.get_references_for_object(page).filter(
        to_content_type=ContentType.objects.get_for_model(CustomDocument)
    )
    CustomDocument.objects.filter(pk__in=[int(pk) for pk in rows.values_list("to_object_id", flat=True)]).update(
        was_public=True
    )


def was_public(file: CustomDocument | CustomImage) -> bool:
    """Whether readers could ever take this file: a public page referred to it, or evidence does."""
    if file.pk is None or (isinstance(file, CustomDocument) and file.was_public):
        return file.pk is not None
    referring = [(model, pk) for _to, model, pk in references([file.pk], type(file))]
    pages = [pk for model, pk in referring if issubclass(model, Page)]
    return len(pages) < len(referring) or Page.objects.filter(pk__in=pages).exclude(first_published_at=None).exists()


def refuse_loss(file: Any) -> None:
    """Raise Refused when the file that is about to be deleted was public."""
    if was_public(file):
        raise Refused(
            _(
                "Not deleted: “%(title)s” was public, and what cites it must go on finding it. "
                "If the law forbids to show it, move it into a closed collection."
            )
            % {"title": file.title}
        )
