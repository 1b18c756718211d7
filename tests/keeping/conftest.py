"""A school carried by the real operations from nothing to monitoring, with a file as evidence."""

import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from mejora.frameworks.models import Area, Term
from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import Period
from mejora.monitoring.operations import evidence, frequency, reports
from mejora.network import access
from mejora.network.enums import Role
from mejora.plans.drafts import ActionDraft, MilestoneDraft, RequirementDraft
from mejora.plans.enums import StageKind
from mejora.plans.models import PlanYear
from mejora.plans.operations import actions, annual, stages, strategic
from mejora.plans.operations import plan as plans
from tests.factories import MembershipFactory, SchoolFactory
from tests.factories.monitoring import level


def photo(colour):
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, "JPEG")
    return ContentFile(content.getvalue(), name=f"foto-{colour}.jpg")


def carried_school():
    """Its plan year in implementation: two actions, two reports, one photo."""
    school = SchoolFactory()
    director = access.actor_for(MembershipFactory(role=Role.DIRECTOR, place=school).user)
    owner = access.actor_for(MembershipFactory(role=Role.OWNER, place=school.owner).user)
    year = plans.start(school, by=director, start_year=2026, vision="Leer", mission="Enseñar")
    seal = strategic.add_seal(year.plan, by=director, name="Sello verde")
    area = Area.objects.get(edition=year.plan.edition, code="GP")
    objective = strategic.add_objective(
        year.plan, by=director, text="Leer mejor", area=area, seals=[seal]
    )
    goal = strategic.add_goal(objective, by=director, text="80 % lee", target=80, unit="%")
    strategy = annual.add_strategy(
        year, by=director, objective=objective, text="Acompañar", goal=goal
    )
    indicator = annual.add_indicator(strategy, by=director, name="Visitas", target=18)
    annual.add_reading(indicator, by=director, on=dt.date(2026, 7, 1), value=4)
    _add_actions(year, strategy, area, director)
    for kind, send in (
        (StageKind.STRATEGIC, stages.send_strategic),
        (StageKind.PLANNING, stages.send_planning),
    ):
        send(year, by=director)
        stages.approve(year, kind, by=owner)
    year = PlanYear.objects.with_place().get(pk=year.pk)
    _monitor(year, director)
    return year


def _add_actions(year, strategy, area, director):
    funding = Term.objects.filter(kind="funding").first()
    common = {"area": area, "starts_on": dt.date(2026, 3, 9), "ends_on": dt.date(2026, 11, 27)}
    common |= {"strategy": strategy, "responsible_text": "UTP", "funding": {funding: 1_000_000}}
    actions.add(
        year,
        ActionDraft(
            name="Con hitos",
            milestones=[MilestoneDraft(name="Primero"), MilestoneDraft(name="Segundo")],
            requirements=[RequirementDraft(text="Pauta", milestone=0)],
            **common,
        ),
        by=director,
    )
    actions.add(
        year,
        ActionDraft(name="Sin hitos", requirements=[RequirementDraft(text="Acta")], **common),
        by=director,
    )


def _monitor(year, director):
    frequency.set_frequency(year, Frequency.MONTH, by=director)
    period = Period.objects.get(plan_year=year, starts_on__month=8)
    with_milestones, without = year.actions.order_by("number")
    first = with_milestones.milestones.order_by("order").first()
    reports.save_report(
        with_milestones, period, by=director, revision=None, milestones=[first.pk], note="Va bien"
    )
    reports.save_report(without, period, by=director, revision=None, level=level("parcial"))
    evidence.add_evidence(without, photo("red"), by=director, shows_people=False)


@pytest.fixture
def private_files(settings, tmp_path):
    """A storage of this test alone."""
    storages = {**settings.STORAGES}
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files", "file_permissions_mode": 0o600},
    }
    settings.STORAGES = storages
    return tmp_path / "files"
