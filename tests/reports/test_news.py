"""How the newest changes are told."""

import re
from html import unescape

import pytest

from mejora.monitoring.operations import reports
from mejora.network.enums import Role
from mejora.plans.enums import Entity
from mejora.plans.models import Change
from mejora.plans.operations import bin
from mejora.plans.recording import record
from mejora.reports import news
from tests.factories import ActionFactory, StrategyFactory
from tests.factories.monitoring import action_with_milestones, implementing_year, level, month

REPORT = {"level": "avanzada", "note": "Tres visitas hechas.", "is_reviewed": False}


@pytest.mark.parametrize(
    ("before", "after", "verb"),
    [
        (None, REPORT, "informó"),
        (REPORT, {**REPORT, "is_reviewed": True}, "aceptó el informe de"),
        (
            REPORT,
            {**REPORT, "note": "Cuatro visitas.", "is_reviewed": True},
            "corrigió el informe de",
        ),
        ({**REPORT, "is_reviewed": True}, REPORT, "corrigió el informe de"),
        (REPORT, {**REPORT, "removed": "2026-11-20"}, "quitó"),
    ],
)
def test_accepting_a_report_is_not_told_as_correcting_it(before, after, verb):
    change = Change(entity=Entity.REPORT, before=before, after=after)
    assert news.verb_of(change) == verb


@pytest.mark.django_db
class TestWhereNewsLeads:
    """Each piece of news leads to the thing itself, and its others to their list."""

    @pytest.fixture
    def year(self, today):
        return implementing_year()

    def told(self, year, actor, signed_in):
        """The news of the director's home as (words, address), each address answering."""
        client = signed_in(actor(Role.DIRECTOR, year.school))
        page = client.get("/").content.decode()
        news = page.split('id="news"')[1].split("</aside>")[0]
        found = re.findall(r'<a href="([^"]+)">([^<]+)</a>', news)
        for href, words in found:
            answer = client.get(unescape(href), follow=True)
            assert answer.status_code == 200, (words, href)
        return {words: unescape(href) for href, words in found}

    def test_reports_of_one_person_lead_to_the_newest_and_to_the_rest(self, year, actor, signed_in):
        planner = actor(Role.PLANNER, year.school)
        actions = [ActionFactory(plan_year=year, name=f"Taller {n}") for n in range(3)]
        for action in actions:
            reports.save_report(
                action, month(year, 8), by=planner, revision=None, level=level("parcial")
            )

        found = self.told(year, actor, signed_in)

        here = f"/escuelas/{year.school.code}"
        assert found["2 acciones más"] == f"{here}/plan/{year.year}/historial/?que=report"
        assert str(actions[2].uid) in found["Taller 2"]
        assert "Taller 1" not in found

    def test_a_report_is_told_with_its_gist(self, year, actor, signed_in):
        planner, client = (
            actor(Role.PLANNER, year.school),
            signed_in(actor(Role.DIRECTOR, year.school)),
        )
        action = action_with_milestones(year, weights=(50, 50), name="Aulas abiertas")
        first, second = action.milestones.all()
        august = month(year, 8)
        reports.save_report(
            action, august, by=planner, revision=None, milestones=[first.pk], note="Vamos bien"
        )

        reports.save_report(
            action, august, by=planner, revision=0, milestones=[first.pk, second.pk]
        )

        page = client.get("/").content.decode().replace("\u202f", " ")
        assert "De 50 % a 100 %" in page
        assert "«Vamos bien»" not in page  # not new: it was told before

    def test_each_kind_of_thing_leads_to_its_own_page(self, year, actor, signed_in):
        planner = actor(Role.PLANNER, year.school)
        action = action_with_milestones(year, name="Aulas abiertas")
        box = action.milestones.first()
        reports.save_report(action, month(year, 8), by=planner, revision=None, milestones=[box.pk])
        other = ActionFactory(plan_year=year, name="En la papelera")
        bin.remove(other, by=planner, revision=other.revision, reason="Se repite")

        found = self.told(year, actor, signed_in)

        plan = f"/escuelas/{year.school.code}/plan/{year.year}"
        assert found[box.name] == f"{plan}/acciones/{action.uid}/"
        assert found["En la papelera"] == f"{plan}/papelera/"
        assert f"/{action.uid}/" in found["Aulas abiertas"]
        assert "/monitoreo/" in found["Aulas abiertas"]

    def test_what_belongs_to_the_chain_leads_to_its_place_in_it(self, year, actor, signed_in):
        planner = actor(Role.PLANNER, year.school)
        strategy = StrategyFactory(plan_year=year)
        for entity, thing in ((Entity.STRATEGY, strategy), (Entity.OBJECTIVE, strategy.objective)):
            record(year.plan, entity, thing.uid, f"Cambió {entity}", before={"text": "x"},
                   after={"text": "y"}, by=planner, plan_year=year)  # fmt: skip

        found = self.told(year, actor, signed_in)

        client = signed_in(actor(Role.DIRECTOR, year.school))
        for words in ("Cambió strategy", "Cambió objective"):
            page, anchor = found[words].split("#")
            assert f'id="{anchor}"' in client.get(page).content.decode()
