"""Whom a piece of a paper asks: what a label, a table, brackets, a heading or the sentence itself says; pure.

Bodies are named everywhere in recommendations ("doors open at schools"), so a name counts only where papers put
those whom they ask. Whatever is found is a guess that an editor sees and may take back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from recommendations.rules.lines import Piece
from recommendations.rules.names import Mention, Names, spelled_out
from recommendations.rules.papers import LONGEST_LEAD, TO_WHOM

BRACKETS = re.compile(r"\((?P<body>[^()]{2,250})\)[\s.;]*$")
BEFORE_DASH = re.compile(r"(?P<body>[^–:\n]{2,120}?)(?:\s+[–-]\s+|:\s+)(?=\S)")
CALLS = r"zalecamy|rekomendujemy|wzywamy|apelujemy|postulujemy|wnosimy|wnioskujemy|prosimy|zwracamy się|proponujemy"
DUTY = re.compile(
    rf"[\s,]*(?:\w+\s+)?(?:powin(?:ien|na|no|ny|ni)|(?:nie )?ma(?:ją)?|mus(?:i|zą)|{CALLS})\b", re.IGNORECASE
)
CALL = re.compile(rf"\b(?:{CALLS})(?:\s*,?\s*(?:do|od|o to|aby|by|żeby))*\s+", re.IGNORECASE)
# A call further on belongs to another thought of the sentence.
FAR = 40
JOINING = re.compile(r"[\s,]*(?:i|oraz|a także|,)?\s*", re.IGNORECASE)


class Where(StrEnum):
    """What in the paper says whom a piece asks."""

    LABEL = "label"
    BRACKETS = "brackets"
    DASH = "dash"
    SENTENCE = "sentence"
    HEADING = "heading"


@dataclass
class Asked:
    """Those whom a piece asks; ``text`` is what remains of the wording once their names are taken off its ends."""

    text: str
    mentions: list[Mention] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    where: Where | None = None


def asked_by(piece: Piece, names: Names, year: int | None = None) -> Asked:
    """Whom the piece asks, by the plainest sign there is."""
    if piece.asked:
        mentions, unknown = names.listed(piece.asked, year)
        return Asked(piece.text, once(mentions), unknown, Where.LABEL)
    if found := BRACKETS.search(piece.text):
        mentions, unknown = names.listed(found["body"], year)
        if mentions and not unknown:
            return Asked(piece.text[: found.start()].rstrip(), once(mentions), [], Where.BRACKETS)
    if found := BEFORE_DASH.match(piece.text):
        mentions, unknown = names.listed(found["body"], year)
        if mentions and not unknown:
            return Asked(piece.text[found.end() :], once(mentions), [], Where.DASH)
    if mentions := in_sentence(piece.text, names, year):
        return Asked(piece.text, once(mentions), [], Where.SENTENCE)
    if mentions := in_heading(piece.heading, names, year):
        return Asked(piece.text, once(mentions), [], Where.HEADING)
    return Asked(piece.text)


def in_sentence(text: str, names: Names, year: int | None) -> list[Mention]:
    """The bodies that the first sentence says should act: "X powinien", "Wzywamy X do ...", "X-owi zalecamy"."""
    sentence = spelled_out(re.split(r"(?<=\w{4}[.!?])\s|\n", text, maxsplit=1)[0])
    mentions = names.mentions(sentence, year)
    run = run_from(sentence, mentions, 0)
    if run and DUTY.match(sentence[run[-1].end :]):
        return run
    call = CALL.search(sentence)
    return run_from(sentence, mentions, call.end()) if call and call.start() < FAR else []


def run_from(sentence: str, mentions: Sequence[Mention], start: int) -> list[Mention]:
    """The names that follow each other from a place on, with nothing but "and" between them."""
    run: list[Mention] = []
    for mention in mentions:
        if mention.start < start:
            continue
        between = sentence[start : mention.start]
        if not (JOINING.fullmatch(between) if run else not between.strip()):
            break
        run.append(mention)
        start = mention.end
    return run


def in_heading(heading: str, names: Names, year: int | None) -> list[Mention]:
    """The bodies a title or lead-in is about: "Rekomendacje dla X", "... wnoszę do X:", "X:"."""
    heading = spelled_out(heading[-LONGEST_LEAD:])
    mentions, unknown = names.listed(heading, year)
    if mentions and not unknown:
        return mentions
    # The last "to" or "for" is the one before the list.
    for found in reversed(list(re.finditer(r"(?<!\w)(?:dla|do|pod adresem|wobec)\s", heading))):
        to_whom = TO_WHOM.search(heading[found.start() :])
        if to_whom:
            mentions, unknown = names.listed(to_whom["body"], year)
            if mentions and not unknown:
                return mentions
    return []


def once(mentions: Sequence[Mention]) -> list[Mention]:
    """Each body once, in the order of the paper."""
    return list({mention.code: mention for mention in reversed(mentions)}.values())[::-1]
