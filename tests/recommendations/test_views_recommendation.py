"""The page of a recommendation, the list of all, and the tags that other templates call."""

import datetime as dt
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from wagtail.models import Page

from forums.models import Forum, WorkingGroup, WorkingGroupPage
from pagekit.models import AbstractContentPage
from recommendations.choices import Badge
from recommendations.models import (
    Assignment,
    FollowUp,
    Recommendation,
    RecommendationIndexPage,
    RecommendationLink,
    RecommendationPage,
)
from recommendations.models.lists import counts, in_order
from recommendations.models.record import record_of
from tests.factories.accounts import UserFactory
from tests.factories.follow_up import make_entry
from tests.factories.pages import (
    make_assignment,
    make_forum,
    make_group,
    make_recommendation,
    make_recommendation_page,
    make_site,
    publish,
)
from tests.factories.scale import multiply
from tests.factories.taxonomy import AffectedGroupFactory, OrganisationFactory, PlaceFactory, ThemeFactory

pytestmark = pytest.mark.django_db
BUDGET = 20


def shown(client: Client, page: Page | None = None) -> str:
    found = page or RecommendationPage.objects.sources().get()
    response = client.get(found.url)
    assert response.status_code == 200
    return response.content.decode()


def rendered(template: str, **context: Any) -> str:
    return Template("{% load recommendation_tags state_tags %}" + template).render(
        Context({"request": RequestFactory().get("/")} | context)
    )


def note(row: Assignment, text: str, **values: Any) -> FollowUp:
    return FollowUp.objects.create(
        **{
            "assignment": row, "kind": "note", "text": text,
            "basis": "published_source", "refers_on": dt.date(2015, 5, 1),
        }
        | values
    )  # fmt: skip


def test_the_page_shows_wording_source_addressee_themes_and_how_to_cite(client: Client) -> None:
    page = make_recommendation_page(
        published=False, text="Zapewnić naukę.", source_locator="s. 4", source_title="Biała księga",
        themes=[ThemeFactory.create(label_pl="Edukacja")], tags=["asystent"], is_local=True,
        addressees=[OrganisationFactory.create(label_pl="Miasto Wrocław")],
    )  # fmt: skip
    page.affected_groups, page.places = (
        [AffectedGroupFactory.create(label_pl="dzieci")],
        [PlaceFactory.create(label_pl="Wrocław")],
    )
    publish(page)

    body = shown(client)

    for words in (
        "Zapewnić naukę.", "https://example.org/zrodlo", "s. 4", "Biała księga", "Edukacja", "Miasto Wrocław",
        "asystent", "dzieci", "Wrocław", 'name="citation_title"', 'name="DC.identifier"',
        "CreativeWork", "BreadcrumbList",
    ):  # fmt: skip
        assert words in body, words
    assert f"/r/{Recommendation.objects.get().reference}/v1.bib" in body


def test_the_log_stands_newest_first_with_an_undated_entry_last(client: Client) -> None:
    row = make_assignment()
    note(row, "Bez daty.", refers_on=None, refers_precision="unknown")
    note(row, "Nowszy wpis.", refers_on=dt.date(2020, 1, 1))
    note(row, "Starszy wpis.")

    body = shown(client)

    assert body.index("Nowszy wpis.") < body.index("Starszy wpis.") < body.index("Bez daty.")


def test_who_recorded_an_entry_is_shown_nowhere(client: Client) -> None:
    person = UserFactory.create(username="kanarek", first_name="Kanarek")
    note(make_assignment(), "Wpis.", recorded_by=person)

    assert "anarek" not in shown(client)


def test_a_restricted_file_is_named_with_its_reason_and_never_linked(client: Client) -> None:
    entry = note(make_assignment(), "Wpis.")
    entry.evidence.create(
        kind="letter",
        title="Pismo",
        url="https://example.org/tajne",
        is_restricted=True,
        restriction_reason="dane osób",
    )

    body = shown(client)

    assert "Pismo" in body
    assert "dane osób" in body
    assert "https://example.org/tajne" not in body


@pytest.mark.law("clock-ladder")
@pytest.mark.parametrize(("days", "is_said"), [(179, False), (180, True)])
def test_the_page_says_that_no_answer_came_ninety_days_after_it_was_due(
    days: int, is_said: bool, client: Client
) -> None:
    row = make_assignment(starts_on="2020-05-17")
    # By the wall clock: within an hour of midnight a summer day is another one by the hours since.
    Assignment.objects.filter(pk=row.pk).update(notified_at=timezone.localtime() - dt.timedelta(days=days))

    assert ("No answer came" in shown(client)) == is_said


def test_an_answer_takes_back_that_none_came(client: Client) -> None:
    row = make_assignment(starts_on="2020-05-17")
    told = timezone.localtime() - dt.timedelta(days=400)
    Assignment.objects.filter(pk=row.pk).update(notified_at=told, last_answered_at=told + dt.timedelta(days=300))

    assert "No answer came" not in shown(client)


def test_an_entry_that_was_found_weakened_reads_as_verified_no_longer(client: Client) -> None:
    row = make_assignment()
    entry = note(row, "Otwarto.", kind="report", implementation="implemented")
    for day, finding, badge in (
        (1, "confirms", Badge.VERIFIED),
        (2, "holds", Badge.VERIFIED),
        (3, "weakened", Badge.DECLARED),
    ):
        entry.assessments.create(
            finding=finding, text="Sprawdzono.", assessed_on=dt.date(2020, 1, day), public_from=dt.date(2020, 1, day)
        )
        assert f'<p class="said-state">{str(badge.label).capitalize()}</p>' in shown(client)


def test_what_superseded_it_is_named_only_where_readers_may_see_it(client: Client) -> None:
    row, other = make_assignment(), make_recommendation(title="Następna")
    note(row, "Zastąpiona.", kind="closure", closure="superseded", superseded_by=other)
    page = RecommendationPage.objects.sources().get(translation_key=row.recommendation.translation_key)

    assert f"/r/{other.reference}" in shown(client, page)
    assert "decision of the editors" in shown(client, page)
    RecommendationPage.objects.get(title="Następna").unpublish()
    assert other.reference not in shown(client, page)


def test_a_draft_of_something_published_is_unseen_until_it_is_approved(client: Client) -> None:
    page = make_recommendation_page(title="Jawny tytuł", text="Jawne brzmienie.")
    page.title, page.text, page.source_url = "Kanarek", "Kanarek", "https://example.org/kanarek"
    page.themes = [ThemeFactory.create(label_pl="Kanarek")]
    page.save_revision()

    assert "anarek" not in shown(client)


def test_a_preview_shows_the_rows_of_the_draft_with_the_log_of_the_fact() -> None:
    page = make_recommendation_page(addressees=[OrganisationFactory.create(label_pl="Miasto Lublin")])
    row = Assignment.objects.get()
    note(row, "Wpis w dzienniku.")
    draft = page.get_latest_revision_as_object()
    draft.themes = [ThemeFactory.create(label_pl="Nowy temat")]
    draft.source_url = "https://example.org/nowe"

    record = record_of(draft, is_preview=True)

    assert [theme.label_pl for theme in record.themes] == ["Nowy temat"]
    assert record.fact.source_url == "https://example.org/nowe"
    assert [found.pk for found in record.assignments] == [row.pk]
    assert [entry.text for entry in record.entries] == ["Wpis w dzienniku."]


def test_a_page_never_published_can_be_previewed() -> None:
    page = make_recommendation_page(published=False, title="Szkic")

    response = page.make_preview_request(preview_mode="")

    assert response.status_code == 200
    assert "Szkic" in response.content.decode()
    assert "citation_title" not in response.content.decode()


def test_links_are_shown_both_ways_but_never_to_what_is_hidden(client: Client) -> None:
    forum = make_forum()
    first, second = (make_recommendation(parent=forum, title=title) for title in ("Wcześniejsza", "Późniejsza"))
    RecommendationLink.objects.create(source=second, target=first, kind="repeats")
    pages = {page.title: page for page in RecommendationPage.objects.all()}

    assert "Wcześniejsza" in shown(client, pages["Późniejsza"])
    assert "Późniejsza" in shown(client, pages["Wcześniejsza"])
    pages["Późniejsza"].unpublish()
    body = shown(client, pages["Wcześniejsza"])
    assert "Późniejsza" not in body
    assert second.reference not in body


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x"])
def test_markup_in_texts_cannot_leave_the_data_for_machines(client: Client, address: str) -> None:
    make_recommendation_page(title='</script><script>alert("1")</script>', text=address)

    assert "<script>alert" not in shown(client)


def test_the_page_costs_at_most_twenty_queries_however_long_its_lists_are(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    group = make_group()
    found = make_recommendation(parent=group, tags=["jeden", "dwa"])
    RecommendationLink.objects.create(
        source=found, target=make_recommendation(parent=group, title="Inna"), kind="narrows"
    )
    page = RecommendationPage.objects.get(translation_key=found.translation_key)
    row = found.assignments.get()
    lengthen(found, row, 1)
    shown(client, page)
    with django_assert_max_num_queries(BUDGET) as few:
        shown(client, page)

    lengthen(found, row, 30)

    with django_assert_max_num_queries(BUDGET) as many:
        shown(client, page)
    assert len(many) == len(few)


def lengthen(found: Recommendation, row: Assignment, times: int) -> None:
    for _time in range(times):
        entry = note(row, "Wpis.")
        entry.evidence.create(kind="press", url="https://example.org/dowod")
        assessment = entry.assessments.create(
            finding="confirms", text="Potwierdzone.", assessed_on="2016-01-01", public_from="2016-01-01"
        )
        assessment.evidence.create(kind="report", citation="Raport")
        number = found.assignments.count() + 1
        found.assignments.create(organisation=OrganisationFactory.create(), number=number, role="supporting")
        found.themes.add(ThemeFactory.create())


def index_page() -> AbstractContentPage:
    page = make_site().add_child(instance=RecommendationIndexPage(title="Rekomendacje", slug="rekomendacje"))
    published: AbstractContentPage = publish(page)
    return published


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("", "Nowa"), ("?sort=newest", "Nowa"), ("?sort=oldest", "Stara"), ("?sort=reference", "Stara"),
        ("?sort=kanarek", "Nowa"), ("?sort=", "Nowa"), ("?sort=%00&page=x", "Nowa"),
        ("?sort=oldest&sort=newest", "Nowa"),
    ],
)  # fmt: skip
def test_the_list_stands_in_the_order_that_was_asked_for(client: Client, query: str, first: str) -> None:
    index, forum = index_page(), make_forum()
    make_recommendation(parent=forum, title="Stara", starts_on="2009-01-01")
    make_recommendation(parent=forum, title="Nowa", starts_on="2024-01-01")

    body = client.get(index.url + query).content.decode()

    other = "Stara" if first == "Nowa" else "Nowa"
    assert body.index(f">{first}</a>") < body.index(f">{other}</a>")
    assert "kanarek" not in body


def test_an_undated_recommendation_stands_last_in_both_directions() -> None:
    forum = make_forum()
    dated = make_recommendation(parent=forum)
    undated = make_recommendation(parent=forum, title="Bez daty", starts_on=None, precision="unknown")

    for order in ("newest", "oldest"):
        assert list(in_order(Recommendation.objects.all(), order)) == [dated, undated]


def test_the_list_costs_the_same_at_five_and_at_sixty_recommendations(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    index, group = index_page(), make_group()
    found = make_recommendation(parent=group)
    multiply(found, 4)
    client.get(index.url)
    with django_assert_max_num_queries(BUDGET) as few:
        client.get(index.url)

    multiply(found, 55)

    with django_assert_max_num_queries(BUDGET) as many:
        client.get(index.url)
    assert len(many) == len(few)


def test_the_page_keeps_the_order_in_its_links_to_other_pages(client: Client) -> None:
    index = index_page()
    multiply(make_recommendation(), 30)

    assert "?sort=oldest&amp;page=2" in client.get(f"{index.url}?sort=oldest&junk=1").content.decode()


def test_counts_stand_on_what_readers_may_see_and_leave_collectives_out_of_answers() -> None:
    forum = make_forum()
    city, cities = OrganisationFactory.create(), OrganisationFactory.create(collective=True)
    make_recommendation(parent=forum, addressees=[city, cities])
    found = make_recommendation(parent=forum, addressees=[cities], title="Zadeklarowana")
    make_recommendation_page(parent=forum, title="Szkic", published=False)
    Assignment.objects.filter(organisation=city).update(position="declined")
    Recommendation.objects.filter(assignments__organisation=city).update(badge=Badge.DECLARED)
    noted = make_recommendation(parent=forum, addressees=[cities], title="Z wpisem")
    make_entry(noted.assignments.get())
    make_entry(Assignment.objects.get(organisation=city), kind="position", position="declined")
    make_entry(found.assignments.get(), kind="letter")

    numbers = counts()

    assert (numbers.recommendations, numbers.answered, numbers.without_information) == (3, 1, 1)
    assert (numbers.declared, numbers.verified, numbers.issuers) == (1, 0, 1)
    assert (numbers.asked, numbers.positions) == (1, 1)


def test_counts_of_nothing_are_noughts() -> None:
    assert counts().recommendations == counts().asked == 0


def test_a_forum_lists_its_own_recommendations_in_their_original_order(django_assert_num_queries: Any) -> None:
    forum_page = make_forum()
    group_page = make_group(parent=forum_page)
    for title in ("Pierwsza", "Druga"):
        make_recommendation(parent=group_page, title=title)
    own = make_recommendation(parent=forum_page, title="Forum")
    forum, group = Forum.objects.get(), WorkingGroup.objects.get()
    template = (
        "{% recommendation_counts_by_issuer as numbers %}{% recommendations_of issuer numbers as found %}"
        "{% for one in found %}{{ one.page.title }} {% endfor %}"
    )

    assert rendered(template, issuer=group) == "Pierwsza Druga "
    assert (
        rendered(template, issuer=forum)
        == f"{RecommendationPage.objects.get(translation_key=own.translation_key).title} "
    )
    assert rendered(template, issuer=None) == ""
    counted = (
        "{% recommendation_counts_by_issuer as numbers %}{{ numbers|count_of:group }} {{ numbers|count_of:forum }}"
    )
    assert rendered(counted, group=group, forum=forum) == "2 1"


def test_more_than_a_hundred_recommendations_of_one_issuer_are_cut_into_pages(client: Client) -> None:
    fact = make_recommendation()
    multiply(fact, 120)
    address = WorkingGroupPage.objects.get(title="Grupa robocza").url

    first, second = (client.get(address + page).content.decode() for page in ("", "?page=2"))

    assert [html.count('<article class="recommendation-item">') for html in (first, second)] == [100, 21]
    assert "(121)" in first
    assert 'href="?page=2"' in first
    assert 'start="101"' in second
    assert "whole set" not in second


def test_newest_outcomes_leave_notes_and_hidden_recommendations_out() -> None:
    row = make_assignment()
    note(row, "Nagroda.")
    note(row, "Przyjęto.", kind="position", position="accepted")
    template = "{% latest_outcomes 5 as found %}{% for one in found %}{{ one.text }}{% endfor %}"

    assert rendered(template) == "Przyjęto."
    RecommendationPage.objects.get().unpublish()
    assert rendered(template) == ""


def test_a_partial_claim_is_called_a_claim_until_somebody_confirms_it(client: Client) -> None:
    row = make_assignment()
    claim = note(row, "Część gotowa.", kind="report", implementation="partially_implemented")
    page = RecommendationPage.objects.get()
    request = RequestFactory().get("/")
    template = (
        "{% load recommendation_tags %}{% record page as found %}"
        "{% for one in found.entries %}{{ one|says }}{% endfor %}"
    )

    def words() -> str:
        fresh = RecommendationPage.objects.get(pk=page.pk)
        with translation.override("en"):
            return Template(template).render(Context({"page": fresh, "request": request}))

    assert words() == "Partially implemented (claimed, not confirmed)"
    claim.assessments.create(finding="confirms", text="Tak.", assessed_on="2016-01-01", public_from="2016-01-01")
    assert words() == "Partially implemented"


def test_a_mixed_state_says_of_what_it_is_mixed_and_leaves_supporting_and_closed_rows_out() -> None:
    found = make_recommendation(addressees=[OrganisationFactory.create() for _each in range(4)])
    rows = list(found.assignments.all())
    Assignment.objects.filter(pk=rows[0].pk).update(implementation="in_progress")
    Assignment.objects.filter(pk=rows[2].pk).update(role="supporting")
    Assignment.objects.filter(pk=rows[3].pk).update(closure="declined")
    Recommendation.objects.filter(pk=found.pk).update(badge="mixed")

    with translation.override("en"):
        words = rendered("{{ found.fact|spread }}", found=record_of(RecommendationPage.objects.get()))

    assert words == "1\xa0×\xa0no information, 1\xa0×\xa0in progress"
