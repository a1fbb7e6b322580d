"""What refers to a file, and so who may take it out: a file is as public as the things that it is attached to."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef
from wagtail.models import CollectionViewRestriction, Page, ReferenceIndex

from pagekit.models import ContentPageQuerySet, CustomDocument

Related = Mapping[type[models.Model], Sequence[str]]
"""What to read along with the things of a model that refer to files (`select_related`)."""


def may_take(user: Any, document: Any) -> bool:
    """Whether a reader may download a document: editors any, others what something visible to them refers to.

    What is asked of its collection (a password, say) is asked by Wagtail.
    """
    if user.is_authenticated and user.has_perm("wagtailadmin.access_admin"):
        return True
    return document.pk in referrers_of([document.pk], user)


def referrers_of(
    documents: Collection[int], user: Any = None, *, related: Related | None = None
) -> dict[int, list[models.Model]]:
    """The documents that something visible to this user (any reader) refers to, each with all such things.

    Things that refer to documents answer for themselves, by the `visible_to(user)` of their manager; those without
    one are never visible. Pages are bare, with their locale. One query, one for all pages, one for each other model.
    """
    found: dict[type[models.Model], dict[int, set[int]]] = {}
    for to, model, pk in references(documents):
        if hasattr(model._default_manager, "visible_to"):
            found.setdefault(Page if issubclass(model, Page) else model, {}).setdefault(pk, set()).add(to)
    referrers: dict[int, list[models.Model]] = {}
    for model, targets in sorted(found.items(), key=lambda pair: pair[0].__name__):
        rows: Any = ContentPageQuerySet(Page) if model is Page else model._default_manager
        names = ("locale",) if model is Page else (related or {}).get(model, ())
        visible = rows.visible_to(user).filter(pk__in=list(targets)).order_by("pk")
        for thing in visible.select_related(*names) if names else visible:
            for to in targets[thing.pk]:
                referrers.setdefault(to, []).append(thing)
    return referrers


def references(
    files: Collection[int], kind: type[models.Model] = CustomDocument
) -> Iterator[tuple[int, type[models.Model], int]]:
    """(file, model, primary key) of each thing that refers to one of the files of a kind, visible or not."""
    rows = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(kind),
        to_object_id__in=[str(pk) for pk in files],
    ).values_list("to_object_id", "content_type", "object_id")
    for to, content_type, pk in rows.distinct():
        model = ContentType.objects.get_for_id(content_type).model_class()
        if model is not None and pk.isdecimal():
            yield int(to), model, int(pk)


def unrestricted(documents: Iterable[int]) -> "models.QuerySet[CustomDocument]":
    """Those of the documents that stand in no closed collection, nor below one."""
    restrictions = CollectionViewRestriction.objects.annotate(
        asked_path=ExpressionWrapper(OuterRef("collection__path"), output_field=models.CharField())
    ).filter(asked_path__startswith=F("collection__path"))
    rows: models.QuerySet[CustomDocument] = CustomDocument.objects.filter(~Exists(restrictions), pk__in=list(documents))
    return rows


def public_documents() -> "models.QuerySet[CustomDocument]":
    """All documents that any reader may take without a password: public things refer to them."""
    rows = unrestricted(CustomDocument.objects.order_by().values_list("pk", flat=True))
    return rows.filter(pk__in=referrers_of(rows.order_by().values_list("pk", flat=True)))
