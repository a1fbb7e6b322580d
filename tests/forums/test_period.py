"""What a form refuses of a date, by name."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from forums.models import ForumDate


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": dt.date(2014, 5, 1), "precision": "unknown"}, "precision"),
        ({"precision": "day"}, "starts_on"),
        ({"ends_on": dt.date(2014, 5, 1), "precision": "unknown"}, "starts_on"),
        ({"starts_on": dt.date(2014, 5, 2), "ends_on": dt.date(2014, 5, 1), "precision": "day"}, "ends_on"),
        ({"starts_on": dt.date(214, 5, 1), "precision": "year"}, "starts_on"),
        ({"starts_on": dt.date(2014, 5, 1), "ends_on": dt.date(9999, 1, 1), "precision": "range"}, "ends_on"),
        ({"starts_on": dt.date(2014, 5, 1), "ends_on": dt.date(2014, 5, 2), "precision": "day"}, None),
        ({"precision": "unknown"}, None),
    ],
)
def test_a_date_that_cannot_be_is_refused_at_its_field(values: dict[str, Any], field: str | None) -> None:
    date = ForumDate(**values)

    if field is None:
        date.clean()
    else:
        with pytest.raises(ValidationError) as refused:
            date.clean()
        assert list(refused.value.message_dict) == [field]
