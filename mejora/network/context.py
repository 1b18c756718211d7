"""What the shell of every page shows: place, places to change to, sections, year.

Nothing is asked of the database until the template names it, and then once.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from mejora.core import clock, speech
from mejora.network import navigation
from mejora.network.access import Actor
from mejora.network.models import Membership, Owner, School, SupervisionOffice
from mejora.people.models import User


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """A membership in the switcher; `next` keeps the section where it exists there."""

    pk: int
    name: str
    detail: str
    role: str
    until: dt.date | None
    is_current: bool
    switch_url: str
    next: str


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    href: str
    current: str  # "page" on the page itself, "true" on a page within, else empty
    count: int = 0


def place_of(membership: Membership) -> Place:
    place = membership.place
    match place:
        case School():
            return Place(place.name, f"{place.code_label} · {place.commune}")
        case Owner():
            return Place(place.name, place.get_kind_display())
        case SupervisionOffice():
            return Place(f"Deprov {place.name}", str(place.region))
    return Place(str(place))


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.now = timezone.now()

    @cached_property
    def _match(self) -> Any:
        return getattr(self._request, "resolver_match", None)

    @cached_property
    def _actor(self) -> Actor | None:
        actor: Actor | None = getattr(self._request, "actor", None)
        return actor

    @cached_property
    def _membership(self) -> Membership | None:
        return self._actor.current if self._actor else None

    @property
    def person(self) -> User | None:
        return self._actor.user if self._actor else None

    @property
    def role(self) -> str:
        if self.person is None or self._membership is None:
            return ""
        return self.person.position or self._membership.get_role_display()

    @property
    def is_sample(self) -> bool:
        school = self._membership.school if self._membership else None
        return bool(self.person and self.person.is_sample) or bool(school and school.is_sample)

    @property
    def is_phone_role(self) -> bool:
        """A teacher's page is the navigation: on a phone the bar would only be in the way."""
        return bool(self._membership and self._membership.role == "responsible")

    @cached_property
    def place(self) -> Place | None:
        return place_of(self._membership) if self._membership else None

    @cached_property
    def places(self) -> list[OtherPlace]:
        """One's own memberships; empty when there is nothing to change to."""
        if self._actor is None or len(self._actor.memberships) < 2:
            return []
        switch_url = navigation.address("network:switch_place")
        return [
            OtherPlace(
                pk=membership.pk,
                name=place_of(membership).name,
                detail=place_of(membership).detail,
                role=membership.get_role_display(),
                until=membership.to_on,
                is_current=membership == self._membership,
                switch_url=switch_url,
                next=self._same_section_at(membership),
            )
            for membership in self._actor.memberships
        ]

    def _same_section_at(self, membership: Membership) -> str:
        found = navigation.current(navigation.sections(membership), self._view_name)
        there = navigation.address_for(found, membership, self.year) if found else ""
        return there or self.home_url

    @cached_property
    def _view_name(self) -> str:
        return self._match.view_name if self._match else ""

    @cached_property
    def entries(self) -> list[Entry]:
        if self._membership is None or self._actor is None:
            return []
        sections = navigation.sections(self._membership)
        here = navigation.current(sections, self._view_name)
        entries = []
        for section in sections:
            href = navigation.address_for(section, self._membership, self.year)
            if not href:
                continue
            inside = "page" if href == self._request.path else "true"
            counter = navigation.COUNTERS.get(section.name)
            entries.append(
                Entry(
                    speech.say(section.label),
                    href,
                    inside if section is here else "",
                    counter(self._actor, self.year) if counter else 0,
                )
            )
        return entries

    @cached_property
    def more(self) -> list[Entry]:
        shown = {entry.href for entry in self.entries}
        found = (
            Entry(speech.say(section.label), navigation.address(section.name), "")
            for section in navigation.MORE
        )
        return [entry for entry in found if entry.href and entry.href not in shown]

    @cached_property
    def year(self) -> int:
        asked = self._match.kwargs.get("year") if self._match else None
        return int(asked) if asked else clock.today().year

    @cached_property
    def years(self) -> list[tuple[int, str]]:
        """The years of the school in the address, each leading to this page in that year."""
        kwargs = self._match.kwargs if self._match else {}
        if self._actor is None or set(kwargs) != {"code", "year"}:
            return []
        code = str(kwargs["code"])
        known = {year for ask in navigation.YEARS for year in ask(self._actor, code)}
        if not known - {self.year}:
            return []
        return [
            (year, reverse(self._view_name, kwargs={"code": code, "year": year}))
            for year in sorted(known | {self.year}, reverse=True)
        ]

    @property
    def home_url(self) -> str:
        return navigation.address("home") or "/"

    @property
    def login_url(self) -> str:
        return navigation.address("account_login")

    @property
    def search_url(self) -> str:
        return navigation.address("network:school_list") if self._membership else ""

    @property
    def notifications_url(self) -> str:
        return navigation.address("people:notifications")

    @property
    def unread(self) -> int:
        return self.person.unread if self.person else 0

    @property
    def account_url(self) -> str:
        return navigation.address("people:account")

    @property
    def who_sees_url(self) -> str:
        return navigation.address("network:who_sees_what")


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
