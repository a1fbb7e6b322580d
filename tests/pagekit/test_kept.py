"""What was public once survives every screen, bulk action and command that deletes, and nobody gets an error page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation, TranslationSource

from accounts.models import User
from pagekit.acts import Refused
from pagekit.models import CustomDocument
from recommendations.models import Recommendation, RecommendationPage, Wording
from taxonomy.models import Organisation, Tag, Theme
from tests.factories.accounts import UserFactory
from tests.factories.files import make_document, pdf
from tests.factories.pages import appear, author, make_recommendation_page, publish

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.law("kept-public")]


@dataclass
class Public:
    """A recommendation that is public in two languages, and what hangs on it."""

    page: RecommendationPage
    english: Any
    source: CustomDocument
    earlier_source: CustomDocument
    linked: CustomDocument
    administrator: User


@pytest.fixture(scope="module")
def public(ground: None) -> Public:
    source, earlier, linked = (make_document(pdf(name), f"{name}.pdf") for name in ("zrodlo", "dawne", "odnosnik"))
    page = make_recommendation_page(published=False, source_document=earlier, tags=["asystent"])
    page = publish(page)
    link = f'<p><a linktype="document" id="{linked.pk}">plik</a></p>'
    page = publish(page, source_document=source, rationale=link, change_reason="Nowe wydanie")
    locale = Locale.objects.get_or_create(language_code="en")[0]
    translations = TranslationSource.get_or_create_from_instance(page)[0]
    translation = Translation.objects.create(source=translations, target_locale=locale)
    translation.save_target(user=author(), publish=False)
    english = page.get_translation(locale)
    return Public(page, appear(english), source, earlier, linked, UserFactory.create(administrator=True))


def kept() -> list[Any]:
    """All that was public once, row by row."""
    models = (Page, RecommendationPage, Recommendation, Wording, CustomDocument, Theme, Tag, Organisation)
    rows: list[Any] = [sorted(model.objects.values_list("pk", flat=True)) for model in models]
    files = [document.file.storage.exists(document.file.name) for document in CustomDocument.objects.all()]
    names = sorted(CustomDocument.objects.values_list("file", flat=True))
    aliases = sorted(Page.objects.exclude(alias_of=None).values_list("pk", flat=True))
    return [*rows, files, names, aliases, sorted(Page.objects.live().values_list("pk", flat=True))]


def bulk(app: str, model: str, pk: int) -> str:
    return reverse("wagtail_bulk_action", args=[app, model, "delete"]) + f"?id={pk}"


SCREENS: dict[str, Callable[[Public], Any]] = {
    "page": lambda it: reverse("wagtailadmin_pages:delete", args=[it.page.pk]),
    "translation": lambda it: reverse("wagtailadmin_pages:delete", args=[it.english.pk]),
    "parent": lambda it: reverse("wagtailadmin_pages:delete", args=[it.page.get_parent().pk]),
    "home": lambda it: reverse("wagtailadmin_pages:delete", args=[it.page.get_ancestors()[1].pk]),
    "pages in bulk": lambda it: bulk("wagtailcore", "page", it.page.pk),
    "translations in bulk": lambda it: bulk("wagtailcore", "page", it.english.pk),
    "a translation becomes an alias": lambda it: reverse("wagtail_localize:convert_to_alias", args=[it.english.pk]),
    "source document": lambda it: reverse("wagtaildocs:delete", args=[it.source.pk]),
    "source document of an earlier version": lambda it: reverse("wagtaildocs:delete", args=[it.earlier_source.pk]),
    "linked document": lambda it: reverse("wagtaildocs:delete", args=[it.linked.pk]),
    "documents in bulk": lambda it: bulk("pagekit", "customdocument", it.source.pk),
    "linked documents in bulk": lambda it: bulk("pagekit", "customdocument", it.linked.pk),
    "language": lambda it: reverse("wagtaillocales:delete", args=[it.english.locale_id]),
}


@pytest.mark.parametrize("screen", SCREENS)
def test_no_screen_takes_away_what_was_public(screen: str, public: Public, client: Client) -> None:
    client.force_login(public.administrator)
    before = kept()
    address = SCREENS[screen](public)

    for data in ({}, {"next": "/admin/"}):
        response = client.post(address, data)
        assert response.status_code < 500
    assert kept() == before


def test_no_screen_puts_another_file_in_the_place_of_one_that_was_public(public: Public, client: Client) -> None:
    client.force_login(public.administrator)
    before = kept()
    for document in (public.source, public.earlier_source, public.linked):
        data = {
            "title": document.title,
            "collection": document.collection_id,
            "file": SimpleUploadedFile("inny.pdf", pdf("Inny")),
        }

        response = client.post(reverse("wagtaildocs:edit", args=[document.pk]), data)

        assert "was public" in response.content.decode()
    assert kept() == before


def test_what_was_never_public_may_still_be_deleted_and_replaced(public: Public, client: Client) -> None:
    client.force_login(public.administrator)
    document = make_document(pdf("Roboczy"), "roboczy.pdf")
    draft = make_recommendation_page(published=False, title="Szkic", source_document=document)
    data = {"title": "Inny", "collection": document.collection_id, "file": SimpleUploadedFile("inny.pdf", pdf("Inny"))}

    assert client.post(reverse("wagtaildocs:edit", args=[document.pk]), data).status_code == 302
    client.post(reverse("wagtailadmin_pages:delete", args=[draft.pk]))
    client.post(reverse("wagtaildocs:delete", args=[document.pk]))

    assert not Page.objects.filter(pk=draft.pk).exists()
    assert not CustomDocument.objects.filter(pk=document.pk).exists()


@pytest.mark.parametrize(
    "rows",
    [
        lambda it: Page.objects.filter(pk=it.page.pk),
        lambda it: RecommendationPage.objects.filter(pk=it.english.pk),
        lambda it: Page.objects.filter(depth=2),
        lambda it: Recommendation.objects.all(),
        lambda it: Wording.objects.all(),
        lambda it: CustomDocument.objects.all(),
        lambda it: Organisation.objects.all(),
        lambda it: Locale.objects.all(),
    ],
)
def test_no_program_deletes_what_was_public(rows: Callable[[Public], Any], public: Public) -> None:
    before = kept()

    with pytest.raises((Refused, ProtectedError, IntegrityError)), transaction.atomic():
        rows(public).delete()

    assert kept() == before
