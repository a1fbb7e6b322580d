"""Translations through wagtail-localize, from one catalogue per language; none of them is reviewed yet."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, TranslationSource
from wagtail_localize.strings import StringValue

from cms.content.pages import Pages
from cms.content.publishing import Publisher
from cms.content.shapes import Shape
from cms.content.tables import CATALOGUE, Fault, Reader
from cms.content.texts import Draft
from cms.roles import IMPORT_ACCOUNT
from pagekit.models import source_language
from pagekit.translation import draft_in, submitted
from recommendations.models import RecommendationPage

# Recommendations that are read in every language; all other pages are.
LIST = "translations/recommendations.txt"


def target_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES if code != source_language()]


def read_translations(reader: Reader, drafts: Iterable[Draft]) -> dict[str, Shape]:
    """Page and language to each of the page's texts with its translation; a missing one is a fault that names it."""
    by_key = {draft.key: draft for draft in drafts}
    chosen = [key for key, draft in by_key.items() if draft.layout.model is not RecommendationPage]
    for line, key in reader.lines(LIST):
        if key not in by_key:
            reader.faults.append(
                Fault(LIST, line, "", f"There is no recommendation {key}.", "Write an id of recommendations.tsv.")
            )
        else:
            chosen.append(key)
    found: dict[str, Shape] = {}
    for language in target_languages():
        catalogue = reader.catalogue(language)
        for key in chosen:
            for text in by_key[key].texts:
                if text not in catalogue:
                    reader.faults.append(
                        Fault(
                            CATALOGUE.format(language),
                            0,
                            "msgid",
                            f"{by_key[key].file} says: {text}",
                            "Add it with its translation.",
                        )
                    )  # fmt: skip
            found[f"{key}/{language}"] = {text: catalogue.get(text, "") for text in by_key[key].texts if text}
    return found


@dataclass
class TranslationPart:
    wanted: dict[str, Shape]
    pages: Pages
    publisher: Publisher
    name: str = "translations"
    locales: dict[str, Locale] = field(
        default_factory=lambda: {locale.language_code: locale for locale in Locale.objects.all()}
    )
    sources: dict[int, TranslationSource] = field(default_factory=dict)

    def place(self, key: str) -> str:
        page, _, language = key.rpartition("/")
        return f"{CATALOGUE.format(language)}: {page}"

    def present(self) -> dict[str, Shape]:
        sources = {key: self.source_of(key) for key in self.wanted}
        keys = {source.translation_key for source, _language in sources.values() if source is not None}
        # With those that somebody took off since.
        shown = set(
            Page.objects.exclude(first_published_at=None)
            .filter(translation_key__in=keys, alias_of=None)
            .values_list("translation_key", "locale__language_code")
        )
        strings = {language: self.strings(keys, language) for language in self.locales}
        return {
            key: strings[language][source.translation_key]
            for key, (source, language) in sources.items()
            if source is not None and (source.translation_key, language) in shown
        }

    def source_of(self, key: str) -> tuple[Any, str]:
        page_key, _, language = key.rpartition("/")
        return self.pages.page(page_key), language

    def translated(self, source: Any, language: str) -> Any:
        return type(source).objects.filter(translation_key=source.translation_key, locale__language_code=language)

    def strings(self, keys: set[Any], language: str) -> dict[Any, Shape]:
        """For each page, each text that localize last read out of it, with its translation, as plain text."""
        found: dict[Any, Shape] = defaultdict(dict)
        segments = (
            StringSegment.objects.filter(source__object_id__in=keys, source__locale__language_code=source_language())
            .annotate_translation(self.locales[language])
            .values_list("source__object_id", "string__data", "translation")
        )
        for key, text, translation in segments:
            found[key][StringValue(text).render_text()] = StringValue(translation or "").render_text()
        return found

    def edited(self) -> set[str]:
        """Translations that somebody else has saved or worked on since, or taken off."""
        found = set()
        for key in self.wanted:
            source, language = self.source_of(key)
            if source is None:
                continue
            others = StringTranslation.objects.filter(
                context__object_id=source.translation_key, locale__language_code=language
            ).exclude(last_translated_by__username=IMPORT_ACCOUNT)
            saved = self.translated(source, language).exclude(latest_revision=None)
            theirs = saved.exclude(latest_revision__user__username=IMPORT_ACCOUNT, live=True)
            if others.exists() or theirs.exists():
                found.add(key)
        return found

    def write(self, key: str, shape: Shape) -> None:
        page, language = self.source_of(key)
        locale = self.locales[language]
        writer = self.publisher.writer
        if page.pk not in self.sources:
            self.sources[page.pk] = TranslationSource.update_or_create_from_instance(page)[0]
        source = self.sources[page.pk]
        translation = submitted(source, locale, by=writer)
        store_strings(source, locale, shape, writer)
        draft_in(page, locale, by=writer)
        self.translated(page, language).update(translated_on=timezone.localdate(), reviewed_on=None)
        translation.save_target(user=writer, publish=False)
        target = self.translated(page, language).get()
        # Not localize's own publish: it waits for the commit, and a half-done load would leave unpublished drafts.
        self.publisher.publish_unreviewed(target)


def store_strings(source: TranslationSource, locale: Locale, shape: Shape, user: Any) -> None:
    """Put the translations of ``shape`` into localize's memory, for this page only."""
    now = timezone.now()
    segments = StringSegment.objects.filter(source=source).select_related("string", "context")
    rows = {
        (segment.string_id, segment.context_id): StringTranslation(
            translation_of=segment.string,
            locale=locale,
            context=segment.context,
            data=StringValue.from_plaintext(shape[StringValue(segment.string.data).render_text()]).data,
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
            last_translated_by=user,
            created_at=now,
            updated_at=now,
        )
        for segment in segments
    }
    StringTranslation.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["locale", "translation_of", "context"],
        update_fields=["data", "last_translated_by", "updated_at", "has_error", "field_error"],
    )


def adopt_homes(home: Page) -> list[Page]:
    """The home page in every language of the site, a draft where it is new."""
    return [draft_in(home, locale) for locale in Locale.objects.exclude(language_code=source_language())]
