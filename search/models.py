"""What is to be indexed yet, and how far the numbering of it has come."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Outbox(models.Model):
    """One thing whose documents may be wrong since an act; written in the transaction of the act.

    `key` is "<kind>:<pk>" and stands for all languages of the thing. `number` is empty until a drain numbers the
    committed rows: row ids are no order, since a transaction may take a lower id and commit later.
    """

    key = models.CharField(_("key"), max_length=60)
    number = models.PositiveBigIntegerField(_("number"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("row to be indexed")
        verbose_name_plural = _("rows to be indexed")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["number", "id"], name="outbox_in_order")]

    def __str__(self) -> str:
        return f"{self.key} ({self.number or '-'})"


class IndexState(models.Model):
    """The one row that every numbering locks.

    `kept_from` is the lowest number whose rows are still kept: an index below it cannot be brought up to date by
    draining and has to be rebuilt.
    """

    last_number = models.PositiveBigIntegerField(_("last number given"), default=0)
    kept_from = models.PositiveBigIntegerField(_("rows kept from this number on"), default=1)

    class Meta:
        verbose_name = _("state of the index")
        verbose_name_plural = _("state of the index")

    def __str__(self) -> str:
        return str(self.last_number)
