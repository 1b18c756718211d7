"""Sending the implementation and the evaluation: what is missing, what the version keeps."""

import json

import pytest

from mejora.core.decisions import Conflict, Refused
from mejora.monitoring import rules
from mejora.monitoring.operations import evidence, reports, stages
from mejora.network.enums import Role
from mejora.plans.enums import StageKind
from mejora.plans.models import Stage, Version
from mejora.plans.operations.stages import approve
from mejora.plans.sending import SENDERS
from tests.factories.monitoring import level
from tests.files import making
from tests.files.making import upload

pytestmark = pytest.mark.django_db


def status(year, kind):
    return Stage.objects.get(plan_year=year, kind=kind).status


def report_all(actions, period, by):
    for action in actions:
        reports.save_report(action, period, by=by, revision=None, level=level("completa"))


def test_what_is_missing_is_named_and_only_reports_block(year, director, august, fill):
    first, second, _ = fill(3)
    reports.save_report(first, august, by=director, revision=None, level=level("parcial"))
    second.is_disabled = True
    second.save()

    lacks = rules.missing_in_implementation(year)

    blocking = [m for m in lacks if m.is_blocking]
    assert len(blocking) == 1
    assert "«Taller número 3»: falta informarla" in blocking[0].text
    advice = " ".join(m.text for m in lacks if not m.is_blocking)
    assert "no tiene evidencia" in advice
    assert "1 acción sin informar en agosto" in advice
    assert "justificación" in advice
    assert all(m.url.startswith("/escuelas/") for m in lacks)


def test_the_implementation_is_sent_when_every_action_was_reported(year, director, august, fill):
    actions = fill(2)
    report_all(actions[:1], august, director)
    with pytest.raises(Refused, match="Falta 1 dato"):
        stages.send_implementation(year, by=director)
    report_all(actions[1:], august, director)

    stages.send_implementation(year, by=director)

    assert status(year, StageKind.IMPLEMENTATION) == "sent"


def test_the_version_keeps_reports_and_evidence_even_when_approved(
    year, director, august, fill, actor
):
    (action,) = fill(1)
    report_all([action], august, director)
    use, _ = evidence.add_evidence(action, upload(making.pdf()), by=director, shows_people=False)
    stages.send_implementation(year, by=director)

    approve(year, StageKind.IMPLEMENTATION, by=actor(Role.OWNER, year.school.owner))

    for version in Version.objects.filter(plan_year=year):
        content = json.loads(version.content)
        assert [r["level"] for r in content["reports"].values()] == ["completa"]
        assert list(content["evidence"]) == [str(use.uid)]


def test_nothing_is_reported_once_it_is_sent(year, director, august, fill):
    (action,) = fill(1)
    report_all([action], august, director)
    stages.send_implementation(year, by=director)

    with pytest.raises(Refused, match="retirar el envío"):
        reports.save_report(action, august, by=director, revision=0, note="Tarde")


def test_the_evaluation_is_written_sent_and_guarded(year, director, august, fill):
    with pytest.raises(Refused, match="cuando la Implementación ya tiene"):
        stages.write_evaluation(year, "Se logró.", by=director, revision=0)
    report_all(fill(1), august, director)
    stages.send_implementation(year, by=director)

    stages.write_evaluation(year, "Se logró.", by=director, revision=0)
    with pytest.raises(Conflict):
        stages.write_evaluation(year, "No se logró.", by=director, revision=0)
    stages.send_evaluation(year, by=director)

    assert status(year, StageKind.EVALUATION) == "sent"


def test_an_empty_evaluation_is_not_sent(year, director, august, fill):
    report_all(fill(1), august, director)
    stages.send_implementation(year, by=director)
    stages.write_evaluation(year, "Algo", by=director, revision=0)
    stages.write_evaluation(year, " ", by=director, revision=1)

    with pytest.raises(Refused, match="Falta 1 dato"):
        stages.send_evaluation(year, by=director)


def test_the_plan_s_pages_know_who_sends_these_stages():
    assert SENDERS[StageKind.IMPLEMENTATION].send is stages.send_implementation
    assert SENDERS[StageKind.EVALUATION].missing is rules.missing_in_evaluation
