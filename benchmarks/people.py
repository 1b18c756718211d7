"""The school with forty actions and the people around it, as benchmarks use them."""

from __future__ import annotations

import datetime as dt

from django.test import Client

from mejora import sample
from mejora.monitoring import periods
from mejora.monitoring.models import EvidenceUse, Period, ProgressReport
from mejora.network.access import Actor, actor_for
from mejora.network.enums import Role
from mejora.network.models import Membership
from mejora.people.models import User
from mejora.plans.models import Action, EvidenceRequirement, Milestone, PlanYear
from mejora.sample.staff import FORTY

DIRECTOR, DECIDER, ADVISER, ANALYST = (sample.ACCOUNTS[n].email for n in (0, 3, 5, 6))
MILESTONES = 3


def actor(email: str) -> Actor:
    return actor_for(User.objects.get(email=email))


def client(email: str) -> Client:
    """Signed in, asking as a browser on this machine would."""
    found = Client(SERVER_NAME="127.0.0.1")
    found.force_login(User.objects.get(email=email))
    return found


class Forty:
    """The plan year with forty actions."""

    def __init__(self) -> None:
        from mejora.core import clock

        self.year = PlanYear.objects.get(school__code=FORTY, year=2026)
        self.director = actor(DIRECTOR)
        listed = list(Period.objects.filter(plan_year=self.year))
        found = periods.to_report(listed, clock.today())
        if found is None:
            raise SystemExit("no period to report")
        self.period = found
        # One without milestones, told by its level alone.
        self.action = Action.objects.get(plan_year=self.year, number=3)

    def save_report(self, note: str, level: str = "adecuada") -> ProgressReport:
        from mejora.monitoring.operations import reports

        known = ProgressReport.objects.filter(action=self.action, period=self.period).first()
        term = self.year.plan.edition.terms.get(kind="level", code=level)
        return reports.save_report(
            self.action,
            self.period,
            by=self.director,
            revision=known.revision if known else None,
            level=term,
            note=note,
        )

    def give_three_milestones(self) -> None:
        """Forty actions with three milestones each, whatever the sample gave them."""
        of_year = {"action__plan_year": self.year}
        EvidenceUse.objects.filter(**of_year).update(milestone=None)
        EvidenceRequirement.objects.filter(**of_year).update(milestone=None)
        old = Milestone.objects.filter(**of_year)
        Milestone.people.through.objects.filter(milestone__in=old).delete()
        old.delete()
        Milestone.objects.bulk_create(
            Milestone(action=action, name=f"Hito {n} de la acción", weight=33 + (n == 1), order=n,
                      due_on=action.ends_on)
            for action in Action.objects.filter(plan_year=self.year)
            for n in range(1, MILESTONES + 1)
        )  # fmt: skip


class Countryside:
    """One of the country's schools that is implementing, with a director of its own."""

    def __init__(self, place: int) -> None:
        years = PlanYear.objects.filter(
            stage_now="implementation", status_now="partial", year=2026, school__is_sample=True
        )
        self.year = years.order_by("pk")[place]
        self.period = Period.objects.filter(plan_year=self.year).latest("starts_on")
        self.action = self.year.actions.filter(milestones=None).first()
        user = User.objects.create(email=f"direccion.{place}@pais.example", name="Dirección")
        Membership.objects.create(
            user=user, role=Role.DIRECTOR, school=self.year.school, from_on=dt.date(2026, 1, 1)
        )
        self.director = actor(user.email)

    save_report = Forty.save_report
