"""The smallest valid rows; traits name situations."""

from tests.factories.network import (
    CommuneFactory,
    MembershipFactory,
    OwnerFactory,
    SchoolFactory,
    SchoolYearFactory,
)
from tests.factories.people import UserFactory
from tests.factories.plans import (
    ActionFactory,
    GoalFactory,
    IndicatorFactory,
    MilestoneFactory,
    ObjectiveFactory,
    PlanFactory,
    PlanYearFactory,
    SealFactory,
    StrategyFactory,
)

__all__ = [
    "ActionFactory",
    "CommuneFactory",
    "GoalFactory",
    "IndicatorFactory",
    "MembershipFactory",
    "MilestoneFactory",
    "ObjectiveFactory",
    "OwnerFactory",
    "PlanFactory",
    "PlanYearFactory",
    "SchoolFactory",
    "SchoolYearFactory",
    "SealFactory",
    "StrategyFactory",
    "UserFactory",
]
