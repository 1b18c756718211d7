"""The acceptance tests T01 to T22 of D02.03 (domain/colombia_framework.json), by their names, and
the truth table of guard G6."""

import datetime as dt

import pytest

from mejora.assistance import guards
from mejora.assistance.enums import Activity, Branch, CaseState, Klass, Outcome, Target
from mejora.assistance.models import (
    Improvement,
    Rating,
)
from mejora.assistance.operations import cycles, following, programming, reporting, rows
from mejora.assistance.reading import OVER, Whole
from mejora.assistance.reporting import (
    Filing,
    Report,
)
from mejora.assistance.verifying import Case
from mejora.core.decisions import Refused
from tests.factories.assistance import answers, secretariat

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 8)


@pytest.fixture
def office(today):
    return secretariat()


def on(monkeypatch, day):
    monkeypatch.setenv("MEJORA_TODAY", day)


def activity(office):
    return Whole(office.cycle).activity


def ready_to_close_strategy(office, **facts):
    """All that activity 3 asks, but for what the test says of the first school."""
    office.analysed()
    office.classify(**facts)


def refusal(write):
    with pytest.raises(Refused) as found:
        write()
    return found.value.reason


def test_t01_an_official_school_with_low_saber_must_be_classified(today):
    office = secretariat(schools=2)
    office.analysed()
    office.classify(0)
    office.classify(1, klass="", saber="D")
    office.programme()

    assert "G3" in refusal(lambda: office.close(Activity.STRATEGY))
    assert activity(office) == Activity.STRATEGY


def test_t02_a_private_school_under_control_must_be_classified(today):
    office = secretariat(schools=2)
    office.analysed()
    office.classify(0)
    office.classify(1, klass="", sector="N", saber="", regime="RC")
    office.programme()

    assert "G3" in refusal(lambda: office.close(Activity.STRATEGY))


def test_t03_either_class_will_do_unless_the_secretariat_asks_for_integral(office):
    ready_to_close_strategy(office, saber="D", klass=Klass.POINTED)
    office.programme()
    cycle = cycles.change(
        office.cycle, office.cycle.revision, {"needs_integral": True}, by=office.leader
    )
    assert "integralmente" in refusal(lambda: office.close(Activity.STRATEGY))

    cycles.change(cycle, cycle.revision, {"needs_integral": False}, by=office.leader)
    office.close(Activity.STRATEGY)

    assert activity(office) == Activity.ALIGNMENT


@pytest.mark.parametrize(
    ("lacks", "word"),
    [
        ({"responsible": ""}, "responsable"),
        ({"method": ""}, "método"),
        ({"resources": ""}, "recursos"),
        ({"task": False}, "cronograma"),
    ],
)
def test_t04_a_programmed_assistance_must_be_whole(office, lacks, word):
    ready_to_close_strategy(office)
    office.programme(**lacks)

    assert word in refusal(lambda: office.close(Activity.STRATEGY))


def not_aligned(office):
    ready_to_close_strategy(office)
    assistance = office.programme()
    office.close(Activity.STRATEGY)
    improvement = {"responsible": "Equipo de mejoramiento", "due_on": DAY}
    review = programming.review_alignment(
        office.cycle, on=DAY, note="", improvement=improvement, by=office.leader
    )
    return assistance, review


def test_t05_what_the_pam_lacks_opens_an_improvement_and_the_cycle_stays(office):
    assistance, review = not_aligned(office)

    assert not review.is_aligned
    assert Improvement.objects.get(review=review).text == f"Alinear con el PAM: {assistance}"
    assert activity(office) == Activity.ALIGNMENT
    reason = refusal(lambda: programming.begin(assistance, by=office.operative))
    assert "G4" in reason


def test_t06_the_improvement_done_and_reviewed_anew_leads_to_support(office):
    assistance, review = not_aligned(office)

    def again():
        return programming.review_alignment(
            office.cycle, on=DAY, note="", improvement={}, by=office.leader
        )

    assert "sigue abierta" in refusal(again)
    assistance.refresh_from_db()
    programming.align(assistance, assistance.revision, office.pam_action(), by=office.professional)
    programming.finish_improvement(
        review.improvement, 0, done_on=DAY, result="Incluida en el PAM", by=office.professional
    )

    assert again().is_aligned
    assert activity(office) == Activity.SUPPORT


@pytest.mark.parametrize(
    ("day", "finished", "leads_to"),
    [
        pytest.param("2026-09-08", False, 5, id="t07"),
        pytest.param("2026-09-08", True, 7, id="t08"),
        pytest.param("2026-10-01", False, 7, id="t09"),
        pytest.param("2026-10-01", True, 7, id="t10"),
    ],
)
def test_t07_to_t10_a_follow_up_leads_where_g6_says(office, monkeypatch, day, finished, leads_to):
    (assistance,) = office.aligned()
    on(monkeypatch, day)
    if finished:
        office.finish(assistance)

    assert office.follow_up(dt.date.fromisoformat(day)).leads_to == leads_to
    assert activity(office) == leads_to
    period_over = day > "2026-09-30"
    assert guards.after_follow_up(period_over=period_over, all_finished=finished) == leads_to


def test_the_last_day_of_the_period_still_belongs_to_it(office, monkeypatch):
    office.aligned()
    on(monkeypatch, "2026-09-30")

    assert office.follow_up(DAY).leads_to == Activity.SUPPORT


def test_t11_no_consolidation_before_the_deadline_while_a_school_is_pending(office):
    (assistance,) = office.aligned()
    done = office.finish(assistance)
    office.follow_up(DAY)

    def write():
        return following.consolidate(office.cycle, by=office.operative)

    assert "G7" in refusal(write)
    office.rate(done)
    assert (write().expected, Rating.objects.count()) == (1, 1)


@pytest.mark.parametrize(("day", "taken"), [("2026-10-15", True), ("2026-10-16", False)])
def test_t12_an_evaluation_after_the_deadline_is_refused(office, monkeypatch, day, taken):
    (assistance,) = office.aligned()
    done = office.finish(assistance)
    on(monkeypatch, day)

    if taken:
        office.rate(done)
    else:
        assert "plazo" in refusal(lambda: office.rate(done))
    assert Rating.objects.count() == taken


def test_t13_activity_7_stays_until_the_leader_reviewed_and_sent_it(office):
    (assistance,) = office.aligned()
    office.rate(office.finish(assistance))
    office.follow_up(DAY)
    row = following.consolidate(office.cycle, by=office.operative)

    assert "no ha revisado" in refusal(lambda: office.close(Activity.RATING))
    row = following.review_ratings(row, 0, text="Conforme", sent_on=None, by=office.leader)
    assert "E02.01" in refusal(lambda: office.close(Activity.RATING))
    following.review_ratings(row, row.revision, text="Conforme", sent_on=DAY, by=office.leader)
    office.close(Activity.RATING)

    assert activity(office) == Activity.VERIFICATION


def executed(case, office):
    said = {
        "cause": "Lluvias",
        "treatment": "Repetir la visita",
        "responsible": "Equipo",
        "due_on": DAY,
        "done_on": DAY,
    }
    return following.treat(case, case.revision, said, by=office.operative)


def closes_when_verified_anew(office, assistance, *branches):
    """Not treated: no verification; treated: one that conforms closes every branch."""
    assert "G8" in refusal(lambda: office.close(Activity.VERIFICATION))
    found = list(Case.objects.order_by("branch"))
    assert [case.branch for case in found] == sorted(branches)
    assert "por tratar" in refusal(lambda: office.verify(assistance))
    for case in found:
        executed(case, office)
    assert "G8" in refusal(lambda: office.close(Activity.VERIFICATION))
    office.verify(assistance)
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.CLOSED}
    office.close(Activity.VERIFICATION)
    assert activity(office) == Activity.REPORT


def test_t14_a_requirement_not_met_opens_n01_04_until_verified_anew(office):
    (assistance,) = office.verified(DAY)
    office.verify(assistance, "Participó")

    closes_when_verified_anew(office, assistance, Branch.REQUIREMENT)


def test_t15_what_was_not_carried_out_opens_n01_02_until_verified_anew(office):
    (assistance,) = office.verified(DAY)
    office.verify(assistance, fulfilled=False)

    closes_when_verified_anew(office, assistance, Branch.FULFILMENT)


def test_t16_both_branches_open_and_both_must_close(office):
    (assistance,) = office.verified(DAY)
    office.verify(assistance, "Participó", fulfilled=False)
    one = Case.objects.get(branch=Branch.FULFILMENT)
    executed(one, office)
    assert "por tratar" in refusal(lambda: office.verify(assistance))

    closes_when_verified_anew(office, assistance, Branch.REQUIREMENT, Branch.FULFILMENT)


def test_t17_a_verification_that_fails_sends_the_case_back_to_be_treated(office):
    (assistance,) = office.verified(DAY)
    office.verify(assistance, "Participó")
    executed(Case.objects.get(), office)

    office.verify(assistance, "Participó")

    case = Case.objects.get()
    assert (case.state, case.done_on) == (CaseState.OPEN, None)
    assert "G8" in refusal(lambda: office.close(Activity.VERIFICATION))


def reported(office, *, without=()):
    """Activity 9 reached, the report issued and delivered but for `without`."""
    (assistance,) = office.verified(DAY)
    office.verify(assistance)
    office.close(Activity.VERIFICATION)
    rows.add(Report(cycle=office.cycle, results="Se hizo", analysis="Bien"), by=office.professional)
    reporting.issue(office.cycle, by=office.professional)
    for target in Target:
        if target not in without:
            reporting.deliver(office.cycle, target, on=DAY, by=office.professional)


@pytest.mark.parametrize("target", [Target.PROFILE, Target.MINISTRY])
def test_t18_activity_10_waits_for_every_delivery(office, target):
    reported(office, without=[target])

    assert target in refusal(lambda: office.close(Activity.REPORT))
    assert "actividad 9" in refusal(lambda: reporting.file(office.cycle, by=office.leader))


def judged(office, at=0, **fields):
    row = office.inclusion(at)
    said = {
        "outcome": Outcome.FAILS,
        "is_systematic": True,
        "outcome_note": "Sin PMI desde 2024",
        **fields,
    }
    return rows.judge(row, row.revision, said, by=office.professional)


IRREGULAR = {"norm": "Guía 34: contar con un PMI", "evidence": "Dos años sin PMI"}


def test_t19_a_school_that_was_never_helped_is_not_reported(today):
    office = secretariat(schools=2)
    office.verified(DAY)
    helped, other = judged(office, 0), judged(office, 1)

    reason = refusal(lambda: rows.report_school(other, IRREGULAR, by=office.leader))

    assert "G10" in reason
    assert "no recibió" in reason
    assert rows.report_school(helped, IRREGULAR, by=office.leader).school == office.schools[0]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"outcome": Outcome.MEETS, "is_systematic": False}, "incumpla"),
        ({"is_systematic": False}, "sistemática"),
    ],
)
def test_t20_a_school_that_improved_is_not_reported(office, fields, word):
    office.verified(DAY)
    row = judged(office, **fields)

    assert word in refusal(lambda: rows.report_school(row, IRREGULAR, by=office.leader))


@pytest.mark.parametrize("who", ["professional", "operative"])
def test_t21_alignment_verification_and_the_report_are_the_leaders(office, who):
    person = getattr(office, who)
    ready_to_close_strategy(office)
    assistance = office.programme(pam=office.pam_action())
    office.close(Activity.STRATEGY)

    def review(by):
        return programming.review_alignment(office.cycle, on=DAY, note="", improvement={}, by=by)

    assert "líder" in refusal(lambda: review(person))
    review(office.leader)
    done = office.finish(assistance)
    said = {"on": DAY, "is_fulfilled": True, "conforms": office.conforms()}
    assert "líder" in refusal(lambda: following.verify(done, **said, by=person))
    assert "líder" in refusal(lambda: reporting.file(office.cycle, by=person))
    row = judged(office)
    assert "líder" in refusal(lambda: rows.report_school(row, IRREGULAR, by=person))


def test_t22_there_is_one_report_per_secretariat_and_year(office):
    reported(office)
    office.close(Activity.REPORT)
    rows.report_school(judged(office), IRREGULAR, by=office.leader)
    filing = reporting.file(office.cycle, by=office.leader)

    assert activity(office) == OVER
    assert [row["school"] for row in filing.content["rows"]] == [office.schools[0].name]
    assert "uno por Secretaría y año" in refusal(
        lambda: reporting.file(office.cycle, by=office.leader)
    )
    assert Filing.objects.count() == 1


def test_answers_given_to_a_foreign_school_are_refused(today):
    office = secretariat(schools=2)
    (assistance,) = office.aligned()
    done = office.finish(assistance)
    other = office.schools[1]

    reason = refusal(lambda: following.rate(done, other, answers(), by=office.rectors[other.pk]))

    assert "no recibió" in reason
