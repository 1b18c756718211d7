"""Which cell of the progress table an address names, so that every number leads to its schools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from mejora.plans.enums import StageKind, StageStatus
from mejora.reports.progress import Progress
from mejora.reports.standing import Standing

STAGES = {
    "estrategica": StageKind.STRATEGIC,
    "planificacion": StageKind.PLANNING,
    "implementacion": StageKind.IMPLEMENTATION,
    "evaluacion": StageKind.EVALUATION,
}
STATES = {
    "no-iniciado": StageStatus.NOT_STARTED,
    "parcial": StageStatus.PARTIAL,
    "enviado": StageStatus.SENT,
    "aprobada": StageStatus.APPROVED,
}
_STAGE_SLUGS = {stage: slug for slug, stage in STAGES.items()}
_STATE_SLUGS = {state: slug for slug, state in STATES.items()}


@dataclass(frozen=True, slots=True)
class Selection:
    """Names of fields are those of the address; what is empty is not asked."""

    pme: str = ""
    etapa: str = ""
    estado: str = ""
    grupo: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        return cls(**{name: query.get(name, "").strip() for name in cls.__slots__})

    @classmethod
    def at(cls, standing: Standing) -> Self:
        return cls(str(standing.year), _STAGE_SLUGS[standing.stage], _STATE_SLUGS[standing.state])

    def chosen(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}

    def includes(self, standing: Standing) -> bool:
        return (
            self.pme in ("", str(standing.year))
            and self.etapa in ("", _STAGE_SLUGS[standing.stage])
            and self.estado in ("", _STATE_SLUGS[standing.state])
        )

    def standings(self, found: Progress) -> list[Standing]:
        """Those of the table that it names."""
        group = next((share for share in found.shares if share.slug == self.grupo), None)
        return [
            at
            for at in found.standings
            if self.includes(at) and (group is None or group.includes(at))
        ]

    def words(self, found: Progress) -> list[str]:
        """What it names, as the table's heads say it."""
        group = next((share for share in found.shares if share.slug == self.grupo), None)
        words = [
            f"PME {self.pme}" if self.pme else "",
            STAGES[self.etapa].label if self.etapa in STAGES else "",
            STATES[self.estado].label if self.estado in STATES else "",
            group.name.removeprefix("% ") if group else "",
        ]
        return [word for word in words if word]
