"""PO files for translators outside: one page a file, checked entry by entry before anything is written."""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polib
from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.text import slugify
from django.utils.translation import gettext
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.strings import StringValue, validate_translation_links

from pagekit.acts import Refused
from pagekit.translation import target_of

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_ARCHIVE = 20 * 1024 * 1024
MOST_FILES = 1000
KEY = "X-WagtailLocalize-TranslationID"


@dataclass(frozen=True)
class PoFault:
    """Why an entry of a file cannot be taken: its number, its original text, and the reason."""

    number: int
    original: str
    why: str


@dataclass
class PoResult:
    """What became of one file: how many texts were written, or the faults for which none was."""

    name: str
    translation: Translation | None = None
    written: int = 0
    refused: str = ""
    faults: list[PoFault] = field(default_factory=list)

    @property
    def is_taken(self) -> bool:
        return not self.refused and not self.faults


def file_name(translation: Translation) -> str:
    title = slugify(translation.source.object_repr)[:60]
    return f"{translation.pk}-{title}-{translation.target_locale.language_code}.po"


def archive_of(translations: Iterable[Translation]) -> bytes:
    """A ZIP with a PO file for each translation, at most MOST_FILES of them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for translation in list(translations)[:MOST_FILES]:
            archive.writestr(file_name(translation), str(translation.export_po()))
    return buffer.getvalue()


def files_in(name: str, data: bytes) -> dict[str, bytes]:
    """The PO files in what was uploaded, a file or a ZIP of files; raises Refused for what is neither or too large."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        if len(data) > LARGEST_FILE:
            raise Refused(gettext("Not read: a PO file has at most 2 MB."))
        return {name: data}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".po")]
        # Named by the archive itself, and held to below: a bomb lies about its size.
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST_ARCHIVE:
            raise Refused(gettext("Not read: an archive holds at most 1000 PO files of 20 MB together."))
        found = {}
        for entry in entries:
            try:
                with archive.open(entry) as file:
                    found[entry.filename] = file.read(LARGEST_FILE + 1)
            except (RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
                raise Refused(
                    gettext("Not read: “%(name)s” is locked or damaged.") % {"name": entry.filename}
                ) from error
            if len(found[entry.filename]) > LARGEST_FILE:
                raise Refused(gettext("Not read: a PO file has at most 2 MB."))
    if not found:
        raise Refused(gettext("Not read: there is no PO file in the archive."))
    return found


def read_po(data: bytes) -> polib.POFile:
    """The entries of a file; raises Refused with the line that cannot be read."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(gettext("Not read: the file is not in UTF-8. Save it anew in that encoding.")) from error
    # Anything without a new line polib would open as a path.
    if "\n" not in text or "msgid" not in text:
        raise Refused(gettext("Not read: this is no PO file."))
    try:
        return polib.pofile(text)
    except (OSError, ValueError, IndexError) as error:
        line = re.search(r"line (\d+)", str(error))
        where = gettext("line %(number)s") % {"number": line[1]} if line else gettext("an unknown line")
        raise Refused(gettext("Not read: the PO file is damaged in %(where)s.") % {"where": where}) from error


def faults_of(translation: Translation, entries: list[tuple[int, Any]], po: polib.POFile, user: Any) -> list[PoFault]:
    """What keeps a file from being taken, entry by entry; three queries."""
    segments = StringSegment.objects.filter(source=translation.source)
    known = set(segments.values_list("context__path", "string__data"))
    made_at = parse_datetime(po.metadata.get("POT-Creation-Date", "").strip())
    others: dict[tuple[str, str], Any] = {}
    if made_at is not None:
        newer = StringTranslation.objects.filter(
            context__object_id=translation.source.object_id,
            locale=translation.target_locale,
            updated_at__gt=made_at,
        ).exclude(last_translated_by=user)
        others = {
            (one.context.path, one.translation_of.data): one
            for one in newer.select_related("context", "translation_of")
            if one.context
        }
    model = translation.source.specific_content_type.model_class()
    faults = []
    for number, entry in entries:
        key = (entry.msgctxt or "", entry.msgid)
        why = ""
        if key not in known:
            why = gettext("The original has no such text, or has it no more. Download the file anew.")
        elif entry.fuzzy:
            why = gettext("The entry is marked as uncertain (fuzzy). Confirm it or empty it.")
        elif (other := others.get(key)) is not None and other.data != entry.msgstr:
            why = gettext("Somebody else changed it after the file was downloaded; it says now: “%(text)s”.") % {
                "text": StringValue(other.data).render_text()
            }
        else:
            why = markup_fault(entry) or length_fault(model, entry)
        if why:
            faults.append(PoFault(number, entry.msgid, why))
    return faults


def markup_fault(entry: Any) -> str:
    try:
        StringValue.from_translated_html(entry.msgstr)
        validate_translation_links(entry.msgid, entry.msgstr)
    except ValueError as error:
        return str(error)
    return ""


def length_fault(model: Any, entry: Any) -> str:
    try:
        longest = getattr(model._meta.get_field(entry.msgctxt), "max_length", None)
    except FieldDoesNotExist:
        # A piece of a block, which has no longest text.
        return ""
    if longest and len(StringValue(entry.msgstr).render_text()) > longest:
        return gettext("The translation is too long: %(longest)s characters at most.") % {"longest": longest}
    return ""


def named_translation(po: polib.POFile) -> Translation | None:
    """The translation that a file says it belongs to."""
    key = po.metadata.get(KEY, "").strip()
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key):
        return None
    return Translation.objects.filter(uuid=key, enabled=True).select_related("source", "target_locale").first()


def take_po(name: str, data: bytes, *, by: Any, only: Translation | None = None) -> PoResult:
    """Write the translations of one file, all or none; never raises for what is wrong with the file.

    ``only`` is the translation to which it must belong, where the person named one.
    """
    result = PoResult(name)
    try:
        po = read_po(data)
        result.translation = translation = named_translation(po)
        page = target_of(translation) if translation else None
        if translation is None or page is None or not page.permissions_for_user(by).can_edit():
            raise Refused(gettext("Not taken: the file belongs to no translation of yours."))
        if only is not None and only != translation:
            raise Refused(gettext("Not taken: the file belongs to another page or language."))
        if page.workflow_in_progress:
            raise Refused(gettext("Not taken: the translation is in moderation. Take it back first."))
        entries = [(n, one) for n, one in enumerate(po, start=1) if one.msgstr and not one.obsolete]
        result.faults = faults_of(translation, entries, po, by)
        if not result.faults:
            sound = polib.POFile()
            sound.metadata = po.metadata
            sound.extend(one for _n, one in entries)
            result.written = write(translation, sound, by)
    except Refused as refusal:
        result.refused = str(refusal)
    return result


@transaction.atomic
def write(translation: Translation, po: polib.POFile, by: Any) -> int:
    """Import the entries; the number of texts that are new or say something else now."""
    texts = StringTranslation.objects.filter(
        context__object_id=translation.source.object_id, locale=translation.target_locale
    )
    before = set(texts.values_list("context", "translation_of", "data"))
    translation.import_po(po, user=by, tool_name="PO")
    return len(set(texts.values_list("context", "translation_of", "data")) - before)
