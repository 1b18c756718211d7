"""Support plans, sessions, commitments and force majeure, by their operations."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from mejora.core.decisions import Conflict, Refused
from mejora.files.checking import NotAccepted
from mejora.keeping.checks import support as checks
from mejora.network.enums import Role
from mejora.support import history, needs
from mejora.support.enums import (
    ActionStatus,
    Approach,
    CommitmentStatus,
    Effect,
    OwnTermKind,
    SessionStatus,
    SupportEntity,
)
from mejora.support.models import (
    Adjustment,
    Commitment,
    OwnTerm,
    SessionSchool,
    SupportAction,
    SupportChange,
)
from mejora.support.operations import adjustments, commitments, own_terms, plans, sessions
from mejora.support.operations import bin as bin_operations
from mejora.support.operations.adjustments import Said
from tests.factories import ObjectiveFactory, PlanFactory, SchoolFactory
from tests.factories.network import YEAR

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(today):
    return SchoolFactory()


@pytest.fixture
def adviser(school, actor):
    return actor(Role.ADVISER, school.owner)


@pytest.fixture
def head(school, actor):
    return actor(Role.DISTRICT_LEAD, school.owner)


@pytest.fixture
def plan(school, adviser):
    return begun(adviser, school)


def begun(by, *schools, **more):
    fields = {
        "name": "Apoyo 2026",
        "year": YEAR,
        "approach": Approach.DIRECT,
        "starts_on": dt.date(YEAR, 3, 2),
        "ends_on": dt.date(YEAR, 12, 31),
        "lead": by.memberships[0],
    }
    return plans.create(schools[0].owner, {**fields, **more}, schools, by=by)


def action_of(plan, by, **more):
    objective = plan.objectives.first() or plans.add_objective(
        plan, {"text": "Acompañar la enseñanza"}, [], by=by
    )
    fields = {
        "name": "Observar clases en pareja",
        "starts_on": dt.date(YEAR, 8, 3),
        "ends_on": dt.date(YEAR, 9, 30),
        "responsible_text": "Jefatura UTP",
    }
    return plans.add_action(objective, {**fields, **more}, by=by)


def session_on(plan, by, on):
    fields = {"on": on, "stage": "execution", "agenda": "Revisar lo acordado."}
    return sessions.schedule(plan, fields, by=by)


def held(plan, by, on, **attendance):
    session = session_on(plan, by, on)
    there = {place.school_id: attendance for place in session.places.all()}
    return sessions.hold(
        session,
        minutes="Se revisó todo.",
        hours=None,
        attendance=there,
        revision=session.revision,
        by=by,
    )


def promised(session, school, by, days=7):
    return commitments.promise(
        school,
        session=session,
        text="Enviar la pauta",
        responsible_text="UTP",
        due_on=session.on + dt.timedelta(days=days),
        by=by,
    )


def test_a_first_plan_brings_the_causes_of_the_document_and_a_second_does_not(school, adviser):
    begun(adviser, school)
    begun(adviser, school)

    causes = OwnTerm.objects.filter(owner=school.owner, kind=OwnTermKind.CAUSE)
    assert [cause.text for cause in causes] == list(own_terms.CAUSES)
    assert not OwnTerm.objects.filter(kind=OwnTermKind.EJE).exists()


def test_a_plan_is_for_schools_of_its_owner(school, adviser):
    with pytest.raises(Refused, match="no es de"):
        begun(adviser, school, SchoolFactory())
    with pytest.raises(Refused, match="al menos una"):
        plans.create(school.owner, {"name": "x"} | _fields(adviser), [], by=adviser)


def _fields(by):
    return {
        "year": YEAR,
        "approach": Approach.NETWORK,
        "starts_on": dt.date(YEAR, 3, 2),
        "ends_on": dt.date(YEAR, 12, 31),
    }


def test_a_school_that_had_sessions_is_not_taken_out_of_its_plan(school, adviser):
    other = SchoolFactory(owner=school.owner)
    plan = begun(adviser, school, other)
    session_on(plan, adviser, dt.date(YEAR, 9, 1))

    with pytest.raises(Refused, match="ya tuvo sesiones"):
        plans.change(plan, {}, [school], revision=plan.revision, by=adviser)


def test_an_objective_serves_objectives_of_the_pme_of_its_own_schools(school, plan, adviser):
    own = ObjectiveFactory(plan=PlanFactory(school=school))
    objective = plans.add_objective(plan, {"text": "Acompañar"}, [own], by=adviser)

    assert list(objective.serves.all()) == [own]
    with pytest.raises(Refused, match="no es de una escuela"):
        plans.add_objective(plan, {"text": "Otro"}, [ObjectiveFactory()], by=adviser)


def test_of_two_who_save_the_same_action_the_second_is_told(plan, adviser, head):
    action = action_of(plan, adviser)
    plans.change_action(action, {"name": "Uno"}, revision=action.revision, by=head)

    with pytest.raises(Conflict):
        plans.change_action(action, {"name": "Dos"}, revision=action.revision, by=adviser)


def test_an_action_with_its_day_is_done_and_without_it_to_do(plan, adviser):
    action = action_of(plan, adviser)
    done = plans.change_action(
        action, {"done_on": dt.date(YEAR, 9, 4)}, revision=action.revision, by=adviser
    )
    again = plans.change_action(done, {"done_on": None}, revision=done.revision, by=adviser)

    assert done.status == ActionStatus.DONE
    assert again.status == ActionStatus.TO_DO


def test_a_closed_plan_is_read_and_not_written_until_it_is_opened_again(plan, adviser, head):
    closed = plans.close(plan, revision=plan.revision, reason="Terminó el ciclo", by=head)
    with pytest.raises(Refused, match="cerrado"):
        session_on(plan, head, dt.date(YEAR, 9, 1))
    with pytest.raises(Refused):
        plans.reopen(closed, revision=closed.revision, by=adviser)

    plans.reopen(closed, revision=closed.revision, by=head)

    assert session_on(plan, adviser, dt.date(YEAR, 9, 1)).pk
    assert SupportChange.objects.get(reason="Terminó el ciclo").by == head.user


# Sessions and what was promised ------------------------------------------------------------------


def test_a_session_keeps_how_many_came_and_what_nobody_counted(school, plan, adviser):
    session = held(plan, adviser, dt.date(YEAR, 9, 1), leaders=2, teachers=0)

    place = SessionSchool.objects.get(session=session)
    assert (place.leaders, place.teachers, place.families) == (2, 0, None)
    assert session.status == SessionStatus.HELD


def test_a_session_put_off_says_why_and_comes_back_with_a_new_day(plan, adviser):
    session = session_on(plan, adviser, dt.date(YEAR, 9, 10))
    with pytest.raises(Refused, match="por qué"):
        sessions.cancel(session, reason=" ", revision=session.revision, by=adviser)
    off = sessions.cancel(session, reason="Paro", revision=session.revision, by=adviser)

    fields = {"on": dt.date(YEAR, 9, 17)}
    again = sessions.change_agenda(off, fields, revision=off.revision, by=adviser)

    assert (again.status, again.status_reason) == (SessionStatus.PLANNED, "")
    assert SupportChange.objects.filter(after__status_reason="Paro").exists()


def test_the_next_session_opens_with_what_was_promised_and_asks_for_it(school, plan, adviser):
    first = held(plan, adviser, dt.date(YEAR, 8, 18))
    kept, broken = promised(first, school, adviser), promised(first, school, adviser)
    second = session_on(plan, adviser, dt.date(YEAR, 9, 8))
    promised(second, school, adviser)
    assert set(needs.before(second)) == {kept, broken}

    commitments.answer(kept, status="kept", revision=kept.revision, session=second, by=adviser)
    with pytest.raises(Refused, match="por qué"):
        commitments.answer(broken, status="not", revision=broken.revision, by=adviser)
    commitments.answer(
        broken, status="not", why="Licencia", revision=broken.revision, session=second, by=adviser
    )

    assert set(needs.before(second)) == {kept, broken}  # answered in it: they stay on its page
    assert set(Commitment.objects.filter(status="open")) == set(second.commitments.all())


def test_a_school_answers_and_an_answer_given_by_mistake_is_taken_back(
    school, plan, adviser, actor
):
    commitment = promised(held(plan, adviser, dt.date(YEAR, 8, 18)), school, adviser)
    director = actor(Role.DIRECTOR, school)
    answered = commitments.answer(
        commitment, status="partly", why="Falta un ciclo", revision=0, by=director
    )
    assert answered.answered_by == director.user

    again = commitments.reopen(answered, revision=answered.revision, by=director)

    assert (again.status, again.why, again.answered_by) == (CommitmentStatus.OPEN, "", None)
    told = [
        change.after["status"]
        for change in SupportChange.objects.filter(entity=SupportEntity.COMMITMENT).order_by("pk")
    ]
    assert told == ["open", "partly", "open"]


def test_a_supervisor_reads_and_does_not_answer(school, plan, adviser, actor):
    commitment = promised(held(plan, adviser, dt.date(YEAR, 8, 18)), school, adviser)
    with pytest.raises(Refused):
        commitments.answer(
            commitment, status="kept", revision=0, by=actor(Role.SUPERVISOR, school.office)
        )


def test_the_database_itself_refuses_half_an_answer(school, plan, adviser):
    commitment = promised(held(plan, adviser, dt.date(YEAR, 8, 18)), school, adviser)
    for fields in ({"status": "kept"}, {"responsible_text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Commitment.objects.filter(pk=commitment.pk).update(**fields)


# What each school needs ---------------------------------------------------------------------------


def test_what_a_school_needs_comes_late_first(school, plan, adviser, today):
    first = held(plan, adviser, dt.date(YEAR, 8, 11))
    promised(first, school, adviser, days=14)
    promised(first, school, adviser, days=60)
    session_on(plan, adviser, dt.date(YEAR, 9, 1))
    calm = begun(adviser, SchoolFactory(owner=school.owner))
    session_on(calm, adviser, dt.date(YEAR, 9, 20))

    found = needs.of_plans([calm, plan], today)

    assert [(need.plan, need.tone) for need in found] == [(plan, "late"), (calm, "quiet")]
    late = found[0]
    assert (len(late.open), len(late.overdue), len(late.unwritten)) == (2, 1, 1)
    assert late.next is None
    assert [words for _, words in late.words] == [
        "Falta el acta de la sesión del 1 sept",
        "1 compromiso con plazo vencido",
        "Sin próxima sesión en agenda",
    ]
    assert found[1].words == []


# Force majeure ------------------------------------------------------------------------------------


def cause_of(plan):
    return OwnTerm.objects.filter(owner=plan.owner, kind=OwnTermKind.CAUSE).first()


def test_a_postponed_action_keeps_what_it_said_and_its_document(plan, adviser):
    action = action_of(plan, adviser)
    document = SimpleUploadedFile("aviso.pdf", PDF, "application/pdf")
    said = Said(
        cause_of(plan), Effect.POSTPONED, "Paro de tres días", ends_on=dt.date(YEAR, 10, 16)
    )

    adjustment = adjustments.adjust(
        action, said, revision=action.revision, by=adviser, document=document
    )

    action.refresh_from_db()
    assert action.ends_on == dt.date(YEAR, 10, 16)
    assert adjustment.ends_before == dt.date(YEAR, 9, 30)
    assert adjustment.document.original_name == "aviso.pdf"
    assert list(checks.support_matches_its_changes()) == []


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_a_replaced_action_gives_its_place_to_another_and_stays(plan, adviser):
    action = action_of(plan, adviser)
    said = Said(cause_of(plan), Effect.REPLACED, "Sin presupuesto", name="Pauta en línea")

    adjustment = adjustments.adjust(action, said, revision=action.revision, by=adviser)

    action.refresh_from_db()
    assert action.status == ActionStatus.REPLACED
    assert adjustment.replacement.name == "Pauta en línea"
    assert SupportAction.objects.live().count() == 2
    with pytest.raises(Refused, match="ya está reemplazada"):
        adjustments.adjust(action, said, revision=action.revision, by=adviser)
    with pytest.raises(Refused, match="fuerza mayor"):
        bin_operations.remove(action, revision=action.revision, by=adviser)


@pytest.mark.parametrize(
    ("effect", "name", "message"),
    [(Effect.MODIFIED, "", "No cambia nada"), (Effect.REPLACED, "", "en su lugar")],
)
def test_an_effect_without_its_content_writes_nothing(plan, adviser, effect, name, message):
    action = action_of(plan, adviser)
    with pytest.raises(Refused, match=message):
        adjustments.adjust(
            action, Said(cause_of(plan), effect, "Paro", name=name), revision=0, by=adviser
        )

    action.refresh_from_db()
    assert not Adjustment.objects.exists()
    assert action.status == ActionStatus.TO_DO


def test_a_document_that_is_not_what_it_says_is_not_kept(plan, adviser):
    action = action_of(plan, adviser)
    said = Said(cause_of(plan), Effect.ELIMINATED, "Toma")
    program = SimpleUploadedFile("aviso.pdf", b"MZ\x90\x00" * 50, "application/pdf")

    with pytest.raises(NotAccepted):
        adjustments.adjust(action, said, revision=0, by=adviser, document=program)

    assert not Adjustment.objects.exists()


# The record ---------------------------------------------------------------------------------------


def test_what_is_removed_says_why_and_comes_back_in_order(plan, adviser):
    action = action_of(plan, adviser)
    objective = action.objective
    with pytest.raises(Refused, match="1 acción"):
        bin_operations.remove(objective, revision=objective.revision, by=adviser)

    gone = bin_operations.remove(action, revision=action.revision, by=adviser, reason="Repetida")
    bin_operations.remove(objective, revision=objective.revision, by=adviser)

    assert gone.removed_reason == "Repetida"
    with pytest.raises(Refused, match="Antes hay que recuperar"):
        bin_operations.restore(gone, revision=gone.revision, by=adviser)


def test_an_eje_taken_from_the_list_stays_where_it_was_used(school, plan, head, adviser):
    eje = own_terms.add(school.owner, kind=OwnTermKind.EJE, text="Liderazgo", by=head)
    objective = plans.add_objective(plan, {"text": "Acompañar", "eje": eje}, [], by=adviser)
    gone = own_terms.remove(eje, revision=eje.revision, by=head)
    own_terms.add(school.owner, kind=OwnTermKind.EJE, text="Liderazgo", by=head)

    objective.refresh_from_db()
    assert objective.eje == eje
    with pytest.raises(Refused, match="mismo nombre"):
        own_terms.restore(gone, revision=gone.revision, by=head)
    with pytest.raises(Refused):
        own_terms.add(school.owner, kind=OwnTermKind.EJE, text="Otro", by=adviser)


def test_the_history_tells_every_change_in_words(school, plan, adviser):
    session = held(plan, adviser, dt.date(YEAR, 9, 1), leaders=2)
    promised(session, school, adviser)

    entries = history.told(SupportChange.objects.filter(plan=plan), plan, {school.pk})

    lines = {(line.label, line.after) for entry in entries for line in entry.lines}
    assert ("Asistencia", f"{school.name}: equipo directivo 2") in lines
    assert ("Estado", "Realizada") in lines
    assert ("Profesional a cargo", adviser.user.name) in lines
    assert ("Sesión", "la sesión del 01-09-2026") in lines


def test_a_row_written_past_the_operations_is_found(school, plan, adviser):
    commitment = promised(held(plan, adviser, dt.date(YEAR, 9, 1)), school, adviser)
    assert [f for check in checks.CHECKS for f in check()] == []

    Commitment.objects.filter(pk=commitment.pk).update(text="Otra cosa")
    assert "(text)" in next(checks.support_matches_its_changes())

    Commitment.objects.filter(pk=commitment.pk).delete()
    assert "borrado de la base" in next(checks.deleted_without_record())
