"""Keys as numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.documents import MODELS
from search.engines.keys import BITS, KINDS, bare, keys_of, number_of, pks_of
from search.query import LANGUAGES

PARTS = st.tuples(st.sampled_from(KINDS), st.integers(0, 2**31 - 1), st.sampled_from(LANGUAGES))


@pytest.mark.once
@given(one=PARTS, other=PARTS, before=st.integers(-(2**40), 2**27))
def test_a_number_is_its_key_whatever_stands_before_it_and_orders_by_the_primary_key(
    one: tuple[str, int, str], other: tuple[str, int, str], before: int
) -> None:
    keys = [":".join(map(str, parts)) for parts in (one, other)]

    assert keys_of([(before << BITS) + number_of(key) for key in keys]) == (*keys,)
    if one[0] == other[0] and one[1] < other[1]:
        assert number_of(keys[0]) < number_of(keys[1])


@pytest.mark.once
@given(parts=st.lists(PARTS), before=st.integers(-(2**40), 2**27), kind=st.sampled_from(KINDS))
def test_primary_keys_are_read_from_numbers_in_their_order_and_of_one_kind(
    parts: list[tuple[str, int, str]], before: int, kind: str
) -> None:
    numbers = [number_of(":".join(map(str, one))) for one in parts]

    assert bare([(before << BITS) + number for number in numbers]) == numbers
    assert pks_of(kind, numbers) == [pk for of, pk, _language in parts if of == kind]


@pytest.mark.once
@pytest.mark.parametrize(
    "key", ["", "theme", "theme:1", "theme:1:de", "page:1:pl", "theme:x:pl", "theme:²:pl", "theme:2147483648:pl"]
)
def test_what_is_no_key_has_no_number(key: str) -> None:
    with pytest.raises(ValueError, match="kind:pk:language"):
        number_of(key)


@pytest.mark.once
def test_every_kind_of_document_has_a_place() -> None:
    assert set(MODELS) <= set(KINDS)
    assert len(KINDS) <= 8
    assert len(LANGUAGES) <= 4
