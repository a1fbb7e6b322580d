"""Nothing that is not public appears on any address the site has: the list of addresses comes from the resolver."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import PageViewRestriction

from recommendations.models import (
    ActionStage,
    Assignment,
    FollowUp,
    Recommendation,
    RecommendationIndexPage,
    RecommendationPage,
)
from recommendations.transfer.formats import NAMES as FORMS
from taxonomy.models import Organisation, Place, Tag, Theme
from tests.factories.accounts import UserFactory
from tests.factories.pages import forum_index, make_forum, make_group, make_recommendation_page, make_site, publish
from tests.factories.stages import make_chosen, make_stage
from tests.factories.taxonomy import MandateFactory, OrganisationFactory, PlaceFactory, ThemeFactory

pytestmark = pytest.mark.django_db

CANARY = "kanarkowy"
SHOWN = "jaskolczy"
# Addresses that show nothing of the content: who signs in, probes, machines, and the admin, which has tests of its own.
SILENT = {
    "sign_in",
    "sign_out",
    "healthz",
    "robots",
    "my_institution",
    "follow_up_create",
    "follow_up_draft",
    "my_items_sheet",
    "my_items_file",
    "mail_preferences",
    "mail_try_again",
    "reply_links_end",
    # They show what a mail named, if it is public: tests/notices/test_reply_link.py.
    "reply_link",
    "reply_link_item",
    "reply_link_pause",
    "reply_link_not_me",
    # The same for everybody; or what somebody follows, by a key that only they have: tests/notices/test_following.py.
    "follow_sent",
    "follow_confirm",
    "subscriptions",
    "subscriptions_end",
    "subscription_end",
    # Asks for linked ones, which would all wait for the index: tests/recommendations/test_views_browse.py.
    "thread",
    # It shows the invited person's own name and institutions: tests/notices/test_invitations.py.
    "invitation",
    "wagtailcore_login",
    # The same page for everybody: the list is in the browser.
    "search_help",
    "search_saved",
}
OUTSIDE = ("admin/", "documents/")


@dataclass
class Aviary:
    """One visible recommendation, and hidden ones that share its theme, place, institution and words."""

    visible: Recommendation
    theme: Theme
    place: Place
    organisation: Organisation
    tag: Tag
    stage: ActionStage
    hidden: dict[str, RecommendationPage]


def make_page(title: str, aviary: dict[str, Any], **values: Any) -> RecommendationPage:
    published = values.pop("published", True)
    page = make_recommendation_page(
        title=title,
        slug=f"strona-{RecommendationPage.objects.count()}",
        text=f"Zapewnić {title} dostęp do wody.",
        addressees=[aviary["organisation"]],
        themes=[aviary["theme"]],
        tags=[f"tag {title}"],
        published=False,
        **values,
    )
    page.places = [aviary["place"]]
    page.save()
    if not published:
        return page
    page = publish(page)
    row = Recommendation.objects.get(translation_key=page.translation_key).assignments.get()
    FollowUp.objects.create(
        assignment=row,
        kind="report",
        implementation="in_progress",
        basis="published_source",
        refers_precision="unknown",
        text=f"Wpis: {title}",
    )
    # A deadline, so that the calendars have one of each.
    Assignment.objects.filter(pk=row.pk).update(notified_at=timezone.now())
    return page


HIDINGS: dict[str, Callable[[RecommendationPage], object]] = {
    "unpublished": lambda page: page.unpublish(),
    "private": lambda page: PageViewRestriction.objects.create(page=page, restriction_type="login"),
    "password": lambda page: PageViewRestriction.objects.create(page=page, restriction_type="password", password="x"),
    "moved under private": lambda page: move_under_private(page),
    "expired": lambda page: expire(page),
}


def move_under_private(page: RecommendationPage) -> None:
    forum = page.get_parent().get_parent()
    group = make_group(parent=forum, title="Zamknięta grupa")
    PageViewRestriction.objects.create(page=group, restriction_type="login")
    page.move(group, "last-child", user=UserFactory.create(administrator=True))


def expire(page: RecommendationPage) -> None:
    RecommendationPage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - dt.timedelta(minutes=1))
    call_command("publish_scheduled", verbosity=0)


@pytest.fixture(scope="module")
def aviary_once(stage: None) -> Aviary:
    make_site()
    index = make_site().add_child(instance=RecommendationIndexPage(title="Rekomendacje", slug="rekomendacje"))
    publish(index)
    shared: dict[str, Any] = {
        "theme": ThemeFactory.create(),
        "place": PlaceFactory.create(),
        # Where moderators write to is shown to nobody else.
        "organisation": OrganisationFactory.create(email=f"{CANARY}@example.org"),
    }
    group = make_group(parent=make_forum(parent=forum_index()))
    forum = group.get_parent().specific
    visible = make_page(SHOWN, shared, parent=group)
    make_page(f"{SHOWN} drugi", shared, parent=forum)
    hidden = {
        name: make_page(f"{CANARY} {n}", shared, parent=forum if name in {"private", "unpublished"} else group)
        for n, name in enumerate(HIDINGS)
    }
    hidden["draft"] = make_page(f"{CANARY} szkic", shared, parent=group, published=False)
    hidden["scheduled"] = make_page(f"{CANARY} jutro", shared, parent=group, published=False)
    publish(hidden["scheduled"], go_live_at=timezone.now() + dt.timedelta(days=1))
    chosen_in = make_stage()
    for fact in Recommendation.objects.order_by("pk"):
        # All of them are public now; most are hidden later.
        make_chosen(chosen_in, fact, text=f"Wybrano: {fact.source_page.title}", bodies=[shared["organisation"]])
    return Aviary(
        stage=chosen_in,
        visible=Recommendation.objects.get(translation_key=visible.translation_key),
        tag=Tag.objects.get(name=f"tag {SHOWN}"),
        hidden=hidden,
        **shared,
    )


@pytest.fixture
def aviary(aviary_once: Aviary, settings: Any, tmp_path: Path) -> Aviary:
    settings.SEARCH_DIR = tmp_path / "search"
    return deepcopy(aviary_once)


def patterns(found: Any = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of every address of the site but those of the admin and of documents."""
    for entry in (found or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if route.startswith(OUTSIDE):
            continue
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield entry.name or route, route


def hidden_references(aviary: Aviary) -> list[str]:
    keys = [page.translation_key for page in aviary.hidden.values()]
    return list(Recommendation.objects.filter(translation_key__in=keys).values_list("reference", flat=True))


def surfaces(aviary: Aviary) -> dict[str, list[str]]:
    """For each named address that shows content: where to look, the visible one being there."""
    reference = aviary.visible.reference
    hidden = "&".join(f"pick={one}" for one in hidden_references(aviary))
    page = RecommendationPage.objects.get(translation_key=aviary.visible.translation_key)
    group = page.get_parent()
    return {
        "wagtail_serve": [
            *("/", group.get_parent().url, group.url, page.url, "/rekomendacje/"),
            *(f"{one}?on=2026-01-01" for one in (group.url, page.url, "/rekomendacje/")),
        ],
        "search": [
            f"/search/?q={SHOWN}",
            "/search/",
            f"/search/?theme={aviary.theme.code}",
            "/search/?q=wody&sort=newest",
        ],
        "search_export": [f"/search/export.{form}?q=wody" for form in FORMS],
        "search_feed": [f"/search/feed/?q={SHOWN}", "/search/feed/", "/en/search/feed/?q=wody"],
        "search_suggest": [f"/search/suggest/?q={SHOWN[:6]}"],
        "search_compare": [
            f"/search/compare/?pick={reference}",
            f"/search/compare/?pick={reference}&{hidden}",
        ],
        "search_compare_export": [f"/search/compare/export.{form}?pick={reference}&{hidden}" for form in FORMS],
        "theme": [f"/tematy/{aviary.theme.code}/"],
        "tag_list": ["/tagi/"],
        "tag": [f"/tagi/{aviary.tag.slug}/"],
        "place": [f"/miejsca/{aviary.place.code}/"],
        "organisation": [f"/instytucje/{aviary.organisation.code}/"],
        "changes": ["/zmiany/"],
        "status": ["/stan-realizacji/status/no_information/"],
        "action_stage": [f"/w-dzialaniu/{aviary.stage.code}/", f"/en/w-dzialaniu/{aviary.stage.code}/"],
        "status_events": [
            f"/stan-realizacji/wpisy.{form}{question}"
            for form in ("csv", "json")
            for question in ("", f"?addressee={aviary.organisation.code}", f"?theme={aviary.theme.code}")
        ],
        "status_feed": ["/stan-realizacji/wpisy.atom", f"/stan-realizacji/wpisy.atom?reference={reference}"],
        "deadlines": ["/stan-realizacji/terminy.ics", f"/stan-realizacji/terminy.ics?theme={aviary.theme.code}"],
        "follow": [f"/obserwuj/?reference={reference}", f"/obserwuj/?q={SHOWN}"],
        "remark_create": [f"/zglos/{reference}/"],
        "remark_sent": [f"/zglos/{reference}/dziekujemy/"],
        "reference": [f"/r/{reference}"],
        "reference_slash": [f"/r/{reference}/"],
        "reference_form": [f"/r/{reference}.{form}" for form in ("json", "bib", "ris", "csl.json")],
        "reference_version": [f"/r/{reference}/v1"],
        "reference_version_form": [f"/r/{reference}/v1.{form}" for form in ("json", "bib", "ris", "csl.json")],
        "sitemap": ["/sitemap.xml"],
    }


# Shows that a word can be chosen, not the recommendation itself: counts only.
COUNTS = {"action_stages", "theme_list", "place_list", "organisation_list", "standing", "standing_chart", "status_list"}


def test_every_address_of_the_site_is_looked_at(aviary: Aviary) -> None:
    known = set(surfaces(aviary)) | SILENT | COUNTS
    found = {name for name, _route in patterns()}
    without_name = {name for name in found if "/" in name or "^" in name}

    assert found - known - without_name - {"wagtail_serve", "wagtailcore_authenticate_with_password"} == set()
    assert known - found == set()


def text_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return (headers + readable(answer)).lower()


def readable(answer: Any) -> str:
    """The text of an answer, streamed or not; of a workbook, the text of its cells."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not content.startswith(b"PK"):
        return str(content.decode())
    book = load_workbook(io.BytesIO(content))
    return " ".join(str(cell) for sheet in book for line in sheet.values for cell in line)


def test_every_page_says_when_it_was_created_published_and_updated(client: Client, aviary: Aviary) -> None:
    official = MandateFactory.create(organisation=aviary.organisation).user
    client.force_login(official)
    by_name = [reverse(name) for name in sorted(SILENT | COUNTS) if can_be_named(name)]
    addresses = [address for found in surfaces(aviary).values() for address in found]
    undated, dated = [], 0
    for address in [*by_name, *addresses, "/nie-ma/", "/en/", "/en/search/"]:
        answer = client.get(address, follow=True)
        if answer.headers["Content-Type"].startswith("text/html") and answer.status_code != 405:
            box = answer.content.decode().split('<section class="publication-box"')[-1].split("</section>")[0]
            dated += 1
            if box.count("<time") != 3:
                undated.append(address)

    assert undated == []
    assert dated > 40


def can_be_named(name: str) -> bool:
    """Whether an address needs nothing but its name."""
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def unmarked(text: str) -> str:
    return text.replace("<mark>", "").replace("</mark>", "")


def assert_nothing_hidden_anywhere(client: Client, aviary: Aviary) -> None:
    for addresses in surfaces(aviary).values():
        for address in addresses:
            text = text_of(client, address)
            assert SHOWN in text or aviary.visible.reference.lower() in text, f"{address}: the control is missing"
            assert CANARY not in text.replace(f"q={CANARY}", ""), address
    for page in aviary.hidden.values():
        # Whoever knows the title by heart learns no more from the files than that nothing is there.
        for form in FORMS:
            text = text_of(client, f"/search/export.{form}?q={quote(page.title)}")
            assert CANARY not in text.replace(quote(page.title).lower(), "").replace(quote_plus(page.title).lower(), "")
    for prefix in ("", "/en", "/uk", "/ru"):
        assert CANARY not in readable(client.get(f"{prefix}/search/suggest/?q={CANARY[:5]}")).lower()
        for query in (f"?q={CANARY}", f"?q=%22zapewnić+{CANARY}%22", f"?q={CANARY[:5]}*", "?sort=title"):
            text = text_of(client, f"{prefix}/search/{query}")
            assert not [page.title for page in aviary.hidden.values() if page.title in unmarked(text)]


def assert_counts_show_only_the_visible(client: Client, aviary: Aviary) -> None:
    figures = text_of(client, "/stan-realizacji/")
    assert "without information on implementation: 2 of 2" in figures
    assert CANARY not in figures
    for name in ("implementation", "position", "closure", "theme", "issuer", "timeline"):
        assert CANARY not in text_of(client, f"/stan-realizacji/{name}.csv")
    for address, label in [
        ("/tematy/", aviary.theme),
        ("/miejsca/", aviary.place),
        ("/instytucje/", aviary.organisation),
    ]:
        text = text_of(client, address)
        after = text.split(str(label).lower())[-1][:400]
        counted = "".join(letter for letter in after.split("</li>")[0] if letter.isdigit())
        assert "7" not in counted, address
        assert "2" in counted, address


def hide_all(aviary: Aviary) -> None:
    for name, hide in HIDINGS.items():
        hide(RecommendationPage.objects.get(pk=aviary.hidden[name].pk))


def test_nothing_hidden_shows_between_the_commit_and_the_index(client: Client, aviary: Aviary) -> None:
    call_command("search_rebuild", verbosity=0)
    hide_all(aviary)

    assert_nothing_hidden_anywhere(client, aviary)


def test_nothing_hidden_shows_once_the_index_has_followed(client: Client, aviary: Aviary) -> None:
    call_command("search_rebuild", verbosity=0)
    hide_all(aviary)
    call_command("search_sync", verbosity=0)

    assert_nothing_hidden_anywhere(client, aviary)
    assert_counts_show_only_the_visible(client, aviary)


def test_before_it_is_hidden_each_canary_is_found(client: Client, aviary: Aviary) -> None:
    """The control of the control: the words that must not show later show now."""
    call_command("search_rebuild", verbosity=0)

    text = text_of(client, f"/search/?q={CANARY}")
    assert all(aviary.hidden[name].title in unmarked(text) for name in HIDINGS)


def test_the_references_of_hidden_ones_are_not_there(client: Client, aviary: Aviary) -> None:
    hide_all(aviary)

    for page in aviary.hidden.values():
        fact = Recommendation.objects.filter(translation_key=page.translation_key).first()
        if fact:
            for address in ("", ".json", ".bib", ".ris", ".csl.json", "/v1", "/v1.json"):
                assert client.get(f"/r/{fact.reference}{address}").status_code == 404
            for address in (f"/obserwuj/?reference={fact.reference}", f"/zglos/{fact.reference}/"):
                assert client.get(address).status_code == 404
    for page in aviary.hidden.values():
        answer = client.get(RecommendationPage.objects.get(pk=page.pk).url)
        assert answer.status_code in {302, 404} or CANARY not in answer.content.decode().lower()


def test_a_hidden_one_comes_back_when_its_restriction_is_lifted(client: Client, aviary: Aviary) -> None:
    call_command("search_rebuild", verbosity=0)
    restriction = PageViewRestriction.objects.create(page=aviary.hidden["private"], restriction_type="login")
    call_command("search_sync", verbosity=0)
    restriction.delete()
    call_command("search_sync", verbosity=0)

    assert aviary.hidden["private"].title in unmarked(text_of(client, f"/search/?q={CANARY}"))


HOSTILE = (
    "'",
    '"',
    "%00",
    "\x00",
    "'; DROP TABLE x;--",
    "<script>alert(1)</script>",
    "-1",
    "9" * 400,
    "%ff",
    "\ud83d",
    "🦊" * 50,
)


def test_hostile_values_never_break_an_address_nor_come_back_alive(client: Client, aviary: Aviary) -> None:
    call_command("search_rebuild", verbosity=0)
    narrow = ("reference", "addressee", "theme", "issuer", "year", "since", "until")
    asked = {
        "/search/": ("q", "page", "sort", "theme", "year", "addressee", "implementation", "nie-ma"),
        "/rekomendacje/": ("page", "sort", "on", "known"),
        "/zmiany/": ("page", "sort"),
        "/instytucje/": ("page", "sort"),
        f"/tematy/{aviary.theme.code}/": ("page", "sort"),
        **{
            f"/stan-realizacji/{name}": narrow
            for name in ("", "wpisy.csv", "wpisy.json", "wpisy.atom", "terminy.ics", "theme.csv")
        },
    }
    for turn, value in enumerate(HOSTILE):
        raw = value.encode("utf-8", "surrogatepass")
        for address, names in asked.items():
            # All at once, and by turns each alone: one that is refused first hides what the others would do.
            alone = [{name: raw} for place, name in enumerate(names) if (place + turn) % 3 == 0]
            for parameters in [dict.fromkeys(names, raw), *alone]:
                answer = client.get(address, parameters)
                assert answer.status_code < 500, f"{address} {[*parameters]} {value!r}"
                assert answer.streaming or b"<script>alert(1)" not in answer.content
