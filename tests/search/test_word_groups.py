"""The lists in the database: shipped once, edited for good, known to every process, tried before they are saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cms.roles import load_roles
from search.engines.base import Engine
from search.expansion import WEIGHTS, Lists
from search.models import WordGroup, WordsVersion
from search.parser import parse
from search.sync.drain import drain
from search.tree import Word
from search.views.trial import try_words
from search.word_groups import current_lists, load_shipped, shipped_groups
from search.word_groups.shipped import digest_of
from taxonomy.models import OrganisationName
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_recommendation, make_site
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground", "stage_index")]


@pytest.fixture
def moderator(client: Client) -> Client:
    load_roles(make_site())
    client.force_login(UserFactory.create(groups=["Moderatorzy"]))
    return client


def words(text: str) -> set[str]:
    """The single words that a question of one word finds besides its own."""
    match = current_lists().match([{text: 1.0}], 0, 1)
    return {other.places[0][0] for other in match.others if len(other.places) == 1} if match else set()


def test_every_shipped_group_is_one_that_a_moderator_could_have_written() -> None:
    load_shipped()

    faults = {}
    for group in WordGroup.objects.all():
        try:
            group.full_clean()
        except ValidationError as error:
            faults[group.code] = error.messages
    assert faults == {}
    assert {group.kind for group in shipped_groups()} <= set(WEIGHTS)


def test_loading_twice_changes_nothing() -> None:
    assert load_shipped() == WordGroup.objects.count() > 300
    assert load_shipped() == 0


def test_what_a_moderator_changed_or_switched_off_is_left_alone() -> None:
    load_shipped()
    changed, off = WordGroup.objects.order_by("pk")[:2]
    changed.words_pl = "cudzoziemiec\nprzyjezdny"
    changed.save()
    off.is_active = False
    off.save()

    load_shipped()

    assert WordGroup.objects.get(pk=changed.pk).words_pl == "cudzoziemiec\nprzyjezdny"
    assert not WordGroup.objects.get(pk=off.pk).is_active


def test_a_group_that_nobody_touched_is_renewed_with_the_project() -> None:
    load_shipped()
    group = WordGroup.objects.order_by("pk")[0]
    shipped = group.words_pl
    # As if an older version of the project had brought it.
    group.words_pl, group.words_en, group.words_uk, group.words_ru = "kot\npies", "", "", ""
    group.shipped_as = digest_of(group.as_row())
    group.save()

    assert load_shipped() == 1
    group.refresh_from_db()
    assert group.words_pl == shipped


def test_a_saved_group_counts_at_the_next_question_and_a_switched_off_one_no_more() -> None:
    assert words("kot") == set()

    group = WordGroup.objects.create(kind="synonym", words_pl="kot\npies")
    assert words("kot") == {"pies"}

    group.is_active = False
    group.save()
    assert words("kot") == set()


def test_another_process_learns_of_a_change_by_its_number() -> None:
    current_lists()
    # Written past this process, as by another one: no signal is heard here.
    WordGroup.objects.bulk_create([WordGroup(kind="synonym", words_pl="kot\npies")])
    assert words("kot") == set()

    WordsVersion.raise_()

    assert words("kot") == {"pies"}


def test_reading_the_lists_again_costs_one_select(django_assert_num_queries: Any) -> None:
    current_lists()

    with django_assert_num_queries(1):
        current_lists()


def test_names_of_bodies_and_adjectives_of_places_are_lists_too() -> None:
    body = OrganisationFactory.create(label_pl="Kuratorium")
    OrganisationName.objects.create(organisation=body, name="KURAT", is_former=True)
    PlaceFactory.create(label_pl="Kraków", adjectives="krakowski\n")

    assert "kuratorium" in words("kurat")
    assert "kraków" in words("krakowski")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kot\nkot", "Line 2, “kot”, stands here already. Leave one of them out."),
        ("kot\nkot  \n", "Line 2"),
        ("kot", "There is one word only. Add at least one that finds the same things."),
        ("kot\n…", "Line 2, “…”, holds no word that search looks for. Leave it out."),
        ("kot\ni", "Line 2, “i”, holds no word that search looks for. Leave it out."),
        ("kot\n" + "bardzo " * 9, "is too long. Write at most 8 words."),
        ("\n".join(f"słowo{n}" for n in range(40)), "Keep at most 32, and make a second group of the rest."),
    ],
)
def test_a_group_that_cannot_work_is_refused_with_the_line_and_the_remedy(text: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WordGroup(kind="synonym", words_pl=text).full_clean()

    assert any(said in message for message in refused.value.messages), refused.value.messages


def test_a_trial_says_what_each_word_finds_without_the_group_and_with_it(index: Engine) -> None:
    make_recommendation(title="Pomoc dla przybyszów")
    make_recommendation(title="Pomoc dla cudzoziemców")
    drain(index)
    group = WordGroup(kind="synonym", words_pl="cudzoziemiec\nprzybysz")

    first, second = try_words(group)

    assert (first.word, first.without, first.old, first.new) == ("cudzoziemiec", 1, None, 2)
    assert "przybyszów" in first.added[0].title
    assert "cudzoziemców" in second.added[0].title
    assert WordGroup.objects.count() == 0


def test_a_trial_of_a_saved_group_compares_with_what_is_saved(index: Engine) -> None:
    make_recommendation(title="Pomoc dla przybyszów")
    make_recommendation(title="Pomoc dla cudzoziemców")
    drain(index)
    saved = WordGroup.objects.create(kind="synonym", words_pl="cudzoziemiec\nprzybysz")
    written = WordGroup(kind="synonym", words_pl="cudzoziemiec\nobcy")

    first, _ = try_words(written, instead_of=saved.pk)

    assert (first.without, first.old, first.new) == (1, 2, 1)


def test_a_moderator_lists_adds_and_changes_groups_but_deletes_none(moderator: Client) -> None:
    made = moderator.post(
        reverse("wordgroup:add"),
        {"kind": "synonym", "words_pl": "kot\npies", "words_en": "", "words_uk": "", "words_ru": "", "is_active": "on"},
    )
    group = WordGroup.objects.get()

    assert made.status_code == 302
    assert "kot, pies" in moderator.get(reverse("wordgroup:index")).content.decode()
    assert (
        "Show what these words would find" in moderator.get(reverse("wordgroup:edit", args=[group.pk])).content.decode()
    )
    moderator.post(reverse("wordgroup:delete", args=[group.pk]))
    assert WordGroup.objects.count() == 1


def test_the_groups_stand_among_the_vocabularies(moderator: Client) -> None:
    assert reverse("wordgroup:index") in moderator.get(reverse("wagtailadmin_home")).content.decode()


def test_the_preview_shows_counts_and_saves_nothing(client: Client, index: Engine) -> None:
    make_recommendation(title="Pomoc dla przybyszów")
    drain(index)
    client.force_login(UserFactory.create(administrator=True))
    form = {"kind": "synonym", "words_pl": "obcy\nprzybysz", "is_active": "on"}

    html = client.post(reverse("wordgroup:preview_new"), form).content.decode()

    assert "Pomoc dla <mark>przybyszów</mark>" in html
    assert WordGroup.objects.count() == 0


def test_the_preview_names_what_is_wrong(moderator: Client, index: Engine) -> None:
    html = moderator.post(
        reverse("wordgroup:preview_new"), {"kind": "synonym", "words_pl": "kot\nkot"}
    ).content.decode()

    assert "stands here already" in html


def test_who_may_not_change_words_may_not_try_them(client: Client) -> None:
    load_roles(make_site())
    client.force_login(UserFactory.create(groups=[]))

    assert client.post(reverse("wordgroup:preview_new"), {}).status_code in {302, 403}


@pytest.mark.parametrize(("language", "word"), [("en", "school"), ("uk", "школа"), ("ru", "школа")])
def test_a_polish_word_finds_the_texts_of_the_readers_language_by_its_family_too(language: str, word: str) -> None:
    tree = parse("edukacja", language, Lists(shipped_groups()))
    keys = {one.key for node in tree.required for one in getattr(node, "alternatives", ()) if isinstance(one, Word)}

    assert {"szkoła", word} <= keys
