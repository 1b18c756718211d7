"""`check` on works and on the Service's report: silent when sound, exact when not."""

import pytest

from mejora.keeping.checks import accounts
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.territory.operations import service, works
from mejora.territory.service import IssuedReport, ServiceAction, ServiceFigure
from mejora.territory.works import Work
from tests.factories import MembershipFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def found():
    return [line for check in accounts.CHECKS for line in check()]


@pytest.fixture
def kept(today):
    """A work and an issued report, all by the operations."""
    school = SchoolFactory()
    by = actor_for(MembershipFactory(role=Role.OWNER, place=school.owner).user)
    said = {"school": school, "name": "Techo", "kind": "other", "funding": "FAEP", "state": "draft"}
    work = works.register(school.owner, said, by=by)
    report = service.start(school.owner, 2026, by=by)
    objective = service.add_objective(report, text="Aprender", justification="Sí", by=by)
    service.add_action(
        objective, title="Techar", text="Se techó", drawn={"work": work}, figures=["works"], by=by
    )
    service.issue(report, by=by)


def test_what_the_operations_wrote_is_sound(kept):
    assert found() == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda: Work.objects.update(spent=5), "último cambio (spent)"),
        (lambda: ServiceFigure.objects.all().delete(), "último cambio (figures)"),
        (lambda: ServiceAction.objects.update(title="Otro"), "último cambio (title)"),
        (lambda: IssuedReport.objects.update(content="{}"), "no coincide con la huella"),
    ],
)
def test_what_was_done_past_the_operations_is_named(kept, spoil, said):
    spoil()

    [line] = found()
    assert said in line


def test_what_was_deleted_is_named(kept):
    ServiceFigure.objects.all().delete()
    ServiceAction.objects.all().delete()

    assert ["fue borrado de la base" in line for line in found()] == [True]
