"""Today, as the people of a place read it on the calendar."""

import datetime as dt
import os
from zoneinfo import ZoneInfo

from django.utils import timezone


def today(tz: str = "") -> dt.date:
    """The local date in `tz`, by default where the reader is; MEJORA_TODAY fixes it."""
    fixed = os.environ.get("MEJORA_TODAY")
    if fixed:
        return dt.date.fromisoformat(fixed)
    zone = ZoneInfo(tz) if tz else timezone.get_current_timezone()
    return timezone.now().astimezone(zone).date()
