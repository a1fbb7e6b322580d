import datetime as dt
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from forums.models import Forum
from forums.templatetags.forum_tags import period, years


def forum(starts_on: str = "", ends_on: str = "", precision: str = "day", **values: Any) -> Forum:
    start = dt.date.fromisoformat(starts_on) if starts_on else None
    end = dt.date.fromisoformat(ends_on) if ends_on else None
    return Forum(starts_on=start, ends_on=end, precision=precision, **values)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (forum("2016-03-17"), "17 March 2016"),
        (forum("2016-03-17", "2016-03-17"), "17 March 2016"),
        (forum("2013-10-25", "2013-10-27"), "25–27 October 2013"),
        (forum("2014-05-30", "2014-06-02"), "30 May – 2 June 2014"),
        (forum("2014-12-30", "2015-01-02"), "30 December 2014 – 2 January 2015"),
        (forum("2014-10-01", precision="month"), "October 2014"),
        (forum("2014-10-01", "2014-11-30", precision="month"), "October 2014 – November 2014"),
        (forum("2014-01-01", precision="year"), "2014"),
        (forum("2014-01-01", "2014-12-31", precision="year"), "2014"),
        (forum("2009-01-01", "2011-12-31", precision="range"), "2009–2011"),
        (forum("2009-01-01", "2011-01-01", precision="range"), "2009–2011"),
        (forum("2015-05-14", "2015-05-17", precision="range"), "14–17 May 2015"),
        (forum("2014-01-01", precision="about"), "about 2014"),
        (forum("2022-02-01", precision="about"), "about February 2022"),
        (forum("2024-05-01", precision="after"), "after May 2024"),
        (forum("2020-10-12", precision="before"), "before 12 October 2020"),
        (forum(precision="unknown"), "date not known"),
    ],
)
def test_a_date_is_told_no_more_exactly_than_it_is_known(when: Forum, words: str) -> None:
    with override("en"):
        assert period(when) == words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (forum("2013-10-25", "2013-10-27"), "2013"),
        (forum("2009-01-01", "2011-12-31", precision="range"), "2009–2011"),
        (forum("2024-05-01", precision="after"), "after May 2024"),
        (forum(precision="unknown"), ""),
    ],
)
def test_dense_lists_show_years(when: Forum, words: str) -> None:
    with override("en"):
        assert years(when) == words


def test_the_words_of_the_source_stand_beside_our_reading_and_cannot_be_markup() -> None:
    when = forum("2014-01-01", precision="about", date_words="ok. <b>2014</b>")

    html = render_to_string("components/period.html", {"period": when, "words": True})

    assert "<q>ok. &lt;b&gt;2014&lt;/b&gt;</q>" in html
