"""Listening to Wagtail's acts: one line each into services; inside the fence, so a failure undoes the act."""

from typing import Any

from django.dispatch import receiver
from wagtail.signals import page_published, post_page_move

from forums import services
from forums.models import ForumPage, WorkingGroupPage


def writes_a_fact(page: Any) -> bool:
    """Scheduled publications send the signal early, aliases and translations carry no fact."""
    return bool(page.live and page.is_source and not page.alias_of_id)


@receiver(page_published, sender=ForumPage)
def forum_published(instance: ForumPage, **kwargs: Any) -> None:
    if writes_a_fact(instance):
        services.write_forum_fact(instance)


@receiver(page_published, sender=WorkingGroupPage)
def group_published(instance: WorkingGroupPage, **kwargs: Any) -> None:
    if writes_a_fact(instance):
        services.write_group_fact(instance)


@receiver(post_page_move)
def moved(instance: Any, **kwargs: Any) -> None:
    services.rewrite_facts_below(instance)
