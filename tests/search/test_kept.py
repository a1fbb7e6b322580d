"""What a process keeps of the vocabularies is what they are: after each change, and after one that was taken back."""

from typing import Any

import pytest
from django.db import transaction

from forums.models import Forum, WorkingGroup
from search.kept import Kept, one_version
from search.labels import label_values, load_titles
from search.models import WordsVersion
from taxonomy.models import OrganisationName, Tag
from tests.factories.pages import make_forum, make_group, make_recommendation
from tests.factories.taxonomy import (
    AffectedGroupFactory,
    OrganisationFactory,
    PlaceFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


def label(facet: str, value: str) -> str:
    return label_values({facet: [value]}, {}, "pl")[facet][value].text


@pytest.mark.parametrize(
    ("facet", "factory"),
    [
        ("theme", ThemeFactory),
        ("addressee", OrganisationFactory),
        ("city", PlaceFactory),
        ("affected", AffectedGroupFactory),
    ],
)
def test_a_value_is_called_what_its_row_is_called_now(facet: str, factory: Any) -> None:
    row = factory.create(label_pl="Dawna nazwa")
    assert label(facet, row.code) == "Dawna nazwa"

    row.label_pl = "Nowa nazwa"
    row.save()
    assert label(facet, row.code) == "Nowa nazwa"

    code = row.code
    row.delete()
    assert label(facet, code) == code


def test_a_tag_and_another_name_of_a_body_are_known_from_their_saving_on() -> None:
    make_recommendation(tags=["hydranty"])
    tag, body = Tag.objects.get(name="hydranty"), OrganisationFactory.create(label_pl="Urząd")
    assert label("tag", tag.slug) == "hydranty"

    tag.name = "studnie"
    tag.save()
    OrganisationName.objects.create(organisation=body, name="UdSC")

    assert label("tag", tag.slug) == "studnie"
    (known,) = label_values({"addressee": [body.code]}, {}, "pl")["addressee"].values()
    assert ("UdSC", "pl") in known.names


def test_a_forum_and_a_group_are_called_by_their_titles_from_their_publication_on() -> None:
    assert load_titles(["f1", "g1", "nonsense", ""], "pl") == {}

    forum, group = make_forum(title="II Forum"), make_group(title="Mieszkanie")
    values = {f"f{fact_of(forum).pk}": "II Forum", f"g{fact_of(group).pk}": "Mieszkanie"}

    assert {value: title.title for value, title in load_titles(values, "pl").items()} == values
    group.unpublish()
    assert list(load_titles(values, "pl")) == list(values)[:1]


def fact_of(page: Any) -> Any:
    return {"forumpage": Forum, "workinggrouppage": WorkingGroup}[page._meta.model_name].objects.get(
        translation_key=page.translation_key
    )


def test_what_was_read_of_a_change_that_was_taken_back_is_not_taken_for_the_next_change() -> None:
    theme = ThemeFactory.create(label_pl="Oświata")
    with transaction.atomic():
        theme.label_pl = "Nigdy nie było"
        theme.save()
        assert label("theme", theme.code) == "Nigdy nie było"
        transaction.set_rollback(True)

    # No read between: the next change must not bear the number that the one taken back bore.
    WordsVersion.raise_()

    assert label("theme", theme.code) == "Oświata"


def test_within_one_version_the_number_is_asked_for_once_and_other_moments_are_left_alone(
    django_assert_num_queries: Any,
) -> None:
    read = iter(["first", "second"])
    kept = Kept(lambda: next(read))
    with django_assert_num_queries(1), one_version():
        assert (kept(), kept()) == ("first", "first")
    WordsVersion.raise_()

    with one_version():
        assert kept() == "second"
