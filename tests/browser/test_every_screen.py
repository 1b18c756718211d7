"""Every address of the product, as every person of the sample sees it, at both widths.

A test client asks for all of them; what looks alike (the same elements inside the same elements)
is looked at once. The browser then shows each look at 1280 and 360 px to axe; nothing may be wider
than the window nor complain in the console.
"""

from collections import defaultdict
from html.parser import HTMLParser

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from mejora import sample
from mejora.monitoring.models import EvidenceUse, Period
from mejora.network import operations
from mejora.network.contacts import Contact
from mejora.network.enums import BatchKind, Role
from mejora.network.models import Membership, School
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Action, Indicator, PlanYear, Reading, Stage
from mejora.sample import filling
from mejora.sample.staff import FORTY
from mejora.support.deliverables import Deliverable
from mejora.support.enums import DeliverableStatus, SupportKind
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import (
    Adjustment,
    Commitment,
    OwnTerm,
    Session,
    SupportAction,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportReading,
)
from mejora.territory.models import Alert
from mejora.territory.service import ServiceObjective
from mejora.territory.works import Work, WorkPhoto
from tests import factories
from tests import world as worlds
from tests.browser.conftest import DESK, PHONE, is_complaint, keep_picture, wrong_with
from tests.factories import MembershipFactory
from tests.factories.figures import AlertFactory
from tests.factories.files import directory
from tests.factories.network import YEAR
from tests.test_every_address import LETTER, OPEN_TO, PUBLIC, SIGNED_IN, address
from tests.world import Whole, World

# What an address shows besides its plain self.
MORE = {
    "plans:detail": ("?desde=accion", "?desde=evidencia", "?falta=todos", "?dimension=GP"),
    "network:school_list": ("?q=no-hay-ninguna", "?orden=-matricula&pagina=2"),
    "network:owner_list": ("?q=no-hay",),
    "service:choose": ("?de=obras", "?q=no-hay"),
    "works:list": ("?q=no-hay",),
    "territory:alerts": ("?estado=espera",),
    "territory:schools": ("?corte=bajo", "?comuna=99999"),
    "monitoring:grid": ("?ver=sin-informar",),
    "reports:board": ("?mostrar=con-atraso",),
    "reports:approvals": ("?turno=escuela",),
    "reports:progress": ("?filas=todas", "?ver=porcentaje"),
}
# Seen by somebody who is at another moment of the year than the school of the accounts.
MOMENTS = (
    (StageKind.STRATEGIC, StageStatus.PARTIAL, "DR"),
    (StageKind.PLANNING, StageStatus.PARTIAL, "D"),
    (StageKind.PLANNING, StageStatus.SENT, "DO"),
    (StageKind.PLANNING, StageStatus.RETURNED, "D"),
    (StageKind.EVALUATION, StageStatus.PARTIAL, "D"),
)


@pytest.fixture
def world(db, today):
    filling.fill("slep", on=today, tell=lambda text: None)
    people = [Membership.objects.get(user__email=account.email) for account in sample.ACCOUNTS]
    school = whole(School.objects.get(code=FORTY))
    checked, _refused = [
        bring(text) for text in (directory({"COD_DEPE": "9"}, {"NOM_RBD": "NULL"}), "x;y\n")
    ]
    return World(school, school, {m.role: m for m in reversed(people)}, checked)


def bring(text):
    file = ContentFile(text.encode(), name="directorio.csv")
    batch = operations.receive(file, kind=BatchKind.DIRECTORY, year=None, by=None)
    operations.check(batch)
    return batch


def whole(school):
    """A school of the sample, as the table of addresses names its things."""
    year = PlanYear.objects.with_place().get(school=school, year=YEAR)
    of_year = Action.objects.filter(plan_year=year)
    objective = year.plan.objectives.first()
    things = {
        "seal": year.plan.seals.first(),
        "objective": objective,
        "goal": objective and objective.goals.first(),
        "strategy": year.strategies.first(),
        "indicator": Indicator.objects.filter(strategy__plan_year=year).first(),
        "reading": Reading.objects.filter(indicator__strategy__plan_year=year).first(),
        "action": of_year.filter(responsible__isnull=False).first() or of_year.first(),
        "period": Period.objects.filter(plan_year=year, starts_on__month=8).first(),
        "use": EvidenceUse.objects.filter(action__plan_year=year).first(),
        "alert": Alert.objects.filter(school=school).first() or AlertFactory(school=school),
        "contact": Contact.objects.filter(school=school).first(),
        "teacher": Membership.objects.get(user__email=sample.ACCOUNTS[2].email),
        **of_support(school),
        **of_service(school),
    }
    return Whole(school, year, things)


def of_support(school):
    """What hangs from the support plan that the Service made for the school."""
    plan = SupportPlan.objects.filter(places__school=school, kind=SupportKind.DEP).first()
    sessions = Session.objects.filter(plan=plan)
    actions = SupportAction.objects.filter(objective__plan=plan)
    reports = FeedbackReport.objects.filter(plan=plan, school=school)
    product = Deliverable.objects.filter(status=DeliverableStatus.DELIVERED).first()
    return {
        "deliverable": product,
        "deliverable_file": product and product.files.first(),
        "support_plan": plan,
        "own_term": OwnTerm.objects.first(),
        "support_objective": SupportObjective.objects.filter(plan=plan).first(),
        "support_indicator": SupportIndicator.objects.filter(objective__plan=plan).first(),
        "support_reading": SupportReading.objects.filter(indicator__objective__plan=plan).first(),
        "support_action": actions.filter(adjustments__isnull=False).first() or actions.first(),
        "adjustment": Adjustment.objects.filter(document__isnull=False).first(),
        "session": sessions.first(),
        "commitment": Commitment.objects.filter(session__plan=plan).first(),
        "application": Application.objects.filter(plan=plan, school=school).first(),
        "feedback": reports.filter(sent_at__isnull=False).first(),
        "feedback_draft": reports.filter(sent_at__isnull=True).first(),
    }


def of_service(school):
    """The works of the school and this year's report of its Service."""
    objectives = ServiceObjective.objects.live().filter(report__owner=school.owner)
    objective = objectives.filter(report__year=YEAR).first()
    return {
        "work": Work.objects.live().filter(school=school).first(),
        "photo": WorkPhoto.objects.live().filter(work__school=school).first(),
        "service_objective": objective,
        "service_action": objective and objective.actions.last(),
    }


class Look(HTMLParser):
    """What a page is made of: its elements with their classes, each inside the ones above it."""

    VOID = frozenset(["br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"])

    def __init__(self, page):
        super().__init__()
        self.above, self.shell, self.main = [], set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        names = " ".join(sorted(n for n in said if n.startswith("aria-")))
        part = f"{tag}.{said.get('class') or ''}[{said.get('type') or ''} {names}]"
        is_main = any(one.startswith("main.") for one in self.above)
        (self.main if is_main else self.shell).add(" > ".join([*self.above[-3:], part]))
        if tag not in self.VOID:
            self.above.append(part)

    def handle_endtag(self, tag):
        while self.above and not self.above.pop().startswith(f"{tag}."):
            pass


def addresses(where, world, role, known=frozenset()):
    """Every address that this role may ask for, with what else it shows; not those `known`."""
    letter = next((one for one, each in LETTER.items() if each == role), "")
    for name, who in OPEN_TO.items():
        if name in known:
            continue
        if who != PUBLIC and not (letter and (who == SIGNED_IN or letter in who)):
            continue
        try:
            url = address(name, where, world)
        except (AttributeError, KeyError):  # this school has no such thing yet
            continue
        yield name, url
        for query in MORE.get(name, ()):
            yield name, url + query
    for kind in StageKind:
        yield "plans:stage", reverse("plans:stage", args=[where.school.code, YEAR, kind])
    yield "404", "/no-existe/"


def people(world):
    """Whose eyes are used: a stranger, each account of the sample, and schools at other moments."""
    yield None, "", world.own
    for role, membership in world.people.items():
        yield membership.user, role, world.own
    for kind, status, letters in MOMENTS:
        wanted = Stage.objects.filter(kind=kind, status=status, plan_year__year=YEAR)
        school = wanted.order_by("pk").first().plan_year.school
        for letter in letters:
            role = LETTER[letter]
            place = school.owner if role == Role.OWNER else school
            yield MembershipFactory(role=role, place=place).user, role, whole(school)


def the_rest(found):
    """What the sample's school has none of, at a school with one of everything."""
    for number in (factories.SchoolFactory, factories.OwnerFactory, factories.CommuneFactory):
        number.reset_sequence(500)  # beyond the codes of the sample
    made = worlds.build()
    for role, membership in made.people.items():
        yield membership.user, role, made.own, found


def new_looks(world):
    """`(client, urls)` of each person: the addresses that look like none before."""
    mains, shells, found = defaultdict(list), [], set()
    sample_people = [(*each, frozenset()) for each in people(world)]
    for user, role, where, known in (*sample_people, *the_rest(found)):
        client = Client(raise_request_exception=True)
        if user:
            client.force_login(user)
        urls, asked = [], list(addresses(where, world, role, frozenset(known)))
        if not known:
            found |= {name for name, _ in asked}
        for name, url in asked:
            answer = client.get(url)
            is_page = answer.get("Content-Type", "").startswith("text/html")
            if is_page and answer.status_code in (200, 403, 404):
                look = Look(answer.content.decode())
                kind = name if answer.status_code == 200 else answer.status_code
                known = [look.main <= other for other in mains[kind]]
                if not any(known) or not any(look.shell <= other for other in shells):
                    mains[kind].append(look.main)
                    shells.append(look.shell)
                    urls.append(url)
            answer.close()
        yield client, urls


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
def test_every_screen_of_every_person_passes_axe(size, browser, live_server, world):
    said, seen = [], 0
    for client, urls in list(new_looks(world)):
        context = browser.new_context(locale="es-CL", timezone_id="America/Santiago")
        if session := client.cookies.get("sessionid"):
            cookie = {"name": "sessionid", "value": session.value, "url": live_server.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.set_viewport_size(size)
        listen(page, said)
        for url in urls:
            said += look_at(page, live_server.url + url)
            seen += 1
        context.close()

    assert said == [], "\n".join(said)
    assert seen > 80, f"{seen} screens is too few to be the whole product"


def listen(page, said):
    def keep(message):
        if is_complaint(message) and "status of 40" not in message.text:  # a 403 or 404 on purpose
            said.append(f"{page.url}: {message.text}")

    page.on("console", keep)
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))


def look_at(page, url):
    """What axe finds, and how far the page is wider than the window."""
    page.goto(url)
    wrong = [f"{url}: {each}" for each in wrong_with(page)]
    keep_picture(page, url.split("/", 3)[-1])
    return wrong
