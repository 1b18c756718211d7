"""Files that a job prepares: asked for, written, downloaded by their author, cleared away."""

import datetime as dt
import time

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from mejora.core.decisions import ALLOWED, Refused, refused
from mejora.files.models import StoredFile
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.network.models import Membership
from mejora.reports import jobs, operations, prepared, rules
from mejora.reports.enums import ExportState
from mejora.reports.models import Export
from mejora.reports.prepared import Kind, Written
from tests import factories as make
from tests.factories.network import chile

pytestmark = pytest.mark.django_db
HERE = {"code": "90012"}


@pytest.fixture
def kind(monkeypatch):
    """A kind that writes its parameters; `kind(write)` puts another way of writing in its place."""

    def write(work):
        work.tell(1, 2)
        work.path.write_text(work.params["code"])
        return Written("prueba.txt", "text/plain", "Va todo.")

    def may(actor, params):
        return ALLOWED if params["code"] == "90012" else refused("Esa escuela es ajena.")

    def put(writer=write):
        monkeypatch.setitem(prepared.KINDS, "prueba", Kind("fila,filas", may, writer))

    put()
    return put


@pytest.fixture
def director(actor):
    return actor(Role.DIRECTOR, make.SchoolFactory())


@pytest.fixture
def asked(kind, director):
    return operations.ask("prueba", HERE, title="Prueba", by=director)


def test_what_is_asked_for_waits_for_the_worker(asked, director):
    assert asked.state == ExportState.WAITING
    assert (asked.by, asked.membership) == (director.user, director.current)
    task = DBTaskResult.objects.get()
    assert (task.task_path, task.args_kwargs["args"]) == (
        "mejora.reports.jobs.prepare_export",
        [asked.pk],
    )


def test_the_job_leaves_the_file_with_name_size_and_day(asked, signed_in, director):
    operations.produce(asked)

    asked.refresh_from_db()
    assert asked.state == ExportState.READY
    assert (asked.done, asked.total, asked.message) == (2, 2, "Va todo.")
    assert asked.file.original_name == "prueba.txt"
    assert asked.expires_at - asked.finished_at == dt.timedelta(days=30)
    answer = signed_in(director).get(f"/archivos/{asked.uid}/descargar/")
    assert b"".join(answer.streaming_content) == b"90012"
    assert answer["Content-Disposition"] == 'attachment; filename="prueba.txt"'
    assert answer["Content-Type"] == "text/plain"


def test_two_people_may_prepare_the_same_content(asked, actor, kind):
    other = operations.ask("prueba", HERE, title="Prueba", by=actor(Role.ANALYST, chile()))
    operations.produce(asked)
    operations.produce(other)

    operations.delete(asked, by=operations.author_of(asked))

    other.refresh_from_db()
    assert default_storage.exists(other.file.path)


def test_pressing_twice_prepares_once(asked, director):
    again = operations.ask("prueba", HERE, title="Prueba", by=director)

    assert again == asked
    assert DBTaskResult.objects.count() == 1


def test_what_is_not_ones_own_is_refused(kind, director):
    with pytest.raises(Refused, match="ajena"):
        operations.ask("prueba", {"code": "1"}, title="Prueba", by=director)

    assert not Export.objects.exists()


def test_a_person_has_five_under_way_at_most(kind, director, monkeypatch):
    for n in range(rules.MAX_UNDER_WAY):
        operations.ask("prueba", HERE | {"n": n}, title="Prueba", by=director)

    with pytest.raises(Refused, match="Ya tiene 5"):
        operations.ask("prueba", HERE | {"n": 99}, title="Prueba", by=director)


def test_only_the_author_finds_the_file(asked, actor, signed_in):
    operations.produce(asked)
    for role, place in (
        (Role.ADMINISTRATOR, chile()),
        (Role.DIRECTOR, asked.membership.school),
    ):
        client = signed_in(actor(role, place))
        for way in ("", "descargar/"):
            assert client.get(f"/archivos/{asked.uid}/{way}").status_code == 404
        for way in ("cancelar/", "retomar/", "eliminar/"):
            assert client.post(f"/archivos/{asked.uid}/{way}").status_code == 404
        assert "Prueba" not in client.get("/archivos/").text


def end(membership):
    Membership.objects.filter(pk=membership.pk).update(
        from_on=dt.date(2020, 1, 1), to_on=dt.date(2020, 1, 2)
    )


def test_who_lost_the_place_cannot_download(asked, director, signed_in):
    operations.produce(asked)
    make.MembershipFactory(user=director.user, role=Role.DIRECTOR, place=make.SchoolFactory())
    end(asked.membership)

    client = signed_in(director)

    answer = client.get(f"/archivos/{asked.uid}/descargar/")
    assert (answer.status_code, "Ya no participa" in answer.text) == (403, True)
    assert "Ya no participa" in client.get(f"/archivos/{asked.uid}/").text


def test_who_lost_the_place_meanwhile_gets_nothing_written(asked):
    end(asked.membership)

    operations.produce(asked)

    asked.refresh_from_db()
    assert (asked.state, "Ya no participa" in asked.message) == (ExportState.FAILED, True)


def test_a_refusal_while_writing_is_told_and_can_be_tried_again(asked, kind, director, signed_in):
    def refuse(work):
        raise Refused("No hay acciones ese año.")

    kind(refuse)
    operations.produce(asked)
    client = signed_in(director)
    assert "No hay acciones ese año." in client.get(f"/archivos/{asked.uid}/").text

    kind()
    client.post(f"/archivos/{asked.uid}/retomar/")
    asked.refresh_from_db()
    assert asked.state == ExportState.WAITING
    operations.produce(asked)
    asked.refresh_from_db()
    assert (asked.state, asked.attempt) == (ExportState.READY, 2)


def test_a_crash_is_told_and_kept_for_the_log(asked, kind, tmp_path):
    def crash(work):
        work.path.write_text("a medias")
        raise ZeroDivisionError

    kind(crash)
    with pytest.raises(ZeroDivisionError):
        operations.produce(asked)

    asked.refresh_from_db()
    assert asked.state == ExportState.FAILED
    assert not StoredFile.objects.exists()
    assert not list((operations.preparing_folder()).glob("*"))


def test_cancelled_before_it_began_it_never_begins(asked, director, signed_in):
    signed_in(director).post(f"/archivos/{asked.uid}/cancelar/")

    operations.produce(asked)

    asked.refresh_from_db()
    assert (asked.state, asked.attempt) == (ExportState.CANCELLED, 0)


@pytest.mark.django_db(transaction=True)
def test_cancelled_half_way_the_job_stops_and_leaves_nothing(asked, kind, director, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT", 0.02)

    def slow(work):
        operations.cancel(Export.objects.get(), by=director)
        for done in range(500):
            work.tell(done, 500)
            time.sleep(0.01)
        raise AssertionError("nobody told the job that it was cancelled")

    kind(slow)
    operations.produce(asked)

    asked.refresh_from_db()
    assert asked.state == ExportState.CANCELLED
    assert not StoredFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_how_far_it_is_is_told_while_it_writes(asked, kind, director, signed_in, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT", 0.02)
    seen = []

    def slow(work):
        work.tell(412, 715)
        deadline = time.monotonic() + 10
        while not seen and time.monotonic() < deadline:
            text = signed_in(director).get(f"/archivos/{asked.uid}/").text
            seen.extend(["412 de 715"] if "412 de 715" in text else [])
        assert "Puede salir de esta página" in text
        work.path.write_text("x")
        return Written("x.txt", "text/plain")

    kind(slow)
    operations.produce(asked)

    assert seen
    asked.refresh_from_db()
    assert (asked.state, asked.done) == (ExportState.READY, 715)


def test_a_file_cancelled_at_the_very_end_is_not_kept(asked, kind):
    def last(work):
        work.path.write_text("x")
        Export.objects.update(state=ExportState.CANCELLED)
        return Written("x.txt", "text/plain")

    kind(last)
    operations.produce(asked)

    asked.refresh_from_db()
    assert (asked.state, asked.file) == (ExportState.CANCELLED, None)
    assert not StoredFile.objects.exists()


def cut(export, **ago):
    """As a killed worker leaves it."""
    Export.objects.filter(pk=export.pk).update(
        state=ExportState.RUNNING,
        attempt=export.attempt + 1,
        heartbeat_at=timezone.now() - dt.timedelta(**ago),
    )
    export.refresh_from_db()


def test_a_start_takes_up_what_was_cut_and_clears_what_it_left(asked):
    cut(asked, seconds=1)
    left = operations.preparing_folder() / "x" / "archivo"
    left.parent.mkdir(parents=True)
    left.write_text("a medias")

    assert operations.resume_all() == 1

    asked.refresh_from_db()
    assert asked.state == ExportState.WAITING
    assert not left.exists()
    operations.produce(asked)
    asked.refresh_from_db()
    assert asked.state == ExportState.READY


def test_a_next_attempt_clears_what_a_killed_one_left(asked):
    left = operations.preparing_folder() / f"{asked.uid}-0" / "archivo"
    other = operations.preparing_folder() / "de-otro" / "archivo"
    for path in (left, other):
        path.parent.mkdir(parents=True)
        path.write_text("a medias")

    operations.produce(asked)

    assert (left.exists(), other.exists()) == (False, True)
    operations.resume_all()
    assert not other.exists()


def test_what_is_cut_three_times_is_not_begun_again_by_itself(asked):
    for _ in range(rules.MAX_ATTEMPTS):
        cut(asked, seconds=1)
        operations.resume_all()
        asked.refresh_from_db()

    assert (asked.state, "Se cortó varias veces" in asked.message) == (ExportState.FAILED, True)


def test_a_job_without_a_word_is_said_to_be_cut_and_can_be_taken_up(asked, director, signed_in):
    cut(asked, minutes=2)
    client = signed_in(director)
    page = client.get(f"/archivos/{asked.uid}/").text
    assert ("Retomar" in page, "hx-get" in page) == (True, False)

    client.post(f"/archivos/{asked.uid}/retomar/")

    asked.refresh_from_db()
    assert asked.state == ExportState.WAITING


def test_one_that_was_only_slow_does_not_disturb_the_one_that_took_its_place(asked, kind):
    def slow(work):
        asked.refresh_from_db()
        cut(asked, minutes=2)  # another attempt runs by now
        work.path.write_text("viejo")
        return Written("x.txt", "text/plain")

    kind(slow)
    operations.produce(Export.objects.get())

    asked.refresh_from_db()
    assert (asked.state, asked.attempt, asked.file) == (ExportState.RUNNING, 2, None)


def test_after_thirty_days_the_file_goes_and_its_line_stays(asked, director, signed_in):
    operations.produce(asked)
    path = Export.objects.get().file.path
    Export.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    client = signed_in(director)
    assert client.get(f"/archivos/{asked.uid}/descargar/").status_code == 403

    with transaction.atomic():
        assert operations.expire_old() == 1

    assert "Venció" in client.get("/archivos/").text
    assert not StoredFile.objects.exists()
    assert operations.expire_old() == 0
    assert Export.objects.get().state == ExportState.EXPIRED
    assert path


@pytest.mark.django_db(transaction=True)
def test_deleting_takes_the_bytes_too(asked, director, signed_in):
    operations.produce(asked)
    path = Export.objects.get().file.path
    assert default_storage.exists(path)

    signed_in(director).post(f"/archivos/{asked.uid}/eliminar/")

    assert not default_storage.exists(path)
    assert Export.objects.get().state == ExportState.DELETED
    assert "Prueba" not in signed_in(director).get("/archivos/").text


def test_the_database_refuses_a_ready_file_without_bytes(asked):
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.update(state=ExportState.READY)


def test_the_author_is_asked_anew_with_todays_memberships(asked, director):
    make.MembershipFactory(user=director.user, role=Role.RESPONSIBLE, place=make.SchoolFactory())

    assert operations.author_of(asked).current == asked.membership
    assert actor_for(director.user).current == asked.membership


def test_the_list_asks_as_often_for_many_as_for_one(asked, director, signed_in):
    client = signed_in(director)

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert "Prueba" in client.get("/archivos/").text
        return len(found)

    one = queries()
    for n in range(12):
        operations.produce(asked) if n == 0 else None
        Export.objects.create(
            kind="prueba", params=HERE, title=f"Otro {n}", by=director.user, at=timezone.now()
        )
    assert queries() == one
