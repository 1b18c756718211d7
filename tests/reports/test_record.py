"""Who takes a school's record along, what goes along for them, and who brings one in."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mejora.__main__ import INPUT_REFUSED, main
from mejora.core.decisions import Refused
from mejora.monitoring.package import archive, writing
from mejora.network.enums import BatchState, OwnerKind, Role
from mejora.network.models import Country, ImportBatch, Region
from mejora.plans.models import PlanYear
from mejora.reports import operations, record
from mejora.reports.enums import ExportState
from mejora.reports.models import Export
from tests.factories import CommuneFactory, OwnerFactory, SchoolFactory
from tests.factories.plans import PlanYearFactory
from tests.keeping.conftest import carried_school, private_files  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(today, private_files):  # noqa: F811 - the fixture
    return carried_school().school


def place_of(role, school):
    return {
        Role.OWNER: school.owner,
        Role.SUPERVISOR: school.office,
        Role.ANALYST: school.country,
        Role.ADMINISTRATOR: school.country,
    }.get(role, school)


def prepared(school, by):
    export = operations.ask(record.NAME, {"school": school.code}, title="Expediente", by=by)
    operations.produce(export)
    export.refresh_from_db()
    return export


def data(export):
    with export.file and record_file(export) as file, zipfile.ZipFile(file) as found:
        return json.loads(found.read(archive.DATA))


def record_file(export):
    from django.core.files.storage import default_storage

    return default_storage.open(export.file.path)


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OWNER, Role.ADMINISTRATOR])
def test_they_take_it_whole(school, actor, role):
    export = prepared(school, actor(role, place_of(role, school)))

    assert export.state == ExportState.READY, export.message
    found = data(export)
    assert found["escuela"][0]["code"] == school.code
    assert len(found["acciones"]) == 2
    assert len(found["archivos"]) == 1
    assert "lugar seguro" in export.message


@pytest.mark.parametrize(
    "role", [Role.PLANNER, Role.RESPONSIBLE, Role.SUPERVISOR, Role.ADVISER, Role.ANALYST]
)
def test_others_do_not(school, actor, role):
    with pytest.raises(Refused, match="su dirección, su sostenedor"):
        prepared(school, actor(role, place_of(role, school)))

    assert not Export.objects.exists()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OWNER])
def test_nobody_takes_a_foreign_one(school, actor, role):
    place = SchoolFactory() if role == Role.DIRECTOR else OwnerFactory()

    with pytest.raises(Refused):
        prepared(school, actor(role, place))


def test_an_owner_takes_what_the_school_has_begun(school, actor):
    """A year that the school has only opened is not the owner's to read; the file says so."""
    year = PlanYear.objects.get()
    PlanYearFactory(plan=year.plan, school=school, year=2027, is_begun=False)

    export = prepared(school, actor(Role.OWNER, school.owner))
    whole = prepared(school, actor(Role.DIRECTOR, school))

    assert [row["year"] for row in data(export)["anios_pme"]] == [2026]
    assert "No lleva 1 año del PME" in export.message
    assert [row["year"] for row in data(whole)["anios_pme"]] == [2026, 2027]


def test_the_page_counts_what_goes_along(school, actor, signed_in):
    client = signed_in(actor(Role.DIRECTOR, school))

    page = client.get(reverse("reports:record", args=[school.code])).content.decode()

    assert "Llevarse el expediente" in page
    assert "<dd>2</dd>" in page.replace("\n", "")
    school_page = client.get(reverse("network:school", args=[school.code])).content.decode()
    assert reverse("reports:record", args=[school.code]) in school_page


def test_a_school_of_colombia_is_told_why_it_has_none(today, actor, signed_in, tmp_path, capsys):
    colombia = Country.objects.get(code="CO")
    commune = CommuneFactory(region=Region.objects.get(country=colombia, code="68"), code="68991")
    owner = OwnerFactory(country=colombia, kind=OwnerKind.ETC, key="etc:991")
    school = SchoolFactory(
        country=colombia, commune=commune, owner=owner, office=None, code="168990000001"
    )
    director = actor(Role.DIRECTOR, school)
    why = writing.can_write(school).reason
    assert "autoevaluación" in why

    page = signed_in(director).get(reverse("reports:record", args=[school.code])).content.decode()
    assert why in page
    assert "Preparar el expediente" not in page
    with pytest.raises(Refused, match="autoevaluación"):
        prepared(school, director)
    out = tmp_path / "expediente.zip"
    assert main(["export", "school", school.code, "--out", str(out)]) == INPUT_REFUSED
    assert why in capsys.readouterr().err
    assert not out.exists()


def test_a_reader_without_the_deed_finds_no_way_to_it(school, actor, signed_in):
    client = signed_in(actor(Role.PLANNER, school))

    page = client.get(reverse("network:school", args=[school.code])).content.decode()

    assert "expediente" not in page.lower()
    assert client.post(reverse("reports:record", args=[school.code])).status_code == 404


def test_a_director_asks_for_it_and_only_she_downloads_it(school, actor, signed_in):
    director = actor(Role.DIRECTOR, school)
    client = signed_in(director)
    answer = client.post(reverse("reports:record", args=[school.code]))
    export = Export.objects.get()
    assert answer["Location"] == reverse("reports:file", args=[export.uid])
    operations.produce(export)

    address = reverse("reports:file_download", args=[export.uid])
    answer = client.get(address)
    content = b"".join(answer.streaming_content)

    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert f"expediente-{school.code}.zip" in answer["Content-Disposition"]
    assert signed_in(actor(Role.OWNER, school.owner)).get(address).status_code == 404


def test_the_administrator_brings_one_in_on_the_screen(school, actor, signed_in, settings):
    export = prepared(school, actor(Role.DIRECTOR, school))
    with record_file(export) as file:
        content = file.read()
    chile = Country.objects.get(code="CL")
    client = signed_in(actor(Role.ADMINISTRATOR, chile))
    upload = SimpleUploadedFile("expediente.zip", content, "application/zip")

    answer = client.post(reverse("reports:record_import"), {"file": upload})

    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("network:batch", args=[batch.pk])
    from mejora.network import operations as imports

    imports.check(batch)
    assert batch.state == BatchState.CHECKED
    page = client.get(answer["Location"]).content.decode()
    assert "expediente de" in page
    assert batch.rows_new + batch.rows_changed == 0


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OWNER, Role.ANALYST])
def test_others_are_told_that_it_is_not_theirs_to_bring(school, actor, signed_in, role):
    client = signed_in(actor(role, place_of(role, school)))

    answer = client.post(reverse("reports:record_import"), {"file": io.BytesIO(b"x")})

    assert answer.status_code == 403
    assert "no le corresponde" in answer.content.decode()
    assert not ImportBatch.objects.exists()
