"""People."""

from typing import Any

import factory.django
from django.contrib.auth.models import Group
from factory.declarations import LazyAttribute, Sequence, Trait
from factory.helpers import post_generation

from accounts.models import User

PASSWORD = "trudne-haslo-testowe"


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence(lambda n: f"osoba-{n}")
    email = LazyAttribute(lambda o: f"{o.username}@example.org")
    password = factory.django.Password(PASSWORD)

    class Params:
        administrator = Trait(is_superuser=True, is_staff=True)

    @post_generation
    def groups(self: Any, create: bool, extracted: list[str] | None, **kwargs: Any) -> None:
        for name in extracted or []:
            self.groups.add(Group.objects.get_or_create(name=name)[0])
