"""Is B better than A? Paired differences of two runs on the same questions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evals.metrics import SUMMARY, draws, rounded, scorable
from evals.problems import refuse
from evals.results import Result, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """b - a of one figure with its paired 95 % bootstrap interval, over `n` shared questions.

    certain: the interval leaves out 0.
    """

    a: float
    b: float
    delta: float
    low: float
    high: float
    n: int

    @property
    def certain(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """won, lost: ids of the questions that only B, only A, got right. warnings: in which way
    the two runs are not alike; changed: conditions that differ, name -> (a, b)."""

    differences: dict[str, Difference]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    only_a: int
    only_b: int
    changed: dict[str, tuple[Any, Any]]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def paired(a: Sequence[Row], b: Sequence[Row], *, seed: int = 0, resamples: int = 1000) -> dict[str, Difference]:
    """Differences of every summary figure over the questions that both have, in a's order.

    Both runs are resampled with the same draws (paired bootstrap: Koehn 2004).
    """
    of_b = {row.qid: row for row in b}
    pairs = [(row, of_b[row.qid]) for row in a if row.qid in of_b]
    found: dict[str, Difference] = {}
    for name in scorable([row for row, _ in pairs]):
        parts = SUMMARY[name]
        values = np.asarray([(*parts(x), *parts(y)) for x, y in pairs], dtype=np.float64).reshape(-1, 4)
        total = values.sum(axis=0)
        if not total[1] or not total[3]:
            continue
        sums = draws(values, seed, resamples)
        valid = (sums[:, 1] > 0) & (sums[:, 3] > 0)
        deltas = sums[valid, 2] / sums[valid, 3] - sums[valid, 0] / sums[valid, 1]
        low, high = np.percentile(deltas, [2.5, 97.5])
        before, after = total[0] / total[1], total[2] / total[3]
        found[name] = Difference(
            a=rounded(before),
            b=rounded(after),
            delta=rounded(after - before),
            low=rounded(low),
            high=rounded(high),
            n=int(((values[:, 1] > 0) | (values[:, 3] > 0)).sum()),
        )
    return found


def compare(a: Result, b: Result, *, seed: int = 0, force: bool = False) -> Comparison:
    """Compare two runs of one suite. Raises SuiteError when they share no question, or (unless
    `force`) when the suites' digests differ."""
    if a.suite["digest"] != b.suite["digest"] and not force:
        one, other = (f"{run.suite['name']} {run.suite['digest'][:12]}" for run in (a, b))
        raise refuse(b.suite["name"], None, "other_suite", one=one, other=other)
    right_a, right_b = _right(a.rows), _right(b.rows)
    shared = right_a.keys() & right_b.keys()
    if not shared:
        raise refuse(b.suite["name"], None, "nothing_shared")
    keys = [*dict.fromkeys([*a.conditions, *b.conditions])]
    changed = {
        key: (a.conditions.get(key), b.conditions.get(key))
        for key in keys
        if a.conditions.get(key) != b.conditions.get(key)
    }
    warnings = ["the two runs saw different corpora"] if "corpus_digest" in changed else []
    if a.suite["digest"] != b.suite["digest"]:
        warnings.append("the two suites differ")
    return Comparison(
        differences=paired(a.rows, b.rows, seed=seed),
        won=tuple(row.qid for row in a.rows if row.qid in shared and right_b[row.qid] > right_a[row.qid]),
        lost=tuple(row.qid for row in a.rows if row.qid in shared and right_b[row.qid] < right_a[row.qid]),
        only_a=len(right_a.keys() - shared),
        only_b=len(right_b.keys() - shared),
        changed=changed,
        warnings=tuple(warnings),
    )


def _right(rows: Sequence[Row]) -> dict[str, float]:
    return {row.qid: row.scores.get("correct") or 0.0 for row in rows}
