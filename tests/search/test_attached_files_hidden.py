"""An attached file that is no longer public is found nowhere, at once, whatever hid it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from pagekit.models import CustomDocument
from pagekit.services import read_text
from recommendations.models import Recommendation
from search.engines.base import Engine
from search.sync.drain import drain
from search.sync.drift import find_drift
from tests.factories.files import make_document, pdf
from tests.factories.pages import make_recommendation, publish
from tests.search.asking import CANARY, ask, item, total

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("canary_once")]


@pytest.fixture(scope="module")
def canary_once(ground: None, stage_index: Engine) -> tuple[int, int]:
    document = make_document(pdf("Wstęp", "O wielorybach"), collection=some_collection())
    read_text(document)
    fact = make_recommendation(title="Ochrona morza", source_url="", source_document=document)
    drain(stage_index)
    return document.pk, fact.pk


@pytest.fixture
def canary(canary_once: tuple[int, int], index: Engine, client: Client) -> tuple[CustomDocument, Recommendation]:
    """A public file in whose text the word stands, and nowhere else."""
    document, fact = canary_once
    assert total(client) == 1
    return CustomDocument.objects.get(pk=document), Recommendation.objects.get(pk=fact)


def some_collection() -> Collection:
    root = Collection.get_first_root_node()
    return root.get_children().first() or root.add_child(name="Raporty")


def restricted(collection: Collection) -> CollectionViewRestriction:
    return CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=CollectionViewRestriction.PASSWORD, password="tajne"
    )


def unpublish(document: CustomDocument, fact: Recommendation) -> None:
    UnpublishPageAction(fact.source_page).execute(skip_permission_checks=True)


def restrict_page(document: CustomDocument, fact: Recommendation) -> None:
    PageViewRestriction.objects.create(page=fact.source_page.get_parent(), restriction_type=PageViewRestriction.LOGIN)


def restrict_collection(document: CustomDocument, fact: Recommendation) -> None:
    restricted(document.collection)


def restrict_collection_above(document: CustomDocument, fact: Recommendation) -> None:
    restricted(Collection.get_first_root_node())


def move_file(document: CustomDocument, fact: Recommendation) -> None:
    private = Collection.get_first_root_node().add_child(name="Prywatne")
    restricted(private)
    document.collection = private
    document.save()


def move_files_in_bulk(document: CustomDocument, fact: Recommendation) -> None:
    private = Collection.get_first_root_node().add_child(name="Prywatne")
    restricted(private)
    CustomDocument.objects.filter(pk=document.pk).update(collection=private)


def move_collection(document: CustomDocument, fact: Recommendation) -> None:
    private = Collection.get_first_root_node().add_child(name="Prywatne")
    restricted(private)
    Collection.objects.get(pk=document.collection_id).move(private, "sorted-child")


def let_go(document: CustomDocument, fact: Recommendation) -> None:
    publish(fact.source_page, source_document=None, source_url="https://example.org/", change_reason="inne źródło")


def replace_file(document: CustomDocument, fact: Recommendation) -> None:
    from django.core.files.base import ContentFile  # noqa: PLC0415

    document.file = ContentFile(pdf("Nic"), name="nowy.pdf")
    document.save()


def expire(document: CustomDocument, fact: Recommendation) -> None:
    type(fact.source_page).objects.filter(pk=fact.source_page.pk).update(
        expire_at=timezone.now() - dt.timedelta(seconds=1)
    )


Act = Callable[[CustomDocument, Recommendation], None]


@pytest.mark.parametrize("drained", [False, True])
@pytest.mark.parametrize(
    "act",
    [
        unpublish,
        restrict_page,
        restrict_collection,
        restrict_collection_above,
        move_file,
        move_files_in_bulk,
        move_collection,
        let_go,
        replace_file,
        expire,
    ],
)
def test_what_is_no_longer_public_is_in_no_hit_total_or_facet_at_once(
    canary: tuple[CustomDocument, Recommendation], client: Client, act: Act, drained: bool
) -> None:
    act(*canary)
    if drained:
        drain()

    for language in ("", "/en", "/uk", "/ru"):
        context = client.get(f"{language}/search/?q={CANARY}").context
        assert (context["total"], list(context["items"])) == (0, [])
        assert not [v for p in context["panels"] for v in (*p.shown, *p.folded) if p.name == "kind" and v.count]
    if drained and act is not expire:
        # Nobody hears that a time is over; what is past it is masked until it is unpublished.
        assert find_drift().keys == ()


def test_a_restriction_that_is_lifted_brings_the_file_back(
    canary: tuple[CustomDocument, Recommendation], client: Client
) -> None:
    restriction = restricted(canary[0].collection)
    drain()
    restriction.delete()
    drain()

    assert total(client) == 1


def test_a_file_attached_twice_stays_while_one_of_the_two_is_public(
    canary: tuple[CustomDocument, Recommendation], client: Client
) -> None:
    document, fact = canary
    other = make_recommendation(title="Druga", source_url="", source_document=document)
    drain()
    unpublish(document, fact)
    drain()

    found = item(client, CANARY, "document")

    assert found.attached_to == [("Druga", other.source_page.url)]


def test_when_the_index_fails_titles_of_public_files_are_found_and_no_others(
    canary: tuple[CustomDocument, Recommendation], client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.SEARCH_DIR = tmp_path / "gone"
    hidden = make_document(pdf("x"), title="Uchwała ukryta")

    found = [one for one in ask(client, "uchwała").context["items"] if one.kind == "document"]

    assert [one.fact for one in found] == [canary[0]]
    assert hidden not in [one.fact for one in found]
