"""Keys as titles and addresses, for lists that show no more than that; loaded once more as readers may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from forums.models import Forum, WorkingGroup
from pagekit.models import attach_pages
from recommendations.models import Recommendation
from search.engines.keys import subject_in
from taxonomy.models import Organisation, Theme

PAGED: dict[str, Any] = {"recommendation": Recommendation, "forum": Forum, "group": WorkingGroup}
WORDS: dict[str, tuple[Any, str]] = {"organisation": (Organisation, "organisation"), "theme": (Theme, "theme")}
KINDS: tuple[str, ...] = (*PAGED, *WORDS)


@dataclass(frozen=True)
class Titled:
    """A thing that readers see: `texts` are its title and, of a recommendation, its wording; `language` is theirs."""

    subject: str
    title: str
    url: str
    language: str
    texts: tuple[str, ...]
    fact: Any

    @property
    def kind(self) -> str:
        return self.subject.partition(":")[0]


def titled(keys: Iterable[str], language: str) -> list[Titled]:
    """The things of these keys in their order, each once, without those that readers may not see; a query or two a
    kind, whatever their number."""
    subjects = list(dict.fromkeys(map(subject_in, keys)))
    pks: dict[str, list[int]] = {}
    for subject in subjects:
        kind, _, pk = subject.partition(":")
        pks.setdefault(kind, []).append(int(pk))
    found: dict[str, Titled] = {}
    for kind, model in PAGED.items():
        if kind in pks:
            facts = list(model.objects.filter(pk__in=pks[kind]))
            attach_pages(facts, language)
            for fact in facts:
                if fact.page is not None:
                    code = fact.page.locale.language_code
                    texts = tuple(filter(None, (fact.page.title, getattr(fact.page, "text", ""))))
                    found[f"{kind}:{fact.pk}"] = Titled(
                        f"{kind}:{fact.pk}", fact.page.title, fact.page.url or "", code, texts, fact
                    )
    for kind, (model, name) in WORDS.items():
        if kind in pks:
            for row in model.objects.current().filter(pk__in=pks[kind]):
                label = row.label_in(language)
                url = reverse(name, args=[row.code])
                found[f"{kind}:{row.pk}"] = Titled(f"{kind}:{row.pk}", label, url, language, (label,), row)
    return [found[subject] for subject in subjects if subject in found]
