"""Floors: figures that must not fall, each pinned with the digests of the data it was measured on.

`evals/floors.json`: {"suites": {name: {"suite_digest", "corpus_digest", "floors": {figure: bound}}}}.
A bound is a minimum, or a maximum for the figures of LOWER_IS_BETTER. Pins are
made with a margin under the measured value: int8 kernels round otherwise on other processors, and a few questions of
432 then go the other way.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError, translated
from evals.metrics import LOWER_IS_BETTER, SUMMARY, rounded
from evals.problems import refuse
from evals.results import Result, save

FLOORS = Path(__file__).with_name("floors.json")
MARGIN = 0.02
PINNED = (
    "recall@5",
    "mrr@10",
    "contains",
    "citation_exact",
    "refusal_precision",
    "refusal_recall",
    "error_unanswerable",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A figure beyond its bound; found None: the run did not score it; figure "data": other data."""

    figure: str
    bound: float | str
    found: float | str | None


def read(path: Path = FLOORS) -> dict[str, Any]:
    """The pins by suite name. Raises SuiteError for a file that cannot be read."""
    with translated(path):
        raw = path.read_bytes() if path.exists() else b'{"suites": {}}'
    try:
        suites: dict[str, Any] = json.loads(raw)["suites"]
        for name, pin in suites.items():
            _checked(path, name, pin)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refuse(path, None, "not_floors", detail=str(error)) from error
    return suites


def _checked(path: Path, name: str, pin: Any) -> None:
    """Raises SuiteError for a pin that cannot be held against a run."""
    for figure, bound in pin["floors"].items():
        if figure not in SUMMARY:
            raise refuse(path, None, "unknown_figure", where=name, value=figure)
        if isinstance(bound, bool) or not isinstance(bound, int | float) or not -1 <= bound <= 1:
            raise refuse(path, None, "bad_floor", where=f"{name}.{figure}", value=json.dumps(bound)[:60])
    for digest in ("suite_digest", "corpus_digest"):
        if not isinstance(pin.get(digest), str):
            raise refuse(path, None, "bad_floor", where=f"{name}.{digest}", value=json.dumps(pin.get(digest))[:60])


def check(result: Result, pins: Mapping[str, Any]) -> list[Breach]:
    """What fell. Empty when all floors hold, or when the suite has none.

    Data other than what was pinned is a breach of its own: the figures then say nothing.
    """
    pin = pins.get(result.suite["name"])
    if pin is None:
        return []
    now = _digests(result)
    breaches = [Breach(figure="data", bound=pin[key], found=now[key]) for key in now if pin.get(key) != now[key]]
    if breaches:
        return breaches
    for figure, bound in pin["floors"].items():
        estimate = result.metrics.get(figure)
        if estimate is None or _worse(figure, estimate.value, bound):
            breaches.append(Breach(figure=figure, bound=bound, found=estimate.value if estimate else None))
    return breaches


def pin(
    result: Result, path: Path = FLOORS, *, figures: Sequence[str] = PINNED, allow_lower: bool = False
) -> dict[str, float]:
    """Pin the run's figures and save. Raises UsageError when a bound would loosen, unless `allow_lower`.

    Other data loosens nothing by itself, but it resets what was promised: it needs the flag too.
    """
    suites = read(path)
    before = suites.get(result.suite["name"])
    bounds = {name: _bound(name, result.metrics[name].value) for name in figures if name in result.metrics}
    if before and not allow_lower:
        old = before["floors"]
        lost = [name for name in old if name not in bounds or _worse(name, bounds[name], old[name])]
        changed = [key for key, value in _digests(result).items() if before.get(key) != value]
        if changed:
            told = f"the data changed ({', '.join(changed)}): pinning anew needs allow_lower"
            raise UsageError(told, reason="other_data", names=", ".join(changed))
        fallen = [name for name in lost if name not in bounds or _worse(name, result.metrics[name].value, old[name])]
        if fallen:
            told = f"this would lower the floor of {', '.join(fallen)}: needs allow_lower"
            raise UsageError(told, reason="lower_floor", names=", ".join(fallen))
        bounds |= {name: old[name] for name in lost}  # within the margin: the older, tighter bound stays
    suites[result.suite["name"]] = {**_digests(result), "floors": bounds}
    save(json.dumps({"suites": suites}, indent=2, ensure_ascii=False, sort_keys=True) + "\n", path)
    return bounds


def _digests(result: Result) -> dict[str, str]:
    return {"suite_digest": result.suite["digest"], "corpus_digest": str(result.conditions.get("corpus_digest", ""))}


def _bound(figure: str, value: float) -> float:
    if figure in LOWER_IS_BETTER:
        return rounded(min(1.0, value + MARGIN)) if value else 0.0
    return rounded(value - MARGIN) if value < 1.0 else 1.0


def _worse(figure: str, value: float, bound: float) -> bool:
    return value > bound if figure in LOWER_IS_BETTER else value < bound
