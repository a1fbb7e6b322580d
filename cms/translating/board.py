"""Which pages there are to translate, and how far each language is; a page of the board asks the same few questions."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page, WorkflowState
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.models import ContentPage, HomePage
from forums.models import ForumIndexPage, ForumPage, WorkingGroupPage
from pagekit.models import source_language
from pagekit.translation import locales_of, with_ages
from recommendations.models import RecommendationIndexPage, RecommendationPage


class State(models.TextChoices):
    """How far a page is in one language, in the order in which it gets there; out of date leads back."""

    MISSING = "missing", _("no translation")
    STARTED = "started", _("started")
    REVIEW = "review", _("in review")
    LIVE = "live", _("live")
    STALE = "stale", _("out of date")


class Kind(models.TextChoices):
    RECOMMENDATIONS = "recommendations", _("recommendations")
    FORUMS = "forums", _("forums")
    GROUPS = "groups", _("working groups")
    TEXTS = "texts", _("other pages")


MODELS: dict[str, tuple[type[Page], ...]] = {
    Kind.RECOMMENDATIONS: (RecommendationPage,),
    Kind.FORUMS: (ForumPage,),
    Kind.GROUPS: (WorkingGroupPage,),
    Kind.TEXTS: (HomePage, ContentPage, ForumIndexPage, RecommendationIndexPage),
}


@dataclass
class Cell:
    """One page in one language: the state with its day, how many texts are done, and what the person may do next."""

    locale: Locale
    state: State = State.MISSING
    since: dt.datetime | None = None
    is_mine: bool = False
    is_unreviewed: bool = False
    target: Any = None
    translation_id: int | None = None
    done: int = 0
    total: int = 0


@dataclass
class Line:
    page: Page
    cells: list[Cell]


class BoardFilter(forms.Form):
    """What the board shows of it all; a wrong value is said and narrows nothing."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("all")), *Kind.choices], required=False)
    forum: Any = forms.ModelChoiceField(
        label=_("Forum"), queryset=ForumPage.objects.none(), required=False, empty_label=_("all")
    )
    language: Any = forms.ModelChoiceField(
        label=_("Language"),
        queryset=Locale.objects.none(),
        required=False,
        empty_label=_("all"),
        to_field_name="language_code",
    )
    state = forms.ChoiceField(label=_("State"), choices=[("", _("all")), *State.choices], required=False)
    title = forms.CharField(label=_("Title contains"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        forum: Any = self.fields["forum"]
        forum.queryset = ForumPage.objects.sources().order_by("-starts_on", "title").only("title", "path", "depth")
        forum.label_from_instance = lambda page: page.title
        language: Any = self.fields["language"]
        language.queryset = Locale.objects.exclude(language_code=source_language()).order_by("pk")


def pages_for(user: Any) -> QuerySet[Any]:
    """The public originals that a person may follow: all for translators and moderators, else the own branches."""
    pages = Page.objects.filter(live=True, alias_of=None, locale__language_code=source_language())
    ours = ContentType.objects.get_for_models(*(model for found in MODELS.values() for model in found)).values()
    pages = pages.filter(content_type__in=list(ours))
    if locales_of(user):
        return pages
    branches = PagePermissionPolicy().instances_user_has_any_permission_for(user, {"add", "change", "publish"})
    return pages.filter(pk__in=branches.order_by().values("pk"))


def with_states(targets: QuerySet[Any]) -> QuerySet[Any]:
    """Translated pages, each with ``state`` and ``since``; the one place that says what the states are."""
    running = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS,
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    return with_ages(targets.annotate(sent_at=Subquery(running.values("created_at")[:1]))).annotate(
        state=Case(
            When(sent_at__isnull=False, then=Value(State.REVIEW)),
            When(live=False, then=Value(State.STARTED)),
            When(written_at__lt=F("source_changed_at"), then=Value(State.STALE)),
            default=Value(State.LIVE),
        ),
        since=Case(
            When(state=State.REVIEW, then=F("sent_at")),
            When(state=State.STARTED, then=Coalesce("latest_revision_created_at", "source_changed_at")),
            When(state=State.STALE, then=F("source_changed_at")),
            default=F("last_published_at"),
        ),
    )


def chosen(pages: QuerySet[Any], asked: dict[str, Any], locales: Iterable[Locale]) -> QuerySet[Any]:
    """``pages`` narrowed by what a BoardFilter was asked, oldest forum last; ``locales`` are those of the board."""
    if kind := asked.get("kind"):
        pages = pages.filter(content_type__in=list(ContentType.objects.get_for_models(*MODELS[kind]).values()))
    if forum := asked.get("forum"):
        pages = pages.filter(path__startswith=forum.path)
    if title := asked.get("title"):
        pages = pages.filter(title__icontains=title)
    if state := asked.get("state"):
        wanted = Q()
        for locale in [asked["language"]] if asked.get("language") else locales:
            targets = Page.objects.filter(
                translation_key=OuterRef("translation_key"), locale=locale, alias_of=None
            ).order_by()
            is_so = Exists(targets if state == State.MISSING else with_states(targets).filter(state=state))
            wanted |= ~Q(is_so) if state == State.MISSING else Q(is_so)
        pages = pages.filter(wanted)
    return pages.select_related("locale").order_by("-last_published_at", "pk")


def lines_of(pages: Iterable[Page], locales: Iterable[Locale], mine: Iterable[Locale]) -> list[Line]:
    """The rows of a board, for a person who translates into ``mine``: a few questions, however many pages."""
    shown, columns, own = list(pages), list(locales), set(mine)
    keys = [page.translation_key for page in shown]
    targets = with_states(
        Page.objects.filter(translation_key__in=keys, locale__in=columns, alias_of=None).select_related("locale")
    )
    found = {(target.translation_key, target.locale_id): target for target in targets}
    unreviewed = unreviewed_among(found.values())
    works = {
        (work.source.object_id, work.target_locale_id): work.pk
        for work in Translation.objects.filter(source__object_id__in=keys, enabled=True).select_related("source")
    }
    counts = progress_of(keys, columns)
    lines = []
    for page in shown:
        cells = []
        for locale in columns:
            target = found.get((page.translation_key, locale.pk))
            # Missing since there is something to translate.
            cell = Cell(locale, since=page.first_published_at, is_mine=locale in own)
            if target is not None:
                cell.target, cell.state, cell.since = target, State(target.state), target.since
                cell.is_unreviewed = target.pk in unreviewed
                cell.translation_id = works.get((page.translation_key, locale.pk))
                cell.total, cell.done = counts.get((page.translation_key, locale.pk), (0, 0))
            cells.append(cell)
        lines.append(Line(page, cells))
    return lines


def unreviewed_among(targets: Iterable[Any]) -> set[int]:
    """Ids of the public translations that bear the mark "not yet reviewed"; one question for each kind of page."""
    by_type: dict[int, list[int]] = {}
    for target in targets:
        if target.live:
            by_type.setdefault(target.content_type_id, []).append(target.pk)
    found: set[int] = set()
    for type_id, ids in by_type.items():
        model: Any = ContentType.objects.get_for_id(type_id).model_class()
        found |= set(model.objects.filter(pk__in=ids, reviewed_on=None).values_list("pk", flat=True))
    return found


def progress_of(keys: list[Any], locales: list[Locale]) -> dict[tuple[Any, int], tuple[int, int]]:
    """For each page and language how many texts there are and how many have a valid translation."""
    segments = StringSegment.objects.filter(source__object_id__in=keys).order_by()
    names = {locale.pk: f"done_{locale.pk}" for locale in locales}
    for pk, name in names.items():
        done = StringTranslation.objects.filter(
            translation_of=OuterRef("string"), context=OuterRef("context"), locale=pk, has_error=False
        )
        segments = segments.annotate(**{f"is_{name}": Case(When(Exists(done), then=1), default=0)})
    sums = {name: Sum(f"is_{name}") for name in names.values()}
    return {
        (row["source__object_id"], pk): (row["total"], row[name])
        for row in segments.values("source__object_id").annotate(total=Count("pk"), **sums)
        for pk, name in names.items()
    }
