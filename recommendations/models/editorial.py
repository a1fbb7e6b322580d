"""What the editors did to a page that was public: put it into the archive, took it back, restored it; and why."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision

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
    """All that readers may still know of a withdrawn recommendation: no title and no wording."""

    recommendation: Recommendation
    act: EditorialAct

    @property
    def issuer_page(self) -> Page | None:
        """The page of the issuer, where readers may see it."""
        page: Page | None = self.recommendation.issuer.page
        return page

    def served(self, request: HttpRequest) -> HttpResponse:
        """410 and not 200: machines forget what stood here, people read why it no longer does."""
        published = self.recommendation.published_at
        moments = {"created": published, "published": published, "updated": self.act.recorded_at}
        context = {"tombstone": self, "moments": moments}
        return render(request, "recommendations/tombstone.html", context, status=410)

    @property
    def year(self) -> int | None:
        """The earliest year in which it was issued; None where nobody knows it."""
        return next(iter(self.recommendation.years), None)


def tombstone_of(recommendation: Recommendation, language: str | None = None) -> Tombstone | None:
    """What stands in the place of a withdrawn recommendation; None for any other, and where a restriction hides it."""
    if not recommendation.is_withdrawn:
        return None
    source = recommendation.page_model().objects.sources().filter(translation_key=recommendation.translation_key)
    act = recommendation.editorial_acts.filter(state=EditorialState.WITHDRAWN).first()
    if act is None or not source.filter(Unrestricted()).exists():
        return None
    attach_issuer_pages([recommendation], language)
    return Tombstone(recommendation, act)
