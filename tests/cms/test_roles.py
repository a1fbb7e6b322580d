"""The one role matrix (roles.tsv): who may open and send what, from the public pages to the admin, and what it changes.

A row is an address and what is sent there; a cell is one role at it. Who is let in changes rows of the table that is
named, or just reads; who is sent away changes nothing at all.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from bs4 import BeautifulSoup, Tag
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction, Locale
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from cms.models import PublisherSettings
from forums.models import Forum, ForumPage
from notices.choices import Kind, Stage
from notices.models import Message, MessageItem, Remark, ReplyLink, Subscriber, Subscription
from notices.services.keys import subscriber_token, subscription_token
from notices.services.reply_links import token_of
from pagekit import versions
from pagekit.models import CustomImage
from pagekit.translation import hand_over, send
from recommendations.choices import Basis, EvidenceKind, Implementation
from recommendations.models import RecommendationPage
from recommendations.services import follow_up
from recommendations.services.evidence import EvidenceData
from recommendations.transfer.intake import carry_out
from recommendations.transfer.papers import take_in
from recommendations.transfer.planning import plan_intake
from search.engines import get_engine
from search.models import SavedSearch
from search.sync.rebuild import rebuild
from taxonomy.models import Succession
from taxonomy.services.merging import merge
from tests.factories.accounts import UserFactory
from tests.factories.effects import make_effect
from tests.factories.files import make_document, pdf
from tests.factories.pages import appear, author, make_forum, make_group, make_recommendation, make_recommendation_page
from tests.factories.roles import Cast, kept_cast
from tests.factories.sheets import make_sheet
from tests.factories.stages import make_chosen, make_stage
from tests.factories.taxonomy import MandateFactory, OrganisationFactory, TagFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ANONYMOUS = "anonymous"
ROLES = (ANONYMOUS, "official", "neighbour", "editor", "translator", "moderator", "administrator", "superuser")
# What any request may leave behind, whoever sends it.
INCIDENTAL = {"django_session", "wagtailcore_editingsession", "wagtailusers_userprofile"}
WRITTEN = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"')
# 422: the service behind the form refuses this person.
# 410: what looks like a key and opens nothing.
SENT_AWAY = {401, 403, 404, 405, 410, 422}
FEWEST_CELLS, FEWEST_CHANGES = 300, 60


@dataclass(frozen=True)
class Row:
    """One line of roles.tsv.

    ``sends``: nothing for GET, ``form`` with changes for what the page's own form would send, ``post`` with fields.
    """

    address: str
    sends: str
    let_in: frozenset[str]
    changes: str

    def __str__(self) -> str:
        return f"{self.sends.partition(' ')[0] or 'get'} {self.address}"


def read_rows() -> list[Row]:
    with (Path(__file__).parent / "roles.tsv").open(encoding="utf-8", newline="") as file:
        return [
            Row(line["address"], line["sends"], frozenset(named(line["let in"])), line["changes"])
            for line in csv.DictReader(file, delimiter="\t")
        ]


def named(words: str) -> Iterator[str]:
    """The roles of a cell; ``keepers`` and the like stand for several."""
    several = {
        "all": ROLES,
        "staff": ("editor", "translator", "moderator", "administrator", "superuser"),
        "keepers": ("moderator", "administrator", "superuser"),
        "signed-in": ROLES[1:],
    }
    for word in words.split():
        yield from several.get(word, (word,))


ROWS = read_rows()


@dataclass
class Places:
    """A browser of each role, and what the words in braces of an address stand for."""

    clients: dict[str, Client]
    numbers: dict[str, Any]


@pytest.fixture(scope="module")
def places(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    with (
        django_db_blocker.unblock(),
        override_settings(SEARCH_DIR=tmp_path_factory.mktemp("roles") / "search"),
        kept_cast() as cast,
    ):
        places = furnished(cast)
        rebuild(get_engine())
        yield places


def furnished(cast: Cast) -> Places:
    """Every place of the table on a small site: drafts, institutions, files, a mailed link."""
    people = cast.people | {"neighbour": MandateFactory.create(user__username="sasiadka").user}
    own, beside = people["official"].mandates.get(), people["neighbour"].mandates.get()
    published = make_recommendation(
        parent=cast.own_group, title="Opublikowana", addressees=[own.organisation, beside.organisation]
    )
    mine, theirs = (published.assignments.get(organisation=one.organisation) for one in (own, beside))
    entry = follow_up.record_report(
        theirs,
        implementation=Implementation.IMPLEMENTED,
        recorded_by=people["neighbour"],
        basis=Basis.OWN_STATEMENT,
        refers_on=dt.date(2024, 5, 1),
        evidence=[EvidenceData(kind=EvidenceKind.WEB_PAGE, url="https://example.org/uchwala")],
    )
    cast.foreign.save_revision(user=author())
    cast.foreign.get_workflow().start(cast.foreign, author())
    submitted = make_recommendation_page(parent=cast.own_group, title="Do przyjęcia", published=False)
    submitted.save_revision(user=author())
    submitted.get_workflow().start(submitted, author())
    predecessor = OrganisationFactory.create()
    make_recommendation(parent=cast.own_group, title="Dawna", addressees=[predecessor])
    intake, foreign_intake, made_intake = (
        plan_intake(
            take_in(group, by=people["moderator"], text=f"1. Otworzyć {number}.\n2. Szkolić.", title="Zbiór"),
            by=people["moderator"],
        )
        for number, group in enumerate((cast.own_group, cast.foreign_group, cast.foreign_group))
    )
    carry_out(made_intake, by=people["moderator"])
    sheet, foreign_sheet = (
        make_sheet(group, by=people["moderator"], rows=[["Treść", "Status"], ["Otworzyć punkt.", "w toku"]])
        for group in (cast.own_group, cast.foreign_group)
    )
    foreign_source, _created = TranslationSource.update_or_create_from_instance(cast.foreign)
    appear(cast.translated)
    works = {
        "english_work": translated_work(cast.home, "en"),
        "ukrainian_work": translated_work(cast.home, "uk"),
        "sent_work": translated_work(make_group(title="Wysłana", slug="wyslana"), "en"),
    }
    send(works["sent_work"], by=author())
    FILES["@english_po"] = ("en.po", str(works["english_work"].export_po()).replace("Home", "Start").encode())
    FILES["@ukrainian_po"] = ("uk.po", str(works["ukrainian_work"].export_po()).replace("Home", "Start").encode())
    theme = ThemeFactory.create(code="temat", label_en="Before")
    version = versions.keep_version(theme, versions.values_of(theme) | {"label_en": ""}, by=None)
    message = Message.objects.create(recipient=own.user, kind=Kind.REMINDER, occasion="2026-W47")
    link = ReplyLink.objects.create(message=message, mandate=own)
    MessageItem.objects.create(message=message, assignment=mine, stage=Stage.ON_DAY)
    follower, their_follower = (Subscriber.objects.create(address=f"{n}@example.org", language="pl") for n in "ab")
    saved, now = SavedSearch.objects.create(question=f"reference={published.reference}"), timezone.now()
    confirmed = {"confirmed_at": now, "told_until": now}
    PublisherSettings.for_site(cast.home.get_site())
    closed = Collection.get_first_root_node().add_child(name="Zamknięta")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    closed_image = CustomImage.objects.create(title="Tajne", file=get_test_image_file(), collection=closed)
    open_file, closed_file = make_document(pdf("Jawne")), make_document(pdf("Tajne"), collection=closed)
    for number, file in enumerate((open_file, closed_file)):
        make_recommendation(parent=cast.own_group, title=f"Ze źródłem {number}", source_url="", source_document=file)
    kept_file, draft_file = make_document(pdf("Zastrzeżone")), make_document(pdf("Źródło szkicu"))
    follow_up.record_note(
        mine, recorded_by=people["moderator"], basis=Basis.PUBLISHED_SOURCE, refers_on=dt.date(2024, 5, 2), text="x",
        evidence=[EvidenceData(kind="letter", document=kept_file, is_restricted=True, restriction_reason="Dane osób")],
    )  # fmt: skip
    cast.own.source_document = draft_file
    cast.own.save()
    other = make_recommendation(parent=cast.own_group, title="Niewybrana")
    merged_theme = ThemeFactory.create(code="polaczony")
    merge(merged_theme, into=ThemeFactory.create(code="pozostaly"))
    own_draft = make_recommendation_page(parent=cast.own_group, published=False, title="Szkic grupy")
    own_draft.save_revision()
    beyond = make_recommendation_page(parent=make_forum(title="Dalekie forum", slug="dalekie"), title="Obca publiczna")
    chosen = make_chosen(make_stage(), published)
    effect = make_effect()
    numbers = {
        "effect": effect.key,
        "effect_group": effect.working_group.source_page.pk,
        "forum": chosen.stage.forum_id,
        "stage": chosen.stage_id,
        "stage_code": chosen.stage.code,
        "other_stage": make_stage(forum=fact_of_forum(make_forum(title="Obce forum", slug="obce-forum"))).pk,
        "chosen": chosen.pk,
        "stage_entry": chosen.entries.get().pk,
        "other_fact": other.pk,
        "own": cast.own.pk,
        "own_draft": own_draft.pk,
        "own_group": cast.own_group.pk,
        "foreign": cast.foreign.pk,
        "foreign_group": cast.foreign_group.pk,
        "foreign_page": beyond.pk,
        "home": cast.home.pk,
        "english": cast.translated.pk,
        "published_page": RecommendationPage.objects.get(translation_key=published.translation_key).pk,
        "reference": published.reference,
        "fact": published.pk,
        "item": mine.pk,
        "their_item": theirs.pk,
        "entry": entry.pk,
        "theme": theme.pk,
        "theme_version": version.pk if version else 0,
        "merged_theme": merged_theme.pk,
        "other_theme": ThemeFactory.create(code="inny").pk,
        "tag": TagFactory.create(name="asystent").pk,
        "organisation": own.organisation_id,
        "organisation_code": own.organisation.code,
        "succession": Succession.objects.create(
            predecessor=predecessor, successor=OrganisationFactory.create(), starts_on="2020-01-01"
        ).pk,
        "mandate": own.pk,
        "superuser": people["superuser"].pk,
        "translator": people["translator"].pk,
        "official": people["official"].pk,
        "neighbour": people["neighbour"].pk,
        "somebody": UserFactory.create(username="nowa-osoba").pk,
        "token": token_of(link),
        "follower": subscriber_token(follower),
        "confirming": subscription_token(Subscription.objects.create(subscriber=follower, saved_search=saved)),
        "subscription": Subscription.objects.create(
            subscriber=follower, saved_search=SavedSearch.objects.create(question="year=2015"), **confirmed
        ).pk,
        "their_subscription": Subscription.objects.create(
            subscriber=their_follower, saved_search=saved, **confirmed
        ).pk,
        "remark": Remark.objects.create(recommendation=published, kind="new", text="Nowość.", language="pl").pk,
        "intake": intake.pk,
        "foreign_intake": foreign_intake.pk,
        "made_intake": made_intake.pk,
        "sheet": sheet.pk,
        "foreign_sheet": foreign_sheet.pk,
        "submitted": submitted.pk,
        "submitted_revision": submitted.latest_revision_id,
        "task_state": submitted.current_workflow_task_state.pk,
        "foreign_source": foreign_source.pk,
        **{name: work.pk for name, work in works.items()},
        "public_file": open_file.url,
        "closed_file": closed_file.url,
        "closed_document": closed_file.pk,
        "closed_image": closed_image.pk,
        "foreign_revision": cast.foreign.latest_revision_id,
        "kept_file": kept_file.url,
        "kept_document": kept_file.pk,
        "draft_file": draft_file.url,
        "en": Locale.objects.get(language_code="en").pk,
        "uk": Locale.objects.get(language_code="uk").pk,
        "today": timezone.localdate().isoformat(),
    }
    return Places({role: client_of(people.get(role)) for role in ROLES}, numbers)


def translated_work(page: Any, language: str) -> Translation:
    """The work on a translation of which every text is there."""
    work = hand_over(type(page).objects.get(pk=page.pk), Locale.objects.get(language_code=language))
    for segment in work.source.stringsegment_set.all():
        StringTranslation.objects.create(
            translation_of=segment.string, context=segment.context, locale=work.target_locale, data="Home"
        )
    return work


def fact_of_forum(page: ForumPage) -> Forum:
    return Forum.objects.get(translation_key=page.translation_key)


def client_of(person: Any) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_role_enters_only_its_own_rooms_and_changes_nothing_elsewhere(places: Places, row: Row) -> None:
    address = row.address.format(**places.numbers)
    sent = what_is_sent(places, row, address)
    for role in ROLES:
        with undone(), written() as tables:
            before = contents(row.changes)
            response = asked(places.clients[role], address, sent)
            is_let_in, changed = not is_sent_away(response), contents(row.changes) != before

        assert response.status_code < 500, role
        assert is_let_in == (role in row.let_in), told(role, response)
        assert changed == (is_let_in and bool(row.changes)), told(role, response)
        assert is_let_in or not tables - INCIDENTAL, f"{role} was sent away and wrote all the same"


# Where Wagtail's advisories of the last years found that nobody asked for a right, and the rows that ask.
DOORS = {
    "preview": (
        "/admin/pages/{foreign}/edit/preview/",
        "/admin/pages/{foreign}/view_draft/",
        "/admin/pages/{foreign}/revisions/{foreign_revision}/view/",
        "/admin/localize/translate/{ukrainian_work}/preview/",
    ),
    "compare": ("/admin/pages/{foreign}/revisions/compare/earliest...latest/",),
    "history": (
        "/admin/pages/{foreign}/history/",
        "/admin/pages/{foreign}/revisions/{foreign_revision}/revert/",
        "/admin/theme/history/{theme}/",
    ),
    "copy": ("/admin/pages/{foreign}/copy/",),
    "usage": (
        "/admin/pages/{foreign}/usage/",
        "/admin/organisation/usage/{organisation}/",
        "/admin/documents/usage/{closed_document}/",
        "/admin/images/usage/{closed_image}/",
    ),
    "bulk": (
        "/admin/bulk/wagtailcore/page/publish/?id={foreign}",
        "/admin/bulk/wagtailcore/page/delete/?id=all&q=Kanarek",
        "/admin/bulk/accounts/user/assign_role/?id={superuser}",
    ),
    "choosers": (
        "/admin/choose-page/{foreign_group}/",
        "/admin/choose-page/chosen-multiple/?id={foreign}",
        "/admin/documents/chooser/chosen/{closed_document}/",
        "/admin/images/chooser/chosen/{closed_image}/",
    ),
    "documents and images of private collections": (
        "{closed_file}",
        "/admin/documents/edit/{closed_document}/",
        "/admin/images/{closed_image}/",
        "/admin/images/{closed_image}/preview/original/",
    ),
    "API": ("/api/v3-preview/pages/", "/api/v2/pages/", "/admin/api/main/pages/{foreign}/"),
}


@pytest.mark.parametrize("door", DOORS)
def test_each_door_of_wagtails_advisories_is_tried_by_every_role(door: str) -> None:
    assert set(DOORS[door]) <= {row.address for row in ROWS}


def test_the_matrix_has_cells_enough_and_many_of_them_change_something() -> None:
    assert len(ROWS) * len(ROLES) >= FEWEST_CELLS
    assert sum(len(row.let_in) for row in ROWS if row.changes) >= FEWEST_CHANGES
    assert {word for row in ROWS for word in row.let_in} == set(ROLES)
    assert len({str(row) + row.sends for row in ROWS}) == len(ROWS), "a row stands twice"


@contextmanager
def undone() -> Iterator[None]:
    """A savepoint that is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that are written meanwhile."""
    tables: set[str] = set()

    def note(execute: Any, sql: str, *args: Any) -> Any:
        if found := WRITTEN.match(sql):
            tables.add(found[1])
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        yield tables


def contents(model: str) -> list[tuple[Any, ...]]:
    return list(apps.get_model(model).objects.order_by("pk").values_list()) if model else []


def what_is_sent(places: Places, row: Row, address: str) -> dict[str, Any] | None:
    """The fields of the request; None for GET. The form is read as somebody sees it who is let in."""
    kind, _space, fields = row.sends.partition(" ")
    if not kind:
        return None
    changes: dict[str, Any] = {}
    for name, value in parse_qsl(fields.format(**places.numbers), keep_blank_values=True):
        changes.setdefault(name, []).append(value)
    if kind == "post":
        return changes
    seer = next(role for role in reversed(ROLES) if role in row.let_in)
    return fields_of(asked(places.clients[seer], address, None), changes) | changes


def fields_of(response: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """What a browser would send of the form in a page that has the fields to change, and most of all."""
    assert response.status_code == 200, response.headers
    forms = BeautifulSoup(response.content, "html.parser").find_all("form")
    of_work = [form for form in forms if str(form.get("method")).lower() == "post"]
    form = max(of_work, key=lambda one: (len(changes.keys() & names(one)), len(names(one))))
    fields: dict[str, Any] = {}
    for control in form.find_all(["input", "textarea", "select"]):
        for value in values_of(control):
            fields.setdefault(str(control["name"]), []).append(value)
    return fields


def names(form: Tag) -> set[str]:
    return {
        str(control["name"])
        for control in form.find_all(["input", "textarea", "select", "button"], attrs={"name": True})
    }


def values_of(control: Tag) -> Iterator[str]:
    kind = str(control.get("type", "text")).lower()
    if (
        not control.get("name")
        or control.has_attr("disabled")
        or kind in {"submit", "button", "file", "image", "reset"}
    ):
        return
    if control.name == "select":
        options = control.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")]
        for option in chosen or ([] if control.has_attr("multiple") else options[:1]):
            yield str(option.get("value", option.text))
    elif control.name == "textarea":
        yield control.text.removeprefix("\n")
    elif kind not in {"checkbox", "radio"} or control.has_attr("checked"):
        yield str(control.get("value", "on" if kind == "checkbox" else ""))


def asked(browser: Client, address: str, sent: dict[str, Any] | None) -> Any:
    # A copy: who changes the own account is given a new session, which is taken back with all the rest.
    client = Client()
    client.cookies = deepcopy(browser.cookies)
    if sent is None:
        return client.get(address)
    files = {name: SimpleUploadedFile(*FILES[value[0]]) for name, value in sent.items() if value[0] in FILES}
    return client.post(address, sent | files)


# What stands in a field for an uploaded file.
FILES = {"@pdf": ("uchwala.pdf", pdf("Uchwała"))}


def told(role: str, response: Any) -> str:
    """What came back: the status, where it leads and what the page says against a form."""
    page = BeautifulSoup(b"" if response.streaming else response.content, "html.parser")
    complaints = [one.get_text(" ", strip=True) for one in page.select(".error-message, .errorlist, [role=alert]")]
    return f"{role}: {response.status_code} {response.headers.get('Location', '')} {complaints}"


def is_sent_away(response: Any) -> bool:
    """Wagtail sends away by 302 to its start or to the sign-in, the site to its sign-in, and both by 403 or 404."""
    target = response.headers.get("Location", "") if response.status_code == 302 else ""
    doors = (reverse("wagtailadmin_home"), reverse("wagtailadmin_login"))
    return response.status_code in SENT_AWAY or target.split("?")[0] in doors or target.startswith(reverse("sign_in"))
