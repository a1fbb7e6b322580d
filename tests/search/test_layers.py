"""Layers of a hit: it says where the words stand; attached files are found by page, and only while they are public."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from cms.models import ContentPage
from forums.models import ForumSource
from pagekit.models import CustomDocument
from pagekit.services import read_text
from recommendations.models import Assessment, Assignment, Evidence, FollowUp, Recommendation
from search.documents.layers import layers_of
from search.engines.base import Engine
from search.sync.drain import drain
from search.sync.drift import find_drift
from search.sync.outbox import requeue
from tests.factories.accounts import UserFactory
from tests.factories.files import docx, make_document, pdf
from tests.factories.pages import make_forum, make_group, make_recommendation, make_site, publish
from tests.factories.taxonomy import ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]

CANARY = "wieloryb"


def ask(client: Client, text: str, **parameters: str) -> Any:
    response = client.get(reverse("search"), {"q": text, **parameters})
    assert response.status_code == 200
    return response


def item(client: Client, text: str, kind: str = "recommendation") -> Any:
    (found,) = [one for one in ask(client, text).context["items"] if one.kind == kind]
    return found


def marked(html: Any) -> list[str]:
    return [unescape(word) for word in re.findall(r"<mark>(.*?)</mark>", str(html))]


def total(client: Client, text: str = CANARY) -> int:
    response = ask(client, text)
    assert response.context["total"] >= len(response.context["items"])
    return int(response.context["total"])


def entry(assignment: Assignment, **values: Any) -> FollowUp:
    values = {
        "kind": "note",
        "basis": "published_source",
        "refers_on": dt.date(2024, 5, 12),
        "text": "Rada podjęła uchwałę.",
    } | values
    return FollowUp.objects.create(assignment=assignment, **values)


@pytest.fixture
def fact(index: Engine) -> Recommendation:
    return make_recommendation(
        title="Przewodnik dla cudzoziemców",
        text="Wydać przewodnik dla przybywających do miasta.",
        rationale="<p>Bez <b>tłumacza</b> nie da się nic załatwić.</p>",
        source_url="https://example.org/zrodlo",
    )


# -- recommendations: wording, rationale, log, evidence, assessment ---------------------------------------------------


def test_words_on_the_face_of_a_hit_need_no_other_passage(fact: Recommendation, client: Client) -> None:
    entry(fact.assignments.get(), text="Przewodnik wydano.")
    drain()

    found = item(client, "przewodniki dla przybywającego")

    assert marked(found.title) == ["Przewodnik"]
    assert marked(found.excerpt) == ["przewodnik", "przybywających"]
    assert found.passages == ()


def test_a_passage_from_the_rationale_says_so(fact: Recommendation, client: Client) -> None:
    drain()
    (passage,) = item(client, "przewodnik tłumacze").passages

    assert (passage.name, passage.url) == ("rationale", f"{fact.source_page.url}#rationale")
    assert marked(passage.text) == ["tłumacza"]


def test_a_passage_from_the_log_names_the_day_and_links_to_the_entry(fact: Recommendation, client: Client) -> None:
    assignment = fact.assignments.get()
    entry(assignment, text="Nic nowego.", refers_on=dt.date(2025, 1, 1))
    wanted = entry(assignment, text="Rada Miasta podjęła uchwałę o hydrantach.")
    entry(assignment, text="", missing="Brak pieniędzy.")
    drain()

    found = item(client, "przewodnik uchwała hydrant")
    html = ask(client, "przewodnik uchwała hydrant").content.decode()

    (passage,) = found.passages
    assert (passage.name, passage.entry) == ("log", wanted)
    assert marked(passage.text) == ["uchwałę", "hydrantach"]
    assert f'href="{fact.source_page.url}#entry-{wanted.pk}"' in html
    assert f'id="entry-{wanted.pk}"' in client.get(fact.source_page.url).content.decode()
    assert "2024" in html
    assert marked(item(client, "pieniądze").passages[0].text) == ["pieniędzy"]


def test_a_hit_found_by_its_themes_or_by_its_source_says_so_in_the_language_of_the_reader(
    index: Engine, client: Client
) -> None:
    theme = ThemeFactory.create(label_pl="Szkolnictwo", label_en="Schooling")
    fact = make_recommendation(themes=[theme], tags=["hydranty"], source_title="Raport o wielorybach")
    drain()

    for address, word, name, words in (
        ("/search/", "szkolnictwa", "subject", ["Szkolnictwo"]),
        ("/en/search/", "schooling", "subject", ["Schooling"]),
        ("/search/", "hydrant", "subject", ["hydranty"]),
        ("/search/", CANARY, "source", ["wielorybach"]),
    ):
        (found,) = [one for one in client.get(address, {"q": word}).context["items"] if one.fact == fact]
        (passage,) = found.passages
        assert (passage.name, marked(passage.text)) == (name, words)
        assert f'id="{passage.url.rpartition("#")[2]}"' in client.get(fact.source_page.url).content.decode()


def test_forms_that_begin_otherwise_are_found_in_the_log_too(fact: Recommendation, client: Client) -> None:
    entry(fact.assignments.get(), text="Ludzie czekali wiele lat.")
    drain()

    (passage,) = item(client, "człowiek rok przewodnik").passages

    assert marked(passage.text) == ["Ludzie", "lat"]


def test_evidence_is_found_by_what_the_page_says_of_it_and_by_nothing_more(
    fact: Recommendation, client: Client
) -> None:
    one = entry(fact.assignments.get())
    secret = make_document(pdf("Treść"), "skan.pdf", title="Wieloryb prywatny")
    Evidence.objects.create(
        follow_up=one,
        kind="letter",
        citation="Pismo o hydrantach",
        document=secret,
        is_restricted=True,
        restriction_reason="dane osobowe",
    )
    Evidence.objects.create(follow_up=one, kind="letter", title="Protokół sesji", citation="s. 5", url="https://a.pl/x")
    drain()

    for words in ("pisma o hydrancie", "protokoły sesyjne sesji", "danych osobowych"):
        (passage,) = item(client, words).passages
        assert (passage.name, passage.entry) == ("evidence", one)
    assert total(client) == 0


def test_an_assessment_is_found_from_the_day_on_which_it_is_public(fact: Recommendation, client: Client) -> None:
    one = entry(fact.assignments.get())
    today = timezone.localdate()
    tomorrow = today + dt.timedelta(days=1)
    assessment = Assessment.objects.create(
        follow_up=one, finding="contradicts", text="Wieloryb nie istnieje.", assessed_on=today, public_from=tomorrow
    )
    Evidence.objects.create(assessment=assessment, kind="letter", citation="Morze")
    drain()
    assert total(client) == total(client, "morze") == 0

    with time_machine.travel(tomorrow):
        requeue(find_drift().subjects)
        drain()
        assert item(client, CANARY).passages[0].name == "assessment"
        assert item(client, "morze").passages[0].name == "evidence"


def test_markup_in_the_log_stays_text(fact: Recommendation, client: Client) -> None:
    entry(fact.assignments.get(), text='<script>alert("hydrant")</script> hydrant')
    drain()

    html = ask(client, "hydrant").content.decode()

    assert "<script>alert" not in html
    assert "<mark>hydrant</mark>" in html


# -- themes -----------------------------------------------------------------------------------------------------------


def test_a_theme_is_found_by_any_of_its_words_and_leads_to_its_page(index: Engine, client: Client) -> None:
    theme = ThemeFactory.create(
        label_pl="Edukacja i język",
        label_en="Education",
        synonyms="szkoły\nnauczanie",
        definition_pl="O przedszkolach.",
    )
    drain()

    for words in ("edukacji", "education", "szkoła", "przedszkole"):
        assert item(client, words, "theme").url == reverse("theme", kwargs={"code": theme.code})
    theme.label_pl = "Oświata"
    theme.save()
    assert "theme" not in {one.kind for one in ask(client, "edukacji").context["items"]}
    drain()
    assert item(client, "oświaty", "theme").fact == theme


def test_a_theme_that_was_merged_away_is_no_hit_and_its_name_finds_the_other(index: Engine, client: Client) -> None:
    old, new = ThemeFactory.create(label_pl="Szkolnictwo"), ThemeFactory.create(label_pl="Edukacja")
    old.merged_into = new
    old.save()
    drain()

    assert item(client, "szkolnictwo", "theme").fact == new


# -- attached files ---------------------------------------------------------------------------------------------------


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
    assert found.attached_to == [(fact.source_page.title, fact.source_page.url)]
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


# -- attached files that are not public -------------------------------------------------------------------------------


@pytest.fixture
def canary(index: Engine, client: Client) -> tuple[CustomDocument, Recommendation]:
    """A public file in whose text the word stands, and nowhere else."""
    document, fact = attached("Wstęp", "O wielorybach", collection=some_collection())
    assert total(client) == 1
    return document, fact


def some_collection() -> Collection:
    root = Collection.get_first_root_node()
    return root.get_children().first() or root.add_child(name="Raporty")


def restricted(collection: Collection) -> CollectionViewRestriction:
    return CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=CollectionViewRestriction.PASSWORD, password="tajne"
    )


def unpublish(document: CustomDocument, fact: Recommendation) -> None:
    UnpublishPageAction(fact.source_page).execute(skip_permission_checks=True)


def restrict_page(document: CustomDocument, fact: Recommendation) -> None:
    PageViewRestriction.objects.create(page=fact.source_page.get_parent(), restriction_type=PageViewRestriction.LOGIN)


def restrict_collection(document: CustomDocument, fact: Recommendation) -> None:
    restricted(document.collection)


def restrict_collection_above(document: CustomDocument, fact: Recommendation) -> None:
    restricted(Collection.get_first_root_node())


def move_file(document: CustomDocument, fact: Recommendation) -> None:
    private = Collection.get_first_root_node().add_child(name="Prywatne")
    restricted(private)
    document.collection = private
    document.save()


def move_files_in_bulk(document: CustomDocument, fact: Recommendation) -> None:
    private = Collection.get_first_root_node().add_child(name="Prywatne")
    restricted(private)
    CustomDocument.objects.filter(pk=document.pk).update(collection=private)


def move_collection(document: CustomDocument, fact: Recommendation) -> None:
    private = Collection.get_first_root_node().add_child(name="Prywatne")
    restricted(private)
    Collection.objects.get(pk=document.collection_id).move(private, "sorted-child")


def let_go(document: CustomDocument, fact: Recommendation) -> None:
    publish(fact.source_page, source_document=None, source_url="https://example.org/", change_reason="inne źródło")


def replace_file(document: CustomDocument, fact: Recommendation) -> None:
    from django.core.files.base import ContentFile  # noqa: PLC0415

    document.file = ContentFile(pdf("Nic"), name="nowy.pdf")
    document.save()


def expire(document: CustomDocument, fact: Recommendation) -> None:
    type(fact.source_page).objects.filter(pk=fact.source_page.pk).update(
        expire_at=timezone.now() - dt.timedelta(seconds=1)
    )


def delete(document: CustomDocument, fact: Recommendation) -> None:
    let_go(document, fact)
    type(fact.source_page).objects.filter(source_document=document).update(source_document=None)
    document.delete()


Act = Callable[[CustomDocument, Recommendation], None]


@pytest.mark.parametrize("drained", [False, True])
@pytest.mark.parametrize(
    "act",
    [
        unpublish,
        restrict_page,
        restrict_collection,
        restrict_collection_above,
        move_file,
        move_files_in_bulk,
        move_collection,
        let_go,
        replace_file,
        expire,
        delete,
    ],
)
def test_what_is_no_longer_public_is_in_no_hit_total_or_facet_at_once(
    canary: tuple[CustomDocument, Recommendation], client: Client, act: Act, drained: bool
) -> None:
    act(*canary)
    if drained:
        drain()

    for language in ("", "/en", "/uk", "/ru"):
        context = client.get(f"{language}/search/?q={CANARY}").context
        assert (context["total"], list(context["items"])) == (0, [])
        assert not [v for p in context["panels"] for v in (*p.shown, *p.folded) if p.name == "kind" and v.count]
    if drained and act is not expire:
        # Nobody hears that a time is over; what is past it is masked until it is unpublished.
        assert find_drift().keys == ()


def test_a_restriction_that_is_lifted_brings_the_file_back(
    canary: tuple[CustomDocument, Recommendation], client: Client
) -> None:
    restriction = restricted(canary[0].collection)
    drain()
    restriction.delete()
    drain()

    assert total(client) == 1


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
    one = entry(make_recommendation().assignments.get())
    Evidence.objects.create(
        follow_up=one, kind="letter", document=waiting, is_restricted=True, restriction_reason="dane"
    )
    drain()
    assert total(client) == 0

    Evidence.objects.create(follow_up=one, kind="letter", document=waiting)
    drain()
    assert {found.kind for found in ask(client, CANARY).context["items"]} == {"document", "recommendation"}


@pytest.mark.sqlite
def test_files_of_one_entry_stand_in_the_order_they_were_attached_however_the_database_reads(index: Engine) -> None:
    one = entry(make_recommendation().assignments.get())
    for number in "123":
        Evidence.objects.create(follow_up=one, kind="letter", url=f"https://example.org/{number}")
    pk = one.assignment.recommendation_id

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA reverse_unordered_selects = ON")
        layers = layers_of([pk])[pk]
        cursor.execute("PRAGMA reverse_unordered_selects = OFF")

    assert [layer.text[-1] for layer in layers if layer.name == "evidence"] == ["1", "2", "3"]


def test_the_file_of_an_assessment_waits_for_its_day(waiting: CustomDocument, client: Client) -> None:
    one = entry(make_recommendation().assignments.get())
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


def test_a_file_attached_twice_stays_while_one_of_the_two_is_public(
    canary: tuple[CustomDocument, Recommendation], client: Client
) -> None:
    document, fact = canary
    other = make_recommendation(title="Druga", source_url="", source_document=document)
    drain()
    unpublish(document, fact)
    drain()

    found = item(client, CANARY, "document")

    assert found.attached_to == [("Druga", other.source_page.url)]


def test_when_the_index_fails_titles_of_public_files_are_found_and_no_others(
    canary: tuple[CustomDocument, Recommendation], client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.SEARCH_DIR = tmp_path / "gone"
    hidden = make_document(pdf("x"), title="Uchwała ukryta")

    found = [one for one in ask(client, "uchwała").context["items"] if one.kind == "document"]

    assert [one.fact for one in found] == [canary[0]]
    assert hidden not in [one.fact for one in found]


# -- cost -------------------------------------------------------------------------------------------------------------


def test_the_page_of_a_search_asks_at_most_twenty_times_with_every_layer_on_it(index: Engine, client: Client) -> None:
    theme = ThemeFactory.create(label_pl="Hydranty i wieloryby")
    forum = make_forum(title="Forum o hydrantach")
    group = make_group(parent=forum, title="Grupa od hydrantów")
    for number in range(3):
        document = make_document(pdf("Wstęp", "Hydranty i wieloryby"), f"{number}.pdf")
        read_text(document)
        fact = make_recommendation(
            parent=group, title=f"Hydrant {number}", source_url="", source_document=document, themes=[theme]
        )
        one = entry(fact.assignments.get(), text="Wieloryby przybyły.")
        proof = make_document(pdf("Dowód o hydrantach i wielorybie"), f"dowod{number}.pdf")
        read_text(proof)
        Evidence.objects.create(follow_up=one, kind="letter", document=proof)
    drain()
    words = "hydrant wieloryb"
    assert {one.kind for one in ask(client, words).context["items"]} >= {"recommendation", "document", "theme"}

    with CaptureQueriesContext(connection) as captured:
        ask(client, words)

    assert len(captured) <= 20, "\n".join(query["sql"][:230] for query in captured)


def test_who_may_enter_the_administration_finds_no_more_than_anybody(waiting: CustomDocument, client: Client) -> None:
    client.force_login(UserFactory.create(administrator=True))
    drain()

    assert total(client) == 0
