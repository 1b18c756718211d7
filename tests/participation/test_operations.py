"""Answering, handing in, and a Service's own advice."""

import pytest
from django.db import IntegrityError, transaction

from mejora.core.decisions import Conflict, Refused
from mejora.network.access import actor_for
from mejora.participation import operations, reading
from mejora.participation.models import Answer, Instrument, ParticipationChange, Question
from mejora.participation.operations import Said
from tests.factories import OwnerFactory, SchoolFactory, UserFactory
from tests.factories.participation import GUIDE, answered, begun, handed_in, lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def response(user):
    return begun(SchoolFactory(), user)


def question(code):
    return Question.objects.get(component__instrument__code=GUIDE, code=code)


def test_an_answer_is_kept_with_its_note_and_its_change(response, user):
    asked = question("recursos")

    response = operations.answer(
        response, {asked.pk: Said(1, "Faltan horas.")}, revision=0, by=actor_for(user)
    )

    line = lines(response)["recursos"]
    change = ParticipationChange.objects.filter(entity_uid=response.uid).first()
    assert (line.choice.label, line.note) == ("Parcialmente", "Faltan horas.")
    assert change.before["answers"] == {}
    assert change.after["answers"] == {"condiciones.recursos": [1, "Faltan horas."]}
    assert change.by == user


def test_what_is_left_out_stays_and_what_is_emptied_goes(response, user):
    first, second = question("recursos"), question("que-hacer")
    said = {first.pk: Said(2), second.pk: Said(0)}
    response = operations.answer(response, said, revision=0, by=actor_for(user))

    response = operations.answer(response, {second.pk: Said()}, revision=1, by=actor_for(user))

    assert {a.question_id: a.value for a in response.answers.all()} == {first.pk: 2}


def test_the_second_writer_is_told(response, user):
    asked = question("recursos")
    operations.answer(response, {asked.pk: Said(2)}, revision=0, by=actor_for(user))

    with pytest.raises(Conflict):
        operations.answer(response, {asked.pk: Said(0)}, revision=0, by=actor_for(user))

    assert Answer.objects.get(response=response).value == 2


def test_a_value_that_the_question_does_not_offer_is_refused(response, user):
    with pytest.raises(ValueError, match="no answer"):
        operations.answer(
            response, {question("recursos").pk: Said(7)}, revision=0, by=actor_for(user)
        )


def test_a_response_is_handed_in_once_every_choice_is_made_and_stays_as_it_is(response, user):
    by = actor_for(user)
    with pytest.raises(Refused, match="Faltan 15 preguntas"):
        operations.close(response, revision=0, by=by)

    response = handed_in(response, user, value=2)

    assert response.is_closed
    with pytest.raises(Refused, match="ya se entregó"):
        operations.answer(
            response, {question("recursos").pk: Said(0)}, revision=response.revision, by=by
        )


def test_an_answer_that_says_nothing_cannot_be_stored(response):
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(response=response, question=question("recursos"))


def test_a_no_shows_the_services_own_suggestion_where_it_wrote_one(response, user):
    owner, other = OwnerFactory(), OwnerFactory()
    asked = question("recursos")
    response = answered(response, user, value=0)

    operations.set_advice(asked, owner, "Pedir horas.", revision=None, by=actor_for(user))

    own = lines(response, owner=owner)["recursos"].suggestion
    theirs = lines(response, owner=other)["recursos"].suggestion
    assert (own.text, own.whose) == ("Pedir horas.", "propio del Servicio")
    assert theirs.whose == "criterio de Mejora"
    assert ParticipationChange.objects.filter(entity="advice").count() == 1


def test_an_emptied_suggestion_goes_back_to_mejoras(user):
    owner, asked, by = OwnerFactory(), question("recursos"), actor_for(user)
    operations.set_advice(asked, owner, "Pedir horas.", revision=None, by=by)
    operations.set_advice(asked, owner, "", revision=1, by=by)

    line = next(
        line
        for part in reading.sheet(Instrument.objects.get(code=GUIDE), owner=owner)
        for line in part.lines
        if line.question == asked
    )
    assert (line.suggestion.is_own, line.suggestion.revision) == (False, 2)


def test_a_suggestion_that_somebody_changed_meanwhile_is_not_overwritten(user):
    owner, asked, by = OwnerFactory(), question("recursos"), actor_for(user)
    operations.set_advice(asked, owner, "Una.", revision=None, by=by)

    with pytest.raises(Conflict):
        operations.set_advice(asked, owner, "Otra.", revision=None, by=by)


def test_a_whole_instrument_is_read_with_five_queries(response, user, django_assert_num_queries):
    instrument, owner = answered(response, user, value=0).instrument, OwnerFactory()

    with django_assert_num_queries(5):
        parts = reading.sheet(instrument, response, owner=owner)
        assert reading.counted(parts) == (15, 16)
        assert len(reading.refused_lines(parts)) == 15
