"""Attached files are found by page, and only while something public refers to them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction

from cms.models import ContentPage
from forums.models import ForumSource
from pagekit.models import CustomDocument
from pagekit.services import read_text
from recommendations.models import Assessment, Evidence, Recommendation
from search.engines.base import Engine
from search.sync.drain import drain
from search.sync.drift import find_drift
from tests.factories.accounts import UserFactory
from tests.factories.files import docx, make_document, pdf
from tests.factories.follow_up import make_entry
from tests.factories.pages import make_forum, make_recommendation, make_site, publish
from tests.search.asking import CANARY, ask, item, marked, total

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground", "stage_index")]


def attached(*pages: str, **values: Any) -> tuple[CustomDocument, Recommendation]:
    """A file that is the source of a published recommendation, read and indexed."""
    document = make_document(pdf(*pages), **values)
    read_text(document)
    fact = make_recommendation(title="Ochrona morza", source_url="", source_document=document)
    drain()
    return document, fact


def test_a_file_is_one_hit_that_opens_at_the_page_that_answers_most(index: Engine, client: Client) -> None:
    document, fact = attached("Wstęp o morzu", "Rekiny", "Wieloryby i rekiny\nw morzach", "Wieloryby")

    found = item(client, "wieloryb rekinów morze", "document")
    html = ask(client, "wieloryb rekinów morze").content.decode()

    assert found.page == 3
    assert found.url == f"{document.url}?open#page=3"
    assert marked(found.excerpt) == ["Wieloryby", "rekiny", "morzach"]
    assert found.attached_to == [("Ochrona <mark>morza</mark>", fact.source_page.url)]
    assert f'href="{document.url}?open#page=3"' in html
    assert total(client) == 1


def test_words_on_different_pages_find_the_file_too(index: Engine, client: Client) -> None:
    attached("Wieloryby", "Rekiny")

    assert item(client, "wieloryb rekin", "document").page == 1


def test_a_word_file_is_found_by_page_and_taken_whole(index: Engine, client: Client) -> None:
    document = make_document(docx("Wstęp", "Wieloryby"), "raport.docx")
    read_text(document)
    make_recommendation(source_url="", source_document=document)
    drain()

    found = item(client, CANARY, "document")
    assert (found.page, found.url) == (2, document.url)


def test_a_file_is_found_by_what_the_page_calls_it_and_by_what_issued_it(index: Engine, client: Client) -> None:
    forum = make_forum(title="Forum Bałtyckie")
    document = make_document(pdf("Treść"), "raport.pdf", title="Robocza nazwa wieloryb")
    read_text(document)
    forum.sources.add(ForumSource(title="Sprawozdanie z obrad", document=document))
    publish(forum, change_reason="źródło")
    drain()

    assert item(client, "sprawozdania", "document").attached_to == [("Forum Bałtyckie", forum.url)]
    assert item(client, "forum bałtyckie raport", "document").fact == document
    assert total(client) == 0
    counts = {
        (panel.name, value.value): value.count
        for panel in ask(client, "sprawozdanie").context["panels"]
        for value in (*panel.shown, *panel.folded)
    }
    assert counts["kind", "document"] == 1
    assert counts["year", "2015"] == 1


def test_a_scanned_file_is_found_by_its_title_and_says_that_its_text_is_not_searchable(
    index: Engine, client: Client
) -> None:
    document = make_document(pdf("", picture=True), title="Skan o wielorybach")
    read_text(document)
    make_recommendation(source_url="", source_document=document)
    drain()

    html = ask(client, CANARY).content.decode()

    assert item(client, CANARY, "document").page is None
    assert "text not searchable" in html


def test_a_text_of_ten_thousand_words_and_hostile_markup_is_shown_as_text(index: Engine, client: Client) -> None:
    attached(*["słowo " * 2_000] * 5, "<script>alert(1)</script> wieloryb &amp;")

    html = ask(client, CANARY).content.decode()

    assert item(client, CANARY, "document").page == 6
    assert "<script>alert(1)" not in html


# -- what nothing public refers to ------------------------------------------------------------------------------------


@pytest.fixture
def waiting(index: Engine) -> Iterator[CustomDocument]:
    document = make_document(pdf("O wielorybach"), title="Wieloryb")
    read_text(document)
    yield document
    drain()
    assert find_drift().keys == ()


def test_a_file_to_which_nothing_public_refers_is_nowhere(waiting: CustomDocument, client: Client) -> None:
    drain()
    assert total(client) == 0


def test_a_drafts_file_is_nowhere_until_it_is_published(waiting: CustomDocument, client: Client) -> None:
    fact = make_recommendation()
    draft = fact.source_page
    draft.source_document = waiting
    draft.change_reason = "źródło"
    draft.save_revision()
    drain()
    assert total(client) == 0

    publish(type(draft).objects.get(pk=draft.pk), source_document=waiting, change_reason="źródło")
    drain()
    assert total(client) == 1


def test_the_file_of_restricted_evidence_is_nowhere_and_that_of_open_evidence_is_found(
    waiting: CustomDocument, client: Client
) -> None:
    one = make_entry(make_recommendation().assignments.get())
    Evidence.objects.create(
        follow_up=one, kind="letter", document=waiting, is_restricted=True, restriction_reason="dane"
    )
    drain()
    assert total(client) == 0

    Evidence.objects.create(follow_up=one, kind="letter", document=waiting)
    drain()
    assert {found.kind for found in ask(client, CANARY).context["items"]} == {"document", "recommendation"}


def test_the_file_of_an_assessment_waits_for_its_day(waiting: CustomDocument, client: Client) -> None:
    one = make_entry(make_recommendation().assignments.get())
    today = timezone.localdate()
    later = Assessment.objects.create(
        follow_up=one, finding="contradicts", text="x", assessed_on=today, public_from=today + dt.timedelta(days=30)
    )
    Evidence.objects.create(assessment=later, kind="letter", document=waiting)
    drain()

    assert total(client) == 0


def test_a_file_that_a_page_of_the_site_links_to_goes_with_that_page(waiting: CustomDocument, client: Client) -> None:
    page = make_site().add_child(instance=ContentPage(title="O nas", slug="o-nas"))
    link = f'<p><a linktype="document" id="{waiting.pk}">raport</a></p>'
    page = publish(page, body=[("text", link)])
    drain()
    assert total(client) == 1

    UnpublishPageAction(page).execute(skip_permission_checks=True)
    assert total(client) == 0


def test_who_may_enter_the_administration_finds_no_more_than_anybody(waiting: CustomDocument, client: Client) -> None:
    client.force_login(UserFactory.create(administrator=True))
    drain()

    assert total(client) == 0
