"""Listening to Wagtail's acts and to migrations: one line each into services; a failure undoes the act."""

from typing import Any

from django.db.models.signals import post_delete, post_migrate, pre_delete
from django.dispatch import receiver
from wagtail.signals import page_published, post_page_move

from recommendations.models import ActionStage, RecommendationPage, ReplyDraft
from recommendations.services import append_only, count_marks, drafts, publication, stages


@receiver(page_published, sender=RecommendationPage)
def recommendation_published(instance: RecommendationPage, revision: Any = None, **kwargs: Any) -> None:
    # A scheduled publication sends the signal early, and an alias has no text of its own.
    if instance.live and not instance.alias_of_id:
        publication.publish_facts(instance, user=revision.user if revision else None)


@receiver(post_page_move)
def moved(instance: Any, **kwargs: Any) -> None:
    publication.rewrite_issuers_below(instance)


@receiver(post_migrate)
def migrated(sender: Any, using: str, **kwargs: Any) -> None:
    # Whichever app was migrated last: a table may have been rebuilt by another's migration.
    if sender.name == "recommendations":
        append_only.protect(using)
        count_marks.put_up(using)


@receiver(post_delete, sender=ReplyDraft)
def draft_forgotten(instance: ReplyDraft, **kwargs: Any) -> None:
    drafts.drop_file(instance)


@receiver(pre_delete, sender=ActionStage)
def stage_deleted(instance: ActionStage, **kwargs: Any) -> None:
    stages.refuse_deletion(instance)
