"""Whose documents an act may have made wrong: subjects from pages, facts and vocabulary rows."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page

from forums.models import Forum, ForumPage, WorkingGroup, WorkingGroupPage
from recommendations.models import ChosenRecommendation, Recommendation, RecommendationPage
from recommendations.models.threads import repeats
from search.documents import MODELS, all_subjects
from search.sync import attached
from taxonomy.models import Organisation, Place, Theme

Subjects = set[str]

FACTS: dict[str, tuple[type[Any], type[Page]]] = {
    "recommendation": (Recommendation, RecommendationPage),
    "forum": (Forum, ForumPage),
    "group": (WorkingGroup, WorkingGroupPage),
}


def of(kind: str, pks: Iterable[int | None]) -> Subjects:
    return {f"{kind}:{pk}" for pk in pks if pk}


def everything() -> Subjects:
    return set(all_subjects())


def below(page: Page) -> Subjects:
    """Everything whose page stands at or below this one, and what names it."""
    # Asked anew: after a move the instance in hand may still say where it was.
    path = Page.objects.filter(pk=page.pk).values_list("path", flat=True).first() or page.path
    return of_pages(Q(path__startswith=path)) | attached.of_pages(Q(path__startswith=path))


def forums_above(page: Page) -> Subjects:
    """The forums that list the groups standing at or below this page."""
    above = Page.objects.filter(pk=page.pk).first()
    if above is None:
        return set()
    keys = above.get_ancestors().order_by().values("translation_key")
    return of("forum", Forum.objects.filter(translation_key__in=keys).values_list("pk", flat=True))


def of_pages(condition: Q) -> Subjects:
    """The things that have a page which meets the condition, in any language, and what names them."""
    found: Subjects = set()
    forums: set[int] = set()
    groups: set[int] = set()
    for kind, (fact, page) in FACTS.items():
        keys = page._default_manager.filter(condition).order_by().values("translation_key")
        pks = set(fact._default_manager.filter(translation_key__in=keys).values_list("pk", flat=True))
        found |= of(kind, pks)
        if kind == "forum":
            forums = pks
        if kind == "group":
            groups = pks
    return found | of_issuers(forums, groups)


def expired_pages() -> Any:
    """What readers may no longer see because its time is over, though nobody has unpublished it yet."""
    return Page.objects.filter(live=True, expire_at__lte=timezone.now()).order_by()


def of_expired(pks: Collection[int]) -> Subjects:
    """As though each of these pages had been unpublished: its thing, and whatever that act would queue."""
    return with_what_follows(of_pages(Q(pk__in=pks)) | attached.of_pages(Q(pk__in=pks))) if pks else set()


def with_what_follows(found: Subjects) -> Subjects:
    """These, what asks the same, and the files attached to them."""
    return found | that_ask_the_same(found) | attached.of_things(found)


def of_page(page: Any) -> Subjects:
    """The thing of one page, and what names it."""
    for kind, (fact, model) in FACTS.items():
        if isinstance(page, model):
            pks = set(fact._default_manager.filter(translation_key=page.translation_key).values_list("pk", flat=True))
            return of(kind, pks) | of_issuers(pks if kind == "forum" else (), pks if kind == "group" else ())
    return set()


def of_issuers(forums: Iterable[int], groups: Iterable[int]) -> Subjects:
    """These issuers, all that stands under them and bears their names, the forums that list the groups, and what was
    chosen in stages after the forums."""
    forums, groups = set(forums), set(groups)
    if not forums and not groups:
        return set()
    while True:
        forums_below = set(Forum.objects.filter(parent__in=forums).values_list("pk", flat=True)) - forums
        groups_below = (
            set(
                WorkingGroup.objects.filter(Q(forum__in=forums | forums_below) | Q(parent__in=groups)).values_list(
                    "pk", flat=True
                )
            )
            - groups
        )
        if not forums_below and not groups_below:
            break
        forums |= forums_below
        groups |= groups_below
    listing = WorkingGroup.objects.filter(pk__in=groups).values_list("forum_id", flat=True)
    issued = Recommendation.objects.filter(Q(forum__in=forums) | Q(working_group__in=groups))
    chosen = ChosenRecommendation.objects.filter(stage__forum__in=forums)
    return (
        of("forum", forums)
        | of("forum", listing)
        | of("group", groups)
        | of("recommendation", issued.values_list("pk", flat=True))
        | of("recommendation", chosen.values_list("recommendation", flat=True))
    )


def of_fact(fact: Any) -> Subjects:
    """A published fact and what names it."""
    if isinstance(fact, Forum):
        return of_issuers([fact.pk], [])
    if isinstance(fact, WorkingGroup):
        return of_issuers([], [fact.pk])
    return of("recommendation", [fact.pk])


def that_ask_the_same(found: Subjects) -> Subjects:
    """What repeats the recommendations among these, or is repeated by them: whether anybody ever answered it, each
    tells of all."""
    pks = {int(pk) for kind, _, pk in (subject.partition(":") for subject in found) if kind == "recommendation"}
    return of("recommendation", {pk for chain in repeats(pks).values() for pk in chain})


def of_theme(theme: Theme) -> Subjects:
    """All that bears the theme or one below it, or what it was merged into."""
    level = with_target(theme)
    pks = set(level)
    while level:
        level = set(Theme.objects.filter(parent__in=level).values_list("pk", flat=True)) - pks
        pks |= level
    return bearing("themes", pks) | of("theme", pks)


def with_target(row: Any) -> set[int]:
    """The row and what it was merged into: at the moment of a merge some things bear the one, some the other."""
    return {pk for pk in (row.pk, row.merged_into_id) if pk}


def of_place(place: Place) -> Subjects:
    """All that lies at the place, and what was issued there."""
    pks = with_target(place)
    at = Q(place__in=pks)
    forums = Forum.objects.filter(at).values_list("pk", flat=True)
    groups = WorkingGroup.objects.filter(at).values_list("pk", flat=True)
    return (
        of_issuers(forums, groups)
        | of("recommendation", Recommendation.objects.filter(places__in=pks).values_list("pk", flat=True))
        | of("organisation", Organisation.objects.filter(at).values_list("pk", flat=True))
    )


def of_organisation(pk: int) -> Subjects:
    """The institution, its units, what it was asked, and the forums and groups that it carried."""
    keys = [
        page._default_manager.filter(condition).order_by().values("translation_key")
        for page, condition in (
            (ForumPage, Q(bodies__organisation=pk)),
            (WorkingGroupPage, Q(hosts__organisation=pk)),
        )
    ]
    return (
        of("organisation", Organisation.objects.filter(Q(pk=pk) | Q(parent=pk)).values_list("pk", flat=True))
        | of("organisation", [pk])
        | of("recommendation", Recommendation.objects.filter(assignments__organisation=pk).values_list("pk", flat=True))
        | of("forum", Forum.objects.filter(translation_key__in=keys[0]).values_list("pk", flat=True))
        | of("group", WorkingGroup.objects.filter(translation_key__in=keys[1]).values_list("pk", flat=True))
    )


def bearing(relation: str, pks: Iterable[int]) -> Subjects:
    """The facts that a word of this relation (themes, affected_groups, tags) is attached to."""
    found: Subjects = set()
    for kind in ("recommendation", "forum", "group"):
        model = MODELS[kind]
        if any(field.name == relation for field in (*model._meta.many_to_many, *model._meta.private_fields)):
            rows = model._default_manager.filter(**{f"{relation}__in": list(pks)})
            found |= of(kind, rows.values_list("pk", flat=True))
    return found
