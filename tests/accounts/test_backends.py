"""What is known of a person for a request: rights, roles and profile, each asked for once."""

import pytest
from django.contrib.auth.models import Group, Permission
from pytest_django import DjangoAssertNumQueries

from accounts.backends import AccountBackend
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def right(codename: str) -> Permission:
    return Permission.objects.get(codename=codename, content_type__app_label="accounts")


def test_rights_of_groups_own_rights_and_roles_come_with_one_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    user = UserFactory.create()
    keepers, idle = Group.objects.create(name="Keepers"), Group.objects.create(name="Idle")
    keepers.permissions.add(right("add_user"))
    user.groups.add(keepers, idle)
    user.user_permissions.add(right("view_user"))
    Group.objects.create(name="Others").permissions.add(right("delete_user"))

    with django_assert_num_queries(2):
        asked = AccountBackend().get_user(user.pk)
        assert asked is not None
        assert asked.get_all_permissions() == {"accounts.add_user", "accounts.view_user"}
        assert asked.roles == {"Keepers", "Idle"}
        assert not hasattr(asked, "wagtail_userprofile")


def test_who_may_not_sign_in_is_nobody_and_has_no_rights() -> None:
    user = UserFactory.create(is_active=False)
    user.user_permissions.add(right("view_user"))

    assert AccountBackend().get_user(user.pk) is None
    assert AccountBackend().get_user(user.pk + 1) is None
    assert user.get_all_permissions() == set()
