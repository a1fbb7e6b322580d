"""Signing in, and what a person may do, asked of the database once for each request."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.db.models import F, Value

from accounts.models import User


class AccountBackend(ModelBackend):
    """Django's own, which reads person, profile, own rights and rights of groups in four questions; here they are two.

    The names of the groups come along, because menus ask which role somebody has (``User.roles``).
    """

    def get_user(self, user_id: Any) -> User | None:
        user = User._default_manager.select_related("wagtail_userprofile").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or user_obj.is_superuser or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            of_groups = Group.objects.filter(user=user_obj).values_list(
                "name", "permissions__content_type__app_label", "permissions__codename"
            )
            own = (
                Permission.objects.filter(user=user_obj)
                .order_by()
                .values_list(Value(""), F("content_type__app_label"), F("codename"))
            )
            rows = list(of_groups.union(own))
            user_obj.roles = frozenset(name for name, _app, _right in rows if name)
            user_obj._perm_cache = {f"{app}.{right}" for _name, app, right in rows if right}
        return user_obj._perm_cache
