"""Controlled words and bodies: a stable code, a label in each language; merged, never deleted."""

from typing import Any, ClassVar

from anyascii import anyascii
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import TagBase

from pagekit.constraints import is_known
from taxonomy.choices import Level, MandateRole, OrganisationKind
from taxonomy.querysets import MandateQuerySet, OrganisationQuerySet, VocabularyQuerySet, led_on


class Labelled(models.Model):
    """A row with one label per language; Polish is required, the others fall back to it."""

    label_pl = models.CharField(_("label in Polish"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200, blank=True)
    label_uk = models.CharField(_("label in Ukrainian"), max_length=200, blank=True)
    label_ru = models.CharField(_("label in Russian"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.label_in(get_language() or "pl")

    def label_in(self, language: str) -> str:
        """The label in ``language`` (pl, en, uk, ru), or the Polish one where it is missing."""
        return getattr(self, f"label_{language}", "") or self.label_pl

    @property
    def missing_labels(self) -> tuple[str, ...]:
        """The languages beside Polish that have no label of their own."""
        return tuple(code for code in ("en", "uk", "ru") if not getattr(self, f"label_{code}"))

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that exist, Polish first: what search may find the row by."""
        return tuple(dict.fromkeys(filter(None, (self.label_pl, self.label_en, self.label_uk, self.label_ru))))


class Vocabulary(Labelled):
    code = models.SlugField(_("code"), max_length=80, unique=True, help_text=_("Stands in addresses; never changes."))
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    objects = VocabularyQuerySet.as_manager()

    # Where ``named_like`` looks.
    found_by: ClassVar[tuple[str, ...]] = ("code", "label_pl", "label_en", "label_uk", "label_ru")

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="%(class)s_is_not_merged_into_itself"),
        ]


class Classified:
    """A page whose draft names rows of vocabularies; one that was merged since is the row that it became."""

    def with_content_json(self, content: Any) -> Any:
        return super().with_content_json(led_on(type(self), content))  # type: ignore[misc]  # of the page beside it


def is_below_itself(row: "Theme | Organisation") -> bool:
    """Whether the parent that was chosen for the row is the row itself or stands below it."""
    seen, above = set(), row.parent
    while above is not None and above.pk not in seen:
        if above.pk == row.pk:
            return True
        seen.add(above.pk)
        above = above.parent
    return False


class Theme(Vocabulary):
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent theme")
    )
    definition_pl = models.TextField(_("definition in Polish"), blank=True)
    synonyms = models.TextField(
        _("synonyms"), blank=True, help_text=_("One a line: other words under which readers look for this theme.")
    )
    position = models.PositiveIntegerField(_("place in the list"), default=0)

    class Meta(Vocabulary.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering: ClassVar[list[str]] = ["position", "label_pl"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Vocabulary.Meta.constraints,
            models.CheckConstraint(condition=~Q(parent=F("id")), name="theme_is_not_its_own_parent"),
        ]

    def clean(self) -> None:
        if self.pk and self.parent and self.parent.merged_into_id:
            raise ValidationError({"parent": _("This theme was merged into another. Choose the row that it became.")})
        if is_below_itself(self):
            raise ValidationError({"parent": _("A theme cannot stand below itself. Choose another parent theme.")})

    def ancestors(self) -> list["Theme"]:
        """From the direct parent up to the root."""
        found, above = [], self.parent
        while above is not None:
            found.append(above)
            above = above.parent
        return found


class AffectedGroup(Vocabulary):
    class Meta(Vocabulary.Meta):
        verbose_name = _("affected group")
        verbose_name_plural = _("affected groups")
        ordering: ClassVar[list[str]] = ["label_pl"]


class Place(Vocabulary):
    region_pl = models.CharField(_("voivodeship"), max_length=100, blank=True)
    adjectives = models.TextField(
        _("adjectives"),
        blank=True,
        help_text=_("One a line: wrocławski, wrocławska ... Search finds the place by them."),
    )
    reference_code = models.CharField(
        _("code in references"), max_length=5, unique=True, null=True, blank=True, help_text=_("Capitals: WRO, KRK.")
    )

    class Meta(Vocabulary.Meta):
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering: ClassVar[list[str]] = ["label_pl"]


class Organisation(Vocabulary, ClusterableModel):
    kind = models.CharField(_("kind"), max_length=30, choices=OrganisationKind.choices)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, blank=True)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("place")
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("parent body")
    )
    is_collective = models.BooleanField(
        _("group of institutions"),
        default=False,
        help_text=_("Cities, schools ...: has no officials, no clock and no place in response rates."),
    )
    address = models.URLField(_("web address"), blank=True)
    email = models.EmailField(
        _("contact address"),
        blank=True,
        default="",
        db_default="",
        help_text=_("The office's own e-mail address, for letters of the moderators; not shown to readers."),
    )

    objects: ClassVar = OrganisationQuerySet.as_manager()

    found_by = (*Vocabulary.found_by, "names__name")

    class Meta(Vocabulary.Meta):
        verbose_name = _("institution or organisation")
        verbose_name_plural = _("institutions and organisations")
        ordering: ClassVar[list[str]] = ["label_pl"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Vocabulary.Meta.constraints,
            is_known("kind", OrganisationKind, "organisation_kind_is_known"),
            is_known("level", Level, "organisation_level_is_known", is_optional=True),
            models.CheckConstraint(
                condition=Q(kind="class", is_collective=True) | (~Q(kind="class") & Q(is_collective=False)),
                name="organisation_is_collective_exactly_when_a_class",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="organisation_is_not_its_own_parent"),
        ]

    def clean(self) -> None:
        if is_below_itself(self):
            raise ValidationError({"parent": _("A body cannot be a part of itself. Choose another parent body.")})


class OrganisationName(models.Model):
    """Another or a former name of a body, with the years in which it bore it."""

    # Parental: edited in the rows of its body's own form.
    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=200)
    years = models.CharField(
        _("years"), max_length=60, blank=True, help_text=_("For example 2011-2015; empty: always.")
    )
    is_former = models.BooleanField(_("former name"), default=False)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "name"], name="organisation_name_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.years})" if self.years else self.name


class Succession(models.Model):
    """From a day on one body answers for another; history keeps the old name."""

    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions_from")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions_to")
    starts_on = models.DateField(_("from"))
    source_url = models.URLField(_("source"), blank=True, max_length=1000)

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_stands_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_joins_two_bodies"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"

    def clean(self) -> None:
        if self.predecessor_id and self.predecessor_id == self.successor_id:
            raise ValidationError({"successor": _("A body does not succeed itself. Choose another one.")})


class Mandate(models.Model):
    """Who answers for an institution, from when until when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mandates")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates")
    role = models.CharField(_("role"), max_length=10, choices=MandateRole.choices, default=MandateRole.CONTACT)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="mandate_ends_after_it_starts"
            ),
            is_known("role", MandateRole, "mandate_role_is_known"),
            models.UniqueConstraint(fields=["user", "organisation", "starts_on"], name="mandate_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_role_display()}"

    def clean(self) -> None:
        if self.organisation_id and self.organisation.is_collective:
            raise ValidationError(
                {"organisation": _("A group of institutions has no officials. Choose a single body.")}
            )
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError(
                {"ends_on": _("The latest day lies before the earliest. Exchange them or correct one.")}
            )


class Tag(Labelled, TagBase):
    """A free tag: the name is the Polish label; a merged name stays as a synonym that redirects and finds."""

    label_pl = None  # type: ignore[assignment]  # Django's way to drop an inherited field
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    free_tagging = True

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="tag_is_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return self.label

    def label_in(self, language: str) -> str:
        return getattr(self, f"label_{language}", "") or self.name

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (self.name, self.label_en, self.label_uk, self.label_ru))))

    def slugify(self, tag: str, i: int | None = None) -> str:
        # taggit's own slug drops ł and all Cyrillic.
        return super().slugify(anyascii(tag), i)
