"""What the mail hears of the log: one line each into the queue, in the transaction of the entry; none is sent here."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from notices.services import receipts
from recommendations.models import Assessment, FollowUp


@receiver(post_save, sender=FollowUp)
def entry_recorded(instance: FollowUp, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        receipts.queue_receipt(instance)


@receiver(post_save, sender=Assessment)
def assessment_recorded(instance: Assessment, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        receipts.queue_finding(instance)
