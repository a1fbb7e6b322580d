"""Mails about pages: one for each event, to those whom it concerns, in their language; Wagtail itself mails nobody."""

import datetime as dt
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import DjangoDbBlocker
from wagtail.models import Comment
from wagtail.test.utils.form_data import inline_formset

from notices.models import MailPreference
from notices.services.delivery import send_waiting
from pagekit.translation import hand_over_everywhere
from tests.factories.accounts import UserFactory
from tests.factories.admin import edit_url, form_of
from tests.factories.pages import make_recommendation_page
from tests.factories.roles import Cast, kept_cast
from tests.notices.conftest import NOW
from tests.notices.sink import Sink, body_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
LATER = NOW + dt.timedelta(minutes=6)


@pytest.fixture(scope="module")
def one_cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), time_machine.travel(NOW - dt.timedelta(days=3)), kept_cast() as cast:
        UserFactory.create(username="pierwsza-moderatorka", groups=["Moderatorzy"])
        cast.people["translator"].first_name = "Tamara"
        yield cast


@pytest.fixture
def cast(one_cast: Cast) -> Cast:
    return deepcopy(one_cast)


def saved(cast: Cast, by: str, **values: Any) -> Any:
    """A complete draft that the person of this role saved last."""
    page = make_recommendation_page(parent=cast.own_group, published=False, **{"title": "Punkt pomocy"} | values)
    page.save_revision(user=cast.people[by])
    return page


def submit(page: Any, by: Any) -> Any:
    return page.get_workflow().start(page, by).current_task_state.specific


def letters(sink: Sink) -> dict[str, Any]:
    """Who got what since the last look, once the minutes of quiet are over."""
    before = len(sink.letters)
    with time_machine.travel(LATER):
        send_waiting()
    new = sink.letters[before:]
    found = {str(one["To"]).partition("@")[0]: one for one in new}
    assert len(found) == len(new), "somebody got two"
    assert not mail.outbox
    return found


def test_what_is_submitted_reaches_the_moderators_who_may_decide_and_the_decision_who_sent_it(
    cast: Cast, sink: Sink
) -> None:
    page = saved(cast, "moderator")
    editor = cast.people["editor"]
    page.save_revision(user=editor)

    step = submit(page, editor)
    told = letters(sink)

    # The other moderator saved a change of it, so this one may not decide.
    assert set(told) == {"pierwsza-moderatorka"}
    letter = told["pierwsza-moderatorka"]
    assert "Punkt pomocy" in letter["Subject"]
    assert letter["Content-Language"] == "pl"
    address = f"https://rekomendacje.example.org/admin/pages/{page.pk}/edit/"
    assert all(address in body_of(letter, kind) for kind in ("plain", "html"))

    step.reject(user=cast.people["administrator"], comment="Kto ma to zrobić?")
    told = letters(sink)
    assert set(told) == {"redaktorka"}
    assert "Kto ma to zrobić?" in body_of(told["redaktorka"], "plain")

    with time_machine.travel(NOW + dt.timedelta(hours=1)):
        page.current_workflow_state.resume(user=editor)
        page.current_workflow_task_state.specific.approve(user=UserFactory.create(groups=["Moderatorzy"]))
    # Approved before anybody was told that it waits again.
    with time_machine.travel(NOW + dt.timedelta(hours=2)):
        send_waiting()
    assert [one["To"].partition("@")[0] for one in sink.letters[2:]] == ["redaktorka"]
    # At the address of the site, whatever host Wagtail believes in.
    assert re.search(r"https://rekomendacje\.example\.org/\S*punkt-pomocy", body_of(sink.letters[-1], "plain"))


def test_a_set_that_is_sent_and_approved_at_once_is_one_mail_each(cast: Cast, sink: Sink) -> None:
    pages = [saved(cast, "editor", title=f"Postulat {number}") for number in range(3)]
    steps = [submit(page, cast.people["editor"]) for page in pages]
    told = letters(sink)
    assert set(told) == {"pierwsza-moderatorka", "druga-moderatorka"}
    assert all(page.title in body_of(told["druga-moderatorka"], "plain") for page in pages)

    for step in steps:
        step.task.specific.on_action(step, cast.people["moderator"], "approve")
    (told_editor,) = letters(sink).values()
    assert "3" in told_editor["Subject"]


def test_a_page_sent_to_translation_reaches_those_of_the_language_and_nobody_else(cast: Cast, sink: Sink) -> None:
    MailPreference.objects.create(user=cast.people["translator"], language="en")
    step = submit(saved(cast, "editor"), cast.people["editor"])
    letters(sink)
    step.task.specific.on_action(step, cast.people["moderator"], "publish_and_translate")
    hand_over_everywhere(step.workflow_state.content_object.specific, by=cast.people["moderator"])

    told = letters(sink)
    assert set(told) == {"redaktorka", "tlumaczka"}
    assert told["tlumaczka"]["Content-Language"] == "en"
    assert "/admin/translations/" in body_of(told["tlumaczka"], "plain")


def test_whoever_wants_none_or_takes_a_break_is_not_told_and_who_nobody_can_sign_in_as_tells_nobody(
    cast: Cast, sink: Sink
) -> None:
    MailPreference.objects.create(user=cast.people["moderator"], has_pages=False)
    pause = NOW.date() + dt.timedelta(days=9)
    MailPreference.objects.create(user=cast.people["administrator"], paused_until=pause)
    loader = UserFactory.create(username="maszyna")
    loader.set_unusable_password()
    submit(saved(cast, "editor"), cast.people["editor"])
    submit(saved(cast, "editor", title="Z pliku"), loader)

    told = letters(sink)
    assert set(told) == {"pierwsza-moderatorka"}
    assert "Z pliku" not in body_of(told["pierwsza-moderatorka"], "plain")


def comment_on(client: Client, page: Any, comment: dict[str, Any], **counts: int) -> None:
    """Save the page in the admin's editor with this comment, as the browser sends it."""
    data = form_of(page, comments=inline_formset([comment], **counts))
    assert client.post(edit_url(page), data).status_code == 302


def test_a_comment_reaches_who_writes_the_draft_and_an_answer_those_of_the_thread(
    cast: Cast, client: Client, sink: Sink
) -> None:
    page = saved(cast, "editor")
    new = {"contentpath": "title", "text": "Za długi tytuł?", "position": "", "replies": inline_formset([])}
    client.force_login(cast.people["moderator"])
    comment_on(client, page, new)
    told = letters(sink)
    assert set(told) == {"redaktorka"}
    assert "Za długi tytuł?" in body_of(told["redaktorka"], "plain")

    comment = Comment.objects.get()
    reply = inline_formset([{"text": "Skrócę."}])
    client.force_login(cast.people["editor"])
    comment_on(client, page, new | {"id": comment.pk, "replies": reply}, initial=1)
    told = letters(sink)
    assert set(told) == {"druga-moderatorka"}
    assert "Skrócę." in body_of(told["druga-moderatorka"], "plain")


def test_what_the_account_screen_offers_is_what_the_queue_respects(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["editor"])
    shown = client.get("/admin/account/").content.decode()
    assert 'name="mails-has_pages"' in shown
    assert 'name="notifications-submitted_notifications"' not in shown
