"""Today, as the people of a place read it on the calendar."""

import datetime as dt
import os
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def today(tz: str = "") -> dt.date:
    """The local date in `tz` (the installation's zone by default); MEJORA_TODAY fixes it."""
    fixed = os.environ.get("MEJORA_TODAY")
    if fixed:
        return dt.date.fromisoformat(fixed)
    return timezone.now().astimezone(ZoneInfo(tz or settings.TIME_ZONE)).date()
