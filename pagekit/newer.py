"""A save over a newer save is refused: the form keeps what was typed and says beside it what was saved meanwhile.

The form that comes back knows the newer state, so a second press saves over it, by somebody who has seen both.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Manager, QuerySet
from django.forms import BaseForm
from django.utils.html import strip_tags
from django.utils.translation import gettext as _


def words_of(value: Any) -> str:
    """A value of a field as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Manager | QuerySet):
        value = list(value.all())
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(sorted(str(one) for one in value))
    return " ".join(strip_tags(str(value)).split())


def refuse_older(form: Any, newer: Any, *, who: str, besides: Iterable[str] = ()) -> None:
    """Add the refusal to a form, and to each field that now says something else what ``newer`` says there.

    ``newer`` is the object as it was saved meanwhile; ``besides`` names fields and rows that are left alone.
    """
    form.add_error(
        None,
        _(
            "Not saved: %(person)s has saved this meanwhile. What you typed is still here; at each field that differs "
            "stands what was saved. Bring the two together and save again."
        )
        % {"person": who or _("somebody")},
    )
    for place, said in differing(form, newer, besides=besides):
        if isinstance(place, str):
            form.add_error(place, said_meanwhile(said))
        else:
            place.non_form_errors().append(said_meanwhile(said))


def differing(form: Any, newer: Any, *, besides: Iterable[str] = ()) -> Iterator[tuple[Any, str]]:
    """Each field, by its name, and each formset in which ``newer`` says something else, with what it says there."""
    for name, field in form.fields.items():
        if name in besides or field.disabled or not hasattr(newer, name):
            continue
        stored = getattr(newer, name)
        if words_of(typed(form, name, newer)) != words_of(stored):
            yield name, shown(newer, name, stored)
    for name, formset in getattr(form, "formsets", {}).items():
        if name in besides:
            continue
        rows = [str(row) for row in getattr(newer, name).all()]
        if formset.is_valid() and rows != [str(one.instance) for one in kept_forms(formset)]:
            yield formset, "; ".join(rows)


def typed(form: BaseForm, name: str, newer: Any) -> Any:
    return form.cleaned_data.get(name, form.data.get(form.add_prefix(name), ""))


def shown(newer: Any, name: str, stored: Any) -> str:
    display = getattr(newer, f"get_{name}_display", None)
    return str(display()) if callable(display) else words_of(stored)


def kept_forms(formset: Any) -> list[Any]:
    """The rows that stay; an empty row that nobody filled in is none."""
    return [one for one in formset.forms if one not in formset.deleted_forms and (one.instance.pk or one.has_changed())]


def said_meanwhile(text: str) -> str:
    return _("Saved meanwhile: %(text)s") % {"text": f"„{text}”" if text else _("nothing")}
