"""All parts in their order: read and check the files, plan against the database, act in batches."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from wagtail.signal_handlers import disable_reference_index_auto_update

from cms.content.follow_ups import FollowUpPart, FollowUps, read_follow_ups
from cms.content.issuers import Issuers, read_issuers
from cms.content.pages import PagePart, Pages
from cms.content.plan import Part, Plan, Step, make_plan
from cms.content.publishing import Publisher
from cms.content.recommendations import Recommendations, read_recommendations
from cms.content.references import other_references, read_references
from cms.content.shapes import Names, Shape
from cms.content.stages import StagePart, read_stages
from cms.content.tables import ContentRefused, Reader
from cms.content.texts import Draft, read_texts
from cms.content.translations import TranslationPart, read_translations
from cms.content.vocabularies import Vocabularies, read_vocabularies, vocabulary_parts
from pagekit.acts import Refused

FOLDER = Path(__file__).resolve().parent
# One transaction each: a stopped load leaves whole batches, and the next run goes on after them.
BATCH = 100


@dataclass
class Content:
    """Everything the files say, checked."""

    words: Vocabularies
    texts: list[Draft]
    issuers: Issuers
    recommendations: Recommendations
    follow_ups: FollowUps
    stages: dict[str, Shape]
    translations: dict[str, Shape]

    @property
    def drafts(self) -> list[Draft]:
        return [*self.texts, *self.issuers.drafts, *self.recommendations.drafts]


def read_content(folder: Path = FOLDER) -> Content:
    """The content files of ``folder``; ContentRefused lists every fault with file, line, column and remedy."""
    reader = Reader(folder)
    corrections = reader.table("corrections.tsv", "file", "key", "column", "from", "to", "reason")
    words = read_vocabularies(reader, corrections)
    texts = read_texts(reader)
    issuers = read_issuers(reader, corrections, words)
    recommendations = read_recommendations(reader, corrections, words, issuers)
    read_references(reader, words, issuers, recommendations)
    follow_ups = read_follow_ups(reader, corrections, words, recommendations)
    stages = read_stages(reader, issuers)
    translations = read_translations(reader, [*texts, *issuers.drafts, *recommendations.drafts])
    reader.refuse()
    return Content(words, texts, issuers, recommendations, follow_ups, stages, translations)


def fingerprint(folder: Path = FOLDER) -> str:
    """Changes when any file of the content, or of its loader, does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".tsv", ".toml", ".po", ".txt", ".py"}:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def parts_of(content: Content) -> list[Part]:
    """What is loaded, in the order in which things need each other."""
    names, pages, publisher = Names(), Pages(content.drafts), Publisher()
    return [
        *vocabulary_parts(content.words, publisher),
        PagePart("pages", content.texts, pages, names, publisher),
        PagePart("issuers", content.issuers.drafts, pages, names, publisher),
        PagePart("recommendations", content.recommendations.drafts, pages, names, publisher),
        FollowUpPart(content.follow_ups, publisher),
        StagePart(content.stages, pages, publisher),
        TranslationPart(content.translations, pages, publisher),
    ]


def plan_content(content: Content) -> Plan:
    """What is to be done; ContentRefused where the site would mint another reference than references.tsv says."""
    if others := other_references(content.recommendations):
        raise ContentRefused(others)
    return make_plan(parts_of(content))


def batches(steps: list[Step]) -> Iterator[list[Step]]:
    waiting = iter(steps)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def execute(plan: Plan, content: Content, report: Callable[[str], Any] = lambda line: None) -> None:
    """Act on a plan; ``report`` hears of progress. A step that fails undoes its batch and stops the load."""
    steps = plan.to_do()
    if len(steps) > BATCH:
        # Wagtail's list of what refers to what is updated at every save, page by page: once at the end is enough.
        with disable_reference_index_auto_update():
            execute_batches(steps, report)
        call_command("rebuild_references_index", verbosity=0)
    else:
        execute_batches(steps, report)
    if others := other_references(content.recommendations):
        raise Refused("All was loaded; somebody published meanwhile.\n" + "\n".join(map(str, others)))


def execute_batches(steps: list[Step], report: Callable[[str], Any]) -> None:
    done = 0
    for batch in batches(steps):
        with transaction.atomic():
            for step in batch:
                with naming(step):
                    step.part.write(step.key, step.part.wanted[step.key])
        done += len(batch)
        report(f"{done} of {len(steps)}")


@contextmanager
def naming(step: Step) -> Iterator[None]:
    """Whatever refuses a step, Refused says so with the file and the row that want it."""
    try:
        yield
    except (Refused, ValidationError, IntegrityError) as error:
        raise Refused(f"{step.part.place(step.key)}: {sentence_of(error)}") from error


def sentence_of(error: Exception) -> str:
    if isinstance(error, IntegrityError):
        return f"The database does not take it: {error}."
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        return " ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
