"""The clock of the machine; the plain implementation of `ingest.values.Clock`."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Real time."""

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def utcnow(self) -> str:
        """ISO 8601 time, UTC, to the second."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
