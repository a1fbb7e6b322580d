"""Who may do what: groups with rights on branches of the page tree, and the workflow that stands before publication."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms.models import HomePage, ModerationTask
from pagekit.models import source_language

MODERATORS = "Moderatorzy"
ADMINISTRATORS = "Administratorzy"
IMPORT = "Import"
IMPORT_ACCOUNT = "import"
APPROVING_ACCOUNT = "redakcja"
WORKFLOW = "Moderacja"
# Wagtail's own, which stand on the root of the tree and would let everybody edit everything.
STOCK_GROUPS = ("Editors", "Moderators")
STOCK_WORKFLOW = "Moderators approval"
# Wagtail asks for the rights to its own models of files, whatever models a project has in their place.
FILES = (
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "choose_document"),
    ("wagtailimages", "add_image"),
    ("wagtailimages", "choose_image"),
)
VOCABULARIES = ("theme", "affectedgroup", "place", "organisation", "organisationname", "succession", "tag")
SEARCH = ("wordgroup",)
LOG = ("followup", "assessment", "evidence")
STAGES = ("actionstage", "stageentry")
PAGES = ("recommendation",)


def translators(language: str) -> str:
    """The name of the group that translates into ``language``."""
    return f"Tłumacze: {language}"


def editors_of(group: str) -> str:
    """The name of the group that edits the branch of one working group, known by its address."""
    return f"Redaktorzy: {group}"


def allow_pages(group: Group, page: Page, *codenames: str) -> None:
    """Let ``group`` do exactly this on ``page`` and all below it."""
    wanted = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=[f"{name}_page" for name in codenames]
    )
    GroupPagePermission.objects.filter(group=group, page=page).exclude(permission__in=wanted).delete()
    for permission in wanted:
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def allow_files(group: Group) -> None:
    root = Collection.get_first_root_node()
    for app, codename in FILES:
        permission = Permission.objects.get(content_type__app_label=app, codename=codename)
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def allow(group: Group, app: str, models: Iterable[str], *verbs: str) -> None:
    codenames = [f"{verb}_{model}" for model in models for verb in verbs]
    group.permissions.add(*Permission.objects.filter(content_type__app_label=app, codename__in=codenames))


def admin_group(name: str) -> Group:
    """A group whose members may enter the admin."""
    group, _created = Group.objects.get_or_create(name=name)
    group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    return group


def load_roles(home: HomePage) -> None:
    """Bring groups, their rights and the workflow to what they should be; twice changes nothing.

    ``home`` is the Polish home page. Rights that an administrator gave besides are left.
    """
    Group.objects.filter(name__in=STOCK_GROUPS, user=None).delete()
    homes = [home, *home.get_translations().specific()]
    moderators = admin_group(MODERATORS)
    for page in homes:
        allow_pages(moderators, page, "add", "change", "publish", "unlock")
    allow_files(moderators)
    allow(moderators, "taxonomy", VOCABULARIES, "add", "change", "view")
    allow(moderators, "search", SEARCH, "add", "change", "view")
    allow(moderators, "recommendations", LOG + STAGES, "add", "view")
    allow(moderators, "recommendations", PAGES, "archive")
    allow(moderators, "search", ("indexcheck",), "view")

    administrators = admin_group(ADMINISTRATORS)
    for page in homes:
        allow_pages(administrators, page, "add", "change", "publish", "lock", "unlock")
    allow_files(administrators)
    allow(administrators, "taxonomy", (*VOCABULARIES, "mandate"), "add", "change", "view")
    allow(administrators, "search", SEARCH, "add", "change", "view")
    allow(administrators, "recommendations", LOG + STAGES, "add", "view")
    allow(administrators, "recommendations", PAGES, "archive", "withdraw")
    allow(administrators, "cms", ("publishersettings",), "change")
    allow(administrators, "accounts", ("user",), "add", "change", "view")
    allow(administrators, "search", ("indexcheck",), "view")

    importers, _created = Group.objects.get_or_create(name=IMPORT)
    for page in homes:
        allow_pages(importers, page, "add", "change")

    for page in homes:
        language = page.locale.language_code
        if language != source_language():
            group = admin_group(translators(language))
            allow_pages(group, page, "change")
    for group in Group.objects.filter(name__startswith=editors_of("")):
        allow(group, "recommendations", STAGES, "view")
    # A locale may have translators before its home page exists.
    for locale in Locale.objects.exclude(language_code=source_language()):
        admin_group(translators(locale.language_code))
    load_workflow(home, moderators)
    load_sleepers()


def load_editors(page: Page) -> Group:
    """The group that adds and changes on the branch of ``page`` only, named by its address."""
    group = admin_group(editors_of(page.slug))
    allow_pages(group, page, "add", "change")
    allow_files(group)
    allow(group, "taxonomy", ("tag",), "add")
    allow(group, "recommendations", STAGES, "view")
    return group


def load_workflow(home: HomePage, moderators: Group) -> Workflow:
    """One workflow with one approval on the Polish home page, in place of Wagtail's on the root."""
    stock = Workflow.objects.filter(name=STOCK_WORKFLOW, workflow_states=None)
    Task.objects.filter(workflow_tasks__workflow__in=stock, task_states=None).exclude(
        workflow_tasks__workflow__in=Workflow.objects.exclude(pk__in=stock)
    ).delete()
    stock.delete()
    workflow, _created = Workflow.objects.get_or_create(name=WORKFLOW)
    task = ModerationTask.objects.first()
    if task is None:
        task = ModerationTask.objects.create(name=WORKFLOW)
    if list(task.groups.all()) != [moderators]:
        task.groups.set([moderators])
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": workflow})
    return workflow


def load_sleepers() -> None:
    """The two accounts of the loader, which can never sign in: inactive and without a password."""
    users = get_user_model()
    for username, group in ((IMPORT_ACCOUNT, IMPORT), (APPROVING_ACCOUNT, MODERATORS)):
        user = users.objects.filter(username=username).first()
        if user is None:
            user = users(username=username, is_active=False)
            user.set_unusable_password()
            user.save()
        user.groups.add(Group.objects.get(name=group))
