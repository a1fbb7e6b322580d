"""Who may do what with rows of the vocabularies: the rights of the groups, but nobody deletes."""

from typing import Any

from django.db.models import Model
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy


class KeptRows(ModelPermissionPolicy):
    """Rows are merged or ended, never deleted: drafts hold them where no constraint sees (domain.md)."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))


def keep_rows(*models: type[Model]) -> None:
    for model in models:
        register_permission_policy(model, KeptRows(model))
