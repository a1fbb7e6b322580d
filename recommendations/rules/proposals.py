"""What becomes of the names that a draft proposes for a vocabulary, once a moderator decided about them; pure.

A draft holds the proposal, the decision stands beside all drafts: it holds for every draft that proposes the name,
and saves nothing in any of them, so that the moderator stays somebody who did not write the draft.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from recommendations.choices import AddresseeRole, Subject

Key = tuple[str, str]
"""The vocabulary, and the name as it is compared."""

NO_STATUS = {"status": "", "status_words": "", "status_on": None, "status_precision": ""}
"""Of an addressee of whom the source says nothing of the kind."""


def folded(text: str) -> str:
    """A name for comparing, whatever its blanks and the case of its letters."""
    return " ".join(text.casefold().split())


def proposed_in(content: Mapping[str, Any]) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """The proposals of a draft as its revision keeps it."""
    for row in content.get("proposals") or ():
        yield (row["subject"], folded(row["label"])), row


def settled(content: Mapping[str, Any], decided: Mapping[Key, int | None]) -> dict[str, Any]:
    """The content of a draft with every proposal that was decided replaced by its row of the vocabulary.

    ``decided`` gives the number of that row, None where the name was refused: then nothing stands in its place. What
    is not decided stays.
    """
    if not content.get("proposals"):
        return {**content}
    addressees = [*(content.get("addressees") or ())]
    themes = [*(content.get("themes") or ())]
    waiting = []
    for key, row in proposed_in(content):
        if key not in decided:
            waiting.append(row)
        elif (number := decided[key]) is None:
            continue
        elif key[0] == Subject.THEME:
            themes += [number] if number not in themes else []
        elif number not in {one["organisation"] for one in addressees}:
            words = row["words"] or row["label"]
            said = {name: row.get(name, nothing) for name, nothing in NO_STATUS.items()}
            addressees.append(addressee(number, words=words, place=len(addressees), page=content.get("pk")) | said)
    return {**content, "proposals": waiting, "addressees": addressees, "themes": themes}


def addressee(organisation: int, *, words: str, place: int, page: Any) -> dict[str, Any]:
    said = {"organisation": organisation, "role": AddresseeRole.ESSENTIAL.value, "words": words, "note": ""}
    return {"pk": None, "sort_order": place, "page": page, **said, **NO_STATUS}
