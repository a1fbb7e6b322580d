"""Layers of a hit: it says where the words stand, in the log, the evidence, an assessment or a theme."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pagekit.services import read_text
from recommendations.models import Assessment, Evidence, Recommendation
from recommendations.services.stages import record_action, retract
from search.documents.layers import layers_of
from search.engines.base import Engine
from search.sync.drain import drain
from search.sync.drift import find_drift
from search.sync.outbox import requeue
from tests.factories.files import make_document, pdf
from tests.factories.follow_up import make_entry
from tests.factories.pages import make_forum, make_group, make_recommendation
from tests.factories.stages import account, make_chosen, stage_keeper
from tests.factories.taxonomy import ThemeFactory
from tests.search.asking import CANARY, ask, item, marked, total

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground", "stage_index")]


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
    make_entry(fact.assignments.get(), text="Przewodnik wydano.")
    drain()

    found = item(client, "przewodniki dla przybywającego")

    assert marked(found.title) == ["Przewodnik"]
    assert marked(found.excerpt) == ["przewodnik", "przybywających"]
    assert found.passages == ()


def test_what_stands_too_far_from_the_excerpt_is_shown_in_a_second_one(index: Engine, client: Client) -> None:
    far = "Wydać przewodnik. " + "Miasto jest duże. " * 40 + "Zatrudnić tłumaczy."
    fact = make_recommendation(title="Pomoc", text=far)
    forum = make_forum(title="Pomoc", lead=far)
    drain()

    for kind, page in (("recommendation", fact.source_page), ("forum", forum)):
        found = item(client, "przewodnik tłumacza", kind)
        (passage,) = found.passages

        assert (marked(found.excerpt), marked(passage.text)) == (["przewodnik"], ["tłumaczy"])
        assert (passage.name, passage.url) == ("text", f"{page.url}#content")
        assert 'id="content"' in client.get(page.url).content.decode()


def test_a_passage_from_the_rationale_says_so(fact: Recommendation, client: Client) -> None:
    drain()
    (passage,) = item(client, "przewodnik tłumacze").passages

    assert (passage.name, passage.url) == ("rationale", f"{fact.source_page.url}#rationale")
    assert marked(passage.text) == ["tłumacza"]


def test_a_passage_from_the_log_names_the_day_and_links_to_the_entry(fact: Recommendation, client: Client) -> None:
    assignment = fact.assignments.get()
    make_entry(assignment, text="Nic nowego.", refers_on=dt.date(2025, 1, 1))
    wanted = make_entry(assignment, text="Rada Miasta podjęła uchwałę o hydrantach.")
    make_entry(assignment, kind="report", implementation="partially_implemented", text="", missing="Brak pieniędzy.")
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


def test_a_passage_from_a_stage_of_action_links_to_it_and_goes_when_it_is_taken_back(
    fact: Recommendation, client: Client
) -> None:
    chosen = make_chosen(recommendation=fact, text="Wskazana.")
    action = record_action(chosen, by=stage_keeper(), account=account(text="Spotkanie o hydrantach."))
    drain()

    (passage,) = item(client, "przewodnik hydrant").passages

    assert (passage.name, passage.url) == ("stage", f"{fact.source_page.url}#stage-entry-{action.pk}")
    retract(action, by=stage_keeper(), reason="Pomylono.")
    drain()
    assert total(client, "hydrant") == 0


def test_a_hit_found_by_the_title_of_its_source_says_so(index: Engine, client: Client) -> None:
    fact = make_recommendation(source_title="Raport o wielorybach")
    drain()

    (passage,) = item(client, CANARY).passages

    assert (passage.name, marked(passage.text)) == ("source", ["wielorybach"])
    assert f'id="{passage.url.rpartition("#")[2]}"' in client.get(fact.source_page.url).content.decode()


def test_forms_that_begin_otherwise_are_found_in_the_log_too(fact: Recommendation, client: Client) -> None:
    make_entry(fact.assignments.get(), text="Ludzie czekali wiele lat.")
    drain()

    (passage,) = item(client, "człowiek rok przewodnik").passages

    assert marked(passage.text) == ["Ludzie", "lat"]


def test_evidence_is_found_by_what_the_page_says_of_it_and_by_nothing_more(
    fact: Recommendation, client: Client
) -> None:
    one = make_entry(fact.assignments.get())
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


@pytest.mark.sqlite
def test_pieces_of_evidence_stand_in_the_order_they_were_attached_however_the_database_reads(index: Engine) -> None:
    one = make_entry(make_recommendation().assignments.get())
    for number in "123":
        Evidence.objects.create(follow_up=one, kind="letter", url=f"https://example.org/{number}")
    pk = one.assignment.recommendation_id

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA reverse_unordered_selects = ON")
        layers = layers_of([pk])[pk]
        cursor.execute("PRAGMA reverse_unordered_selects = OFF")

    assert [layer.text[-1] for layer in layers if layer.name == "evidence"] == ["1", "2", "3"]


def test_an_assessment_is_found_from_the_day_on_which_it_is_public(fact: Recommendation, client: Client) -> None:
    one = make_entry(fact.assignments.get())
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
    make_entry(fact.assignments.get(), text='<script>alert("hydrant")</script> hydrant')
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
        one = make_entry(fact.assignments.get(), text="Wieloryby przybyły.")
        proof = make_document(pdf("Dowód o hydrantach i wielorybie"), f"dowod{number}.pdf")
        read_text(proof)
        Evidence.objects.create(follow_up=one, kind="letter", document=proof)
    drain()
    words = "hydrant wieloryb"
    assert {one.kind for one in ask(client, words).context["items"]} >= {"recommendation", "document", "theme"}

    with CaptureQueriesContext(connection) as captured:
        ask(client, words)

    assert len(captured) <= 20, "\n".join(query["sql"][:230] for query in captured)
