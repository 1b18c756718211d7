import datetime as dt

import factory

from mejora.core.folding import fold
from mejora.network.enums import CodeScheme, Dependency, Operating, OwnerKind, Role
from mejora.network.models import (
    Commune,
    Country,
    Membership,
    Owner,
    Region,
    School,
    SchoolCode,
    SchoolYear,
    SupervisionOffice,
)
from tests.factories.people import UserFactory

YEAR = 2026


def chile():
    return Country.objects.get(code="CL")


class CommuneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Commune

    region = factory.LazyFunction(lambda: Region.objects.get(country__code="CL", code="13"))
    code = factory.Sequence(lambda n: f"9{n:04d}")
    name = factory.Sequence(lambda n: f"Comuna {n}")
    name_folded = factory.LazyAttribute(lambda o: fold(o.name))


class OwnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Owner

    country = factory.LazyFunction(chile)
    kind = OwnerKind.SLEP
    key = factory.Sequence(lambda n: f"slep:9{n:03d}")
    name = factory.Sequence(lambda n: f"SLEP Número {n}")
    name_folded = factory.LazyAttribute(lambda o: fold(o.name))


class SchoolFactory(factory.django.DjangoModelFactory):
    """A functioning school with its year 2026, on the roster."""

    class Meta:
        model = School
        skip_postgeneration_save = True

    country = factory.LazyFunction(chile)
    code = factory.Sequence(lambda n: str(90001 + n))
    name = factory.Sequence(lambda n: f"Escuela Número {n}")
    search_text = factory.LazyAttribute(lambda o: fold(f"{o.name} {o.code} {o.commune.name}"))
    commune = factory.SubFactory(CommuneFactory)
    office = factory.LazyFunction(lambda: SupervisionOffice.objects.order_by("pk").first())
    owner = factory.SubFactory(OwnerFactory)
    current_year = YEAR

    @factory.post_generation
    def year(self, create, extracted, **kwargs):
        if extracted is not False:
            SchoolYearFactory(school=self, **kwargs)
            SchoolCode.objects.create(school=self, scheme=CodeScheme.RBD, code=self.code)


class SchoolYearFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SchoolYear

    school = factory.SubFactory(SchoolFactory, year=False)
    year = YEAR
    name = factory.SelfAttribute("school.name")
    commune = factory.SelfAttribute("school.commune")
    office = factory.SelfAttribute("school.office")
    owner = factory.SelfAttribute("school.owner")
    dependency = Dependency.SLEP
    operating = Operating.OPEN
    enrolment = 300
    in_roster = True


class MembershipFactory(factory.django.DjangoModelFactory):
    """`MembershipFactory(role=…, place=…)`: the place goes to the field of its kind."""

    class Meta:
        model = Membership

    class Params:
        place = None

    user = factory.SubFactory(UserFactory)
    role = Role.DIRECTOR
    from_on = dt.date(2025, 1, 1)

    school = factory.LazyAttribute(lambda o: o.place if isinstance(o.place, School) else None)
    owner = factory.LazyAttribute(lambda o: o.place if isinstance(o.place, Owner) else None)
    office = factory.LazyAttribute(
        lambda o: o.place if isinstance(o.place, SupervisionOffice) else None
    )
    region = factory.LazyAttribute(lambda o: o.place if isinstance(o.place, Region) else None)
    country = factory.LazyAttribute(lambda o: o.place if isinstance(o.place, Country) else None)
