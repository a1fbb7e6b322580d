"""Stages of action after a forum: stages.tsv. What was chosen and done in them is written in the admin only."""

from dataclasses import dataclass

from cms.content.issuers import Issuers
from cms.content.pages import Pages
from cms.content.periods import span
from cms.content.publishing import Publisher
from cms.content.shapes import Shape, misfits
from cms.content.tables import Reader
from cms.roles import APPROVING_ACCOUNT
from forums.models import Forum
from recommendations.models import ActionStage
from recommendations.services.stages import edited_by_others, write_stage

TEXTS = ("label_pl", "label_en", "label_uk", "label_ru", "description", "source_title", "source_url")
DATES = ("starts_on", "ends_on", "precision", "date_words")


def read_stages(reader: Reader, issuers: Issuers) -> dict[str, Shape]:
    """Every stage by its code; a fault for each whose forum or date is wrong, or that names no source."""
    found: dict[str, Shape] = {}
    rows = reader.table("stages.tsv", "code", "forum", *TEXTS, *DATES)
    reader.once(rows, "code")
    for row in rows:
        if row["forum"] not in issuers.rows:
            reader.fault(row, "forum", f"There is no issuer {row['forum']!r}.", "Write a code of issuers.tsv.")
        for misfit in misfits(ActionStage, {column: row[column] for column in ("code", *TEXTS, "date_words")}):
            reader.fault(row, misfit.column, misfit.wrong, misfit.remedy)
        try:
            dates = span(*(row[column] for column in DATES)).fields()
        except ValueError as error:
            reader.fault(row, "starts_on", str(error), "Correct the date, or write unknown as its precision.")
            continue
        found[row["code"]] = {"forum": row["forum"], **{name: row[name] for name in TEXTS}, **dates}
    return found


@dataclass
class StagePart:
    wanted: dict[str, Shape]
    pages: Pages
    publisher: Publisher
    name: str = "stages of action"

    def place(self, key: str) -> str:
        return f"stages.tsv: {key}"

    def present(self) -> dict[str, Shape]:
        return {stage.code: self.read(stage) for stage in ActionStage.objects.select_related("forum")}

    def read(self, stage: ActionStage) -> Shape:
        forum = self.wanted.get(stage.code, {}).get("forum", "")
        page = self.pages.page(forum) if forum else None
        is_there = page is not None and page.translation_key == stage.forum.translation_key
        return {"forum": forum if is_there else "", **{name: getattr(stage, name) for name in (*TEXTS, *DATES)}}

    def edited(self) -> set[str]:
        return edited_by_others(APPROVING_ACCOUNT)

    def write(self, key: str, shape: Shape) -> None:
        values = dict(shape)
        forum = Forum.objects.get(translation_key=self.pages.page(values.pop("forum")).translation_key)
        stage = ActionStage.objects.filter(code=key).first() or ActionStage(code=key, forum=forum)
        for name, value in values.items():
            setattr(stage, name, value)
        write_stage(stage, by=self.publisher.approver)
