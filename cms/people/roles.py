"""The roles that an administrator gives, each by the group of rights behind it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms.roles import ADMINISTRATORS, MODERATORS, editors_of, load_editors, translators
from forums.models import WorkingGroupPage
from pagekit.models import source_language

GENERAL = {ADMINISTRATORS: _("administrator"), MODERATORS: _("moderator")}


def languages() -> list[tuple[str, str]]:
    """The languages that are translated into."""
    return [(code, name) for code, name in settings.LANGUAGES if code != source_language()]


def group_pages() -> Any:
    """The working groups that may have editors, by title."""
    return WorkingGroupPage.objects.sources().order_by("title", "pk")


def offered_names() -> set[str]:
    """Every group of rights that these screens give and take."""
    names = {*GENERAL, *(translators(code) for code, _name in languages())}
    return names | {editors_of(slug) for slug in group_pages().values_list("slug", flat=True)}


def names_of(general: Iterable[str], groups: Iterable[WorkingGroupPage], codes: Iterable[str]) -> set[str]:
    """The groups of rights behind what was chosen; those of working groups are made where they are missing."""
    return {*general, *(translators(code) for code in codes), *(str(load_editors(page).name) for page in groups)}


def held_by(person: Any) -> dict[str, list[Any]]:
    """What of these roles a person has, by the field of the form."""
    held = {group.name for group in person.groups.all()}
    return {
        "general": [name for name in GENERAL if name in held],
        "groups": [page.pk for page in group_pages() if editors_of(page.slug) in held],
        "languages": [code for code, _name in languages() if translators(code) in held],
    }


def in_words(person: Any) -> Iterator[str]:
    """The person's roles as a list shows them; asks nothing where groups and mandates were read beforehand."""
    if person.is_superuser:
        yield str(_("may do everything"))
    for group in person.groups.all():
        yield str(GENERAL.get(group.name, group.name))
