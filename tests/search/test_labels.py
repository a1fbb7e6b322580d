"""What the values of facets are called, and what has no name for readers."""

from typing import Any

import pytest
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import PageViewRestriction

from forums.models import Forum, WorkingGroup
from search.labels import label_values, load_issuers, load_titles, value_of
from taxonomy.models import OrganisationName, Tag
from taxonomy.services.merging import merge
from tests.factories.accounts import UserFactory
from tests.factories.pages import appear, make_forum, make_group, make_recommendation, make_recommendation_page
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


def named(slug: str) -> str:
    """What the tag of that slug is called; "" if nothing goes by it."""
    label = label_values({"tag": [slug]}, {}, "pl")["tag"][slug]
    return label.text if label.is_known else ""


def test_a_tag_of_drafts_has_no_name_before_one_of_them_is_published() -> None:
    page = make_recommendation_page(published=False, tags=["Tajny plan"])
    assert (Tag.objects.get().slug, named("tajny-plan")) == ("tajny-plan", "")

    appear(page)

    assert named("tajny-plan") == "Tajny plan"


def test_a_tag_keeps_its_name_when_what_bore_it_is_taken_off_the_site() -> None:
    fact = make_recommendation(tags=["Hydranty"])
    assert named("hydranty") == "Hydranty"

    UnpublishPageAction(fact.source_page).execute(skip_permission_checks=True)
    Tag.objects.get().save()

    assert named("hydranty") == "Hydranty"


def test_a_tag_of_what_stands_under_a_restriction_alone_has_no_name_while_it_stands() -> None:
    forum = make_forum(title="Zamknięte")
    restriction = PageViewRestriction.objects.create(page=forum, restriction_type=PageViewRestriction.LOGIN)
    page = make_recommendation(tags=["Hydranty"], parent=make_group(parent=forum)).source_page
    assert named("hydranty") == ""

    somewhere, administrator = make_group(title="Otwarta"), UserFactory.create(administrator=True)
    MovePageAction(page, somewhere, pos="last-child", user=administrator).execute(skip_permission_checks=True)
    assert named("hydranty") == "Hydranty"

    restriction.page = somewhere
    restriction.save()
    assert named("hydranty") == ""
    restriction.delete()
    assert named("hydranty") == "Hydranty"


def test_a_tag_that_became_another_has_a_name_as_soon_as_that_one_has() -> None:
    twin = Tag.objects.create(name="Hydrant")
    draft = make_recommendation_page(published=False, tags=["Hydranty"])
    merge(twin, into=Tag.objects.get(name="Hydranty"))
    assert named("hydrant") == ""

    appear(draft)

    assert (named("hydrant"), named("hydranty")) == ("Hydrant", "Hydranty")
