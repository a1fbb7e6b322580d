"""The search page: hits, marks, facets whose counts hold, addresses that are the whole state, and hostile ones."""

import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.urls import reverse

from recommendations.models import Recommendation
from search.engines.base import Engine
from search.models import Outbox
from search.sync import outbox
from search.sync.drain import drain
from search.views import answers
from taxonomy.models import OrganisationName, Tag
from tests.factories.pages import make_forum, make_group, make_recommendation, make_recommendation_page, some_group
from tests.factories.scale import multiply
from tests.factories.taxonomy import OrganisationFactory
from tests.search.conftest import translate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground", "stage_index")]


def ask(client: Client, address: str = "/search/", **headers: str) -> Any:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response


def titles(response: Any) -> list[str]:
    return [unescape(re.sub(r"<[^>]+>", "", str(item.title))) for item in response.context["items"]]


@pytest.fixture
def one(index: Engine) -> Recommendation:
    fact = make_recommendation(
        title="Przewodnik dla cudzoziemców",
        text="Wydać przewodnik dla cudzoziemców przybywających do miasta.",
        addressees=[OrganisationFactory.create(label_pl="Miasto Wrocław")],
        parent=make_group(title="Pierwszy kontakt", parent=make_forum(title="IV Forum")),
    )
    drain(index)
    return fact


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


def test_forums_groups_and_institutions_are_found_too(one: Recommendation, client: Client) -> None:
    OrganisationName.objects.create(organisation=one.assignments.get().organisation, name="Magistrat wrocławski")
    drain()

    assert "IV Forum" in titles(ask(client, '/search/?q="IV forum"&kind=forum'))
    assert titles(ask(client, "/search/?q=kontakt&kind=group")) == ["Pierwszy kontakt"]
    assert titles(ask(client, "/search/?q=magistrat&kind=organisation")) == ["Miasto Wrocław"]


def test_no_question_shows_all_recommendations_the_newest_first(index: Engine, client: Client) -> None:
    group = some_group()
    for title, day in (("Stara", "2013-01-01"), ("Nowa", "2022-01-01"), ("Bez daty", None)):
        make_recommendation(parent=group, title=title, starts_on=day, precision="day" if day else "unknown")
    drain(index)

    response = ask(client)

    assert titles(response) == ["Nowa", "Stara", "Bez daty"]
    assert response.context["total"] == 3
    kinds = {
        value.value: value for panel in response.context["panels"] for value in panel.shown if panel.name == "kind"
    }
    assert not any(value.is_selected for value in kinds.values())
    assert ask(client, address_of(kinds["group"])).context["total"] == kinds["group"].count == 1


def address_of(value: Any) -> str:
    return f"/search/?{value.question}"


def values_of(response: Any) -> list[tuple[str, Any]]:
    return [(panel.name, value) for panel in response.context["panels"] for value in panel.values]


def test_a_selected_filter_can_be_taken_away_one_by_one_and_stays_even_with_no_hit(
    one: Recommendation, client: Client
) -> None:
    response = ask(client, "/search/?q=przewodnik&level=eu&year=1999")

    assert response.context["total"] == 0
    assert {chip["label"] for chip in response.context["selected"]} == {"European Union", "1999"}
    assert [(n, v.value, v.count) for n, v in values_of(response) if v.is_selected] == [
        ("level", "eu", 0),
        ("year", "1999", 0),
    ]
    html = response.content.decode()
    assert "/search/?q=przewodnik&amp;level=eu" in html
    assert "/search/?q=przewodnik&amp;year=1999" in html
    assert "Without filters there is 1 result" in html


def test_the_address_is_the_state(one: Recommendation, client: Client) -> None:
    response = ask(client, "/search/?q=przewodnik&sort=oldest&theme=nieznany")
    html = response.content.decode()

    assert '<input type="hidden" name="theme" value="nieznany">' in html
    assert '<option value="oldest" selected>' in html
    for chip in response.context["selected"]:
        kept = parse_qs(urlsplit(f"/?{chip['query'].encoded()}").query)
        assert kept == {"q": ["przewodnik"], "sort": ["oldest"]}


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


HOSTILE: Sequence[str] = (
    "q=%00&kind=%00",
    "q=%22&q=%22%22",
    "q=" + "a" * 5000,
    "q=" + "%28" * 200,
    "q=-&sort=;drop table",
    "q=OR OR OR",
    "q=*",
    "q=%ED%A0%80",
    "q=%FF%FE",
    "page=-1",
    "page=99999999999999999999999",
    "page=١٢",
    "issuer=f99999999999999999999999999",
    "issuer=f-1&group=g%00",
    "issuer=f١",
    "year=٢٠١٥&year=abc&year=99999999999999999999",
    "theme=<script>alert(1)</script>",
    "tag=' OR 1=1 --&addressee=\"><img src=x onerror=alert(1)>",
    "&".join(f"theme=t{n}" for n in range(300)),
    "kind=novel&implementation=excellent&level=galactic&city=atlantis",
    "theme=" + "é" * 4000,
    "q[]=x&filters[theme]=y",
)


@pytest.mark.parametrize("parameters", HOSTILE)
@pytest.mark.parametrize("prefix", ["", "/uk"])
def test_hostile_addresses_get_a_page_and_no_live_markup(
    index: Engine, client: Client, parameters: str, prefix: str
) -> None:
    html = ask(client, f"{prefix}/search/?{parameters}").content.decode()

    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.django_db
def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/search/", {"q": "x"}).status_code == 405


def test_words_of_the_content_are_escaped_before_they_are_marked(index: Engine, client: Client) -> None:
    make_recommendation(title="Nauka <b onclick=x>języka</b>", text="<script>nauka</script> & <i>nauka</i>")
    drain(index)

    html = ask(client, "/search/?q=nauka&kind=recommendation").content.decode()

    assert "<script>" not in re.sub(r'<script src="[^"]+"', "", html)
    assert "&lt;<mark>" not in html
    assert "&lt;script&gt;<mark>nauka</mark>&lt;/script&gt;" in html


@pytest.mark.parametrize("is_broken", [True, False])
def test_without_an_index_titles_are_searched_in_the_database(
    db: None, settings: Any, tmp_path: Path, client: Client, is_broken: bool
) -> None:
    settings.SEARCH_DIR = tmp_path / "gone"
    if is_broken:
        (tmp_path / "gone").mkdir()
        (tmp_path / "gone" / "current").write_text("no-such-generation")
    make_recommendation(title="Przewodnik kanarkowy")
    make_recommendation_page(published=False, title="Przewodnik w szkicu")
    OrganisationFactory.create(label_pl="Urząd", label_en="Guide office")

    response = ask(client, "/search/?q=kanarkowy")
    assert titles(response) == ["Przewodnik kanarkowy"]
    assert "does not answer at the moment" in response.content.decode()
    assert titles(ask(client, "/search/")) == ["Przewodnik kanarkowy"]
    assert titles(ask(client, "/search/?q=szkicu")) == []
    assert titles(ask(client, "/en/search/?q=guide")) == ["Guide office"]


def test_with_very_much_pending_hits_are_filtered_and_the_reader_is_told(
    one: Recommendation, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    multiply(one, 5)
    outbox.requeue(f"recommendation:{pk}" for pk in Recommendation.objects.values_list("pk", flat=True))
    drain()
    monkeypatch.setattr(answers, "MOST_MASKED", 1)
    changed, hidden = list(Recommendation.objects.order_by("-pk")[:2])
    type(hidden.source_page).objects.filter(pk=hidden.source_page.pk).update(live=False)
    outbox.requeue([f"recommendation:{fact.pk}" for fact in (changed, hidden)])

    response = ask(client, "/search/?kind=recommendation")

    assert len(response.context["items"]) == 4
    # The one that merely changed may still count; the one that vanished counts nowhere.
    assert response.context["total"] == 5
    assert "approximate" in response.content.decode()


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


def test_facet_values_are_labelled_in_the_language_of_the_page(one: Recommendation, client: Client) -> None:
    theme = one.themes.get()
    theme.label_en, theme.label_uk = "Language", "Мова"
    theme.save()
    one.tags.add("praca")
    tag = Tag.objects.get()
    tag.label_en = "work"
    tag.save()
    drain()

    labels = {value.label for _, value in values_of(ask(client, "/en/search/?kind=recommendation"))}
    assert {"Language", "work", "IV Forum", "Pierwszy kontakt", "Miasto Wrocław"} <= labels
    assert "Мова" in {value.label for _, value in values_of(ask(client, "/uk/search/"))}


def test_other_pages_link_to_a_search_by_the_things_they_show(one: Recommendation) -> None:
    context = Context({"theme": one.themes.get(), "group": one.working_group})
    link = "{% load facet_tags %}{% search_address theme=theme group=group kind='recommendation' %}"

    address = Template(link).render(context).replace("&amp;", "&")

    path, _, query = address.partition("?")
    assert path == reverse("search")
    assert parse_qs(query) == {
        "theme": [one.themes.get().code],
        "group": [f"g{one.working_group_id}"],
        "kind": ["recommendation"],
    }
    with pytest.raises(TemplateSyntaxError, match="No such facet"):
        Template("{% load facet_tags %}{% search_address colour='red' %}").render(Context())


def test_what_vanishes_after_the_answer_is_left_out_and_logged(
    one: Recommendation, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    page = one.source_page
    type(page).objects.filter(pk=page.pk).update(live=False)
    Outbox.objects.all().delete()

    assert titles(ask(client, "/search/?q=przewodnik&kind=recommendation")) == []
    assert "readers may not see it" in caplog.text


# -- The table


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


# -- Dates, offers, languages


def test_a_range_of_days_narrows_counts_and_can_be_taken_away(index: Engine, client: Client) -> None:
    group = make_group()
    for title, day in (("Stara", "2013-05-01"), ("Nowa", "2022-01-01"), ("Bez daty", None)):
        make_recommendation(parent=group, title=title, starts_on=day, precision="day" if day else "unknown")
    drain(index)

    response = ask(client, "/search/?kind=recommendation&since=2013&until=2013-05")

    assert titles(response) == ["Stara"]
    assert [(v.value, v.count) for name, v in values_of(response) if name == "year"] == [("2013", 1)]
    chip = response.context["selected"][-1]
    assert chip["label"] == "2013-01-01 to 2013-05-31"
    assert chip["query"].encoded() == "kind=recommendation"
    html = response.content.decode()
    assert re.search(r'name="since"\s+value="2013-01-01"', html)
    assert '<input type="hidden" name="since" value="2013-01-01">' in html


def test_words_that_name_a_filter_offer_it_with_what_a_click_gives(one: Recommendation, client: Client) -> None:
    OrganisationName.objects.create(organisation=one.assignments.get().organisation, name="UMWR")
    drain()

    response = ask(client, "/search/?q=przewodnik umwr 2015")

    offered = {each["offer"].label: each["offer"] for each in response.context["offers"]}
    assert offered.keys() == {"2015", "Miasto Wrocław"}
    for offer in offered.values():
        assert ask(client, f"/search/?{offer.question}").context["total"] == offer.count == 1
    assert "filter by" in response.content.decode()
    assert ask(client, "/search/?q=przewodnik").context["offers"] == []


@pytest.mark.parametrize("language", ["pl", "en", "uk", "ru"])
def test_counts_are_right_in_each_language_and_each_recommendation_is_one_hit(
    index: Engine, client: Client, language: str
) -> None:
    first = make_recommendation(title="Kursy języka")
    make_recommendation(title="Kursy pracy")
    translate(first.source_page, "en", title="Courses", text="Courses.")
    translate(first.source_page, "uk", title="Курси", text="Курси.")
    drain(index)

    prefix = "" if language == "pl" else f"/{language}"
    response = ask(client, f"{prefix}/search/?kind=recommendation")

    own = {"en": "Courses", "uk": "Курси"}.get(language, "Kursy języka")
    assert set(titles(response)) == {own, "Kursy pracy"}
    counts = {value.value: value for name, value in values_of(response) if name == "language"}
    assert {value: each.count for value, each in counts.items()} == {"pl": 2, "en": 1, "uk": 1}
    for each in counts.values():
        assert ask(client, f"{prefix}/search/?{each.question}").context["total"] == each.count
    fallbacks = {"pl": 0, "en": 1, "uk": 1, "ru": 2}[language]
    assert response.content.decode().count('class="language"') == fallbacks


def test_print_says_what_was_asked_and_where_and_offers_nothing(one: Recommendation, client: Client) -> None:
    page = BeautifulSoup(client.get("/search/?q=lublin&kind=recommendation").content, "html.parser")
    line = " ".join(page.select_one(".results .print-only").get_text().split())  # type: ignore[union-attr]

    assert "lublin" in line
    assert line.endswith("http://testserver/search/?q=lublin&kind=recommendation")
    assert all("no-print" in (offer.get("class") or ()) for offer in page.select(".offers"))
