"""The honesty report: per source and per day what came in and what did not, and the alarms that follow.

Pure reckoning over the reports of past runs and the shapes of stored versions.
The thresholds are rules of thumb, chosen so that a steady source raises none
(`tests/test_health.py`); they have not been fitted on real sites.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from statistics import median
from typing import Any, Literal

from corpus.records import days_between, earliest_day
from corpus.store import Recognised, Shape, Store

AlarmKind = Literal["unreachable", "silent", "failing", "empty_pdfs", "length", "dates", "future", "pending"]

RECENT = 20
"""Versions, the newest of a source, whose shape is held against that of those before."""
SHAPES = 200
"""Versions looked at, in all."""
_LEAST_RECENT = 5  # fewer say nothing
_LENGTH_MOVED = 2.5  # times longer or shorter, in the median
_DATES_MOVED = 0.3  # of the share of versions without a date
_RUNS = 500  # reports looked at
_UNREACHED_DAYS = 3.0
_SILENT_DAYS = 14.0  # at least; a source that publishes seldom may be silent for longer
_SILENT_GAPS = 5.0  # times its usual time between two publications
_FAILING = 0.3  # of the pages visited in the last run, where it was less than half of that before
_LEAST_VISITS = 10
_EMPTY_PDFS = ("pdf_without_text", "pdf_unread", "pdf_unreadable", "pdf_picture_too_large", "pdf_pages_without_text",
               "pdf_pages_unread", "pdf_pages_unreadable", "pdf_pictures_too_large")  # fmt: skip
_SUMS = ("found", "fetched", "not_modified", "new", "edited", "restored", "unchanged", "gone", "withdrawn", "read",
         "undated")  # fmt: skip
_NOTHING: Mapping[str, Any] = {
    **dict.fromkeys((*_SUMS, "waiting"), 0), "stopped": "", "refused": {}, "failed": {}, "alarms": {},
}  # fmt: skip
"""What an older report may leave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something to look at. value: what is seen; usual: what was seen before; both in the words of `kind`."""

    kind: AlarmKind
    value: str
    usual: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Pages read by optical character recognition; their confidence in percent, in the median and at worst."""

    pages: int
    median: int
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the runs of one day (UTC) did, added up. Counts are those of `ingest.report.SourceReport`; stored: new,
    edited and restored; robots: refused by robots.txt; empty_pdfs: PDFs, or pages of PDFs, without text; ocr: of the
    versions that were read that day, None where no page was."""

    day: str
    runs: int
    counts: dict[str, int]
    stored: int
    robots: int
    empty_pdfs: int
    ocr: Recognition | None
    refused: dict[str, int]
    failed: dict[str, int]
    alarms: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """One source. days: newest first. last_success: start of the last run in which the site gave a page;
    waiting: addresses that the last run left for the next, and stopped: why; ocr: of every version kept."""

    name: str
    last_run: str
    last_success: str | None
    last_published: str | None
    waiting: int
    stopped: str
    ocr: Recognition | None
    days: tuple[Day, ...]
    alarms: tuple[Alarm, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON object."""
        return asdict(self)


def now() -> str:
    """The time of this machine as `health` takes it: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def health(store: Store, now: str, days: int = 7) -> tuple[SourceHealth, ...]:
    """Every source that was ever collected, in order of names; the last `days` days of each that had a run."""
    parts: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for run in store.runs(_RUNS):
        for part in run["sources"]:
            parts.setdefault(part["name"], []).append((run["started"], {**_NOTHING, **part}))
    return tuple(
        _source(name, parts[name], store.shapes(name, SHAPES), store.recognitions(name), now, days)
        for name in sorted(parts)
    )


def _source(
    name: str,
    parts: Sequence[tuple[str, Mapping[str, Any]]],
    shapes: Sequence[Shape],
    read: Sequence[Recognised],
    now: str,
    days: int,
) -> SourceHealth:
    """parts: (start of the run, report of the source), newest first."""
    success = next((started for started, part in parts if _reached(part)), None)
    published = [shape.published for shape in shapes if shape.published]
    by_day: dict[str, list[Mapping[str, Any]]] = {}
    for started, part in parts:
        by_day.setdefault(started[:10], []).append(part)
    return SourceHealth(
        name=name,
        last_run=parts[0][0],
        last_success=success,
        last_published=max(published, default=None),
        waiting=parts[0][1]["waiting"],
        stopped=parts[0][1]["stopped"],
        ocr=_recognition(read),
        days=tuple(
            _day(day, of_day, [one for one in read if one.captured[:10] == day])
            for day, of_day in list(by_day.items())[:days]
        ),
        alarms=(*_of_runs(parts, success, now), *_silence(published, now), *_shape(shapes)),
    )


def _day(day: str, parts: Sequence[Mapping[str, Any]], read: Sequence[Recognised]) -> Day:
    counts = {name: sum(part[name] for part in parts) for name in _SUMS}
    refused, failed, alarms = (_added(part[group] for part in parts) for group in ("refused", "failed", "alarms"))
    return Day(
        day=day,
        runs=len(parts),
        counts=counts,
        stored=counts["new"] + counts["edited"] + counts["restored"],
        robots=refused.get("robots", 0),
        empty_pdfs=_empty_pdfs(failed, alarms),
        ocr=_recognition(read),
        refused=refused,
        failed=failed,
        alarms=alarms,
    )


def _recognition(read: Sequence[Recognised]) -> Recognition | None:
    percents = [percent for one in read for percent in one.pages if percent is not None]
    if not percents:
        return None
    return Recognition(pages=len(percents), median=round(median(percents)), least=min(percents))


def _added(groups: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for group in groups:
        total.update(group)
    return dict(total)


def _empty_pdfs(failed: Mapping[str, int], alarms: Mapping[str, int]) -> int:
    return sum({**failed, **alarms}.get(name, 0) for name in _EMPTY_PDFS)


def _reached(part: Mapping[str, Any]) -> bool:
    return bool(part["fetched"] or part["not_modified"] or part["unchanged"])


def _of_runs(parts: Sequence[tuple[str, Mapping[str, Any]]], success: str | None, now: str) -> list[Alarm]:
    """What the last run says beside those before."""
    started, last = parts[0]
    found: list[Alarm] = []
    if started > now or any(earlier > started for earlier, _ in parts[1:]):
        found.append(Alarm(kind="future", value=max(at for at, _ in parts), usual=now))
    if not _reached(last) and (success is None or days_between(success, now) > _UNREACHED_DAYS):
        found.append(Alarm(kind="unreachable", value=", ".join(last["failed"] or last["refused"]), usual=success or ""))
    share, before = _failing([last]), _failing([part for _, part in parts[1:]])
    if share is not None and share > _FAILING and (before or 0.0) < share / 2:
        found.append(Alarm(kind="failing", value=_percent(share), usual=_percent(before or 0.0)))
    if empty := _empty_pdfs(last["failed"], last["alarms"]):
        found.append(Alarm(kind="empty_pdfs", value=str(empty)))
    if last["waiting"] and len(parts) > 1 and parts[1][1]["waiting"] >= last["waiting"]:
        found.append(Alarm(kind="pending", value=str(last["waiting"]), usual=str(parts[1][1]["waiting"])))
    return found


def _failing(parts: Sequence[Mapping[str, Any]]) -> float | None:
    """The share of visits that gave no document though the site was there."""
    failed = sum(sum(part["failed"].values()) for part in parts)
    good = sum(part["new"] + part["edited"] + part["restored"] + part["unchanged"] for part in parts)
    return failed / (failed + good) if failed + good >= _LEAST_VISITS else None


def _silence(published: Sequence[str], now: str) -> list[Alarm]:
    """Nothing new for much longer than between two publications before."""
    today = date.fromisoformat(now[:10])
    whole = sorted({earliest_day(day) for day in published if len(day) == len("2025-03-27")})
    past = [day for day in whole if day <= today]
    if len(past) < _LEAST_RECENT:
        return []
    gaps = [(later - earlier).days for earlier, later in pairwise(past)]
    usual, quiet = median(gaps), (today - past[-1]).days
    if quiet <= max(_SILENT_DAYS, _SILENT_GAPS * usual):
        return []
    return [Alarm(kind="silent", value=str(quiet), usual=f"{usual:.0f}")]


def _shape(shapes: Sequence[Shape]) -> list[Alarm]:
    """The newest versions are of another length, or lack dates that those before had: the page's layout changed."""
    cut = min(RECENT, len(shapes) // 3)
    if cut < _LEAST_RECENT:
        return []
    before, recent = shapes[:-cut], shapes[-cut:]
    found = []
    was, now = (median(shape.chars for shape in part) for part in (before, recent))
    if max(was, now) > _LENGTH_MOVED * max(1, min(was, now)):
        found.append(Alarm(kind="length", value=f"{now:.0f}", usual=f"{was:.0f}"))
    missed, missing = (sum(shape.published is None for shape in part) / len(part) for part in (before, recent))
    if missing - missed > _DATES_MOVED:
        found.append(Alarm(kind="dates", value=_percent(missing), usual=_percent(missed)))
    return found


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"
