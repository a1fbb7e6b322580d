"""The people who sign in: one model of our own, so that it can grow without moving tables."""

from django.contrib.auth.models import AbstractUser
from django.utils.functional import cached_property

KEEPING = ("accounts.add_user", "accounts.change_user")


class User(AbstractUser):
    """An account; roles are groups, officials are mandates (taxonomy.Mandate)."""

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of the groups, as they were when first asked: for menus and buttons, never for a decision."""
        return frozenset(self.groups.values_list("name", flat=True))

    def keeps(self, other: "User | None" = None) -> bool:
        """Whether this person, an administrator, may open accounts and change the access of ``other``.

        The access of somebody who may do everything is kept by their like only.
        """
        if not (self.is_active and self.has_perms(KEEPING)):
            return False
        return other is None or self.is_superuser or not other.is_superuser
