import datetime as dt
from decimal import Decimal

import factory
from django.utils import timezone

from mejora.network.enums import BatchKind, BatchState
from mejora.network.models import ImportBatch
from mejora.territory.enums import AlertRule
from mejora.territory.models import Alert, Capacity, SchoolMonth
from tests.factories.network import YEAR, SchoolFactory, chile


class FiguresBatchFactory(factory.django.DjangoModelFactory):
    """A file of figures that landed."""

    class Meta:
        model = ImportBatch

    kind = BatchKind.FIGURES
    country = factory.LazyFunction(chile)
    file_name = "cifras.csv"
    year = YEAR
    at = factory.LazyFunction(timezone.now)
    state = BatchState.APPLIED
    applied_at = factory.LazyFunction(timezone.now)


class SchoolMonthFactory(factory.django.DjangoModelFactory):
    """A month of 100 pupils at 90 %."""

    class Meta:
        model = SchoolMonth

    school = factory.SubFactory(SchoolFactory)
    year = YEAR
    month = 5
    enrolled = 100
    withdrawals = 0
    attended_days = 1800
    possible_days = 2000


class CapacityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Capacity

    school = factory.SubFactory(SchoolFactory)
    year = YEAR
    seats = 120
    batch = factory.SubFactory(FiguresBatchFactory)


class AlertFactory(factory.django.DjangoModelFactory):
    """April and May under the band; nobody has touched it."""

    class Meta:
        model = Alert

    school = factory.SubFactory(SchoolFactory)
    rule = AlertRule.ATTENDANCE
    band = Decimal("85.0")
    since_year = until_year = YEAR
    since_month, until_month = 4, 5
    raised_at = dt.datetime(YEAR, 6, 1, 12, tzinfo=dt.UTC)
