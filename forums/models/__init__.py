"""Facts that others point at, and the pages that are their drafts and prose."""

from forums.models.forum import Forum
from forums.models.forum_page import (
    ForumBody,
    ForumDate,
    ForumIndexPage,
    ForumLink,
    ForumName,
    ForumPage,
    ForumSource,
    ForumVenue,
)
from forums.models.period import Period
from forums.models.working_group import ExpectedEffect, WorkingGroup
from forums.models.working_group_page import GroupHost, GroupLink, WorkingGroupPage

__all__ = [
    "ExpectedEffect",
    "Forum",
    "ForumBody",
    "ForumDate",
    "ForumIndexPage",
    "ForumLink",
    "ForumName",
    "ForumPage",
    "ForumSource",
    "ForumVenue",
    "GroupHost",
    "GroupLink",
    "Period",
    "WorkingGroup",
    "WorkingGroupPage",
]
