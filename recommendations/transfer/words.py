"""The names that the cells of an intake may hold, read once for all rows, and what to do about an unknown one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from forums.models import Forum, ForumPage, WorkingGroup, WorkingGroupPage
from forums.models.forum_page import ForumName
from pagekit.models import source_language
from recommendations.choices import AddresseeRole, Implementation, SourceKind, Subject, WordingKind
from recommendations.models import Intake, IntakeRow, PageAddressee, SheetSource
from recommendations.models.proposal import rows_named
from recommendations.rules import reference_stem
from recommendations.rules.names import Mention
from recommendations.rules.proposals import Key, folded
from recommendations.transfer.papers import all_bodies, known_bodies
from recommendations.transfer.sheets import known_words
from taxonomy.choices import Level
from taxonomy.models import AffectedGroup, Organisation, Place, Tag, Theme

# Of a hundred: from here on a name may be a slip of the pen or a part of another.
ALIKE = 65
LONGEST_WORDS = PageAddressee._meta.get_field("words").max_length or 0
CHOICES = {"source_kind": SourceKind, "wording_kind": WordingKind, "roles": AddresseeRole, "levels": Level,
           "statuses": Implementation}  # fmt: skip


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a row: the column, and what to do."""

    column: str
    sentence: str


class Words:
    """Every vocabulary by all its names, each read when the first cell asks for it; and what an intake proposes."""

    def __init__(self, intake: Intake | None = None) -> None:
        self.proposals: Mapping[str, Mapping[str, Any]] = intake.proposals if intake else {}
        self.intake = intake

    @cached_property
    def read(self) -> list[Organisation]:
        return all_bodies()

    @cached_property
    def bodies(self) -> dict[str, Organisation]:
        """By any of their names; one that was merged gives what it became."""
        by_pk = {body.pk: body for body in self.read}
        found = {name: by_pk[number] for name, number in rows_named(Subject.ORGANISATION).items()}
        for body in self.read:
            now: Any = body.merged_into or body
            for name in (*(other.name for other in body.names.all()), *body.labels, body.code):
                found[folded(name)] = now
        return found

    @cached_property
    def by_code(self) -> dict[str, Organisation]:
        return {body.code: body for body in self.bodies.values()}

    @cached_property
    def names(self) -> Any:
        return known_bodies(self.read).names

    @cached_property
    def themes(self) -> dict[str, Theme]:
        themes = {theme.pk: theme for theme in Theme.objects.current()}
        found = {name: themes[number] for name, number in rows_named(Subject.THEME).items()}
        for theme in themes.values():
            for name in (*theme.synonyms.splitlines(), *theme.labels, theme.code):
                found[folded(name)] = theme
        return found

    @cached_property
    def affected_groups(self) -> dict[str, AffectedGroup]:
        return {folded(name): row for row in AffectedGroup.objects.current() for name in (*row.labels, row.code)}

    @cached_property
    def places(self) -> dict[str, Place]:
        rows = Place.objects.current()
        return {folded(name): row for row in rows for name in (*row.labels, row.code, row.reference_code or "") if name}

    @cached_property
    def tags(self) -> dict[str, str]:
        """By label or slug, the name of the tag; a merged one gives what it became."""
        rows = Tag.objects.select_related("merged_into")
        return {folded(name): (row.merged_into or row).name for row in rows for name in (*row.labels, row.slug)}

    @cached_property
    def choices(self) -> dict[str, dict[str, Any]]:
        return {name: known_words(dict(choices.choices)) for name, choices in CHOICES.items()}

    @cached_property
    def statuses(self) -> dict[str, str]:
        """By its name, what each status means to the site, or said once for this source; empty for nothing."""
        return {**self.choices["statuses"], **(statuses_of(self.intake) if self.intake else {})}

    @cached_property
    def issuers(self) -> "Issuers":
        return Issuers()

    def addressees_of(self, row: IntakeRow) -> tuple[list[tuple[Organisation, str]], list[Wrong]]:
        """The bodies of a row, each with the source's words, and the lines that name none."""
        found: dict[Organisation, str] = {}
        wrong = []
        for line in filter(None, map(str.strip, row.addressees.splitlines())):
            name, _bar, said = (part.strip() for part in line.partition("|"))
            body = self.body(name)
            if body is None:
                if not self.proposal(Subject.ORGANISATION, name):
                    wrong.append(Wrong("addressees", self.unknown(name)))
            elif body not in found:
                is_own = folded(name) in {folded(body.label_pl), body.code}
                found[body] = (said or ("" if is_own else name))[:LONGEST_WORDS]
        return list(found.items()), wrong

    def body(self, name: str) -> Organisation | None:
        return self.bodies.get(folded(name)) or self._one(self.names.listed(name), self.by_code)

    def proposal(self, subject: str, name: str) -> Mapping[str, Any] | None:
        """What the intake proposes for a name that no vocabulary has."""
        return self.proposals.get(subject, {}).get(folded(name))

    def lacking(self, row: IntakeRow) -> Iterator[tuple[Subject, str, str]]:
        """The names of a row that no vocabulary has, proposed or not, each with the source's words."""
        for line in filter(None, map(str.strip, row.addressees.splitlines())):
            name, _bar, said = (part.strip() for part in line.partition("|"))
            if name and self.body(name) is None:
                yield Subject.ORGANISATION, name, said[:LONGEST_WORDS]
        for name in filter(None, map(str.strip, row.themes.splitlines())):
            if folded(name) not in self.themes:
                yield Subject.THEME, name, ""

    def alike(self, subject: str, name: str) -> list[str]:
        """At most three names of a vocabulary that are most like one that it has not."""
        rows: Iterable[Any] = (self.bodies if subject == Subject.ORGANISATION else self.themes).values()
        labels = sorted({row.label_pl for row in rows})
        found = process.extract(
            name, labels, scorer=fuzz.token_set_ratio, processor=folded, score_cutoff=ALIKE, limit=3
        )
        return [label for label, _score, _place in found]

    def unknown(self, name: str) -> str:
        """What to do about a name of no body, with the names that are most like it."""
        alike = self.alike(Subject.ORGANISATION, name)
        if not alike:
            told = _("“%(name)s” is not known. Write a name from the vocabulary, propose it, or delete the line.")
            return told % {"name": name[:80]}
        told = _(
            "“%(name)s” is not known. Did you mean: %(names)s? Write one of them, propose the name, or delete the line."
        )
        return told % {"name": name[:80], "names": "; ".join(alike)}

    def themes_of(self, row: IntakeRow) -> tuple[list[Theme], list[Wrong]]:
        found: dict[Theme, None] = {}
        wrong = []
        for name in filter(None, map(str.strip, row.themes.splitlines())):
            theme = self.themes.get(folded(name))
            if theme is None:
                if self.proposal(Subject.THEME, name):
                    continue
                wrong.append(
                    Wrong(
                        "themes",
                        _("“%(name)s” is no theme. Write one from the vocabulary, propose it, or delete the line.")
                        % {"name": name[:80]},
                    )
                )
            else:
                found[theme] = None
        return list(found), wrong

    def each(self, column: str, names: Iterable[str], known: Mapping[str, Any]) -> tuple[list[Any], list[Wrong]]:
        """What each name of a cell means in a vocabulary, and those that mean nothing."""
        found, wrong = [], []
        for name in filter(None, names):
            if (one := known.get(folded(name))) is None:
                wrong.append(unknown_word(column, name))
            elif one not in found:
                found.append(one)
        return found, wrong

    @staticmethod
    def _one(listed: tuple[list[Mention], list[str]], by_code: Mapping[str, Any]) -> Any:
        """The one row that a name in another case names, if nothing of it is left over."""
        mentions, left = listed
        return by_code.get(mentions[0].code) if len(mentions) == 1 and not left else None


def statuses_of(intake: Intake) -> dict[str, str]:
    """What the statuses of this source mean, as editors said it once; empty where they say nothing."""
    found = SheetSource.objects.filter(page=intake.page_id, headings=intake.columns.get("mark", "")).first()
    return dict(found.statuses) if found else {}


def lacking_names(intake: Intake) -> list[tuple[Subject, str, int]]:
    """The names in its rows that no vocabulary has, as they are written, each with how many rows; most often first."""
    words = Words()
    counted: Counter[Key] = Counter()
    written: dict[Key, str] = {}
    for row in intake.rows.filter(is_dropped=False).only("intake", "addressees", "themes").iterator():
        for subject, name, _said in words.lacking(row):
            key = (subject, folded(name))
            counted[key] += 1
            written.setdefault(key, name)
    return [(Subject(key[0]), written[key], count) for key, count in counted.most_common()]


def unknown_word(column: str, name: str) -> Wrong:
    sentence = _("“%(name)s” is not known in this column. Write a word of the site, or leave the column out.")
    return Wrong(column, sentence % {"name": name[:80]})


class Issuers:
    """The source pages of groups and forums by titles in any language, other names, slugs, numbers and codes."""

    def __init__(self) -> None:
        self.pages: dict[Any, ForumPage | WorkingGroupPage] = {}
        self.by_path: dict[str, ForumPage | WorkingGroupPage] = {}
        self.by_name: dict[str, dict[int, ForumPage | WorkingGroupPage]] = defaultdict(dict)
        everything: list[Any] = [
            *ForumPage.objects.select_related("locale"),
            *WorkingGroupPage.objects.select_related("locale"),
        ]
        for page in everything:
            if page.locale.language_code == source_language():
                self.pages[page.translation_key] = self.by_path[page.path] = page
        for page in everything:
            if source := self.pages.get(page.translation_key):
                self._call(source, page.title, page.slug)
        for page in self.pages.values():
            self._call(page, str(page.pk))
        for name, key in ForumName.objects.values_list("name", "page__translation_key"):
            if key in self.pages:
                self._call(self.pages[key], name)
        self.of_fact: dict[tuple[str, int], ForumPage | WorkingGroupPage] = {}
        for kind, model in (("forum", Forum), ("group", WorkingGroup)):
            for fact in model.objects.select_related("place"):
                if page := self.pages.get(fact.translation_key):
                    self.of_fact[kind, fact.pk] = page
                    self._call(page, code_of(fact))

    def _call(self, page: Any, *names: str) -> None:
        for name in filter(None, names):
            self.by_name[folded(name)][page.pk] = page

    def of(self, page: Any) -> Any:
        """The page of the issuer of a recommendation's page, or None."""
        above = self.by_path.get(page.path[: -page.steplen])
        return (
            above
            or self.of_fact.get(("group", page.issuing_group_id))
            or self.of_fact.get(("forum", page.issuing_forum_id))
        )

    def named(self, issuer: str, forum: str) -> Any:
        """The page that the cells for issuer and forum name together; None where there is none, or more than one."""
        groups = self.by_name.get(folded(issuer), {}).values()
        forums = self.by_name.get(folded(forum), {}).values()
        if not issuer:
            found = list(forums)
        elif not forum:
            found = list(groups)
        else:
            found = [one for one in groups if any(one.path.startswith(above.path) for above in forums)]
            # A group may stand elsewhere than its forum; then its own name has to do.
            found = found or (list(groups) if len(groups) == 1 else [])
        return found[0] if len(found) == 1 else None


def code_of(fact: Any) -> str:
    """What references of this issuer begin with."""
    starts: Any = fact if isinstance(fact, Forum) else fact.forum
    return reference_stem(
        programme=fact.programme_code,
        year=starts.starts_on.year if starts is not None and starts.is_dated and starts.starts_on else None,
        city=(fact.place.reference_code or "") if fact.place else "",
        group=fact.group_code,
    )
