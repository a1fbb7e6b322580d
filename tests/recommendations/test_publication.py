"""Publishing a recommendation page writes its fact, its reference and its wording, or nothing."""

from typing import Any

import pytest

from forums.models import Forum, WorkingGroup
from pagekit.acts import Refused
from recommendations.models import Recommendation, RecommendationIndexPage, Wording
from recommendations.services.publication import resolve_reference, write_recommendation_fact
from tests.factories.accounts import UserFactory
from tests.factories.pages import (
    author,
    make_forum,
    make_group,
    make_recommendation,
    make_recommendation_page,
    make_site,
    moderator,
    publish,
)
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory, ThemeFactory

pytestmark = pytest.mark.django_db


def test_the_first_publication_mints_the_reference_from_programme_year_city_and_group() -> None:
    wroclaw = PlaceFactory.create(reference_code="WRO")
    group = make_group(parent=make_forum(place=wroclaw), group_code="G3")

    assert make_recommendation(parent=group).reference == "FLPM-2015-WRO-G3-R01"
    assert make_recommendation(parent=group, title="Druga").reference == "FLPM-2015-WRO-G3-R02"


def test_a_date_known_only_as_a_bound_gives_nd_and_the_records_own_single_place_wins() -> None:
    forum = make_forum(place=PlaceFactory.create(reference_code="WRO"))
    page = make_recommendation_page(parent=forum, published=False, precision="after")
    page.places = [PlaceFactory.create(reference_code="LUB")]
    publish(page)

    assert Recommendation.objects.get().reference == "FLPM-ND-LUB-R01"


@pytest.mark.parametrize("kind", ["forum", "group"])
def test_under_the_common_list_the_issuer_named_on_the_page_issues(kind: str) -> None:
    home = make_site()
    index = publish(home.add_child(instance=RecommendationIndexPage(title="Rekomendacje", slug="rekomendacje")))
    group = make_group(parent=make_forum(programme_code="RPO"), group_code="G3")
    page = make_recommendation_page(parent=index, published=False)
    with pytest.raises(Refused, match="the issuer is missing"):
        publish(page)

    above = group.get_parent().specific
    fact_of_group = WorkingGroup.objects.get(translation_key=group.translation_key)
    fact_of_forum = Forum.objects.get(translation_key=above.translation_key)
    if kind == "group":
        publish(page, issuing_group=fact_of_group)
    else:
        publish(page, issuing_forum=fact_of_forum)

    fact = Recommendation.objects.get()
    assert fact.issuer == (fact_of_group if kind == "group" else fact_of_forum)
    assert fact.reference == ("RPO-2015-G3-R01" if kind == "group" else "RPO-2015-R01")


@pytest.mark.law("publish-four-eyes")
def test_nobody_publishes_what_they_saved() -> None:
    page = make_recommendation_page(published=False)

    with pytest.raises(Refused, match="co-author"):
        publish(page, by=moderator(), approved_by=moderator())

    page.refresh_from_db()
    assert not page.live
    assert not Recommendation.objects.exists()


def test_publishing_past_the_moderation_is_refused() -> None:
    page = make_recommendation_page(published=False)

    with pytest.raises(Refused, match="moderator's approval"):
        page.save_revision(user=author()).publish(user=UserFactory.create(administrator=True))


@pytest.mark.law("publish-needs")
@pytest.mark.parametrize(
    ("lack", "named"),
    [({"source_url": ""}, "source"), ({"text": " "}, "wording")],
)
def test_what_is_missing_is_named_and_nothing_is_written(lack: dict[str, Any], named: str) -> None:
    page = make_recommendation_page(published=False, **lack)

    with pytest.raises(Refused, match=named):
        publish(page)

    page.refresh_from_db()
    assert not page.live
    assert not Wording.objects.exists()


@pytest.mark.law("publish-needs")
def test_a_recommendation_without_theme_or_addressee_is_not_published() -> None:
    page = make_recommendation_page(published=False)
    page.themes = []
    page.addressees.clear()

    with pytest.raises(Refused, match="addressee, at least one theme"):
        publish(page)


@pytest.mark.law("change-reason")
def test_a_changed_wording_needs_a_reason_and_makes_the_next_version() -> None:
    page = make_recommendation_page()

    with pytest.raises(Refused, match="reason"):
        publish(page, text="Zapewnić bezpłatną naukę.")
    publish(page, text="Zapewnić bezpłatną naukę.", change_reason="pominięte słowo")

    first, second = Wording.objects.order_by("number")
    assert (first.number, first.text) == (1, "Zapewnić naukę języka polskiego.")
    assert (second.number, second.text, second.reason) == (2, "Zapewnić bezpłatną naukę.", "pominięte słowo")


def test_changed_facts_keep_the_reference_and_the_log_of_an_addressee_taken_off() -> None:
    old, new = OrganisationFactory.create(), OrganisationFactory.create()
    page = make_recommendation_page(addressees=[old], text="Uczyć:\r\n- dzieci.", rationale="<p>Bo tak.</p>")
    reference = Recommendation.objects.get().reference
    page.addressees.clear()
    page.addressees.add(page.addressees.model(organisation=new))
    # What a screen changes by itself is no other wording.
    page.text, page.rationale = "Uczyć:\n- dzieci.", '<p data-block-key="a1b2c">Bo tak.</p>'
    publish(page, change_reason="inny adresat", starts_on="2016-01-01")
    assert Wording.objects.count() == 1

    fact = Recommendation.objects.get()
    assert fact.reference == reference
    assert [(row.organisation, row.number, row.is_withdrawn) for row in fact.assignments.all()] == [
        (old, 1, True),
        (new, 2, False),
    ]


def test_a_draft_of_a_live_page_changes_nothing_public() -> None:
    page = make_recommendation_page(themes=[ThemeFactory.create()])
    theme = ThemeFactory.create(label_pl="Zdrowie")
    page.themes = [theme]
    page.text = "Szkic"
    page.save_revision(user=author())

    fact = Recommendation.objects.get()
    assert theme not in fact.themes.all()
    assert fact.wordings.get().text != "Szkic"


def test_references_and_aliases_resolve_in_any_case_and_nothing_else_does() -> None:
    fact = make_recommendation(identifiers=["MO-01"])

    assert resolve_reference(fact.reference.lower()) == fact
    assert resolve_reference("mo-01") == fact
    assert resolve_reference("MO-1") is None
    assert resolve_reference("x" * 500) is None


def test_an_identifier_of_another_recommendation_is_refused_with_its_reference() -> None:
    first = make_recommendation(identifiers=["MO-01"])

    for identifier in ("MO-01", "mo-01"):
        with pytest.raises(Refused, match=first.reference):
            make_recommendation(identifiers=[identifier], title="Druga")


def test_no_identifier_takes_a_reference_that_the_site_may_give_to_another() -> None:
    first = make_recommendation()
    make_recommendation(identifiers=["XI.541.31.2021"], title="Druga")

    with pytest.raises(Refused, match="written like a reference"):
        make_recommendation(identifiers=[f"{first.reference[:-2]}99"], title="Trzecia")


def test_a_fact_outside_a_publication_is_a_programming_error(transactional_db: None) -> None:
    page = make_recommendation_page()

    with pytest.raises(RuntimeError, match="inside the transaction"):
        write_recommendation_fact(page)


@pytest.mark.law("kept-public")
def test_what_was_public_is_not_deleted_by_any_door() -> None:
    page = make_recommendation_page()

    with pytest.raises(Refused, match="stays"):
        page.delete()
    with pytest.raises(Refused, match="stays"):
        page.get_parent().specific.delete()


def test_a_copy_is_a_draft_with_a_key_of_its_own_and_a_new_fact() -> None:
    page = make_recommendation_page()
    copy = page.copy(update_attrs={"slug": "kopia", "title": "Kopia"}, user=author())

    assert not copy.live
    publish(type(page).objects.get(pk=copy.pk))
    assert sorted(Recommendation.objects.values_list("number", flat=True)) == [1, 2]


def test_an_alias_inside_a_language_is_refused() -> None:
    with pytest.raises(Refused, match="alias"):
        make_recommendation_page().create_alias(update_slug="alias")
