"""A school's record goes along whole, comes in elsewhere the same, and never by halves."""

import datetime as dt
import hashlib
import io
import json
import stat
import zipfile

import pytest
from django.apps import apps
from django.core.files import File
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.core.decisions import Refused
from mejora.files.models import StoredFile
from mejora.frameworks.models import Area
from mejora.keeping import tables
from mejora.keeping.checks import files as file_checks
from mejora.keeping.checks import history, rows, stages
from mejora.monitoring.package import archive, content, describing, writing
from mejora.monitoring.package.archive import DamagedError
from mejora.monitoring.package.kinds import BY_MODEL, KINDS
from mejora.network import access, operations
from mejora.network.enums import BatchKind, BatchState, Role
from mejora.network.models import Commune, ImportBatch, ImportIssue, Membership, School, SchoolYear
from mejora.people.models import User
from mejora.plans import history as telling
from mejora.plans import versions
from mejora.plans.drafts import ActionDraft, MilestoneDraft
from mejora.plans.models import Action, Change, Plan, PlanYear, Version
from mejora.plans.operations import actions
from tests.factories import MembershipFactory, SchoolFactory
from tests.keeping.conftest import carried_school, private_files  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(today, private_files):  # noqa: F811 - the fixture
    """A school at work, with people in charge."""
    found = carried_school().school
    MembershipFactory(role=Role.RESPONSIBLE, place=found, user__name="Ana (la 2.ª) Soto")
    add_action(found, '=1+1; "comillas"\n\'', "Ana (la 2.ª) Soto")
    return found


def person(school, role=Role.DIRECTOR):
    return Membership.objects.filter(school=school, role=role).earliest("pk")


def add_action(school, name, who=""):
    year = PlanYear.objects.with_place().get(school=school)
    ana = Membership.objects.filter(school=school, user__name=who).first()
    draft = ActionDraft(
        name=" ".join(name.split()),
        description=name,
        area=Area.objects.get(edition=year.plan.edition, code="GP"),
        strategy=year.strategies.first(),
        starts_on=dt.date(2026, 9, 9),
        ends_on=dt.date(2026, 11, 27),
        responsible=ana,
        milestones=[MilestoneDraft(name="Único", people=[ana] if ana else [])],
    )
    director = access.actor_for(person(school).user)
    return actions.add(year, draft, by=director, reason="Hacía falta")


def taken(school, path):
    path.unlink(missing_ok=True)
    writing.write(path, school, PlanYear.objects.filter(school=school), by="Ana")
    return path


def data(path):
    with archive.reading(path) as record:
        return record.read(archive.DATA)


def go_elsewhere():
    """An installation with its catalogues and nothing else."""
    for file in StoredFile.objects.all():
        file_checks.default_storage.delete(file.path)
    with connection.cursor() as cursor:
        for model in tables.stored_models(apps):
            table = model._meta.db_table
            if not table.startswith(("frameworks_", "django_", "auth_")) and table not in TERRITORY:
                cursor.execute(f'DELETE FROM "{table}"')
    Commune.objects.filter(name__startswith=MADE_UP).delete()


MADE_UP = "Comuna "
# What every installation has, but for what factories added to it.
TERRITORY = {
    f"network_{name}"
    for name in ("country", "region", "commune", "communealias", "supervisionoffice")
}


def bring(path):
    with path.open("rb") as file:
        batch = operations.receive(
            File(file, name=path.name), kind=BatchKind.PACKAGE, year=None, by=None
        )
    operations.check(batch)
    return batch


def land(path):
    batch = bring(path)
    assert batch.state == BatchState.CHECKED, batch.message
    operations.land(batch)
    assert batch.state == BatchState.APPLIED, batch.message
    return batch


def undo(batch):
    operations.undo(batch, by=None)
    operations.take_back(ImportBatch.objects.get(pk=batch.pk))
    batch.refresh_from_db()
    return batch


def findings():
    return [
        line
        for module in (file_checks, stages, history, rows)
        for look in module.CHECKS
        for line in look()
    ]


def everything():
    """What stands in the tables, but for the imports themselves."""
    left_out = {"network_importbatch", "network_importrow", "network_importissue", "cache"}
    left_out |= {"django_tasks_database_dbtaskresult"}
    found = {}
    for model in tables.stored_models(apps):
        if model._meta.db_table not in left_out:
            kept = model._base_manager.all()
            if model is StoredFile:
                kept = kept.exclude(space="import")
            found[model._meta.db_table] = [list(row) for row in kept.order_by("pk").values_list()]
    return found


def test_there_it_is_the_same_byte_by_byte_and_sound(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    before = {f.stored_sha256: f.path for f in StoredFile.objects.all()}
    assert len(before) == 1
    assert findings() == []
    go_elsewhere()

    land(first)

    there = School.objects.get(code=school.code)
    assert data(taken(there, tmp_path / "again.zip")) == data(first)
    assert findings() == []
    file = StoredFile.objects.exclude(space="import").get()
    with file_checks.default_storage.open(file.path) as kept:
        assert hashlib.sha256(kept.read()).hexdigest() in before
    assert file.space == f"school:{there.uid}"


def test_the_same_file_twice_changes_nothing(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    assert bring(first).rows_new + bring(first).rows_changed == 0  # nor where it comes from
    go_elsewhere()
    land(first)
    now = everything()

    again = bring(first)

    assert (again.rows_new, again.rows_changed, again.rows_refused) == (0, 0, 0)
    assert again.rows_same == again.rows_read > 50
    assert everything() == now


def test_a_trial_saves_nothing(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    go_elsewhere()
    before = everything()

    batch = bring(first)

    assert batch.rows_new > 50
    assert batch.rows_changed + batch.rows_refused == 0
    assert everything() == before
    assert "expediente de" in batch.dialect


def test_people_are_names_and_nobody_can_sign_in(school, tmp_path):
    MembershipFactory.reset_sequence(900)
    first = taken(school, tmp_path / "first.zip")
    author = person(school).user.name
    go_elsewhere()
    land(first)

    assert not User.objects.filter(has_account=True).exists()
    assert not User.objects.filter(is_active=True).exists()
    assert not any(user.has_usable_password() for user in User.objects.all())
    plan = Plan.objects.get()
    said = telling.told(Change.objects.filter(plan=plan), plan, 2026)
    assert {entry.who for entry in said} >= {author}
    assert any("Ana (la 2.ª) Soto" in str(entry.lines) for entry in said)
    assert not Membership.objects.in_force(dt.date(2026, 9, 8)).exists()
    assert Action.objects.last().responsible.user.name == "Ana (la 2.ª) Soto"


def test_a_version_names_the_people_of_where_it_was_taken(school, tmp_path):
    """Its content keeps their keys; here those may be of somebody else."""
    member, name = person(school), person(school).user.name
    version = Version.objects.latest("pk")
    tree = json.loads(version.content)
    next(iter(tree["actions"].values()))["responsible"] = member.pk
    next(iter(tree["actions"].values()))["responsible_text"] = ""
    text = json.dumps(tree)
    Version.objects.filter(pk=version.pk).update(
        content=text, sha256=hashlib.sha256(text.encode()).hexdigest()
    )
    first = taken(school, tmp_path / "first.zip")
    go_elsewhere()
    land(first)
    there = School.objects.get(code=school.code)
    Membership.objects.filter(pk=member.pk).delete()
    MembershipFactory(pk=member.pk, role=Role.PLANNER, place=there, user__name="Otra Persona")

    read = versions.read(Version.objects.latest("pk"))

    assert read.is_intact
    who = {a.said["who"] for o in read.objectives for s in o.strategies for a in s.actions}
    assert name in who
    assert "Otra Persona" not in who


def test_what_was_written_since_comes_in_after(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    add_action(school, "Después")
    second = taken(school, tmp_path / "second.zip")
    go_elsewhere()
    land(first)

    batch = land(second)

    there = School.objects.get(code=school.code)
    assert 0 < batch.rows_new < 20
    assert data(taken(there, tmp_path / "again.zip")) == data(second)
    assert findings() == []
    assert bring(second).rows_new == 0


def test_an_older_record_brings_nothing_back(school, tmp_path):
    """Where the installation is newer, each newer thing is told and nothing is removed."""
    first = taken(school, tmp_path / "first.zip")
    add_action(school, "Después")
    now = everything()

    batch = bring(first)

    assert batch.rows_new + batch.rows_changed == 0
    assert "«Después»" in " ".join(batch.issues.values_list("message", flat=True))
    assert everything() == now


def test_two_histories_that_parted_are_refused_and_listed(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    add_action(school, "Escrita allá")
    second = taken(school, tmp_path / "second.zip")
    go_elsewhere()
    land(first)
    there = School.objects.get(code=school.code)
    MembershipFactory(role=Role.DIRECTOR, place=there, user__name="Nueva Directora")
    member = Membership.objects.get(user__name="Nueva Directora")
    Membership.objects.filter(role=Role.DIRECTOR).exclude(pk=member.pk).update(role=Role.PLANNER)
    add_action(there, "Escrita aquí")
    now = everything()

    batch = bring(second)

    assert batch.rows_refused > 0
    assert batch.rows_new + batch.rows_changed == 0
    errors = " ".join(batch.issues.filter(is_error=True).values_list("message", flat=True))
    assert "«Escrita aquí», que aquí cambió Nueva Directora el " in errors
    assert everything() == now


def test_what_somebody_wrote_between_looking_and_saving_is_not_written_over(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    add_action(school, "Después")
    second = taken(school, tmp_path / "second.zip")
    go_elsewhere()
    land(first)
    batch = bring(second)
    there = School.objects.get(code=school.code)
    MembershipFactory(role=Role.DIRECTOR, place=there)
    Membership.objects.filter(role=Role.DIRECTOR, user__has_account=False).update(role="planner")
    add_action(there, "Entretanto")
    now = everything()

    operations.land(batch)

    assert batch.state == BatchState.WAITING  # looked at again
    assert everything() == now


def test_undone_where_nobody_wrote_since_nothing_is_left(school, tmp_path, private_files):  # noqa: F811
    first = taken(school, tmp_path / "first.zip")
    go_elsewhere()
    before = everything()
    with transaction.atomic():
        batch = land(first)
        undone = undo(batch)

    assert undone.state == BatchState.UNDONE, undone.message
    assert everything() == before
    assert ImportIssue.objects.filter(batch=batch, code="kept").count() == 0


def test_undoing_what_came_after_goes_back_to_what_came_before(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    action = Action.objects.get(number=1)
    director = access.actor_for(person(school).user)
    year = PlanYear.objects.with_place().get()
    add_action(school, "Después")
    from mejora.plans.operations import annual

    reading = annual.add_reading(
        year.strategies.first().indicators.get(), by=director, on=dt.date(2026, 9, 1), value=9
    )
    assert reading
    assert action
    second = taken(school, tmp_path / "second.zip")
    go_elsewhere()
    land(first)
    later = land(second)

    assert undo(later).state == BatchState.UNDONE, later.message

    there = School.objects.get(code=school.code)
    assert data(taken(there, tmp_path / "again.zip")) == data(first)
    assert findings() == []


def test_what_was_touched_since_is_not_undone(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    go_elsewhere()
    batch = land(first)
    there = School.objects.get(code=school.code)
    MembershipFactory(role=Role.DIRECTOR, place=there)
    Membership.objects.filter(role=Role.DIRECTOR, user__has_account=False).update(role="planner")
    add_action(there, "Ya es de aquí")
    now = everything()

    assert undo(batch).state == BatchState.APPLIED

    assert "Ya no se deshace" in batch.message
    assert everything() == now


def test_facts_that_the_installation_knows_by_itself_stay(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    go_elsewhere()
    land(first)
    SchoolYear.objects.update(enrolment=999)
    later = School.objects.get(code=school.code)

    batch = bring(first)

    assert batch.rows_new + batch.rows_changed == 0
    assert [i.code for i in batch.issues.all()] == ["kept-here"]
    assert "enrolment" in batch.issues.get().message
    assert SchoolYear.objects.get(school=later).enrolment == 999


def test_a_school_that_is_known_already_gets_the_plan_and_keeps_itself(school, tmp_path):
    """The directory brought it here before: same RBD, another identifier."""
    first = taken(school, tmp_path / "first.zip")
    go_elsewhere()
    there = SchoolFactory(code=school.code, name="Como la conoce el directorio")

    land(first)

    there.refresh_from_db()
    assert there.name == "Como la conoce el directorio"
    assert there.plans.count() == 1
    assert findings() == []


def test_a_record_with_a_plan_for_years_that_have_another_is_refused(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    go_elsewhere()
    there = SchoolFactory(code=school.code)
    MembershipFactory(role=Role.DIRECTOR, place=there)
    from mejora.plans.operations import plan as plans

    plans.start(there, by=access.actor_for(person(there).user), start_year=2026)
    now = everything()

    batch = bring(first)

    assert batch.rows_new + batch.rows_changed == 0
    assert "otro PME 2026" in " ".join(batch.issues.values_list("message", flat=True))
    assert everything() == now


# A damaged or made-up file


def test_any_damaged_byte_is_refused(school, tmp_path):
    whole = taken(school, tmp_path / "whole.zip").read_bytes()
    damaged = tmp_path / "damaged.zip"
    places = {0, 1, 4, 30, *range(0, len(whole), len(whole) // 151)}
    places |= {len(whole) - n for n in (1, 2, 63, 64, 65, 72, 73, 74, 80, 94)}

    for place in sorted(places):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DamagedError), archive.reading(damaged) as record:
            record.data()


def test_a_cut_or_other_file_is_refused_in_words(school, tmp_path):
    whole = taken(school, tmp_path / "whole.zip").read_bytes()
    other = tmp_path / "other.zip"
    for text in (b"", b"PK\3\4", b"RBD;PLAN\n", whole[:100], whole[: len(whole) // 2], whole[:-1]):
        other.write_bytes(text)
        batch = bring(other) if text else None
        if batch:
            assert batch.state == BatchState.REFUSED
            assert "expediente" in batch.message


def rewritten(path, target, change=None, *, sums=True, extra=()):
    """The record with other parts in it, and checksums that fit what is there."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist() if name != archive.MANIFEST}
    parts = change(parts) if change else parts
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in parts.items():
            new.writestr(name, text)
        for info, text in extra:
            new.writestr(info, text)
        lines = [f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in parts.items()]
        if sums:
            lines += [f"{hashlib.sha256(t).hexdigest()}  {i.filename}\n" for i, t in extra]
        new.writestr(archive.MANIFEST, "".join(sorted(lines)))
        new.comment = archive.MARK + b"0" * 64
    with target.open("r+b") as file:
        found = hashlib.sha256(file.read()[:-64]).hexdigest()
        file.seek(-64, 2)
        file.write(found.encode())
    return target


def entry(name, *, mode=0o600, flags=0):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.flag_bits = flags
    return info


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("../fuera", 0o600),
        ("archivos/../../fuera", 0o600),
        ("/etc/passwd", 0o600),
        ("archivos\\..\\x", 0o600),
        ("archivos/" + "a" * 64, stat.S_IFLNK | 0o777),
        ("archivos/" + "a" * 64 + "/x", 0o600),
        ("otro.exe", 0o600),
    ],
)
def test_names_that_lead_elsewhere_and_links_are_refused(school, tmp_path, name, mode):
    first = taken(school, tmp_path / "first.zip")
    bad = rewritten(first, tmp_path / "bad.zip", extra=[(entry(name, mode=mode), b"/etc/passwd")])
    before = everything()

    batch = bring(bad)

    assert batch.state == BatchState.REFUSED
    assert "no se abre" in batch.message
    assert everything() == before


def test_a_part_that_is_missing_extra_or_another_is_refused(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")
    photo = next(n for n in zipfile.ZipFile(first).namelist() if n.startswith(archive.FILES))

    def without(parts):
        return {name: text for name, text in parts.items() if name != photo}

    extra = [(entry("archivos/" + "b" * 64), b"x")]
    cases = {
        "le falta archivos/": rewritten(first, tmp_path / "1.zip", without),
        "no está en el manifiesto": rewritten(first, tmp_path / "2.zip", extra=extra, sums=False),
        "le falta datos.json": rewritten(
            first, tmp_path / "3.zip", lambda p: {k: v for k, v in p.items() if k != archive.DATA}
        ),
        "no es un archivo que": None,
    }
    for said, path in cases.items():
        if path:
            batch = bring(path)
            assert batch.state == BatchState.REFUSED
            assert said in batch.message


def test_a_file_that_is_no_evidence_is_refused(school, tmp_path):
    """Its name, hash and checksums fit; what it is does not."""
    first = taken(school, tmp_path / "first.zip")
    page = b"<html><script>alert(1)</script></html>"
    sha256 = hashlib.sha256(page).hexdigest()

    def smuggled(parts):
        found = json.loads(parts[archive.DATA])
        row = found["archivos"][0]
        old, row["stored_sha256"], row["size"] = row["stored_sha256"], sha256, len(page)
        parts.pop(archive.FILES + old)
        parts[archive.FILES + sha256] = page
        return parts | {archive.DATA: content.canonical(found)}

    batch = bring(rewritten(first, tmp_path / "bad.zip", smuggled))

    assert batch.state == BatchState.REFUSED
    assert "Se reciben" in batch.message


def test_a_bomb_is_refused_before_it_unfolds(school, tmp_path, monkeypatch):
    first = taken(school, tmp_path / "first.zip")
    monkeypatch.setattr(archive, "LARGEST_DATA", 3_000_000)
    bomb = rewritten(first, tmp_path / "bomb.zip", lambda p: p | {archive.DATA: b" " * 3_000_001})
    assert bomb.stat().st_size < 200_000

    batch = bring(bomb)

    assert batch.state == BatchState.REFUSED
    assert "demasiado grande" in batch.message


def test_a_record_of_a_newer_mejora_is_refused(school, tmp_path):
    first = taken(school, tmp_path / "first.zip")

    def newer(parts):
        about = json.loads(parts[archive.ABOUT]) | {"version": archive.VERSION + 1}
        return parts | {archive.ABOUT: json.dumps(about).encode()}

    batch = bring(rewritten(first, tmp_path / "newer.zip", newer))

    assert "versión más nueva" in batch.message


def test_things_of_another_school_cannot_be_taken_by_their_names(school, tmp_path):
    """A record made for one school with what is another's: nothing of that other changes."""
    first = taken(school, tmp_path / "first.zip")
    SchoolFactory(code="77777")

    def turned(parts):
        about = json.loads(parts[archive.ABOUT]) | {"school": "77777"}
        found = json.loads(parts[archive.DATA])
        found["escuela"][0]["code"] = "77777"
        found["acciones"][0]["name"] = "Cambiada desde fuera"
        return parts | {
            archive.ABOUT: json.dumps(about).encode(),
            archive.DATA: content.canonical(found),
        }

    now = everything()
    batch = bring(rewritten(first, tmp_path / "turned.zip", turned))

    assert batch.rows_new + batch.rows_changed == 0
    assert "de otra escuela" in " ".join(batch.issues.values_list("message", flat=True))
    assert everything() == now


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_whatever_somebody_writes_into_it_nothing_lands_by_halves(school, tmp_path, choose):
    """Any cell may say anything: it is refused with its place, or lands as it says."""
    first = tmp_path / "first.zip"
    if not first.exists():
        taken(school, first)

    def changed(parts):
        found = json.loads(parts[archive.DATA])
        kind = choose.draw(st.sampled_from([k for k in sorted(found) if found[k]]))
        row = choose.draw(st.sampled_from(found[kind]))
        column = choose.draw(st.sampled_from(sorted(row)))
        deed = choose.draw(st.sampled_from(["set", "drop", "copy"]))
        if deed == "set":
            row[column] = choose.draw(ANY)
        elif deed == "drop":
            del row[column]
        else:
            found[kind].append(row)
        return parts | {archive.DATA: content.canonical(found)}

    path = rewritten(first, tmp_path / "changed.zip", changed)
    with transaction.atomic():
        go_elsewhere()
        before = everything()
        batch = bring(path)
        if batch.state == BatchState.CHECKED:
            operations.land(batch)
        if batch.state == BatchState.APPLIED:
            there = School.objects.get(code=school.code)
            again = json.loads(data(taken(there, tmp_path / "again.zip")))
            assert len(again["cambios"]) == len(json.loads(data(path))["cambios"])
        else:
            assert batch.state == BatchState.REFUSED
            assert batch.message
            assert everything() == before
        transaction.set_rollback(True)


# What goes along, and how it is told

_LATER = "the support's and the territory's own records are not part of the school's yet"
_COLOMBIA = "Colombia's schools have no record to take along yet"
# Tables that hang from a school and stay: each for its reason.
STAYS = {
    "network.Membership": "people go along as names",
    "network.Invitation": "of this installation's accounts",
    "network.MembershipEvent": "of this installation's accounts",
    "network.ImportBatch": "which file brought what is this installation's",
    "network.ImportRow": "as above",
    "network.ImportIssue": "as above",
    "network.Contact": "what others noted about the school is theirs",
    "reports.Export": "prepared files of this installation's people",
    "network.Jurisdiction": _COLOMBIA,
    "network.SaberResult": _COLOMBIA,
    "network.Site": _COLOMBIA,
    "plans.CriticalFactor": _COLOMBIA,
    "plans.Judgement": _COLOMBIA,
    "plans.SelfAssessment": _COLOMBIA,
    "assistance.Cycle": _COLOMBIA,
    "assistance.CycleInput": _COLOMBIA,
    "assistance.Inclusion": _COLOMBIA,
    "assistance.Irregularity": _COLOMBIA,
    "assistance.Need": _COLOMBIA,
    "assistance.Rating": _COLOMBIA,
    "network.CommuneAlias": _LATER,
    "network.SlepTerritory": _LATER,
    "participation.Advice": _LATER,
    "participation.Response": _LATER,
    "support.Adjustment": _LATER,
    "support.Application": _LATER,
    "support.Commitment": _LATER,
    "support.DeliverableFile": _LATER,
    "support.FeedbackReport": _LATER,
    "support.OwnTerm": _LATER,
    "support.SessionSchool": _LATER,
    "support.SupportChange": _LATER,
    "support.SupportPlan": _LATER,
    "support.SupportPlanSchool": _LATER,
    "territory.Alert": _LATER,
    "territory.AlertStep": _LATER,
    "territory.Capacity": _LATER,
    "territory.SchoolMonth": _LATER,
    "territory.ServiceAction": _LATER,
    "territory.ServiceReport": _LATER,
    "territory.Work": _LATER,
    "territory.WorkPhoto": _LATER,
}


def test_every_table_of_a_school_goes_along_or_stays_for_a_reason():
    """A table that somebody adds cannot be forgotten."""
    ours = set(BY_MODEL)
    hanging = {
        model
        for model in apps.get_models()
        if any(f.is_relation and f.related_model in ours for f in model._meta.concrete_fields)
    }
    found = {model._meta.label for model in hanging - ours}

    assert {"network.SlepTerritory", "network.CommuneAlias"} <= found
    assert found - {"network.SlepTerritory", "network.CommuneAlias"} <= set(STAYS)


def test_every_column_is_told_in_spanish():
    for kind in KINDS:
        for field in (*kind.fields(), *kind.links()):
            named = getattr(field, "_verbose_name", None) is not None
            assert named or field.name in describing.WORDS, f"{kind.name}.{field.name}"


def test_the_readme_names_every_part_and_the_sums_are_those_of_the_tools(school, tmp_path):
    path = taken(school, tmp_path / "first.zip")
    with zipfile.ZipFile(path) as archived:
        text = archived.read(archive.README).decode()
        lines = archived.read(archive.MANIFEST).decode().splitlines()
        for line in lines:
            sha256, name = line.split("  ")
            assert hashlib.sha256(archived.read(name)).hexdigest() == sha256
        assert len(lines) == len(archived.namelist()) - 1
        table = archived.read("csv/acciones.csv").decode("utf-8-sig")
    assert all(f"{kind.name}: {kind.title}" in text for kind in KINDS)
    assert "'=1+1" in table  # what a spreadsheet would run does not run


def test_a_file_that_is_damaged_on_the_disk_stops_the_record(school, tmp_path, private_files):  # noqa: F811
    file = StoredFile.objects.get()
    (private_files / file.path).chmod(0o600)
    (private_files / file.path).write_bytes(b"x")

    with pytest.raises(Refused, match="está dañado"):
        taken(school, tmp_path / "first.zip")

    assert list(tmp_path.glob("*.zip")) == []


def test_only_years_that_are_given_go_along(school, tmp_path):
    path = tmp_path / "none.zip"
    about = writing.write(path, school, [], by="Ana")

    assert (about.years, about.years_left_out) == ([], 1)
    assert json.loads(data(path))["planes"] == []
    assert len(json.loads(data(path))["anios"]) == 1


def test_the_number_of_questions_does_not_grow_with_the_plan(school, django_assert_max_num_queries):
    from django.test.utils import CaptureQueriesContext

    years = PlanYear.objects.filter(school=school)
    with CaptureQueriesContext(connection) as few:
        content.take(school, years)
    for n in range(5):
        add_action(school, f"Otra {n}", "Ana (la 2.ª) Soto")
    with django_assert_max_num_queries(len(few)):
        content.take(school, years)


def test_an_empty_part_is_read_whole(tmp_path):
    about = archive.About("1", "Escuela", "2026-01-01T00:00:00+00:00", "Ana", "0", [])
    with archive.writing(tmp_path / "x.zip", about) as writer:
        writer.add("archivos/" + hashlib.sha256(b"").hexdigest(), io.BytesIO(b""))
    with archive.reading(tmp_path / "x.zip") as record:
        assert record.about == about
        assert record.has_file(hashlib.sha256(b"").hexdigest())


def test_whom_the_record_names_is_listed_as_a_name(school, tmp_path, signed_in):
    """Days that only this installation made up are not shown as if anybody had said them."""
    first = taken(school, tmp_path / "first.zip")
    go_elsewhere()
    land(first)
    there = School.objects.get(code=school.code)
    director = access.actor_for(MembershipFactory(role=Role.DIRECTOR, place=there).user)

    page = signed_in(director).get(f"/personas/escuela/{there.code}/").content.decode()

    named = page.split("Ana (la 2.ª) Soto")[1].split("</tr>")[0]
    assert "sin cuenta aquí" in named
    assert named.count("s/i") == 2
    assert "Deshacer el término" not in named
