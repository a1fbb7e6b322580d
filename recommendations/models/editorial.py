"""What the editors did to a page that was public: put it into the archive, took it back, restored it; and why."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageLogEntry, Revision

from pagekit.constraints import is_known
from pagekit.restrictions import Unrestricted
from recommendations.choices import EditorialState
from recommendations.models.lists import attach_issuer_pages
from recommendations.models.recommendation import Recommendation


class EditorialAct(models.Model):
    """One act, public with its reason and day. Never edited nor deleted: the next act undoes it."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="editorial_acts")
    state = models.CharField(_("editorial state"), max_length=10, choices=EditorialState.choices)
    reason = models.TextField(_("reason"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    # Blanked when a person asks for erasure; never shown.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("editorial act")
        verbose_name_plural = _("editorial acts")
        ordering: ClassVar[list[str]] = ["-recorded_at", "-id"]
        default_permissions: ClassVar[tuple[str, ...]] = ()
        permissions: ClassVar[list[tuple[str, Any]]] = [
            ("archive_recommendation", "Can put a recommendation into the archive and restore it"),
            ("withdraw_recommendation", "Can withdraw a recommendation from publication and restore it"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            is_known("state", EditorialState, "editorial_act_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="editorial_act_gives_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} · {self.get_state_display()}"


class KeptRevision(models.Model):
    """What one page of a withdrawn recommendation showed last, kept so that it can be restored as it stood."""

    act = models.ForeignKey(EditorialAct, on_delete=models.PROTECT, related_name="kept")
    # Old revisions may be purged; these not.
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["act", "revision"], name="kept_revision_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.act}: {self.revision}"


@dataclass(frozen=True)
class Tombstone:
    """All that readers may still know of a recommendation that was taken off: no title and no wording."""

    recommendation: Recommendation
    # None: it was unpublished without a reason, and may be published again.
    act: EditorialAct | None
    # The day on which it was taken off, where it is known.
    since: dt.date | None

    @property
    def issuer_page(self) -> Page | None:
        """The page of the issuer, where readers may see it."""
        page: Page | None = self.recommendation.issuer.page
        return page

    def served(self, request: HttpRequest) -> HttpResponse:
        """Never 200: machines forget what stood here, people read why it no longer does."""
        published = self.recommendation.published_at
        moments = {"created": published, "published": published, "updated": self.taken_off_at or published}
        context = {"tombstone": self, "moments": moments}
        return render(request, "recommendations/tombstone.html", context, status=self.status)

    @property
    def taken_off_at(self) -> dt.datetime | None:
        """When readers lost it, to the day where that is all that is known."""
        if self.act:
            return self.act.recorded_at
        return timezone.make_aware(dt.datetime.combine(self.since, dt.time())) if self.since else None

    @property
    def status(self) -> int:
        """410 of what was withdrawn; 404 of what is off for the time being."""
        return 410 if self.act else 404

    @property
    def year(self) -> int | None:
        """The earliest year in which it was issued; None where nobody knows it."""
        return next(iter(self.recommendation.years), None)


def tombstone_of(recommendation: Recommendation, language: str | None = None) -> Tombstone | None:
    """What stands in the place of what was taken off; None while readers see it, and where a restriction hides it."""
    sources = recommendation.page_model().objects.sources().filter(translation_key=recommendation.translation_key)
    source = sources.hidden_from().filter(Unrestricted()).first()
    if source is None:
        return None
    act = None
    if recommendation.is_withdrawn:
        act = recommendation.editorial_acts.filter(state=EditorialState.WITHDRAWN).first()
    left_at = act.recorded_at if act else last_left_at(source.pk)
    attach_issuer_pages([recommendation], language)
    return Tombstone(recommendation, act, timezone.localdate(left_at) if left_at else None)


def last_left_at(page: int) -> dt.datetime | None:
    """The moment at which a page was last unpublished, as its history says."""
    found = PageLogEntry.objects.filter(page=page, action="wagtail.unpublish").order_by("-timestamp")
    return found.values_list("timestamp", flat=True).first()


def left_after(moment: dt.datetime) -> tuple[int, ...]:
    """The keys of the recommendations that readers may no longer see since a later moment; one query.

    Nobody's but those that were unpublished or withdrawn: what a restriction hides was never said to have been there.
    """
    left = PageLogEntry.objects.filter(action="wagtail.unpublish", timestamp__gt=moment).values("page")
    pages = Recommendation.page_model().objects.sources().hidden_from().filter(Unrestricted(), pk__in=left).order_by()
    found = Recommendation.objects.filter(translation_key__in=pages.values("translation_key"))
    return tuple(found.order_by("pk").values_list("pk", flat=True))
