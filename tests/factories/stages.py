"""Stages of action, and what was chosen in them."""

from typing import Any

from django.contrib.auth.models import Permission

from accounts.models import User
from forums.models import Forum
from recommendations.models import ActionStage, ChosenRecommendation, Recommendation
from recommendations.services.stages import Account, choose
from tests.factories.pages import make_recommendation, moderator, some_forum
from tests.factories.taxonomy import OrganisationFactory

STAGE_RIGHTS = ("add_stageentry", "view_actionstage")


def stage_keeper() -> User:
    """A moderator with the rights to stages that a prepared site gives."""
    user = moderator()
    user.groups.get(name="Moderatorzy").permissions.add(*Permission.objects.filter(codename__in=STAGE_RIGHTS))
    return User.objects.get(pk=user.pk)


def make_stage(**values: Any) -> ActionStage:
    """A stage after the common forum of a test."""
    values = {
        "code": f"forum-w-dzialaniu-{ActionStage.objects.count() + 1}",
        "label_pl": "Forum w Działaniu",
        "source_title": "Strona cyklu forów",
    } | values
    if "forum" not in values:
        values["forum"] = Forum.objects.get(translation_key=some_forum().translation_key)
    return ActionStage.objects.create(**values)


def account(**values: Any) -> Account:
    """Something told from a source; ``bodies`` is one organisation where none is given."""
    if "bodies" not in values:
        values["bodies"] = [OrganisationFactory.create()]
    return Account(**({"text": "Wskazała grupa robocza.", "source_title": "Protokół"} | values))


def make_chosen(
    stage: ActionStage | None = None, recommendation: Recommendation | None = None, **values: Any
) -> ChosenRecommendation:
    """A recommendation chosen in a stage; ``values`` are those of the account of the choice."""
    return choose(
        stage or make_stage(), recommendation or make_recommendation(), by=stage_keeper(), account=account(**values)
    )
