"""What search hears: every act that may change what a reader finds, one line each into the outbox.

The row is part of the act; only the drain waits for its commit. Saving a page is not heard: drafts are saved all the
time and show nowhere.
"""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction, ReferenceIndex, Site
from wagtail.signals import page_published, page_unpublished, post_page_move, pre_page_move

from forums.models import Forum, ForumPage, WorkingGroup, WorkingGroupPage
from pagekit.documents import collection_moved, documents_changed
from pagekit.models import CustomDocument
from recommendations.models import (
    Assessment,
    Assignment,
    Evidence,
    FollowUp,
    Recommendation,
    RecommendationAlias,
    RecommendationLevel,
    RecommendationLink,
    RecommendationPage,
    RecommendationTag,
    StageEntry,
)
from search.models import WordGroup, WordsVersion
from search.sync import attached, subjects
from search.sync.drain import drain_on_commit
from search.sync.outbox import queue
from taxonomy.models import AffectedGroup, Organisation, OrganisationName, Place, Tag, Theme


def changed(found: set[str]) -> None:
    """Queue them now, with what asks the same and the files attached to them; drain after the commit."""
    if found and settings.SEARCH_LISTENS:
        queue(subjects.with_what_follows(found))
        drain_on_commit()


@receiver([page_published, page_unpublished])
def page_appeared_or_vanished(instance: Any, **kwargs: Any) -> None:
    changed(subjects.of_page(instance) | attached.of_pages(Q(pk=instance.pk)))


@receiver([pre_page_move, post_page_move])
def page_moved(instance: Any, **kwargs: Any) -> None:
    changed(subjects.below(instance) | subjects.forums_above(instance))


@receiver(pre_delete, sender=ForumPage)
@receiver(pre_delete, sender=WorkingGroupPage)
@receiver(pre_delete, sender=RecommendationPage)
def page_deleted(instance: Any, **kwargs: Any) -> None:
    changed(subjects.of_page(instance))


# Before the delete: afterwards the page may be gone with its restriction.
@receiver([post_save, pre_delete], sender=PageViewRestriction)
def restriction_changed(instance: PageViewRestriction, **kwargs: Any) -> None:
    changed(subjects.below(instance.page))


@receiver(m2m_changed, sender=PageViewRestriction.groups.through)
def restriction_groups_changed(instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, PageViewRestriction):
        changed(subjects.below(instance.page))


@receiver([post_save, post_delete], sender=Forum)
@receiver([post_save, post_delete], sender=WorkingGroup)
@receiver([post_save, post_delete], sender=Recommendation)
def fact_changed(instance: Any, **kwargs: Any) -> None:
    changed(subjects.of_fact(instance))


@receiver(m2m_changed, sender=Forum.themes.through)
@receiver(m2m_changed, sender=WorkingGroup.themes.through)
@receiver(m2m_changed, sender=Recommendation.themes.through)
@receiver(m2m_changed, sender=Recommendation.places.through)
@receiver(m2m_changed, sender=Recommendation.affected_groups.through)
def classification_changed(instance: Any, action: str, **kwargs: Any) -> None:
    if action.startswith("post_") and isinstance(instance, Forum | WorkingGroup | Recommendation):
        changed(subjects.of_fact(instance))


@receiver([post_save, post_delete], sender=Assignment)
@receiver([post_save, post_delete], sender=RecommendationAlias)
@receiver([post_save, post_delete], sender=RecommendationLevel)
def part_changed(instance: Any, **kwargs: Any) -> None:
    changed(subjects.of("recommendation", [instance.recommendation_id]))


@receiver([post_save, pre_delete], sender=RecommendationLink)
def link_changed(instance: RecommendationLink, **kwargs: Any) -> None:
    changed(subjects.of("recommendation", [instance.source_id, instance.target_id]))


@receiver([post_save, post_delete], sender=RecommendationTag)
def tagging_changed(instance: RecommendationTag, **kwargs: Any) -> None:
    changed(subjects.of("recommendation", [instance.content_object_id]))


@receiver(post_save, sender=FollowUp)
def entry_recorded(instance: FollowUp, **kwargs: Any) -> None:
    changed(subjects.of("recommendation", [instance.assignment.recommendation_id]))


@receiver(post_save, sender=StageEntry)
def told_of_a_stage(instance: StageEntry, **kwargs: Any) -> None:
    changed(subjects.of("recommendation", [instance.chosen.recommendation_id]))


@receiver([post_save, post_delete], sender=Evidence)
def evidence_recorded(instance: Evidence, **kwargs: Any) -> None:
    changed(attached.of_evidence(instance))


@receiver(post_save, sender=Assessment)
def assessment_recorded(instance: Assessment, **kwargs: Any) -> None:
    changed(subjects.of("recommendation", [instance.follow_up.assignment.recommendation_id]))


@receiver([post_save, pre_delete], sender=CustomDocument)
def document_changed(instance: CustomDocument, **kwargs: Any) -> None:
    changed(attached.of_documents([instance.pk]) | attached.told_of([instance.pk]))


@receiver(documents_changed)
def documents_touched(pks: list[int], **kwargs: Any) -> None:
    changed(attached.of_documents(pks) | attached.told_of(pks))


# The one sign that a public page has let go of a file: what it no longer refers to.
@receiver(post_delete, sender=ReferenceIndex)
def reference_dropped(instance: ReferenceIndex, **kwargs: Any) -> None:
    if instance.to_content_type_id == ContentType.objects.get_for_model(CustomDocument).pk:
        changed(attached.of_documents([instance.to_object_id]))


@receiver([post_save, pre_delete], sender=CollectionViewRestriction)
def collection_restricted(instance: CollectionViewRestriction, **kwargs: Any) -> None:
    changed(attached.of_collection(instance.collection))


@receiver(collection_moved)
def collection_has_moved(instance: Collection, **kwargs: Any) -> None:
    changed(attached.of_collection(instance))


@receiver([post_save, pre_delete], sender=Theme)
def theme_changed(instance: Theme, **kwargs: Any) -> None:
    changed(subjects.of_theme(instance))


@receiver([post_save, pre_delete], sender=Place)
def place_changed(instance: Place, **kwargs: Any) -> None:
    changed(subjects.of_place(instance))


@receiver([post_save, pre_delete], sender=AffectedGroup)
def affected_group_changed(instance: AffectedGroup, **kwargs: Any) -> None:
    changed(subjects.bearing("affected_groups", subjects.with_target(instance)))


@receiver([post_save, pre_delete], sender=Tag)
def tag_changed(instance: Tag, **kwargs: Any) -> None:
    changed(subjects.bearing("tags", subjects.with_target(instance)))


@receiver([post_save, pre_delete], sender=Organisation)
def organisation_changed(instance: Organisation, **kwargs: Any) -> None:
    changed(subjects.of_organisation(instance.pk))


@receiver([post_save, post_delete], sender=OrganisationName)
def name_changed(instance: OrganisationName, **kwargs: Any) -> None:
    changed(subjects.of_organisation(instance.organisation_id))


@receiver([post_save, post_delete], sender=Site)
def site_root_changed(**kwargs: Any) -> None:
    changed(subjects.everything())


@receiver([post_save, post_delete], sender=WordGroup)
@receiver([post_save, post_delete], sender=Organisation)
@receiver([post_save, post_delete], sender=OrganisationName)
@receiver([post_save, post_delete], sender=Place)
@receiver([post_save, post_delete], sender=Theme)
@receiver([post_save, post_delete], sender=AffectedGroup)
@receiver([post_save, post_delete], sender=Tag)
@receiver([post_save, post_delete], sender=Forum)
@receiver([post_save, post_delete], sender=WorkingGroup)
# Which tags have a name for readers: those of what was published, outside every restriction.
@receiver([post_save, post_delete], sender=RecommendationTag)
@receiver([post_save, post_delete], sender=PageViewRestriction)
@receiver(post_delete, sender=RecommendationPage)
@receiver(post_page_move)
def words_changed(**kwargs: Any) -> None:
    WordsVersion.raise_()
