"""The month on one screen: what it costs, what it answers, what it never loses."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from mejora.monitoring import grid
from mejora.monitoring.models import ProgressReport
from mejora.monitoring.operations import reports
from mejora.network.enums import Role
from mejora.plans.models import Action
from tests.factories import ActionFactory
from tests.factories.monitoring import level, month

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def address(period):
    year = period.plan_year
    return reverse("monitoring:grid", args=(year.school.code, year.year, period))


def row_address(period, action):
    return f"{address(period)}{action.uid}/"


def fields(client, period):
    """Every field of the month's form, as a browser without JavaScript sends them."""
    html = client.get(address(period)).content.decode()
    found = {}
    for tag in re.findall(r"<(?:input|textarea|select)[^>]*form=\"mes\"[^>]*>(?:[^<]*)", html):
        name = re.search(r'name="([^"]+)"', tag).group(1)
        if 'type="checkbox"' in tag:
            if " checked" in tag:
                found.setdefault(name, []).append(re.search(r'value="([^"]*)"', tag).group(1))
        elif tag.startswith("<textarea"):
            found[name] = tag.split(">", 1)[1]
        elif tag.startswith("<input"):
            found[name] = re.search(r'value="([^"]*)"', tag).group(1)
    for name, options in re.findall(r'<select[^>]*name="(a\d+-level)"[^>]*>(.*?)</select>', html):
        chosen = re.search(r'value="(\d+)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.RESPONSIBLE])
def test_the_queries_do_not_grow_with_the_actions(
    role, year, august, fill, actor, signed_in, django_assert_max_num_queries
):
    someone = actor(role, year.school)
    for action in fill(40, responsible=someone.memberships[0]):
        reports.save_report(action, august, by=someone, revision=None, level=level("parcial"))
    client = signed_in(someone)
    client.get(address(august))

    with django_assert_max_num_queries(12):
        page = client.get(address(august))

    assert page.content.decode().count("data-row=") == 40


def test_actions_stand_by_their_number(year, august, director):
    for number in (3, 1, 2):
        ActionFactory(plan_year=year, number=number)

    found = grid.read(year, august, [august], director)

    assert [row.action.number for row in found.rows] == [1, 2, 3]


def test_a_row_s_addresses_are_those_of_the_urls(year, august, fill, director, signed_in):
    (action,) = fill(1)
    args = (year.school.code, year.year, august, action.uid)

    html = signed_in(director).get(address(august)).content.decode()

    assert f'hx-post="{reverse("monitoring:row", args=args)}"' in html
    assert f'data-undo="{reverse("monitoring:undo", args=args)}"' in html
    evidence = reverse("monitoring:evidence", args=(year.school.code, year.year, action.uid))
    assert f'href="{evidence}"' in html
    assert reverse("monitoring:accept", args=args) == f"{row_address(august, action)}aceptar/"


def test_leaving_a_field_saves_the_row(year, august, fill, director, signed_in):
    (action,) = fill(1)
    sent = {f"a{action.pk}-level": level("adecuada").pk, f"a{action.pk}-note": "Va bien"}

    answer = signed_in(director).post(row_address(august, action), sent, headers=HTMX)

    assert answer.status_code == 200
    report = ProgressReport.objects.get()
    assert (report.level.code, report.note) == ("adecuada", "Va bien")
    html = answer.content.decode()
    assert f'name="a{action.pk}-revision" value="0"' in html
    assert 'class="bar__solid" width="50%"' in html  # surely reached
    assert 'class="bar__maybe" x="50%"' in html  # somewhere in here


@pytest.mark.parametrize("with_milestones", [False, True])
def test_what_htmx_puts_in_is_what_the_page_would_show(
    with_milestones, year, august, fill, director, signed_in
):
    action = fill(2)[with_milestones]
    client = signed_in(director)
    sent = {f"a{action.pk}-note": "Tres visitas"}
    if with_milestones:
        sent |= {f"a{action.pk}-milestones": [action.milestones.first().pk]}
    else:
        sent |= {f"a{action.pk}-level": level("parcial").pk}

    answer = client.post(row_address(august, action), sent, headers=HTMX).content.decode()
    page = client.get(address(august)).content.decode()

    parts = re.findall(r'<(?:div|span|p|b)[^>]* id="([\w-]+)"[^>]*hx-swap-oob="true"', answer)
    parts += re.findall(r'<(?:div|span|p|b) id="([\w-]+)"[^>]*hx-swap-oob="true"', answer)
    assert {
        f"guardado-{action.pk}",
        f"barra-{action.pk}",
        "informadas",
        "cuenta-sin-informar",
    } <= set(parts)
    for part in set(parts):
        assert inside(answer, part) == inside(page, part), part


def inside(html, part):
    """The text and fields inside an element, whatever its swapping attributes."""
    start = html.index(f'id="{part}"')
    tag = re.search(r"<(\w+)[^>]*$", html[:start]).group(1)
    depth, at = 1, html.index(">", start) + 1
    begin = at
    while depth:
        step = re.compile(rf"<(/?){tag}\b[^>]*>").search(html, at)
        depth += -1 if step.group(1) else 1
        at = step.end()
    found = re.sub(r' hx-swap-oob="true"|value="[A-Za-z0-9]{64}"', "", html[begin:at])
    return re.sub(r"\s+", " ", found)


def test_without_javascript_one_form_saves_the_whole_month(year, august, fill, director, signed_in):
    actions, client = fill(6), signed_in(director)
    sent = fields(client, august)
    for action in actions[::2]:
        sent[f"a{action.pk}-level"] = level("avanzada").pk
    box = actions[1].milestones.first()
    sent[f"a{actions[1].pk}-milestones"] = [box.pk]

    answer = client.post(address(august), sent, follow=True)

    assert "4 acciones con cambios" in answer.content.decode()
    assert ProgressReport.objects.count() == 4  # the untouched ones were not reported


def test_without_javascript_no_row_is_lost_when_another_was_faster(
    year, august, fill, director, actor, signed_in
):
    mine, theirs, _, _ = fill(4)
    client = signed_in(director)
    sent = fields(client, august)
    other = actor(Role.PLANNER, year.school)
    reports.save_report(mine, august, by=other, revision=None, note="La de la jefatura")
    sent[f"a{mine.pk}-note"] = "La mía"
    sent[f"a{theirs.pk}-note"] = "Otra"

    answer = client.post(address(august), sent)
    html = answer.content.decode()

    assert answer.status_code == 409
    assert all(text in html for text in ("La mía", "La de la jefatura"))
    assert ProgressReport.objects.get(action=theirs).note == "Otra"
    assert ProgressReport.objects.get(action=mine).note == "La de la jefatura"


def test_rows_nobody_touched_make_no_conflict(year, august, fill, director, actor, signed_in):
    first, second = fill(2)
    client = signed_in(director)
    sent = fields(client, august)
    reports.save_report(
        first, august, by=actor(Role.PLANNER, year.school), revision=None, note="Suya"
    )
    sent[f"a{second.pk}-note"] = "La mía"

    answer = client.post(address(august), sent)

    assert answer.status_code == 302
    assert ProgressReport.objects.get(action=first).note == "Suya"


@pytest.mark.parametrize(
    ("decided", "note"),
    [("mine", "La mía"), ("theirs", "La otra"), ("both", "La otra\nLa mía")],
)
def test_the_second_person_sees_both_texts_and_decides(
    decided, note, year, august, fill, director, actor, signed_in
):
    (action,) = fill(1)
    client = signed_in(director)
    reports.save_report(
        action, august, by=actor(Role.PLANNER, year.school), revision=None, note="La otra"
    )
    prefix = f"a{action.pk}"
    sent = {f"{prefix}-note": "La mía", f"{prefix}-level": "", f"{prefix}-revision": ""}

    told = client.post(row_address(august, action), sent, headers=HTMX).content.decode()
    assert all(text in told for text in ("La mía", "La otra", "Juntar las dos"))
    assert ProgressReport.objects.get().note == "La otra"
    against = re.search(rf'name="{prefix}-against" value="(\d+)"', told).group(1)
    sent |= {f"{prefix}-decide": decided, f"{prefix}-against": against}
    after = client.post(row_address(august, action), sent, headers=HTMX).content.decode()

    assert ProgressReport.objects.get().note == note
    assert note in after


def test_same_as_last_month_copies_the_level(year, august, fill, director, signed_in):
    (action,) = fill(1)
    reports.save_report(action, month(year, 7), by=director, revision=None, level=level("parcial"))

    signed_in(director).post(row_address(august, action), {"same": str(action.pk)}, headers=HTMX)

    assert ProgressReport.objects.get(period=august).level.code == "parcial"


def test_dates_the_wrong_way_round_are_told_and_nothing_is_saved(
    year, august, fill, director, signed_in
):
    (action,) = fill(1)
    prefix = f"a{action.pk}"
    sent = {f"{prefix}-real_start": "2026-08-10", f"{prefix}-real_end": "2026-08-01"}

    answer = signed_in(director).post(row_address(august, action), sent, headers=HTMX)

    assert "igual o posterior al 10-08-2026" in answer.content.decode()
    assert not ProgressReport.objects.exists()


@pytest.mark.parametrize(
    ("what", "shown"),
    [("sin-informar", {2, 3}), ("por-revisar", {1}), ("con-alerta", set()), ("nada", {1, 2, 3})],
)
def test_the_chips_filter_by_what_is_pending(
    what, shown, year, august, fill, director, actor, signed_in
):
    teacher = actor(Role.RESPONSIBLE, year.school)
    actions = fill(3, responsible=teacher.memberships[0])
    for action in actions:
        action.milestones.update(due_on="2026-12-01")
    reports.save_report(actions[0], august, by=teacher, revision=None, level=level("parcial"))

    html = signed_in(director).get(address(august), {"ver": what}).content.decode()

    names = set(re.findall(r"data-toggle[^>]*>Taller número (\d)<", html))
    assert names == {str(number) for number in shown}


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.DIRECTOR, "school", 200),
        (Role.PLANNER, "school", 200),
        (Role.RESPONSIBLE, "school", 200),
        (Role.OWNER, "owner", 200),
        (Role.SUPERVISOR, "office", 200),
        (Role.ANALYST, "country", 404),
        (Role.ADMINISTRATOR, "country", 404),
    ],
)
def test_who_reads_the_month_and_nobody_from_elsewhere(
    role, place, status, year, august, fill, actor, signed_in
):
    fill(1)
    where = year.school if place == "school" else getattr(year.school, place)

    page = signed_in(actor(role, where)).get(address(august))

    assert page.status_code == status
    if role in {Role.OWNER, Role.SUPERVISOR}:
        assert 'form="mes"' not in page.content.decode()


def test_whoever_may_not_report_cannot_post_either(year, august, fill, actor, signed_in):
    (action,) = fill(1)
    teacher = signed_in(actor(Role.RESPONSIBLE, year.school))
    sent = {f"a{action.pk}-level": level("parcial").pk}

    row = teacher.post(row_address(august, action), sent, headers=HTMX)
    whole = teacher.post(address(august), sent)

    assert "a cargo de otra persona" in row.content.decode()
    assert whole.status_code == 302
    assert not ProgressReport.objects.exists()


def test_a_year_without_periods_leads_to_choosing_the_frequency(today, actor, signed_in):
    from tests.factories.monitoring import implementing_year

    year = implementing_year(monthly=False)
    client = signed_in(actor(Role.DIRECTOR, year.school))

    page = client.get(f"/escuelas/{year.school.code}/monitoreo/", follow=True)
    chosen = client.post(page.request["PATH_INFO"], {"frequency": "quarter"}, follow=True)

    assert "todavía no comienza" in page.content.decode()
    assert year.periods.count() == 4
    assert "Monitoreo de junio a agosto" in chosen.content.decode()


def test_undoing_from_the_grid_writes_the_former_words(year, august, fill, director, signed_in):
    (action,) = fill(1)
    reports.save_report(action, august, by=director, revision=None, note="Primera")
    reports.save_report(action, august, by=director, revision=0, note="Segunda")

    answer = (
        signed_in(director)
        .post(f"{row_address(august, action)}deshacer/", headers=HTMX)
        .content.decode()
    )

    assert ">Primera</textarea>" in answer


def test_what_the_grid_calls_late_is_what_the_lists_call_late(year, august, fill, director, today):
    """The rule stands in Action.objects.late; the grid asks it of rows already read."""
    actions = fill(8)
    for place, action in enumerate(actions):
        Action.objects.filter(pk=action.pk).update(
            ends_on="2026-08-01" if place % 4 < 2 else "2026-11-27",
            level_now=level("completa") if place < 4 else level("parcial"),
        )
        action.milestones.update(due_on="2026-08-01" if place > 5 else "2026-12-01")

    found = grid.read(year, august, [august], director)

    late = set(Action.objects.late(today))
    assert {row.action for row in found.rows if row.is_late} == late
    assert 0 < len(late) < 8


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"note": "Va bien"}, "nota"),
        ({"real_end": dt.date(2026, 8, 30)}, "término real"),
        ({"resources": "no"}, "recursos"),
    ],
)
def test_the_open_row_tells_the_last_changes_in_words(
    said, words, year, august, fill, director, signed_in
):
    (action,) = fill(1)
    reports.save_report(action, august, by=director, revision=None, level=level("parcial"))
    reports.save_report(action, august, by=director, revision=0, **said)

    row = signed_in(director).get(row_address(august, action), headers=HTMX).content.decode()

    assert f"<span>Usted: {words}</span>" in row
    assert "informó 25–49" in row
