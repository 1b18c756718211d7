"""Who learns that a stage was sent, approved or returned."""

import pytest

from mejora.people.models import Notification
from mejora.plans.enums import StageKind
from mejora.plans.operations import stages

pytestmark = pytest.mark.django_db


def told(actor):
    found = Notification.objects.filter(user=actor.user)
    return [(n.title, n.detail, n.href) for n in found]


def test_the_owner_learns_of_a_sending_and_the_school_of_the_answer(planned):
    stages.send_strategic(planned.year, by=planned.director)
    stages.return_(planned.year, StageKind.STRATEGIC, by=planned.owner, comment="Falta la meta")

    code, year = planned.here
    here = f"/escuelas/{code}/plan/{year}/etapas/estrategica/"
    school = planned.school.name
    assert told(planned.owner) == [(f"{school} envió su Fase Estratégica 2026", "", here)]
    assert told(planned.director) == [
        (f"Fase Estratégica 2026, devuelta por {planned.owner.user}", "Falta la meta", here)
    ]


def test_nobody_is_told_of_what_they_did_themselves(approved):
    assert not [title for title, *_ in told(approved.director) if "envió" in title]
    assert not [title for title, *_ in told(approved.owner) if "aprobada" in title]
