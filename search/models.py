"""What is to be indexed yet and how far that has come, what checks found, which questions found nothing and which are
followed; the words that questions know of, and their version."""

import secrets
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from search.analysis import is_stop_word
from search.expansion import Places, TermGroup, places_of
from search.query import LANGUAGES

FEWEST_TERMS, MOST_TERMS, MOST_WORDS = 2, 32, 8
"""Words and phrases of a group, and words of a phrase."""

LONGEST_FOLLOWED = 1500
"""Of a question that can be followed; a longer one is no key of an index on every database."""


class Outbox(models.Model):
    """One thing whose documents may be wrong since an act; written in the transaction of the act.

    `key` is "<kind>:<pk>" and stands for all languages of the thing. `number` is empty until a drain numbers the
    committed rows: row ids are no order, since a transaction may take a lower id and commit later.
    """

    key = models.CharField(_("key"), max_length=60)
    number = models.PositiveBigIntegerField(_("number"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("row to be indexed")
        verbose_name_plural = _("rows to be indexed")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["number", "id"], name="outbox_in_order")]

    def __str__(self) -> str:
        return f"{self.key} ({self.number or '-'})"


class IndexState(models.Model):
    """The one row that every numbering locks.

    `kept_from` is the lowest number whose rows are still kept: an index below it cannot be brought up to date by
    draining and has to be rebuilt.
    """

    last_number = models.PositiveBigIntegerField(_("last number given"), default=0)
    kept_from = models.PositiveBigIntegerField(_("rows kept from this number on"), default=1)

    class Meta:
        verbose_name = _("state of the index")
        verbose_name_plural = _("state of the index")

    def __str__(self) -> str:
        return str(self.last_number)


class IndexCheck(models.Model):
    """What the last comparison of one engine's index with the database found; one row for each engine.

    missing, extra, stale  documents that the index lacked, held without right, or held in an old state
    is_repaired            whether they were put right afterwards
    """

    engine = models.CharField(_("engine"), max_length=40, unique=True)
    checked_at = models.DateTimeField(_("checked at"))
    documents = models.PositiveIntegerField(_("documents in the index"))
    missing = models.PositiveIntegerField(_("missing"))
    extra = models.PositiveIntegerField(_("held without right"))
    stale = models.PositiveIntegerField(_("in an old state"))
    is_repaired = models.BooleanField(_("repaired"), default=False)

    class Meta:
        verbose_name = _("check of the search index")
        verbose_name_plural = _("checks of the search index")

    def __str__(self) -> str:
        return f"{self.engine}: {self.differences}"

    @property
    def differences(self) -> int:
        """How many documents were not what they should be."""
        return self.missing + self.extra + self.stale


class MissedQuestion(models.Model):
    """How often on one day a question found nothing: normalised words, nobody's name, no address, no time of day."""

    text = models.CharField(_("question"), max_length=80)
    language = models.CharField(_("language"), max_length=2)
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("question without an answer")
        verbose_name_plural = _("questions without an answer")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "text", "language"], name="missed_question_is_counted_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.text} ({self.count})"


class SavedSearch(models.Model):
    """What somebody follows, one row for all who do: a question in its one form, as `search.views.followed` makes it.

    question  the parameters of the search without kind, order, layout and page; one recommendation is `reference=...`
    language  in which the words of the question are read; "pl" where it has none
    """

    question = models.CharField(_("question"), max_length=LONGEST_FOLLOWED, blank=True)
    language = models.CharField(_("language"), max_length=2, default="pl")

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["question", "language"], name="saved_search_stands_once"),
        ]

    def __str__(self) -> str:
        return self.question or "-"


class WordGroupKind(models.TextChoices):
    """Weights and direction of each kind: `search.expansion`."""

    SYNONYM = "synonym", _("synonyms and translations")
    FAMILY = "family", _("family of words")
    NAME = "name", _("names of a body")
    PLACE = "place", _("place and its adjectives")
    RELATED = "related", _("the first word also finds the others")


class WordGroup(models.Model):
    """Words and phrases, one a line, that find each other when a reader searches; no index has to be rebuilt for it.

    `code` names a group that came with the project, and `shipped_as` is what it said then: one that nobody edited is
    renewed with the project, one that somebody did is theirs. Groups are switched off, never deleted.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=WordGroupKind.choices, default=WordGroupKind.SYNONYM)
    words_pl = models.TextField(
        _("words in Polish"), help_text=_("One word or phrase a line, as in a dictionary; search knows their forms.")
    )
    words_en = models.TextField(_("words in English"), blank=True)
    words_uk = models.TextField(_("words in Ukrainian"), blank=True)
    words_ru = models.TextField(_("words in Russian"), blank=True)
    is_active = models.BooleanField(_("in force"), default=True)
    code = models.CharField(_("code"), max_length=80, blank=True, editable=False)
    shipped_as = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("words of search")
        verbose_name_plural = _("words of search")
        ordering: ClassVar[list[str]] = ["words_pl", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="word_group_code_is_unique"),
        ]

    def __str__(self) -> str:
        return ", ".join(word for word, _language in self.terms.terms)[:120]

    @property
    def lines(self) -> tuple[tuple[str, int, str], ...]:
        """The field, the number of the line in it, and the text of each line that is not empty."""
        return tuple(
            (f"words_{language}", number, line.strip())
            for language in LANGUAGES
            for number, line in enumerate(getattr(self, f"words_{language}").splitlines(), start=1)
            if line.strip()
        )

    @property
    def terms(self) -> TermGroup:
        """The group as questions are read with it."""
        return TermGroup(self.kind, tuple((text, field.removeprefix("words_")) for field, _number, text in self.lines))

    def as_row(self) -> dict[str, str]:
        """The kind and the words by column, as the shipped file has them."""
        return {"kind": self.kind} | {
            f"words_{language}": "\n".join(text for field, _n, text in self.lines if field == f"words_{language}")
            for language in LANGUAGES
        }

    def clean(self) -> None:
        """Every line must hold a word, and hold it once; a message names the line and what to do."""
        faults: dict[str, list[str]] = {}
        seen: set[tuple[str, Places]] = set()
        for field, number, text in self.lines:
            places = places_of(text, field.removeprefix("words_"))
            where = {"line": number, "text": text[:60]}
            if not places or all(is_stop_word(word) for word in text.split()):
                wrong = gettext("Line %(line)d, “%(text)s”, holds no word that search looks for. Leave it out.") % where
            elif len(places) > MOST_WORDS:
                wrong = gettext("Line %(line)d, “%(text)s …”, is too long. Write at most %(most)d words.") % (
                    where | {"most": MOST_WORDS}
                )
            elif (field, places) in seen:
                wrong = gettext("Line %(line)d, “%(text)s”, stands here already. Leave one of them out.") % where
            else:
                seen.add((field, places))
                continue
            faults.setdefault(field, []).append(wrong)
        if len(seen) > MOST_TERMS:
            text = gettext("These are %(count)d words. Keep at most %(most)d, and make a second group of the rest.")
            faults.setdefault("words_pl", []).append(text % {"count": len(seen), "most": MOST_TERMS})
        if not faults and len(seen) < FEWEST_TERMS:
            faults["words_pl"] = [gettext("There is one word only. Add at least one that finds the same things.")]
        if faults:
            raise ValidationError(faults)


class WordsVersion(models.Model):
    """The one row whose number is another after every change of what questions are read with and values are called."""

    number = models.PositiveBigIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("version of the words")
        verbose_name_plural = _("version of the words")

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def now(cls) -> int:
        """The number as it is; 0 before the first change."""
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0

    @classmethod
    def raise_(cls) -> None:
        """Let every process read the lists anew, from the commit of this transaction on."""
        # Not the next number: after a change that was taken back, the next change would bear it again.
        number = secrets.randbits(62)
        if not cls.objects.filter(pk=1).update(number=number):
            cls.objects.get_or_create(pk=1, defaults={"number": number})
