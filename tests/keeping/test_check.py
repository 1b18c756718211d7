"""`check` says nothing of what is sound, and names each thing that is not, one by one."""

import hashlib
import os
import time
import uuid
from contextlib import contextmanager

import pytest
from django.db import connection

from mejora.files.models import StoredFile
from mejora.frameworks.models import Area, Term
from mejora.keeping import check
from mejora.keeping.checks import files, history, installation, rows, stages
from mejora.monitoring.models import EvidenceUse, Period, ProgressReport
from mejora.people.models import User
from mejora.plans.enums import Entity, StageKind, StageStatus
from mejora.plans.models import (
    Action,
    Change,
    EvidenceRequirement,
    Funding,
    Goal,
    Indicator,
    Milestone,
    Plan,
    PlanYear,
    Seal,
    Stage,
    StageEvent,
    Strategy,
    Version,
)
from tests.factories import ObjectiveFactory, PlanFactory, SchoolFactory, StrategyFactory
from tests.keeping.conftest import carried_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(today, private_files):
    return carried_school()


def content():
    """The checks of what people wrote: those of the installation have tests of their own."""
    return [
        line
        for module in (files, stages, history, rows)
        for look in module.CHECKS
        for line in look()
    ]


def test_a_school_carried_by_the_operations_is_sound(year):
    assert content() == []
    assert list(installation.rows_fit_constraints()) == []


def test_every_module_of_checks_is_looked_at():
    for module in (installation, files, stages, history, rows):
        assert set(module.CHECKS) <= set(check.CHECKS)


def first(model, **fields):
    return model._base_manager.filter(**fields).order_by("pk").first()


def change_row(model, where=None, **fields):
    found = first(model, **(where or {}))
    model._base_manager.filter(pk=found.pk).update(**fields)


def delete_row(model, **where):
    """As somebody would in the database itself: links first."""
    row = first(model, **where)
    for link in model._meta.many_to_many:
        getattr(row, link.name).clear()
    model._base_manager.filter(pk=row.pk)._raw_delete(using="default")


def of_another_plan():
    return ObjectiveFactory(plan=PlanFactory(school=SchoolFactory()))


IMPLEMENTATION = {"kind": StageKind.IMPLEMENTATION}

# What is done in the database itself, past the operations → what `check` says of it.
SABOTAGE = {
    "a plan's vision rewritten": (
        lambda: change_row(Plan, vision="Otra"), "no dice lo mismo que su último cambio (vision)"),
    "a seal renamed": (
        lambda: change_row(Seal, name="Otro"), "Sello «Otro»"),
    "a goal's target changed": (
        lambda: change_row(Goal, target=90), "último cambio (target)"),
    "an action renamed": (
        lambda: change_row(Action, name="Otra"), "último cambio (name)"),
    "money changed": (
        lambda: change_row(Funding, planned=5), "último cambio (funding)"),
    "money deleted": (
        lambda: delete_row(Funding), "último cambio (funding)"),
    "a milestone's weight changed": (
        lambda: change_row(Milestone, weight=40), "último cambio (milestones)"),
    "a milestone unticked": (
        lambda: change_row(Milestone, {"done_on__isnull": False}, done_on=None, done_by=None),
        "último cambio (done_on)"),
    "a means of verification deleted": (
        lambda: delete_row(EvidenceRequirement, text="Acta"), "último cambio (requirements)"),
    "an indicator put in another unit": (
        lambda: change_row(Indicator, unit="kg"), "último cambio (unit)"),
    "a report's note rewritten": (
        lambda: change_row(ProgressReport, note="Otra"), "último cambio (note)"),
    "a report deleted": (
        lambda: delete_row(ProgressReport, note="Va bien"), "fue borrado de la base sin registro"),
    "a file's use deleted": (
        lambda: delete_row(EvidenceUse), "fue borrado de la base sin registro"),
    "a seal nobody recorded": (
        lambda: Seal.objects.create(plan=Plan.objects.get(), name="A mano"),
        "«A mano» "),
    "the record of a seal deleted": (
        lambda: Change.objects.filter(entity=Entity.SEAL).delete(), "no tiene registro de cambios"),
    "a level that no report says": (
        lambda: change_row(Action, {"name": "Sin hitos"},
                           level_now=Term.objects.get(kind="level", code="completa")),
        "su avance no es el de su último informe"),
    "a date that no report says": (
        lambda: change_row(Action, reported_on="2026-01-01"),
        "su avance no es el de su último informe"),
    "a percentage outside its level": (
        lambda: change_row(ProgressReport, {"pct__isnull": False}, pct=99),
        "un informe dice 99 % y otro nivel"),
    "weights that do not add up": (
        lambda: change_row(Milestone, weight=40), "suman 90 %, no 100 %"),
    "a stage set back": (
        lambda: Stage.objects.filter(kind=StageKind.EVALUATION).update(status=StageStatus.PARTIAL),
        "su último movimiento la dejó en ninguno"),
    "a year that stands elsewhere": (
        lambda: change_row(PlanYear, stage_now=StageKind.STRATEGIC), "dice Fase Estratégica"),
    "a year that says nobody began": (
        lambda: change_row(PlanYear, is_begun=False), "hay registro y el año dice que no"),
    "a stage too few": (
        lambda: delete_row(Stage, kind=StageKind.EVALUATION),
        "no tiene las etapas que le corresponden"),
    "content of a stage that is not begun": (
        lambda: change_row(PlanYear, evaluation_summary="Hecho"),
        "Evaluación: tiene contenido y dice No iniciado"),
    "a stage begun without content": (
        lambda: Change.objects.filter(
            entity__in=[Entity.REPORT, Entity.EVIDENCE, Entity.MILESTONE_DONE]).delete(),
        "nadie registró nada en ella"),
    "a version rewritten": (
        lambda: change_row(Version, content="{}"), "la versión 1 cambió desde que se guardó"),
    "a version deleted": (
        lambda: Version.objects.order_by("number").last().delete(), "faltan o sobran versiones"),
    "an event without its version": (
        lambda: Version.objects.order_by("number")[:1].get().delete(), "no guardó su versión"),
    "an event deleted": (
        lambda: StageEvent.objects.filter(stage__kind=StageKind.IMPLEMENTATION).delete(),
        "su último movimiento la dejó en ninguno"),
    "an action under another plan's objective": (
        lambda: change_row(Action, objective=of_another_plan()),
        "la acción y su objetivo son de planes distintos"),
    "an action under another strategy's objective": (
        lambda: change_row(Action, objective=ObjectiveFactory(plan=Plan.objects.get())),
        "la acción y su estrategia no son del mismo año y objetivo"),
    "a strategy under another plan's objective": (
        lambda: change_row(Strategy, objective=of_another_plan()),
        "la estrategia y su objetivo son de planes distintos"),
    "a goal moved away from its strategy": (
        lambda: change_row(Goal, objective=ObjectiveFactory(plan=Plan.objects.get())),
        "la estrategia y su meta son de objetivos distintos"),
    "a source that is no source": (
        lambda: change_row(Funding, source=Term.objects.filter(kind="level").first()),
        "la fuente de financiamiento no es del marco del plan"),
    "a means of verification of another action's milestone": (
        lambda: change_row(EvidenceRequirement, {"milestone__isnull": False},
                           action=Action.objects.get(name="Sin hitos")),
        "el medio de verificación y su hito son de acciones distintas"),
    "evidence of another action's milestone": (
        lambda: change_row(EvidenceUse, milestone=first(Milestone)),
        "la evidencia y su hito son de acciones distintas"),
    "evidence of another action's means of verification": (
        lambda: change_row(EvidenceUse, requirement=EvidenceRequirement.objects.get(text="Pauta")),
        "la evidencia y su medio de verificación son de acciones distintas"),
    "a report on another year's period": (
        lambda: change_row(
            ProgressReport,
            period=Period.objects.create(
                plan_year=StrategyFactory().plan_year, number=1, starts_on="2026-08-01",
                ends_on="2026-08-31", due_on="2026-09-10")),
        "el informe y su período son de años distintos"),
    "a year of another school": (
        lambda: change_row(PlanYear, school=SchoolFactory()),
        "el año y su plan son de establecimientos distintos"),
    "a year outside its plan": (
        lambda: change_row(PlanYear, year=2031), "el año está fuera de su plan"),
    "plans that overlap": (
        lambda: PlanFactory(school=Plan.objects.get().school, start_year=2028),
        "comparte años con otro plan"),
    "an area of another edition": (
        lambda: change_row(Action, area=another_edition_s_area()),
        "la dimensión de la acción es de otro marco"),
    "a count of avisos that drifted": (
        lambda: change_row(User, unread=7), "su cuenta de avisos sin leer no es la de sus avisos"),
}  # fmt: skip


def another_edition_s_area():
    area = Area.objects.get(code="GP")
    edition = area.edition
    edition.pk, edition.code = None, "otra"
    edition.save()
    area.pk, area.edition = None, edition
    area.save()
    return area


@pytest.mark.parametrize("name", SABOTAGE)
def test_what_was_done_past_the_operations_is_found(year, name):
    act, said = SABOTAGE[name]
    act()

    assert any(said in line for line in content()), content()


def test_an_action_deleted_in_the_database_is_found(year):
    action = Action.objects.get(name="Sin hitos")
    for model in (EvidenceUse, ProgressReport, EvidenceRequirement, Funding):
        for pk in model._base_manager.filter(action=action).values_list("pk", flat=True):
            delete_row(model, pk=pk)
    delete_row(Action, pk=action.pk)

    said = content()

    assert any("Acción «Sin hitos»" in s and "fue borrado de la base" in s for s in said)


def test_a_finding_names_the_school(year):
    change_row(Action, name="Otra")

    assert any(line.startswith(year.school.code_label) for line in content())


def test_a_file_that_is_gone_damaged_or_of_nobody_is_found(year, private_files):
    file = StoredFile.objects.get()
    path = private_files / file.path

    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert any("cambió desde que se guardó" in line for line in files.files_whole())
    path.unlink()
    assert any(line.startswith("Falta el archivo") for line in files.files_whole())

    stray = private_files / "ab" / "abandonado"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    assert list(files.files_named()) == []  # it may be on its way in
    os.utime(stray, (time.time() - 7200,) * 2)
    assert list(files.files_named()) == ["El archivo ab/abandonado no es de ningún registro."]


def test_cleaning_takes_what_an_upload_left_a_day_ago_and_nothing_else(year, private_files):
    """Not what a row names, not what is young, not what the storage would not have named so."""
    uids = [uuid.uuid4() for _ in range(2)]
    old, young = (private_files / StoredFile(uid=uid).path for uid in uids)
    foreign, misplaced = private_files / "ab" / "abandonado", private_files / uids[0].hex
    for path in (old, young, foreign, misplaced):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    named = private_files / StoredFile.objects.get().path
    for path in (old, foreign, misplaced, named):
        os.utime(path, (time.time() - 25 * 3600,) * 2)

    gone = list(check.clean())

    assert gone == [f"Se borró {StoredFile(uid=uids[0]).path}: no era de ningún registro."]
    assert not old.exists()
    assert all(path.exists() for path in (young, foreign, misplaced, named))
    assert list(check.clean()) == []


def test_a_file_whose_row_comes_meanwhile_is_not_cleaned(year, private_files, monkeypatch):
    file = StoredFile.objects.get()
    os.utime(private_files / file.path, (time.time() - 25 * 3600,) * 2)
    monkeypatch.setattr(files, "_known", lambda folder: set())  # as if asked before it was there

    assert list(check.clean()) == []
    assert (private_files / file.path).exists()


@pytest.mark.skipif("postgresql" in connection.vendor, reason="solo SQLite lo deja entrar")
def test_a_text_longer_than_its_column_is_found(year):
    assert list(installation.values_fit_columns()) == []
    change_row(Action, name="x" * 201)

    said = list(installation.values_fit_columns())

    assert [line.split(": ")[1] for line in said] == ["name tiene 201 signos y caben 200."]


def test_a_file_s_content_is_what_is_compared(year, private_files):
    file = StoredFile.objects.get()
    content = (private_files / file.path).read_bytes()

    assert hashlib.sha256(content).hexdigest() == file.stored_sha256
    assert list(files.files_whole()) == []


@contextmanager
def without_constraint(model, name):
    """Write what the database would refuse."""
    constraint = next(c for c in model._meta.constraints if c.name == name)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            yield
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
        return
    connection.check_constraints()  # PostgreSQL alters no table whose references wait
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    yield


def test_a_row_that_breaks_a_rule_of_one_row_is_found(year):
    with without_constraint(Action, "action_ends_after_it_starts"):
        change_row(Action, ends_on="2020-01-01")

        said = list(installation.rows_fit_constraints())

        assert any("action_ends_after_it_starts" in line for line in said)
        Action.objects.update(ends_on="2026-12-01")


def test_an_unknown_value_breaks_no_rule(year):
    assert Action.objects.filter(removed_at__isnull=True).exists()
    assert list(installation.rows_fit_constraints()) == []


@pytest.mark.django_db(transaction=True)
def test_a_constraint_that_the_database_lost_is_found(db):
    constraint = next(c for c in Action._meta.constraints if c.name == "action_number_unique")
    assert list(installation.constraints_present()) == []
    with connection.schema_editor() as editor:
        editor.remove_constraint(Action, constraint)
    try:
        assert list(installation.constraints_present()) == [
            "La tabla plans_action perdió la restricción action_number_unique."
        ]
    finally:
        with connection.schema_editor() as editor:
            editor.add_constraint(Action, constraint)


def test_a_migration_that_is_missing_or_unknown_is_found(db):
    from django.db.migrations.recorder import MigrationRecorder

    assert list(installation.migrations_applied()) == []
    recorder = MigrationRecorder(connection)
    recorder.record_applied("plans", "0099_from_the_future")
    recorder.record_unapplied("files", "0001_initial")

    said = list(installation.migrations_applied())

    assert any("Falta aplicar la migración files.0001_initial" in line for line in said)
    assert any("plans.0099_from_the_future, que esta versión" in line for line in said)


def test_a_key_that_others_can_read_is_found(settings, tmp_path):
    settings.DATA = tmp_path
    assert any("no está en" in line for line in installation.key_private())
    key = tmp_path / "secret_key"
    key.write_text("x")
    key.chmod(0o644)
    assert any("chmod 600" in line for line in installation.key_private())
    key.chmod(0o600)
    assert list(installation.key_private()) == []


def test_an_address_without_https_is_found(settings):
    settings.ORIGIN = "http://mejora.example.cl"

    assert any("sin https" in line for line in installation.settings_sound())
