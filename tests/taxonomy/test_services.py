"""Words of the vocabularies are written by their codes, and merged instead of deleted."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pagekit.acts import Refused
from recommendations.models import Recommendation
from taxonomy.models import AffectedGroup, Mandate, Place, Tag, Theme
from taxonomy.services import mandates, merging, rows
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_recommendation_page
from tests.factories.taxonomy import MandateFactory, OrganisationFactory, PlaceFactory, TagFactory, ThemeFactory

pytestmark = pytest.mark.django_db


def test_a_row_is_created_then_changed_under_the_same_code() -> None:
    rows.write_theme("praca", label_pl="Praca")
    rows.write_theme("praca", label_pl="Rynek pracy", label_en="Labour market")
    assert [(theme.label_pl, theme.label_en) for theme in Theme.objects.filter(code="praca")] == [
        ("Rynek pracy", "Labour market")
    ]


def test_a_row_without_a_polish_label_is_not_written() -> None:
    with pytest.raises(ValidationError, match="label_pl"):
        rows.write_affected_group("dzieci", label_pl="")
    assert not AffectedGroup.objects.exists()


def test_two_places_do_not_share_a_code_of_references() -> None:
    rows.write_place("wroclaw", label_pl="Wrocław", reference_code="WRO")
    with pytest.raises(ValidationError, match="reference_code"):
        rows.write_place("wronki", label_pl="Wronki", reference_code="WRO")


def test_a_theme_does_not_stand_below_itself() -> None:
    upper = rows.write_theme("praca", label_pl="Praca")
    lower = rows.write_theme("zatrudnienie", label_pl="Zatrudnienie", parent=upper)
    with pytest.raises(ValidationError, match="parent"):
        rows.write_theme("praca", label_pl="Praca", parent=lower)


def test_a_tag_is_known_in_any_case_of_letters() -> None:
    rows.write_tag("PESEL")
    rows.write_tag("pesel", label_en="PESEL number")
    assert [(tag.name, tag.label_en) for tag in Tag.objects.all()] == [("PESEL", "PESEL number")]


def test_a_tag_gets_an_address_in_plain_letters() -> None:
    assert rows.write_tag("księgowość społeczna").slug == "ksiegowosc-spoleczna"


def test_names_of_a_body_that_are_not_given_any_more_are_removed() -> None:
    values = {"label_pl": "Ministerstwo", "kind": "ministry", "level": "national"}
    rows.write_organisation("msw", names=[("MSW", "2011-2015", True), ("MSWiA", "", False)], **values)
    body = rows.write_organisation("msw", names=[("MSWiA", "od 2015", False)], **values)
    assert [str(name) for name in body.names.all()] == ["MSWiA (od 2015)"]


def test_a_merged_theme_stays_and_what_it_classified_moves() -> None:
    old, new = ThemeFactory.create(label_pl="Zatrudnienie"), ThemeFactory.create(label_pl="Praca")
    page = make_recommendation_page(themes=[old])
    merging.merge(old, into=new)
    fact = Recommendation.objects.get(translation_key=page.translation_key)
    assert list(fact.themes.all()) == [new]
    assert list(type(page).objects.get(pk=page.pk).themes.all()) == [new]
    old.refresh_from_db()
    assert old.merged_into == new
    assert list(Theme.objects.current()) == [new]


def test_what_had_both_themes_keeps_one() -> None:
    old, new = ThemeFactory.create(), ThemeFactory.create()
    page = make_recommendation_page(themes=[old, new])
    merging.merge(old, into=new)
    assert list(Recommendation.objects.get(translation_key=page.translation_key).themes.all()) == [new]


def test_a_merged_tag_takes_its_recommendations_along() -> None:
    old, new = TagFactory.create(name="urzędy"), TagFactory.create(name="urząd")
    page = make_recommendation_page()
    fact = Recommendation.objects.get(translation_key=page.translation_key)
    fact.tags.add(old)
    merging.merge(old, into=new)
    assert list(fact.tags.all()) == [new]


def test_children_of_a_merged_theme_stand_below_the_other() -> None:
    old, new = ThemeFactory.create(), ThemeFactory.create()
    child = ThemeFactory.create(parent=old)
    merging.merge(old, into=new)
    child.refresh_from_db()
    assert child.parent == new


def test_a_row_merged_into_a_merged_one_follows_it() -> None:
    first, second, third = ThemeFactory.create(), ThemeFactory.create(), ThemeFactory.create()
    merging.merge(first, into=second)
    merging.merge(second, into=third)
    first.refresh_from_db()
    assert first.merged_into == third


def test_a_row_is_not_merged_into_itself() -> None:
    theme = ThemeFactory.create()
    with pytest.raises(Refused):
        merging.merge(theme, into=theme)


def test_a_row_is_not_merged_twice() -> None:
    old, new, third = ThemeFactory.create(), ThemeFactory.create(), ThemeFactory.create()
    merging.merge(old, into=new)
    with pytest.raises(Refused):
        merging.merge(old, into=third)
    with pytest.raises(Refused):
        merging.merge(third, into=old)


def test_a_theme_is_not_merged_into_one_below_it() -> None:
    upper = ThemeFactory.create()
    lower = ThemeFactory.create(parent=upper)
    with pytest.raises(Refused):
        merging.merge(upper, into=lower)


def test_rows_of_two_vocabularies_are_not_merged() -> None:
    with pytest.raises(Refused):
        merging.merge(ThemeFactory.create(), into=PlaceFactory.create())
    assert Place.objects.current().count() == 1


def test_bodies_are_not_merged_because_their_log_is_history() -> None:
    with pytest.raises(Refused):
        merging.merge(OrganisationFactory.create(), into=OrganisationFactory.create())


def test_a_mandate_has_no_two_rows_for_one_person_and_day() -> None:
    held = MandateFactory.create(starts_on=dt.date(2024, 1, 1), ends_on=dt.date(2024, 12, 31))

    def write(starts_on: dt.date, ends_on: dt.date | None = None, **values: Any) -> Mandate:
        return mandates.write_mandate(
            held.user, held.organisation, role="contact", starts_on=starts_on, ends_on=ends_on, **values
        )

    for first, last in (
        (dt.date(2023, 1, 1), dt.date(2024, 1, 1)),
        (dt.date(2024, 12, 31), None),
        (dt.date(2023, 1, 1), None),
        (dt.date(2024, 5, 1), dt.date(2024, 6, 1)),
    ):
        with pytest.raises(Refused, match="already"):
            write(first, last)
    with pytest.raises(Refused, match="before it begins"):
        write(dt.date(2025, 2, 1), dt.date(2025, 1, 1))
    with pytest.raises(Refused, match="is history"):
        write(dt.date(2026, 1, 1), mandate=MandateFactory.create())

    after = write(dt.date(2025, 1, 1))
    changed = write(dt.date(2023, 1, 1), dt.date(2023, 12, 31), mandate=held)
    assert (changed.pk, held.user.mandates.count()) == (held.pk, 2)
    assert after.ends_on is None


def test_nobody_answers_for_a_group_of_institutions() -> None:
    with pytest.raises(Refused, match="no officials"):
        mandates.write_mandate(
            UserFactory.create(),
            OrganisationFactory.create(collective=True),
            role="contact",
            starts_on=dt.date(2024, 1, 1),
        )
