"""What the shell of every page needs: place, navigation, year."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"actor": getattr(request, "actor", None)}
