"""Words of a question that are labels of facets are offered as filters."""

from collections.abc import Mapping

import pytest

from search.labels import Label
from search.offers import offers
from search.query import SearchQuery
from search.results import FacetCount

LABELS = {
    "city": {
        "lublin": Label("Lublin", (("Lublin", "pl"), ("Люблін", "uk"))),
        "lodz": Label("Łódź", (("Łódź", "pl"),)),
        "x": Label("x", is_known=False),
    },
    "year": {"2014": Label("2014", (("2014", "pl"),))},
    "theme": {
        "edukacja": Label("Edukacja", (("Edukacja", "pl"), ("Education", "en"))),
        "jezyk": Label("Nauka języka polskiego", (("Nauka języka polskiego", "pl"),)),
    },
    "addressee": {
        "udsc": Label("Urząd do Spraw Cudzoziemców", (("Urząd do Spraw Cudzoziemców", "pl"), ("UdSC", "pl")))
    },
    "kind": {"recommendation": Label("recommendations", (("rekomendacje", "pl"),))},
}


def offered(text: str, language: str = "pl", filters: Mapping[str, tuple[str, ...]] | None = None) -> list[str]:
    query = SearchQuery(text, tuple((filters or {}).items()), language=language)
    counts = {
        facet: [FacetCount(value, 3, value in query.values(facet)) for value in values]
        for facet, values in LABELS.items()
    }
    return [offer.label for offer in offers(query, counts, LABELS)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("edukacja lublin 2014", {"Edukacja", "Lublin", "2014"}),
        ("edukację w Lublinie", {"Edukacja", "Lublin"}),
        ("lodz", {"Łódź"}),
        ("nauki języka polskiego w szkole", {"Nauka języka polskiego"}),
        ('"nauka języka polskiego"', {"Nauka języka polskiego"}),
        ('"edukacja otwarta" lublin', {"Lublin"}),
        ('"w Lublinie"', set()),
        ('"edukacja"', {"Edukacja"}),
        ("nauka języka", set()),
        ("nauka obcego języka polskiego", set()),
        ("urząd ds. spraw", set()),
        ("urzędowi do spraw cudzoziemców", {"Urząd do Spraw Cudzoziemców"}),
        ("udsc", {"Urząd do Spraw Cudzoziemców"}),
        ("-lublin edukacja", {"Edukacja"}),
        ("lublin OR łódź", set()),
        ("lubl*", set()),
        ("x", set()),
        ("rekomendacje", set()),
        ("", set()),
        ("-", set()),
    ],
)
def test_a_run_of_words_that_is_a_label_is_offered_in_any_inflection(text: str, found: set[str]) -> None:
    assert set(offered(text)) == found


def test_labels_of_all_languages_are_known_to_every_reader() -> None:
    assert offered("education", "en") == ["Edukacja"]
    assert offered("Люблін", "uk") == ["Lublin"]


def test_the_longest_name_stands_first_and_what_is_chosen_is_not_offered() -> None:
    assert offered("lublin nauka języka polskiego")[0] == "Nauka języka polskiego"
    assert offered("edukacja lublin", filters={"city": ("lublin",)}) == ["Edukacja"]


def test_an_offer_asks_the_same_words_with_the_filter_and_says_what_that_gives() -> None:
    query = SearchQuery("edukacja lublin", (("year", ("2014",)),), page=3)

    (offer,) = offers(query, {"city": [FacetCount("lublin", 4)]}, LABELS)

    assert offer.question == query.toggled("city", "lublin").encoded()
    assert offer.count == 4


def test_a_value_that_the_answer_does_not_count_is_not_offered() -> None:
    assert offers(SearchQuery("lublin"), {"city": [FacetCount("lublin", 0)]}, LABELS) == []
    assert offers(SearchQuery("lublin"), {}, LABELS) == []
