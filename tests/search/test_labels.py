"""What the values of facets are called, and what has no name for readers."""

from typing import Any

import pytest
from wagtail.models import PageViewRestriction

from forums.models import Forum, WorkingGroup
from search.labels import label_values, load_issuers, load_titles, value_of
from taxonomy.models import OrganisationName
from tests.factories.pages import make_forum, make_group
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory
from tests.search.conftest import translate

pytestmark = pytest.mark.django_db


def fact_of(page: Any) -> Any:
    model = Forum if type(page).__name__ == "ForumPage" else WorkingGroup
    return model.objects.get(translation_key=page.translation_key)


def test_forums_and_groups_are_called_by_their_pages_in_the_readers_language() -> None:
    forum = make_forum(title="II Forum")
    translate(forum, "en", title="2nd Forum")
    values = [value_of(fact_of(forum)), value_of(fact_of(make_group(title="Grupa", parent=forum)))]

    assert {value: (t.title, t.language) for value, t in load_titles(values, "en").items()} == {
        values[0]: ("2nd Forum", "en"),
        values[1]: ("Grupa", "pl"),
    }
    assert [load_titles(values, "uk")[value].title for value in values] == ["II Forum", "Grupa"]
    # The same as whole pages are chosen by.
    assert [load_issuers(values, "en")[value].page.title for value in values] == ["2nd Forum", "Grupa"]


def test_what_readers_may_not_see_has_no_name_in_any_language() -> None:
    forum = make_forum(title="Tajne forum")
    translated = translate(forum, "en", title="Secret forum")
    value = value_of(fact_of(forum))
    PageViewRestriction.objects.create(page=forum, restriction_type=PageViewRestriction.LOGIN)
    assert translated.live

    assert load_titles([value], "pl") == {}
    assert load_titles([value], "en") == {}
    label = label_values({"issuer": [value]}, {}, "en")["issuer"][value]
    assert (label.text, label.is_known) == (value, False)


@pytest.mark.parametrize("value", ["", "f", "f-1", "f999999", "g" + "9" * 40, "x1", "f١"])
def test_values_that_name_nothing_have_no_title(value: str) -> None:
    assert load_titles([value], "pl") == {}


def test_every_value_gets_a_label_and_the_unknown_ones_keep_their_text() -> None:
    above = ThemeFactory.create(code="edukacja", label_pl="Edukacja", label_en="Education")
    ThemeFactory.create(code="dzieci", label_pl="Dzieci", parent=above)
    values = {
        "theme": ["edukacja", "dzieci", "nic"],
        "year": ["2014", "nd", "abc"],
        "alert": ["stale", "happy"],
        "closure": ["open", "declined"],
    }

    labels = label_values(values, {}, "en")

    assert labels["theme"]["edukacja"].text == "Education"
    assert ("Edukacja", "pl") in labels["theme"]["edukacja"].names
    assert labels["theme"]["dzieci"].above == "edukacja"
    assert labels["theme"]["dzieci"].text == "Dzieci"
    unknown = {(name, value) for name, some in labels.items() for value, label in some.items() if not label.is_known}
    assert unknown == {("theme", "nic"), ("year", "abc"), ("alert", "happy")}
    assert labels["theme"]["nic"].text == "nic"


def test_an_institution_is_known_by_its_other_names_too() -> None:
    body = OrganisationFactory.create(code="udsc", label_pl="Urząd")
    OrganisationName.objects.create(organisation=body, name="UdSC")

    label = label_values({"addressee": ["udsc", "nikt"]}, {}, "pl")["addressee"]["udsc"]

    assert {text for text, _ in label.names} >= {"Urząd", "UdSC"}
