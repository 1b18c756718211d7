"""A Service's month: the file of pupils becomes a sum, the sum an alert, the alert a session."""

import datetime as dt

from mejora.files.models import StoredFile
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.network.models import ImportIssue, ImportRow
from mejora.support.models import Session
from mejora.support.operations import plans as support_plans
from mejora.territory.models import Alert
from tests.browser.conftest import PHONE
from tests.browser.test_walks import open_section
from tests.browser.walking import SIZES, timed, work
from tests.factories import MembershipFactory, OwnerFactory, SchoolFactory
from tests.factories.figures import CapacityFactory, SchoolMonthFactory
from tests.factories.network import YEAR
from tests.factories.people import PASSWORD
from tests.territory.conftest import MRUN, pupils


def the_service():
    """Two schools with March to September told; one is under the band since September."""
    owner = OwnerFactory(name="SLEP Cordillera Azul")
    low = SchoolFactory(name="Escuela Isla Chica", owner=owner)
    well = SchoolFactory(name="Escuela El Ciprés", owner=owner)
    for school, last in ((low, 1640), (well, 1850)):
        CapacityFactory(school=school)
        for month in range(3, 10):
            came = last if month == 9 else 1800
            SchoolMonthFactory(school=school, month=month, attended_days=came)
    return owner, low, well


def a_plan(owner, school, lead):
    days = {"starts_on": dt.date(YEAR, 3, 2), "ends_on": dt.date(YEAR, 12, 18)}
    said = {"name": "Apoyo a Isla Chica", "year": YEAR, "approach": "direct", **days}
    return support_plans.create(owner, said, [school], by=actor_for(lead))


def month_of_pupils(low, well):
    october = {"MES_ESCOLAR": 10}
    few = [{"RBD": low.code, "DIAS_ASISTIDOS": 15, **october} for _ in range(20)]
    many = [{"RBD": well.code, "DIAS_ASISTIDOS": 19, **october} for _ in range(20)]
    return pupils(*few, *many)


def bring(page, scan, tmp_path, text):
    file = tmp_path / "asistencia-octubre.csv"
    file.write_text(text, encoding="utf-8")
    open_section(page, "Importar")
    page.get_by_role("button", name="Sumar asistencia").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Revisar archivo").click()
    work()
    page.reload()
    scan("asistencia, revisión")
    page.get_by_role("button", name="Importar 2 meses de escuelas").click()
    work()
    page.reload()
    scan("asistencia, importada")


@SIZES
def test_from_the_month_s_file_to_an_alert_to_a_session(
    size, page, enter, scan, console, tmp_path, today, record_property, transactional_db
):
    page.set_viewport_size(size)
    owner, low, well = the_service()
    lead = MembershipFactory(role=Role.OWNER, place=owner).user
    a_plan(owner, low, lead)
    with timed("el mes del Servicio, del archivo a la sesión", record_property):
        enter(lead, PASSWORD)
        bring(page, scan, tmp_path, month_of_pupils(low, well))
        page.get_by_role("button", name="Ver las cifras").click()
        scan("territorio")
        assert page.get_by_role("heading", name="Alertas por atender: 1").is_visible()
        page.get_by_role("link", name=low.name).first.click()
        scan("alerta")
        page.get_by_text("Agendar una sesión de apoyo").click()
        page.get_by_role("button", name="Agendar sesión").click()
        scan("alerta con sesión")
        page.get_by_role("link", name=f"Asistencia bajo la franja: {low.name}").click()
        scan("la sesión")

    session = Session.objects.get()
    assert Alert.objects.get().steps.get().session == session
    assert nobody_stayed()
    if size != PHONE:
        the_lists_lead_on(page, scan)


def the_lists_lead_on(page, scan):
    open_section(page, "Territorio")
    page.get_by_role("link", name="Bajo 85 %: 1 escuela").click()
    scan("escuelas bajo la franja")
    page.get_by_role("rowheader").get_by_role("link", name="Escuela Isla Chica").click()
    scan("cifras de la escuela")
    assert page.get_by_text("75,0").count()


def nobody_stayed():
    """No pupil in any row, issue or file that the import kept."""
    told = [str(v) for m in (ImportRow, ImportIssue) for v in m.objects.values_list()]
    names = StoredFile.objects.values_list("original_name", flat=True)
    return not any(str(MRUN + n) in text for n in range(40) for text in told) and all(
        "(sumado)" in name for name in names
    )
