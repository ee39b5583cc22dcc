"""Curves of a run: risk against coverage, calibration, separation of answerable from not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evals.results import Row

MAX_POINTS = 200
_RISKY = {"wrong", "answered_unanswerable"}
_SAFE = {"right"}


def risk_coverage(confidence: Sequence[float], wrong: Sequence[bool]) -> tuple[list[tuple[float, float]], float | None]:
    """Points (coverage, risk) and the area under them (El-Yaniv & Wiener 2010; AURC: Geifman et al. 2019).

    Coverage is the share of these answers kept, most confident first; risk the share of
    them that is wrong. Answers of equal confidence enter together, at the risk of their
    whole group: their order says nothing. None for the area when there is no answer.
    """
    if not confidence:
        return [], None
    order = np.argsort(-np.asarray(confidence, dtype=np.float64), kind="stable")
    sorted_confidence = np.asarray(confidence, dtype=np.float64)[order]
    errors = np.cumsum(np.asarray(wrong, dtype=np.float64)[order])
    counts = np.arange(1, len(order) + 1)
    last = np.append(sorted_confidence[1:] != sorted_confidence[:-1], True)
    at = np.searchsorted(np.flatnonzero(last), np.arange(len(order)))
    ends = np.flatnonzero(last)
    risk = errors[ends] / counts[ends]
    area = float(np.mean(risk[at]))
    points = [(float(counts[end]) / len(order), float(r)) for end, r in zip(ends, risk, strict=True)]
    step = max(1, len(points) // MAX_POINTS)
    thinned = points[::step] + ([points[-1]] if (len(points) - 1) % step else [])
    return [(round(x, 6), round(y, 6)) for x, y in thinned], round(area, 6)


def calibration(
    confidence: Sequence[float], right: Sequence[bool], bins: int = 10
) -> tuple[list[dict[str, float]], float | None]:
    """Reliability bins {confidence, accuracy, n} of equal width, and the expected calibration error.

    Guo et al. 2017. Empty bins are left out; None for the error when there is no answer.
    """
    if not confidence:
        return [], None
    values, truth = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    which = np.minimum((values * bins).astype(int), bins - 1)
    found, error = [], 0.0
    for number in range(bins):
        inside = which == number
        count = int(inside.sum())
        if not count:
            continue
        mean, accuracy = float(values[inside].mean()), float(truth[inside].mean())
        found.append({"confidence": round(mean, 6), "accuracy": round(accuracy, 6), "n": count})
        error += count / len(values) * abs(mean - accuracy)
    return found, round(error, 6)


def auroc(confidence: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Chance that a positive has more confidence than a negative, ties half (Mann-Whitney).

    None when one of the two is missing.
    """
    values, truth = np.asarray(confidence, dtype=np.float64), np.asarray(positive, dtype=bool)
    ups, downs = values[truth], np.sort(values[~truth])
    if not len(ups) or not len(downs):
        return None
    below = np.searchsorted(downs, ups, side="left")
    upto = np.searchsorted(downs, ups, side="right")
    return round(float((below + upto).mean() / 2 / len(downs)), 6)


def curves(rows: Sequence[Row]) -> dict[str, Any]:
    """All curves of a run. Risk and calibration are over the answers that can be judged."""
    judged = [row for row in rows if row.outcome in _RISKY | _SAFE]
    confidence = [row.confidence for row in judged]
    points, area = risk_coverage(confidence, [row.outcome in _RISKY for row in judged])
    bins, error = calibration(confidence, [row.outcome in _SAFE for row in judged])
    asked = [row for row in rows if row.outcome != "error"]
    return {
        "risk_coverage": points,
        "aurc": area,
        "judged_answers": len(judged),
        "calibration": bins,
        "ece": error,
        "auroc_answerable": auroc([row.confidence for row in asked], [row.answerable for row in asked]),
    }
