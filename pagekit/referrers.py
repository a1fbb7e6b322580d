"""What refers to a file, and so who may take it out: a file is as public as the things that it is attached to."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef
from wagtail.models import CollectionViewRestriction, Page, ReferenceIndex
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from pagekit.models import ContentPageQuerySet, CustomDocument

Related = Mapping[type[models.Model], Sequence[str]]
"""What to read along with the things of a model that refer to files (`select_related`)."""


def may_take(user: Any, document: Any) -> bool:
    """Whether a person may download a document: anybody, where something that readers see refers to it.

    What keeps its files (its manager says who has them: ``taken_by(user)``) else decides alone; a draft's file is for
    who may edit the draft, and one that nothing refers to for who may choose it. What is asked of its collection (a
    password, say) is asked by Wagtail.
    """
    if document.pk in referrers_of([document.pk], user):
        return True
    if not user.is_authenticated:
        return False
    referring = [(model, pk) for _to, model, pk in references([document.pk])]
    kept = [(model, pk) for model, pk in referring if hasattr(model._default_manager, "taken_by")]
    if kept:
        return any(rows_of(model).taken_by(user).filter(pk=pk).exists() for model, pk in kept)
    if not user.has_perm("wagtailadmin.access_admin"):
        return False
    pages = {page for model, pk in referring for page in pages_of(model, pk)}
    if pages:
        edited = PagePermissionPolicy().instances_user_has_any_permission_for(user, {"add", "change", "publish"})
        return bool(edited.filter(pk__in=pages).exists())
    rights = policy_registry.get_by_type(CustomDocument)
    return bool(rights.user_has_any_permission_for_instance(user, ["choose", "change"], document))


def rows_of(model: type[models.Model]) -> Any:
    return model._default_manager


def pages_of(model: type[models.Model], pk: int) -> list[int]:
    """The page that a referring thing is, or that it belongs to; none for what only knows of the file (its text)."""
    if issubclass(model, Page):
        return [pk]
    names = {field.name for field in model._meta.get_fields() if field.many_to_one and field.related_model is Page}
    return list(rows_of(model).filter(pk=pk).values_list("page", flat=True)) if "page" in names else []


def kept_from(user: Any) -> list[int]:
    """The documents that are kept from this person by things which readers do not see and the person may not take."""
    kept: set[int] = set()
    for relation in CustomDocument._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model
        if not relation.one_to_many or not hasattr(model._default_manager, "taken_by"):
            continue
        rows, name = rows_of(model), relation.field.name
        hidden = rows.exclude(**{name: None}).exclude(pk__in=rows.visible_to(user).order_by().values("pk"))
        hidden = hidden.exclude(pk__in=rows.taken_by(user).order_by().values("pk"))
        kept |= set(hidden.order_by().values_list(name, flat=True))
    return sorted(kept - set(referrers_of(kept)))


class KeptFiles(CollectionOwnershipPermissionPolicy):
    """Wagtail's rights to documents, but for what things keep: neither listed, nor chosen, nor opened by others."""

    def instances_user_has_any_permission_for(self, user: Any, actions: Collection[str]) -> Any:
        return super().instances_user_has_any_permission_for(user, actions).exclude(pk__in=kept_from(user))

    def user_has_any_permission_for_instance(self, user: Any, actions: Collection[str], instance: Any) -> bool:
        is_allowed = super().user_has_any_permission_for_instance(user, actions, instance)
        return bool(is_allowed and (instance.pk is None or instance.pk not in kept_from(user)))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)


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
