import datetime as dt
import json

import pytest
import time_machine
from django.core.paginator import Paginator
from django.template import Context
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from pagekit.templatetags.pagekit_tags import age_words, heading_anchor, json_ld, month_year, page_links


@pytest.mark.parametrize(
    ("day", "when", "ago", "is_old"),
    [
        (dt.date(2026, 11, 2), "November 2026", "this month", False),
        (dt.date(2026, 10, 20), "October 2026", "1 month ago", False),
        (dt.date(2026, 10, 22), "October 2026", "this month", False),
        (dt.date(2025, 12, 1), "December 2025", "11 months ago", False),
        (dt.date(2025, 11, 21), "November 2025", "1 year ago", False),
        (dt.date(2026, 1, 1), "2026", "10 months ago", False),
        (dt.date(2024, 11, 22), "November 2024", "1 year ago", False),
        (dt.date(2024, 11, 21), "2024", "2 years ago", True),
        (dt.date(2016, 11, 1), "2016", "10 years ago", True),
        (dt.date(2027, 3, 1), "March 2027", "this month", False),
    ],
)
@time_machine.travel("2026-11-21 12:00+01:00")
def test_the_age_of_information_is_told_in_words(day: dt.date, when: str, ago: str, is_old: bool) -> None:
    with override("en"):
        age = age_words(day)

    assert (age.when, age.ago, age.is_old) == (when, ago, is_old)


@time_machine.travel("2026-11-21 23:30+00:00")
def test_a_moment_is_aged_by_the_day_in_warsaw() -> None:
    with override("en"):
        assert age_words(dt.datetime(2026, 10, 21, 22, 30, tzinfo=dt.UTC)).ago == "1 month ago"


def test_months_are_written_small_in_polish() -> None:
    with override("pl"):
        assert month_year(dt.date(2016, 11, 1)) == "listopad 2016"
    with override("en"):
        assert month_year(dt.date(2016, 11, 1)) == "November 2016"


def test_a_text_cannot_leave_a_data_block() -> None:
    hostile = "</script><script>alert(1)</script>&\u2028"

    block = json_ld({"@type": "Event", "name": hostile})

    inside = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert "<" not in inside
    assert json.loads(inside) == {"@context": "https://schema.org", "@type": "Event", "name": hostile}


@pytest.mark.parametrize(
    ("address", "number", "expected"),
    [
        ("/?sort=a&page=4", 2, "?sort=a&page=2"),
        ("/?sort=a&page=4", 1, "?sort=a"),
        ("/?page=x&page=y", 3, "?page=3"),
        ("/?q=%3Cb%3E", 2, "?q=%3Cb%3E&page=2"),
    ],
)
def test_the_address_of_another_page_keeps_what_was_asked(address: str, number: int, expected: str) -> None:
    context = Context({"request": RequestFactory().get(address)})

    numbers = page_links(context, Paginator(range(90), 20).page(4))["numbers"]

    assert {link["number"]: link["address"] for link in numbers}[number] == expected


def test_a_list_of_one_page_shows_no_numbers() -> None:
    assert render_to_string("components/pagination.html", {"page": Paginator([1], 20).page(1)}).strip() == ""


def test_the_page_shown_is_no_link_in_the_numbers() -> None:
    request = RequestFactory().get("/?page=2")

    html = render_to_string("components/pagination.html", {"page": Paginator(range(90), 20).page(2)}, request)

    assert 'href="?page=2"' not in html
    assert 'href="?page=3"' in html
    assert 'aria-current="page"' in html


def test_a_heading_has_an_address_in_plain_letters() -> None:
    assert heading_anchor("Kto to mówi: podstawa wpisu") == "kto-to-mowi-podstawa-wpisu"
    assert heading_anchor("Основа") == "osnova"
    assert heading_anchor("???") == "s"
