"""Every address, by every role, at their own school and at a foreign one.

`OPEN_TO` says in letters who gets in at their own place; whoever is not named gets 403 or 404, and
at a foreign school nobody but the country's analyst and administrator does. A new address that is
not in the table fails the first test.
"""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from mejora.network.enums import Role

LETTER = {
    "D": Role.DIRECTOR,
    "P": Role.PLANNER,
    "R": Role.RESPONSIBLE,
    "O": Role.OWNER,
    "S": Role.SUPERVISOR,
    "A": Role.ADVISER,
    "J": Role.DISTRICT_LEAD,
    "L": Role.QUALITY_LEAD,
    "F": Role.PROFESSIONAL,
    "T": Role.OPERATIVE,
    "N": Role.ANALYST,
    "M": Role.ADMINISTRATOR,
}
PUBLIC, SIGNED_IN = "public", "signed in"
SECRETARIAT = "LFT"
READERS, WRITERS, TERRITORY, IMPORTERS = "DPROLSAJFT", "DP", "OLSAJFTNM", "NM"
SUPPORTERS = "OLAJFT"
NOBODY = ""  # the strategic stage of this school is approved: nobody writes it now

OPEN_TO = {
    "home": SIGNED_IN,
    "account_login": PUBLIC,
    "account_signup": PUBLIC,
    "account_logout": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "core:accessibility": PUBLIC,
    "core:components": PUBLIC,
    "core:help": PUBLIC,
    "core:privacy": PUBLIC,
    "core:shortcuts": PUBLIC,
    "frameworks:catalogue": SIGNED_IN,
    "frameworks:catalogue_list": SIGNED_IN,
    "monitoring:accept": WRITERS,
    "monitoring:ask_changes": WRITERS,
    "monitoring:action": READERS,
    "monitoring:evaluation": READERS,
    "monitoring:evidence": "DPROL",
    "monitoring:evidence_remove": WRITERS,
    "monitoring:evidence_restore": NOBODY,
    "monitoring:file": "DPROL",
    "monitoring:frequency": READERS,
    "monitoring:grid": READERS,
    "monitoring:home": READERS,
    "monitoring:my_actions": SIGNED_IN,
    "monitoring:receipt": "DPR",
    "monitoring:report": "DPR",
    "monitoring:row": READERS,
    "monitoring:several": WRITERS,
    "monitoring:undo_several": WRITERS,
    "monitoring:undo": "DPR",  # the action is the teacher's own
    "monitoring:undo_mine": NOBODY,
    "network:ate_list": SIGNED_IN,
    "network:batch": IMPORTERS,
    "network:batch_as": IMPORTERS,
    "network:batch_discard": IMPORTERS,
    "network:batch_fix": IMPORTERS,
    "network:batch_issues": IMPORTERS,
    "network:batch_issues_csv": IMPORTERS,
    "network:batch_issues_xlsx": IMPORTERS,
    "network:batch_land": IMPORTERS,
    "network:batch_resume": IMPORTERS,
    "network:batch_rows": IMPORTERS,
    "network:batch_undo": IMPORTERS,
    "network:contacts": "OLSAJFT",
    "network:contact_remove": "O",  # whoever noted it, alone
    "network:contact_restore": "O",
    "network:import_list": "DPOLJNM",
    "network:import_new": "OLJNM",
    "network:import_roster": IMPORTERS,
    "network:import_template": IMPORTERS,
    "network:invitation": PUBLIC,
    "network:invitation_revoke": NOBODY,
    "network:invitation_send_again": NOBODY,
    "network:members": SIGNED_IN,
    "network:membership_end": "DOLM",
    "network:membership_restore": NOBODY,
    "network:owner": "DPROLSAJFTNM",
    "network:owner_list": SIGNED_IN,
    "network:place_members": "DPROJLM",
    "network:school": "DPROLSAJFTNM",
    "network:school_list": SIGNED_IN,
    "network:switch_place": SIGNED_IN,
    "network:who_sees_what": SIGNED_IN,
    "people:account": SIGNED_IN,
    "people:notification": NOBODY,  # each is its reader's alone: tests/people/test_notifications.py
    "people:notifications": SIGNED_IN,
    "people:notifications_read": SIGNED_IN,
    "plans:action": READERS,
    "plans:action_edit": WRITERS,
    "plans:action_new": WRITERS,
    # A plan of Chile has no self-assessment by components: tests/plans/test_assessment.py asks
    # these of a plan that has.
    "plans:assessment": NOBODY,
    "plans:assessment_area": NOBODY,
    "plans:factor_edit": NOBODY,
    "plans:factor_new": NOBODY,
    "plans:factors": NOBODY,
    "plans:goal_indicator_new": NOBODY,
    "plans:judge": NOBODY,
    "plans:basis": NOBODY,
    "plans:bin": READERS,
    "plans:detail": READERS,
    "plans:files": WRITERS,
    "plans:gantt": READERS,
    "plans:goal_edit": NOBODY,
    "plans:goal_new": NOBODY,
    "plans:history": READERS,
    "plans:indicator_edit": READERS,
    "plans:indicator_new": NOBODY,
    "plans:money": READERS,
    "plans:normative": READERS,
    "plans:objective_edit": NOBODY,
    "plans:objective_new": NOBODY,
    "plans:open_year": WRITERS,
    "plans:reading_edit": WRITERS,
    "plans:reading_new": WRITERS,
    "plans:remove": WRITERS,
    "plans:restore": NOBODY,
    "plans:seal_edit": NOBODY,
    "plans:seal_new": NOBODY,
    "plans:stage": READERS,
    "plans:stages": READERS,
    "plans:start": READERS,
    "plans:strategy_edit": NOBODY,
    "plans:strategy_new": NOBODY,
    "plans:version": READERS,
    "plans:versions": READERS,
    "plans:workbook": READERS,
    "reports:approvals": "OL",
    "reports:board": TERRITORY,
    "reports:board_alerts": "OLSAJFT",
    "reports:board_levels": TERRITORY,
    "reports:board_reports": "OLSAJFT",
    "reports:figures": "DPROLSAJFTNM",
    "reports:figures_pdf": "DPROLSAJFTNM",
    "reports:monitoring_form": READERS,
    "reports:monitoring_pdf": READERS,
    "reports:file": NOBODY,  # a prepared file is its author's: tests/reports/test_prepared.py
    "reports:file_cancel": NOBODY,
    "reports:file_delete": NOBODY,
    "reports:file_download": NOBODY,
    "reports:file_resume": NOBODY,
    "reports:files": SIGNED_IN,
    "reports:list": SIGNED_IN,  # the list of schools; each list: tests/reports/test_lists.py
    "reports:plan_pdf": READERS,
    "reports:record": "DOLM",
    "reports:record_import": "M",
    "reports:progress": TERRITORY,
    "reports:progress_csv": TERRITORY,
    "reports:progress_schools": TERRITORY,
    "reports:progress_xlsx": TERRITORY,
    "reports:year_list": READERS,  # the plan's actions
    "reports:service": "OJA",
    "reports:service_edition": "OJA",
    "service:action": "OJ",
    "service:action_new": "OJ",
    "service:action_raise": "OJ",
    "service:action_remove": "OJ",
    "service:action_restore": NOBODY,  # it is not in the bin
    "service:choose": "OJ",
    "service:context": "OJ",
    "service:edition": "OJA",
    "service:home": "OJA",
    "service:issue": "O",
    "service:objective": "OJ",
    "service:objective_new": "OJ",
    "service:objective_remove": "OJ",
    "service:objective_restore": NOBODY,
    "service:report": "OJA",
    "service:start": "OJ",
    "works:detail": "DPROJ",
    "works:edit": "OJ",
    "works:list": "DPROJ",
    "works:new": "OJ",
    "works:photo": "DPROJ",
    "works:photo_remove": "OJ",
    "works:photo_restore": NOBODY,  # it is not in the bin
    "works:remove": "OJ",
    "works:restore": NOBODY,
    "territory:alert": "DPOSAJNM",
    "territory:alert_act": "DPOAJNM",  # a step noted
    "territory:alerts": "OSAJNM",
    "territory:figures": "OSAJNM",
    "territory:school": "DPOSAJNM",
    "territory:schools": "OSAJNM",
    "assistance:align": NOBODY,  # the cycle stands in activity 5
    "assistance:analysis": SECRETARIAT,
    "assistance:ask": WRITERS,
    "assistance:assistance": SECRETARIAT,
    "assistance:assistance_edit": "L",  # the strategy is aligned
    "assistance:assistance_new": "L",
    "assistance:begin": SECRETARIAT,
    "assistance:cancel": "L",
    "assistance:classes": SECRETARIAT,
    "assistance:close": "L",
    "assistance:consolidate": NOBODY,
    "assistance:cycle": SECRETARIAT,
    "assistance:deliver": NOBODY,
    "assistance:file": NOBODY,
    "assistance:finish": SECRETARIAT,
    "assistance:follow_up": SECRETARIAT,
    "assistance:follow_ups": SECRETARIAT,
    "assistance:history": SECRETARIAT,
    "assistance:home": SECRETARIAT,
    "assistance:irregularities": SECRETARIAT,
    "assistance:irregularity_new": "L",
    "assistance:irregularity_remove": "L",
    "assistance:issue": NOBODY,
    "assistance:needs": SECRETARIAT,
    "assistance:pam": SECRETARIAT,
    "assistance:rate": WRITERS,
    "assistance:ratings": SECRETARIAT,
    "assistance:receive": NOBODY,  # nothing was filed
    "assistance:records": SECRETARIAT,
    "assistance:report": SECRETARIAT,
    "assistance:review_ratings": NOBODY,
    "assistance:row": "LF",
    "assistance:row_new": "LF",
    "assistance:row_remove": "LF",
    "assistance:row_restore": NOBODY,  # it is not in the bin
    "assistance:school": "DPRLFT",
    "assistance:settings": "L",
    "assistance:start": "LF",
    "assistance:task_new": SECRETARIAT,
    "assistance:verification": SECRETARIAT,
    "assistance:verify": "L",
    "support:action": SUPPORTERS,
    "support:action_new": SUPPORTERS,
    "support:adjust": SUPPORTERS,
    "support:catalogue": SUPPORTERS,
    "support:commitment": READERS,
    "support:commitment_edit": SUPPORTERS,
    "support:commitment_new": SUPPORTERS,
    "support:commitment_reopen": NOBODY,  # it is pending
    "support:document": "DPOLAJFT",
    "support:gantt": READERS,
    "support:history": READERS,
    "support:home": READERS,
    "support:indicator": SUPPORTERS,
    "support:indicator_new": SUPPORTERS,
    "support:objective": SUPPORTERS,
    "support:objective_new": SUPPORTERS,
    "support:own_term": "OLJ",
    "support:own_term_new": "OLJ",
    "support:own_term_remove": "OLJ",
    "support:own_term_restore": NOBODY,  # it is not in the bin
    "support:plan": READERS,
    "support:plan_close": "OLJ",
    "support:plan_edit": SUPPORTERS,
    "support:plan_new": SUPPORTERS,
    "support:plan_reopen": "OLJ",
    "support:reading": SUPPORTERS,
    "support:reading_new": SUPPORTERS,
    "support:remove": SUPPORTERS,
    "support:restore": NOBODY,  # it is not in the bin
    "support:school": READERS,
    "support:session": READERS,
    "support:session_cancel": SUPPORTERS,
    "support:session_edit": SUPPORTERS,
    "support:session_hold": SUPPORTERS,
    "support:session_new": SUPPORTERS,
    "support:sessions": READERS,
    "support:advice": "OLJ",
    "support:advice_edit": "OLJ",
    "support:application": READERS,
    "support:application_new": SUPPORTERS,
    "support:advisory_new": "OLJ",
    "support:deliverable": READERS,
    "support:deliverable_accept": NOBODY,  # it is not handed over
    "support:deliverable_attach": SUPPORTERS,
    "support:deliverable_deliver": SUPPORTERS,
    "support:deliverable_edit": SUPPORTERS,
    "support:deliverable_file": "DPOLAJFT",
    "support:deliverable_file_remove": SUPPORTERS,
    "support:deliverable_file_restore": NOBODY,  # it is not in the bin
    "support:deliverable_produce": SUPPORTERS,
    "support:deliverable_return": NOBODY,
    "support:deliverable_undecide": NOBODY,
    "support:deliverable_withdraw": NOBODY,
    "support:deliverables": READERS,
    "support:feedback": READERS,
    "support:feedback_answer": "D",
    "support:feedback_list": READERS,
    "support:feedback_new": SUPPORTERS,
    "support:feedback_read": "D",
    "support:feedback_remove": SUPPORTERS,
    "support:feedback_restore": SUPPORTERS,
    "support:feedback_send": SUPPORTERS,
    "support:follow_up": READERS,
    "reports:assistance_report": SECRETARIAT,
    "reports:feedback_docx": READERS,
    "reports:feedback_pdf": READERS,
    "reports:irregularities_report": SECRETARIAT,
}
# These speak of the person's own place, or of the whole country: no school stands in the address.
_PREFIXES = (
    *("reports:progress", "reports:board", "reports:approvals", "reports:record_"),
    "network:batch",
    *("works:list", "works:new", "reports:service", "service:context", "service:edition"),
    *("service:home", "service:issue", "service:objective_new", "service:report", "service:start"),
    *("support:home", "support:catalogue", "support:own_term_new", "support:plan_new"),
    "support:advisory_new",
    *("support:advice", "support:feedback_list"),
    *("territory:alerts", "territory:figures", "territory:schools"),
    *("assistance:home", "assistance:start"),
)
WITHOUT_SCHOOL = {
    name
    for name, who in OPEN_TO.items()
    if who in (PUBLIC, SIGNED_IN) or name.startswith((*_PREFIXES, "network:import"))
}
COUNTRYWIDE = {Role.ANALYST, Role.ADMINISTRATOR}
# Addresses about a place, or about how far its plan is: who sees the whole country sees all.
OF_A_PLACE = {
    *("network:school", "network:owner", "network:place_members", "network:membership_end"),
    *("reports:figures", "reports:figures_pdf", "reports:record"),
    *("territory:alert", "territory:alert_act", "territory:school"),
}
KIND = {
    "network:import_template": "roster",
    "plans:stage": "planning",
    "network:place_members": "escuela",
    "reports:monitoring_form": "evidencias",
    "support:own_term_new": "eje",
    **{f"assistance:row{way}": "fuente" for way in ("", "_new", "_remove", "_restore")},
}
THING = {
    "plans:seal_edit": "seal",
    "plans:objective_edit": "objective",
    "plans:goal_new": "objective",
    "plans:goal_edit": "goal",
    "plans:strategy_edit": "strategy",
    "plans:indicator_new": "strategy",
    "plans:indicator_edit": "indicator",
    "plans:reading_new": "indicator",
    "plans:reading_edit": "reading",
    "monitoring:evidence_remove": "use",
    "monitoring:evidence_restore": "use",
    "monitoring:file": "use",
    "network:contact_remove": "contact",
    "network:contact_restore": "contact",
    **dict.fromkeys(("works:detail", "works:edit", "works:remove", "works:restore"), "work"),
    **dict.fromkeys(("territory:alert", "territory:alert_act"), "alert"),
    **{
        f"support:{name}": key
        for key, names in {
            "support_plan": "plan plan_edit plan_close plan_reopen gantt history sessions "
            "session_new objective_new follow_up application_new feedback_new deliverables",
            "application": "application",
            "deliverable": "deliverable deliverable_edit deliverable_attach deliverable_produce "
            "deliverable_deliver deliverable_withdraw deliverable_accept deliverable_return "
            "deliverable_undecide",
            "deliverable_file": "deliverable_file deliverable_file_remove deliverable_file_restore",
            "feedback": "feedback feedback_read feedback_answer",
            "feedback_draft": "feedback_send feedback_remove feedback_restore",
            "support_objective": "objective indicator_new action_new",
            "support_indicator": "indicator reading_new",
            "support_reading": "reading",
            "support_action": "action adjust remove restore",
            "adjustment": "document",
            "session": "session session_edit session_hold session_cancel commitment_new",
            "commitment": "commitment commitment_edit commitment_reopen",
            "own_term": "own_term own_term_remove own_term_restore",
        }.items()
        for name in names.split()
    },
    **{
        f"assistance:{name}": key
        for key, names in {
            "cycle": "cycle settings close history analysis needs classes pam align follow_ups "
            "follow_up ratings consolidate review_ratings verification report issue deliver "
            "irregularities file receive records assistance_new row_new",
            "assistance": "assistance assistance_edit begin finish cancel task_new",
            "assistance_done": "verify rate",
            "source": "row row_remove row_restore",
            "inclusion": "irregularity_new",
            "irregularity": "irregularity_remove",
        }.items()
        for name in names.split()
    },
    **dict.fromkeys(("reports:assistance_report", "reports:irregularities_report"), "cycle"),
    **dict.fromkeys(("reports:feedback_docx", "reports:feedback_pdf"), "feedback"),
    **dict.fromkeys(
        ("service:action", "service:action_raise", "service:action_remove"), "service_action"
    ),
    "service:action_restore": "service_action",
    **dict.fromkeys(("service:objective", "service:objective_remove"), "service_objective"),
    **dict.fromkeys(("service:choose", "service:action_new"), "service_objective"),
    "service:objective_restore": "service_objective",
    **dict.fromkeys(("works:photo", "works:photo_remove", "works:photo_restore"), "photo"),
}


def every_name():
    found = set()

    def walk(resolver, prefix=""):
        for entry in resolver.url_patterns:
            if hasattr(entry, "url_patterns"):
                walk(entry, prefix + (f"{entry.namespace}:" if entry.namespace else ""))
            elif entry.name:
                found.add(prefix + entry.name)

    walk(get_resolver())
    return sorted(found)


def address(name, where, world):
    """The address of `name` about this school's things."""
    given = {
        "code": where.school.code,
        "year": where.year.year,
        "uid": where.things[THING.get(name, "action")].uid,
        "what": "gestion",
        "slug": where.things["period"],
        "kind": KIND.get(name, "accion"),
        "pk": where.things["teacher"].pk if "membership" in name else world.batch.pk,
        "cut": {"network:batch_issues": "errores"}.get(name, "nuevas"),
        "listed": {"reports:list": "escuelas"}.get(name, "acciones-del-plan"),
        "token": "no-existe",
        "ending": "csv",
        "key": "x" if "from_key" in name else where.school.owner.key,
        "name": "mural.jpg",
        "country": "cl",
        "uidb36": "1",
        "component": "condiciones",
        "area": "GA",
        "question": "recursos",
    }
    if name in ("plans:version", "service:edition", "reports:service_edition"):
        given["number"] = 1
    if name == "assistance:close":
        given["number"] = 7
    if name in ("reports:assistance_report", "reports:irregularities_report"):
        given["ending"] = "pdf"
    if name.startswith("reports:service"):
        given["ending"] = "docx"
    if name == "frameworks:catalogue":
        given["code"] = where.year.plan.edition.code
    if name.startswith("support:advice"):
        given["code"] = "cl-apoyo-ejecucion"
    wanted = max(_possibilities(name), key=len)
    return reverse(name, kwargs={key: given[key] for key in wanted})


def _possibilities(name):
    resolver, last = get_resolver(), name
    if ":" in name:
        space, last = name.split(":")
        resolver = resolver.namespace_dict[space][1]
    for entry in resolver.reverse_dict.getlist(last):
        for _, keys in entry[0]:
            yield keys


def by(membership):
    client = Client(raise_request_exception=True)
    if session := getattr(membership.user, "session", None):  # of a world (tests/conftest.py)
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    else:
        client.force_login(membership.user)
    return client


def get_or_post(client, url):
    """A page is asked for; a deed that only takes a POST is tried with nothing in it, and taken
    back, so that the next person finds the same."""
    answer = client.get(url)
    if answer.streaming:
        list(answer.streaming_content)  # reading it whole closes it without closing the database
    if answer.status_code != 405:
        return answer
    with transaction.atomic():
        answer = client.post(url)
        transaction.set_rollback(True)
    return answer


def test_every_address_is_in_the_table():
    assert set(every_name()) == set(OPEN_TO)


@pytest.mark.parametrize("name", OPEN_TO)
def test_at_home_the_named_roles_get_in_and_nobody_else(world, name):
    for letter, role in LETTER.items():
        answer = get_or_post(by(world.people[role]), address(name, world.own, world))
        may = OPEN_TO[name] in (PUBLIC, SIGNED_IN) or letter in OPEN_TO[name]
        if name in ("network:invitation", "network:switch_place"):
            continue  # a link that does not exist, a place that was not named: their own tests

        got_in = answer.status_code not in (401, 403, 404)
        assert got_in is may, (role, answer.status_code)
        assert answer.status_code < 500


@pytest.mark.parametrize("name", [n for n in OPEN_TO if n not in WITHOUT_SCHOOL])
def test_a_foreign_school_is_closed_and_nothing_is_written(world, name):
    url = address(name, world.foreign, world)
    for letter, role in LETTER.items():
        client = by(world.people[role])
        looks = name in OF_A_PLACE and role in COUNTRYWIDE and letter in OPEN_TO[name]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answers = [client.get(url), client.post(url, {"name": "x"})]

        for answer in answers:
            assert looks or answer.status_code in (403, 404, 405), (role, answer.status_code)
        if not looks:
            assert _writes(queries) == []


def _writes(queries):
    """Statements that changed anything but the session."""
    verbs = ("INSERT", "UPDATE", "DELETE")
    return [
        q["sql"][:120]
        for q in queries
        if q["sql"].lstrip().upper().startswith(verbs) and "django_session" not in q["sql"]
    ]


@pytest.mark.parametrize("name", OPEN_TO)
def test_a_stranger_is_asked_to_sign_in(world, name):
    answer = get_or_post(Client(), address(name, world.own, world))

    if OPEN_TO[name] == PUBLIC:
        assert answer.status_code in (200, 302, 404)
        assert "next=" not in answer.get("Location", "")
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/cuenta/entrar/")
