"""Writing rows of the vocabularies by their codes."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from anyascii import anyascii
from django.db import transaction
from django.utils.text import slugify

from taxonomy.models import AffectedGroup, Organisation, OrganisationName, Place, Tag, Theme


def write_theme(code: str, **values: Any) -> Theme:
    """Create or change the theme ``code``; ``values`` are its fields. Refused when it would stand below itself."""
    return save_row(Theme, {"code": code}, values)


def write_affected_group(code: str, **values: Any) -> AffectedGroup:
    return save_row(AffectedGroup, {"code": code}, values)


def write_place(code: str, **values: Any) -> Place:
    return save_row(Place, {"code": code}, values)


def write_tag(name: str, **values: Any) -> Tag:
    """Create or change the tag whose Polish label is ``name``, in any case of letters."""
    found = Tag.objects.filter(name__iexact=name).first()
    return save_row(Tag, {"name": found.name if found else name}, values)


@transaction.atomic
def write_organisation(code: str, *, names: Iterable[tuple[str, str, bool]] = (), **values: Any) -> Organisation:
    """Create or change a body and its other names, each (name, years or "", former).

    Names not given are removed: they are no rows that anything points at.
    """
    organisation = save_row(Organisation, {"code": code}, values)
    wanted = {name: (years, is_former) for name, years, is_former in names}
    OrganisationName.objects.filter(organisation=organisation).exclude(name__in=wanted).delete()
    for name, (years, is_former) in wanted.items():
        OrganisationName.objects.update_or_create(
            organisation=organisation, name=name, defaults={"years": years, "is_former": is_former}
        )
    return organisation


def save_row(model: type[Any], key: dict[str, str], values: dict[str, Any]) -> Any:
    """The row of ``model`` with ``key``, new or changed, checked before it is saved (ValidationError)."""
    row = model.objects.filter(**key).first() or model(**key)
    for name, value in values.items():
        setattr(row, name, value)
    # A new tag has no address yet: saving makes one that is free.
    row.full_clean(exclude={"slug"} if isinstance(row, Tag) and not row.slug else None)
    row.save()
    return row


def free_code(model: type[Any], label: str) -> str:
    """A code for a new row of a vocabulary, made of its Polish label, that no row has."""
    stem = slugify(anyascii(label))[:70].strip("-") or model._meta.model_name
    taken = set(model._default_manager.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for number in count(1) if (code := stem if number == 1 else f"{stem}-{number}") not in taken)
