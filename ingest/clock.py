"""The clock of the machine; the plain implementation of `ingest.values.Clock`."""

import threading
import time
from datetime import UTC, datetime


class SystemClock:
    """Real time."""

    def __init__(self) -> None:
        self._woken = threading.Event()

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._woken.wait(seconds)

    def wake(self) -> None:
        """Who sleeps wakes up, and nobody sleeps any more."""
        self._woken.set()

    def utcnow(self) -> str:
        """ISO 8601 time, UTC, to the second."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
