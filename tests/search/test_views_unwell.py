"""The search page at its worst: hostile addresses and contents, no index, much that is pending."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from recommendations.models import Recommendation
from search.engines.base import Engine
from search.models import Outbox
from search.sync import outbox
from search.sync.drain import drain
from search.views import answers
from tests.factories.pages import make_recommendation, make_recommendation_page
from tests.factories.scale import multiply
from tests.factories.taxonomy import OrganisationFactory
from tests.search.pages import ask, titles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground", "stage_index")]


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


def test_what_vanishes_after_the_answer_is_left_out_and_logged(
    one: Recommendation, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    page = one.source_page
    type(page).objects.filter(pk=page.pk).update(live=False)
    Outbox.objects.all().delete()

    assert titles(ask(client, "/search/?q=przewodnik&kind=recommendation")) == []
    assert "readers may not see it" in caplog.text
