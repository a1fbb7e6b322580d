"""Permanent references resolve for ever, for what readers may see and for nothing else."""

import datetime as dt
import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from pagekit.acts import Refused
from recommendations.models import (
    Assessment,
    Evidence,
    FollowUp,
    PageLink,
    Recommendation,
    RecommendationLink,
    RecommendationPage,
    Wording,
)
from recommendations.services.publication import write_links
from tests.factories.pages import appear, make_recommendation, make_recommendation_page, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
FORMS = ["json", "bib", "ris", "csl.json"]


def page_of(found: Recommendation) -> RecommendationPage:
    return RecommendationPage.objects.sources().get(translation_key=found.translation_key)


def translate(found: Recommendation, language: str = "en", **values: Any) -> RecommendationPage:
    locale, _created = Locale.objects.get_or_create(language_code=language)
    page = page_of(found).copy_for_translation(locale, copy_parents=True)
    for name, value in values.items():
        setattr(page, name, value)
    page.save()
    found_page: RecommendationPage = appear(page)
    return found_page


def test_a_reference_leads_to_the_page_whatever_the_case_and_under_every_identifier(client: Client) -> None:
    found = make_recommendation(identifiers=["MO-01", "II Forum grupa 3"])

    for name in (found.reference, found.reference.lower(), "MO-01", "mo-01", "ii forum GRUPA 3"):
        response = client.get(f"/r/{name}")
        assert (response.status_code, response["Location"]) == (302, page_of(found).url)


def test_a_reader_of_another_language_is_led_to_the_translation_and_caches_are_told(client: Client) -> None:
    found = make_recommendation()
    english = translate(found, title="Learning Polish")

    response = client.get(f"/r/{found.reference}", headers={"accept-language": "en-GB,en;q=0.9,pl;q=0.5"})

    assert response["Location"] == english.url
    assert english.url.startswith("/en/")
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in response["Vary"].split(",")}
    assert client.get(f"/r/{found.reference}", headers={"accept-language": "uk"})["Location"] == page_of(found).url


@pytest.mark.parametrize("path", ["", "/v1", "/en/v2"])
def test_a_slash_at_the_end_leads_to_the_permanent_address(client: Client, path: str) -> None:
    answer: Any = client.get(f"/r/RPO-2022-R03{path}/?on=2020-01-01")

    assert (answer.status_code, answer.url) == (301, f"/r/RPO-2022-R03{path}?on=2020-01-01")


def test_a_day_goes_along_to_the_page_and_is_refused_by_the_record_of_today(client: Client) -> None:
    found = make_recommendation()

    assert client.get(f"/r/{found.reference}?on=2020-01-01")["Location"] == f"{page_of(found).url}?on=2020-01-01"
    record: Any = client.get(f"/r/{found.reference}.json?on=2020-01-01")
    assert (record.status_code, b"Leave out: on" in record.content) == (400, True)
    assert client.get(f"/r/{found.reference}.bib?on=2020-01-01").status_code == 200


def test_a_nonsensical_wish_of_language_leads_to_the_source(client: Client) -> None:
    found = make_recommendation()
    translate(found)

    for language in ("", "*", "xx", "en;q=nonsense", "pl" * 2000, "en\x00"):
        response = client.get(f"/r/{found.reference}", headers={"accept-language": language})
        assert response.status_code == 302, language
        assert response["Location"].endswith(page_of(found).slug + "/"), language


HOSTILE = [
    "/r/FLPM-2015-R99", "/r/%00", "/r/a%00b", "/r/" + "x" * 5000, "/r/'%20OR%201=1--", "/r/%", "/r/..", "/r/ą",
    "/r/.json", "/r/nic.bib", "/r/nic/v1", "/r/nic/en/v1", "/r/nic/v1.ris", "/r/%E2%80%A8",
]  # fmt: skip


def test_an_unknown_or_hostile_reference_is_simply_not_found(client: Client) -> None:
    make_recommendation()

    for path in HOSTILE:
        assert client.get(path).status_code == 404, path


def surfaces(reference: str) -> list[str]:
    return [
        f"/r/{reference}", f"/r/{reference}/v1", f"/r/{reference}/en/v1",
        *(f"/r/{reference}.{form}" for form in FORMS), *(f"/r/{reference}/v1.{form}" for form in FORMS),
    ]  # fmt: skip


def unpublish(found: Recommendation) -> None:
    page_of(found).unpublish()


def restrict(found: Recommendation) -> None:
    PageViewRestriction.objects.create(page=page_of(found).get_parent(), restriction_type="login")


@pytest.mark.parametrize("hide", [unpublish, restrict])
def test_what_is_hidden_is_as_unknown_as_what_never_was(client: Client, hide: Any) -> None:
    found = make_recommendation(title="Kanarek", identifiers=["MO-01"])
    translate(found)
    paths = [*surfaces(found.reference), "/r/MO-01"]
    assert {client.get(path).status_code for path in paths} == {200, 302}

    hide(found)

    for path in paths:
        response = client.get(path)
        assert response.status_code == 404, path
        assert b"Kanarek" not in response.content


def test_an_unpublished_translation_takes_its_own_versions_away_and_no_others(client: Client) -> None:
    found = make_recommendation()
    english = translate(found, title="Canary")

    english.unpublish()

    assert client.get(f"/r/{found.reference}/en/v1").status_code == 404
    assert client.get(f"/r/{found.reference}/v1").status_code == 200
    assert b"Canary" not in client.get(f"/r/{found.reference}.json").content


def test_an_old_version_stays_and_says_that_a_newer_one_exists(client: Client) -> None:
    page = make_recommendation_page(text="Pierwsze brzmienie.")
    publish(page, text="Drugie brzmienie.", change_reason="Sprostowanie")
    found = Recommendation.objects.get()

    old = client.get(f"/r/{found.reference}/v1", headers={"accept-language": "en"}).content.decode()
    new = client.get(f"/r/{found.reference}/v2", headers={"accept-language": "en"}).content.decode()

    assert "Pierwsze brzmienie." in old
    assert "The newest is version 2" in old
    assert "Drugie brzmienie." in new
    assert "This is the newest wording." in new
    assert client.get(f"/r/{found.reference}/v3").status_code == 404


def test_a_version_marks_what_it_changed_and_the_list_leads_there(client: Client) -> None:
    page = make_recommendation_page(text="Otworzyć punkt <b>pomocy</b>.", rationale="<p>Bo trzeba.</p><p>Bo warto.</p>")
    publish(
        page,
        text="Otworzyć trzy punkty <b>pomocy</b>.",
        rationale="<p>Bo trzeba.</p><p>Bo <b>bardzo</b> warto.</p>",
        change_reason="Sprostowanie",
    )
    reference = Recommendation.objects.get().reference

    shown = BeautifulSoup(client.get(f"/r/{reference}/v2").content, "html.parser")

    wording, rationale = (one.get_text(" ", strip=True) for one in shown.select(".difference"))
    assert "removed: punkt (end) added: trzy punkty (end) <b>pomocy</b>." in " ".join(wording.split())
    assert "added: bardzo (end)" in " ".join(rationale.split())
    assert [a["href"] for a in shown.select(".versions a") if "#" in str(a["href"])] == [
        f"/r/{reference}/v2#difference"
    ]
    assert not BeautifulSoup(client.get(f"/r/{reference}/v1").content, "html.parser").select(".difference")


def test_a_version_is_shown_in_the_language_of_its_address_and_marked_so(client: Client) -> None:
    found = make_recommendation(text="Zapewnić naukę.")
    translate(found, title="Learning Polish", text="Teach Polish.")

    response = client.get(f"/r/{found.reference}/en/v1")

    assert response["Content-Language"] == "en"
    assert '<html lang="en"' in response.content.decode()
    assert "Teach Polish." in response.content.decode()


@pytest.mark.parametrize("path", ["/r/mo-01/v1", "/r/{}/pl/v1", "/r/{}/v01"])
def test_every_version_has_one_address_and_the_others_lead_to_it(client: Client, path: str) -> None:
    found = make_recommendation(identifiers=["MO-01"])

    response = client.get(path.format(found.reference))

    assert (response.status_code, response["Location"]) == (301, f"/r/{found.reference}/v1")


def test_a_number_that_no_version_has_is_not_found(client: Client) -> None:
    found = make_recommendation()

    for number in ("0", "999999", "9999999", "-1", "1.5", "٣", "1e3"):
        assert client.get(f"/r/{found.reference}/v{number}", follow=True).status_code == 404, number


@pytest.mark.parametrize(
    ("form", "content_type", "begins"),
    [
        ("json", "application/json", "{"),
        ("csl.json", "application/vnd.citationstyles.csl+json", "["),
        ("bib", "application/x-bibtex", "@misc{"),
        ("ris", "application/x-research-info-systems", "TY  - "),
    ],
)
def test_each_form_is_of_its_type_and_the_same_for_every_reader(
    client: Client, form: str, content_type: str, begins: str
) -> None:
    found = make_recommendation()

    response = client.get(f"/r/{found.reference}.{form}")

    assert response.status_code == 200
    assert response["Content-Type"].startswith(content_type)
    assert response.content.decode().startswith(begins)
    assert response.content == client.get(f"/r/{found.reference}.{form}", headers={"accept-language": "en"}).content


def test_the_json_record_holds_every_visible_wording_and_whom_it_asks(client: Client) -> None:
    found = make_recommendation(text="Zapewnić naukę.", tags=["asystent"])
    translate(found, text="Teach Polish.")

    record = json.loads(client.get(f"/r/{found.reference}.json").content)

    assert record["reference"] == found.reference
    assert {wording["language"]: wording["text"] for wording in record["wordings"]} == {
        "pl": "Zapewnić naukę.", "en": "Teach Polish.",
    }  # fmt: skip
    assert record["wordings"][0]["address"].endswith(f"/r/{found.reference}/en/v1")
    assert [row["position"] for row in record["addressees"]] == ["no_answer"]
    assert [tag["label"] for tag in record["tags"]] == ["asystent"]


def test_the_json_record_holds_the_log_with_public_evidence_local_times_and_one_kind_of_nothing(client: Client) -> None:
    found = make_recommendation()
    Wording.objects.create(
        recommendation=found, language="pl", number=2, kind="restated", title="Kurs", text="Kurs.", reason="Poprawka.",
        published_at="2020-06-30T22:30:00Z",
    )  # fmt: skip
    row = found.assignments.get()
    entry = FollowUp.objects.create(
        assignment=row, kind="report", implementation="in_progress", basis="published_source",
        refers_on="2016-05-01", text="Kurs.", recorded_at="2020-12-31T23:30:00Z",
    )  # fmt: skip
    Evidence.objects.create(follow_up=entry, kind="resolution", title="Strona", url="https://example.org/kurs")
    secret = {"finding": "confirms", "text": "Kanarek", "assessed_on": "2016-06-01"}
    Assessment.objects.create(follow_up=entry, public_from=timezone.localdate() + dt.timedelta(days=1), **secret)
    found_now = Assessment.objects.create(follow_up=entry, public_from="2016-06-01", **secret | {"text": "Jest."})

    text = client.get(f"/r/{found.reference}.json").content.decode()
    record = json.loads(text)

    assert [one["event"] for one in record["log"]] == [f"entry-{entry.pk}", f"assessment-{found_now.pk}"]
    assert record["log"][0]["evidence_addresses"] == ["https://example.org/kurs"]
    assert record["log"][0]["recorded_at"] == "2021-01-01T00:30:00+01:00"
    assert record["wordings"][0]["published_at"] == "2020-07-01T00:30:00+02:00"
    assert "DA  - 2020/07/01" in client.get(f"/r/{found.reference}.ris").content.decode()
    assert "Kanarek" not in text
    assert '""' not in text


def test_references_answer_no_writing_method(client: Client) -> None:
    found = make_recommendation()

    assert {client.post(path).status_code for path in surfaces(found.reference)} == {405}


def link(source: Recommendation, kind: str, target: Recommendation) -> None:
    RecommendationLink.objects.create(source=source, kind=kind, target=target)


def test_the_reference_of_a_merged_recommendation_leads_to_the_one_it_was_merged_into(client: Client) -> None:
    merged, first, last = (make_recommendation(title=title) for title in ("Pierwsza", "Druga", "Trzecia"))
    link(first, "merges", merged)
    link(last, "merges", first)

    assert client.get(f"/r/{merged.reference}")["Location"] == page_of(last).url
    assert client.get(f"/r/{merged.reference}/v1").status_code == 200
    assert client.get(f"/r/{merged.reference}.json").json()["reference"] == merged.reference


@pytest.mark.parametrize("kind", ["supersedes", "splits", "repeats", "narrows"])
def test_every_other_link_leaves_both_to_be_read(client: Client, kind: str) -> None:
    found, other = make_recommendation(title="Pierwsza"), make_recommendation(title="Druga")
    link(other, kind, found)

    assert client.get(f"/r/{found.reference}")["Location"] == page_of(found).url


@pytest.mark.parametrize(
    ("kind", "words"),
    [("splits", "was split. Its parts"), ("supersedes", "In its place stands"), ("merges", "merged into another")],
)
def test_what_was_replaced_says_by_what_and_names_nothing_hidden(client: Client, kind: str, words: str) -> None:
    old, *parts = (make_recommendation(title=title) for title in ("Dawna", "Część pierwsza", "Część druga", "Ukryta"))
    for part in parts:
        link(part, kind, old)
    page_of(parts.pop()).unpublish()

    notice = BeautifulSoup(client.get(page_of(old).url).content, "html.parser").select_one("main .notice")
    assert notice is not None
    assert words in notice.get_text()
    assert [a["href"] for a in notice.select("a")] == [page_of(part).url for part in parts]
    # The parts themselves were replaced by nothing.
    assert words not in client.get(page_of(parts[0]).url).content.decode()


def test_what_was_merged_in_a_circle_or_into_something_hidden_still_resolves(client: Client) -> None:
    one, other, hidden = (make_recommendation(title=title) for title in ("Pierwsza", "Druga", "Ukryta"))
    link(one, "merges", other)
    link(other, "merges", one)
    link(hidden, "merges", one)
    PageViewRestriction.objects.create(page=page_of(hidden), restriction_type="login")

    assert client.get(f"/r/{one.reference}")["Location"] == page_of(other).url
    assert client.get(f"/r/{other.reference}")["Location"] == page_of(one).url


@pytest.mark.parametrize(
    ("kind", "is_refused"), [("merges", True), ("supersedes", True), ("splits", True), ("repeats", False)]
)
def test_two_do_not_merge_split_or_supersede_each_other(kind: str, is_refused: bool) -> None:
    one, other = make_recommendation(title="Pierwsza"), make_recommendation(title="Druga")
    link(one, kind, other)
    page = page_of(other)
    page.links.set([PageLink(kind=kind, target=one)])
    page.save()

    with transaction.atomic():
        if is_refused:
            with pytest.raises(Refused, match=one.reference):
                write_links(other, page)
        else:
            write_links(other, page)
    assert other.links.exists() is not is_refused


def test_no_recommendation_is_linked_with_itself() -> None:
    one = make_recommendation(title="Pierwsza")
    page = page_of(one)
    page.links.set([PageLink(kind="narrows", target=one)])

    with transaction.atomic(), pytest.raises(Refused, match="linked with itself"):
        write_links(one, page)
