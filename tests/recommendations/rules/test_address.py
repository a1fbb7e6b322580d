"""Days in an address as people write them, and names that nothing knows."""

import pytest

from recommendations.rules.address import day_of, unknown_names


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2014", "2014-01-01", "2014-12-31"),
        ("2014-02", "2014-02-01", "2014-02-28"),
        ("02.2016", "2016-02-01", "2016-02-29"),
        ("2014-05-17", "2014-05-17", "2014-05-17"),
        ("17.05.2014", "2014-05-17", "2014-05-17"),
        ("2014-5-7", "2014-05-07", "2014-05-07"),
        ("17.05.2014 r.", "2014-05-17", "2014-05-17"),
        ("maj 2014", "2014-05-01", "2014-05-31"),
        ("17 maja 2014 r.", "2014-05-17", "2014-05-17"),
        ("Pazdziernika 2014", "2014-10-01", "2014-10-31"),
        ("May 2014", "2014-05-01", "2014-05-31"),
        ("травень 2014", "2014-05-01", "2014-05-31"),
        ("17 травня 2014 р.", "2014-05-17", "2014-05-17"),
        ("мая 2014 г.", "2014-05-01", "2014-05-31"),
        ("31.02.2014", "", ""),
        ("31 lutego 2014", "", ""),
        ("5 wiosny 2014", "", ""),
        ("maj", "", ""),
        ("2014-13", "", ""),
        ("2014-00", "", ""),
        ("0000", "", ""),
        ("wiosna", "", ""),
        ("٢٠١٤", "", ""),
        ("99999999999999", "", ""),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, first: str, last: str) -> None:
    assert (day_of(text, is_last=False), day_of(text, is_last=True)) == (first, last)


def test_what_newsletters_add_to_a_link_is_no_mistake() -> None:
    assert unknown_names(["year", "utm_source", "fbclid", "mc_cid", "yaer", "Year"], ["year"]) == ("yaer", "Year")
