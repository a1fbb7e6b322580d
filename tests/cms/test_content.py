"""The loaded site, cell by cell, against copies of the tables it was loaded from."""

import calendar
import csv
import datetime as dt
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from wagtail.models import Page

from forums.models import ForumPage, WorkingGroupPage
from recommendations.choices import WordingKind
from recommendations.models import ActionStage, Assignment, FollowUp, Recommendation, RecommendationPage
from taxonomy.models import AffectedGroup, Organisation, Place, Tag, Theme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content_db"), pytest.mark.xdist_group("content")]

DATA = Path(__file__).parent.parent / "content" / "data"
CORRECTIONS = Path(__file__).parent.parent.parent / "cms" / "content" / "corrections.tsv"
TRANSLATED = 12
TEXTS: dict[Any, tuple[str, ...]] = {
    RecommendationPage: ("title", "text"),
    ForumPage: ("title", "lead", "description", "participants", "not_known"),
    WorkingGroupPage: ("title", "lead", "topic", "description", "set_note"),
}


@cache
def table(name: str) -> list[dict[str, str]]:
    rows = list(csv.DictReader((DATA / name).open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
    for correction in corrections():
        if correction["file"] == name:
            (row,) = [row for row in rows if correction["key"] in keys_of(row)]
            assert row[correction["column"]] == correction["from"]
            row[correction["column"]] = correction["to"]
    return rows


def keys_of(row: dict[str, str]) -> tuple[str | None, ...]:
    """What a correction may call the row by; of the log only the first entry of an addressee."""
    return row.get("code"), row.get("id"), row.get("rec_id"), f"{row.get('rec_id')}/{row.get('organisation')}/1"


@cache
def corrections() -> list[dict[str, str]]:
    return list(csv.DictReader(CORRECTIONS.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))


def facts() -> dict[str, Recommendation]:
    """Every recommendation by the id it has in the tables."""
    found = Recommendation.objects.select_related("forum", "working_group").prefetch_related(
        "aliases", "levels", "themes", "assignments__organisation"
    )
    return {alias.alias: fact for fact in found for alias in fact.aliases.all()}


def by_column(name: str, column: str, said: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """One column of a table and what the site says of the same recommendations."""
    key = "id" if name == "recommendations.tsv" else "rec_id"
    return {row[key]: row[column] for row in table(name)}, {code: said(fact) for code, fact in facts().items()}


def day(text: str) -> dt.date | None:
    """2014-05 as its first day."""
    year, month, date = (int(part) for part in (*text.split("-"), "1", "1")[:3]) if text else (0, 0, 0)
    return dt.date(year, month, date) if text else None


def source_page(fact: Any) -> Any:
    return fact.page_model().objects.get(translation_key=fact.translation_key, locale__language_code="pl")


def test_all_recommendations_are_public_in_the_order_of_the_file() -> None:
    known = facts()
    assert [row["id"] for row in table("recommendations.tsv")] == sorted(known, key=lambda code: known[code].pk)
    assert Recommendation.objects.visible_to().count() == len(table("recommendations.tsv")) == 126


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("origin.tsv", "issuer", lambda fact: source_page(fact.issuer).slug),
        ("origin.tsv", "source_kind", lambda fact: fact.source_kind),
        ("origin.tsv", "precision", lambda fact: fact.precision),
        ("origin.tsv", "wording", lambda fact: fact.wording_kind),
        ("references.tsv", "reference", lambda fact: fact.reference),
        ("recommendations.tsv", "data", lambda fact: fact.date_words),
        ("recommendations.tsv", "url", lambda fact: fact.source_url),
        ("recommendations.tsv", "zrodlo", lambda fact: fact.source_title),
        ("recommendations.tsv", "tresc", lambda fact: source_page(fact).text),
    ],
)
def test_a_cell_is_what_the_site_says(name: str, column: str, said: Any) -> None:
    wanted, found = by_column(name, column, said)
    assert found == wanted


def test_the_earliest_day_is_that_of_the_file() -> None:
    wanted, found = by_column("origin.tsv", "issued_on", lambda fact: fact.starts_on)
    assert found == {code: day(text) for code, text in wanted.items()}


def test_the_latest_day_is_read_from_the_words() -> None:
    def latest(words: str) -> dt.date | None:
        if days := re.fullmatch(r"\d\d-(\d\d)\.(\d\d)\.(\d{4})", words):
            return dt.date(int(days[3]), int(days[2]), int(days[1]))
        if years := re.fullmatch(r"\d{4}[-/](\d{4})", words):
            return dt.date(int(years[1]), 12, 31)
        return None

    wanted, found = by_column("recommendations.tsv", "data", lambda fact: fact.ends_on)
    assert found == {code: latest(words) for code, words in wanted.items()}
    assert Counter(bool(latest) for latest in found.values()) == {True: 26, False: 100}


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("levels", lambda fact: {row.level for row in fact.levels.all()}),
        ("themes", lambda fact: {theme.code for theme in fact.themes.all()}),
    ],
)
def test_a_cell_of_several_values_is_what_the_site_says(column: str, said: Any) -> None:
    wanted, found = by_column("origin.tsv", column, said)
    assert found == {code: set(filter(None, text.split(","))) for code, text in wanted.items()}


def asked() -> list[Assignment]:
    """The addressees of the tables, without the rows that the log opened for members of a class."""
    return list(
        Assignment.objects.filter(member_of=None)
        .select_related("organisation")
        .prefetch_related("recommendation__aliases")
        .order_by("recommendation_id", "number")
    )


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("rec_id", lambda row: row.recommendation.aliases.get().alias),
        ("organisation", lambda row: row.organisation.code),
        ("role", lambda row: row.role),
        ("position_in_list", lambda row: str(row.number)),
        ("note", lambda row: "; ".join(filter(None, (f"as written: {row.words}" if row.words else "", row.note)))),
    ],
)
def test_a_cell_of_the_addressees_is_what_the_site_says(column: str, said: Any) -> None:
    found = [said(row) for row in asked()]
    assert found == [row[column] for row in table("assignments.tsv")]
    assert len(found) == 192


def member_class(note: str) -> str:
    return match[1] if (match := re.search(r"member of class=([a-z-]+)", note)) else ""


def test_an_entry_of_a_member_opens_its_supporting_row_under_the_class() -> None:
    wanted = {
        (row["rec_id"], row["organisation"], member_class(row["note"]), "supporting")
        for row in table("follow_up.tsv")
        if member_class(row["note"])
    }
    opened = Assignment.objects.exclude(member_of=None).select_related("organisation", "member_of__organisation")
    found = {
        (row.recommendation.aliases.get().alias, row.organisation.code, row.member_of.organisation.code, row.role)
        for row in opened
        if row.member_of
    }
    assert found == wanted
    assert len(opened) == len(wanted)


def entries() -> list[FollowUp]:
    return list(
        FollowUp.objects.select_related("assignment__organisation", "declared_by")
        .prefetch_related("evidence", "assignment__recommendation__aliases")
        .order_by("pk")
    )


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("rec_id", lambda entry: entry.assignment.recommendation.aliases.get().alias),
        ("organisation", lambda entry: entry.assignment.organisation.code),
        ("entry_kind", lambda entry: entry.kind),
        ("value", lambda entry: entry.position or entry.implementation or entry.closure),
        ("basis", lambda entry: entry.basis),
        ("precision", lambda entry: entry.refers_precision),
        ("text_pl", lambda entry: entry.text),
        ("evidence_kind", lambda entry: entry.evidence.get().kind),
        ("evidence_url", lambda entry: entry.evidence.get().url),
    ],
)
def test_a_cell_of_the_log_is_what_the_site_says(column: str, said: Any) -> None:
    found = [said(entry) for entry in entries()]
    assert found == [row[column] for row in table("follow_up.tsv")]
    assert len(found) == 72


def test_an_entry_refers_to_the_first_day_of_its_date() -> None:
    assert [entry.refers_on for entry in entries()] == [day(row["refers_on"]) for row in table("follow_up.tsv")]


def test_an_own_statement_is_declared_by_the_institution_and_nothing_else_is() -> None:
    found = [entry.declared_by.code if entry.declared_by else "" for entry in entries()]
    assert found == [row["organisation"] if row["basis"] == "own_statement" else "" for row in table("follow_up.tsv")]


def test_an_entry_without_an_address_cites_its_source_in_words() -> None:
    (entry,) = [entry for entry in entries() if not entry.evidence.get().url]
    assert entry.evidence.get().citation


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("title_pl", lambda page: page.title),
        ("programme_code", lambda page: fact_of(page).programme_code),
        ("city", lambda page: fact_of(page).place.label_pl if fact_of(page).place else ""),
        ("url", lambda page: page.source_url),
        ("date_precision", lambda page: page.precision),
    ],
)
def test_a_cell_of_the_issuers_is_what_the_site_says(column: str, said: Any) -> None:
    assert {code: said(page) for code, page in issuers().items()} == {
        row["code"]: row[column] for row in table("issuers.tsv")
    }


def issuers() -> dict[str, Any]:
    pages = [*ForumPage.objects.sources().visible_to(), *WorkingGroupPage.objects.sources().visible_to()]
    return {page.slug: page for page in pages}


def fact_of(page: Any) -> Any:
    model = {"ForumPage": "forum", "WorkingGroupPage": "workinggroup"}[type(page).__name__]
    return page._meta.apps.get_model("forums", model).objects.get(translation_key=page.translation_key)


def test_an_issuer_stands_under_the_one_above_it() -> None:
    found = {code: page.get_parent().slug for code, page in issuers().items()}
    assert found == {row["code"]: row["parent"] or "fora" for row in table("issuers.tsv")}


def test_an_issuer_has_the_days_of_the_file() -> None:
    def last(text: str) -> dt.date | None:
        parts = [int(part) for part in text.split("-")] if text else []
        if not parts:
            return None
        year, month = parts[0], parts[1] if len(parts) > 1 else 12
        return dt.date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])

    found = {code: (page.starts_on, page.ends_on or page.starts_on) for code, page in issuers().items()}
    assert found == {
        row["code"]: (day(row["starts_on"]), last(row["ends_on"]) or day(row["starts_on"]))
        for row in table("issuers.tsv")
    }


def test_no_set_of_the_four_forums_is_shown_as_recovered() -> None:
    groups = WorkingGroupPage.objects.sources().filter(slug__startswith="flpm-")
    assert groups.count() == 23
    assert {group.set_state for group in groups} == {"not_recovered"}
    assert all(group.set_note for group in groups)
    assert not Recommendation.objects.filter(reference__startswith="FLPM-").exists()
    assert not Recommendation.objects.filter(forum__programme_code="FLPM").exists()
    assert not Recommendation.objects.filter(working_group__programme_code="FLPM").exists()


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("name_pl", lambda row: row.label_pl),
        ("name_en", lambda row: row.label_en),
        ("kind", lambda row: row.kind),
        ("level", lambda row: row.level or "-"),
        ("place", lambda row: row.place.label_pl if row.place else ""),
        ("parent", lambda row: row.parent.code if row.parent else ""),
        ("aliases", lambda row: "|".join(str(name) for name in row.names.order_by("id"))),
    ],
)
def test_a_cell_of_the_organisations_is_what_the_site_says(column: str, said: Any) -> None:
    found = {row.code: said(row) for row in Organisation.objects.select_related("place", "parent")}
    assert found == {row["code"]: row[column] for row in table("organisations.tsv")}


def test_a_name_borne_until_a_past_year_is_a_former_one() -> None:
    ministry = Organisation.objects.get(code="msw")
    found = {(name.name, name.is_former) for name in ministry.names.all()}
    assert found == {("MSWiA", False), ("MSW", True), ("Ministerstwo Spraw Wewnętrznych", True)}


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("parent", lambda row: row.parent.code if row.parent else ""),
        *[
            (f"label_{language}", lambda row, name=f"label_{language}": getattr(row, name))
            for language in ("pl", "en", "uk", "ru")
        ],
        ("definition_pl", lambda row: row.definition_pl),
        ("maps_from", lambda row: "|".join(row.synonyms.splitlines())),
    ],
)
def test_a_cell_of_the_themes_is_what_the_site_says(column: str, said: Any) -> None:
    found = {row.code: said(row) for row in Theme.objects.select_related("parent")}
    assert found == {row["code"]: row[column] for row in table("themes.tsv")}


def test_of_the_stage_after_the_forums_nothing_is_told_that_no_source_says() -> None:
    stage = ActionStage.objects.get()

    assert stage.forum.source_page.slug == "flpm-2015-wro"
    assert (stage.is_dated, stage.chosen.exists()) == (False, False)
    assert "Nie odnaleziono źródła" in stage.description


def test_every_recommendation_is_marked_as_restated_and_names_its_source() -> None:
    assert {fact.wording_kind for fact in facts().values()} == {WordingKind.RESTATED}
    assert all(fact.source_url.startswith(("http://", "https://")) for fact in facts().values())


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
def test_forums_groups_and_chosen_recommendations_are_translated_dated_and_not_yet_reviewed(language: str) -> None:
    for model in (ForumPage, WorkingGroupPage):
        originals = model.objects.visible_to().sources()
        shown = model.objects.visible_to().in_language(language)
        assert {page.translation_key for page in shown} == {page.translation_key for page in originals}
        assert all(page.translated_on and page.reviewed_on is None for page in shown)
    pages = RecommendationPage.objects.visible_to().in_language(language)
    assert pages.count() >= TRANSLATED
    assert all(page.translated_on and page.reviewed_on is None for page in pages)


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
def test_no_page_shows_polish_text_under_another_language(language: str) -> None:
    assert not Page.objects.filter(locale__language_code=language).exclude(alias_of=None).exists()
    for model, texts in TEXTS.items():
        originals = {page.translation_key: page for page in model.objects.visible_to().sources()}
        for page in model.objects.visible_to().in_language(language):
            original = originals[page.translation_key]
            for name in texts:
                said, translated = getattr(original, name), getattr(page, name)
                assert bool(said) == bool(translated), (page.slug, name)
                assert not said or said != translated, (page.slug, name)


@pytest.mark.parametrize("model", [Theme, AffectedGroup, Place, Tag, Organisation])
def test_every_word_and_every_body_has_a_name_in_each_language(model: Any) -> None:
    assert [(str(row), row.missing_labels) for row in model.objects.all() if row.missing_labels] == []


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        return {name: count(cursor, name) for name in connection.introspection.table_names(cursor)}


def count(cursor: Any, name: str) -> int:
    cursor.execute(f'SELECT count(*) FROM "{name}"')
    return int(cursor.fetchone()[0])


def test_a_second_load_adds_no_row_to_any_table(capsys: pytest.CaptureFixture[str]) -> None:
    before = counts()
    call_command("load_content")
    assert counts() == before
    assert "create" not in capsys.readouterr().out
