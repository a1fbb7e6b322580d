import pytest
from django.test import RequestFactory

from pagekit.pagination import paginate


def page_for(raw: str, length: int = 45) -> int:
    request = RequestFactory().get("/", {"page": raw})
    return paginate(request, range(length), per_page=20).number


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("1", 1),
        ("2", 2),
        ("3", 3),
        ("4", 3),
        ("999999999", 3),
        ("9" * 400, 1),
        ("0", 1),
        ("-1", 1),
        ("1.5", 1),
        ("1e3", 1),
        ("+2", 1),
        (" 2", 1),
        ("2_0", 1),
        ("٢", 1),
        ("²", 1),
        ("last", 1),
        ("", 1),
        ("\x00", 1),
        ("2' OR 1=1 --", 1),
        ("<script>", 1),
    ],
)
def test_any_page_number_gives_a_page(raw: str, number: int) -> None:
    assert page_for(raw) == number


def test_without_a_number_the_first_page_is_shown() -> None:
    assert paginate(RequestFactory().get("/"), range(45)).number == 1


def test_an_empty_list_has_one_empty_page() -> None:
    page = paginate(RequestFactory().get("/", {"page": "7"}), [])

    assert page.number == 1
    assert list(page) == []


def test_twenty_stand_on_a_page() -> None:
    assert len(paginate(RequestFactory().get("/"), range(45))) == 20
