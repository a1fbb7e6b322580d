"""Pages: put online at once, or saved by one person and approved by another through the real workflow."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail.signals import page_published

from accounts.models import User
from cms.models import ContentPage, HomePage
from forums.models import ForumIndexPage, ForumPage, WorkingGroupPage
from pagekit.models import source_language
from recommendations.models import (
    Assignment,
    PageAddressee,
    PageIdentifier,
    Recommendation,
    RecommendationIndexPage,
    RecommendationPage,
)
from taxonomy.models import Organisation, Theme
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory


def author() -> User:
    return User.objects.filter(username="autorka").first() or UserFactory.create(
        username="autorka", groups=["Redaktorzy"]
    )


def moderator() -> User:
    return User.objects.filter(username="moderatorka").first() or UserFactory.create(
        username="moderatorka", groups=["Moderatorzy"], is_superuser=False
    )


def plant_roots() -> Page:
    """Wagtail's rows that come from its migrations, which a test on real transactions empties with all the rest."""
    locale = Locale.objects.get_or_create(language_code=source_language())[0]
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    return Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root", locale=locale))


def plant(page: Any, parent: Page) -> Any:
    """The page as readers see it, written past Wagtail for speed: nobody hears of it, and nothing is logged.

    Its own fields are written, not its rows (themes, links).
    """
    last = parent.get_children().aggregate(last=Max("path"))["last"]
    step, now = Page._str2int(last[-Page.steplen :]) + 1 if last else 1, timezone.now()
    page.depth, page.path = parent.depth + 1, Page._get_path(parent.path, parent.depth + 1, step)
    page.address_in_plain_letters()
    values = {
        "url_path": f"{parent.url_path}{page.slug}/",
        "draft_title": page.title,
        "locale": Locale.objects.get(language_code=source_language()),
        "first_published_at": now,
        "last_published_at": now,
    }
    for name, value in values.items():
        setattr(page, name, value)
    fields = [field.attname for field in Page._meta.local_concrete_fields if field.attname != "id"]
    (page.page_ptr,) = Page.objects.bulk_create([Page(**{name: getattr(page, name) for name in fields})])
    page.save_base(raw=True, force_insert=True)
    parent.numchild += 1
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild)
    return type(page).objects.get(pk=page.pk)


def make_site() -> HomePage:
    """The Polish home page as the root of the one site, with a workflow of one step by the group Moderatorzy."""
    home = HomePage.objects.sources().first()
    if home is not None:
        return home
    home = plant(HomePage(title="Strona główna", slug="start"), plant_roots())
    if not Site.objects.update(hostname="localhost", root_page=home, is_default_site=True):
        Site.objects.bulk_create([Site(hostname="localhost", root_page=home, is_default_site=True)])
    Site.clear_site_root_paths_cache()
    workflow = Workflow.objects.create(name="Moderacja", active=True)
    task = GroupApprovalTask.objects.create(name="Moderacja", active=True)
    moderators = Group.objects.get_or_create(name="Moderatorzy")[0]
    task.groups.add(moderators)
    permissions = Permission.objects.filter(
        codename__in=("add_page", "change_page", "publish_page"), content_type__app_label="wagtailcore"
    )
    GroupPagePermission.objects.bulk_create(
        [GroupPagePermission(group=moderators, page=home, permission=permission) for permission in permissions]
    )
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    WorkflowPage.objects.create(page=home, workflow=workflow)
    return home


def put_online(page: Any) -> Any:
    """The page as readers see it, without ceremony and for speed; nobody hears of it."""
    now = timezone.now()
    type(page).objects.filter(pk=page.pk).update(
        live=True, has_unpublished_changes=False, first_published_at=now, last_published_at=now
    )
    return type(page).objects.get(pk=page.pk)


def appear(page: Any) -> Any:
    """The same, and everybody who listens hears that it is public: facts are written, search is told."""
    page = put_online(page)
    with transaction.atomic():
        page_published.send(sender=type(page), instance=page, revision=None)
    return page


def publish(page: Any, *, by: User | None = None, approved_by: User | None = None, **changes: Any) -> Any:
    """Save the page as one person and approve it as another; returns the page as readers see it now."""
    for name, value in changes.items():
        setattr(page, name, value)
    writer = by or author()
    page.save_revision(user=writer)
    page.refresh_from_db()
    if page.current_workflow_state:
        page.current_workflow_state.cancel(user=writer)
    state = page.get_workflow().start(page, writer)
    state.current_task_state.specific.approve(user=approved_by or moderator())
    return type(page).objects.get(pk=page.pk)


def forum_index() -> ForumIndexPage:
    found = ForumIndexPage.objects.sources().first()
    if found is not None:
        return found
    return plant(ForumIndexPage(title="Fora", slug="fora"), make_site())


def make_forum(
    *, published: bool = True, parent: Any = None, themes: list[Theme] | None = None, **values: Any
) -> ForumPage:
    values = {
        "title": "IV Forum",
        "programme_code": "FLPM",
        "starts_on": "2015-05-14",
        "ends_on": "2015-05-17",
        "precision": "day",
    } | values
    if published and not themes:
        return appear(plant(ForumPage(**values), parent or forum_index()))
    page = (parent or forum_index()).add_child(instance=ForumPage(**values))
    if themes:
        page = ForumPage.objects.get(pk=page.pk)
        page.themes = themes
        page.save()
    return appear(page) if published else ForumPage.objects.get(pk=page.pk)


def make_group(*, published: bool = True, parent: Any = None, **values: Any) -> WorkingGroupPage:
    values = {"title": "Grupa robocza", "set_state": "partial"} | values
    page = WorkingGroupPage(**values)
    if published:
        return appear(plant(page, parent or some_forum()))
    return WorkingGroupPage.objects.get(pk=(parent or some_forum()).add_child(instance=page).pk)


def some_forum() -> ForumPage:
    """A published forum for what must stand under one; the same for all of a test that do not say which."""
    return ForumPage.objects.sources().live().filter(slug="iv-forum").first() or make_forum()


def some_group() -> WorkingGroupPage:
    """A published group for what must stand under one; the same for all of a test that do not say which."""
    return WorkingGroupPage.objects.sources().live().filter(slug="grupa-robocza").first() or make_group()


def make_recommendation_page(
    *,
    published: bool = True,
    parent: Any = None,
    addressees: list[Organisation] | None = None,
    themes: list[Theme] | None = None,
    tags: list[str] | None = None,
    identifiers: list[str] | None = None,
    **values: Any,
) -> RecommendationPage:
    """A complete recommendation page; with ``published`` whoever listens writes its fact, as after an approval."""
    values = {
        "title": "Nauka języka polskiego",
        "text": "Zapewnić naukę języka polskiego.",
        "source_url": "https://example.org/zrodlo",
        "starts_on": "2015-05-17",
        "precision": "day",
    } | values
    page, parent = RecommendationPage(**values), parent or some_group()
    if published:
        page = plant(page, parent)
    page.addressees.set(
        [PageAddressee(organisation=organisation) for organisation in (addressees or [OrganisationFactory.create()])]
    )
    page.identifiers.set([PageIdentifier(identifier=text) for text in identifiers or []])
    page.themes = themes if themes is not None else [Theme.objects.first() or ThemeFactory.create()]
    if tags:
        page.tags.add(*tags)
    if not published:
        parent.add_child(instance=page)
        return RecommendationPage.objects.get(pk=page.pk)
    PageAddressee.objects.bulk_create(page.addressees.all())
    PageIdentifier.objects.bulk_create(page.identifiers.all())
    for relation in ("themes", "tagged_items"):
        getattr(page, relation).commit()
    return appear(page)


def make_recommendation(**values: Any) -> Recommendation:
    """The published fact of a complete recommendation page (values as for ``make_recommendation_page``)."""
    page = make_recommendation_page(**values)
    return Recommendation.objects.get(translation_key=page.translation_key)


def make_assignment(**values: Any) -> Assignment:
    """The first addressee's row of a published recommendation."""
    assignment = make_recommendation(**values).assignments.first()
    assert assignment is not None
    return assignment


__all__ = [
    "ContentPage",
    "RecommendationIndexPage",
    "author",
    "forum_index",
    "make_assignment",
    "make_forum",
    "make_group",
    "make_recommendation",
    "make_recommendation_page",
    "make_site",
    "moderator",
    "publish",
]
