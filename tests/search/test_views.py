"""The search page: hits, marks, orders, pages, fragments, the table and print."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from recommendations.models import Recommendation
from search.engines.base import Engine
from search.sync import outbox
from search.sync.drain import drain
from taxonomy.models import OrganisationName
from tests.factories.pages import make_group, make_recommendation
from tests.factories.scale import multiply
from tests.factories.taxonomy import OrganisationFactory
from tests.search.conftest import translate
from tests.search.pages import ask, titles, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground", "stage_index")]


def test_a_hit_says_what_it_is_who_issued_it_whom_it_asks_and_how_it_stands(
    one: Recommendation, client: Client
) -> None:
    html = ask(client, "/search/?q=cudzoziemcom").content.decode()

    assert "Przewodnik dla <mark>cudzoziemców</mark>" in html
    assert one.reference in html
    assert "Pierwszy kontakt" in html
    assert "2015" in html
    assert "Miasto Wrocław" in html
    assert "no information" in html
    assert "Wydać przewodnik dla <mark>cudzoziemców</mark>" in html
    assert "no information on the state yet" in html

    one.assignments.update(position="declined")
    for view in ("", "&view=table"):
        html = ask(client, f"/search/?q=cudzoziemcom{view}").content.decode()
        assert "not known" in html
        assert "no information on the state yet" not in html


def test_words_in_the_name_of_its_issuer_or_addressee_are_marked_there(one: Recommendation, client: Client) -> None:
    html = ask(client, "/search/?q=przewodnik kontakty wrocław").content.decode()

    assert "Pierwszy <mark>kontakt</mark>" in html
    assert "Miasto <mark>Wrocław</mark>" in html


def test_a_name_with_markup_stays_text(one: Recommendation, client: Client) -> None:
    organisation = one.assignments.get().organisation
    organisation.label_pl = "<b>Urząd</b> kotów"
    organisation.save()
    drain()

    html = ask(client, "/search/?q=przewodnik kotów").content.decode()

    assert "&lt;b&gt;Urząd&lt;/b&gt; <mark>kotów</mark>" in html
    assert "<b>Urząd" not in html


def test_markup_in_what_a_hit_says_beside_the_question_stays_text(client: Client, index: Engine) -> None:
    group = make_group(title="Zespół <i>pierwszy</i>", date_words="<u>wiosną</u>")
    body = OrganisationFactory.create(label_pl="<b>Urząd</b>")
    make_recommendation(title="Tramwaj <s>nocny</s>", text="<em>Tory</em>", parent=group, addressees=[body])
    drain()

    html = ask(client, "/search/?q=tramwaj").content.decode()

    for said in ("&lt;i&gt;pierwszy", "&lt;b&gt;Urząd", "&lt;s&gt;nocny", "&lt;em&gt;Tory"):
        assert said in html
    assert not re.search(r"<(i|b|s|u)>|<em>Tory", html.partition('id="filters"')[0].partition('class="hits"')[2])


def test_forums_groups_and_institutions_are_found_too(one: Recommendation, client: Client) -> None:
    OrganisationName.objects.create(organisation=one.assignments.get().organisation, name="Magistrat wrocławski")
    drain()

    assert "IV Forum" in titles(ask(client, '/search/?q="IV forum"&kind=forum'))
    assert titles(ask(client, "/search/?q=kontakt&kind=group")) == ["Pierwszy kontakt"]
    assert titles(ask(client, "/search/?q=magistrat&kind=organisation")) == ["Miasto Wrocław"]


def test_the_order_can_be_chosen(index: Engine, client: Client) -> None:
    group = make_group()
    for title, day in (("Żłobek", "2013-01-01"), ("Zasiłek", "2022-01-01"), ("Ławka", "2020-01-01")):
        make_recommendation(parent=group, title=title, starts_on=day)
    drain(index)

    address = "/search/?kind=recommendation&sort="
    offered = [
        (str(sort["label"]), sort["is_selected"]) for sort in ask(client, f"{address}relevance").context["sorts"]
    ]
    assert offered == [("newest", True), ("oldest", False), ("by title", False)]
    assert titles(ask(client, f"{address}newest")) == ["Zasiłek", "Ławka", "Żłobek"]
    assert titles(ask(client, f"{address}oldest")) == ["Żłobek", "Ławka", "Zasiłek"]
    assert titles(ask(client, f"{address}title")) == ["Ławka", "Zasiłek", "Żłobek"]


def test_pages_neither_repeat_nor_lose_a_hit_and_a_page_past_the_end_is_the_last(
    one: Recommendation, client: Client
) -> None:
    multiply(one, 24)
    outbox.requeue(f"recommendation:{pk}" for pk in Recommendation.objects.values_list("pk", flat=True))
    drain()

    first, second = (titles(ask(client, f"/search/?kind=recommendation&page={n}")) for n in (1, 2))

    assert (len(first), len(second)) == (20, 5)
    assert len({*first, *second}) == 25
    assert titles(ask(client, "/search/?kind=recommendation&page=99")) == second
    assert titles(ask(client, "/search/?page=2")) == second


def test_htmx_gets_one_fragment_and_a_page_out_of_history_is_whole(one: Recommendation, client: Client) -> None:
    fragment = ask(client, "/search/?q=przewodnik", **{"HX-Request": "true"})
    restored = ask(client, "/search/?q=przewodnik", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    whole = ask(client, "/search/?q=przewodnik")

    assert "<html" not in fragment.content.decode()
    assert fragment.content.decode().strip().startswith("<title>“przewodnik” – search")
    assert '<meta property="og:title" content="“przewodnik” – search">' in whole.content.decode()
    assert "<mark>Przewodnik</mark>" in fragment.content.decode()
    assert "<html" in restored.content.decode()
    assert "<html" in whole.content.decode()
    assert "HX-Request" in whole.headers["Vary"]


def test_a_translation_is_a_hit_in_its_language_and_the_source_elsewhere(one: Recommendation, client: Client) -> None:
    translate(one.source_page, "en", title="Guide for foreigners", text="Publish a guide.")
    drain()

    assert titles(ask(client, "/en/search/?q=guides&kind=recommendation")) == ["Guide for foreigners"]
    assert titles(ask(client, "/uk/search/?q=przewodnik&kind=recommendation")) == ["Przewodnik dla cudzoziemców"]
    assert 'lang="pl"' in ask(client, "/uk/search/?q=przewodnik&kind=recommendation").content.decode()
    assert ask(client, "/en/search/?q=foreigner").context["total"] == 1


def test_partial_matches_stand_under_a_heading_and_nonsense_stays_empty(one: Recommendation, client: Client) -> None:
    partial = ask(client, "/search/?q=przewodnik cudzoziemcy wieloryb")
    assert partial.context["is_partial"]
    assert "Partial matches" in partial.content.decode()

    nothing = ask(client, "/search/?q=xqzwv")
    assert nothing.context["total"] == 0
    assert "See all recommendations" in nothing.content.decode()


@pytest.mark.parametrize(
    "address", ["/search/", "/search/?q=przewodnik", "/en/search/?q=przewodnik&level=local&page=2"]
)
def test_the_page_costs_few_queries_however_long_the_list(
    one: Recommendation, client: Client, address: str, django_assert_max_num_queries: Any
) -> None:
    ask(client, address)
    with django_assert_max_num_queries(20) as few:
        ask(client, address)
    multiply(one, 30)
    outbox.requeue(f"recommendation:{pk}" for pk in Recommendation.objects.values_list("pk", flat=True))
    drain()
    with django_assert_max_num_queries(20) as many:
        ask(client, address)

    assert len(many) <= len(few) + 1


def test_the_same_hits_can_be_had_as_a_table_and_every_link_keeps_it(index: Engine, client: Client) -> None:
    one = make_recommendation(title="Kursy", addressees=[OrganisationFactory.create(label_pl="Miasto Wrocław")])
    multiply(one, 24)
    outbox.requeue(f"recommendation:{pk}" for pk in Recommendation.objects.values_list("pk", flat=True))
    drain(index)

    for headers in ({}, {"HX-Request": "true"}):
        response = ask(client, "/search/?q=kursy&kind=recommendation&view=table", **headers)
        html = response.content.decode()
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", html.partition("<tbody")[2], re.DOTALL)
        first = " ".join(re.sub(r"<[^>]+>", " ", " ".join(cells[:7])).split())
        assert re.match(r"FLPM-2015-R\d+ .*Kursy .* 2015 Miasto Wrocław no information", first), first
        assert '<ol class="hits"' not in html
        assert 'tabindex="0"' in html
        assert '<input type="hidden" name="view" value="table">' in html

    questions = [value.question for _, value in values_of(response)]
    questions += [
        part["query"].encoded() for part in (*response.context["selected"], *response.context["columns"].values())
    ]
    assert all("view=table" in question for question in questions)
    assert re.search(r'rel="next" href="[^"]*view=table[^"]*page=2', html)
    assert len(titles(ask(client, "/search/?q=kursy&kind=recommendation&view=table&page=2"))) == 5


def test_columns_of_the_table_sort_by_links(index: Engine, client: Client) -> None:
    for title, day in (("Żłobek", "2013-01-01"), ("Zasiłek", "2022-01-01")):
        make_recommendation(title=title, starts_on=day)
    drain(index)

    response = ask(client, "/search/?view=table")
    year = response.context["columns"]["year"]
    assert year["sorted"] == "descending"
    assert titles(ask(client, f"/search/?{year['query'].encoded()}")) == ["Żłobek", "Zasiłek"]
    by_title = response.context["columns"]["title"]["query"]
    assert titles(ask(client, f"/search/?{by_title.encoded()}")) == ["Zasiłek", "Żłobek"]
    assert 'aria-sort="descending"' in response.content.decode()


def test_print_says_what_was_asked_and_where_and_offers_nothing(one: Recommendation, client: Client) -> None:
    page = BeautifulSoup(client.get("/search/?q=lublin&kind=recommendation").content, "html.parser")
    line = " ".join(page.select_one(".results .print-only").get_text().split())  # type: ignore[union-attr]

    assert "lublin" in line
    assert line.endswith("http://testserver/search/?q=lublin&kind=recommendation")
    assert all("no-print" in (offer.get("class") or ()) for offer in page.select(".offers"))
