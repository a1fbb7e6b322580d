"""In which alphabet a text was saved, told by its bytes; pure.

A byte order mark, valid UTF-8 and the zeros of UTF-16 are certain. The eight-bit alphabets of Windows, ISO and the
Macintosh are told apart by what they make of the same bytes: Polish words, or signs that stand in no word.
"""

import codecs
import re

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
EIGHT_BIT = ("cp1250", "iso8859_2", "mac_latin2", "mac_roman", "cp1252")
POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
# What Polish texts hold besides: quotation marks, dashes, and letters of names.
COMMON = frozenset("„”“’‘–—…§°•«»\u00a0éèáíúüöäëçčšžřýěůâîôÉÖÜÄŠŽČ€½²³©")
MISPLACED = re.compile(r"[a-ząćęłńóśźż][ĄĆĘŁŃÓŚŹŻŠŽČÉÖÜÄ][a-ząćęłńóśźż]")
# Marks of quotation stand at the ends of words, letters never between two blanks.
INSIDE = re.compile(r"\w[„”“‘–—…§°•«»€½²³©]\w")
SAMPLE = 200_000
# So much better than the next must the best be, as a share of what is not plain.
CLEAR = 0.1


def encoding_of(raw: bytes) -> tuple[str, bool]:
    """The name of the encoding of these bytes, and whether that is doubtful; a wrong end of the bytes is forgiven."""
    for mark, name in MARKS:
        if raw.startswith(mark):
            return name, False
    head = raw[:4096]
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if len(zeros) > 1 and zeros.count(0) * 3 > len(zeros):
            return name, False
    try:
        # A character may be cut by the end of the sample.
        codecs.getincrementaldecoder("utf-8")().decode(raw)
        return "utf-8", False
    except UnicodeDecodeError:
        return eight_bit(raw)


def eight_bit(raw: bytes) -> tuple[str, bool]:
    start = next((place for place, byte in enumerate(raw) if byte > 127), 0)
    sample = raw[max(0, start - 100) : start + SAMPLE]
    marked = sum(byte > 127 for byte in sample)
    ranked = sorted(((goodness(sample, name), name) for name in EIGHT_BIT), key=lambda found: -found[0])
    best, name = ranked[0]
    # Another that reads the very same is no rival.
    text = sample.decode(name, "replace")
    rivals = [score for score, other in ranked[1:] if sample.decode(other, "replace") != text]
    return name, best < marked * 0.5 or any(best - score <= marked * CLEAR for score in rivals)


def goodness(sample: bytes, name: str) -> float:
    """How well the bytes read in this alphabet: Polish letters count, strange signs count against it."""
    text = sample.decode(name, "replace")
    score = 0.0
    for char in text:
        if char > "\x7f":
            score += 1 if char in POLISH else 0.6 if char in COMMON else -1
    return score - 2 * len(MISPLACED.findall(text)) - 2 * len(INSIDE.findall(text))
