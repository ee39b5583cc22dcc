"""Is the site there, does it ask to be left alone, and does it have the same day as we have?"""

from ingest.values import NotModified, Page, Refusal

_GIVE_UP = 5  # visits in a row that the site does not answer
_UNREACHABLE = frozenset({"dns", "tls", "tls_expired", "network", "timeout", "robots_unavailable"})
_BUSY = frozenset({429, 503})
_SKEW_DAYS = 1.0  # between the site's clock and ours: one of the two is wrong


class Watch:
    """What the answers of one site say of it, in one run.

    trouble: why it must be left alone ("busy", "unreachable"), "" while it need not. doubtful: its clock and ours
    differ by days, so that what depends on days must wait; skew_days: by how many.
    """

    def __init__(self) -> None:
        self.trouble = ""
        self.doubtful = False
        self.skew_days = 0.0
        self._unanswered = 0

    def see(self, result: Page | NotModified | Refusal, skew_seconds: float) -> bool:
        """Take an answer into account. True when it is the first that makes the clock doubtful."""
        if isinstance(result, Refusal) and (result.reason in _UNREACHABLE or result.status in _BUSY):
            self._unanswered += 1
            if result.wait_seconds:
                self.trouble = "busy"
            elif self._unanswered >= _GIVE_UP:
                self.trouble = "busy" if result.status in _BUSY else "unreachable"
        else:
            self._unanswered = 0
        days = skew_seconds / 86_400
        if self.doubtful or abs(days) <= _SKEW_DAYS:
            return False
        self.doubtful, self.skew_days = True, days
        return True
