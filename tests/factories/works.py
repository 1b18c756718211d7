import datetime as dt

import factory

from mejora.territory.enums import WorkKind, WorkState
from mejora.territory.works import Work
from tests.factories.network import SchoolFactory


class WorkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Work

    school = factory.SubFactory(SchoolFactory)
    owner = factory.SelfAttribute("school.owner")
    name = factory.Sequence(lambda n: f"Conservación {n}")
    kind = WorkKind.CONSERVATION
    funding = "Presupuesto del Servicio"
    planned = 10_000_000
    spent = 4_000_000
    state = WorkState.RUNNING
    starts_on = dt.date(2026, 3, 2)
