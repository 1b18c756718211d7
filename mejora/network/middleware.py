"""Every signed-in request knows its person's memberships, and is told in the words, the time and
the money of the country of the place chosen in the header."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mejora.core import here
from mejora.core.here import Here
from mejora.network import access
from mejora.network.models import Country
from mejora.people.models import User

PLACE_KEY = "membership"


class SignedInRequest(HttpRequest):
    """What a view behind sign-in receives."""

    user: User
    actor: access.Actor
    htmx: bool


def place_of(country: Country) -> Here:
    return Here(country.code, country.tz, country.currency)


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            found = access.actor_for(request.user, current_id=request.session.get(PLACE_KEY))
            request.actor = found  # type: ignore[attr-defined]  # requests have it from here on
            if found.current is not None:
                with here.at(place_of(found.current.within)):
                    return get_response(request)
        return get_response(request)

    return middleware
