"""Which function sends each stage, and which tells what is missing.

The content of a stage lives in its app: strategic and planning here, implementation and evaluation
in monitoring, which adds its own two when it is ready (`MonitoringConfig.ready`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mejora.network.access import Actor
from mejora.plans.enums import StageKind
from mejora.plans.missing import Missing
from mejora.plans.models import PlanYear, StageEvent


class Send(Protocol):
    def __call__(self, plan_year: PlanYear, *, by: Actor) -> StageEvent: ...


@dataclass(frozen=True, slots=True)
class Sender:
    missing: Callable[[PlanYear], list[Missing]]
    send: Send


SENDERS: dict[StageKind, Sender] = {}
