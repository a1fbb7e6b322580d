"""When something happened: earliest, latest, how exactly that is known, and the source's own words."""

import calendar
import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forums.choices import UNDATED, Precision
from pagekit.constraints import is_known

FIRST_YEAR, YEARS_AHEAD = 1989, 10


class Period(models.Model):
    """Sorts by ``starts_on``; a bound ("before", "after") keeps its one date there and counts as "no date"."""

    starts_on = models.DateField(_("earliest day"), null=True, blank=True)
    ends_on = models.DateField(_("latest day"), null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=10, choices=Precision.choices, default=Precision.UNKNOWN)
    date_words = models.CharField(
        _("date in the source's words"),
        max_length=120,
        blank=True,
        help_text=_('For example "ok. 2014", "po 05.2024".'),
    )

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="%(class)s_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(precision="unknown", starts_on=None) | (~Q(precision="unknown") & ~Q(starts_on=None)),
                name="%(class)s_has_a_date_unless_unknown",
            ),
            is_known("precision", Precision, "%(class)s_precision_is_known"),
        ]

    def clean(self) -> None:
        super().clean()
        if self.precision == Precision.UNKNOWN and self.starts_on:
            raise ValidationError({"precision": _("A day is given. Choose how exactly it is known.")})
        if self.precision != Precision.UNKNOWN and not self.starts_on:
            raise ValidationError({"starts_on": _("Give the earliest day, or choose the precision “not known”.")})
        if self.ends_on and not self.starts_on:
            raise ValidationError(
                {"starts_on": _("A latest day is given. Give the earliest too, or remove the latest.")}
            )
        # A slip in the year would stand in a reference for ever, and in each year between.
        for name in ("starts_on", "ends_on"):
            if (day := getattr(self, name)) is None:
                continue
            if day.year < FIRST_YEAR:
                raise ValidationError({name: _("It lies before 1989. Check the year.")})
            if day.year > timezone.localdate().year + YEARS_AHEAD:
                raise ValidationError({name: _("It lies more than ten years ahead. Check the year.")})
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError(
                {"ends_on": _("The latest day lies before the earliest. Exchange them or correct one.")}
            )

    @property
    def is_dated(self) -> bool:
        return self.precision not in UNDATED and self.starts_on is not None

    @property
    def reach(self) -> tuple[dt.date, dt.date]:
        """The first and the last day that the date leaves possible."""
        first, last = self.starts_on or dt.date.min, self.ends_on or self.starts_on or dt.date.max
        if self.precision == Precision.BEFORE:
            return dt.date.min, first
        if self.precision == Precision.AFTER:
            return first, dt.date.max
        is_year = self.precision == Precision.YEAR or (self.precision == Precision.ABOUT and _is_new_year(last))
        if is_year:
            return first, last.replace(month=12, day=31)
        if self.precision in {Precision.MONTH, Precision.ABOUT}:
            return first, last.replace(day=calendar.monthrange(last.year, last.month)[1])
        return first, last

    def agrees_with(self, other: "Period") -> bool:
        """Whether one of the two only says more exactly what the other says."""
        (first, last), (other_first, other_last) = self.reach, other.reach
        inside = first >= other_first and last <= other_last
        return inside or (other_first >= first and other_last <= last)

    @property
    def years(self) -> tuple[int, ...]:
        """Each year the period touches; empty where the date is unknown or only a bound."""
        if not self.is_dated or self.starts_on is None:
            return ()
        last: dt.date = self.ends_on or self.starts_on
        return tuple(range(self.starts_on.year, last.year + 1))


def _is_new_year(day: dt.date) -> bool:
    """The first of January stands for a year whose day nobody knows."""
    return (day.month, day.day) == (1, 1)
