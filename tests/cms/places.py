"""The small site of the role matrix: what each row's address stands for, and a browser of each role."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction, Locale
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from cms.models import PublisherSettings
from forums.models import Forum, ForumPage
from notices.choices import Kind, Stage
from notices.models import Message, MessageItem, Remark, ReplyLink, Subscriber, Subscription
from notices.services.keys import subscriber_token, subscription_token
from notices.services.reply_links import token_of
from pagekit import versions
from pagekit.models import CustomImage
from pagekit.translation import hand_over, send
from recommendations.choices import Basis, EvidenceKind, Implementation
from recommendations.models import RecommendationPage
from recommendations.services import follow_up
from recommendations.services.evidence import EvidenceData
from recommendations.transfer.intake import carry_out
from recommendations.transfer.papers import take_in
from recommendations.transfer.planning import plan_intake
from search.models import SavedSearch
from taxonomy.models import Succession
from taxonomy.services.merging import merge
from tests.factories.accounts import UserFactory
from tests.factories.effects import make_effect
from tests.factories.files import make_document, pdf
from tests.factories.pages import appear, author, make_forum, make_group, make_recommendation, make_recommendation_page
from tests.factories.roles import Cast
from tests.factories.sheets import make_sheet
from tests.factories.stages import make_chosen, make_stage
from tests.factories.taxonomy import MandateFactory, OrganisationFactory, TagFactory, ThemeFactory

ANONYMOUS = "anonymous"
ROLES = (ANONYMOUS, "official", "neighbour", "editor", "translator", "moderator", "administrator", "superuser")


@dataclass
class Places:
    """A browser of each role, and what the words in braces of an address stand for."""

    clients: dict[str, Client]
    numbers: dict[str, Any]


def furnished(cast: Cast) -> Places:
    """Every place of the table on a small site: drafts, institutions, files, a mailed link."""
    people = cast.people | {"neighbour": MandateFactory.create(user__username="sasiadka").user}
    own, beside = people["official"].mandates.get(), people["neighbour"].mandates.get()
    published = make_recommendation(
        parent=cast.own_group, title="Opublikowana", addressees=[own.organisation, beside.organisation]
    )
    mine, theirs = (published.assignments.get(organisation=one.organisation) for one in (own, beside))
    entry = follow_up.record_report(
        theirs,
        implementation=Implementation.IMPLEMENTED,
        recorded_by=people["neighbour"],
        basis=Basis.OWN_STATEMENT,
        refers_on=dt.date(2024, 5, 1),
        evidence=[EvidenceData(kind=EvidenceKind.WEB_PAGE, url="https://example.org/uchwala")],
    )
    cast.foreign.save_revision(user=author())
    cast.foreign.get_workflow().start(cast.foreign, author())
    submitted = make_recommendation_page(parent=cast.own_group, title="Do przyjęcia", published=False)
    submitted.save_revision(user=author())
    submitted.get_workflow().start(submitted, author())
    predecessor = OrganisationFactory.create()
    make_recommendation(parent=cast.own_group, title="Dawna", addressees=[predecessor])
    intake, foreign_intake, made_intake = (
        plan_intake(
            take_in(group, by=people["moderator"], text=f"1. Otworzyć {number}.\n2. Szkolić.", title="Zbiór"),
            by=people["moderator"],
        )
        for number, group in enumerate((cast.own_group, cast.foreign_group, cast.foreign_group))
    )
    carry_out(made_intake, by=people["moderator"])
    sheet, foreign_sheet = (
        make_sheet(group, by=people["moderator"], rows=[["Treść", "Status"], ["Otworzyć punkt.", "w toku"]])
        for group in (cast.own_group, cast.foreign_group)
    )
    foreign_source, _created = TranslationSource.update_or_create_from_instance(cast.foreign)
    appear(cast.translated)
    works = {
        "english_work": translated_work(cast.home, "en"),
        "ukrainian_work": translated_work(cast.home, "uk"),
        "sent_work": translated_work(make_group(title="Wysłana", slug="wyslana"), "en"),
    }
    send(works["sent_work"], by=author())
    FILES["@english_po"] = ("en.po", str(works["english_work"].export_po()).replace("Home", "Start").encode())
    FILES["@ukrainian_po"] = ("uk.po", str(works["ukrainian_work"].export_po()).replace("Home", "Start").encode())
    theme = ThemeFactory.create(code="temat", label_en="Before")
    version = versions.keep_version(theme, versions.values_of(theme) | {"label_en": ""}, by=None)
    message = Message.objects.create(recipient=own.user, kind=Kind.REMINDER, occasion="2026-W47")
    link = ReplyLink.objects.create(message=message, mandate=own)
    MessageItem.objects.create(message=message, assignment=mine, stage=Stage.ON_DAY)
    follower, their_follower = (Subscriber.objects.create(address=f"{n}@example.org", language="pl") for n in "ab")
    saved, now = SavedSearch.objects.create(question=f"reference={published.reference}"), timezone.now()
    confirmed = {"confirmed_at": now, "told_until": now}
    PublisherSettings.for_site(cast.home.get_site())
    closed = Collection.get_first_root_node().add_child(name="Zamknięta")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    closed_image = CustomImage.objects.create(title="Tajne", file=get_test_image_file(), collection=closed)
    open_file, closed_file = make_document(pdf("Jawne")), make_document(pdf("Tajne"), collection=closed)
    for number, file in enumerate((open_file, closed_file)):
        make_recommendation(parent=cast.own_group, title=f"Ze źródłem {number}", source_url="", source_document=file)
    kept_file, draft_file = make_document(pdf("Zastrzeżone")), make_document(pdf("Źródło szkicu"))
    follow_up.record_note(
        mine, recorded_by=people["moderator"], basis=Basis.PUBLISHED_SOURCE, refers_on=dt.date(2024, 5, 2), text="x",
        evidence=[EvidenceData(kind="letter", document=kept_file, is_restricted=True, restriction_reason="Dane osób")],
    )  # fmt: skip
    cast.own.source_document = draft_file
    cast.own.save()
    other = make_recommendation(parent=cast.own_group, title="Niewybrana")
    merged_theme = ThemeFactory.create(code="polaczony")
    merge(merged_theme, into=ThemeFactory.create(code="pozostaly"))
    own_draft = make_recommendation_page(parent=cast.own_group, published=False, title="Szkic grupy")
    own_draft.save_revision()
    beyond = make_recommendation_page(parent=make_forum(title="Dalekie forum", slug="dalekie"), title="Obca publiczna")
    chosen = make_chosen(make_stage(), published)
    effect = make_effect()
    numbers = {
        "effect": effect.key,
        "effect_group": effect.working_group.source_page.pk,
        "forum": chosen.stage.forum_id,
        "stage": chosen.stage_id,
        "stage_code": chosen.stage.code,
        "other_stage": make_stage(forum=fact_of_forum(make_forum(title="Obce forum", slug="obce-forum"))).pk,
        "chosen": chosen.pk,
        "stage_entry": chosen.entries.get().pk,
        "other_fact": other.pk,
        "own": cast.own.pk,
        "own_draft": own_draft.pk,
        "own_group": cast.own_group.pk,
        "foreign": cast.foreign.pk,
        "foreign_group": cast.foreign_group.pk,
        "foreign_page": beyond.pk,
        "home": cast.home.pk,
        "english": cast.translated.pk,
        "published_page": RecommendationPage.objects.get(translation_key=published.translation_key).pk,
        "reference": published.reference,
        "fact": published.pk,
        "item": mine.pk,
        "their_item": theirs.pk,
        "entry": entry.pk,
        "theme": theme.pk,
        "theme_version": version.pk if version else 0,
        "merged_theme": merged_theme.pk,
        "other_theme": ThemeFactory.create(code="inny").pk,
        "tag": TagFactory.create(name="asystent").pk,
        "organisation": own.organisation_id,
        "organisation_code": own.organisation.code,
        "succession": Succession.objects.create(
            predecessor=predecessor, successor=OrganisationFactory.create(), starts_on="2020-01-01"
        ).pk,
        "mandate": own.pk,
        "superuser": people["superuser"].pk,
        "translator": people["translator"].pk,
        "official": people["official"].pk,
        "neighbour": people["neighbour"].pk,
        "somebody": UserFactory.create(username="nowa-osoba").pk,
        "token": token_of(link),
        "follower": subscriber_token(follower),
        "confirming": subscription_token(Subscription.objects.create(subscriber=follower, saved_search=saved)),
        "subscription": Subscription.objects.create(
            subscriber=follower, saved_search=SavedSearch.objects.create(question="year=2015"), **confirmed
        ).pk,
        "their_subscription": Subscription.objects.create(
            subscriber=their_follower, saved_search=saved, **confirmed
        ).pk,
        "remark": Remark.objects.create(recommendation=published, kind="new", text="Nowość.", language="pl").pk,
        "intake": intake.pk,
        "foreign_intake": foreign_intake.pk,
        "made_intake": made_intake.pk,
        "sheet": sheet.pk,
        "foreign_sheet": foreign_sheet.pk,
        "submitted": submitted.pk,
        "submitted_revision": submitted.latest_revision_id,
        "task_state": submitted.current_workflow_task_state.pk,
        "foreign_source": foreign_source.pk,
        **{name: work.pk for name, work in works.items()},
        "public_file": open_file.url,
        "closed_file": closed_file.url,
        "closed_document": closed_file.pk,
        "closed_image": closed_image.pk,
        "foreign_revision": cast.foreign.latest_revision_id,
        "kept_file": kept_file.url,
        "kept_document": kept_file.pk,
        "draft_file": draft_file.url,
        "en": Locale.objects.get(language_code="en").pk,
        "uk": Locale.objects.get(language_code="uk").pk,
        "today": timezone.localdate().isoformat(),
    }
    return Places({role: client_of(people.get(role)) for role in ROLES}, numbers)


def translated_work(page: Any, language: str) -> Translation:
    """The work on a translation of which every text is there."""
    work = hand_over(type(page).objects.get(pk=page.pk), Locale.objects.get(language_code=language))
    for segment in work.source.stringsegment_set.all():
        StringTranslation.objects.create(
            translation_of=segment.string, context=segment.context, locale=work.target_locale, data="Home"
        )
    return work


def fact_of_forum(page: ForumPage) -> Forum:
    return Forum.objects.get(translation_key=page.translation_key)


def client_of(person: Any) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


# What stands in a field for an uploaded file.
FILES = {"@pdf": ("uchwala.pdf", pdf("Uchwała"))}
