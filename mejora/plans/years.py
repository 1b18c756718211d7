"""The years that the header offers on the pages of a school."""

from collections.abc import Iterable

from mejora.network.access import Actor
from mejora.plans.models import PlanYear


def of_school(actor: Actor, code: str) -> Iterable[int]:
    """The years of the school's plan that this person may read."""
    return (
        PlanYear.objects.visible_to(actor).filter(school__code=code).values_list("year", flat=True)
    )
