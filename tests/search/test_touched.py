"""What many questions find among a few recommendations is what the pages find of them, however little is asked."""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from search.engines import get_engine
from search.engines.base import Document
from search.models import SavedSearch, WordGroup, WordsVersion
from search.sync import outbox
from search.views.answers import one_mask
from search.views.followed import found_by
from search.views.page import Asked
from search.views.touched import Touched
from tests.search.engines.documents import document

pytestmark = pytest.mark.django_db

TEXTS = ["szkoła i dzieci"] * 30 + [
    "szkoła lekarz tłumacz",
    "lekarz tłumacz",
    "szkoła lekarz",
    "tłumacz",
    "muzeum",
    "muzeum i szkoła",
    "rada gminy",
    "gmina i rada",
    "przedszkole",
    "urząd",
    "muezum",
]
"""A word that stands in many documents, words that stand in few, and a slip that only what is hidden holds."""

QUESTIONS = {
    "everything": "",
    "a filter": "year=2014",
    "a filter that nothing passes": "year=1999",
    "a word": "q=lekarze",
    "a word nothing of these holds": "q=przedszkola",
    "all words": "q=szkoła+lekarz",
    "words and a filter": "q=szkoła+lekarz&year=2015",
    "most words, which nothing holds all of": "q=lekarz+tłumacz+muzeum",
    "most words, where something holds all": "q=szkoła+lekarz+tłumacz",
    "a rare word where nothing holds all": "q=szkoła+przedszkole+urząd",
    "two words that no document holds together": "q=muzeum+gmina",
    "a slip": "q=tłuamcz",
    "a slip as it was typed": "q=tłuamcz&literal=1",
    "a slip that was written once": "q=muezum",
    "such a slip beside other words": "q=muezum+szkoła",
    "such a slip as it was typed": "q=muezum&literal=1",
    "without a word": "q=muzeum+-szkoła",
    "nothing but without": "q=-szkoła",
    "a phrase": 'q="rada gminy"',
    "no word at all": "q=!!!",
    "what no search knows": "colour=red",
    "another kind": "kind=forum",
    "words of another kind": "q=szkoła&kind=forum",
    "words of several kinds": "q=szkoła&kind=forum&kind=recommendation",
    "a range of days": "q=szkoła&since=2015-01-01",
    "the beginning of a word": "q=muze*",
    "a beginning that no word has": "q=zzz*",
    "one of two words": "q=przedszkole+OR+muzeum",
    "one of two rare words, beside a common one": "q=(przedszkole+OR+zebra)+szkoła",
    "one word, or without another": "q=rada+(lekarz+OR+-szkoła)",
    "a phrase of words that stand apart": 'q="gmina+rada"',
}


DOCUMENTS = [
    document(str(n), text, kind="recommendation", year=str(2014 + n % 2), date=f"{2014 + n % 2}-05-01")
    for n, text in enumerate(TEXTS, start=1)
]

PKS = [int(document["key"].split(":")[1]) for document in DOCUMENTS]

UNPUBLISHED = (DOCUMENTS[7]["key"], DOCUMENTS[-1]["key"])
"""They are in the index still, and masked."""


@pytest.fixture
def library(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_ENGINE, settings.SEARCH_DIR = "memory", tmp_path
    get_engine().rebuild(DOCUMENTS, 1)


def public(pks: Iterable[int]) -> list[Document]:
    return [one for one in DOCUMENTS if int(one["key"].split(":")[1]) in pks and one["key"] not in UNPUBLISHED]


def test_a_question_finds_of_the_few_what_its_page_finds(library: None) -> None:
    outbox.requeue([key.removesuffix(":pl") for key in UNPUBLISHED])
    finding = set()
    for few in (PKS, PKS[25:31], PKS[31:35], PKS[35:], PKS[:1], [], [*PKS[25:35], *range(5000)]):
        touched = Touched(few, public)
        for name, question in QUESTIONS.items():
            saved = SavedSearch(question=question)
            with one_mask():
                found = found_by(saved, touched)
            assert found == found_by(saved) & touched.pks, (name, sorted(touched.pks))
            finding |= {name} if found else set()

    assert set(QUESTIONS) - finding == {
        "a filter that nothing passes",
        "a slip as it was typed",
        "such a slip as it was typed",
        "no word at all",
        "what no search knows",
        "a beginning that no word has",
        "a phrase of words that stand apart",
        "another kind",
        "words of another kind",
    }


def test_the_questions_are_read_in_every_way_there_is(library: None) -> None:
    def read(name: str) -> Asked:
        return Asked.of(QueryDict(QUESTIONS[name]), "pl")

    assert read("a rare word where nothing holds all").reading.is_loose
    assert read("a slip").reading.mended
    assert read("no word at all").is_withheld
    assert read("what no search knows").is_withheld
    partial = read("most words, which nothing holds all of")
    assert get_engine().search(partial.answered, partial.tree).is_partial


TERMS = ["szkoła", "lekarz", "tłumacz", "muzeum", "gmina", "rada", "przedszkole", "urząd", "zebra", "galeria", "medyk"]
SAID = ["{0}", "{0} {1}", "{0} {1} {2}", "{0} OR {1}", "({0} OR {1}) {2}", '"{0} {1}"', "{0} -{1}", "{0} ({1} OR -{2})"]
SAID += ["{0:.4}* {1}", "{0} {1} {2} {3}", '"{0} {1}" {2} {3}', "({0} {1}) OR ({2} {3})"]


def test_whatever_is_asked_finds_the_same_with_words_that_bring_others(library: None) -> None:
    groups = ("muzeum\ngaleria", "lekarz\nmedyk\nrada gminy", "przedszkole\nszkoła")
    WordGroup.objects.bulk_create(WordGroup(kind="synonym", words_pl=words) for words in groups)
    WordsVersion.raise_()
    chance = random.Random(14)
    texts = [chance.choice(SAID).format(*chance.sample(TERMS, 4)) for _ in range(300)]
    found_of_some = 0
    for few in (PKS[28:31], PKS[31:35], PKS[35:]):
        touched = Touched(few, public)
        with one_mask():
            for text in texts:
                saved = SavedSearch(question=urlencode({"q": text}))
                found = found_by(saved, touched)
                found_of_some += 0 < len(found) < len(few)
                assert found == found_by(saved) & touched.pks, (text, few)

    assert found_of_some > 100
