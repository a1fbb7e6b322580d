"""What changed between two texts, word by word, in pieces that can be read aloud; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

# A word, or signs that stand together, with the space after it.
TOKEN = re.compile(r"(?:\w+|[^\w\s]+)\s*|\s+")
# Words between two changes that are shorter than this join them: "i", "na", a comma.
SHORTEST_ISLAND = 4
# Of words on both sides, multiplied: longer passages are shown whole, because the time grows with it.
MOST_COMPARED = 1_000_000

Block = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Piece:
    """A passage that stayed, went or came."""

    text: str
    is_removed: bool = False
    is_added: bool = False


def differences(before: str, after: str) -> list[Piece]:
    """Both texts in one: what went stands before what came in its place; texts without a difference are one piece.

    Lines are matched first, then words within lines that changed. Spaces alone make no difference.
    """
    pieces: list[Piece] = []
    for removed, added in joined(blocks(before, after)):
        if keys(removed) == keys(added):
            pieces.append(Piece("".join(added)))
        else:
            pieces += [Piece("".join(removed), is_removed=True)] if removed else []
            pieces += [Piece("".join(added), is_added=True)] if added else []
    return pieces


def blocks(before: str, after: str) -> Iterator[Block]:
    """Passages of both texts that belong together, as tokens, in their order."""
    lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for old_lines, new_lines in matched(*lines):
        old, new = TOKEN.findall("".join(old_lines)), TOKEN.findall("".join(new_lines))
        if keys(old) == keys(new) or len(old) * len(new) > MOST_COMPARED:
            yield old, new
        else:
            yield from matched(old, new)


def matched(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    matcher = SequenceMatcher(None, keys(old), keys(new), autojunk=False)
    for _tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        yield list(old[old_from:old_to]), list(new[new_from:new_to])


def keys(tokens: Sequence[str]) -> list[str]:
    return [token.strip() for token in tokens]


def joined(found: Iterator[Block]) -> Iterator[Block]:
    """The same with neighbours joined: changes that stand side by side, or with less than a real word between them."""
    kept = list(found)
    is_change = [keys(old) != keys(new) for old, new in kept]
    for place in range(1, len(kept) - 1):
        is_island = is_change[place - 1] and is_change[place + 1] and not is_change[place]
        if is_island and all(len(key) < SHORTEST_ISLAND for key in keys(kept[place][1])):
            is_change[place] = True
    for _changes, group in groupby(zip(is_change, kept, strict=True), key=lambda one: one[0]):
        passages = [block for _is_change, block in group]
        yield [token for old, _new in passages for token in old], [token for _old, new in passages for token in new]
