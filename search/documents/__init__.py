"""What the index holds: one document for each thing and language that any reader may see, and nothing else.

A thing is a recommendation, forum, group, institution, theme or attached file; its subject is "<kind>:<pk>", and the
key of a document adds the language. Documents are always built from the database as it is now; what is not visible has
none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db import models

from forums.models import Forum, WorkingGroup
from pagekit.models import CustomDocument
from pagekit.referrers import public_documents
from recommendations.models import Recommendation
from search.analysis import ANALYSER_FINGERPRINT
from search.documents.attachment import attachment_documents
from search.documents.issuer import forum_documents, group_documents
from search.documents.organisation import organisation_documents
from search.documents.recommendation import recommendation_documents
from search.documents.theme import theme_documents
from search.engines.base import Document
from search.query import LANGUAGES
from taxonomy.models import Organisation, Theme

Builder = Callable[[Iterable[int]], list[Document]]

BUILDERS: Mapping[str, Builder] = {
    "recommendation": recommendation_documents,
    "forum": forum_documents,
    "group": group_documents,
    "organisation": organisation_documents,
    "theme": theme_documents,
    "document": attachment_documents,
}
MODELS: Mapping[str, type[models.Model]] = {
    "recommendation": Recommendation,
    "forum": Forum,
    "group": WorkingGroup,
    "organisation": Organisation,
    "theme": Theme,
    "document": CustomDocument,
}
KINDS: Mapping[type[models.Model], str] = {model: kind for kind, model in MODELS.items()}

FINGERPRINT = f"documents=7 {ANALYSER_FINGERPRINT}"
"""Raise the number whenever a builder puts something else into a document: the index then asks to be rebuilt."""

CHUNK = 200
"""How many things are read at once: the queries of a chunk do not grow with it."""


def subject_of(thing: models.Model) -> str:
    """The subject of a fact or an institution."""
    return f"{KINDS[type(thing)]}:{thing.pk}"


def keys_of(subject: str) -> tuple[str, ...]:
    """The keys of all documents a subject may have."""
    return tuple(f"{subject}:{language}" for language in LANGUAGES)


def is_indexable(thing: Any) -> bool:
    """Whether readers may find the thing: exactly when they may see it, or, for words, while it is not merged away."""
    return readable(type(thing)).filter(pk=thing.pk).exists()


def readable(model: type[models.Model]) -> models.QuerySet[Any]:
    """The rows of a model of MODELS that any reader may see."""
    if model is CustomDocument:
        return public_documents()
    manager: Any = model._default_manager
    rows: models.QuerySet[Any] = manager.current() if hasattr(manager, "current") else manager.visible_to()
    return rows


def documents_for(subjects: Iterable[str]) -> list[Document]:
    """The documents of these subjects; a subject that is unknown, gone or hidden has none."""
    wanted: dict[str, set[int]] = {}
    for subject in subjects:
        kind, _, pk = subject.partition(":")
        if kind in BUILDERS and pk.isdecimal():
            wanted.setdefault(kind, set()).add(int(pk))
    return [document for kind, pks in wanted.items() for document in BUILDERS[kind](sorted(pks))]


def all_subjects() -> Iterator[str]:
    """Every thing that may have documents, visible or not."""
    for kind, model in MODELS.items():
        for pk in model._default_manager.order_by("pk").values_list("pk", flat=True).iterator():
            yield f"{kind}:{pk}"


def all_documents() -> Iterator[Document]:
    """Every document of the site, read in chunks."""
    for kind, model in MODELS.items():
        pks = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(pks), CHUNK):
            yield from BUILDERS[kind](pks[start : start + CHUNK])
