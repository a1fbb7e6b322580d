"""What every content page and every published fact share, and our own image and document."""

from pagekit.models.facts import AbstractFact, FactQuerySet, attach_pages
from pagekit.models.files import CustomDocument, CustomImage, CustomRendition, DocumentText, TextState
from pagekit.models.pages import (
    HOME_DEPTH,
    AbstractContentPage,
    ContentPageQuerySet,
    refuse_deletion,
    source_language,
)

__all__ = [
    "HOME_DEPTH",
    "AbstractContentPage",
    "AbstractFact",
    "ContentPageQuerySet",
    "CustomDocument",
    "CustomImage",
    "CustomRendition",
    "DocumentText",
    "FactQuerySet",
    "TextState",
    "attach_pages",
    "refuse_deletion",
    "source_language",
]
