"""The catalogue rows that the sample points at, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mejora.frameworks.models import Area, Edition, Term, TermKind
from mejora.network.enums import CHILE


@dataclass(frozen=True)
class Frame:
    edition: Edition
    areas: Mapping[str, Area]
    terms: Mapping[tuple[str, str], Term]
    levels: tuple[Term, ...]

    @classmethod
    def load(cls, country: str = CHILE, code: str = "") -> Frame:
        """An edition of a country, by default its newest."""
        found = Edition.objects.filter(country_code=country).order_by("-valid_from")
        edition = found.get(code=code) if code else found[0]
        terms = list(Term.objects.filter(edition=edition))
        return cls(
            edition=edition,
            areas={area.code: area for area in Area.objects.filter(edition=edition)},
            terms={(term.kind, term.code): term for term in terms},
            levels=tuple(term for term in terms if term.kind == TermKind.LEVEL),
        )

    def level(self, pct: int) -> Term:
        for level in self.levels:
            if (level.min or 0) <= pct <= (level.max or 0):
                return level
        raise ValueError(pct)

    def funding(self, code: str) -> Term:
        return self.terms[TermKind.FUNDING, code]

    def normative_plan(self, code: str) -> Term:
        return self.terms[TermKind.NORMATIVE_PLAN, code]

    def justification(self, code: str) -> Term:
        return self.terms[TermKind.JUSTIFICATION, code]
