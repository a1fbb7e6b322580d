"""The people who sign in: one model of our own, so that it can grow without moving tables."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """An account; roles are groups, officials are mandates (taxonomy.Mandate)."""
