"""What a source says of how far an addressee is: beside it on a draft, be it in the vocabulary or only proposed."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from recommendations.choices import FactPrecision, Implementation

STATUS_FIELDS = ("status", "status_words", "status_on", "status_precision")


class SourceStatus(models.Model):
    """Goes into the log once, when this addressee is first published."""

    status = models.CharField(
        _("status in the source"),
        max_length=25,
        choices=[choice for choice in Implementation.choices if choice[0] != Implementation.NO_INFORMATION],
        blank=True,
        default="",
        db_default="",
        help_text=_("Recorded in the log, from the source, when this addressee is first published; never again."),
    )
    status_words = models.CharField(
        _("status in the source's words"), max_length=120, blank=True, default="", db_default=""
    )
    status_on = models.DateField(_("date of the status"), null=True, blank=True)
    status_precision = models.CharField(
        _("precision"),
        max_length=10,
        choices=[choice for choice in FactPrecision.choices if choice[0] != FactPrecision.UNKNOWN],
        blank=True,
        default="",
        db_default="",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        if (self.status_on is None) != (not self.status_precision):
            raise ValidationError({"status_on": _("The date and how exactly it is known do not go together.")})
