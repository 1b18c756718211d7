"""The life of an import: by whom, whole or not at all, through cuts, races and second thoughts."""

import argparse
import datetime as dt
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from mejora.commands import import_
from mejora.core.decisions import Refused
from mejora.files.models import StoredFile
from mejora.network import operations, tasks
from mejora.network.enums import BatchState, Role
from mejora.network.importers import directory_landing, staging
from mejora.network.importers.kinds import KINDS
from mejora.network.models import (
    Country,
    ImportBatch,
    ImportIssue,
    ImportRow,
    Owner,
    School,
    SchoolCode,
    SchoolYear,
)
from tests.factories import OwnerFactory, SchoolFactory
from tests.factories.files import directory


def everything():
    """What an import may change, row by row."""
    models = (Owner, School, SchoolCode, SchoolYear)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def analyst(actor):
    return actor(Role.ANALYST, Country.objects.get(code="CL"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OWNER])
def test_only_the_country_brings_files_in(bring, actor, role):
    place = SchoolFactory() if role == Role.DIRECTOR else OwnerFactory()

    with pytest.raises(Refused, match="analiza o administra el país"):
        bring(directory({}), by=actor(role, place))

    assert not ImportBatch.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_checking_saves_nothing(bring):
    before = everything()

    batch = bring(directory({}, {"COD_DEPE": "9"}), land=False)

    assert everything() == before
    assert batch.state == BatchState.CHECKED
    assert (batch.rows_read, batch.progress) == (2, 2)


@pytest.mark.django_db
def test_the_same_file_is_kept_once(bring):
    bring(directory({}))
    bring(directory({}))

    assert StoredFile.objects.count() == 1
    assert ImportBatch.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["add_owners", "_add_schools", "_write_years"])
def test_a_landing_cut_at_any_step_leaves_everything_as_it_was(bring, monkeypatch, step):
    bring(directory({}))
    batch = bring(directory({"COD_DEPE": "1"}, {}), land=False)
    before = everything()

    def cut(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(directory_landing, step, cut)
        with pytest.raises(KeyboardInterrupt):
            operations.land(batch)
    assert everything() == before
    assert ImportBatch.objects.get(pk=batch.pk).state == BatchState.APPLYING

    operations.land(ImportBatch.objects.get(pk=batch.pk))
    assert School.objects.count() == 2
    assert ImportBatch.objects.get(pk=batch.pk).state == BatchState.APPLIED


@pytest.mark.django_db
def test_a_check_that_was_cut_starts_over_without_leftovers(bring, monkeypatch):
    monkeypatch.setattr(staging, "CHUNK", 1)
    batch = bring(directory({}, {"RBD": "x"}, {}), land=False)
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.CHECKING)

    assert operations.resume_all() == 1
    batch.refresh_from_db()
    assert batch.state == BatchState.WAITING
    operations.check(batch)

    assert ImportRow.objects.filter(batch=batch).count() == 2
    assert ImportIssue.objects.filter(batch=batch).count() == 1


@pytest.mark.django_db
def test_a_job_is_cut_when_it_says_nothing_for_a_minute(bring, analyst):
    batch = bring(directory({}), land=False)
    now = timezone.now()
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.CHECKING, heartbeat_at=now)
    batch.refresh_from_db()

    assert not operations.is_cut(batch, now + dt.timedelta(seconds=59))
    assert operations.is_cut(batch, now + dt.timedelta(seconds=61))
    with pytest.raises(Refused, match="sigue en marcha"):
        operations.resume(batch, by=analyst)


@pytest.mark.django_db
def test_a_batch_lands_once(bring):
    batch = bring(directory({}))
    applied_at = batch.applied_at

    operations.land(batch)

    assert SchoolYear.objects.count() == 1
    assert ImportBatch.objects.get().applied_at == applied_at


@pytest.mark.django_db
def test_what_was_discarded_meanwhile_does_not_land(bring, analyst):
    batch = bring(directory({}), land=False)
    operations.discard(ImportBatch.objects.get(), by=analyst)

    operations.land(batch)

    assert not School.objects.exists()
    assert not ImportRow.objects.exists()
    assert ImportBatch.objects.get().state == BatchState.DISCARDED


@pytest.mark.django_db
def test_discarding_while_it_is_checked_stops_the_check(bring, analyst, monkeypatch):
    monkeypatch.setattr(staging, "CHUNK", 1)
    stage = staging._stage

    def stage_and_discard(batch, chunk):
        stage(batch, chunk)
        ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.DISCARDED)

    monkeypatch.setattr(staging, "_stage", stage_and_discard)
    bring(directory({}, {}))

    assert not ImportRow.objects.exists()
    assert ImportBatch.objects.get().state == BatchState.DISCARDED
    assert not School.objects.exists()


@pytest.mark.django_db
def test_a_batch_overtaken_by_another_is_checked_again(bring):
    first = bring(directory({"NOM_RBD": "PRIMERA"}), land=False)
    bring(directory({"NOM_RBD": "SEGUNDA"}))

    operations.land(first)

    assert first.state == BatchState.WAITING
    assert "se revisa de nuevo" in first.message
    assert School.objects.get().name == "SEGUNDA"
    operations.check(first)
    assert (first.rows_new, first.rows_changed) == (0, 1)


@pytest.mark.django_db
def test_approving_asks_whether_anything_would_change(bring, analyst):
    bring(directory({}))
    same = bring(directory({}), land=False)

    with pytest.raises(Refused, match="ya está en Mejora"):
        operations.approve(same, by=analyst)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_do_not_double_a_school(bring):
    """Both were checked on an empty network; on real threads only one of them lands."""
    batches = [bring(directory({}, {"RBD": str(91010 + n)}), land=False) for n in range(2)]
    gate, failures = threading.Barrier(2), []

    def land(batch):
        try:
            gate.wait()
            operations.land(batch)
        except Exception as error:  # told by the main thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=land, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    states = sorted(ImportBatch.objects.values_list("state", flat=True))
    assert states == [BatchState.APPLIED, BatchState.WAITING]
    assert School.objects.filter(code="91001").count() == 1
    assert School.objects.count() == 2


@pytest.fixture
def command(tmp_path, settings, capsys):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }

    def run(text, *options, kind="directory"):
        path = tmp_path / "directorio.csv"
        path.write_text(text)
        parser = argparse.ArgumentParser()
        import_.add_arguments(parser)
        status = import_.run(parser.parse_args([kind, str(path), *options]))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.mark.django_db
def test_the_command_lands_a_sound_file(command):
    status, out, err = command(directory({}))

    assert (status, err) == (0, "")
    assert "1 filas leídas: 1 nuevas" in out
    assert School.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_refuses_bad_rows_and_leaves_no_trace(command):
    status, _, err = command(directory({}, {"COD_DEPE": "9"}, {"RBD": "x"}))

    assert status == 3
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "Fila 3, columna COD_DEPE",
        "Fila 4, columna RBD",
    ]
    assert not School.objects.exists()
    assert not ImportBatch.objects.exists()
    assert not StoredFile.objects.exists()
    assert [f for d in default_storage.listdir("")[0] for f in default_storage.listdir(d)[1]] == []


@pytest.mark.django_db
def test_the_command_takes_the_good_rows_when_told(command):
    status, _, _ = command(directory({}, {"COD_DEPE": "9"}), "--skip-bad")

    assert status == 0
    assert School.objects.get().code == "91001"


@pytest.mark.django_db
def test_a_trial_saves_nothing(command):
    status, out, _ = command(directory({}), "--dry-run")

    assert status == 0
    assert "No se guardó nada." in out
    assert not School.objects.exists()
    assert not ImportBatch.objects.exists()


@pytest.mark.django_db
def test_the_command_says_when_a_file_is_not_there_or_not_readable(command, tmp_path, capsys):
    assert command("")[0] == 3
    parser = argparse.ArgumentParser()
    import_.add_arguments(parser)
    assert import_.run(parser.parse_args(["sleps", str(tmp_path / "no.csv")])) == 2
    assert "No existe el archivo" in capsys.readouterr().err


@pytest.mark.django_db
def test_kinds_are_the_ones_the_screens_offer():
    assert set(import_.KINDS) == {kind.value for kind in KINDS}


@pytest.mark.django_db
def test_a_landing_that_was_cut_is_queued_again_at_start(bring):
    batch = bring(directory({}), land=False)
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.APPLYING)

    assert operations.resume_all() == 1

    job = DBTaskResult.objects.get()
    assert (job.task_path, job.args_kwargs["args"]) == (
        "mejora.network.tasks.land_batch",
        [batch.pk],
    )
    tasks.land_batch.call(batch.pk)
    assert School.objects.count() == 1
