"""Work of translators: a page handed over, and every text of it put into the other language."""

from typing import Any

from wagtail.models import Locale
from wagtail_localize.models import StringTranslation, Translation

from pagekit.translation import hand_over


def handed_over(page: Any, language: str = "en") -> Translation:
    return hand_over(type(page).objects.get(pk=page.pk), Locale.objects.get(language_code=language))


def translate_all(work: Translation, *, by: Any = None, word: str = "Translated") -> Translation:
    """Give each text of the page a translation that says which text it is."""
    for number, segment in enumerate(work.source.stringsegment_set.order_by("order")):
        StringTranslation.objects.update_or_create(
            translation_of=segment.string,
            context=segment.context,
            locale=work.target_locale,
            defaults={"data": f"{word} {number}", "last_translated_by": by},
        )
    return work
