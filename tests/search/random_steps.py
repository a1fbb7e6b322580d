"""A walk of random acts on a small site, and a reader who after each of them looks for what must not be found.

Every text holds a word of its own that stands nowhere else, so that one found word tells whose text got out. Which
words a reader may find is decided here from the page tree alone, by rules written a second time on purpose: nothing of
the querysets that search itself uses.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Locale, PageViewRestriction, Revision

from forums.models import ForumPage, WorkingGroupPage
from pagekit.acts import Refused
from recommendations.models import Recommendation, RecommendationPage
from search.engines import get_engine
from search.models import Outbox
from search.sync import outbox
from search.sync.drain import drain
from search.sync.drift import find_drift
from search.views.near import near
from search.views.page import Asked, context_of
from taxonomy.models import Organisation, Place, Tag, Theme
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_forum, make_group, make_recommendation_page, publish
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory, ThemeFactory
from tests.search.conftest import translate

LETTERS = "bcdfghjklmnpqrst"
WORD = re.compile(r"zqx[bcdfghjklmnpqrst]{4}xq")
PAGES = (ForumPage, WorkingGroupPage, RecommendationPage)
LANGUAGES = ("pl", "en", "uk", "ru")
AT_ONCE = 10
"""Words in one question: a question may have no more than twelve."""
MOST_PAGES = 30
LIMITED = ("/search/suggest/?q=zqx", "/search/suggest/?q=sprawa", "/search/suggest/?q=forum")
SURFACES = (
    *("/search/", "/search/", "/search/?kind=group&kind=forum", "/search/?view=table", "/search/feed/"),
    *("/search/export.json", "/search/export.csv", "/search/export.bib", *LIMITED),
)


class Leak(AssertionError):
    """A reader found what must not be found."""


class Untrue(AssertionError):
    """The drained index is not what the database says."""


def approved(page: Any) -> Any:
    """A page that a factory made, with the revision that readers see: approval leaves one, and Wagtail asks for it."""
    if page.live:
        revision = page.save_revision()
        type(page).objects.filter(pk=page.pk).update(live_revision=revision, has_unpublished_changes=False)
    return page


class Walk:
    """The site, its writer, and the list of words that were ever written anywhere."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.words: list[str] = []
        self.trace: list[str] = []
        self.once_shown: set[str] = set()
        self.administrator = UserFactory.create(administrator=True)
        for code in LANGUAGES:
            Locale.objects.get_or_create(language_code=code)
        self.themes = [ThemeFactory.create(label_pl=self.text("Temat"))]
        self.themes.append(ThemeFactory.create(label_pl=self.text("Podtemat"), parent=self.themes[0]))
        self.places = [PlaceFactory.create(label_pl=self.text("Miasto")) for _n in range(2)]
        self.bodies = [OrganisationFactory.create(label_pl=self.text("Urząd"), place=self.places[0]) for _n in range(2)]
        for n in range(2):
            # Slugs without words: the address of what is public names what it stands under, public or not.
            place = self.places[n]
            forum = approved(
                make_forum(title=self.text("Forum"), programme_code=f"F{n}", place=place, slug=f"forum-{n}")
            )
            for m in range(2):
                group = approved(make_group(title=self.text("Grupa"), parent=forum, slug=f"grupa-{n}-{m}"))
                approved(make_recommendation_page(**self.values(), parent=group))

    # -- words -------------------------------------------------------------------------------------------------

    def word(self) -> str:
        number, letters = len(self.words), ""
        for _place in range(4):
            number, digit = divmod(number, len(LETTERS))
            letters += LETTERS[digit]
        self.words.append(f"zqx{letters}xq")
        return self.words[-1]

    def text(self, before: str) -> str:
        return f"{before} {self.word()}"

    def reason(self) -> str:
        """Why something changed: it stands in the history of a page that is public, and nobody searches it."""
        text = self.text("Powód")
        self.once_shown.add(self.words[-1])
        return text

    def values(self) -> dict[str, Any]:
        return {
            "title": self.text("Sprawa"),
            "text": self.text("Załatwić"),
            "tags": [self.word()],
            "themes": [self.chance.choice(self.themes)],
            "addressees": [self.chance.choice(self.bodies)],
            "slug": f"sprawa-{len(self.words)}",
        }

    # -- what a reader may find --------------------------------------------------------------------------------

    def allowed(self) -> set[str]:
        """The words of all texts that readers may see now."""
        texts: list[Any] = [row.labels for model in (Theme, Place, Organisation) for row in model.objects.all()]
        shown = self.shown()
        texts += [(page.title, getattr(page, "text", "")) for page in shown]
        keys = {page.translation_key for page in shown if isinstance(page, RecommendationPage)}
        facts = Recommendation.objects.filter(translation_key__in=keys).prefetch_related("tags")
        texts += [tag.labels for fact in facts for tag in fact.tags.all()]
        return set(WORD.findall(repr(texts)))

    def shown(self) -> list[Any]:
        """The pages that readers may see now, in every language, those included that only repeat their original."""
        closed = list(PageViewRestriction.objects.values_list("page__path", flat=True))
        now = timezone.now()
        found = []
        for model in PAGES:
            shown = {}
            for page in model.objects.select_related("locale"):
                is_over = page.expire_at is not None and page.expire_at <= now
                if page.live and not is_over and not any(page.path.startswith(path) for path in closed):
                    shown[page.translation_key, page.locale.language_code] = page
            found += [page for (key, _language), page in shown.items() if (key, "pl") in shown]
        return found

    def titles(self) -> list[str]:
        """The words of the titles that readers of Polish may find."""
        allowed = self.allowed()
        titles = [page.title for model in PAGES for page in model.objects.filter(locale__language_code="pl")]
        return [word for title in titles for word in WORD.findall(title) if word in allowed]

    # -- acts --------------------------------------------------------------------------------------------------

    def step(self) -> str:
        """One act; its name. What a rule of the site refuses has happened too: nothing may follow from it."""
        act = self.chance.choice(self.acts)
        self.trace.append(act.__name__)
        try:
            act(self)
        except Refused:
            self.trace[-1] += " (refused)"
        return self.trace[-1]

    def some(self, *models: type[Any], **conditions: Any) -> Any:
        """A page of the source language that meets the conditions, or None."""
        conditions = {"locale__language_code": "pl"} | conditions
        model: Any = self.chance.choice(models or PAGES)
        return self._one(model.objects.filter(**conditions).order_by("pk"))

    def _one(self, rows: Any) -> Any:
        found = list(rows)
        return self.chance.choice(found) if found else None

    def create(self) -> None:
        group = self.some(WorkingGroupPage)
        if group is not None and RecommendationPage.objects.count() < MOST_PAGES:
            approved(make_recommendation_page(**self.values(), parent=group, published=self.chance.random() < 0.7))

    def draft(self) -> None:
        """A new title, text and tag, that nobody has approved."""
        page = self.some()
        page.title = self.text("Szkic")
        if isinstance(page, RecommendationPage):
            page.text = self.text("Zamiar")
            page.tags.add(self.word())
        page.save_revision(user=UserFactory.create())

    def approve(self) -> None:
        """The newest draft becomes what readers see."""
        page = self.some()
        publish(page.get_latest_revision_as_object(), change_reason=self.reason())

    def approve_for_later(self) -> None:
        page = self.some()
        publish(
            page.get_latest_revision_as_object(),
            title=self.text("Jutro"),
            change_reason=self.reason(),
            go_live_at=timezone.now() + dt.timedelta(days=1),
        )

    def let_time_pass(self) -> None:
        """What waits for its time has it now, and the timer goes off."""
        past = timezone.now() - dt.timedelta(minutes=1)
        for revision in Revision.objects.filter(approved_go_live_at__isnull=False):
            revision.approved_go_live_at = revision.content["go_live_at"] = past
            revision.save()
        call_command("publish_scheduled", verbosity=0)

    def unpublish(self) -> None:
        page = self.some(live=True)
        if page is not None:
            UnpublishPageAction(page, user=self.administrator).execute(skip_permission_checks=True)

    def expire(self) -> None:
        """As time does it: nobody is told."""
        page = self.some(RecommendationPage, WorkingGroupPage, live=True)
        if page is not None:
            # The last day of a page is that of its translations.
            all_of_it = type(page).objects.filter(translation_key=page.translation_key)
            all_of_it.update(expire_at=timezone.now() - dt.timedelta(seconds=1))

    def renew(self) -> None:
        """Time given again, as an editor does it: by approval."""
        page = self._one(self.chance.choice(PAGES).objects.filter(expire_at__isnull=False, locale__language_code="pl"))
        if page is not None:
            publish(page.get_latest_revision_as_object(), expire_at=None, change_reason=self.reason())

    def restrict(self) -> None:
        page = self.some()
        if PageViewRestriction.objects.count() < 3 and not page.view_restrictions.exists():
            PageViewRestriction.objects.create(page=page, restriction_type="password", password="tajne")

    def lift(self) -> None:
        restriction = self._one(PageViewRestriction.objects.order_by("pk"))
        if restriction is not None:
            restriction.delete()

    def move(self) -> None:
        page = self.some(RecommendationPage, WorkingGroupPage)
        target = self.some(ForumPage if isinstance(page, WorkingGroupPage) else WorkingGroupPage)
        MovePageAction(page, target, pos="last-child", user=self.administrator).execute(skip_permission_checks=True)

    def delete_draft(self) -> None:
        page = self.some(RecommendationPage, first_published_at=None)
        if page is not None:
            DeletePageAction(page, user=self.administrator).execute(skip_permission_checks=True)

    def rename_label(self) -> None:
        row = self._one(self.chance.choice((Theme, Place, Organisation)).objects.order_by("pk"))
        row.label_pl = self.text("Nazwa")
        row.label_uk = self.text("Назва")
        row.save()

    def rename_tag(self) -> None:
        tag = self._one(Tag.objects.order_by("pk"))
        tag.label_en = self.text("Tag")
        tag.save()

    def translate(self) -> None:
        page = self.some(live=True)
        language = self.chance.choice(("en", "uk"))
        if page is not None and not page.has_translation(Locale.objects.get(language_code=language)):
            approved(translate(page, language, title=self.text("Translated")))

    def drop_translation(self) -> None:
        model = self.chance.choice(PAGES)
        page = self._one(model.objects.exclude(locale__language_code="pl").filter(live=True).order_by("pk"))
        if page is None:
            return
        UnpublishPageAction(page, user=self.administrator).execute(skip_permission_checks=True)
        if self.chance.random() < 0.5:
            type(page).objects.filter(pk=page.pk).update(first_published_at=None)
            DeletePageAction(type(page).objects.get(pk=page.pk), user=self.administrator).execute(
                skip_permission_checks=True
            )

    acts: tuple[Callable[[Walk], None], ...] = (
        *(create, create, draft, approve, approve, approve, approve, approve_for_later, let_time_pass),
        *(unpublish, expire, renew, restrict, lift, lift, move, delete_draft),
        *(rename_label, rename_tag, translate, drop_translation),
    )


class Reader:
    """Asks the public surfaces as anybody may."""

    def __init__(self, seed: int = 0) -> None:
        self.client = Client()
        self.chance = random.Random(seed)
        self.asked = 0

    def look_for(self, words: list[str]) -> list[str]:
        """What was found of these words, each finding as a sentence; nothing is what it should be."""
        language = self.chance.choice(LANGUAGES)
        questions = [" OR ".join(words[start : start + AT_ONCE]) for start in range(0, len(words), AT_ONCE)]
        return [what for question in questions for what in self._found(language, question)]

    def look_round(self, forbidden: set[str]) -> list[str]:
        """What lists things without being asked for one of these words: no text of it may hold any of them."""
        language, surface = self.chance.choice(LANGUAGES), self.chance.choice(SURFACES)
        address = ("" if language == "pl" else f"/{language}") + surface
        response = self.client.get(address, headers={"User-Agent": "Mozilla/5.0"})
        assert response.status_code == 200 or surface in LIMITED, (address, response.status_code)
        text = b"".join(response).decode()
        return [
            f"{address}: {' '.join(text[match.start() - 160 : match.end()].split())}"
            for match in WORD.finditer(text)
            if match.group() in forbidden
        ]

    def look_at(self, page: Any, forbidden: set[str], *, opens: bool) -> list[str]:
        """What stands at the address of a page; what does not open may say that it is not there."""
        response = self.client.get(page.url, headers={"User-Agent": "Mozilla/5.0"})
        assert not opens or response.status_code == 200, (page.url, response.status_code)
        return [f"{page.url}: {word}" for word in WORD.findall(response.content.decode()) if word in forbidden]

    def look_near(self, forbidden: set[str]) -> list[str]:
        """What is shown as near one of the public recommendations."""
        facts = list(Recommendation.objects.order_by("pk").visible_to().with_pages())
        if not facts:
            return []
        fact = self.chance.choice(facts)
        themes, tags = [theme.code for theme in fact.themes.all()], [tag.slug for tag in fact.tags.all()]
        shown = near(fact, fact.page, themes, tags, "pl")
        return [f"near {fact}: {one.title}" for one in shown if forbidden.intersection(WORD.findall(str(one.title)))]

    def finds(self, word: str) -> bool:
        """Whether a reader of Polish finds this word."""
        return bool(self._page("pl", word)["total"])

    def _found(self, language: str, question: str) -> list[str]:
        page = self._page(language, question)
        counts = [
            f"{panel.name}={value.value}: {value.count}"
            for panel in page["panels"]
            for value in (*panel.shown, *panel.folded)
            if value.count
        ]
        titles = [str(item.title) for item in (*page["items"], *page["near_items"])]
        total = [f"total {page['total']}"] if page["total"] else []
        return [f"{question} ({language}): {what}" for what in (*total, *titles, *counts)]

    def _page(self, language: str, question: str) -> dict[str, Any]:
        """All that the page is made of; the words as they are typed, or a slip of the pen would find the neighbour."""
        self.asked += 1
        # Not the context that a test client remembers: it mixes the pages of several threads.
        with translation.override(language):
            return context_of(Asked.read(RequestFactory().get("/search/", {"q": question, "literal": "1"})))


def check(walk: Walk, reader: Reader, *, every: bool = False) -> None:
    """Leak if the reader finds what must not be found: all of it, or the newest words and some of the others."""
    allowed = walk.allowed()
    forbidden = [word for word in walk.words if word not in allowed]
    asked = forbidden
    if not every and len(forbidden) > 2 * AT_ONCE:
        asked = [*forbidden[-AT_ONCE:], *walk.chance.sample(forbidden[:-AT_ONCE], AT_ONCE)]
    hidden = set(forbidden)
    shown = {page.pk for page in walk.shown()}
    walk.once_shown |= allowed
    page = walk.chance.choice([page for model in PAGES for page in model.objects.order_by("pk")])
    # A public page tells its history: what was said there before, and why it no longer is.
    at_address = reader.look_at(page, hidden - walk.once_shown if page.pk in shown else hidden, opens=page.pk in shown)
    if found := [*reader.look_for(asked), *reader.look_round(hidden), *reader.look_near(hidden), *at_address]:
        raise Leak(f"After {', '.join(walk.trace[-8:])}: {found[:5]}")


def check_end(walk: Walk, reader: Reader) -> None:
    """At the end, drained: every hidden word unfound (else Leak), no drift, nothing waiting, every title found."""
    walk.let_time_pass()
    engine = get_engine()
    drain(engine)
    check(walk, reader, every=True)
    waiting, drift = outbox.pending(engine.number), find_drift(engine)
    unfound = [word for word in walk.titles() if not reader.finds(word)]
    if waiting or drift.keys or unfound:
        raise Untrue(f"{len(waiting)} wait, {len(drift.keys)} differ {drift.keys[:3]}, unfound: {unfound[:3]}")


@contextmanager
def without_the_mask() -> Iterator[None]:
    """A build that shows what the index still holds, though an act has said it may be wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "pending_keys", lambda number: Outbox.objects.none().values_list("key", flat=True))
        yield


@contextmanager
def without_the_drain() -> Iterator[None]:
    """A build that writes down what has changed and never brings it into the index."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "next_batch", lambda number: None)
        yield
