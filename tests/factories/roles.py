"""One person of each role on a small site, with the rights that a prepared site gives them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import translation
from wagtail.models import GroupApprovalTask, Locale, WorkflowTask

from accounts.models import User
from cms.models import HomePage
from cms.roles import ADMINISTRATORS, MODERATORS, editors_of, load_editors, load_roles, translators
from forums.models import WorkingGroupPage
from recommendations.models import RecommendationPage
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_group, make_recommendation_page, make_site
from tests.factories.taxonomy import MandateFactory, OrganisationFactory

ROLES = ("editor", "translator", "moderator", "administrator", "superuser", "official")


@dataclass
class Cast:
    """The people, the group that the editor edits, and another group that is none of the editor's business."""

    home: HomePage
    people: dict[str, User]
    own_group: WorkingGroupPage
    own: RecommendationPage
    foreign_group: WorkingGroupPage
    foreign: RecommendationPage
    translated: HomePage


def make_cast() -> Cast:
    home = make_site()
    for code in ("en", "uk", "ru"):
        Locale.objects.get_or_create(language_code=code)
    english, _ukrainian = (home.copy_for_translation(Locale.objects.get(language_code=code)) for code in ("en", "uk"))
    # The step of the small site gives way to that of the prepared one.
    WorkflowTask.objects.filter(task__in=GroupApprovalTask.objects.all()).delete()
    load_roles(home)
    own_group = make_group(title="Własna grupa", slug="wlasna")
    foreign_group = make_group(title="Kanarek grupa", slug="cudza", published=False)
    load_editors(own_group)
    people = {
        "editor": UserFactory.create(username="redaktorka", groups=[editors_of("wlasna")]),
        "translator": UserFactory.create(username="tlumaczka", groups=[translators("en")]),
        "moderator": UserFactory.create(username="druga-moderatorka", groups=[MODERATORS]),
        "administrator": UserFactory.create(username="administratorka", groups=[ADMINISTRATORS]),
        "superuser": UserFactory.create(username="zarzadczyni", administrator=True),
        "official": MandateFactory.create(user=UserFactory.create(username="urzedniczka")).user,
    }
    return Cast(
        home=home,
        people=people,
        own_group=own_group,
        own=make_recommendation_page(parent=own_group, title="Własna rekomendacja", published=False),
        foreign_group=foreign_group,
        foreign=make_recommendation_page(
            parent=foreign_group,
            title="Kanarek rekomendacja",
            text="Kanarek w treści.",
            published=False,
            addressees=[OrganisationFactory.create(label_pl="Urząd")],
        ),
        translated=english,
    )


@contextmanager
def kept_cast() -> Iterator[Cast]:
    """One cast for many tests: each works in a savepoint of its own, all is undone at the end."""
    # Built before the first test of a module begins in Polish.
    translation.activate(settings.LANGUAGE_CODE)
    with transaction.atomic():
        yield make_cast()
        transaction.set_rollback(True)
