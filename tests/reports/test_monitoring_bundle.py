"""The monitoring reports of a place in one ZIP: what is in it, who gets it, and how it ends."""

import csv
import datetime as dt
import io
import re
from html import unescape
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from mejora.core.decisions import Refused
from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import Period
from mejora.network.enums import Role
from mejora.network.models import Country
from mejora.plans.models import PlanYear
from mejora.reports import operations
from mejora.reports.documents import monitoring_bundle as bundle
from mejora.reports.documents.monitoring_bundle import Month
from mejora.reports.enums import ExportState
from mejora.reports.models import Export
from mejora.reports.prepared import Cancelled, Work
from tests.factories import ActionFactory, OwnerFactory, PlanFactory, SchoolFactory
from tests.factories.monitoring import ReportFactory, give_periods, implementing_year, level
from tests.pdf import text_of

pytestmark = pytest.mark.django_db
AUGUST = {"year": 2026, "month": 8}


@pytest.fixture
def owner(today):
    return OwnerFactory()


def school_of(owner, name, **fields):
    return SchoolFactory(owner=owner, name=name, year__in_roster=True, **fields)


def with_report(owner, name, frequency=Frequency.MONTH):
    """Two actions, one of them whole, the other past its end."""
    year = implementing_year(monthly=False, plan__school=school_of(owner, name))
    give_periods(year, frequency)
    period = Period.objects.get(
        plan_year=year, starts_on__lte="2026-08-31", ends_on__gte="2026-08-31"
    )
    whole = ActionFactory(plan_year=year, number=1, name="Lectura diaria")
    ActionFactory(
        plan_year=year, number=2, starts_on=dt.date(2026, 3, 1), ends_on=dt.date(2026, 6, 1)
    )
    ReportFactory(action=whole, period=period, level=level("completa"))
    return year


def asked(by, params=AUGUST):
    return operations.ask(bundle.NAME, params, title="Informes", by=by)


def opened(export):
    """The files by name, once the job has run."""
    operations.produce(export)
    export.refresh_from_db()
    assert export.state == ExportState.READY, export.message
    with default_storage.open(export.file.path) as file, ZipFile(io.BytesIO(file.read())) as found:
        return {name: found.read(name) for name in found.namelist()}


def lines(files):
    text = files["resumen.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_every_school_is_in_the_index_and_those_that_reported_have_a_pdf(owner, actor):
    year = with_report(owner, "Escuela A")
    silent = implementing_year(plan__school=school_of(owner, "Escuela B"))
    ActionFactory(plan_year=silent)
    implementing_year(plan__school=school_of(owner, "Escuela C"), monthly=False)
    school_of(owner, "Escuela D")
    hidden = implementing_year(plan__school=school_of(owner, "Escuela E"))
    PlanYear.objects.filter(pk=hidden.pk).update(is_begun=False)
    implementing_year(plan__school=school_of(owner, "Escuela F"))
    with_report(OwnerFactory(), "Escuela ajena")

    export = asked(actor(Role.OWNER, owner))
    files = opened(export)

    code = year.school.code
    pdf = f"informes/CL-{code}-informe-monitoreo-2026-agosto.pdf"
    assert set(files) == {"index.html", "resumen.csv", pdf}
    assert "Lectura diaria" in text_of(files[pdf])
    told = {line["Establecimiento"]: line for line in lines(files)}
    assert len(told) == 6
    first = told["Escuela A"]
    assert (first["Acciones"], first["Informadas"], first["En 100 %"]) == ("2", "1", "1")
    assert (first["Atrasadas"], first["En 100 % (porcentaje)"]) == ("1", "50,0%")
    assert first["Informe"] == pdf
    reasons = {name[-1]: line["Por qué no hay informe"] for name, line in told.items()}
    assert reasons == {
        "A": "",
        "B": "No informó ninguna acción en agosto.",
        "C": "No ha elegido cada cuánto monitorea.",
        "D": "No tiene PME 2026 en Mejora.",
        "E": "Su plan todavía no está a su alcance.",
        "F": "Su plan no tiene acciones que informar.",
    }
    assert export.message == (
        "1 informe y 5 escuelas sin informe: la razón de cada una está en el índice."
    )
    assert (export.done, export.total) == (6, 6)


def test_the_index_leads_to_every_pdf_and_needs_nothing_from_outside(owner, actor):
    with_report(owner, "Escuela <A> & «B»")
    with_report(owner, "Escuela C")

    files = opened(asked(actor(Role.OWNER, owner)))

    html = files["index.html"].decode()
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', html)]
    assert sorted(links) == sorted(name for name in files if name != "index.html")
    assert not re.search(r"https?:|<script|<link|<img", html)
    assert "Escuela &lt;A&gt; &amp; «B»" in html
    assert '<html lang="es-CL">' in html
    assert html.lstrip().startswith("<!doctype html>")


def test_a_school_that_reports_by_quarter_brings_the_quarter(owner, actor):
    with_report(owner, "Escuela A", Frequency.QUARTER)

    files = opened(asked(actor(Role.OWNER, owner)))

    assert lines(files)[0]["Período"] == "junio a agosto"


def test_a_school_that_reports_by_week_brings_the_last_week_of_the_month(today):
    year = implementing_year(monthly=False)
    give_periods(year, Frequency.WEEK)
    listed = list(year.periods.all())

    found = Month(2026, 8).period_of(listed)

    assert (found.starts_on, found.ends_on) == (dt.date(2026, 8, 31), dt.date(2026, 9, 6))
    assert Month(2026, 1).period_of(listed) is None  # the school year begins in March
    assert Month(2026, 9).period_of(listed[:20]) is None  # its periods end in July


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ((2026, 9, 8), 8),
        ((2026, 9, 10), 8),
        ((2026, 9, 11), 9),
        ((2026, 1, 3), 1),
        ((2027, 1, 3), 12),
    ],
)
def test_the_month_offered_first_is_the_one_that_schools_report_now(on, due):
    assert bundle.month_due(2026, dt.date(*on)).number == due


def test_no_month_of_a_year_to_come_is_offered():
    assert bundle.months(2027, dt.date(2026, 9, 8)) == []
    assert bundle.month_due(2027, dt.date(2026, 9, 8)) is None


def test_a_supervisor_gets_only_what_was_sent(owner, actor):
    year = with_report(owner, "Escuela A")
    other = with_report(owner, "Escuela B")
    for each in (year, other):
        type(each.school).objects.filter(pk=each.school_id).update(office=year.school.office)
    PlanYear.objects.filter(pk=other.pk).update(version_no=0)

    files = opened(asked(actor(Role.SUPERVISOR, year.school.office)))

    told = {line["Establecimiento"]: line["Por qué no hay informe"] for line in lines(files)}
    assert told == {"Escuela A": "", "Escuela B": "Su plan todavía no está a su alcance."}


def test_a_place_without_schools_is_told_so(owner, actor):
    export = asked(actor(Role.OWNER, owner))

    operations.produce(export)

    export.refresh_from_db()
    assert export.state == ExportState.FAILED
    assert "no hay escuelas" in export.message


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR])
def test_who_reads_no_plans_cannot_ask(role, actor):
    with pytest.raises(Refused, match="lee los planes"):
        asked(actor(role, Country.objects.get(code="CL")))


def test_a_school_cannot_ask(owner, actor):
    with pytest.raises(Refused):
        asked(actor(Role.DIRECTOR, school_of(owner, "Escuela A")))


def test_cancelling_stops_between_two_schools(owner, actor, tmp_path):
    for name in "ABC":
        with_report(owner, f"Escuela {name}")
    seen = []

    def tell(done, total):
        seen.append((done, total))
        if done == 1:
            raise Cancelled

    work = Work(actor(Role.OWNER, owner), AUGUST, tmp_path / "zip", tmp_path, tell)
    with pytest.raises(Cancelled):
        bundle.write(work)

    assert seen == [(0, 3), (1, 3)]


def test_the_board_asks_for_it_and_leads_to_its_progress(owner, actor, signed_in):
    with_report(owner, "Escuela A")
    client = signed_in(actor(Role.OWNER, owner))
    html = client.get("/tablero/2026/").content.decode()
    assert '<option value="8" selected>agosto de 2026</option>' in html
    assert "septiembre de 2026" in html
    assert "octubre de 2026" not in html

    response = client.post(reverse("reports:board_reports", args=[2026]), {"mes": "8"})

    export = Export.objects.get()
    assert response["Location"] == reverse("reports:file", args=[export.uid])
    assert export.params == AUGUST
    assert export.title == "Informes de monitoreo de agosto de 2026"


@pytest.mark.parametrize("month", ["", "0", "13", "10", "ocho"])
def test_a_month_that_is_not_offered_prepares_nothing(owner, actor, signed_in, month):
    client = signed_in(actor(Role.OWNER, owner))

    response = client.post(reverse("reports:board_reports", args=[2026]), {"mes": month})

    assert response["Location"] == "/tablero/2026/"
    assert not Export.objects.exists()


def test_an_analyst_finds_no_button(owner, actor, signed_in):
    PlanFactory(school=school_of(owner, "Escuela A"))
    client = signed_in(actor(Role.ANALYST, Country.objects.get(code="CL")))

    assert "Informes de monitoreo" not in client.get("/tablero/2026/").content.decode()
