"""What happens to a source's addresses, counted in its tally and said as events."""

from ingest.events import Event, What
from ingest.report import Tally
from ingest.values import REFUSED_BY_RULE, Refusal


class Teller:
    """Counts and says, for one source."""

    def __init__(self, source: str, tally: Tally) -> None:
        self._source = source
        self._tally = tally

    def event(
        self, what: What, *, url: str = "", doc: str = "", outcome: str = "", reason: str = "", detail: str = ""
    ) -> Event:
        """An event of this source; counts nothing."""
        return Event(what=what, source=self._source, url=url, doc=doc, outcome=outcome, reason=reason, detail=detail)

    def alarm(self, url: str, kind: str, detail: str) -> Event:
        """Something that an operator must look at."""
        self._tally.alarms[kind] += 1
        self._tally.problem(url, kind, detail)
        return self.event("alarm", url=url, reason=kind, detail=detail)

    def refusal(self, refusal: Refusal) -> Event:
        """An address that gave no page: by our rules, or by the site's fault."""
        if refusal.reason not in REFUSED_BY_RULE:
            return self.fail(refusal.requested, refusal.reason, refusal.detail)
        self._tally.refused[refusal.reason] += 1
        self._tally.problem(refusal.requested, refusal.reason, refusal.detail)
        return self.event("refused", url=refusal.requested, reason=refusal.reason, detail=refusal.detail)

    def fail(self, url: str, reason: str, detail: str) -> Event:
        """An address that gave no document."""
        self._tally.failed[reason] += 1
        self._tally.problem(url, reason, detail)
        return self.event("failed", url=url, reason=reason, detail=detail)

    def gone(self, url: str, doc: str, detail: str, *, withdrawn: bool) -> Event:
        """A known publication that is missing: withdrawn, or to be confirmed. detail: HTTP status, "unlisted",
        or "redirect" (its address leads to another publication), "password"."""
        what: What = "withdrawn" if withdrawn else "gone"
        self._tally.counts[what] += 1
        self._tally.problem(url, detail if detail == "unlisted" and not withdrawn else what, detail)
        return self.event(what, url=url, doc=doc, detail=detail)
