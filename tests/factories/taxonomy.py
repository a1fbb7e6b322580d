"""Vocabulary rows and bodies."""

import datetime as dt

import factory.django
from factory.declarations import LazyAttribute, Sequence, SubFactory, Trait

from taxonomy.models import AffectedGroup, Mandate, Organisation, Place, Tag, Theme
from tests.factories.accounts import UserFactory


class ThemeFactory(factory.django.DjangoModelFactory[Theme]):
    class Meta:
        model = Theme

    code = Sequence(lambda n: f"temat-{n}")
    label_pl = LazyAttribute(lambda o: f"Temat {o.code}")


class AffectedGroupFactory(factory.django.DjangoModelFactory[AffectedGroup]):
    class Meta:
        model = AffectedGroup

    code = Sequence(lambda n: f"grupa-{n}")
    label_pl = LazyAttribute(lambda o: o.code)


class PlaceFactory(factory.django.DjangoModelFactory[Place]):
    class Meta:
        model = Place

    code = Sequence(lambda n: f"miasto-{n}")
    label_pl = LazyAttribute(lambda o: o.code.capitalize())
    reference_code = Sequence(lambda n: f"M{n:02X}")


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    code = Sequence(lambda n: f"instytucja-{n}")
    label_pl = LazyAttribute(lambda o: f"Instytucja {o.code}")
    kind = "city"
    level = "local"

    class Params:
        collective = Trait(kind="class", is_collective=True)


class TagFactory(factory.django.DjangoModelFactory[Tag]):
    class Meta:
        model = Tag

    name = Sequence(lambda n: f"tag {n}")


class MandateFactory(factory.django.DjangoModelFactory[Mandate]):
    class Meta:
        model = Mandate

    user = SubFactory(UserFactory)
    organisation = SubFactory(OrganisationFactory)
    starts_on = dt.date(2020, 1, 1)
