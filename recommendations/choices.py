"""The words of the follow-up, and named groups of them. Sources: domain.md, "Four things" and "The log"."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.TextChoices):
    WORKING_GROUP = "working_group", _("working group")
    JURY = "jury", _("jury")
    DEBATE = "debate", _("debate")
    EXPERT = "expert", _("expert recommendation")
    INSTITUTION_ADDRESS = "institution_address", _("institution's address")
    PROGRAMME_TASK = "programme_task", _("task of a programme or plan")
    MOTION_OR_PETITION = "motion_or_petition", _("petition or motion")
    POSITION_PAPER = "position_paper", _("position paper")
    AUDIT_FINDING = "audit_finding", _("audit or diagnosis")
    REPORT = "report", _("report")


class WordingKind(models.TextChoices):
    VERBATIM = "verbatim", _("verbatim")
    RESTATED = "restated", _("restated by the editors")


class AddresseeRole(models.TextChoices):
    ESSENTIAL = "essential", _("essential")
    SUPPORTING = "supporting", _("supporting")


class LinkKind(models.TextChoices):
    REPEATS = "repeats", _("repeats")
    NARROWS = "narrows", _("narrows")
    SPLITS = "splits", _("splits")
    MERGES = "merges", _("merges")
    SUPERSEDES = "supersedes", _("supersedes")


class Position(models.TextChoices):
    NO_ANSWER = "no_answer", _("no answer yet")
    ACCEPTED = "accepted", _("accepted")
    ACCEPTED_IN_PART = "accepted_in_part", _("accepted in part")
    ACCEPTED_OTHER_MEANS = "accepted_other_means", _("accepted by other means")
    NOTED = "noted", _("noted")
    DECLINED = "declined", _("declined")
    NOT_COMPETENT = "not_competent", _("not competent")


ACCEPTING = frozenset({Position.ACCEPTED, Position.ACCEPTED_IN_PART, Position.ACCEPTED_OTHER_MEANS})


class Implementation(models.TextChoices):
    NO_INFORMATION = "no_information", _("no information")
    NOT_STARTED = "not_started", _("not started")
    IN_PROGRESS = "in_progress", _("in progress")
    PARTIALLY_IMPLEMENTED = "partially_implemented", _("partially implemented")
    IMPLEMENTED = "implemented", _("implemented")
    STALLED = "stalled", _("stalled")
    REVERSED = "reversed", _("reversed")


# What an addressee or a source may report without an assessor's confirmation.
PLAIN_MOVES = frozenset({Implementation.NOT_STARTED, Implementation.IN_PROGRESS, Implementation.STALLED})
# What is left only by reversal or by an assessor's correcting entry.
ACHIEVED = frozenset({Implementation.PARTIALLY_IMPLEMENTED, Implementation.IMPLEMENTED})


class Closure(models.TextChoices):
    IMPLEMENTED = "implemented", _("closed: implemented")
    IMPLEMENTED_OTHER_MEANS = "implemented_other_means", _("closed: implemented by other means")
    DECLINED = "declined", _("closed: declined with reasons")
    SUPERSEDED = "superseded", _("closed: superseded")
    NO_LONGER_APPLICABLE = "no_longer_applicable", _("closed: no longer applicable")
    NOT_COMPETENT = "not_competent", _("closed: not competent")
    WITHOUT_ANSWER = "without_answer", _("closed without answer")
    UNVERIFIABLE = "unverifiable", _("closed: unverifiable")


class Badge(models.TextChoices):
    """The state of a whole recommendation, in the order of the scale; closures have words of their own."""

    REVERSED = "reversed", _("reversed")
    NO_INFORMATION = "no_information", _("no information")
    NOT_STARTED = "not_started", _("not started")
    STALLED = "stalled", _("stalled")
    IN_PROGRESS = "in_progress", _("in progress")
    PARTIALLY_IMPLEMENTED = "partially_implemented", _("partially implemented")
    DECLARED = "declared", _("implemented, declared")
    VERIFIED = "verified", _("implemented, verified")
    MIXED = "mixed", _("mixed")
    CLOSED_IMPLEMENTED = "closed_implemented", _("closed: implemented")
    CLOSED_IMPLEMENTED_OTHER_MEANS = "closed_implemented_other_means", _("closed: implemented by other means")
    CLOSED_DECLINED = "closed_declined", _("closed: declined with reasons")
    CLOSED_SUPERSEDED = "closed_superseded", _("closed: superseded")
    CLOSED_NO_LONGER_APPLICABLE = "closed_no_longer_applicable", _("closed: no longer applicable")
    CLOSED_NOT_COMPETENT = "closed_not_competent", _("closed: not competent")
    CLOSED_WITHOUT_ANSWER = "closed_without_answer", _("closed without answer")
    CLOSED_UNVERIFIABLE = "closed_unverifiable", _("closed: unverifiable")
    CLOSED_MIXED = "closed_mixed", _("closed: differing reasons")


# Least advanced first (domain.md, "Badge").
SCALE = (
    Badge.REVERSED,
    Badge.NO_INFORMATION,
    Badge.NOT_STARTED,
    Badge.STALLED,
    Badge.IN_PROGRESS,
    Badge.PARTIALLY_IMPLEMENTED,
    Badge.DECLARED,
    Badge.VERIFIED,
)


class EntryKind(models.TextChoices):
    POSITION = "position", _("position")
    REPORT = "report", _("report")
    CLOSURE = "closure", _("closure")
    REOPENING = "reopening", _("reopening")
    LETTER = "letter", _("letter")
    SILENCE = "silence", _("silence")
    NOTE = "note", _("note")


# Entries that say something about the addressee and so refresh the age of the information.
REFRESHING = frozenset({EntryKind.POSITION, EntryKind.REPORT, EntryKind.CLOSURE, EntryKind.REOPENING})


class Rung(models.TextChoices):
    """What the reply ladder asks for next where an institution is silent (domain.md, "Clock")."""

    NOTICE = "notice", _("first notice")
    DEPUTY = "deputy", _("letter to the deputy as well")
    MODERATOR = "moderator", _("letter from a moderator")
    SILENCE = "silence", _("state that no answer came")
    CLOSING = "closing", _("close without answer")


class Basis(models.TextChoices):
    OWN_STATEMENT = "own_statement", _("own statement")
    PUBLISHED_SOURCE = "published_source", _("published source or document")


class EvidenceKind(models.TextChoices):
    RESOLUTION = "resolution", _("resolution or legal act")
    BUDGET = "budget", _("budget")
    CONTRACT = "contract", _("contract")
    PROGRAMME = "programme", _("programme")
    REPORT = "report", _("report")
    DATA = "data", _("data")
    LETTER = "letter", _("letter")
    WEB_PAGE = "web_page", _("web page")
    PHOTO = "photo", _("photo")
    PRESS = "press", _("press")


SOFT_EVIDENCE = frozenset({EvidenceKind.PRESS, EvidenceKind.PHOTO, EvidenceKind.WEB_PAGE})


class Finding(models.TextChoices):
    """What an assessor found about one entry."""

    CONFIRMS = "confirms", _("confirms")
    CONTRADICTS = "contradicts", _("contradicts")
    HOLDS = "holds", _("still holds")
    WEAKENED = "weakened", _("weakened")
    RETURNED = "returned", _("returned with a question")


# What is found about a claim that nobody has looked at, and about one that was confirmed.
FIRST_FINDINGS = (Finding.CONFIRMS, Finding.RETURNED, Finding.CONTRADICTS)
RECHECK_FINDINGS = (Finding.HOLDS, Finding.WEAKENED, Finding.CONTRADICTS)


class FactPrecision(models.TextChoices):
    """How exactly the date is known to which an entry refers."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    RANGE = "range", _("from that day")
    ABOUT = "about", _("about")
    BEFORE = "before", _("before")
    AFTER = "after", _("after")
    UNKNOWN = "unknown", _("not known")


class StageEntryKind(models.TextChoices):
    """What an entry about a chosen recommendation tells: that and why it was chosen, or what was done."""

    CHOICE = "choice", _("choice")
    ACTION = "action", _("action")


class EditorialState(models.TextChoices):
    """How what was once public stands today; no addressee's closure or refusal changes it."""

    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")
    WITHDRAWN = "withdrawn", _("withdrawn from publication")


class Answer(models.TextChoices):
    """What an institution can say about an item, in the order in which it is offered."""

    NO_CHANGE = "no_change", _("No change")
    IN_PROGRESS = "in_progress", _("A new step")
    IMPLEMENTED = "implemented", _("Done, here is the proof")
    NOT_OURS = "not_ours", _("Not ours")
    POSITION = "position", _("Our position")
    PARTIALLY_IMPLEMENTED = "partially_implemented", _("Done in part")
    NOT_STARTED = "not_started", _("Not started")
    STALLED = "stalled", _("Stalled")


# Answers that say how far it has got, and nothing else.
PLAIN_ANSWERS = frozenset({Answer.IN_PROGRESS, Answer.NOT_STARTED, Answer.STALLED})
# Positions that an institution chooses by name; "not competent" is the answer "not ours".
CHOSEN_POSITIONS = tuple(one for one in Position if one not in {Position.NO_ANSWER, Position.NOT_COMPETENT})


class Show(models.TextChoices):
    """What of an institution's items is shown, in the order of the page."""

    DUE = "due", _("To do now")
    OVERDUE = "overdue", _("Overdue")
    WAITING = "waiting", _("Waiting for assessment")
    RETURNED = "returned", _("Returned")
    DISPUTED = "disputed", _("Disputed")
    ALL = "all", _("All")


# Findings after which it is the institution's turn again.
RETURNING = frozenset({"returned", Finding.WEAKENED})


class Age(models.TextChoices):
    """How old the last information is (domain.md: 12 to 24 months ageing, older stale)."""

    NONE = "none", _("no information yet")
    FRESH = "fresh", _("fresh")
    AGEING = "ageing", _("ageing")
    STALE = "stale", _("stale")


class Guess(models.TextChoices):
    """On what a cell of an intake was filled in, or a piece left out, without a person."""

    TITLE = "title", _("the first words of the wording")
    LABEL = "label", _("named in the paper as addressee")
    BRACKETS = "brackets", _("named in brackets at the end")
    DASH = "dash", _("named before the dash")
    SENTENCE = "sentence", _("the sentence says who should act")
    HEADING = "heading", _("named by the heading or lead-in above")
    AREA = "area", _("the heading above is like this theme or area of the group")
    BEFORE = "before", _("stands before the first recommendation")
    ELSEWHERE = "elsewhere", _("stands in another part of the paper")
    BETWEEN = "between", _("stands between recommendations")
    RUNNING = "running", _("head or foot of a page, or words of a site")
    HIDDEN = "hidden", _("hidden in the file, readers do not see it")
    COLUMNS = "columns", _("this page has columns: its words may be mixed, compare it with the file")
    BY_COLUMNS = "by_columns", _("this page has columns and was read one after the other, compare it with the file")
    NOTE = "note", _("a footnote of the paper")
    MERGED = "merged", _("one cell of the table says it for several rows")
    AGAIN = "again", _("was left out of an earlier intake of this paper")


class PlanKind(models.TextChoices):
    """What a plan does with one row."""

    CREATE = "create", _("new draft")
    CHANGE = "change", _("change of what is there")
    SAME = "same", _("already there")
    CONFLICT = "conflict", _("conflict")
    ERROR = "error", _("error")


class Cell(models.TextChoices):
    """What a column of a spreadsheet says of a recommendation."""

    NUMBER = "number", _("number in the paper")
    REFERENCE = "reference", _("permanent reference")
    IDENTIFIER = "identifier", _("other identifier")
    TITLE = "title", _("short title")
    TEXT = "text", _("wording")
    RATIONALE = "rationale", _("rationale")
    NOTE = "note", _("into the rationale, under its heading")
    LOCATOR = "locator", _("page or paragraph")
    ISSUER = "issuer", _("issuing group or forum")
    FORUM = "forum", _("forum of the group")
    ADDRESSEES = "addressees", _("whom it asks")
    ROLES = "roles", _("essential or supporting, by addressee")
    THEMES = "themes", _("themes")
    AFFECTED_GROUPS = "affected_groups", _("whom it concerns")
    PLACES = "places", _("places")
    TAGS = "tags", _("tags")
    LEVELS = "levels", _("levels of government")
    DATE = "date", _("date of issue")
    EARLIEST = "earliest", _("earliest day")
    LATEST = "latest", _("latest day")
    PRECISION = "precision", _("precision of the date")
    DATE_WORDS = "date_words", _("date in the source's words")
    SOURCE_KIND = "source_kind", _("kind of source")
    SOURCE_TITLE = "source_title", _("source")
    SOURCE_URL = "source_url", _("address of the source")
    WORDING_KIND = "wording_kind", _("wording is")
    REPEATS = "repeats", _("repeats")
    NARROWS = "narrows", _("narrows (the one above it)")
    SPLITS = "splits", _("splits")
    MERGES = "merges", _("merges")
    SUPERSEDES = "supersedes", _("supersedes")
    STATUSES = "statuses", _("status, by addressee")
    STATUS_ON = "status_on", _("day, month or year of the status")
    LANGUAGE = "language", _("language of title and wording")
    VERSION = "version", _("number of the published wording")


# Cells that hold several names.
MANY_NAMES = frozenset(
    {
        Cell.IDENTIFIER, Cell.ADDRESSEES, Cell.ROLES, Cell.THEMES, Cell.AFFECTED_GROUPS, Cell.PLACES, Cell.TAGS,
        Cell.LEVELS, Cell.REPEATS, Cell.NARROWS, Cell.SPLITS, Cell.MERGES, Cell.SUPERSEDES, Cell.STATUSES,
    }
)  # fmt: skip


class Subject(models.TextChoices):
    """The vocabulary into which a name is proposed."""

    ORGANISATION = "organisation", _("institution or organisation")
    THEME = "theme", _("theme")


class Verdict(models.TextChoices):
    """What a moderator decided about a proposed name."""

    ACCEPTED = "accepted", _("accepted into the vocabulary")
    SAME = "same", _("the same as a row of the vocabulary")
    REFUSED = "refused", _("refused")


class Step(models.TextChoices):
    """What is to be done with an intake in the background."""

    READ = "read", _("read and planned")
    PLAN = "plan", _("planned anew")
    MAKE = "make", _("carried out")
    UNDO = "undo", _("undone")


class Approval(models.TextChoices):
    """What became of a draft that somebody ticked to be approved."""

    PUBLISHED = "published", _("published")
    APPROVED = "approved", _("approved, not public yet")
    SAME = "same", _("was published already")


class Part(models.TextChoices):
    """What a reader asks of a recommendation, and its wording may leave unsaid."""

    WHO = "who", _("who should act")
    WHAT = "what", _("what exactly should be done")
    WHEN = "when", _("by when")
    HOW = "how", _("how one would know that it is done")
