"""References: what stands in them."""

from typing import Any

import pytest

from recommendations import rules


@pytest.mark.parametrize(
    ("parts", "number", "expected"),
    [
        (("FLPM", 2015, "WRO", "G3"), 7, "FLPM-2015-WRO-G3-R07"),
        (("MO", 2014), 2, "MO-2014-R02"),
        (("CWII", None, "GDA"), 1, "CWII-ND-GDA-R01"),
        (("NR", 2023, "", "ZPU"), 12, "NR-2023-ZPU-R12"),
        (("RPO", 2022), 123, "RPO-2022-R123"),
        (("X", 999), 1, "X-0999-R01"),
    ],
)
def test_a_reference_is_programme_year_city_group_number(parts: tuple[Any, ...], number: int, expected: str) -> None:
    assert rules.reference(rules.reference_stem(*parts), number) == expected


@pytest.mark.parametrize("bad", ["", "flpm", "ŁÓD", "A-B", "A B", "A\n", "А"])
def test_a_reference_takes_ascii_capitals_and_digits_only(bad: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a reference"):
        rules.reference_stem(bad, 2015)
    if bad:
        with pytest.raises(ValueError, match="cannot stand in a reference"):
            rules.reference_stem("FLPM", 2015, "", bad)


@pytest.mark.parametrize("text", ["FLPM-2015-WRO-G3-R07", "mo-2014-r02", " CWII-ND-GDA-R01 ", "RPO-2022-R123"])
def test_what_is_written_like_a_reference_is_told_from_other_identifiers(text: str) -> None:
    assert rules.is_like_reference(text)
    for other in ("MO-01", "II Forum grupa 3", "XI.541.31.2021", "https://example.org/MO-2014-R02", "MO-14-R02", ""):
        assert not rules.is_like_reference(other)
