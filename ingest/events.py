"""What a run says while it goes: values, of which only commands make something to see."""

from dataclasses import dataclass
from typing import Literal

from ingest.report import Report

What = Literal[
    "source", "resumed", "found", "fetched", "stored", "unchanged", "refused", "failed", "alarm", "gone", "withdrawn",
    "stopped", "ended", "done",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    what: "source" (a source starts), "resumed" (where an earlier run left off;
    detail: addresses that wait), "found", "fetched", "stored" (outcome: new,
    edited, restored, unchanged), "unchanged" (nothing was read again), "refused"
    (by our rules), "failed", "alarm" (stored, but look at it), "gone" (a known
    publication is missing), "withdrawn" (a day later it still is), "stopped"
    (reason: a key of `ingest.report.STOPS`; detail: addresses that wait),
    "ended" (a source is through), "done" (report).
    """

    what: What
    source: str = ""
    url: str = ""
    doc: str = ""
    outcome: str = ""
    reason: str = ""
    detail: str = ""
    report: Report | None = None
