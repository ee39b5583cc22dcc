"""The rows that may be among the best for a question, without adding up every posting of its frequent terms.

MaxScore (Turtle & Flood 1995, "Query Evaluation: Strategies and Optimizations"),
one window of rows after the other: once a row must reach `floor` to be among the
best, the terms that cannot take it there together, the frequent ones, are only
looked up for the rows that the others brought.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

WINDOW = 65_536
"""Rows whose scores are added up at once: they stay in the nearest cache."""
SLACK = 1e-5
"""Scores here are sums of float32 in any order; a bound is taken lower by this share, which is more than they err."""


@dataclass(frozen=True, slots=True)
class Run:
    """The postings of one term in one segment: `rows` increasing, how often each says it in `counts`.

    factor: what its tf weight is multiplied with; bound: no row gains more by it.
    """

    rows: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint8]
    factor: float
    bound: float


@dataclass(frozen=True, slots=True)
class Segment:
    """What a question asks of one segment. lengths: of its rows, in terms; a row that says a term c times gains
    factor * c / (c + flat + slope * length). allowed: which rows may be found, None for all."""

    runs: Sequence[Run]
    lengths: npt.NDArray[np.int32]
    flat: float
    slope: float
    allowed: Mask | None

    def gains(self, run: Run, at: slice | Rows) -> Floats:
        """What the rows at some places of a run gain by it."""
        said = run.counts[at].astype(np.float32)
        norm = self.flat + self.slope * self.lengths[run.rows[at]].astype(np.float32)
        return (run.factor * said / (said + norm)).astype(np.float32, copy=False)


def contenders(segments: Sequence[Segment], k: int, floor: float) -> list[Rows]:
    """Rows of each segment, in no order, among which are the k best of all, and all those that tie with the last of
    them, as far as they score more than 0 and at least `floor`."""
    where, rows, scores = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
    for number, segment in enumerate(segments):
        runs = sorted(segment.runs, key=lambda run: -run.bound)
        edges = np.arange(0, len(segment.lengths) + WINDOW, WINDOW)
        cuts = [np.searchsorted(run.rows, edges.astype(np.int32)).tolist() for run in runs]
        total = np.empty(min(WINDOW, len(segment.lengths)), np.float32)
        for window, begin in enumerate(edges[:-1].tolist()):
            cut = [slice(places[window], places[window + 1]) for places in cuts]
            found, gained = _window(segment, runs, cut, begin, total[: len(segment.lengths) - begin], floor)
            if not len(found):
                continue
            where = np.concatenate([where, np.full(len(found), number)])
            rows, scores = np.concatenate([rows, found]), np.concatenate([scores, gained])
            if len(rows) > k:
                floor = max(floor, float(np.partition(scores, -k)[-k]) * (1 - SLACK))
                stays = scores >= floor
                where, rows, scores = where[stays], rows[stays], scores[stays]
    return [rows[where == number] for number in range(len(segments))]


def _window(
    segment: Segment, runs: Sequence[Run], cuts: Sequence[slice], begin: int, total: Floats, floor: float
) -> tuple[Rows, Floats]:
    """The rows of one window that reach `floor`, with their scores. runs: by falling bound; total: one number for
    each row of the window, to be written over."""
    rest = sum(run.bound for run, cut in zip(runs, cuts, strict=True) if cut.start < cut.stop)
    total[:] = 0.0
    telling = 0
    for run, cut in zip(runs, cuts, strict=True):
        if rest < floor:
            break
        telling += 1
        if cut.start < cut.stop:
            total[run.rows[cut] - begin] += segment.gains(run, cut)
            rest -= run.bound
    rest *= 1 + SLACK  # what was taken away from it, it may miss
    if segment.allowed is not None:
        total[~segment.allowed[begin : begin + len(total)]] = 0.0
    found = np.flatnonzero(total > max(0.0, floor - rest - SLACK * floor))
    scores = total[found]
    for run, cut in zip(runs[telling:], cuts[telling:], strict=True):
        if cut.start == cut.stop:
            continue
        places = cut.start + np.searchsorted(run.rows[cut], (found + begin).astype(np.int32))
        places = np.minimum(places, cut.stop - 1)
        held = np.flatnonzero(run.rows[places] == found + begin)
        scores[held] += segment.gains(run, places[held])
        rest -= run.bound
        stays = scores + max(rest, 0.0) >= floor * (1 - SLACK)
        found, scores = found[stays], scores[stays]
    return found + begin, scores
