"""Where words stand in a text, before anybody asks what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LETTERS = r"[^\W_]+(?:['\u2019\u02bc][^\W_\d]+)*"
# A run may close a bracketed ending: "cudzoziemców(-ek)".
RUN = re.compile(rf"{_LETTERS}(?:(?:[./*_\u2013-]|/-){_LETTERS}|\(-?[^\W\d_]{{1,5}}\))*")
_PART = re.compile(_LETTERS)
_ENDING = re.compile(r"(?P<base>[^\W\d_]{3,})(?:[/*_\u2013-]|/-|\(-?)(?P<ending>[^\W\d_]{1,5})\)?")


class Token(NamedTuple):
    """A piece of text between two offsets.

    whole    a reference as it stands ("LII/964/16"), on the first of its parts only
    ending   the second ending of a form that may be gender-inclusive ("ek" of "migrantów/ek"), else ""
    joined   follows the token before it without a blank: both are parts of one run
    """

    start: int
    end: int
    form: str
    whole: str = ""
    ending: str = ""
    joined: bool = False


made = tuple.__new__
"""Makes a named tuple of all its values; what its name makes of them takes twice as long, and texts have many words."""


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order. Whether an ending is one only a dictionary knows: such a token covers the run."""
    for run in RUN.finditer(text):
        whole = run[0]
        if whole.isalpha():  # nearly every word: nothing to take apart, and made in half of the time
            yield made(Token, (*run.span(), whole, "", "", False))
            continue
        if ending := _ENDING.fullmatch(whole):
            yield Token(run.start(), run.end(), ending["base"], ending=ending["ending"])
            continue
        parts = list(_PART.finditer(whole))
        is_reference = len(parts) > 1 and any(char.isdecimal() for char in whole)
        for i, part in enumerate(parts):
            start = run.start() + part.start()
            yield Token(
                start, start + len(part[0]), part[0], whole=whole if is_reference and i == 0 else "", joined=i > 0
            )


def split_ending(token: Token, text: str) -> Iterator[Token]:
    """The two plain words of a token whose ending is no ending after all ("i/lub", "biało-czerwony")."""
    for part in _PART.finditer(text, token.start, token.end):
        yield Token(part.start(), part.end(), part[0], joined=part.start() > token.start)
