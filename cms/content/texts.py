"""The site's own pages: home, the two lists, method, privacy."""

from dataclasses import dataclass
from typing import Any

from cms.content.shapes import Layout, Shape, block, paragraphs
from cms.content.tables import Reader
from cms.models import ContentPage, HomePage
from forums.models import ForumIndexPage
from recommendations.models import RecommendationIndexPage

HOME = "home"
FORUMS = "forums_index"
# Key and file of each page, and the address it has below the home page.
SLUGS = {
    HOME: "fora",
    FORUMS: "fora",
    "recommendations_index": "rekomendacje",
    "method": "metoda",
    "privacy": "prywatnosc",
}
LAYOUTS = {
    HOME: Layout(HomePage, ("title", "slug", "lead", "intro")),
    FORUMS: Layout(ForumIndexPage, ("title", "slug", "lead")),
    "recommendations_index": Layout(RecommendationIndexPage, ("title", "slug", "lead")),
    "method": Layout(ContentPage, ("title", "slug", "lead"), streams=("body",)),
    "privacy": Layout(ContentPage, ("title", "slug", "lead"), streams=("body",)),
}


@dataclass(frozen=True)
class Draft:
    """One page as the files want it: what it is, where it stands, and its texts in the order of the page."""

    key: str
    parent: str
    layout: Layout
    shape: Shape
    texts: tuple[str, ...]
    file: str


def read_texts(reader: Reader) -> list[Draft]:
    found = []
    for key, layout in LAYOUTS.items():
        row = reader.document(f"pages/{key}.toml", ("title", "lead"))
        if row is None:
            continue
        shape: dict[str, Any] = {"title": row["title"], "slug": SLUGS[key], "lead": row["lead"]}
        texts = [row["title"], row["lead"]]
        if key == HOME:
            shape["intro"] = paragraphs(*row.cells.get("intro", ()))
            texts += row.cells.get("intro", ())
        if "body" in layout.streams:
            shape["body"] = []
            for position, section in enumerate(row.cells.get("sections", ()), 1):
                shape["body"].append(block("heading", key, position, section["heading"]))
                shape["body"].append(block("text", key, position, paragraphs(*section["paragraphs"])))
                texts += [section["heading"], *section["paragraphs"]]
        for misfit in layout.misfits(shape):
            reader.fault(row, misfit.column, misfit.wrong, misfit.remedy)
        found.append(Draft(key, "" if key == HOME else HOME, layout, shape, tuple(texts), row.file))
    return found
