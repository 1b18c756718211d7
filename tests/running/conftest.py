"""Installations that really run, each on a copy of one school at work."""

import json

import pytest

from tests.keeping.installation import Installation
from tests.running.serving import Server

# A school at work and what the tests need to know of it.
FILL = """
import json
from tests.factories import MembershipFactory, SchoolFactory
from tests.keeping.conftest import carried_school
from mejora.monitoring import periods
from mejora.monitoring.models import EvidenceUse, Period
from mejora.network.models import Country
from mejora.plans.models import Indicator
year = carried_school()
director = MembershipFactory(role="director", place=year.school).user
stranger = MembershipFactory(role="director", place=SchoolFactory()).user
analyst = MembershipFactory(role="analyst", place=Country.objects.get(code="CL")).user
with_milestones, without = year.actions.order_by("number")
months = {p.starts_on.month: periods.slug(p) for p in Period.objects.filter(plan_year=year)}
print(json.dumps({
    "code": year.school.code, "director": director.email, "stranger": stranger.email,
    "analyst": analyst.email,
    "actions": [[a.pk, str(a.uid)] for a in (with_milestones, without)],
    "milestones": list(with_milestones.milestones.order_by("order").values_list("pk", flat=True)),
    "months": months, "photo": str(EvidenceUse.objects.get().uid),
    "indicator": str(Indicator.objects.get().uid),
}))
"""


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("plug") / "data")
    assert installation.run("prepare").returncode == 0
    about = json.loads(installation.python(FILL))
    yield installation, about
    installation.drop()


@pytest.fixture
def installed(filled, tmp_path):
    like, about = filled
    installation = Installation(tmp_path / "data", like)
    server = Server(installation)
    yield installation, about, server
    server.kill()
    installation.drop()
