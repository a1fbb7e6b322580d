"""The fact, its pages, its wordings, whom it asks, and the log of what they did."""

from recommendations.models.assignment import Assignment
from recommendations.models.count_mark import CountMark
from recommendations.models.draft import ReplyDraft
from recommendations.models.editorial import EditorialAct, KeptRevision
from recommendations.models.effect import EffectOutcome
from recommendations.models.follow_up import Assessment, Evidence, FollowUp
from recommendations.models.intake import Intake, IntakeRow, SheetSource, id_of_piece
from recommendations.models.page import (
    PageAddressee,
    PageIdentifier,
    PageLink,
    PageTag,
    RecommendationIndexPage,
    RecommendationPage,
)
from recommendations.models.proposal import PageProposal, ProposalDecision
from recommendations.models.recommendation import (
    Recommendation,
    RecommendationAlias,
    RecommendationLevel,
    RecommendationLink,
    RecommendationTag,
    ReferenceCounter,
)
from recommendations.models.stage import ActionStage, ChosenRecommendation, StageBody, StageEntry
from recommendations.models.wording import Wording

__all__ = [
    "ActionStage",
    "Assessment",
    "Assignment",
    "ChosenRecommendation",
    "CountMark",
    "EditorialAct",
    "EffectOutcome",
    "Evidence",
    "FollowUp",
    "Intake",
    "IntakeRow",
    "KeptRevision",
    "PageAddressee",
    "PageIdentifier",
    "PageLink",
    "PageProposal",
    "PageTag",
    "ProposalDecision",
    "Recommendation",
    "RecommendationAlias",
    "RecommendationIndexPage",
    "RecommendationLevel",
    "RecommendationLink",
    "RecommendationPage",
    "RecommendationTag",
    "ReferenceCounter",
    "ReplyDraft",
    "SheetSource",
    "StageBody",
    "StageEntry",
    "Wording",
    "id_of_piece",
]
