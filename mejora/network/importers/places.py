"""The territory by its codes, read once per import."""

from __future__ import annotations

from dataclasses import dataclass

from mejora.core.folding import fold
from mejora.network.enums import CHILE, Dependency, OwnerKind
from mejora.network.models import Commune, CommuneAlias, SlepTerritory, SupervisionOffice
from mejora.network.naming import municipal_owner_key, municipal_owner_name

_MUNICIPAL = {
    Dependency.CORPORATION.value: OwnerKind.CORPORATION,
    Dependency.DAEM.value: OwnerKind.DAEM,
}


@dataclass(frozen=True, slots=True)
class Places:
    """Communes by code and by name, what they were called before, offices and SLEP."""

    communes: dict[str, Commune]
    by_name: dict[str, list[Commune]]
    old_codes: dict[str, Commune]
    spellings: dict[str, set[str]]
    offices: dict[str, int]
    sleps: dict[str, str]
    slep_names: dict[str, str]

    @classmethod
    def load(cls) -> Places:
        communes = {c.code: c for c in Commune.objects.of(CHILE).select_related("region")}
        by_pk = {c.pk: c for c in communes.values()}
        by_name: dict[str, list[Commune]] = {}
        spellings = {c.code: {c.name_folded} for c in communes.values()}
        old_codes = {}
        for commune in communes.values():
            by_name.setdefault(commune.name_folded, []).append(commune)
        for alias in CommuneAlias.objects.all():
            commune = by_pk[alias.commune_id]
            if alias.old_code:
                old_codes[alias.old_code] = commune
            if alias.old_name:
                spellings[commune.code].add(fold(alias.old_name))
                by_name.setdefault(fold(alias.old_name), []).append(commune)
        return cls(
            communes,
            by_name,
            old_codes,
            spellings,
            offices=dict(SupervisionOffice.objects.values_list("code", "pk")),
            sleps=dict(SlepTerritory.objects.values_list("commune__code", "owner__key")),
            slep_names=dict(SlepTerritory.objects.values_list("owner__key", "owner__name")),
        )

    def owner_key(self, dependency: str, commune_code: str) -> str | None:
        """Who owns a school, as far as commune and dependency tell; None is unknown.

        No official file names the owner: a SLEP follows from its communes, a municipality or its
        corporation from the commune, a private owner from nothing.
        """
        if dependency == Dependency.SLEP:
            return self.sleps.get(commune_code)
        kind = _MUNICIPAL.get(dependency)
        return municipal_owner_key(kind, commune_code) if kind else None

    def owner_name(self, key: str | None) -> str:
        """The name of an owner that `owner_key` gave; "" for an unknown one."""
        if key is None:
            return ""
        kind, _, code = key.partition(":")
        if kind == OwnerKind.SLEP:
            return self.slep_names[key]
        return municipal_owner_name(OwnerKind(kind), self.communes[code].name)
