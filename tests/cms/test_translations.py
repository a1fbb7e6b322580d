"""The way of a translation through the admin: board, screen, PO files, moderation, and what is done to its original."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import polib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail_localize.models import StringTranslation, Translation

from accounts.models import User
from cms.desk import EditorialDesk
from cms.guides import GUIDES
from cms.roles import MODERATORS, translators
from cms.translating.board import State, lines_of
from pagekit.acts import Refused
from pagekit.translation import locales_of, send, target_of
from recommendations.models import RecommendationPage
from tests.factories.accounts import UserFactory
from tests.factories.pages import appear, make_forum, make_group, make_recommendation_page, publish
from tests.factories.roles import Cast, kept_cast
from tests.factories.translations import handed_over, translate_all

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), kept_cast() as cast:
        appear(cast.translated)
        yield cast


@pytest.fixture
def page(cast: Cast) -> RecommendationPage:
    found: RecommendationPage = make_recommendation_page(parent=cast.own_group, title="Nauka", text="<p>Uczyć.</p>")
    return found


@pytest.fixture
def translator(cast: Cast) -> User:
    return cast.people["translator"]


@pytest.fixture
def moderator(cast: Cast) -> User:
    return cast.people["moderator"]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def job(work: Translation) -> str:
    return reverse("translations:job", args=[work.pk])


def state_of(page: Any, user: User, language: str = "en") -> State:
    locale = Locale.objects.get(language_code=language)
    (line,) = lines_of([Page.objects.get(pk=page.pk)], [locale], locales_of(user))
    return line.cells[0].state


def test_a_translation_is_public_and_reviewed_once_a_moderator_approves_it(
    page: RecommendationPage, translator: User, moderator: User
) -> None:
    work = translate_all(handed_over(page), by=translator)

    signed_in(translator).post(job(work), {"act": "send"})
    assert not target_of(work).live
    signed_in(moderator).post(job(work), {"act": "approve"})

    public = target_of(work)
    assert (public.live, public.title) == (True, "Translated 0")
    assert public.reviewed_on == public.translated_on == timezone.localdate()
    assert "not yet reviewed" not in Client().get(public.url).content.decode()
    assert not Page.objects.exclude(alias_of=None).exists()


def test_whose_words_stand_in_a_translation_does_not_approve_it_though_another_sent_it(
    page: RecommendationPage, translator: User, moderator: User
) -> None:
    work = translate_all(handed_over(page), by=moderator)
    signed_in(translator).post(job(work), {"act": "send"})

    signed_in(moderator).post(job(work), {"act": "approve"})

    assert not target_of(work).live
    assert target_of(work).workflow_in_progress


def test_a_page_with_a_polish_text_left_in_it_is_not_sent(page: RecommendationPage, translator: User) -> None:
    work = translate_all(handed_over(page), by=translator)
    StringTranslation.objects.filter(context__path="title").delete()

    with pytest.raises(Refused, match="1 text has no valid translation"):
        send(work, by=translator)


def test_in_moderation_nothing_changes_until_it_is_returned_with_a_reason(
    page: RecommendationPage, translator: User, moderator: User
) -> None:
    work = translate_all(handed_over(page), by=translator)
    send(work, by=translator)
    segment = work.source.stringsegment_set.earliest("order")
    address = reverse("wagtail_localize:edit_string_translation", args=[work.pk, segment.pk])
    typing = signed_in(translator)

    assert typing.put(address).status_code == 403
    assert typing.get(f"/admin/pages/{target_of(work).pk}/edit/").headers["Location"] == job(work)

    signed_in(moderator).post(job(work), {"act": "reject", "comment": "Nie ten termin."})
    assert "Nie ten termin." in typing.get(job(work)).content.decode()
    typing.post(job(work), {"act": "send"})
    assert state_of(page, translator) == State.REVIEW


def test_the_board_follows_a_page_from_missing_to_out_of_date(
    cast: Cast, page: RecommendationPage, translator: User, moderator: User
) -> None:
    seen = [state_of(page, translator)]
    signed_in(translator).post(reverse("translations:start", args=[page.pk, "en"]))
    work = Translation.objects.get(source__object_id=page.translation_key)
    seen.append(state_of(page, translator))
    translate_all(work, by=translator)
    send(work, by=translator)
    seen.append(state_of(page, translator))
    signed_in(moderator).post(job(work), {"act": "approve"})
    seen.append(state_of(page, translator))

    publish(RecommendationPage.objects.get(pk=page.pk), change_reason="Data", expire_at=None)
    seen.append(state_of(page, translator))
    publish(RecommendationPage.objects.get(pk=page.pk), change_reason="Nowe brzmienie", text="<p>Uczyć dzieci.</p>")
    seen.append(state_of(page, translator))

    live = State.LIVE
    assert seen == [State.MISSING, State.STARTED, State.REVIEW, live, live, State.STALE]
    assert "Uczyć dzieci." in signed_in(translator).get(job(work)).content.decode()
    board = signed_in(translator).get(reverse("translations:index"), {"state": "stale"}).content.decode()
    assert page.title in board
    assert cast.own_group.title not in board
    assert [late.translation_key for late in EditorialDesk(translator).outdated()] == [page.translation_key]


def test_a_public_translation_says_that_its_original_is_newer_until_it_is_translated_anew(
    page: RecommendationPage, translator: User, moderator: User
) -> None:
    def shown_after(word: str) -> str:
        work = translate_all(handed_over(page), by=translator, word=word)
        signed_in(translator).post(job(work), {"act": "send"})
        signed_in(moderator).post(job(work), {"act": "approve"})
        return Client().get(target_of(work).url).content.decode()

    first = shown_after("Translated")
    publish(RecommendationPage.objects.get(pk=page.pk), change_reason="Nowe brzmienie", text="Uczyć dzieci.")
    address = target_of(handed_over(page)).url
    outdated = Client().get(address).content.decode()
    (version,) = re.findall(r'href="(/r/[^"]+/en/v1)"', outdated)
    old_version = Client().get(version).content.decode()
    anew = shown_after("Anew")

    said = "this translation still shows its earlier text"
    assert [said in one for one in (first, outdated, anew)] == [False, True, False]
    assert f'href="{page.url}"' in outdated
    numbers = re.compile(r"translation: version (\d), original: version (\d)")
    assert [numbers.findall(one) for one in (first, outdated, anew)] == [[("1", "1")], [("1", "2")], [("2", "2")]]
    assert "it is at version 2 of" in old_version


def test_the_board_shows_to_each_what_is_theirs_and_asks_few_questions(
    cast: Cast, page: RecommendationPage, translator: User
) -> None:
    group = make_group(parent=make_forum(title="Inne forum", slug="inne"), title="Inna grupa", slug="inna")
    for number in range(12):
        other = make_recommendation_page(parent=group, title=f"Inna {number}")
        for language in ("en", "uk", "ru"):
            translate_all(handed_over(other, language))
    address = reverse("translations:index")

    def board(person: User, **asked: str) -> str:
        return signed_in(person).get(address, asked).content.decode()

    own = board(cast.people["editor"])
    assert page.title in own
    assert "Inna" not in own
    assert "/start/" not in own
    translators_own = board(translator)
    assert "/start/" in translators_own
    assert f"/start/{page.pk}/uk/" not in translators_own
    forum = group.get_parent()
    assert page.title not in board(translator, forum=str(forum.pk))
    assert "Inna 11" in board(translator, forum=str(forum.pk), kind="recommendations", state="started")
    browser = signed_in(cast.people["moderator"])
    with CaptureQueriesContext(connection) as asked:
        browser.get(address, {"state": "started"})
    assert len(asked) <= 30, len(asked)


def test_the_approval_of_an_original_hands_it_to_all_translators_at_once(cast: Cast, moderator: User) -> None:
    draft = make_recommendation_page(parent=cast.own_group, title="Nowa", published=False)
    draft.save_revision(user=cast.people["editor"])
    step = draft.get_workflow().start(draft, cast.people["editor"]).current_task_state

    address = reverse("wagtailadmin_pages:workflow_action", args=[draft.pk, "publish_and_translate", step.pk])

    assert "publish_and_translate" in signed_in(moderator).get(f"/admin/pages/{draft.pk}/edit/").content.decode()
    signed_in(moderator).post(address)

    draft.refresh_from_db()
    assert draft.live
    copies = draft.get_translations()
    assert {copy.locale.language_code for copy in copies} == {"en", "uk"}
    assert not copies.live().exists()


def test_a_public_translation_loses_its_mark_by_a_moderator_who_wrote_none_of_it(
    page: RecommendationPage, translator: User, moderator: User
) -> None:
    work = translate_all(handed_over(page), by=translator)
    sent = send(work, by=translator)
    sent.current_workflow_task_state.approve(user=UserFactory.create(administrator=True))
    assert target_of(work).reviewed_on is None

    colleague = UserFactory.create(username="tlumaczy-i-moderuje", groups=[MODERATORS, translators("en")])
    StringTranslation.objects.update(last_translated_by=colleague)
    signed_in(colleague).post(job(work), {"act": "review"})
    assert target_of(work).reviewed_on is None
    signed_in(moderator).post(job(work), {"act": "review"})
    assert target_of(work).reviewed_on == timezone.localdate()


# PO files.


def po_of(work: Translation, **texts: str) -> polib.POFile:
    """The file as a translator sends it back: an entry by its field, and what stands there now."""
    po = work.export_po()
    for entry in po:
        entry.msgstr = texts.get(entry.msgctxt.partition(".")[0], entry.msgstr)
    return po


def sent_file(person: User, content: Any, name: str = "uk.po") -> Any:
    data = content if isinstance(content, bytes) else str(content).encode()
    return signed_in(person).post(reverse("translations:upload"), {"file": SimpleUploadedFile(name, data)})


def test_a_sound_po_file_is_taken_and_only_by_who_translates_into_its_language(
    page: RecommendationPage, translator: User
) -> None:
    work, other = handed_over(page), handed_over(page, "uk")

    assert sent_file(translator, po_of(work, title="Learning", text="Teach.")).headers["Location"] == job(work)
    assert sent_file(translator, po_of(other, title="Навчання")).status_code == 422

    told = StringTranslation.objects.values_list("locale__language_code", "data")
    assert set(told) == {("en", "Learning"), ("en", "Teach.")}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda po: setattr(po[0], "msgid", "Zmienione"), "The original has no such text"),
        (lambda po: po[0].flags.append("fuzzy"), "uncertain"),
        (lambda po: setattr(po[0], "msgstr", "<script>x</script>"), "script"),
        (lambda po: setattr(po[0], "msgstr", "x" * 300), "255"),
    ],
)
def test_a_bad_entry_is_named_and_its_file_changes_nothing(
    page: RecommendationPage, translator: User, spoil: Any, said: str
) -> None:
    work = handed_over(page)
    po = po_of(work, title="Learning", text="Teach.")
    spoil(po)

    answer = sent_file(translator, po)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert po[0].msgid in answer.content.decode()
    assert not StringTranslation.objects.exists()


@pytest.mark.parametrize("content", [b"", b"nonsense", b'msgid "a\nmsgstr "b"\n', 'msgid "ż"\n'.encode("cp1250")])
def test_what_is_no_po_file_is_refused_with_a_sentence(translator: User, content: bytes) -> None:
    assert sent_file(translator, content).status_code == 422


def test_a_file_does_not_overwrite_what_somebody_else_typed_meanwhile(
    page: RecommendationPage, translator: User, moderator: User
) -> None:
    work = handed_over(page)
    po = po_of(work, title="Learning")
    translate_all(work, by=moderator, word="Typed")

    answer = sent_file(translator, po)

    assert "Typed 0" in answer.content.decode()
    assert not StringTranslation.objects.filter(data="Learning").exists()


def test_a_language_is_taken_home_as_one_archive_and_comes_back_as_one(
    cast: Cast, page: RecommendationPage, translator: User
) -> None:
    other = make_recommendation_page(parent=cast.own_group, title="Druga")
    works = [handed_over(page), handed_over(other)]
    archive = signed_in(translator).get(reverse("translations:archive", args=["en"]), {"kind": "recommendations"})
    back = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive.content)) as taken, zipfile.ZipFile(back, "w") as brought:
        assert len(taken.namelist()) == 2
        for name in taken.namelist():
            po = polib.pofile(taken.read(name).decode())
            for entry in po:
                entry.msgstr = "Text" if name.startswith(f"{works[0].pk}-") else "<p>Text</p>"
            brought.writestr(name, str(po))

    answer = sent_file(translator, back.getvalue(), "en.zip")

    assert answer.status_code == 422, "the second file is bad, and said to be"
    assert works[0].get_progress()[1] == works[0].get_progress()[0] > 0
    assert works[1].get_progress()[1] == 0


# What is done to an original.


def test_a_translation_follows_its_original_below_another_group(
    cast: Cast, page: RecommendationPage, translator: User
) -> None:
    work = handed_over(page)
    other = make_group(title="Druga grupa", slug="druga")

    page.move(other, "last-child", user=cast.people["superuser"])

    above = target_of(work).get_parent()
    assert above.translation_key == other.translation_key
    assert (above.locale.language_code, above.live) == ("en", False)
    with pytest.raises(Refused, match="where its original stands"), transaction.atomic():
        target_of(work).move(cast.translated, "last-child", user=cast.people["superuser"])


def test_a_draft_that_is_deleted_takes_its_translations_with_it(cast: Cast, page: RecommendationPage) -> None:
    target = target_of(handed_over(page))
    type(page).objects.filter(pk=page.pk).update(live=False, first_published_at=None)

    type(page).objects.get(pk=page.pk).delete()

    assert not Page.objects.filter(pk=target.pk).exists()
    assert not Translation.objects.filter(source__object_id=page.translation_key).exists()


def test_the_privacy_of_an_original_holds_and_ends_with_its_translations(
    page: RecommendationPage, translator: User, moderator: User
) -> None:
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="password", password="dawne")
    work = translate_all(handed_over(page), by=translator)
    signed_in(translator).post(job(work), {"act": "send"})
    signed_in(moderator).post(job(work), {"act": "approve"})
    public = target_of(work)
    assert public.live
    assert public not in RecommendationPage.objects.visible_to()

    restriction.delete()

    assert public in RecommendationPage.objects.visible_to()


def test_no_translation_outlives_the_day_on_which_its_original_expires(
    page: RecommendationPage, translator: User, moderator: User
) -> None:
    work = translate_all(handed_over(page), by=translator)
    signed_in(translator).post(job(work), {"act": "send"})
    signed_in(moderator).post(job(work), {"act": "approve"})
    day = timezone.now().replace(microsecond=0) + dt.timedelta(days=3)

    publish(RecommendationPage.objects.get(pk=page.pk), change_reason="Do jutra", expire_at=day)

    assert target_of(work).expire_at == day


def test_many_pages_are_published_and_handed_over_at_once_and_what_one_refuses_stops_no_other(
    cast: Cast, page: RecommendationPage, moderator: User
) -> None:
    waiting, own_words = (
        make_recommendation_page(parent=cast.own_group, title=f"Czeka {number}", published=False) for number in "ab"
    )
    for draft, writer in ((waiting, cast.people["editor"]), (own_words, moderator)):
        draft.save_revision(user=writer)
        draft.get_workflow().start(draft, writer)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish_and_translate"])
    pages = [page, waiting, own_words]

    signed_in(moderator).post(f"{address}?{urlencode({'id': [one.pk for one in pages]}, doseq=True)}")

    handed = set(Translation.objects.values_list("source__object_id", flat=True))
    assert {page.translation_key, waiting.translation_key} <= handed
    assert own_words.translation_key not in handed
    assert [type(one).objects.get(pk=one.pk).live for one in pages] == [True, True, False]


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("editor", ["redaktor", "badacz"]),
        ("translator", ["tlumacz", "badacz"]),
        ("moderator", ["redaktor", "moderator", "tlumacz", "badacz", "urzednik"]),
    ],
)
def test_the_help_menu_leads_to_the_guides_of_the_role(cast: Cast, role: str, names: list[str]) -> None:
    browser = signed_in(cast.people[role])
    page = browser.get("/admin/").content.decode()

    assert [name for name in GUIDES if f'"guide-{name}"' in page] == names
    for name in names:
        assert "<h2>" in browser.get(reverse("guide", args=[name])).content.decode()


def test_a_translation_holds_no_copy_of_the_facts_which_are_its_originals(page: RecommendationPage) -> None:
    draft = target_of(handed_over(page))

    for rows in ("addressees", "themes"):
        assert getattr(page, rows).exists()
        assert not getattr(draft, rows).exists()
