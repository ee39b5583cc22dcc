"""What one run of ingest did: counts per source and reason, kept in the store and shown to the operator."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

MAX_PROBLEMS = 200
"""Problems kept one by one for a source; the counts stay complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An address that gave no document, or one that an operator must look at."""

    url: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """Counts of one source.

    found: addresses listed, or left over from an earlier run. resumed: visited
    by an earlier run of the same round. waiting: left for the next run; stopped:
    why ("" when none is), a key of STOPS. fetched: bodies read. not_modified:
    304 answers. new, edited, restored, unchanged, withdrawn: documents. gone:
    404 on a known publication, not yet confirmed. read: documents extracted in
    this run; undated: those without a publication date; median_chars: of their texts.
    refused: our own rules (robots, hosts, private addresses), by reason;
    failed: the site's faults and bodies without a document, by reason;
    alarms: documents that came out, but not whole, by kind.
    """

    name: str
    found: int
    resumed: int
    waiting: int
    stopped: str
    fetched: int
    not_modified: int
    new: int
    edited: int
    restored: int
    unchanged: int
    gone: int
    withdrawn: int
    archived: int
    read: int
    undated: int
    median_chars: int
    bytes: int
    seconds: float
    refused: dict[str, int]
    failed: dict[str, int]
    alarms: dict[str, int]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run. started, finished: ISO 8601, UTC. interrupted: it was stopped before its end."""

    started: str
    finished: str
    seconds: float
    interrupted: bool
    sources: tuple[SourceReport, ...]

    def total(self, name: str) -> int:
        """Sum of a count over the sources: "new", "failed"..."""
        values = (getattr(source, name) for source in self.sources)
        return sum(sum(value.values()) if isinstance(value, dict) else value for value in values)

    def to_dict(self) -> dict[str, Any]:
        """JSON object."""
        return asdict(self)


STOPS: Mapping[str, str] = {
    "hours": "outside the hours at which the site may be visited",
    "budget": "as many pages as one run may ask for",
    "busy": "the site asks to be left alone for a while",
    "unreachable": "the site does not answer",
    "interrupted": "the run was stopped",
}
"""Why a source's collection stops before its end."""


@dataclass(slots=True)
class Tally:
    """The counts of a source while it runs."""

    name: str
    started: float
    ended: float | None = None
    stopped: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    chars: list[int] = field(default_factory=list)

    def problem(self, url: str, reason: str, detail: str) -> None:
        """Note a problem."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(url=url, reason=reason, detail=detail[:300]))

    def report(self, now: float) -> SourceReport:
        """The finished report; `now` on the same clock as `started`."""
        names = ("found", "resumed", "waiting", "fetched", "not_modified", "new", "edited", "restored", "unchanged",
                 "gone", "withdrawn", "archived", "undated", "bytes")  # fmt: skip
        return SourceReport(
            name=self.name,
            seconds=round((now if self.ended is None else self.ended) - self.started, 3),
            stopped=self.stopped,
            read=len(self.chars),
            median_chars=int(median(self.chars)) if self.chars else 0,
            refused=dict(self.refused),
            failed=dict(self.failed),
            alarms=dict(self.alarms),
            problems=tuple(self.problems),
            **{name: self.counts[name] for name in names},
        )
