"""Times in HTTP headers."""

from datetime import datetime
from email.utils import parsedate_to_datetime


def retry_after(value: str | None, now: str) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value.strip())
    left = seconds_ahead(value, now)
    return None if left is None else max(0.0, left)


def seconds_ahead(value: str | None, now: str) -> float | None:
    """Seconds from `now` (ISO 8601) to the date of a header; None when it is none."""
    try:
        return (parsedate_to_datetime(value or "") - datetime.fromisoformat(now)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
