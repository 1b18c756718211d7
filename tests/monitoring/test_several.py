"""One thing said of several actions at once: what lands, what is left, and taking it back."""

import pytest
from django.urls import reverse

from mejora.monitoring.models import ProgressReport
from mejora.monitoring.operations import reports
from mejora.network.enums import Role
from tests.factories import ActionFactory
from tests.factories.monitoring import action_with_milestones, level, month
from tests.factories.network import YEAR

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(year):
    return [ActionFactory(plan_year=year, number=n) for n in (1, 2)]


@pytest.fixture
def client(signed_in, director):
    return signed_in(director)


def address(year, name="several", slug="agosto"):
    return reverse(f"monitoring:{name}", args=[year.school.code, YEAR, slug])


def posted(what, actions, **more):
    return {"what": what, "marked": [str(a.pk) for a in actions], **more}


def levels(period):
    return dict(
        ProgressReport.objects.filter(period=period).values_list("action__number", "level__code")
    )


def told(answer):
    page = answer.content.decode()
    return " ".join(page.split())


def test_a_level_lands_on_all_but_the_ones_whose_milestones_say_it(client, year, august, plain):
    counted = action_with_milestones(year, number=9)
    wanted = posted("nivel", [*plain, counted], level=level("parcial").pk)

    answer = client.post(address(year), wanted, follow=True)

    assert levels(august) == {1: "parcial", 2: "parcial"}
    assert "2 acciones marcadas." in told(answer)
    assert "9, Tiene hitos: su nivel sale de los que se cumplen." in told(answer)


def test_the_same_as_before_repeats_the_last_level_where_there_is_one(
    client, year, august, plain, director
):
    reports.save_report(
        plain[0], month(year, 7), by=director, revision=None, level=level("avanzada")
    )

    answer = client.post(address(year), posted("igual", plain), follow=True)

    assert levels(august) == {1: "avanzada"}
    assert "2, No hay un nivel anterior que repetir." in told(answer)


def test_accepting_takes_only_the_reports_that_wait(client, year, august, plain, actor):
    teacher = actor(Role.RESPONSIBLE, year.school)
    plain[0].responsible = teacher.memberships[0]
    plain[0].save(update_fields=["responsible"])
    report = reports.save_report(
        plain[0], august, by=teacher, revision=None, level=level("parcial")
    )

    answer = client.post(
        address(year),
        posted("aceptar", plain, **{f"seen-{plain[0].pk}": report.revision}),
        follow=True,
    )

    report.refresh_from_db()
    assert report.reviewed_at is not None
    assert "2, No tiene un informe por revisar." in told(answer)


def test_what_somebody_wrote_meanwhile_stays(client, year, august, plain, director):
    seen = {f"seen-{action.pk}": "" for action in plain}
    reports.save_report(plain[0], august, by=director, revision=None, level=level("avanzada"))

    answer = client.post(
        address(year), posted("nivel", plain, level=level("parcial").pk, **seen), follow=True
    )

    assert levels(august) == {1: "avanzada", 2: "parcial"}
    assert "1, otra persona la informó mientras usted elegía." in told(answer)


def test_undo_puts_all_back(client, year, august, plain):
    client.post(address(year), posted("nivel", plain, level=level("parcial").pk))
    keys = "-".join(str(action.pk) for action in plain)

    answer = client.post(f"{address(year, 'undo_several')}?filas={keys}", follow=True)

    assert levels(august) == {}
    assert "2 acciones quedaron como estaban." in told(answer)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"what": "nivel", "level": "1"}, "Marque al menos una acción."),
        ({"marked": True}, "Elija qué hacer con las acciones marcadas."),
        ({"what": "nivel", "marked": True}, "Elija el nivel que tendrán."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(client, year, august, plain, wrong, reason):
    data = {**wrong, **({"marked": [str(plain[0].pk)]} if "marked" in wrong else {})}

    answer = client.post(address(year), data)

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert levels(august) == {}


def test_a_responsible_marks_one_by_one(signed_in, actor, year, august, plain):
    client = signed_in(actor(Role.RESPONSIBLE, year.school))

    assert client.get(address(year)).status_code == 403
