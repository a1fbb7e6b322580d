"""How to search: the few rules, each with questions that the tests ask of the real content and what they must find."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from forums.models import Forum, ForumPage, WorkingGroup, WorkingGroupPage
from recommendations.services.publication import resolve_references
from search.engines.keys import subject_in
from search.query import SearchQuery
from search.views.titles import Titled, titled


@dataclass(frozen=True)
class Example:
    """A question and what must be among its first twenty hits: aliases of recommendations (MO-04), addresses of
    issuers. Readers see references and titles; a question that is an alias they see as the reference, too.

    `never` must not be among them. `tests/search/test_content.py` asks each.
    """

    text: str
    finds: tuple[str, ...]
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One thing to know, in a sentence, and its examples."""

    text: Any
    examples: tuple[Example, ...]


RULES: tuple[Rule, ...] = (
    Rule(
        _("Write words in any form, with or without Polish letters."),
        (Example("cudzoziemcom", ("WS-06", "POZ-01")), Example("zakwaterowanie uchodzcow", ("RPO-27",))),
    ),
    Rule(
        _("A slip is mended where nothing holds the word as typed; the page says so and can search for it literally."),
        (Example("mieszkalnicwto", ("SOS-06", "SOS-07")),),
    ),
    Rule(
        _("Synonyms, kindred words, abbreviations and other names are found too, below the words you typed."),
        (
            Example("obcokrajowcy w urzędzie", ("MO-04", "POZ-05")),
            Example("lekarz", ("SIP-02", "RPD-01")),
            Example("UW kolejki", ("RPO-22", "RPO-23")),
            Example("lubelski", ("flpm-2014-lub",)),
        ),
    ),
    Rule(
        _("English, Ukrainian and Russian words find Polish texts."),
        (Example("voivodeship office delays", ("RPO-23",)), Example("освіта дітей мігрантів", ("flpm-2014-waw-g1",))),
    ),
    Rule(
        _("In quotation marks words stand together, in this order; exactly as typed comes first, other forms after."),
        (Example('"miasta otwarte"', ("MO-01",)),),
    ),
    Rule(
        _("A minus before a word, phrase or bracket leaves out what holds it."),
        (Example("rada imigrantów -Gdańsk", ("POZ-02",), never=("GDA-01",)),),
    ),
    Rule(
        _("OR between words: either will do. Brackets keep words together."),
        (Example("żłobek OR przedszkole", ("SOS-05",)), Example("szkoła (asystent OR tłumacz)", ("CWII-01",))),
    ),
    Rule(
        _("An asterisk stands for the rest of a word. What is kindred to such words follows below, uncounted."),
        (Example("wielojęzycz*", ("KRK-01",)),),
    ),
    Rule(
        _("Numbers may be words, digits or Roman; references and case numbers are written as they stand."),
        (
            Example("drugie forum", ("flpm-2014-lub",)),
            Example("2 forum", ("flpm-2014-lub",)),
            Example("II Forum", ("flpm-2014-lub",)),
            Example("MO-04", ("MO-04",)),
            Example("LII/964/16", ("krk-otwarty",)),
        ),
    ),
    Rule(
        _("After a year, from it on, before it or up to it: “po 2022”, “od 2022”, “przed 2016”, “do 2016”."),
        (Example("legalizacja pobytu po 2022", ("RPO-23", "RPO-24", "RPO-25")),),
    ),
)


@require_safe
def search_help(request: HttpRequest) -> HttpResponse:
    """The same page for everybody: of the things that must be found those that readers may see."""
    language = get_language() or "pl"
    every = [each for rule in RULES for each in rule.examples]
    known = things({name for each in every for name in (*each.finds, *each.never)}, language)
    rules = [(rule.text, [shown(each, known, language) for each in rule.examples]) for rule in RULES]
    return render(request, "search/help.html", {"title": _("How to search"), "rules": rules})


def shown(example: Example, known: Mapping[str, Titled], language: str) -> dict[str, Any]:
    """An example as readers see it."""
    text = known[example.text].fact.reference if example.text in known else example.text
    return {
        "text": text,
        "query": SearchQuery(text, language=language),
        "finds": [known[name] for name in example.finds if name in known],
        "never": [known[name] for name in example.never if name in known],
    }


def things(names: Collection[str], language: str) -> dict[str, Titled]:
    """What these aliases and addresses name, as readers may see it, in a few queries."""
    keys = {name: f"recommendation:{fact.pk}:{language}" for name, fact in resolve_references(sorted(names)).items()}
    for kind, page, model in (("forum", ForumPage, Forum), ("group", WorkingGroupPage, WorkingGroup)):
        slugs = dict(page.objects.sources().filter(slug__in=names).values_list("translation_key", "slug"))
        for key, pk in model.objects.filter(translation_key__in=slugs).values_list("translation_key", "pk"):
            keys[slugs[key]] = f"{kind}:{pk}:{language}"
    found = {one.subject: one for one in titled(keys.values(), language)}
    return {name: found[subject] for name, key in keys.items() if (subject := subject_in(key)) in found}
