"""Every signed-in request knows its person's memberships."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mejora.network import access
from mejora.people.models import User

PLACE_KEY = "membership"


class SignedInRequest(HttpRequest):
    """What a view behind sign-in receives."""

    user: User
    actor: access.Actor
    htmx: bool


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            request.actor = access.actor_for(  # type: ignore[attr-defined]  # requests have it from here on
                request.user, current_id=request.session.get(PLACE_KEY)
            )
        return get_response(request)

    return middleware
