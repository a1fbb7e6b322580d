"""Writing words of the vocabularies: write a row by its code, merge two rows, give, end and pass on mandates."""

import datetime as dt
from collections.abc import Iterable
from itertools import count
from typing import Any

from anyascii import anyascii
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from pagekit.acts import Refused
from taxonomy.models import AffectedGroup, Mandate, Organisation, OrganisationName, Place, Succession, Tag, Theme

Label = Theme | AffectedGroup | Place | Tag


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


@transaction.atomic
def merge(row: Label, *, into: Label) -> None:
    """Make ``row`` a synonym of ``into``: it stays, redirects and finds; what it classified ``into`` classifies.

    Refused for rows of two vocabularies, for a row and itself, and where one was merged away already.
    Bodies are not merged: their assignments and log are history; one follows the other by a Succession.
    """
    if isinstance(row, Organisation) or type(row) is not type(into):
        raise Refused(_("Not merged: only two themes, groups, places or tags can become one."))
    if row.pk == into.pk:
        raise Refused(_("Not merged: choose another row to merge into."))
    if row.merged_into_id or into.merged_into_id:
        raise Refused(_("Not merged: one of the two was merged before. Choose the row that it became."))
    if isinstance(row, Theme) and isinstance(into, Theme):
        if row in into.ancestors():
            raise Refused(_("Not merged: the other theme stands below this one. Move it first."))
        row.children.update(parent=into)
    manager: Any = type(row)._default_manager
    manager.filter(merged_into=row).update(merged_into=into)
    row.merged_into = into
    row.save(update_fields=["merged_into"])
    for through, name in classifying(type(row)):
        owner = next(field for field in through._meta.concrete_fields if field.is_relation and field.name != name)
        already = through._default_manager.filter(**{name: into}).values(owner.attname)
        through._default_manager.filter(
            **{name: row, f"{owner.attname}__in": list(already.values_list(owner.attname, flat=True))}
        ).delete()
        through._default_manager.filter(**{name: row}).update(**{name: into})


@transaction.atomic
def write_mandate(
    user: Any,
    organisation: Organisation,
    *,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    mandate: Mandate | None = None,
) -> Mandate:
    """Let the person answer for the body in a role, from one day until another; or change their ``mandate`` there.

    Both days count. Refused for a group of institutions, an end before the beginning, a mandate that is somebody
    else's or of another body, and days on which the person answers for the body by another mandate already.
    """
    if organisation.is_collective:
        raise Refused(_("Mandate: a group of institutions has no officials. Choose a single body."))
    if ends_on is not None and ends_on < starts_on:
        raise Refused(_("Mandate: it would end before it begins. Give a later last day."))
    # One after the other: two administrators at once would write the same mandate twice.
    get_user_model().objects.select_for_update().get(pk=user.pk)
    if mandate is None:
        row = Mandate(user=user, organisation=organisation)
    else:
        row = Mandate.objects.select_for_update().get(pk=mandate.pk)
        if row.user_id != user.pk or row.organisation_id != organisation.pk:
            raise Refused(_("Mandate: who held it and for which body is history. End it and write another one."))
    others = (
        Mandate.objects.filter(user=user, organisation=organisation).exclude(pk=row.pk).exclude(ends_on__lt=starts_on)
    )
    if ends_on is not None:
        others = others.exclude(starts_on__gt=ends_on)
    if others.exists():
        raise Refused(
            _("Mandate: this person answers for “%(body)s” in these days already. Change that mandate instead.")
            % {"body": organisation}
        )
    row.role, row.starts_on, row.ends_on = role, starts_on, ends_on
    row.save()
    return row


@transaction.atomic
def end_mandates(user: Any) -> list[Mandate]:
    """Today is the last day of every mandate of the person; answer which ended so.

    One that has not begun is taken back: nobody acted under it.
    """
    today = timezone.localdate()
    standing = Mandate.objects.select_for_update(of=("self",)).filter(user=user).exclude(ends_on__lte=today)
    ended = []
    for mandate in standing.select_related("organisation").order_by("pk"):
        if mandate.starts_on > today:
            mandate.delete()
        else:
            mandate.ends_on = today
            mandate.save(update_fields=["ends_on"])
        ended.append(mandate)
    return ended


@transaction.atomic
def pass_mandate_on(mandate: Mandate, *, to: Any, starts_on: dt.date) -> Mandate:
    """From ``starts_on`` the person ``to`` answers for the institution in the same role; the mandate before ends.

    The items belong to the institution, so they need no moving. Refused where the two would stand in each other's way.
    """
    before = Mandate.objects.select_for_update().select_related("organisation").get(pk=mandate.pk)
    if before.user_id == to.pk:
        raise Refused(_("Not passed on: this person holds the mandate. Choose another one."))
    if not to.is_active:
        raise Refused(_("Not passed on: the account of this person is closed. Choose another one."))
    if starts_on <= before.starts_on:
        raise Refused(_("Not passed on: the mandate began on that day or later. Give a later day."))
    if before.ends_on is not None and before.ends_on < starts_on:
        raise Refused(_("Not passed on: the mandate is over by then. Give an earlier day, or write a new mandate."))
    last_day = before.ends_on
    held = Mandate.objects.filter(user=to, organisation=before.organisation).exclude(ends_on__lt=starts_on)
    if held.exists():
        raise Refused(_("Not passed on: this person answers for the institution already. End this mandate instead."))
    before.ends_on = starts_on - dt.timedelta(days=1)
    before.save(update_fields=["ends_on"])
    return Mandate.objects.create(
        user=to, organisation=before.organisation, role=before.role, starts_on=starts_on, ends_on=last_day
    )


@transaction.atomic
def move_mandates(succession: Succession) -> int:
    """The contacts of the predecessor answer for the successor from today; answer how many.

    Their mandates end today and stay as they were before: who answered when is history.
    """
    today = timezone.localdate()
    moved = 0
    active = Mandate.objects.select_for_update(of=("self",)).active(today).filter(organisation=succession.predecessor)
    for before in active:
        last_day = before.ends_on
        before.ends_on = today
        before.save(update_fields=["ends_on"])
        held = Mandate.objects.active(today).filter(user=before.user_id, organisation=succession.successor)
        if not held.exists():
            Mandate.objects.create(
                user_id=before.user_id,
                organisation=succession.successor,
                role=before.role,
                starts_on=today,
                ends_on=last_day,
            )
            moved += 1
    return moved


def classifying(model: type[Any]) -> Iterable[tuple[type[Any], str]]:
    """The tables that say what is classified by rows of ``model``, and the name of their key to it."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.many_to_many and relation.auto_created:
            yield relation.through, relation.field.m2m_reverse_field_name()
        elif relation.one_to_many and relation.related_model is not model and relation.field.name == "tag":
            yield relation.related_model, "tag"
