"""Which attached files an act may have made wrong: those of the things, pages and collections that it touched."""

from collections.abc import Iterable

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.models import Collection, Page, ReferenceIndex

from pagekit.models import CustomDocument
from recommendations.models import Evidence
from search.documents import MODELS

Subjects = set[str]

FEW = 500
"""With more things than this, all files that anything refers to are looked at again."""


def of_documents(pks: Iterable[int | str | None]) -> Subjects:
    return {f"document:{pk}" for pk in pks if pk}


def told_of(documents: Iterable[int]) -> Subjects:
    """The recommendations whose log calls a piece of evidence as its file is called."""
    return {
        f"recommendation:{pk}"
        for pks in Evidence.objects.filter(document__in=documents).values_list(
            "follow_up__assignment__recommendation", "assessment__follow_up__assignment__recommendation"
        )
        for pk in pks
        if pk
    }


def of_things(subjects: Subjects) -> Subjects:
    """The files that the pages and logs of these recommendations, forums and groups refer to, visible or not."""
    pks: dict[str, set[int]] = {}
    for subject in subjects:
        kind, _, pk = subject.partition(":")
        if kind in ("recommendation", "forum", "group"):
            pks.setdefault(kind, set()).add(int(pk))
    if sum(map(len, pks.values())) > FEW:
        return of_documents(_references().values_list("to_object_id", flat=True).distinct())
    keys = [key for kind, some in pks.items() for key in _keys(kind, some)]
    if not keys:
        return set()
    return of_pages(Q(translation_key__in=keys)) | of_logs(pks.get("recommendation", set()))


def _keys(kind: str, pks: Iterable[int]) -> list[object]:
    return list(MODELS[kind]._default_manager.filter(pk__in=pks).values_list("translation_key", flat=True))


def of_pages(condition: Q) -> Subjects:
    """The files that the pages which meet the condition refer to, or these pages in another language."""
    keys = Page.objects.filter(condition).order_by().values("translation_key")
    pages = Page.objects.filter(translation_key__in=keys).order_by()
    referring = _references().filter(
        base_content_type__app_label="wagtailcore",
        base_content_type__model="page",
        object_id__in=pages.annotate(key=Cast("pk", CharField())).values("key"),
    )
    return of_documents(referring.values_list("to_object_id", flat=True).distinct())


def of_logs(recommendations: Iterable[int]) -> Subjects:
    """The files that evidence of these recommendations consists of."""
    pieces = Evidence.objects.filter(
        Q(follow_up__assignment__recommendation__in=recommendations)
        | Q(assessment__follow_up__assignment__recommendation__in=recommendations)
    )
    return of_documents(pieces.values_list("document", flat=True))


def of_evidence(piece: Evidence) -> Subjects:
    """The recommendation of a piece of evidence, and its file."""
    entry = piece.entry
    return of_documents([piece.document_id]) | (
        {f"recommendation:{entry.assignment.recommendation_id}"} if entry else set()
    )


def of_collection(collection: Collection) -> Subjects:
    """The files in a collection and in all below it."""
    # Asked anew: after a move the instance in hand still says where it was.
    path = Collection.objects.filter(pk=collection.pk).values_list("path", flat=True).first() or collection.path
    return of_documents(CustomDocument.objects.filter(collection__path__startswith=path).values_list("pk", flat=True))


def _references() -> "QuerySet[ReferenceIndex]":
    meta = CustomDocument._meta
    return ReferenceIndex.objects.filter(
        to_content_type__app_label=meta.app_label, to_content_type__model=meta.model_name
    ).order_by()
