"""How the newest changes are told."""

import pytest

from mejora.plans.enums import Entity
from mejora.plans.models import Change
from mejora.reports import news

REPORT = {"level": "avanzada", "note": "Tres visitas hechas.", "is_reviewed": False}


@pytest.mark.parametrize(
    ("before", "after", "verb"),
    [
        (None, REPORT, "informó"),
        (REPORT, {**REPORT, "is_reviewed": True}, "aceptó el informe de"),
        (
            REPORT,
            {**REPORT, "note": "Cuatro visitas.", "is_reviewed": True},
            "corrigió el informe de",
        ),
        ({**REPORT, "is_reviewed": True}, REPORT, "corrigió el informe de"),
        (REPORT, {**REPORT, "removed": "2026-11-20"}, "quitó"),
    ],
)
def test_accepting_a_report_is_not_told_as_correcting_it(before, after, verb):
    change = Change(entity=Entity.REPORT, before=before, after=after)
    assert news.verb_of(change) == verb
