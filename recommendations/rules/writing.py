"""What a recommendation's wording leaves unsaid: who should act, what exactly, by when, how one would know; pure.

A hint for who writes, never a condition: the rules look at Polish words only and understand nothing, so in doubt they
say nothing.
"""

import re

from recommendations.choices import Part

CALLS = r"zalecamy|rekomendujemy|wzywamy|apelujemy|postulujemy|wnosimy|wnioskujemy|prosimy|zwracamy się|proponujemy"
DUTY = r"powin(?:ien|na|no|ny|ni)|ma(?:ją)?|musi|muszą|zapewni\w*|opracuj\w*|wprowadz\w*|zatrudni\w*|otworz\w*"
BODY = (
    r"(?:urz[ąę]d(?!ni)\w*|minist\w+|gmin[aęyo]\w*|miast[oau]\w*|samorząd\w*|szkoł\w*|wojewod\w*|starost\w*|powiat\w*"
    r"|ośrod\w+|kuratori\w*|prezydent\w*|burmistrz\w*|wójt\w*|rząd\w*|sejm\w*|policj\w*|straż\w*|uczelni\w*"
    r"|organizacj\w*|[A-ZŁŚŻĆ]{2,}\w*)"
)
WHO = re.compile(rf"(?:^|[\s(]){BODY}\b[^.!?]{{0,60}}?\b(?:{DUTY})\b|\b(?:{CALLS})\b[^.!?]{{0,40}}?\b{BODY}\b")

# An infinitive or a noun made of a verb; nouns in -ość are none.
ACT = re.compile(r"\b\w*(?:(?:[aeiyuąó]ć|(?<!o)ść|źć)|[^\W\d_]{3}(?:anie|enie|ęcie|ania|enia|ęcia))\b")
FINITE = re.compile(r"\b\w{3,}(?:uje|ują|rzy|rzą|dni|dnią|dzi|dzą|wni|wnią)\b")
VAGUE = re.compile(
    r"(?:wspier|wspar|wesprz|dąż|promow|wzm[ao]cni|popraw|poleps|usprawn|zintensyfik|zwiększ|zadba|rozważ|dołoż|podj|podejm"
    r"|zwróc|zwrac|działa|być|mieć|móc|starać)"
)

MONTHS = (
    r"(?:stycz|lut(?:ego|ym)|mar(?:ca|cu)\b|kwiet|maj[au]\b|czerw(?:ca|cu)|lip(?:ca|cu)|sierp|wrześ|październ|listopad"
    r"|grud(?:nia|niu))"
)
WHEN = re.compile(
    rf"\bdo (?:końca|dnia|\d|czasu|{MONTHS})|\bw (?:ciągu|terminie)\b|\b(?:19|20)\d\d\b|\b{MONTHS}\w*"
    r"|\bco (?:rok|roku|miesiąc|kwartał|tydzień|pół roku|dwa lata)\b|\bcoroczn|\braz (?:w|na) |\bkwarta|\bcomiesięczn"
    r"|\bniezwłocznie|\bnatychmiast|\bnajpóźniej|\bprzed (?:rozpoczęciem|końcem|upływem)"
    r"|\bod (?:nowego|przyszłego) roku"
)
NUMBERS = r"jed(?:en|na|nego|nej)|dwa|dwie|dwóch|dwoje|trzy|trzech|cztery|czterech|pię[cć]\w*|sześ\w+|dziesię[cć]\w*"
HOW = re.compile(
    rf"\d\s*%|\bproc(?:ent\w*|\.)|\b(?:co najmniej|przynajmniej|minimum|nie mniej niż)\b|\bliczb[aęy]\b|\bwskaźni"
    rf"|\bsprawozda|\braport|\bmierz|\bmierni|\bmonitor|\bewalua|\bopublik|\bpublik|\brejestr|\bstatyst|\bankiet"
    rf"|\b(?:{NUMBERS})\s+\w|(?<![\d.])\b(?!(?:19|20)\d\d\b)\d{{1,4}}\s+(?!{MONTHS}|r\.|rok|lat|dni|miesi)\w"
)


def missing_parts(text: str, *, has_addressee: bool = False) -> list[Part]:
    """The parts of which the wording says nothing, in the order of the question; none for an empty wording.

    ``has_addressee``: who should act is named beside the wording.
    """
    if not text.strip():
        return []
    says = {
        Part.WHO: has_addressee or bool(WHO.search(text) or WHO.search(text[:1].lower() + text[1:])),
        Part.WHAT: says_what(text),
        Part.WHEN: bool(WHEN.search(text.lower())),
        Part.HOW: bool(HOW.search(text.lower())),
    }
    return [part for part in Part if not says[part]]


def says_what(text: str) -> bool:
    """Whether the wording names an act that is more than an effort."""
    small = text.lower()
    acts = [found.group() for found in (*ACT.finditer(small), *FINITE.finditer(small))]
    return any(not VAGUE.match(act) for act in acts)
